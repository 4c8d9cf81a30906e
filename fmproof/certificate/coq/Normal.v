(* Normal.v: the normal law. That of N(0, I) has mass 1 and second moment d, and that N(m, s² I) is the
   law of m + s e, is assumed here, by name. The rest is proved. *)
From FMProof Require Import Measure Product Model Rules Calculus Spaces Steps Slope Derivatives Gaussian Lebesgue.
Require Import Reals Lra.
Set Warnings "-all".
From mathcomp Require Import ssreflect ssrfun boolp classical_sets reals constructive_ereal measure lebesgue_measure lebesgue_integral Rstruct.
Set Implicit Arguments. Unset Strict Implicit.
Open Scope R_scope.
Delimit Scope R_scope with real.

(* Assumed, for Lebesgue's measure on R^d (Kallenberg, Foundations of Modern Probability, chapter 14;
   for d = 0 the integral is the value at the one point):
   the density of N(0, I) is one, by Gauss's integral, once for each coordinate. *)
Axiom normal_law : forall d (l : vector_measure d), lebesgue d l ->
  Density (Rn d l) (fun e => gaussian e vzero 1).
(* Its coordinates have the second moment 1, by parts. *)
Axiom normal_square : forall d (l : vector_measure d), lebesgue d l ->
  Integrable (Rn d l) (fun e => gaussian e vzero 1 * ip e e) /\
  Int (Rn d l) (fun e => gaussian e vzero 1 * ip e e) = INR d.
(* The substitution x = m + s e, for which dx = |s|^d de (Rudin, Real and Complex Analysis, theorem
   7.26). It is a homeomorphism, and the density is positive and continuous, so both integrands are
   measurable or neither is: nothing is asked of f. *)
Axiom normal_substitution : forall d (l : vector_measure d), lebesgue d l ->
  forall (m : vec d) (s : R), s <> 0 -> forall f : vec d -> R,
  (Integrable (Rn d l) (fun x => gaussian x m (s * s) * f x) <->
   Integrable (Rn d l) (fun e => gaussian e vzero 1 * f (vadd m (vscal s e)))) /\
  Int (Rn d l) (fun x => gaussian x m (s * s) * f x) =
    Int (Rn d l) (fun e => gaussian e vzero 1 * f (vadd m (vscal s e))).

Section normal.
Variables (d : nat) (l : vector_measure d).
Hypothesis ll : lebesgue d l.
Notation E := (Rn d l).
Notation N := (fun e => gaussian e vzero 1).
Implicit Types (m z u c : vec d) (v s k : R) (f : vec d -> R).

(* The standard deviation. *)
Definition deviation v : R := match Rlt_dec 0 v with left _ => sqrt v | right _ => 1 end.
Lemma deviation_neq0 v : deviation v <> 0.
Proof. by rewrite /deviation; case: Rlt_dec => [h|_]; [have := sqrt_lt_R0 v h; lra | lra]. Qed.
Lemma gaussian_deviation x m v : gaussian x m v = gaussian x m (deviation v * deviation v).
Proof.
rewrite /deviation; case: (Rlt_dec 0 v) => [h|n].
  by rewrite sqrt_sqrt//; exact: Rlt_le.
rewrite Rmult_1_l /gaussian; case: (Rlt_dec 0 v) => // _.
by case: (Rlt_dec 0 1) => // h; case: h; lra.
Qed.
Lemma substitution m v f :
  (Integrable E (fun x => gaussian x m v * f x) <->
   Integrable E (fun e => N e * f (vadd m (vscal (deviation v) e)))) /\
  Int E (fun x => gaussian x m v * f x) = Int E (fun e => N e * f (vadd m (vscal (deviation v) e))).
Proof.
have e : (fun x => gaussian x m v * f x) = (fun x => gaussian x m (deviation v * deviation v) * f x).
  by apply: funext => x; rewrite -gaussian_deviation.
by rewrite e; exact (normal_substitution ll m (@deviation_neq0 v) f).
Qed.

Lemma gaussian_law m v : Density E (fun x => gaussian x m v).
Proof.
have [n0 ni n1] := normal_law ll.
have one : (fun x => gaussian x m v * 1) = (fun x => gaussian x m v) by apply: funext => x; rewrite Rmult_1_r.
have one' : (fun e : vec d => N e * 1) = N by apply: funext => x; rewrite Rmult_1_r.
have [i j] := substitution m v (fun=> 1); rewrite one one' in i j.
by split; [move=> x; exact: Rlt_le (gaussian_gt0 x m v) | exact: i.2 | rewrite j].
Qed.

(* ---- moments ---- *)
Lemma VMeas_point_of : VMeas E (fun e : vec d => e).
Proof. by apply: VMeas_point; exact: MeasP_id. Qed.
Lemma Meas_N : Meas E N.
Proof. exact: Integrable_Meas (density_integrable (normal_law ll)). Qed.
Lemma normal_lines k s z u :
  Integrable E (fun e => N e * ip (vadd (vscal k e) z) (vadd (vscal s e) u)).
Proof.
have me := VMeas_point_of; have mN := Meas_N.
have ml r w : VMeas E (fun e : vec d => vadd (vscal r e) w).
  by apply: VMeas_add; [apply: VMeas_scal => //; exact: Meas_const | exact: VMeas_const].
have sq r w : Integrable E (fun e => N e * ip (vadd (vscal r e) w) (vadd (vscal r e) w)).
  apply: (@parallelogram d E N (fun e => vscal r e) (fun=> w)).
  - by apply: Meas_mul => //; apply: Meas_ip; exact: ml.
  - apply: (Integrable_ext _ (Integrable_scale E (r * r) _ (normal_square ll).1)) => e.
    by rewrite ip_scal_l ip_scal_r; ring.
  - apply: (Integrable_ext _ (Integrable_scale E (ip w w) _ (density_integrable (normal_law ll)))) => e.
    by rewrite Rmult_comm.
by apply: cauchy_schwarz; [apply: Meas_mul => //; apply: Meas_ip; exact: ml | exact: sq | exact: sq].
Qed.
Lemma gaussian_lines m v k s z u :
  Integrable E (fun x => gaussian x m v * ip (vadd (vscal k x) z) (vadd (vscal s x) u)).
Proof.
apply: (substitution m v _).1.2; set t := deviation v.
apply: (Integrable_ext _ (normal_lines (k * t) (s * t) (vadd (vscal k m) z) (vadd (vscal s m) u))) => e.
by congr (_ * ip _ _); apply: vec_ext => i; rewrite /vadd /vscal; ring.
Qed.
Lemma gaussian_line m v k z : VIntegrable E (fun x => vscal (gaussian x m v) (vadd (vscal k x) z)).
Proof.
apply: square_integrable; last exact: density_integrable (gaussian_law m v); last exact: gaussian_lines.
apply: VMeas_scal; first exact: Integrable_Meas (density_integrable (gaussian_law m v)).
apply: VMeas_add; last exact: VMeas_const.
by apply: VMeas_scal; [exact: Meas_const | exact: VMeas_point_of].
Qed.
(* e and -e have the same law. *)
Lemma normal_mean i : Int E (fun e => N e * e i) = 0.
Proof.
have := (normal_substitution ll vzero (s := -1) ltac:(lra) (fun e => e i)).2.
have -> : (fun x : vec d => gaussian x vzero (-1 * -1) * x i) = (fun e => N e * e i).
  by apply: funext => x; have -> : -1 * -1 = 1 by ring.
have -> : (fun e : vec d => N e * vadd vzero (vscal (-1) e) i) = (fun e => -1 * (N e * e i)).
  by apply: funext => x; rewrite /vadd /vscal /vzero; ring.
by rewrite Int_scale; move: (Int _ _) => I; clear; change (Measure.R) with R; lra.
Qed.
Lemma gaussian_mean m v : VInt E (fun x => vscal (gaussian x m v) x) = m.
Proof.
have ext : (fun x : vec d => vscal (gaussian x m v) (vadd (vscal 1 x) vzero)) = (fun x => vscal (gaussian x m v) x).
  by apply: funext => x; apply: vec_ext => i; rewrite /vadd /vscal /vzero; ring.
have ix := gaussian_line m v 1 vzero; rewrite ext in ix.
have ne := gaussian_line vzero 1 1 vzero.
apply: vec_ext => i; rewrite /VInt asboolT//.
have -> : (fun x : vec d => vscal (gaussian x m v) x i) = (fun x => gaussian x m v * x i) by [].
rewrite (substitution m v (fun x => x i)).2; set t := deviation v.
have ei : Integrable E (fun e => N e * e i).
  by apply: (Integrable_ext _ (ne i)) => e; rewrite /vadd /vscal /vzero; ring.
rewrite (@Int_ext E _ (fun e => m i * N e + t * (N e * e i))); last by move=> e; rewrite /vadd /vscal; ring.
rewrite (Int_add E _ _ (Integrable_scale E (m i) _ (density_integrable (normal_law ll))) (Integrable_scale E t _ ei)).
by rewrite !Int_scale normal_mean (density_one (normal_law ll)); ring.
Qed.
Lemma gaussian_variance m v : 0 < v ->
  Int E (fun x => gaussian x m v * ip (vadd x (vscal (-1) m)) (vadd x (vscal (-1) m))) = v * INR d.
Proof.
move=> v0; rewrite (substitution m v (fun x => ip (vadd x (vscal (-1) m)) (vadd x (vscal (-1) m)))).2.
have -> : deviation v = sqrt v by rewrite /deviation; case: Rlt_dec.
rewrite (@Int_ext E _ (fun e => v * (N e * ip e e))); first by rewrite Int_scale (normal_square ll).2.
move=> e.
have -> : vadd (vadd m (vscal (sqrt v) e)) (vscal (-1) m) = vscal (sqrt v) e.
  by apply: vec_ext => i; rewrite /vadd /vscal; ring.
rewrite ip_scal_l ip_scal_r.
have r : sqrt v * sqrt v = v by apply: sqrt_sqrt; lra.
transitivity (sqrt v * sqrt v * (gaussian e vzero 1 * ip e e)); first by ring.
by rewrite r.
Qed.

(* ---- a draw x = m + s e beside other draws ---- *)
Lemma substituted (A : space) (m : A -> vec d) v s (X : A -> vec d -> vec d) (F : A -> vec d -> R) :
  s <> 0 -> v = s * s -> (forall a e, X a e = vadd (m a) (vscal s e)) ->
  Meas (A ⊗ E) (on2 (fun a x => gaussian x (m a) v * F a x)) ->
  Integrable (A ⊗ E) (on2 (fun a e => N e * F a (X a e))) ->
  Integrable (A ⊗ E) (on2 (fun a x => gaussian x (m a) v * F a x)).
Proof.
move=> s0 -> XE mF i.
have {}i : Integrable (A ⊗ E) (on2 (fun a e => N e * F a (vadd (m a) (vscal s e)))).
  by apply: (Integrable_ext _ i) => w; rewrite /on2 XE.
apply: Integrable_product => //.
  apply: ae_mono (Integrable_section i) => a ia.
  exact: ((normal_substitution ll (m a) s0 (F a)).1.2 ia).
apply: (Integrable_ext _ (Integrable_Int (Integrable_abs i))) => a; rewrite /on2 /=.
have pos (x w : vec d) (r : R) : Rabs (gaussian x w r * F a x) = gaussian x w r * Rabs (F a x).
  by rewrite Rabs_mult Rabs_pos_eq//; exact: Rlt_le (gaussian_gt0 x w r).
transitivity (Int E (fun x => gaussian x (m a) (s * s) * Rabs (F a x))); last first.
  by apply: Int_ext => x; rewrite pos.
rewrite (normal_substitution ll (m a) s0 (fun x => Rabs (F a x))).2; apply: Int_ext => e.
by rewrite Rabs_mult Rabs_pos_eq//; exact: Rlt_le (gaussian_gt0 e vzero 1).
Qed.
Lemma substituted_vector n (A : space) (m : A -> vec d) v s (X : A -> vec d -> vec d) (F : A -> vec d -> vec n) :
  s <> 0 -> v = s * s -> (forall a e, X a e = vadd (m a) (vscal s e)) ->
  VMeas (A ⊗ E) (on2 (fun a x => vscal (gaussian x (m a) v) (F a x))) ->
  VIntegrable (A ⊗ E) (on2 (fun a e => vscal (N e) (F a (X a e)))) ->
  VIntegrable (A ⊗ E) (on2 (fun a x => vscal (gaussian x (m a) v) (F a x))).
Proof.
by move=> s0 vE XE mF i c; exact: (@substituted A m v s X (fun a x => F a x c) s0 vE XE (mF c) (i c)).
Qed.
End normal.

(* One more draw keeps a law one. *)
Lemma density_cons (S X : space) (D : S -> R) (p : S -> X -> R) :
  Meas (S ⊗ X) (fun w => D (fst w) * p (fst w) (snd w)) -> Density S D ->
  (forall s, Density X (p s)) -> Density (S ⊗ X) (fun w => D (fst w) * p (fst w) (snd w)).
Proof.
move=> m [D0 iD oneD] h; have i := law_cons m D0 iD h; split => //.
  by move=> w; apply: Rmult_le_pos; [exact: D0 | exact: (density_ge0 (h w.1))].
rewrite (Int_product i) -oneD; apply: Int_ext => s /=.
by rewrite Int_scale (density_one (h s)) Rmult_1_r.
Qed.
