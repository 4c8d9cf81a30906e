(* Model.v: the sorts. Vectors of R^d, the real line and its intervals, densities; which terms are
   measurable. Everything here is proved. *)
From FMProof Require Import Measure Product.
Require Import Reals Lra.
Set Warnings "-all".
From HB Require Import structures.
From mathcomp Require Import all_ssreflect ssralg ssrnum interval.
From mathcomp Require Import mathcomp_extra boolp classical_sets functions cardinality fsbigop reals ereal signed
  topology normedtype sequences measure lebesgue_measure numfun lebesgue_integral Rstruct.
Import GRing.Theory Num.Theory Order.TTheory.
Set Implicit Arguments. Unset Strict Implicit.
Local Open Scope classical_set_scope. Local Open Scope ring_scope. Local Open Scope ereal_scope.

(* ---- reals ---- *)
Definition Rpoints := [the measurableType _ of (RT : Type)].

Section measurable_terms.
Variable A : space.
Implicit Types f g : A -> R.

Lemma Meas_const (c : R) : Meas A (fun=> c).
Proof. exact: measurable_fun_cst. Qed.
Lemma Meas_add f g : Meas A f -> Meas A g -> Meas A (fun a => Rdefinitions.Rplus (f a) (g a)).
Proof. by move=> mf mg; exact: measurable_funD. Qed.
Lemma Meas_mul f g : Meas A f -> Meas A g -> Meas A (fun a => Rdefinitions.Rmult (f a) (g a)).
Proof. by move=> mf mg; exact: measurable_funM. Qed.
Lemma Meas_opp f : Meas A f -> Meas A (fun a => Rdefinitions.Ropp (f a)).
Proof. by move=> mf; exact: measurable_funN. Qed.
Lemma Meas_sub f g : Meas A f -> Meas A g -> Meas A (fun a => Rdefinitions.Rminus (f a) (g a)).
Proof. by move=> mf mg; apply: Meas_add => //; exact: Meas_opp. Qed.
Lemma Meas_pow f n : Meas A f -> Meas A (fun a => Rpow_def.pow (f a) n).
Proof. by move=> mf; elim: n => [|n ih]; [exact: Meas_const | exact: Meas_mul]. Qed.
Lemma Meas_abs f : Meas A f -> Meas A (fun a => Rbasic_fun.Rabs (f a)).
Proof. by move=> mf; exact: (@measurable_fun_comp _ _ _ _ _ _ _ _ _ (@measurable_fun_normr RT setT) mf). Qed.
End measurable_terms.

(* a/b, with a/0 = 0 *)
Definition ratio (a b : R) : R :=
  if Req_EM_T b (IZR BinNums.Z0) then IZR BinNums.Z0 else Rdefinitions.Rdiv a b.

Lemma measurable_inv : measurable_fun setT (fun x : RT => x^-1 : RT)%R.
Proof.
move=> mT; apply: (measurability (RGenOInfty.measurableE RT)) => //.
move=> _ [_ [x ->] <-]; rewrite setTI.
have lin (c : RT) : measurable_fun setT (fun y : RT => c * y)%R.
  by apply: measurable_funrM; exact: measurable_fun_id.
have half (c : RT) (f : RT -> RT) : measurable_fun setT f -> measurable [set y | f y < c]%R.
  move=> mf; rewrite (_ : [set _ | _] = setT `&` f @^-1` [set` `]-oo, c[]); first exact: (mf measurableT _ (measurable_itv _)).
  by rewrite setTI; apply/seteqP; split => y /=; rewrite in_itv.
have half' (c : RT) (f : RT -> RT) : measurable_fun setT f -> measurable [set y | c < f y]%R.
  move=> mf; rewrite (_ : [set _ | _] = setT `&` f @^-1` [set` `]c, +oo[]); first exact: (mf measurableT _ (measurable_itv _)).
  by rewrite setTI; apply/seteqP; split => y /=; rewrite in_itv/= andbT.
have -> : (fun y : RT => y^-1)%R @^-1` [set` `]x, +oo[] =
  ([set y | 0 < id y]%R `&` [set y | x * y < 1]%R) `|`
  (([set y | id y < 0]%R `&` [set y | 1 < x * y]%R) `|`
   (if (x < 0)%R then [set 0%R] else set0)).
  apply/seteqP; split => y /=; rewrite in_itv/= andbT.
    have [y0|y0|->] := ltgtP y 0%R.
    - by rewrite -div1r ltr_ndivl_mulr// => h; right; left.
    - by rewrite -div1r ltr_pdivl_mulr// => h; left.
    - by rewrite invr0 => ->; right; right.
  case=> [[y0 h]|[[y0 h]|]].
  - by rewrite -div1r ltr_pdivl_mulr.
  - by rewrite -div1r ltr_ndivl_mulr.
  - by case: ifPn => // x0 ->; rewrite invr0.
apply: measurableU.
  by apply: measurableI; [apply: half'; exact: measurable_fun_id | apply: half].
apply: measurableU.
  by apply: measurableI; [apply: half; exact: measurable_fun_id | apply: half'].
by case: ifPn => _; [exact: measurable_set1 | exact: measurable0].
Qed.

Lemma ratioE (a b : R) : ratio a b = ((a : RT) / (b : RT))%R.
Proof.
rewrite /ratio; case: Req_EM_T => [e|n] /=.
  have -> : (b : RT) = 0%R by exact: e.
  by rewrite invr0 mulr0.
by rewrite RdivE//; apply/eqP => e; apply: n; exact: e.
Qed.

Lemma Meas_ratio (A : space) (f g : A -> R) : Meas A f -> Meas A g -> Meas A (fun a => ratio (f a) (g a)).
Proof.
move=> mf mg; have -> : (fun a => ratio (f a) (g a)) = (fun a => Rdefinitions.Rmult (f a) ((g a : RT)^-1)%R).
  by apply/funext => a; rewrite ratioE.
apply: Meas_mul => //.
exact: (@measurable_fun_comp _ _ _ _ _ _ _ _ _ measurable_inv mg).
Qed.

(* Where a function vanishes is a measurable set. *)
Lemma measurable_zero (A : space) (f : A -> R) : Meas A f -> measurable [set a | f a = IZR BinNums.Z0].
Proof.
move=> mf; rewrite (_ : [set _ | _] = setT `&` (f : A -> RT) @^-1` [set 0%R]); last first.
  by rewrite setTI; apply/seteqP; split.
by apply: mf => //; exact: measurable_set1.
Qed.

Lemma Meas_ext (A : space) (f g : A -> R) : (forall a, f a = g a) -> Meas A f -> Meas A g.
Proof. by move=> /funext ->. Qed.
Lemma Integrable_ext (A : space) (f g : A -> R) : (forall a, f a = g a) -> Integrable A f -> Integrable A g.
Proof. by move=> /funext ->. Qed.

(* ---- vectors ---- *)
Section vectors.
Variable d : nat.
Definition vec := 'I_d -> R.
Definition vadd (a b : vec) : vec := fun i => Rdefinitions.Rplus (a i) (b i).
Definition vscal (k : R) (a : vec) : vec := fun i => Rdefinitions.Rmult k (a i).
Definition vzero : vec := fun=> IZR BinNums.Z0.
Definition ip (a b : vec) : R := (\sum_(i < d) (a i : RT) * (b i : RT))%R.

Lemma ip_sym a b : ip a b = ip b a.
Proof. by apply: eq_bigr => i _; rewrite mulrC. Qed.
Lemma ip_add_l a b c : ip (vadd a b) c = Rdefinitions.Rplus (ip a c) (ip b c).
Proof. by rewrite /ip -[RHS]big_split; apply: eq_bigr => i _ /=; exact: (@mulrDl RT). Qed.
Lemma ip_scal_l k a b : ip (vscal k a) b = Rdefinitions.Rmult k (ip a b).
Proof. rewrite /ip; transitivity ((k : RT) * (\sum_(i < d) (a i : RT) * (b i : RT)))%R; last by []. by rewrite mulr_sumr; apply: eq_bigr => i _ /=; exact: (esym (@mulrA RT _ _ _)). Qed.
Lemma ip_zero_l b : ip vzero b = IZR BinNums.Z0.
Proof. by rewrite /ip big1// => i _; exact: (@mul0r RT). Qed.
Lemma ip_ge0 a : Rdefinitions.Rle (IZR BinNums.Z0) (ip a a).
Proof.
have h : (0 <= \sum_(i < d) (a i : RT) * (a i : RT))%R by apply: sumr_ge0 => i _; rewrite -expr2; exact: sqr_ge0.
by apply/RlebP; exact: h.
Qed.
Lemma ip_basis a (i : 'I_d) : ip a (fun j => if j == i then IZR (BinNums.Zpos BinNums.xH) else IZR BinNums.Z0) = a i.
Proof.
rewrite /ip (bigD1 i)//= eqxx big1 ?addr0 => [|j ji].
  by have -> : (IZR (BinNums.Zpos BinNums.xH) : RT) = 1%R by []; rewrite mulr1.
by rewrite (negbTE ji); have -> : (IZR BinNums.Z0 : RT) = 0%R by []; rewrite mulr0.
Qed.

(* A vector-valued function is measurable, integrable when its coordinates are. *)
Definition VMeas (A : space) (f : A -> vec) : Prop := forall i, Meas A (fun a => f a i).
Definition VIntegrable (A : space) (f : A -> vec) : Prop := forall i, Integrable A (fun a => f a i).
Arguments VMeas : clear implicits. Arguments VIntegrable : clear implicits.
(* The integral of a vector: coordinate by coordinate; 0 where one of them is not integrable. *)
Definition VInt (A : space) (f : A -> vec) : vec :=
  fun i => if `[< VIntegrable A f >] then Int A (fun a => f a i) else IZR BinNums.Z0.

Arguments VInt : clear implicits.

Lemma VMeas_add (A : space) (f g : A -> vec) : VMeas A f -> VMeas A g -> VMeas A (fun a => vadd (f a) (g a)).
Proof. by move=> mf mg i; exact: Meas_add. Qed.
Lemma VMeas_scal (A : space) (k : A -> R) (f : A -> vec) : Meas A k -> VMeas A f -> VMeas A (fun a => vscal (k a) (f a)).
Proof. by move=> mf mg i; exact: Meas_mul. Qed.
Lemma VMeas_zero (A : space) : VMeas A (fun=> vzero).
Proof. by move=> i; exact: Meas_const. Qed.
Lemma Meas_sum (A : space) (I : Type) (s : seq I) (f : I -> A -> R) : (forall i, Meas A (f i)) ->
  Meas A (fun a => (\sum_(i <- s) (f i a : RT))%R).
Proof.
move=> h; elim: s => [|i s ih].
  by refine (@Meas_ext A (fun=> IZR BinNums.Z0) _ _ (@Meas_const A _)) => a; rewrite big_nil.
by refine (@Meas_ext A _ _ _ (Meas_add (h i) ih)) => a; rewrite big_cons.
Qed.
Lemma Meas_ip (A : space) (f g : A -> vec) : VMeas A f -> VMeas A g -> Meas A (fun a => ip (f a) (g a)).
Proof. by move=> mf mg; apply: Meas_sum => i; exact: Meas_mul. Qed.

Lemma VMeas_VInt (A B : space) (f : A -> B -> vec) :
  VMeas (A ⊗ B) (fun w => f w.1 w.2) -> VMeas A (fun a => VInt B (f a)).
Proof.
move=> mf.
(* the vector is integrable when the sum of the absolute values of its coordinates is *)
pose n := fun a b => (\sum_(i < d) (Rbasic_fun.Rabs (f a b i) : RT))%R : R.
have mn : Meas (A ⊗ B) (fun w => n w.1 w.2) by apply: Meas_sum => i; apply: Meas_abs; exact: mf.
have sect a i : Meas B (fun b => f a b i).
  by have := @Meas_section A B (fun w => f w.1 w.2 i) a (mf i).
have sum_le (a : A) (b : B) (i : 'I_d) : Rdefinitions.Rle (Rbasic_fun.Rabs (f a b i)) (n a b).
  apply/RlebP; rewrite /n (bigD1 i)//=; have h : (0 <= \sum_(j < d | j != i) (Rbasic_fun.Rabs (f a b j) : RT))%R.
    by apply: sumr_ge0 => j _; exact: (@normr_ge0 _ RT).
  by have : ((Rbasic_fun.Rabs (f a b i) : RT) <= Rbasic_fun.Rabs (f a b i) + \sum_(j < d | j != i) (Rbasic_fun.Rabs (f a b j) : RT))%R by rewrite ler_addl.
have E a : VIntegrable B (f a) <-> Integrable B (n a).
  split => [h|h i]; last by apply: Integrable_le h => //; exact: sum_le.
  rewrite /n; elim: (index_enum _) => [|i s ih].
    by refine (@Integrable_ext B (fun=> IZR BinNums.Z0) _ _ (Integrable_0 B)) => b; rewrite big_nil.
  have hi : Integrable B (fun b => Rbasic_fun.Rabs (f a b i)) by exact: (integrable_abse measurableT (h i)).
  by refine (@Integrable_ext B _ _ _ (Integrable_add _ _ _ hi ih)) => b; rewrite big_cons.
move=> i.
pose one := fun a => Int B (fun b => Rdefinitions.Rplus (n a b) (IZR BinNums.Z0)).
have ms : measurable [set a | Integrable B (n a)].
  have mg := (@Meas_EFin (A ⊗ B) _).1 mn.
  have mS := measurable_inner (@Meas_abse (A ⊗ B) _ mg) (fun=> abse_ge0 _).
  rewrite (_ : [set _ | _] = setT `&` [set a | \int[reference B]_b (abse \o (fun w : A ⊗ B => (n w.1 w.2 : RT)%:E)) (a, b) < +oo]).
    exact: emeasurable_fun_infty_o.
  rewrite setTI; apply/seteqP; split => a /=; first by case.
  move=> oo; split => //; apply/Meas_EFin; exact: (@Meas_section A B (fun w => n w.1 w.2) a mn).
have mi : Meas A (fun a => Int B (fun b => f a b i)) by apply: Meas_Int; exact: mf.
have -> : (fun a => VInt B (f a) i) = (fun a => Rdefinitions.Rmult ((\1_[set a | Integrable B (n a)] a : RT)%R) (Int B (fun b => f a b i))).
  apply/funext => a; rewrite /VInt indicE; case: asboolP => h.
    by rewrite mem_set; [exact: (esym (@mul1r RT _)) | exact/E].
  by rewrite memNset; [exact: (esym (@mul0r RT _)) | move=> /E].
by apply: Meas_mul => //; exact: measurable_fun_indic.
Qed.

Lemma ip_VInt (A : space) (c : vec) (f : A -> vec) : VIntegrable A f ->
  Integrable A (fun a => ip c (f a)) /\ ip c (VInt A f) = Int A (fun a => ip c (f a)).
Proof.
move=> h; rewrite /VInt asboolT// /ip.
elim: (index_enum _) => [|i s [ih1 ih2]].
  have -> : (fun a : A => (\sum_(i <- [::]) (c i : RT) * (f a i : RT))%R) = (fun=> IZR BinNums.Z0).
    by apply/funext => a; rewrite big_nil.
  split; first exact: Integrable_0.
  rewrite big_nil IntE'; last exact: Integrable_0.
  by rewrite integral0.
have -> : (fun a : A => (\sum_(i <- i :: s) (c i : RT) * (f a i : RT))%R) =
  (fun a => Rdefinitions.Rplus (Rdefinitions.Rmult (c i) (f a i)) ((\sum_(i <- s) (c i : RT) * (f a i : RT))%R)).
  by apply/funext => a; rewrite big_cons.
have k := Integrable_scale A (c i) _ (h i).
split; first exact: Integrable_add.
by rewrite Int_add// Int_scale_Integrable// -ih2 big_cons.
Qed.
End vectors.
Arguments vzero {d}. Arguments VMeas {d} A f. Arguments VIntegrable {d} A f. Arguments VInt {d} A f.
