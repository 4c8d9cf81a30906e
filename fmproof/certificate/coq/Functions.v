(* Functions.v: exp, ln, square roots and Gaussian densities of measurable terms are measurable.
   Everything here is proved. *)
From FMProof Require Import Measure Product Model Rules Steps Gaussian.
Require Import Reals Lra.
Set Warnings "-all".
From mathcomp Require Import ssreflect ssrfun ssrbool order ssralg ssrnum interval boolp classical_sets reals constructive_ereal measure lebesgue_measure lebesgue_integral Rstruct.
Import GRing.Theory Num.Theory Order.TTheory.
Set Implicit Arguments. Unset Strict Implicit.
Open Scope R_scope.
Delimit Scope R_scope with real.
Local Open Scope classical_set_scope.

(* A function is measurable when the points where it is more than c are, for each c. *)
Lemma measurable_by_rays (f : R -> R) : (forall c : R, measurable (fun y : RT => c < f y)) ->
  measurable_fun setT (f : RT -> RT).
Proof.
move=> h mT; apply: (measurability (RGenOInfty.measurableE RT)) => //.
move=> _ [_ [c ->] <-]; rewrite setTI.
have -> : (f : RT -> RT) @^-1` [set` `]c, +oo[%R] = (fun y : RT => c < f y); last exact: h.
by apply/seteqP; split => y /=; rewrite in_itv/= andbT => /RltbP.
Qed.
Lemma measurable_ray (c : R) : measurable (fun y : RT => c < y).
Proof.
have -> : (fun y : RT => c < y) = [set` `](c : RT), +oo[%R]; last exact: measurable_itv.
by apply/seteqP; split => y /=; rewrite in_itv/= andbT => /RltbP.
Qed.
Lemma measurable_everywhere (P : RT -> Prop) : (forall y, P y) -> measurable P.
Proof. by move=> h; have -> : P = setT by apply/seteqP; split => y. Qed.
Lemma measurable_set_ext (P Q : RT -> Prop) : (forall y, P y <-> Q y) -> measurable P -> measurable Q.
Proof. by move=> h; have -> : P = Q by apply/seteqP; split => y /h. Qed.

Lemma measurable_exp : measurable_fun setT (exp : RT -> RT).
Proof.
apply: measurable_by_rays => c; case: (Rlt_dec 0 c) => [c0|n].
  apply: (measurable_set_ext _ (measurable_ray (ln c))) => y; split => h.
    by rewrite -(exp_ln c c0); exact: exp_increasing.
  by apply: exp_lt_inv; rewrite exp_ln.
by apply: measurable_everywhere => y; have := exp_pos y; lra.
Qed.
Lemma measurable_ln : measurable_fun setT (ln : RT -> RT).
Proof.
have out y : ~ 0 < y -> ln y = 0 by rewrite /ln; case: Rlt_dec.
apply: measurable_by_rays => c; case: (Rlt_dec c 0) => [c0|n].
  have m := measurableU _ _ (measurable_ray (exp c)) (measurableC (measurable_ray 0)).
  apply: (measurable_set_ext _ m) => y; case: (Rlt_dec 0 y) => [y0|n] /=; split => h.
  - by case: h => [h|//]; apply: exp_lt_inv; rewrite exp_ln.
  - by left; rewrite -(exp_ln y y0); exact: exp_increasing.
  - by rewrite out.
  - by right.
apply: (measurable_set_ext _ (measurable_ray (exp c))) => y; have e := exp_pos c; split => h.
  by apply: exp_lt_inv; rewrite exp_ln//; lra.
case: (Rlt_dec 0 y) => [y0|k]; first by rewrite -(exp_ln y y0); exact: exp_increasing.
by move: h; rewrite out//; lra.
Qed.
Lemma measurable_sqrt : measurable_fun setT (sqrt : RT -> RT).
Proof.
apply: measurable_by_rays => c; case: (Rlt_dec c 0) => [c0|n].
  by apply: measurable_everywhere => y; have := sqrt_pos y; lra.
have c0 : 0 <= c by lra.
apply: (measurable_set_ext _ (measurable_ray (c * c))) => y; split => h.
  by rewrite -(sqrt_square c c0); apply: sqrt_lt_1_alt; split => //; exact: Rmult_le_pos.
case: (Rlt_dec y 0) => [k|k]; first by move: h; rewrite sqrt_neg_0; lra.
have y0 : 0 <= y by lra.
by rewrite -(sqrt_sqrt y y0); apply: Rmult_le_0_lt_compat.
Qed.
Lemma measurable_variance :
  measurable_fun setT ((fun v => match Rlt_dec 0 v with left _ => v | right _ => 1 end) : RT -> RT).
Proof.
apply: measurable_by_rays => c; case: (Rlt_dec c 1) => [c1|n].
  have m := measurableU _ _ (measurableI _ _ (measurable_ray c) (measurable_ray 0)) (measurableC (measurable_ray 0)).
  by apply: (measurable_set_ext _ m) => y; case: (Rlt_dec 0 y) => [y0|k] /=; split; [case=> [[]|] | left | | right].
apply: (measurable_set_ext _ (measurable_ray c)) => y; case: (Rlt_dec 0 y) => [y0|k] /=; split => //; lra.
Qed.

Section terms.
Variables (d : nat) (A : space).
Implicit Types (f : A -> R) (x m : A -> vec d).
Lemma Meas_function (phi : R -> R) f : measurable_fun setT (phi : RT -> RT) -> Meas A f -> Meas A (fun a => phi (f a)).
Proof. by move=> mp mf; exact: (@measurable_fun_comp _ _ _ _ _ _ _ _ _ mp mf). Qed.
Lemma Meas_exp f : Meas A f -> Meas A (fun a => exp (f a)).
Proof. exact: Meas_function measurable_exp. Qed.
Lemma Meas_ln f : Meas A f -> Meas A (fun a => ln (f a)).
Proof. exact: Meas_function measurable_ln. Qed.
Lemma Meas_sqrt f : Meas A f -> Meas A (fun a => sqrt (f a)).
Proof. exact: Meas_function measurable_sqrt. Qed.
Lemma Meas_gaussian x m f : VMeas A x -> VMeas A m -> Meas A f -> Meas A (fun a => gaussian (x a) (m a) (f a)).
Proof.
move=> mx mm mf; have ms := Meas_function measurable_variance mf.
set s := fun a => _ in ms.
have mr : VMeas A (fun a => vadd (x a) (vscal (-1) (m a))).
  by apply: VMeas_add => //; apply: VMeas_scal => //; exact: Meas_const.
have s0 a : 0 < s a by rewrite /s; case: Rlt_dec => //; lra.
have mw : Meas A (fun a => sqrt (2 * PI * s a) ^ d).
  by apply: Meas_pow; apply: Meas_sqrt; apply: Meas_mul => //; exact: Meas_const.
have mq : Meas A (fun a => ratio (ip (vadd (x a) (vscal (-1) (m a))) (vadd (x a) (vscal (-1) (m a)))) (2 * s a)).
  by apply: Meas_ratio; [exact: Meas_ip | apply: Meas_mul => //; exact: Meas_const].
apply: (Meas_ext _ (Meas_ratio (Meas_exp (Meas_opp mq)) mw)) => a.
rewrite /gaussian -/(s a) ratio_div; last first.
  by move=> z; have := pow_lt _ d (sqrt_lt_R0 _ (two_pi (s0 a))); rewrite z; lra.
by rewrite ratio_div//; have := s0 a; lra.
Qed.
End terms.
