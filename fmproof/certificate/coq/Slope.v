(* Slope.v: the derivative of a vector in a number. *)
From FMProof Require Import Steps.
From mathcomp Require Import ssreflect boolp.

(* q is the derivative of f at t. *)
Definition has_slope (d : nat) (f : R -> vec d) (t : R) (q : vec d) : Prop :=
  forall i, derivable_pt_lim (fun s => f s i) t (q i).
(* The derivative; 0 where there is none. *)
Definition slope (d : nat) (f : R -> vec d) (t : R) : vec d :=
  match pselect (exists q, has_slope d f t q) with left e => proj1_sig (cid e) | right _ => vzero end.
Lemma slope_ext (d : nat) (f g : R -> vec d) (t : R) : (forall s, f s = g s) -> slope d f t = slope d g t.
Proof. by move=> /funext ->. Qed.
Lemma slope_of (d : nat) (f : R -> vec d) (t : R) (q : vec d) : has_slope d f t q -> slope d f t = q.
Proof.
move=> h; rewrite /slope; case: pselect => [e|n]; last by case: n; exists q.
apply: vec_ext => i; exact: (uniqueness_limite _ _ _ _ (proj2_sig (cid e) i) (h i)).
Qed.
