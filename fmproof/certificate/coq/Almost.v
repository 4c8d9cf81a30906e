(* Almost.v: what holds almost surely under a law: where its density is not 0. Everything here is proved. *)
From FMProof Require Import Measure Product Model Rules Steps.
Require Import Reals Lra.
Set Warnings "-all".
From mathcomp Require Import ssreflect ssrfun boolp classical_sets reals constructive_ereal measure lebesgue_measure lebesgue_integral Rstruct.
Set Implicit Arguments. Unset Strict Implicit.
Open Scope R_scope.
Delimit Scope R_scope with real.

Lemma left_factor (p q : R) : p * q <> 0 -> p <> 0.
Proof. by move=> n e; apply: n; rewrite e Rmult_0_l. Qed.
Lemma right_factor (p q : R) : p * q <> 0 -> q <> 0.
Proof. by move=> n e; apply: n; rewrite e Rmult_0_r. Qed.

(* Almost every pair, from almost every second for each first. *)
Lemma everywhere_under_law (A B : space) (p f g : A * B -> R) :
  Meas (A ⊗ B) p -> Meas (A ⊗ B) f -> Meas (A ⊗ B) g ->
  (forall a, ae B (fun b => p (a, b) <> 0 -> f (a, b) = 0 -> g (a, b) = 0)) ->
  ae (A ⊗ B) (fun w => p w <> 0 -> f w = 0 -> g w = 0).
Proof.
move=> mp mf mg h.
have k : ae (A ⊗ B) (fun w => f w = 0 -> p w * g w = 0).
  apply: (everywhere_vanishing mf (Meas_mul mp mg)) => a; apply: ae_mono (h a) => b hb e.
  by case: (Req_EM_T (p (a, b)) 0) => [->|n]; [rewrite Rmult_0_l | rewrite hb// Rmult_0_r].
by apply: ae_mono k => w kw n e; case/Rmult_integral: (kw e).
Qed.
(* For almost every first, almost every second. *)
Lemma almost_section (A B : space) (p : A -> R) (q : A -> B -> R) (P : A * B -> Prop) :
  ae (A ⊗ B) (fun w => p (fst w) * q (fst w) (snd w) <> 0 -> P w) ->
  ae A (fun a => p a <> 0 -> ae B (fun b => q a b <> 0 -> P (a, b))).
Proof.
move=> /ae_product; apply: ae_mono => a h n; apply: ae_mono h => b hb m; apply: hb.
exact: Rmult_integral_contrapositive.
Qed.
(* What holds almost surely of x under a joint law does so under its marginal m. *)
Lemma marginal_almost (Z S : space) (J : Z * S -> R) (m : S -> R) (P : S -> Prop) :
  (forall x, m x = Int Z (fun z => J (z, x))) -> ae (Z ⊗ S) (fun w => J w <> 0 -> P (snd w)) ->
  ae S (fun x => m x <> 0 -> P x).
Proof.
move=> mE /(ae_renaming (renaming_swap S Z)) /ae_product; apply: ae_mono => x h n.
apply: contrapT => nP; apply: n; rewrite mE.
case: (pselect (Integrable Z (fun z => J (z, x)))) => [i|]; last exact: Int_out.
rewrite -(Int_0 Z); apply: Int_almost; [exact: Integrable_Meas i | exact: Meas_const |].
apply: ae_mono h => z /= k; case: (Req_EM_T (J (z, x)) 0) => // n; case: nP; exact: k n.
Qed.
(* The mean of what is almost surely > 0 is > 0. *)
Lemma mean_gt0 (S : space) (p f : S -> R) : Density S p -> ae S (fun s => p s <> 0 -> 0 < f s) ->
  Integrable S (fun s => p s * f s) -> 0 < Int S (fun s => p s * f s).
Proof.
move=> [p0 ip p1] fp i; have ia := Integrable_abs i.
have ma := Integrable_Meas S _ ia; have m := Integrable_Meas S _ i.
have same : ae S (fun s => p s * f s = Rabs (p s * f s)).
  apply: ae_mono fp => s h; case: (Req_EM_T (p s) 0) => [->|n]; first by rewrite Rmult_0_l Rabs_R0.
  by rewrite Rabs_pos_eq//; apply: Rmult_le_pos; [exact: p0 | exact: Rlt_le (h n)].
rewrite (Int_almost m ma same).
have g0 : 0 <= Int S (fun s => Rabs (p s * f s)) by apply: Int_ge0 => s; exact: Rabs_pos.
case: (Req_EM_T (Int S (fun s => Rabs (p s * f s))) 0) => [z|n]; last lra.
exfalso; have zero := @marginal_null S S (fun _ s => Rabs (p s * f s)) (fun _ s => Rabs_pos _) point ia z.
have none : ae S (fun s => p s = 0).
  apply: ae_mono (ae_and S _ _ zero fp) => s [/= a h]; case: (Req_EM_T (p s) 0) => // n.
  have fs := h n; case: (Req_EM_T (p s * f s) 0) => [/Rmult_integral[//|e]|k]; first lra.
  by case: (Rabs_no_R0 _ k).
have := Int_almost (Integrable_Meas S _ ip) (@Meas_const S 0) none; rewrite p1 Int_0; lra.
Qed.
