(* Exchange.v: derivatives in a number, and divergences, under an integral. Everything here is proved. *)
From FMProof Require Import Measure Product Model Rules Calculus Steps Slope Derivatives.
Require Import Reals Lra.
Set Warnings "-all".
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop order ssralg ssrnum boolp reals constructive_ereal measure lebesgue_measure lebesgue_integral Rstruct.
Import GRing.Theory Num.Theory.
Set Implicit Arguments. Unset Strict Implicit.
Open Scope R_scope.
Delimit Scope R_scope with real.

(* ---- a number as a vector of R^1 ---- *)
Definition one_vector (s : R) : vec 1 := fun=> s.
Lemma one_vectorE (x : vec 1) : one_vector (x ord0) = x.
Proof. by apply: vec_ext => i; rewrite /one_vector (ord1 i). Qed.
Lemma ip_one (a b : vec 1) : ip a b = a ord0 * b ord0.
Proof. by rewrite /ip big_ord_recl big_ord0; exact: (@addr0 RT). Qed.
Lemma norm_one (a : vec 1) : norm a = Rabs (a ord0).
Proof. by rewrite /norm ip_one -(sqrt_Rsqr_abs (a ord0)). Qed.
Lemma gradient_of_number (f : R -> R) (a q : vec 1) :
  has_gradient (fun x : vec 1 => f (x ord0)) a q <-> derivable_pt_lim f (a ord0) (q ord0).
Proof.
split => [h|h].
  apply: deriv_of_linear => e e0; have [r [r0 hr]] := h e e0; exists r; split => // u ur.
  by have := hr (one_vector u); rewrite norm_one ip_one /one_vector /vadd; apply.
move=> e e0; have [r [r0 hr]] := @near_linear _ _ _ h e e0; exists r; split => // u.
by rewrite norm_one ip_one /vadd => /hr.
Qed.
Lemma differentiable_number (f : R -> R) (a : vec 1) :
  Differentiable (fun x : vec 1 => f (x ord0)) a <-> Derivable f (a ord0).
Proof.
split => [[q h]|[q h]]; first by exists (q ord0); exact/gradient_of_number.
by exists (one_vector q); exact/gradient_of_number.
Qed.
Lemma grad_number (f : R -> R) (a : vec 1) :
  grad (fun x : vec 1 => f (x ord0)) a = one_vector (derivative f (a ord0)).
Proof.
case: (pselect (Derivable f (a ord0))) => [k|n].
  by apply: gradE; apply/gradient_of_number; exact: has_derivative.
rewrite grad_out; last by move/differentiable_number.
have -> : derivative f (a ord0) = 0 by move: n; rewrite /derivative /Derivable; case: pselect.
by apply: vec_ext.
Qed.

(* ---- the derivative in a number ---- *)
(* Domination under a law with density p, near t; the derivative is measurable there. *)
Definition DominatedInNumber (S : space) (p : S -> R) (f : R -> S -> R) (t : R) : Prop :=
  Integrable S (fun w => p w * f t w) /\ Meas S (fun w => p w * derivative (fun s => f s w) t) /\
  exists (r : R) (g : S -> R), 0 < r /\ Integrable S (fun w => p w * g w) /\
    ae S (fun w => p w <> 0 -> forall s, Rabs (s - t) < r ->
      Derivable (fun u => f u w) s /\ Rabs (derivative (fun u => f u w) s) <= g w).
Arguments DominatedInNumber : clear implicits.

Lemma dominated_number (S : space) (p : S -> R) (f : R -> S -> R) (t : R) :
  DominatedInNumber S p f t -> Dominated S p (fun (x : vec 1) w => f (x ord0) w) (one_vector t).
Proof.
move=> [i [m [r [g [r0 [ig D]]]]]]; split => //; split.
  move=> j; apply: (Meas_ext _ m) => w.
  by rewrite (grad_number (fun s => f s w)).
exists r, g; split => //; split => //; apply: ae_mono D => w D n x xr.
have xs : Rabs (x ord0 - t) < r.
  by move: xr; rewrite norm_one /vadd /vscal /one_vector; have -> : x ord0 + - (1) * t = x ord0 - t by ring.
have [k b] := D n (x ord0) xs; split; first exact/(differentiable_number (fun s => f s w)).
by rewrite (grad_number (fun s => f s w)) norm_one.
Qed.
Lemma exchange_number (S : space) (p : S -> R) (f : R -> S -> R) (t : R) :
  (forall s, Meas S (fun w => p w * f s w)) -> DominatedInNumber S p f t ->
  derivative (fun s => Int S (fun w => p w * f s w)) t = Int S (fun w => p w * derivative (fun s => f s w) t).
Proof.
move=> m /dominated_number D.
have [h j] := exchange (fun x : vec 1 => m (x ord0)) D.
have := (gradient_of_number (fun s => Int S (fun w => p w * f s w)) (one_vector t) _).1 h.
move/derivativeE => ->; rewrite /VInt asboolT//; apply: Int_ext => w.
by rewrite (grad_number (fun s => f s w)).
Qed.

(* ---- the divergence ---- *)
Lemma gradient_near k (f g : vec k -> R) a q r : 0 < r ->
  (forall h, norm h < r -> f (vadd a h) = g (vadd a h)) -> has_gradient f a q -> has_gradient g a q.
Proof.
move=> r0 same h e e0; have [s [s0 hs]] := h e e0; exists (Rmin r s); split; first exact: Rmin_glb_lt.
move=> u ur; have u1 := Rlt_le_trans _ _ _ ur (Rmin_l r s); have u2 := Rlt_le_trans _ _ _ ur (Rmin_r r s).
have fa : f a = g a by have := same vzero; rewrite vadd_0 norm_zero; exact.
by rewrite -(same u u1) -fa; exact: hs.
Qed.
(* Domination of each coordinate; the divergence is measurable there. *)
Definition VDominated d (S : space) (p : S -> R) (F : vec d -> S -> vec d) (a : vec d) : Prop :=
  (forall i, Dominated S p (fun x w => F x w i) a) /\
  Meas S (fun w => p w * divergence (fun x => F x w) a).
Arguments VDominated {d} S p F a.
Lemma ae_coordinates d (S : space) (P : 'I_d -> S -> Prop) :
  (forall i, ae S (P i)) -> ae S (fun w => forall i, P i w).
Proof.
move=> h; suff k (s : seq 'I_d) : ae S (fun w => forall i, i \in s -> P i w).
  by apply: ae_mono (k (enum 'I_d)) => w q i; apply: q; rewrite mem_enum.
elim: s => [|x s ih]; first by apply: ae_all => w i; rewrite in_nil.
apply: ae_mono (ae_and S _ _ (h x) ih) => w [u v] i; rewrite in_cons => /orP[/eqP -> //|]; exact: v.
Qed.
(* Where a density times f is dominated, it is integrable near the place. *)
Lemma integrable_near k (S : space) (p : S -> R) (f : vec k -> S -> R) (a : vec k) :
  (forall x, Meas S (fun w => p w * f x w)) -> Dominated S p f a ->
  exists r, 0 < r /\ forall h, norm h < r -> Integrable S (fun w => p w * f (vadd a h) w).
Proof.
move=> m [i [mg [r [g [r0 [ig D]]]]]]; exists r; split => // h hr.
have same w x : grad (fun x => p w * f x w) x = vscal (p w) (grad (fun x => f x w) x) by rewrite grad_scale.
have mean : ae S (fun w => Rabs (p w * f (vadd a h) w - p w * f a w) <= norm h * Rabs (p w * g w)).
  apply: ae_mono D => w D.
  have [e|n] := Req_EM_T (p w) 0.
    by rewrite e !Rmult_0_l Rminus_0_r Rabs_R0 Rmult_0_r; exact: Rle_refl.
  rewrite -Rmult_minus_distr_l !Rabs_mult (Rmult_comm (norm h)) Rmult_assoc.
  apply: Rmult_le_compat_l; first exact: Rabs_pos.
  have D2 x : norm (vadd x (vscal (- (1)) a)) < r ->
      Differentiable (fun y => f y w) x /\ norm (grad (fun y => f y w) x) <= Rabs (g w).
    by move=> xr; have [d b] := D n x xr; split => //; exact: (Rle_trans _ _ _ b (Rle_abs _)).
  exact: (mean_value hr D2).
have j : Integrable S (fun w => p w * f (vadd a h) w - p w * f a w).
  apply: (Integrable_le_almost _ mean); first by apply: Meas_sub; exact: m.
  exact: (Integrable_scale S (norm h) _ (Integrable_abs ig)).
apply: (Integrable_ext _ (Integrable_add S _ _ j i)) => w; ring.
Qed.
Section divergence_under_integral.
Variables (d : nat) (S : space) (p : S -> R) (F : vec d -> S -> vec d) (a : vec d).
Hypothesis m : forall x, VMeas S (fun w => vscal (p w) (F x w)).
Hypothesis D : VDominated S p F a.
Let G x w : vec d := vscal (p w) (F x w).

Let H i := exchange (fun x => m x i) (D.1 i).
Let D' i : Dominated S p (fun x w => F x w i) a := D.1 i.

Lemma dominated_near : exists r, 0 < r /\ forall h, norm h < r -> VIntegrable S (G (vadd a h)).
Proof.
have [r [r0 hr]] : exists r, 0 < r /\ forall i, forall h, norm h < r -> Integrable S (fun w => G (vadd a h) w i).
  apply: (@uniform d (fun i r => forall h, norm h < r -> Integrable S (fun w => G (vadd a h) w i))).
    by move=> i r s _ l k h hs; exact: k h (Rlt_le_trans _ _ _ hs l).
  by move=> i; exact: integrable_near (fun x => m x i) (D' i).
by exists r; split => // h hn i; exact: hr.
Qed.
Let coordinate i : has_gradient (fun x => VInt S (G x) i) a (VInt S (fun w => vscal (p w) (grad (fun x => F x w i) a))).
Proof.
have [r [r0 near]] := dominated_near; have [h _] := H i.
apply: (gradient_near r0 _ h) => u ur; rewrite /VInt asboolT//; exact: near.
Qed.
Lemma exchange_divergence :
  divergence (fun x => VInt S (G x)) a = Int S (fun w => p w * divergence (fun x => F x w) a).
Proof.
have dV : VDifferentiable (fun x => VInt S (G x)) a by move=> i; eexists; exact: coordinate.
rewrite {1}/divergence asboolT//.
pose q w := (\sum_(i < d) (p w * grad (fun x => F x w i) a i : RT))%R : R.
have iq i : Integrable S (fun w => p w * grad (fun x => F x w i) a i) by have [_ k] := H i; exact: k i.
have [jq sq] : Integrable S q /\ Int S q = (\sum_(i < d) (Int S (fun w => p w * grad (fun x => F x w i) a i) : RT))%R.
  rewrite /q; elim: (index_enum _) => [|i s [ih1 ih2]].
    have -> : (fun w : S => (\sum_(i <- [::]) (p w * grad (fun x => F x w i) a i : RT))%R : R) = (fun=> 0).
      by apply: funext => w; rewrite big_nil.
    by split; [exact: Integrable_0 | rewrite big_nil; exact: Int_0].
  have -> : (fun w : S => (\sum_(i <- i :: s) (p w * grad (fun x => F x w i) a i : RT))%R : R) =
    (fun w => p w * grad (fun x => F x w i) a i + (\sum_(i <- s) (p w * grad (fun x => F x w i) a i : RT))%R).
    by apply: funext => w; rewrite big_cons.
  by split; [exact: (Integrable_add S _ _ (iq i) ih1) | rewrite big_cons (Int_add S _ _ (iq i) ih1) ih2].
transitivity (Int S q); last first.
  apply: (Int_almost (Integrable_Meas S _ jq) D.2).
  have all i : ae S (fun w => p w <> 0 -> Differentiable (fun x => F x w i) a).
    have [_ [_ [r [g [r0 [_ k]]]]]] := D' i; apply: ae_mono k => w k n; have [] := k n a => //.
    by have -> : vadd a (vscal (- (1)) a) = vzero; [apply: vec_ext => j; rewrite /vadd /vscal /vzero; ring | rewrite norm_zero].
  apply: ae_mono (ae_coordinates all) => w k.
  case: (Req_EM_T (p w) 0) => [e|n].
    by rewrite e Rmult_0_l /q e; apply: big1 => i _; exact: (@mul0r RT).
  rewrite /divergence asboolT; last by move=> i; exact: k i n.
  by rewrite /q; exact: (esym (mulr_sumr _ _ _ _)).
rewrite sq; apply: eq_bigr => i _; rewrite (gradE (coordinate i)) /VInt asboolT//.
by have [_ k] := H i.
Qed.
End divergence_under_integral.
