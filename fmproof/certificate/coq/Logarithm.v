(* Logarithm.v: derivatives of what is nowhere negative, by those of its logarithm. Everything here is proved. *)
From FMProof Require Import Measure Model Calculus Steps Slope Derivatives Exchange.
Require Import Reals Lra.
From mathcomp Require Import ssreflect ssrfun boolp.
Set Implicit Arguments. Unset Strict Implicit.
Open Scope R_scope.

Lemma gradient_at_minimum k (f : vec k -> R) a q : (forall x, f a <= f x) -> has_gradient f a q -> q = vzero.
Proof.
move=> low h.
have n0 : norm q = 0.
  have nq := norm_ge0 q; case: (Req_EM_T (norm q) 0) => // n; exfalso.
  have [|r [r0 hr]] := h (norm q / 2); first lra.
  pose s := r / (2 * norm q); have s0 : 0 < s by apply: Rdiv_lt_0_compat; lra.
  have := hr (vscal (- s) q); rewrite norm_scal Rabs_Ropp (Rabs_pos_eq s); last lra.
  have -> : s * norm q = r / 2 by rewrite /s; field.
  move=> /(_ ltac:(lra)); rewrite ip_scal_r -norm_square => /abs_between [_].
  have := low (vadd a (vscal (- s) q)).
  have -> : - s * (norm q * norm q) = - (r / 2 * norm q) by rewrite /s; field.
  have : 0 < r * norm q by apply: Rmult_lt_0_compat; lra.
  lra.
apply: vec_ext => i; have := coordinate_norm q i; rewrite n0 => b; have c := Rabs_pos (q i).
by case: (Req_EM_T (q i) 0) => // /Rabs_no_R0; lra.
Qed.
(* Where f is 0 it has a minimum. *)
Lemma log_gradient k (f : vec k -> R) a : (forall x, 0 <= f x) -> Differentiable f a ->
  grad f a = vscal (f a) (grad (fun x => ln (f x)) a).
Proof.
move=> f0 df; case: (Req_EM_T (f a) 0) => [z|n].
  rewrite (gradient_at_minimum _ (has_grad df)); last by move=> x; rewrite z.
  by apply: vec_ext => i; rewrite z /vscal /vzero Rmult_0_l.
have fa : 0 < f a by have := f0 a; lra.
rewrite (gradE (has_gradient_comp (deriv_ln fa) (has_grad df))).
apply: vec_ext => i; rewrite /vscal ratio_div; last by lra.
have e (x y : R) : x <> 0 -> y = x * (1 / x * y) by move=> n0; field.
exact: e.
Qed.
Lemma log_derivative (f : R -> R) t : (forall s, 0 <= f s) -> Derivable f t ->
  derivative f t = f t * derivative (fun s => ln (f s)) t.
Proof.
move=> f0 /(differentiable_number f (one_vector t)) df.
have := @log_gradient 1 _ (one_vector t) (fun x => f0 (x fintype.ord0)) df.
rewrite (grad_number f) (grad_number (fun s => ln (f s))).
by move/(congr1 (fun v : vec 1 => v fintype.ord0)).
Qed.
