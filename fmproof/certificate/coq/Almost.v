(* Almost.v: what holds almost surely under a law: where its density is not 0. Everything here is proved. *)
From FMProof Require Import Measure Product Model Rules Steps.
Require Import Reals Lra.
Set Warnings "-all".
From mathcomp Require Import ssreflect ssrfun boolp classical_sets reals constructive_ereal measure lebesgue_measure lebesgue_integral Rstruct.
Set Implicit Arguments. Unset Strict Implicit.
Open Scope R_scope.
Delimit Scope R_scope with real.

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
(* One more draw, of which nothing else depends. *)
Lemma beside_draw (A B : space) (p : A -> R) (g : B -> R) : Density A p -> Integrable B g ->
  Integrable (A ⊗ B) (fun w => p (fst w) * g (snd w)).
Proof.
move=> [p0 ip p1] i; have mp := Integrable_Meas A _ ip; have mg := Integrable_Meas B _ i.
apply: Integrable_product.
- apply: Meas_mul; [exact: (Meas_after mp (@MeasP_fst A B)) | exact: (Meas_after mg (@MeasP_snd A B))].
- by apply: ae_all => a; exact: (Integrable_scale B (p a) _ i).
apply: (Integrable_ext _ (Integrable_scale A (Int B (fun b => Rabs (g b))) _ ip)) => a /=.
rewrite Rmult_comm -Int_scale; apply: Int_ext => b; rewrite Rabs_mult (Rabs_pos_eq (p a))//; exact: p0.
Qed.
Lemma beside_draw_vector d (A B : space) (p : A -> R) (g : B -> vec d) : Density A p -> VIntegrable B g ->
  VIntegrable (A ⊗ B) (fun w => vscal (p (fst w)) (g (snd w))).
Proof. by move=> h i c; exact: beside_draw h (i c). Qed.
(* One more draw from a law that may depend on the first. *)
Lemma draw_beside (A B : space) (q : A -> B -> R) (g : A -> R) : Meas (A ⊗ B) (on2 q) ->
  (forall a, Density B (q a)) -> Integrable A g -> Integrable (A ⊗ B) (on2 (fun a b => q a b * g a)).
Proof.
move=> mq h i; have mg := Integrable_Meas A _ i.
apply: Integrable_product.
- by apply: Meas_mul; [exact: mq | exact: (Meas_after mg (@MeasP_fst A B))].
- apply: ae_all => a; apply: (Integrable_ext _ (Integrable_scale B (g a) _ (density_integrable (h a)))) => b.
  by rewrite Rmult_comm.
apply: (Integrable_ext _ (Integrable_abs i)) => a; rewrite /on2 /=.
rewrite (@Int_ext B _ (fun b => Rabs (g a) * q a b)); first by rewrite Int_scale (density_one (h a)) Rmult_1_r.
by move=> b; rewrite Rabs_mult Rmult_comm (Rabs_pos_eq (q a b))//; exact: density_ge0 (h a) b.
Qed.
Lemma draw_beside_vector d (A B : space) (q : A -> B -> R) (g : A -> vec d) : Meas (A ⊗ B) (on2 q) ->
  (forall a, Density B (q a)) -> VIntegrable A g -> VIntegrable (A ⊗ B) (on2 (fun a b => vscal (q a b) (g a))).
Proof. by move=> m h i c; exact: draw_beside m h (i c). Qed.
