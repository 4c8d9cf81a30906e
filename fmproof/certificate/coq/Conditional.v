(* Conditional.v: conditional expectations. What mathcomp-analysis lacks of them, that there are
   versions and that they average as they should, is assumed here, by name. The rest is proved. *)
From FMProof Require Import Measure Product Model Rules Spaces Steps.
Require Import Reals Lra.
Set Warnings "-all".
From HB Require Import structures.
From mathcomp Require Import all_ssreflect ssralg ssrnum interval.
From mathcomp Require Import mathcomp_extra boolp classical_sets functions cardinality fsbigop reals ereal signed
  topology normedtype sequences measure lebesgue_measure numfun lebesgue_integral Rstruct.
Set Implicit Arguments. Unset Strict Implicit.
Local Open Scope R_scope.
Local Notation "x * y" := (Rdefinitions.Rmult x y) : R_scope.
Local Notation "x + y" := (Rdefinitions.Rplus x y) : R_scope.
Local Notation "x - y" := (Rdefinitions.Rminus x y) : R_scope.
Local Notation "x <= y" := (Rdefinitions.Rle x y) : R_scope.
Local Notation "x < y" := (Rdefinitions.Rlt x y) : R_scope.
Local Notation "- x" := (Rdefinitions.Ropp x) : R_scope.
Local Notation "0" := (IZR BinNums.Z0) : R_scope.
Local Notation "1" := (IZR (BinNums.Zpos BinNums.xH)) : R_scope.
Local Notation "2" := (IZR (BinNums.Zpos (BinNums.xO BinNums.xH))) : R_scope.

(* A version of E[f | X = x] for a point of S with the density p, chosen by the joint law. *)
Axiom version : forall (d e : nat) (S : space) (p : S -> R) (X : S -> vec d) (f : S -> vec e),
  vec d -> vec e.
Arguments version d e S p X f x : clear implicits.

(* Kallenberg, Foundations of Modern Probability, theorem 3.4: it is measurable, in x and in what the
   law depends on. *)
Axiom version_measurable : forall (d e : nat) (l : vector_measure d) (A S : space)
    (p : A -> S -> R) (X : A -> S -> vec d) (f : A -> S -> vec e),
  Meas (A ⊗ S) (on2 p) -> VMeas (A ⊗ S) (on2 X) -> VMeas (A ⊗ S) (on2 f) ->
  VMeas (A ⊗ Rn d l) (on2 (fun a x => version d e S (p a) (X a) (f a) x)).

(* Kallenberg, theorem 8.1: under the average, f is its conditional expectation beside functions of X. *)
Axiom version_average : forall (d e : nat) (l : vector_measure d) (S : space) (p : S -> R)
    (X : S -> vec d) (f : S -> vec e) (h : vec d -> vec e),
  Density S p -> VMeas S X -> VMeas S f -> VMeas (Rn d l) h ->
  VIntegrable S (fun s => vscal (p s) (f s)) -> Integrable S (fun s => p s * ip (h (X s)) (f s)) ->
  Integrable S (fun s => p s * ip (h (X s)) (version d e S p X f (X s))) /\
  Int S (fun s => p s * ip (h (X s)) (f s)) =
    Int S (fun s => p s * ip (h (X s)) (version d e S p X f (X s))).

(* E[f | X = x]: the version; 0 where f is not integrable. *)
Definition condexp (d e : nat) (S : space) (p : S -> R) (X : S -> vec d) (f : S -> vec e) (x : vec d) :
    vec e :=
  if `[< VIntegrable S (fun s => vscal (p s) (f s)) >] then version d e S p X f x else vzero.
Arguments condexp d e S p X f x : clear implicits.

Lemma measurable_vintegrable (e : nat) (A S : space) (j : A -> S -> vec e) : VMeas (A ⊗ S) (on2 j) ->
  measurable [set a : A | VIntegrable S (j a)]%classic.
Proof.
move=> m; have one i := @measurable_integrable A S (fun a s => j a s i) (m i).
have -> : [set a : A | VIntegrable S (j a)]%classic =
    (\bigcap_(i in [set: 'I_e]) (fun a => Integrable S (fun s => j a s i)))%classic.
  by apply/seteqP; split => a /= h i; [move=> _; exact: h | exact: h i Logic.I].
by apply: fin_bigcap_measurable => // i _; exact: one.
Qed.

Lemma condexp_measurable (d e : nat) (l : vector_measure d) (A S : space)
    (p : A -> S -> R) (X : A -> S -> vec d) (f : A -> S -> vec e) :
  Meas (A ⊗ S) (on2 p) -> VMeas (A ⊗ S) (on2 X) -> VMeas (A ⊗ S) (on2 f) ->
  VMeas (A ⊗ Rn d l) (on2 (fun a x => condexp d e S (p a) (X a) (f a) x)).
Proof.
move=> mp mX mf i.
pose E := [set a : A | VIntegrable S (fun s => vscal (p a s) (f a s))]%classic.
have mE : measurable E by apply: measurable_vintegrable; exact: (VMeas_scal mp mf).
have m1 : Meas A (fun a => (\1_E a : RT)%R) by exact: measurable_fun_indic.
have m2 := Meas_mul (Meas_after m1 (@MeasP_fst A (Rn d l))) (@version_measurable d e l A S p X f mp mX mf i).
apply: (Meas_ext _ m2) => w; rewrite /on2 /condexp indicE /=.
case: asboolP => h; first by rewrite mem_set//; exact: Rmult_1_l.
by rewrite memNset//; exact: Rmult_0_l.
Qed.

Lemma condexp_average (d e : nat) (l : vector_measure d) (S : space) (p : S -> R)
    (X : S -> vec d) (f : S -> vec e) (h : vec d -> vec e) :
  Density S p -> VMeas S X -> VMeas S f -> VMeas (Rn d l) h ->
  VIntegrable S (fun s => vscal (p s) (f s)) -> Integrable S (fun s => p s * ip (h (X s)) (f s)) ->
  Integrable S (fun s => p s * ip (h (X s)) (condexp d e S p X f (X s))) /\
  Int S (fun s => p s * ip (h (X s)) (f s)) =
    Int S (fun s => p s * ip (h (X s)) (condexp d e S p X f (X s))).
Proof. by move=> law mX mf mh fi i; rewrite /condexp asboolT//; exact: (@version_average d e l). Qed.

(* Where f is not integrable, E[f|X] is 0; so ⟨h(X), E[f|X]⟩ is integrable where ⟨h(X), f⟩ is. *)
Lemma condexp_beside (d e : nat) (l : vector_measure d) (S : space) (p : S -> R)
    (X : S -> vec d) (f : S -> vec e) (h : vec d -> vec e) :
  Density S p -> VMeas S X -> VMeas S f -> VMeas (Rn d l) h ->
  Integrable S (fun s => p s * ip (h (X s)) (f s)) ->
  Integrable S (fun s => p s * ip (h (X s)) (condexp d e S p X f (X s))).
Proof.
move=> law mX mf mh i; case: (pselect (VIntegrable S (fun s => vscal (p s) (f s)))) => [fi|n].
  by have [] := @condexp_average d e l S p X f h law mX mf mh fi i.
apply: (Integrable_ext _ (Integrable_0 S)) => s.
by rewrite /condexp asboolF// ip_sym ip_zero_l Rmult_0_r.
Qed.

Lemma Int_le (S : space) (f g : S -> R) : Integrable S f -> Integrable S g -> (forall s, f s <= g s) ->
  Int S f <= Int S g.
Proof.
move=> i j le; have [_ E] := Int_sub j i.
have : 0 <= Int S (fun s => g s - f s) by apply: Int_ge0 => s; have := le s; lra.
by rewrite E; lra.
Qed.

Section one_law.
Variables (d e : nat) (l : vector_measure d) (S : space) (p : S -> R) (X : S -> vec d) (f : S -> vec e).
Hypothesis law : Density S p.
Hypothesis X_meas : VMeas S X.
Hypothesis f_meas : VMeas S f.
Let c := condexp d e S p X f.

Lemma VMeas_condexp : VMeas (Rn d l) c.
Proof.
move=> i.
have mp : Meas (Rn d l ⊗ S) (on2 (fun _ s => p s)).
  exact: (Meas_after (Integrable_Meas S _ (density_integrable law)) (@MeasP_snd _ _)).
have mX : VMeas (Rn d l ⊗ S) (on2 (fun _ s => X s)) by apply: (VMeas_after X_meas (@MeasP_snd _ _)).
have mf : VMeas (Rn d l ⊗ S) (on2 (fun _ s => f s)) by apply: (VMeas_after f_meas (@MeasP_snd _ _)).
have h := (@Meas_section (Rn d l) (Rn d l) _ (@vzero d) (@condexp_measurable d e l _ _ _ _ _ mp mX mf i)).
exact h.
Qed.
Lemma VMeas_condexp_at : VMeas S (fun s => c (X s)).
Proof. by apply: (VMeas_after VMeas_condexp); exact: MeasP_vector. Qed.

Hypothesis f_integrable : VIntegrable S (fun s => vscal (p s) (f s)).

(* |h(X)·E[f|X]| is on average at most |h(X)·f|: with the sign of h·E[f|X] beside h. *)
Lemma condexp_absolute (h : vec d -> vec e) : VMeas (Rn d l) h ->
  Integrable S (fun s => p s * ip (h (X s)) (f s)) ->
  Int S (fun s => Rabs (p s * ip (h (X s)) (c (X s)))) <= Int S (fun s => Rabs (p s * ip (h (X s)) (f s))).
Proof.
move=> mh i.
pose sign x : R := ratio (Rabs x) x.
have s1 x : Rabs (sign x) <= 1.
  rewrite /sign /ratio; case: Req_EM_T => [e0|n0] /=; first by rewrite Rabs_R0; lra.
  by rewrite /Rdiv Rabs_mult Rabs_Rabsolu Rabs_inv Rinv_r; [right | exact: Rabs_no_R0].
have sE x : sign x * x = Rabs x.
  rewrite /sign /ratio; case: Req_EM_T => [e0|n0] /=; last by field.
  by rewrite e0 Rabs_R0 Rmult_0_l.
pose g x := vscal (sign (ip (h x) (c x))) (h x).
have mg : VMeas (Rn d l) g.
  have mhc : Meas (Rn d l) (fun x => ip (h x) (c x)) := Meas_ip mh VMeas_condexp.
  by apply: VMeas_scal => //; apply: Meas_ratio => //; exact: Meas_abs.
have mp := Integrable_Meas S _ (density_integrable law).
have mX := @MeasP_vector d l _ _ X_meas.
have ig : Integrable S (fun s => p s * ip (g (X s)) (f s)).
  apply: (Integrable_le S _ _ _ _ (Integrable_abs i)).
    by apply: Meas_mul => //; apply: Meas_ip => //; exact: (VMeas_after mg mX).
  move=> s; rewrite /g ip_scal_l !Rabs_mult; apply: Rmult_le_compat_l; first exact: Rabs_pos.
  rewrite -{2}(Rmult_1_l (Rabs (ip _ _))); apply: Rmult_le_compat_r; [exact: Rabs_pos | exact: s1].
have [_ E] := @condexp_average d e l S p X f g law X_meas f_meas mg f_integrable ig.
have -> : Int S (fun s => Rabs (p s * ip (h (X s)) (c (X s)))) = Int S (fun s => p s * ip (g (X s)) (c (X s))).
  apply: Int_ext => s; rewrite /g ip_scal_l sE Rabs_mult (Rabs_pos_eq (p s)) //; exact: density_ge0 law s.
rewrite -E; apply: Int_le => //; first exact: Integrable_abs.
move=> s; rewrite /g ip_scal_l; apply: (Rle_trans _ _ _ (Rle_abs _)); rewrite !Rabs_mult.
apply: Rmult_le_compat_l; first exact: Rabs_pos.
rewrite -{2}(Rmult_1_l (Rabs (ip _ _))); apply: Rmult_le_compat_r; [exact: Rabs_pos | exact: s1].
Qed.
End one_law.

(* A law for each point of A, such as a time drawn before. *)
Section family.
Variables (d e : nat) (l : vector_measure d) (A S : space).
Variables (D : A -> R) (p : A -> S -> R) (X : A -> S -> vec d) (f : A -> S -> vec e).
Hypothesis D_meas : Meas A D.
Hypothesis p_meas : Meas (A ⊗ S) (on2 p).
Hypothesis law : forall a, Density S (p a).
Hypothesis X_meas : VMeas (A ⊗ S) (on2 X).
Hypothesis f_meas : VMeas (A ⊗ S) (on2 f).
Let c a := condexp d e S (p a) (X a) (f a).

Lemma VMeas_sections n (g : A -> S -> vec n) a : VMeas (A ⊗ S) (on2 g) -> VMeas S (g a).
Proof. by move=> m i; exact: (@Meas_section A S (fun w => on2 g w i) a (m i)). Qed.
Lemma VMeas_family_at : VMeas (A ⊗ S) (on2 (fun a s => c a (X a s))).
Proof.
apply: (@VMeas_after e (A ⊗ S) (A ⊗ Rn d l) (fun w => (fst w, X (fst w) (snd w))) (on2 c)).
  exact: (@condexp_measurable d e l _ _ _ _ _ p_meas X_meas f_meas).
by apply: MeasP_pair; [exact: MeasP_fst | exact: (@MeasP_vector d l _ _ X_meas)].
Qed.
Lemma law_weight : Meas (A ⊗ S) (on2 (fun a s => D a * p a s)).
Proof. by apply: Meas_mul => //; exact: (Meas_after D_meas (@MeasP_fst A S)). Qed.

Lemma pull_out (h : A -> vec d -> vec e) : VMeas (A ⊗ Rn d l) (on2 h) ->
  ae A (fun a => D a <> 0 -> VIntegrable S (fun s => vscal (p a s) (f a s))) ->
  Integrable (A ⊗ S) (on2 (fun a s => D a * p a s * ip (h a (X a s)) (f a s))) ->
  Integrable (A ⊗ S) (on2 (fun a s => D a * p a s * ip (h a (X a s)) (c a (X a s)))) /\
  Int (A ⊗ S) (on2 (fun a s => D a * p a s * ip (h a (X a s)) (f a s))) =
    Int (A ⊗ S) (on2 (fun a s => D a * p a s * ip (h a (X a s)) (c a (X a s)))).
Proof.
move=> mh fi i.
have mhX : VMeas (A ⊗ S) (on2 (fun a s => h a (X a s))).
  apply: (@VMeas_after e (A ⊗ S) (A ⊗ Rn d l) (fun w => (fst w, X (fst w) (snd w))) (on2 h)) => //.
  by apply: MeasP_pair; [exact: MeasP_fst | exact: (@MeasP_vector d l _ _ X_meas)].
have mh1 a : VMeas (Rn d l) (h a).
  by move=> k; exact: (@Meas_section A (Rn d l) (fun w => on2 h w k) a (mh k)).
have good : ae A (fun a => D a <> 0 ->
    VIntegrable S (fun s => vscal (p a s) (f a s)) /\ Integrable S (fun s => p a s * ip (h a (X a s)) (f a s))).
  apply: ae_mono (ae_and _ _ _ fi (Integrable_section i)) => a [v j] D0; split; first exact: v.
  apply: (Integrable_ext _ (Integrable_scale S (/ D a) _ j)) => s; rewrite /on2 /=; field; exact: D0.
have avg a := @condexp_average d e l S (p a) (X a) (f a) (h a) (law a) (VMeas_sections a X_meas)
  (VMeas_sections a f_meas) (mh1 a).
have absolute a := @condexp_absolute d e l S (p a) (X a) (f a) (law a) (VMeas_sections a X_meas)
  (VMeas_sections a f_meas).
have scaled a (u : S -> R) : Integrable S u -> Integrable S (fun s => D a * u s) by exact: Integrable_scale.
have mc : Meas (A ⊗ S) (on2 (fun a s => D a * p a s * ip (h a (X a s)) (c a (X a s)))).
  by apply: Meas_mul; [exact: law_weight | apply: Meas_ip => //; exact: VMeas_family_at].
have ic : Integrable (A ⊗ S) (on2 (fun a s => D a * p a s * ip (h a (X a s)) (c a (X a s)))).
  apply: Integrable_product => //.
    apply: ae_mono good => a g; rewrite /on2 /=.
    case: (Req_EM_T (D a) 0) => [->|D0].
      by apply: (Integrable_ext _ (Integrable_0 S)) => s; ring.
    have [v j] := g D0; have [k _] := avg a v j.
    by apply: (Integrable_ext _ (scaled a _ k)) => s; rewrite /c; ring.
  have iabs := Integrable_Int (Integrable_abs i).
  apply: (@Integrable_le_almost A _ _ _ _ iabs).
    apply: (@Meas_Int A S (fun a s => Rabs (D a * p a s * ip (h a (X a s)) (c a (X a s))))).
    by apply: Meas_abs.
  apply: ae_mono good => a g; rewrite /on2 /= (Rabs_pos_eq (Int S _)); last first.
    by apply: Int_ge0 => s; exact: Rabs_pos.
  case: (Req_EM_T (D a) 0) => [->|D0].
    by right; apply: Int_ext => s; rewrite !Rmult_0_l.
  have [v j] := g D0; have b := absolute a v (h a) (mh1 a) j.
  have pull (u : S -> R) : Int S (fun s => Rabs (D a * p a s * u s)) = Rabs (D a) * Int S (fun s => Rabs (p a s * u s)).
    by rewrite -Int_scale; apply: Int_ext => s; rewrite !Rabs_mult; ring.
  by rewrite !pull; apply: Rmult_le_compat_l => //; exact: Rabs_pos.
split => //; rewrite (Int_product i) (Int_product ic).
apply: Int_almost.
- exact: (Integrable_Meas _ _ (Integrable_Int i)).
- exact: (Integrable_Meas _ _ (Integrable_Int ic)).
apply: ae_mono good => a g; rewrite /on2 /=.
have pull (u : S -> R) : Int S (fun s => D a * p a s * u s) = D a * Int S (fun s => p a s * u s).
  by rewrite -Int_scale; apply: Int_ext => s; ring.
rewrite !pull; case: (Req_EM_T (D a) 0) => [->|D0]; first by rewrite !Rmult_0_l.
by have [v j] := g D0; have [_ ->] := avg a v j.
Qed.
End family.

(* Monotone convergence: a limit of bounded averages. *)
Lemma monotone_bound (S : space) (u : nat -> S -> R) (v : S -> R) (M : R) :
  (forall n, Integrable S (u n)) -> (forall n s, 0 <= u n s) ->
  (forall n m s, (n <= m)%N -> u n s <= u m s) ->
  (forall s e, 0 < e -> exists N : nat, forall n, (N <= n)%N -> Rabs (v s - u n s) < e) ->
  (forall n, Int S (u n) <= M) -> Meas S v -> Integrable S v /\ Int S v <= M.
Proof.
move=> iu u0 up near le mv.
have v0 s : 0 <= v s.
  case: (Rle_dec 0 (v s)) => // /Rnot_le_lt neg; exfalso.
  have [|N /(_ N (leqnn _))] := near s (- v s); first lra.
  by have := u0 N s => u1 /Rabs_def2 []; lra.
have L s : (lim (fun n => (u n s : RT)%:E) = (v s : RT)%:E)%E%classic.
  by apply/cvg_lim => //; apply/(converges_reals (fun n => u n s) (v s)) => e0; exact: near.
have mu n : measurable_fun setT (fun s => (u n s : RT)%:E) by exact: (iu n).1.
have nd s : {homo (fun n => (u n s : RT)%:E) : n m / (n <= m)%N >-> (n <= m)%E}.
  by move=> n m nm; rewrite lee_fin; apply/RlebP; exact: up.
have ge n s : (0 <= (u n s : RT)%:E)%E by rewrite lee_fin; apply/RlebP; exact: u0.
have mc := @cvg_monotone_convergence _ S RT (reference S) setT measurableT (fun n s => (u n s : RT)%:E)
  mu (fun n s _ => ge n s) (fun s _ => nd s).
have bound : (\int[reference S]_s (v s : RT)%:E <= (M : RT)%:E)%E.
  have -> : (\int[reference S]_s (v s : RT)%:E = \int[reference S]_s lim (fun n => (u n s : RT)%:E))%E%classic.
    by apply: eq_integral => s _; rewrite L.
  have <- := cvg_lim _ mc => //.
  apply: lime_le; first by apply/cvg_ex; eexists; exact: mc.
  by apply: nearW => n; rewrite -(IntE S _ (iu n)) lee_fin; apply/RlebP; exact: le.
have iv : Integrable S v.
  split; first exact/Meas_EFin.
  apply: (@Order.POrderTheory.le_lt_trans _ _ (M : RT)%:E); last exact: ltey.
  have -> : (\int[reference S]_s `|(v s : RT)%:E| = \int[reference S]_s (v s : RT)%:E)%E.
    by apply: eq_integral => s _; rewrite gee0_abs// lee_fin; apply/RlebP.
  exact: bound.
split => //; apply/RlebP.
have : ((Int S v : RT)%:E <= (M : RT)%:E)%E by rewrite (IntE S _ iv).
by rewrite lee_fin.
Qed.

Lemma ratio_damp (a b : R) : 0 < b -> ratio a b = a / b.
Proof. by rewrite /ratio; case: Req_EM_T => [z|//]; lra. Qed.

(* Jensen: the average of |E[f|X]|^2 is at most that of |f|^2. With c n / (n + |c|^2) beside f. *)
Section contraction.
Variables (d e : nat) (l : vector_measure d) (S : space) (p : S -> R) (X : S -> vec d) (f : S -> vec e).
Hypothesis law : Density S p.
Hypothesis X_meas : VMeas S X.
Hypothesis f_meas : VMeas S f.
Hypothesis square : Integrable S (fun s => p s * ip (f s) (f s)).
Let c := condexp d e S p X f.
Let q x := ip (c x) (c x).
Let b n : R := INR n + 1.
Let damp n x : R := ratio (b n) (b n + q x).

Let b0 n : 0 < b n.
Proof. by rewrite /b; have := pos_INR n; lra. Qed.
Let q0 x : 0 <= q x.
Proof. exact: ip_ge0. Qed.
Let bq n x : 0 < b n + q x.
Proof. by have := b0 n; have := q0 x; lra. Qed.
Let dampE n x : damp n x = b n / (b n + q x).
Proof. by rewrite /damp ratio_damp. Qed.
Let damp0 n x : 0 <= damp n x.
Proof. by rewrite dampE; apply: Rlt_le; apply: Rdiv_lt_0_compat. Qed.
Let damp1 n x : damp n x <= 1.
Proof.
rewrite dampE; apply: (Rmult_le_reg_r (b n + q x)) => //.
have -> : b n / (b n + q x) * (b n + q x) = b n by field; have := bq n x; lra.
by have := q0 x; lra.
Qed.
Let dampq n x : damp n x * q x <= b n.
Proof.
rewrite dampE; apply: (Rmult_le_reg_r (b n + q x)) => //.
have -> : b n / (b n + q x) * q x * (b n + q x) = b n * q x by field; have := bq n x; lra.
have := b0 n; have := q0 x; set B := b n; set Q := q x => h1 h2.
have : 0 <= B * B by apply: Rmult_le_pos; lra.
by have : 0 <= B * Q by [apply: Rmult_le_pos; lra]; lra.
Qed.
Let mc : VMeas (Rn d l) c.
Proof. exact: (@VMeas_condexp d e l S p X f law X_meas f_meas). Qed.
Let mX : MeasP S (Rn d l) X.
Proof. exact: (@MeasP_vector d l _ _ X_meas). Qed.
Let mp : Meas S p.
Proof. exact: Integrable_Meas S _ (density_integrable law). Qed.
Let m_damp n : Meas (Rn d l) (damp n).
Proof. by apply: Meas_ratio; [exact: Meas_const | apply: Meas_add; [exact: Meas_const | exact: Meas_ip]]. Qed.

Lemma square_finite : VIntegrable S (fun s => vscal (p s) (f s)).
Proof. by apply: square_integrable => //; [exact: VMeas_scal | exact: density_integrable law]. Qed.

Let u n s : R := p s * (damp n (X s) * q (X s)).
Let iu n : Integrable S (u n).
Proof.
apply: (Integrable_le S _ _ _ _ (Integrable_scale S (b n) _ (density_integrable law))).
  have mdq : Meas (Rn d l) (fun x => damp n x * q x) by apply: Meas_mul => //; exact: Meas_ip.
  exact: (Meas_mul mp (Meas_after mdq mX)).
move=> s; rewrite /u Rabs_pos_eq; last first.
  by apply: Rmult_le_pos; [exact: density_ge0 law s | apply: Rmult_le_pos].
rewrite (Rmult_comm (b n)); apply: Rmult_le_compat_l; [exact: density_ge0 law s | exact: dampq].
Qed.
Let bounded n : Int S (u n) <= Int S (fun s => p s * ip (f s) (f s)).
Proof.
pose h x := vscal (damp n x) (c x).
have mh : VMeas (Rn d l) h by exact: VMeas_scal.
have half s : 2 * Rabs (ip (h (X s)) (f s)) <= damp n (X s) * q (X s) + ip (f s) (f s).
  apply: (Rle_trans _ _ _ (ip_young _ _)); apply: Rplus_le_compat_r.
  rewrite /h ip_scal_l (ip_sym _ (vscal _ _)) ip_scal_l -/(q (X s)).
  rewrite -{2}(Rmult_1_l (damp n (X s) * q (X s))); apply: Rmult_le_compat_r => //.
  exact: Rmult_le_pos.
have ih : Integrable S (fun s => p s * ip (h (X s)) (f s)).
  apply: (Integrable_le S _ _ _ _ (Integrable_add S _ _ (iu n) square)).
    by apply: Meas_mul => //; apply: Meas_ip => //; exact: (VMeas_after mh mX).
  move=> s; rewrite Rabs_mult (Rabs_pos_eq (p s)); last exact: density_ge0 law s.
  rewrite /u -Rmult_plus_distr_l; apply: Rmult_le_compat_l; first exact: density_ge0 law s.
  by have := half s; have := Rabs_pos (ip (h (X s)) (f s)); lra.
have [ic E] := @condexp_average d e l S p X f h law X_meas f_meas mh square_finite ih.
have uE : Int S (u n) = Int S (fun s => p s * ip (h (X s)) (f s)).
  by rewrite E; apply: Int_ext => s; rewrite /u /h ip_scal_l.
have i2 := Integrable_scale S (/ 2) _ (Integrable_add S _ _ (iu n) square).
have : Int S (fun s => p s * ip (h (X s)) (f s)) <= Int S (fun s => / 2 * (u n s + p s * ip (f s) (f s))).
  apply: Int_le => // s; rewrite /u.
  have -> : / 2 * (p s * (damp n (X s) * q (X s)) + p s * ip (f s) (f s)) =
    p s * (/ 2 * (damp n (X s) * q (X s) + ip (f s) (f s))) by ring.
  apply: Rmult_le_compat_l; first exact: density_ge0 law s.
  by have := half s; have := Rle_abs (ip (h (X s)) (f s)); lra.
rewrite Int_scale (Int_add S _ _ (iu n) square) -uE; lra.
Qed.

Theorem condexp_contraction : Integrable S (fun s => p s * q (X s)) /\
  Int S (fun s => p s * q (X s)) <= Int S (fun s => p s * ip (f s) (f s)).
Proof.
apply: (@monotone_bound S u) => //.
- move=> n s; apply: Rmult_le_pos; [exact: density_ge0 law s | exact: Rmult_le_pos].
- move=> n m s nm; apply: Rmult_le_compat_l; first exact: density_ge0 law s.
  apply: Rmult_le_compat_r => //.
  have nm' : b n <= b m by rewrite /b; apply: Rplus_le_compat_r; apply: le_INR; apply/ssrnat.leP.
  rewrite !dampE; apply: (Rmult_le_reg_r (b n + q (X s))) => //.
  apply: (Rmult_le_reg_r (b m + q (X s))) => //.
  have -> : b n / (b n + q (X s)) * (b n + q (X s)) * (b m + q (X s)) = b n * (b m + q (X s)).
    by field; have := bq n (X s); lra.
  have -> : b m / (b m + q (X s)) * (b n + q (X s)) * (b m + q (X s)) = b m * (b n + q (X s)).
    by field; have := bq m (X s); lra.
  have := Rmult_le_compat_r _ _ _ (q0 (X s)) nm'; lra.
- move=> s eps eps0.
  pose K := p s * (q (X s) * q (X s)).
  have K0 : 0 <= K by apply: Rmult_le_pos; [exact: density_ge0 law s | exact: Rmult_le_pos].
  have [N [hN N0]] := archimed_cor1 (eps / (K + 1)) ltac:(apply: Rdiv_lt_0_compat; lra).
  exists N => n Nn.
  have bN : INR N <= b n by rewrite /b; have : INR N <= INR n by [apply: le_INR; apply/ssrnat.leP]; lra.
  have N1 : 0 < INR N by apply: lt_0_INR.
  have -> : p s * q (X s) - u n s = K / (b n + q (X s)).
    by rewrite /u /K dampE; field; have := bq n (X s); lra.
  rewrite Rabs_pos_eq; last by apply: Rmult_le_pos => //; apply: Rlt_le; apply: Rinv_0_lt_compat.
  apply: (Rmult_lt_reg_r (b n + q (X s))) => //.
  have -> : K / (b n + q (X s)) * (b n + q (X s)) = K by field; have := bq n (X s); lra.
  have e1 : K + 1 < eps * INR N.
    have h := Rmult_lt_compat_r _ _ _ N1 hN; have Kp : 0 < K + 1 by lra.
    have h2 := Rmult_lt_compat_r _ _ _ Kp h.
    have e2 : / INR N * INR N * (K + 1) = K + 1 by field; lra.
    have e3 : eps / (K + 1) * INR N * (K + 1) = eps * INR N by field; lra.
    by rewrite e2 e3 in h2.
  have : eps * INR N <= eps * (b n + q (X s)).
    by apply: Rmult_le_compat_l; [lra | have := q0 (X s); lra].
  lra.
- have mq : Meas (Rn d l) q by exact: Meas_ip.
  exact: (Meas_mul mp (Meas_after mq mX)).
Qed.
End contraction.

Section family_contraction.
Variables (d e : nat) (l : vector_measure d) (A S : space).
Variables (W : A -> R) (p : A -> S -> R) (X : A -> S -> vec d) (f : A -> S -> vec e).
Hypothesis W_meas : Meas A W.
Hypothesis p_meas : Meas (A ⊗ S) (on2 p).
Hypothesis law : forall a, Density S (p a).
Hypothesis X_meas : VMeas (A ⊗ S) (on2 X).
Hypothesis f_meas : VMeas (A ⊗ S) (on2 f).
Let c a := condexp d e S (p a) (X a) (f a).

Lemma contraction : Integrable (A ⊗ S) (on2 (fun a s => W a * p a s * ip (f a s) (f a s))) ->
  Integrable (A ⊗ S) (on2 (fun a s => W a * p a s * ip (c a (X a s)) (c a (X a s)))).
Proof.
move=> i.
have one a := @condexp_contraction d e l S (p a) (X a) (f a) (law a) (VMeas_sections a X_meas)
  (VMeas_sections a f_meas).
have mc := @VMeas_family_at d e l A S p X f p_meas X_meas f_meas.
have good : ae A (fun a => W a <> 0 -> Integrable S (fun s => p a s * ip (f a s) (f a s))).
  apply: ae_mono (Integrable_section i) => a j W0.
  apply: (Integrable_ext _ (Integrable_scale S (/ W a) _ j)) => s; rewrite /on2 /=; field; exact: W0.
apply: Integrable_product.
- by apply: Meas_mul; [exact: (@law_weight A S W p) | exact: Meas_ip].
- apply: ae_mono good => a g; rewrite /on2 /=.
  case: (Req_EM_T (W a) 0) => [W0|W0].
    by apply: (Integrable_ext _ (Integrable_0 S)) => s; rewrite W0; ring.
  have [j _] := one a (g W0).
  by apply: (Integrable_ext _ (Integrable_scale S (W a) _ j)) => s; rewrite /c; ring.
have iabs := Integrable_Int (Integrable_abs i).
apply: (@Integrable_le_almost A _ _ _ _ iabs).
  apply: (@Meas_Int A S (fun a s => Rabs (W a * p a s * ip (c a (X a s)) (c a (X a s))))).
  by apply: Meas_abs; apply: Meas_mul; [exact: (@law_weight A S W p) | exact: Meas_ip].
apply: ae_mono good => a g; rewrite /on2 /= (Rabs_pos_eq (Int S _)); last first.
  by apply: Int_ge0 => s; exact: Rabs_pos.
case: (Req_EM_T (W a) 0) => [W0|W0].
  by right; apply: Int_ext => s; rewrite W0 !Rmult_0_l.
have [_ b] := one a (g W0).
have pull (u : S -> R) : (forall s, 0 <= u s) ->
    Int S (fun s => Rabs (W a * p a s * u s)) = Rabs (W a) * Int S (fun s => p a s * u s).
  move=> u0; rewrite -Int_scale; apply: Int_ext => s; rewrite !Rabs_mult (Rabs_pos_eq (u s)) //.
  by rewrite (Rabs_pos_eq (p a s)); [ring | exact: density_ge0 (law a) s].
rewrite (pull (fun s => ip (c a (X a s)) (c a (X a s)))); last by move=> s; exact: ip_ge0.
rewrite (pull (fun s => ip (f a s) (f a s))); last by move=> s; exact: ip_ge0.
apply: Rmult_le_compat_l; [exact: Rabs_pos | exact: b].
Qed.
End family_contraction.

(* The tower property: the average of E[f|X] is that of f. *)
Section tower.
Variables (d e : nat) (l : vector_measure d) (S : space) (p : S -> R) (X : S -> vec d) (f : S -> vec e).
Hypothesis law : Density S p.
Hypothesis X_meas : VMeas S X.
Hypothesis f_meas : VMeas S f.
Hypothesis f_integrable : VIntegrable S (fun s => vscal (p s) (f s)).
Let c s := condexp d e S p X f (X s).
Let unit k : vec e := fun j => if j == k then 1 else 0.
Let beside (v : vec e) k : ip (unit k) v = v k.
Proof. by rewrite ip_sym ip_basis. Qed.
Let average k : Integrable S (fun s => p s * ip (unit k) (c s)) /\
  Int S (fun s => p s * ip (unit k) (f s)) = Int S (fun s => p s * ip (unit k) (c s)).
Proof.
apply: (@condexp_average d e l S p X f (fun=> unit k)) => //; first exact: (VMeas_const _ (unit k)).
by apply: (Integrable_ext _ (f_integrable k)) => s; rewrite beside.
Qed.
Lemma condexp_integrable : VIntegrable S (fun s => vscal (p s) (c s)).
Proof. by move=> k; have [h _] := average k; apply: (Integrable_ext _ h) => s; rewrite beside. Qed.
Lemma condexp_tower : VInt S (fun s => vscal (p s) (f s)) = VInt S (fun s => vscal (p s) (c s)).
Proof.
apply/funext => k; have j := condexp_integrable; rewrite /VInt !asboolT//; have [_ E] := average k.
transitivity (Int S (fun s => p s * ip (unit k) (f s))); first by apply: Int_ext => s; rewrite beside.
by rewrite E; apply: Int_ext => s; rewrite beside.
Qed.
End tower.
