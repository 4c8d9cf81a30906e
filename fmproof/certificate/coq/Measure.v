(* Measure.v: the model. What a space, an integral and "almost everywhere" are, over the Lebesgue
   integral of mathcomp-analysis, and the laws that the rules use. Everything here is proved. *)
Require Import Reals.
Set Warnings "-all".
From HB Require Import structures.
From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp Require Import mathcomp_extra boolp classical_sets functions cardinality fsbigop reals ereal signed
  topology normedtype sequences measure lebesgue_measure numfun lebesgue_integral Rstruct.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope classical_set_scope. Local Open Scope ring_scope. Local Open Scope ereal_scope.
Notation R := Rdefinitions.R.
Notation RT := [realType of R].

(* A measurable space with its sigma-finite reference measure. *)
Record space := Space {
  display : measure_display;
  points :> measurableType display;
  reference : {measure set points -> \bar RT};
  sigma_finite_reference : sigma_finite setT reference }.

Section product.
Variables A B : space.
Let m := product_measure1 (reference A) (sigma_finite_reference B).
HB.instance Definition _ := Measure.on m.
Lemma sigma_finite_product : sigma_finite setT m.
Proof.
move/sigma_finiteP : (sigma_finite_reference A) => [F1 F1_T [F1_nd F1_oo]].
move/sigma_finiteP : (sigma_finite_reference B) => [F2 F2_T [F2_nd F2_oo]].
exists (fun n => F1 n `*` F2 n).
  rewrite -setMTT F1_T F2_T predeqE => -[x y]; split.
    move=> [/= [n _ F1nx] [k _ F2ky]]; exists (maxn n k) => //; split.
    - by move: x F1nx; apply/subsetPset/F1_nd; rewrite leq_maxl.
    - by move: y F2ky; apply/subsetPset/F2_nd; rewrite leq_maxr.
  by move=> [n _ []/= ? ?]; split; exists n.
move=> n; have [? ?] := F1_oo n; have [? ?] := F2_oo n.
split; first exact: measurableM.
by rewrite /m /= product_measure1E// lte_mul_pinfty// ge0_fin_numE.
Qed.
End product.

Definition product (A B : space) : space :=
  @Space _ [the measurableType _ of (A * B)%type] _ (sigma_finite_product A B).
Infix "⊗" := product (at level 40, left associativity) : type_scope.

Definition Meas (A : space) (f : A -> R) : Prop := measurable_fun setT (f : A -> RT).
Definition MeasP (A B : space) (f : A -> B) : Prop := measurable_fun setT f.
Definition Integrable (A : space) (f : A -> R) : Prop :=
  (reference A).-integrable setT (fun a => (f a : RT)%:E).
(* The integral; 0 where the integrand is not integrable. *)
Definition Int (A : space) (f : A -> R) : R :=
  if `[< Integrable A f >] then fine (\int[reference A]_a (f a : RT)%:E) else Rdefinitions.IZR BinNums.Z0.
Definition ae (A : space) (P : A -> Prop) : Prop := {ae (reference A), forall a, P a}.

Section laws.
Variable A : space.
Implicit Types f g : A -> R.
Notation mu := (reference A).

Lemma Meas_EFin f : Meas A f <-> measurable_fun setT (fun a => (f a : RT)%:E).
Proof. by split; [move=> h; exact/EFin_measurable_fun | move/EFin_measurable_fun]. Qed.

Lemma Integrable_Meas f : Integrable A f -> Meas A f.
Proof. by case=> m _; apply/Meas_EFin. Qed.

Lemma IntE f : Integrable A f -> (Int A f : RT)%:E = \int[mu]_a (f a : RT)%:E.
Proof. by move=> i; rewrite /Int; case: asboolP => // _; rewrite fineK// integral_fune_fin_num. Qed.

Lemma IntE' f : Integrable A f -> Int A f = fine (\int[mu]_a (f a : RT)%:E).
Proof. by move=> i; rewrite /Int; case: asboolP. Qed.

Lemma Int_out f : ~ Integrable A f -> Int A f = Rdefinitions.IZR BinNums.Z0.
Proof. by rewrite /Int; case: asboolP. Qed.

Lemma Integrable_add f g : Integrable A f -> Integrable A g ->
  Integrable A (fun a => Rdefinitions.Rplus (f a) (g a)).
Proof. by move=> hf hg; apply: (eq_integrable measurableT _ _ _ (integrableD measurableT hf hg)). Qed.

Lemma Integrable_scale k f : Integrable A f -> Integrable A (fun a => Rdefinitions.Rmult k (f a)).
Proof. by move=> hf; apply: (eq_integrable measurableT _ _ _ (integrablerM measurableT k hf)). Qed.

Lemma Integrable_0 : Integrable A (fun=> Rdefinitions.IZR BinNums.Z0).
Proof. exact: integrable0. Qed.

Lemma Int_add f g : Integrable A f -> Integrable A g ->
  Int A (fun a => Rdefinitions.Rplus (f a) (g a)) = Rdefinitions.Rplus (Int A f) (Int A g).
Proof.
move=> hf hg; rewrite !IntE'//; last exact: Integrable_add.
transitivity (fine (\int[mu]_a (f a : RT)%:E + \int[mu]_a (g a : RT)%:E)); last first.
  by rewrite fineD ?integral_fune_fin_num.
by rewrite -integralD.
Qed.

Lemma Int_scale_Integrable k f : Integrable A f ->
  Int A (fun a => Rdefinitions.Rmult k (f a)) = Rdefinitions.Rmult k (Int A f).
Proof.
move=> hf; rewrite !IntE'//; last exact: Integrable_scale.
transitivity (fine ((k : RT)%:E * \int[mu]_a (f a : RT)%:E)); last first.
  by rewrite fineM ?integral_fune_fin_num.
by rewrite -integralM.
Qed.

Lemma Integrable_le f g : Meas A f -> (forall a, Rdefinitions.Rle (Rbasic_fun.Rabs (f a)) (g a)) ->
  Integrable A g -> Integrable A f.
Proof.
move=> /Meas_EFin mf le; apply: le_integrable => // a _.
have h : (`|(f a : RT)| <= (g a : RT))%R by apply/RlebP; exact: le a.
rewrite lee_fin; apply: (le_trans h); exact: ler_norm.
Qed.

Lemma Int_ge0 f : (forall a, Rdefinitions.Rle (Rdefinitions.IZR BinNums.Z0) (f a)) ->
  Rdefinitions.Rle (Rdefinitions.IZR BinNums.Z0) (Int A f).
Proof.
move=> f0; apply/RlebP; rewrite /Int; case: asboolP => [_|_]; last exact: (lexx (0 : RT)%R).
suff h : (0 <= fine (\int[mu]_a (f a : RT)%:E) :> RT)%R by exact: h.
apply: fine_ge0; apply: integral_ge0 => a _; rewrite lee_fin; apply/RlebP; exact: f0.
Qed.

Lemma ae_all (P : A -> Prop) : (forall a, P a) -> ae A P.
Proof. exact: aeW. Qed.

Lemma ae_mono (P Q : A -> Prop) : (forall a, P a -> Q a) -> ae A P -> ae A Q.
Proof. by move=> PQ [N [mN N0 sN]]; exists N; split => // a nQ; apply: sN => Pa; exact/nQ/PQ. Qed.

Lemma ae_and (P Q : A -> Prop) : ae A P -> ae A Q -> ae A (fun a => P a /\ Q a).
Proof.
move=> [N [mN N0 sN]] [M [mM M0 sM]]; exists (N `|` M); split.
- exact: measurableU.
- by apply: null_set_setU.
- move=> a /= nPQ; apply: contrapT => nNM; apply: nPQ; split.
    by apply: contrapT => nP; apply: nNM; left; exact: sN.
  by apply: contrapT => nQ; apply: nNM; right; exact: sM.
Qed.

Lemma Integrable_ae f g : Meas A g -> ae A (fun a => f a = g a) -> Integrable A f -> Integrable A g.
Proof.
move=> /Meas_EFin mg fg [mf oo]; split => //; move: oo.
rewrite (@ae_eq_integral _ _ _ mu setT (fun a => `|(f a : RT)%:E|) (fun a => `|(g a : RT)%:E|))//.
- exact: measurable_fun_comp.
- exact: measurable_fun_comp.
- by apply: ae_mono fg => a /= ->.
Qed.

Lemma Int_ae f g : Meas A f -> Meas A g -> ae A (fun a => f a = g a) -> Int A f = Int A g.
Proof.
move=> mf mg fg; have gf : ae A (fun a => g a = f a) by apply: ae_mono fg => a ->.
have [i|ni] := pselect (Integrable A f).
  rewrite !IntE'//; last exact: Integrable_ae fg i.
  congr fine; apply: ae_eq_integral => //; try exact/Meas_EFin.
  by apply: ae_mono fg => a /= ->.
rewrite !Int_out// => i; apply: ni; exact: Integrable_ae gf i.
Qed.
End laws.
