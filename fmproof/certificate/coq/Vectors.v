(* Vectors.v: multiples of integrals of vectors. Everything here is proved. *)
From FMProof Require Import Steps.
From mathcomp Require Import ssreflect boolp measure lebesgue_measure lebesgue_integral.

Lemma VInt_scale (d : nat) (S : space) (k : R) (f : S -> vec d) :
  VInt S (fun w => vscal k (f w)) = vscal k (VInt S f).
Proof.
case: (Req_EM_T k 0) => [->|n].
  have h i : Integrable S (fun w => vscal 0 (f w) i).
    by apply: (Integrable_ext _ (Integrable_0 S)) => w; rewrite /vscal Rmult_0_l.
  apply: vec_ext => i; rewrite /VInt asboolT// /vscal Rmult_0_l -{2}(Int_0 S).
  by apply: Int_ext => w; rewrite Rmult_0_l.
have same : VIntegrable S (fun w => vscal k (f w)) = VIntegrable S f.
  apply: propext; split => h i; last exact: (Integrable_scale S k _ (h i)).
  apply: (Integrable_ext _ (Integrable_scale S (/ k) _ (h i))) => w.
  by rewrite /vscal -Rmult_assoc Rinv_l// Rmult_1_l.
apply: vec_ext => i; rewrite /VInt same /vscal; case: asboolP => h; last by rewrite Rmult_0_r.
exact: Int_scale.
Qed.
