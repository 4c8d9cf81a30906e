(* Spaces.v: the spaces that variables range over. *)
From FMProof Require Import Measure Product Model Rules.
Require Import Reals Lra List.
Set Warnings "-all".
From HB Require Import structures.
From mathcomp Require Import all_ssreflect ssralg ssrnum interval.
From mathcomp Require Import mathcomp_extra boolp classical_sets functions cardinality fsbigop reals ereal signed
  topology normedtype sequences measure lebesgue_measure numfun lebesgue_integral Rstruct.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope classical_set_scope. Local Open Scope ring_scope. Local Open Scope ereal_scope.

(* ---- an interval [a, b] of the real line, with Lebesgue measure ---- *)
Section segment.
Variables a b : R.
Let itv := [set` `[a : RT, b : RT]].
Let m := mrestr (@lebesgue_measure RT) (measurable_itv `[a : RT, b : RT]).
HB.instance Definition _ := Measure.on m.
Lemma segment_finite : m setT < +oo.
Proof.
by rewrite /m /mrestr setTI lebesgue_measure_itv hlength_itv/=; case: ifP => _; rewrite -?EFinB ltry.
Qed.
Lemma sigma_finite_segment : sigma_finite setT m.
Proof.
exists (fun=> setT); first by apply/seteqP; split => // x _; exists 0%N.
by move=> _; split => //; exact: segment_finite.
Qed.
Definition segment : space := @Space _ _ _ sigma_finite_segment.

Hypothesis ab : Rdefinitions.Rlt a b.
Lemma segment_mass : m setT = ((b : RT) - (a : RT))%:E.
Proof.
have h : (a < b :> RT)%R by apply/RltbP.
by rewrite /m /mrestr setTI lebesgue_measure_itv hlength_itv/= lte_fin h EFinB.
Qed.
Lemma segment_density : Density segment (fun=> Rdefinitions.Rinv (Rdefinitions.Rminus b a)).
Proof.
have h : (a < b :> RT)%R by apply/RltbP.
have ba : (0 < (b : RT) - a)%R by rewrite subr_gt0.
have cE : ((Rdefinitions.Rinv (Rdefinitions.Rminus b a)) : RT) = (((b : RT) - a)^-1)%R.
  by rewrite RinvE//; apply/eqP => e; move: ba; rewrite lt0r => /andP[/eqP]; exact.
have c0 : (0 <= (Rdefinitions.Rinv (Rdefinitions.Rminus b a)) :> RT)%R.
  by rewrite cE invr_ge0 ltW.
have I : \int[reference segment]_x ((Rdefinitions.Rinv (Rdefinitions.Rminus b a) : RT)%:E) = 1.
  by rewrite integral_cst// [X in _ * X]segment_mass cE -EFinM mulVf// gt_eqF.
have i : Integrable segment (fun=> Rdefinitions.Rinv (Rdefinitions.Rminus b a)).
  split; first by apply/Meas_EFin; exact: Meas_const.
  by under eq_integral do rewrite gee0_abs ?lee_fin//; rewrite I ltry.
split => //; first by move=> _; apply/RlebP.
by rewrite IntE'// I.
Qed.
Lemma segment_one : Integrable segment (fun=> IZR (BinNums.Zpos BinNums.xH)).
Proof.
have i := Integrable_scale segment (Rdefinitions.Rminus b a) _ (density_integrable segment_density).
have e : Rdefinitions.Rminus b a <> IZR BinNums.Z0 by move: ab; clear; lra.
by apply: (Integrable_ext _ i) => x; exact: Rinv_r.
Qed.
End segment.

Lemma Meas_point a b (A : space) (f : A -> R) : MeasP A (segment a b) f -> Meas A f.
Proof. by move=> mf mD M mM; apply: mf. Qed.

(* ---- the whole real line ---- *)
Lemma sigma_finite_line : sigma_finite setT (@lebesgue_measure RT).
Proof.
exists (fun n => [set` `[(- n%:R : RT), (n%:R : RT)]%R]).
  apply/seteqP; split => // x _; exists (Num.bound `|x : RT|%R) => //=.
  rewrite in_itv/= -ler_norml; apply: ltW; exact: archi_boundP.
move=> n; split; first exact: measurable_itv.
by rewrite lebesgue_measure_itv hlength_itv/=; case: ifP => _; rewrite -?EFinB ltry.
Qed.
Definition line : space := @Space _ _ _ sigma_finite_line.
Lemma Meas_line (A : space) (f : A -> R) : MeasP A line f -> Meas A f.
Proof. by move=> mf mD M mM; apply: mf. Qed.
Lemma MeasP_line (A : space) (f : A -> R) : Meas A f -> MeasP A line f.
Proof. by move=> mf mD M mM; apply: mf. Qed.

(* ---- R^d, with any sigma-finite measure: Lebesgue's is one ---- *)
Section vectors.
Variable d : nat.
Canonical vec_pointedType := PointedType (vec d) (fun=> (0%R : RT)).
End vectors.
Definition cylinders (d : nat) : set (set (vec d)) :=
  [set C | exists i (M : set RT), measurable M /\ C = (fun x : vec d => x i) @^-1` M].
Definition vectors (d : nat) := [the measurableType _ of salgebraType (cylinders d)].
Record vector_measure (d : nat) := {
  lambda :> {measure set (vectors d) -> \bar RT};
  sigma_finite_lambda : sigma_finite setT lambda }.
Definition Rn (d : nat) (l : vector_measure d) : space := @Space _ (vectors d) _ (sigma_finite_lambda d l).
Lemma VMeas_point d (l : vector_measure d) (A : space) (f : A -> vec d) : MeasP A (Rn d l) f -> VMeas A f.
Proof.
move=> mf i; have mi : Meas (Rn d l) (fun x : vec d => x i).
  move=> _ M mM; rewrite setTI; apply: sub_sigma_algebra; exists i, M; split => //.
exact: (Meas_after mi mf).
Qed.
Lemma MeasP_vector d (l : vector_measure d) (A : space) (f : A -> vec d) : VMeas A f -> MeasP A (Rn d l) f.
Proof.
move=> mf; apply: (@measurability _ _ A (vectors d) setT f (cylinders d)) => // _ [_ [i [M [mM ->]]] <-].
exact: (mf i measurableT M mM).
Qed.
Lemma MeasP_segment a b (A : space) (f : A -> R) : Meas A f -> MeasP A (segment a b) f.
Proof. by move=> mf mD M mM; apply: mf. Qed.
