(* Gaussian.v: the density of a normal law, and its derivatives. Everything here is proved. *)
From FMProof Require Import Measure Model Calculus Steps Slope Derivatives.
Require Import Reals Lra.
Set Warnings "-all".
From mathcomp Require Import ssreflect ssrfun boolp Rstruct.
Set Implicit Arguments. Unset Strict Implicit.
Open Scope R_scope.
Delimit Scope R_scope with real.

Section gaussian.
Variable d : nat.
Implicit Types (x m : vec d) (v : R).
(* The density of N(m, v I) at x; of N(m, I) where v is not > 0. *)
Definition gaussian x m v : R :=
  let s := match Rlt_dec 0 v with left _ => v | right _ => 1 end in
  let r := vadd x (vscal (-1) m) in
  exp (- (ip r r / (2 * s))) / sqrt (2 * PI * s) ^ d.
(* Its logarithm for v > 0. *)
Definition exponent_of x m v (w : R) : R :=
  -1 / 2 * (ratio 1 v * ip (vadd x (vscal (-1) m)) (vadd x (vscal (-1) m))) + -1 / 2 * (INR d * ln w).
Definition gaussian_exponent x m v : R := exponent_of x m v (2 * PI * v).

Lemma two_pi v : 0 < v -> 0 < 2 * PI * v.
Proof. by move=> v0; have p := PI_RGT_0; apply: Rmult_lt_0_compat; lra. Qed.
Lemma root_power y n : 0 < y -> sqrt y ^ n = exp (1 / 2 * (INR n * ln y)).
Proof.
move=> y0; have r : sqrt y = exp (1 / 2 * ln y).
  apply: sqrt_lem_1; [lra | exact: Rlt_le (exp_pos _) |].
  by rewrite -exp_plus; have -> : 1 / 2 * ln y + 1 / 2 * ln y = ln y; [field | exact: exp_ln].
elim: n => [|n ih]; first by rewrite /= Rmult_0_l Rmult_0_r exp_0.
rewrite [LHS]/= ih r -exp_plus; congr exp; rewrite S_INR; ring.
Qed.
Lemma gaussianE x m v : 0 < v -> gaussian x m v = exp (gaussian_exponent x m v).
Proof.
move=> v0; rewrite /gaussian /gaussian_exponent /exponent_of; case: Rlt_dec => // _.
rewrite root_power; last exact: two_pi.
set q := ip _ _; set w := INR d * _.
rewrite /Rdiv -(exp_Ropp (1 * / 2 * w)) -exp_plus; congr exp.
by rewrite /ratio; case: (Req_EM_T v 0) => [e|n] /=; [lra | field].
Qed.
Lemma gaussian_gt0 x m v : 0 < gaussian x m v.
Proof.
rewrite /gaussian; set s := match _ with left _ => v | right _ => 1 end; have s0 : 0 < s by rewrite /s; case: Rlt_dec => //; lra.
apply: Rdiv_lt_0_compat; first exact: exp_pos.
by apply: pow_lt; apply: sqrt_lt_R0; exact: two_pi.
Qed.

(* In what moves x and m, by the derivative of the exponent. *)
Lemma has_gradient_gaussian k (x m : vec k -> vec d) v (w E : vec k -> R) a q : 0 < v ->
  (forall y, w y = 2 * PI * v) -> (forall y, E y = exponent_of (x y) (m y) v (w y)) -> has_gradient E a q ->
  has_gradient (fun y => gaussian (x y) (m y) v) a (vscal (gaussian (x a) (m a) v) (grad E a)).
Proof.
move=> v0 ew ee h; have e y : E y = gaussian_exponent (x y) (m y) v by rewrite ee ew.
rewrite (gradE h) gaussianE// -e; apply: (has_gradient_ext _ (has_gradient_comp (derivable_pt_lim_exp (E a)) h)) => y.
by rewrite gaussianE// e.
Qed.
(* And in a number, which may move v, too. *)
Lemma deriv_gaussian (x m : R -> vec d) (v w E : R -> R) t p q : 0 < v t ->
  derivable_pt_lim v t p -> (forall s, w s = 2 * PI * v s) ->
  (forall s, E s = exponent_of (x s) (m s) (v s) (w s)) -> derivable_pt_lim E t q ->
  derivable_pt_lim (fun s => gaussian (x s) (m s) (v s)) t (gaussian (x t) (m t) (v t) * derivative E t).
Proof.
move=> v0 hv ew ee h; have e s : E s = gaussian_exponent (x s) (m s) (v s) by rewrite ee ew.
rewrite (derivativeE h) gaussianE// -e.
have [r [r0 near]] : exists r, 0 < r /\ forall u, Rabs u < r -> 0 < v (t + u).
  have [r [r0 hr]] := @near_linear _ _ _ hv 1 Rlt_0_1; have w0 := Rabs_pos p.
  exists (Rmin r (v t / (Rabs p + 1) / 2)); split.
    by apply: Rmin_glb_lt => //; apply: Rdiv_lt_0_compat; [apply: Rdiv_lt_0_compat|]; lra.
  move=> u ur; have l1 := Rmin_l r (v t / (Rabs p + 1) / 2); have l2 := Rmin_r r (v t / (Rabs p + 1) / 2).
  have [b _] := abs_between (hr u ltac:(lra)); have u0 := Rabs_pos u.
  have us : Rabs u < v t / (Rabs p + 1) / 2 by lra.
  have := Rmult_lt_compat_r (Rabs p + 1) _ _ ltac:(lra) us.
  have -> : v t / (Rabs p + 1) / 2 * (Rabs p + 1) = v t / 2 by field; lra.
  have [c _] : - (Rabs p * Rabs u) <= p * u <= Rabs p * Rabs u by apply: abs_between; rewrite Rabs_mult; exact: Rle_refl.
  lra.
apply: (@derivable_pt_lim_locally_ext (fun s => exp (E s)) _ t (t - r) (t + r)).
- lra.
- move=> s [s1 s2]; rewrite gaussianE ?e//.
  have -> : s = t + (s - t) by ring.
  by apply: near; rewrite /Rabs; case: Rcase_abs; lra.
exact (@deriv_comp exp E t q (exp (E t)) (derivable_pt_lim_exp (E t)) h).
Qed.
End gaussian.
