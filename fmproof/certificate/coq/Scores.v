(* Scores.v: the gradient of a Gaussian density and of its logarithm, in x; they are measurable, the
   density and its gradient are bounded. Everything here is proved. *)
From FMProof Require Import Measure Product Model Rules Calculus Spaces Steps Slope Derivatives Gaussian Functions.
Require Import Reals Lra.
Set Warnings "-all".
From mathcomp Require Import ssreflect ssrfun boolp classical_sets reals constructive_ereal measure lebesgue_measure lebesgue_integral Rstruct.
Set Implicit Arguments. Unset Strict Implicit.
Open Scope R_scope.
Delimit Scope R_scope with real.

Section score.
Variable d : nat.
Implicit Types (x a : vec d) (m : vec d) (v : R).
(* The variance that is meant: 1 where v is not > 0. *)
Definition variance v : R := match Rlt_dec 0 v with left _ => v | right _ => 1 end.
Lemma variance_gt0 v : 0 < variance v.
Proof. by rewrite /variance; case: Rlt_dec => //; lra. Qed.
Definition score a m v : vec d := vscal (- / variance v) (vadd a (vscal (-1) m)).
Let top v : R := / sqrt (2 * PI * variance v) ^ d.
Let top_gt0 v : 0 < top v.
Proof. by apply: Rinv_0_lt_compat; apply: pow_lt; apply: sqrt_lt_R0; apply: two_pi; exact: variance_gt0. Qed.
Let gaussian_top x m v : gaussian x m v =
  top v * exp (- / (2 * variance v) * ip (vadd (vscal 1 x) (vscal (-1) m)) (vadd (vscal 1 x) (vscal (-1) m))).
Proof.
have s0 := variance_gt0 v.
have -> : vadd (vscal 1 x) (vscal (-1) m) = vadd x (vscal (-1) m).
  by apply: vec_ext => i; rewrite /vadd /vscal; ring.
rewrite /gaussian -/(variance v) /Rdiv Rmult_comm /top; congr (_ * exp _); rewrite Rmult_comm; field; lra.
Qed.
Lemma has_gradient_density a m v :
  has_gradient (fun x => gaussian x m v) a (vscal (gaussian a m v) (score a m v)).
Proof.
have s0 := variance_gt0 v.
pose c := - / (2 * variance v).
have h := has_gradient_scale c (has_gradient_ip 1 1 (vscal (-1) m) (vscal (-1) m) a).
have h2 := has_gradient_scale (top v) (has_gradient_comp (derivable_pt_lim_exp _) h).
apply: (has_gradient_ext (fun x => esym (gaussian_top x m v))).
apply: has_gradient_value h2; apply: vec_ext => i.
rewrite gaussian_top -/c /score /vscal /vadd /c.
set E := exp _; set T := top v.
have e (y z : R) : 2 * variance v <> 0 -> T * (E * (- / (2 * variance v) * (1 * (1 * y + -1 * z) + 1 * (1 * y + -1 * z)))) =
  T * E * (- / variance v * (y + -1 * z)) by move=> n; field; lra.
by apply: e; lra.
Qed.
Lemma grad_density a m v : grad (fun x => gaussian x m v) a = vscal (gaussian a m v) (score a m v).
Proof. exact: gradE (has_gradient_density a m v). Qed.
Lemma grad_log_density a m v : grad (fun x => ln (gaussian x m v)) a = score a m v.
Proof.
have g0 := gaussian_gt0 a m v.
rewrite (gradE (has_gradient_comp (deriv_ln g0) (has_gradient_density a m v))).
apply: vec_ext => i; rewrite /vscal ratio_div; last by lra.
have e (y z : R) : 0 < y -> 1 / y * (y * z) = z by move=> n; field; lra.
exact: e.
Qed.

Lemma VMeas_score (A : space) (x m : A -> vec d) (v : A -> R) : VMeas A x -> VMeas A m -> Meas A v ->
  VMeas A (fun w => score (x w) (m w) (v w)).
Proof.
move=> mx mm mv; apply: VMeas_scal; last first.
  by apply: VMeas_add => //; apply: VMeas_scal => //; exact: Meas_const.
have mw : Meas A (fun w => variance (v w)) := Meas_function measurable_variance mv.
have mi := Meas_opp (Meas_ratio (@Meas_const A 1) mw).
apply: (@Meas_ext A (fun w => - ratio 1 (variance (v w))) _ _ mi) => w.
by have s0 := variance_gt0 (v w); rewrite ratio_div /Rdiv ?Rmult_1_l//; lra.
Qed.
Lemma VMeas_grad_log_density (A : space) (x m : A -> vec d) (v : A -> R) : VMeas A x -> VMeas A m -> Meas A v ->
  VMeas A (fun w => grad (fun y => ln (gaussian y (m w) (v w))) (x w)).
Proof.
move=> mx mm mv i; apply: (Meas_ext _ (VMeas_score mx mm mv i)) => w.
by rewrite grad_log_density.
Qed.
Lemma VMeas_grad_density (A : space) (x m : A -> vec d) (v : A -> R) : VMeas A x -> VMeas A m -> Meas A v ->
  VMeas A (fun w => grad (fun y => gaussian y (m w) (v w)) (x w)).
Proof.
move=> mx mm mv i.
apply: (Meas_ext _ (VMeas_scal (Meas_gaussian mx mm mv) (VMeas_score mx mm mv) i)) => w.
by rewrite grad_density.
Qed.

(* ---- bounds ---- *)
Lemma exp_neg_le u : 0 <= u -> exp (- u) <= / (1 + u).
Proof.
move=> u0; rewrite exp_Ropp; apply: Rinv_le_contravar; first lra.
case: (Req_EM_T u 0) => [->|n]; first by rewrite exp_0; lra.
have up : 0 < u by lra.
exact: Rlt_le (exp_ineq1 u n).
Qed.
Let square x m v := / (2 * variance v) * ip (vadd x (vscal (-1) m)) (vadd x (vscal (-1) m)).
Let square_ge0 x m v : 0 <= square x m v.
Proof.
have s0 := variance_gt0 v; apply: Rmult_le_pos; last exact: ip_ge0.
by apply: Rlt_le; apply: Rinv_0_lt_compat; lra.
Qed.
Let gaussian_square x m v : gaussian x m v = top v * exp (- square x m v).
Proof.
rewrite gaussian_top /square; have -> : vadd (vscal 1 x) (vscal (-1) m) = vadd x (vscal (-1) m).
  by apply: vec_ext => i; rewrite /vadd /vscal; ring.
by rewrite Ropp_mult_distr_l.
Qed.
Lemma gaussian_le x m v : gaussian x m v <= top v.
Proof.
have t0 := top_gt0 v; rewrite gaussian_square -{2}(Rmult_1_r (top v)); apply: Rmult_le_compat_l; first lra.
have q := exp_neg_le (square_ge0 x m v); have s := square_ge0 x m v.
apply: (Rle_trans _ _ _ q); rewrite -Rinv_1; apply: Rinv_le_contravar; lra.
Qed.
(* r/s · exp(−r²/(2s)) ≤ 1 + 1/s *)
Lemma gradient_le a m v : norm (grad (fun x => gaussian x m v) a) <= top v * (1 + / variance v).
Proof.
have t0 := top_gt0 v; have s0 := variance_gt0 v; have g0 := gaussian_gt0 a m v.
have i0 : 0 < / variance v by exact: Rinv_0_lt_compat.
rewrite grad_density norm_scal /score norm_scal Rabs_Ropp !Rabs_pos_eq; try lra.
rewrite gaussian_square Rmult_assoc; apply: Rmult_le_compat_l; first lra.
have q := exp_neg_le (square_ge0 a m v); move: q (square_ge0 a m v); rewrite /square -norm_square.
set r := norm _; have r0 : 0 <= r by exact: norm_ge0.
set s := variance v in s0 i0 *; set u := / (2 * s) * (r * r) => q u0.
have p0 : 0 <= / s * r by apply: Rmult_le_pos; lra.
apply: (Rle_trans _ (/ (1 + u) * (/ s * r))); first by apply: Rmult_le_compat_r.
apply: (Rmult_le_reg_l (1 + u)); first lra.
rewrite -Rmult_assoc Rinv_r ?Rmult_1_l; last lra.
have rr : 0 <= (r - 1) * (r - 1) by exact: Rle_0_sqr.
have rl : r <= 1 / 2 + r * r / 2 by lra.
have a1 : / s * r <= / s * (1 / 2 + r * r / 2) by apply: Rmult_le_compat_l; lra.
have a2 : / s * (1 / 2 + r * r / 2) = / s / 2 + u by rewrite /u; field; lra.
have a3 : 0 <= u * / s by apply: Rmult_le_pos; lra.
lra.
Qed.

Variable S : space.
Lemma gaussian_bounded (f : S -> R) (x m : S -> vec d) v : VMeas S x -> VMeas S m -> Integrable S f ->
  Integrable S (fun w => f w * gaussian (x w) (m w) v).
Proof.
move=> mx mm i; have t0 := top_gt0 v.
apply: (Integrable_le S _ _ _ _ (Integrable_scale S (top v) _ (Integrable_abs i))).
  by apply: Meas_mul; [exact: Integrable_Meas i | apply: Meas_gaussian => //; exact: Meas_const].
move=> w; have g0 := gaussian_gt0 (x w) (m w) v; rewrite Rabs_mult (Rabs_pos_eq (gaussian _ _ _)); last lra.
rewrite Rmult_comm; apply: Rmult_le_compat_r; [exact: Rabs_pos | exact: gaussian_le].
Qed.
Lemma gaussian_dominated (p : S -> R) (m : S -> vec d) v a : VMeas S m -> Integrable S p ->
  Dominated S p (fun x w => gaussian x (m w) v) a.
Proof.
move=> mm i; have mp := Integrable_Meas S _ i.
have ma : VMeas S (fun=> a) by exact: VMeas_const.
have mv : Meas S (fun=> v) by exact: Meas_const.
split; first exact: gaussian_bounded.
split; first by apply: VMeas_scal => //; exact: VMeas_grad_density.
exists 1, (fun=> top v * (1 + / variance v)); split; first lra.
split; first by apply: (Integrable_ext _ (Integrable_scale S _ _ i)) => w; rewrite Rmult_comm.
apply: ae_all => w _ x _; split; last exact: gradient_le.
by eexists; exact: has_gradient_density.
Qed.
End score.
