(* Steps.v: what the generated proofs are written with: functions of several variables, the
   measurability of terms, arithmetic, and the rules in the form in which steps use them. *)
From FMProof Require Export Measure Product Model Rules Calculus Spaces.
Require Export Reals Lra List.
Set Warnings "-all".
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype seq fintype order ssralg ssrnum boolp classical_sets functions reals constructive_ereal measure lebesgue_measure lebesgue_integral Rstruct.
Set Warnings "-all".
Set Implicit Arguments.
Open Scope R_scope.
Delimit Scope R_scope with real.
Infix "⊗" := product (at level 40, left associativity) : type_scope.

(* Functions of a point of a product, by names for its coordinates. *)
Definition on2 (A B C : Type) (f : A -> B -> C) (w : A * B) : C := f (fst w) (snd w).
Definition on3 (A B D C : Type) (f : A -> B -> D -> C) (w : A * B * D) : C :=
  f (fst (fst w)) (snd (fst w)) (snd w).
Definition on4 (A B D E C : Type) (f : A -> B -> D -> E -> C) (w : A * B * D * E) : C :=
  f (fst (fst (fst w))) (snd (fst (fst w))) (snd (fst w)) (snd w).
Definition on5 (A B D E F C : Type) (f : A -> B -> D -> E -> F -> C) (w : A * B * D * E * F) : C :=
  f (fst (fst (fst (fst w)))) (snd (fst (fst (fst w)))) (snd (fst (fst w))) (snd (fst w)) (snd w).

(* The expectation of f under the law with density p. *)
Definition Expect (S : space) (p f : S -> R) : R := Int S (fun w => p w * f w).
Definition VExpect d (S : space) (p : S -> R) (f : S -> vec d) : vec d := VInt S (fun w => vscal (p w) (f w)).
Arguments Expect S p f : clear implicits. Arguments VExpect {d} S p f.
(* Two integrals are compared by their integrands before anything is computed. *)
Strategy -10 [Expect VExpect on2 on3 on4 on5].
Strategy 1000 [Int VInt].

(* ---- measurability ---- *)
Lemma MeasP_id (A : space) : MeasP A A (fun a => a).
Proof. exact: measure.measurable_fun_id. Qed.
Lemma MeasP_const (A B : space) (b : B) : MeasP A B (fun=> b).
Proof. exact: measure.measurable_fun_cst. Qed.
Lemma MeasP_fst_of (W A B : space) (g : W -> A * B) : MeasP W (A ⊗ B) g -> MeasP W A (fun w => fst (g w)).
Proof. by move=> m; exact: (@MeasP_comp W (A ⊗ B) A fst g (@MeasP_fst A B) m). Qed.
Lemma MeasP_snd_of (W A B : space) (g : W -> A * B) : MeasP W (A ⊗ B) g -> MeasP W B (fun w => snd (g w)).
Proof. by move=> m; exact: (@MeasP_comp W (A ⊗ B) B snd g (@MeasP_snd A B) m). Qed.
Lemma VMeas_after d (A B : space) (g : A -> B) (f : B -> vec d) :
  VMeas B f -> MeasP A B g -> VMeas A (fun a => f (g a)).
Proof. by move=> mf mg i; exact: (Meas_after (mf i) mg). Qed.
Lemma VMeas_const d (A : space) (c : vec d) : VMeas A (fun=> c).
Proof. by move=> i; exact: Meas_const. Qed.

(* ---- arithmetic: facts about variables, which the steps use for terms ---- *)
Lemma ip_add_r d (a b c : vec d) : ip a (vadd b c) = ip a b + ip a c.
Proof. by rewrite ip_sym ip_add_l !(ip_sym _ a). Qed.
Lemma ip_scal_r d k (a b : vec d) : ip a (vscal k b) = k * ip a b.
Proof. by rewrite ip_sym ip_scal_l ip_sym. Qed.
Lemma ip_zero_r d (a : vec d) : ip a vzero = 0.
Proof. by rewrite ip_sym ip_zero_l. Qed.
Lemma vec_ext d (a b : vec d) : (forall i, a i = b i) -> a = b.
Proof. by move=> /funext. Qed.
Ltac arithmetic := intros; subst; first [ reflexivity | ring | field ].
Ltac vectors := intros; subst; first [ reflexivity | apply vec_ext; intro; unfold vadd, vscal, vzero; first [ ring | field ] ].
Ltac order_ip := repeat match goal with
  | |- context [ip ?a ?b] => match goal with |- context [ip b a] =>
      lazymatch a with b => fail | _ => rewrite (ip_sym b a) end end end.
Ltac inner_products := intros; subst; repeat first
  [ rewrite ip_add_l | rewrite ip_add_r | rewrite ip_scal_l | rewrite ip_scal_r
  | rewrite ip_zero_l | rewrite ip_zero_r ]; order_ip; first [ reflexivity | ring | field ].

(* a/b is a (1/b), also for b = 0 *)
Lemma ratio_inverse (a b : R) : ratio a b = a * ratio 1 b.
Proof.
rewrite /ratio; case: (Req_EM_T b 0) => [e|n] /=; first by rewrite Rmult_0_r.
by rewrite /Rdiv Rmult_1_l.
Qed.
Lemma inverse_product (a b : R) : ratio 1 (a * b) = ratio 1 a * ratio 1 b.
Proof.
rewrite /ratio; case: (Req_EM_T a 0) => [ea|na]; case: (Req_EM_T b 0) => [eb|nb];
  case: (Req_EM_T (a * b) 0) => [e|n] /=; rewrite ?Rmult_0_l ?Rmult_0_r //.
- by case: n; rewrite ea Rmult_0_l.
- by case: n; rewrite ea Rmult_0_l.
- by case: n; rewrite eb Rmult_0_r.
- by case: (Rmult_integral _ _ e).
by field.
Qed.
Lemma inverse_power (a : R) (n : nat) : ratio 1 (a ^ n) = ratio 1 a ^ n.
Proof.
elim: n => [|n ih]; last by rewrite /= inverse_product ih.
by rewrite /ratio /=; case: (Req_EM_T 1 0) => [e|n] /=; [lra | field].
Qed.
Lemma ratio_ge0 (a b : R) : 0 <= a -> 0 <= b -> 0 <= ratio a b.
Proof.
rewrite /ratio; case: (Req_EM_T b 0) => [e|n] a0 b0 /=; first exact: Rle_refl.
by apply: Rmult_le_pos => //; apply: Rlt_le; apply: Rinv_0_lt_compat; lra.
Qed.
Lemma cancelled (a b k r : R) : a * k = r -> (b = 0 -> r = 0) -> b * ratio a b * k = r.
Proof.
move=> <- h; rewrite /ratio; case: (Req_EM_T b 0) => [e|n] /=.
  by rewrite Rmult_0_r Rmult_0_l h.
by field.
Qed.
Lemma vanishing_multiple (a b k r : R) : k * a = r -> (b = 0 -> a = 0) -> b = 0 -> r = 0.
Proof. by move=> <- h e; rewrite h// Rmult_0_r. Qed.
Lemma combination_of (a b c d k : R) : c = d -> a - b = k * (c - d) -> a = b.
Proof. by move=> -> h; apply: Rminus_diag_uniq; rewrite h Rminus_eq_0 Rmult_0_r. Qed.

(* ---- signs, and what is not 0 ---- *)
Lemma nonzero (b : R) : (b = 0 -> 1 = 0) -> b <> 0.
Proof. by move=> h e; have := h e; lra. Qed.
Lemma zero_of_positive (a b : R) : 0 < b -> b = 0 -> a = 0.
Proof. by lra. Qed.
Lemma positive_of (a : R) : 0 <= a -> (a = 0 -> 1 = 0) -> 0 < a.
Proof. by move=> h k; case: (Req_EM_T a 0) => [/k|n]; lra. Qed.
Lemma ratio_gt0 (a b : R) : 0 < a -> 0 < b -> 0 < ratio a b.
Proof. by rewrite /ratio => a0 b0; case: (Req_EM_T b 0) => [e|n] /=; [lra | exact: Rdiv_lt_0_compat]. Qed.
Lemma product_zero (a b c : R) : (b = 0 -> a = 0) -> (c = 0 -> a = 0) -> b * c = 0 -> a = 0.
Proof. by move=> h k /Rmult_integral[]. Qed.
Lemma ratio_zero (a b c : R) : (b = 0 -> a = 0) -> (c = 0 -> a = 0) -> ratio b c = 0 -> a = 0.
Proof.
rewrite /ratio => h k; case: (Req_EM_T c 0) => [z _|n /= e]; [exact: k z | apply: h].
by rewrite -(Rmult_1_r b) -(Rinv_l c n) -Rmult_assoc -/(Rdiv b c) e Rmult_0_l.
Qed.

(* ---- fractions whose denominators are not 0 ---- *)
Lemma ratio_div (a b : R) : (b = 0 -> 1 = 0) -> ratio a b = a / b.
Proof. by rewrite /ratio => h; case: (Req_EM_T b 0) => [z|//]; have := h z; lra. Qed.
Ltac not_zero := let e := fresh in intro e; match goal with
  | h : ?b = 0 -> 1 = 0 |- _ => solve [ apply R1_neq_R0; apply h; first [ exact e | rewrite e; unfold Rdiv; ring | rewrite <- e; ring ] ]
  end.
Ltac divide := repeat match goal with
  | h : ?b = 0 -> 1 = 0 |- context [ratio ?a ?b] => rewrite (ratio_div a h)
  | h : ?b = 0 -> 1 = 0, k : context [ratio ?a ?b] |- _ => rewrite (ratio_div a h) in k
  end.
Ltac fields := intros; subst;
  lazymatch goal with |- @eq R _ _ => idtac | _ => apply vec_ext; intro; unfold vadd, vscal, vzero end;
  divide; first [ reflexivity | field; repeat split; not_zero | field; not_zero ].

(* ---- equal functions, everywhere or almost everywhere ---- *)
Lemma VInt_ext d (S : space) (f g : S -> vec d) : (forall w, f w = g w) -> VInt S f = VInt S g.
Proof. by move=> /funext ->. Qed.
Lemma VIntegrable_ext d (S : space) (f g : S -> vec d) :
  (forall w, f w = g w) -> VIntegrable S f -> VIntegrable S g.
Proof. by move=> /funext ->. Qed.
Lemma VIntegrable_add d (S : space) (f g : S -> vec d) : VIntegrable S f -> VIntegrable S g ->
  VIntegrable S (fun w => vadd (f w) (g w)).
Proof. by move=> i j n; exact: (Integrable_add S _ _ (i n) (j n)). Qed.
Lemma Int_almost (S : space) (f g : S -> R) : Meas S f -> Meas S g -> ae S (fun w => f w = g w) -> Int S f = Int S g.
Proof. exact: Int_ae. Qed.
Lemma Integrable_almost (S : space) (f g : S -> R) : Meas S f -> ae S (fun w => f w = g w) ->
  Integrable S g -> Integrable S f.
Proof. by move=> m h; apply: (Integrable_ae S _ _ m); apply: ae_mono h => w ->. Qed.
Lemma VIntegrable_almost d (S : space) (f g : S -> vec d) : VMeas S f -> ae S (fun w => f w = g w) ->
  VIntegrable S g -> VIntegrable S f.
Proof.
move=> m h k i; apply: (@Integrable_almost S _ (fun w => g w i) (m i)) (k i).
by apply: ae_mono h => w ->.
Qed.
Lemma VInt_almost d (S : space) (f g : S -> vec d) : VMeas S f -> VMeas S g ->
  ae S (fun w => f w = g w) -> VInt S f = VInt S g.
Proof.
move=> mf mg h; have k : ae S (fun w => g w = f w) by apply: ae_mono h => w ->.
apply/funext => i; rewrite /VInt.
have -> : VIntegrable S f = VIntegrable S g.
  by apply/propext; split; [exact: VIntegrable_almost mg k | exact: VIntegrable_almost mf h].
case: asboolP => // _; apply: Int_almost; [exact: mf | exact: mg | by apply: ae_mono h => w ->].
Qed.
(* Under a law, where its density is 0 nothing is asked. *)
Lemma weighted_equal (p a b : R) : (p <> 0 -> a = b) -> p * a = p * b.
Proof. by case: (Req_EM_T p 0) => [->|n h]; [rewrite !Rmult_0_l | rewrite h]. Qed.
Lemma weighted_equal_vector d (p : R) (a b : vec d) : (p <> 0 -> a = b) -> vscal p a = vscal p b.
Proof.
case: (Req_EM_T p 0) => [->|n h]; last by rewrite h.
by move=> _; apply: vec_ext => i; rewrite /vscal !Rmult_0_l.
Qed.

(* ---- the factors of a product of spaces in another order, or otherwise in brackets ---- *)
Lemma VIntegrable_renaming d (A B : space) (phi : A -> B) psi (f : B -> vec d) : renaming phi psi ->
  VIntegrable B f -> VIntegrable A (fun a => f (phi a)).
Proof. by move=> r h i; exact: (Integrable_renaming r (h i)). Qed.
Lemma VInt_renaming d (A B : space) (phi : A -> B) psi (f : B -> vec d) : renaming phi psi ->
  VInt A (fun a => f (phi a)) = VInt B f.
Proof.
move=> r; apply/funext => i; rewrite /VInt.
have -> : VIntegrable A (fun a => f (phi a)) = VIntegrable B f.
  apply/propext; split => h; last exact: VIntegrable_renaming r h.
  have k := VIntegrable_renaming (renaming_sym r) h.
  by apply: VIntegrable_ext k => b; rewrite (renaming_right r).
by case: asboolP => // _; exact: (Int_renaming (fun b => f b i) r).
Qed.

(* ---- sums ---- *)
Definition Linear (S : space) (f : S -> R) (I : R) : Prop := Integrable S f /\ Int S f = I.
Lemma linear_one (S : space) (k : R) (f : S -> R) : Integrable S f -> Linear S (fun w => k * f w) (k * Int S f).
Proof. by move=> i; split; [exact: Integrable_scale | exact: Int_scale]. Qed.
Lemma linear_cons (S : space) (k : R) (f g : S -> R) (I : R) : Integrable S f -> Linear S g I ->
  Linear S (fun w => k * f w + g w) (k * Int S f + I).
Proof.
move=> i [j <-]; have h := Integrable_scale S k _ i; split; first exact: (Integrable_add S _ _ h j).
by rewrite (Int_add S _ _ h j) Int_scale.
Qed.
Lemma linear_sum (S : space) (f g : S -> R) (I : R) : (forall w, f w = g w) -> Linear S g I -> Int S f = I.
Proof. by move=> /funext -> []. Qed.

(* ---- iterated integrals ---- *)
Lemma VIntegrable_section d (A B : space) (f : A * B -> vec d) : VIntegrable (A ⊗ B) f ->
  ae A (fun a => VIntegrable B (fun b => f (a, b))).
Proof.
have ae_fin (S : space) (P : fintype.ordinal d -> S -> Prop) :
    (forall i, ae S (P i)) -> ae S (fun w => forall i, P i w).
  move=> h; suff k (s : list (fintype.ordinal d)) : ae S (fun w => forall i, List.In i s -> P i w).
    apply: ae_mono (k (fintype.enum (fintype.ordinal_finType d))) => w q i; apply: q.
    have := fintype.mem_enum (fintype.ordinal_finType d) i.
    elim: (fintype.enum _) => [|x s ih] //=.
    rewrite seq.in_cons => /ssrbool.orP[/eqtype.eqP ->|/ih]; [by left | by right].
  elim: s => [|x s ih]; first by apply: ae_all.
  apply: ae_mono (ae_and S _ _ (h x) ih) => w [p q] i /= [<-|] //; exact: q.
by move=> h; apply: ae_fin => i; exact: (Integrable_section (h i)).
Qed.
Lemma section_weight (A B : space) (p : A -> R) (q : A -> B -> R) :
  ae A (fun a => Integrable B (fun b => p a * q a b)) -> ae A (fun a => p a <> 0 -> Integrable B (q a)).
Proof.
apply: ae_mono => a h n; apply: (Integrable_ext _ (Integrable_scale B (/ p a) _ h)) => b.
by rewrite -Rmult_assoc Rinv_l// Rmult_1_l.
Qed.
Lemma section_weight_vector d (A B : space) (p : A -> R) (q : A -> B -> vec d) :
  ae A (fun a => VIntegrable B (fun b => vscal (p a) (q a b))) -> ae A (fun a => p a <> 0 -> VIntegrable B (q a)).
Proof.
apply: ae_mono => a h n i; apply: (Integrable_ext _ (Integrable_scale B (/ p a) _ (h i))) => b.
by rewrite /vscal -Rmult_assoc Rinv_l// Rmult_1_l.
Qed.

(* ---- almost every pair, from almost every point of the second for each of the first ---- *)
Lemma measurable_vanishing (S : space) (f g : S -> R) : Meas S f -> Meas S g ->
  measure.measurable (fun s : S => f s = 0 -> g s = 0).
Proof.
move=> mf mg.
have h := measure.measurableU _ _ (measure.measurableC (measurable_zero mf)) (measurable_zero mg).
lazymatch type of h with measure.measurable ?X => have -> : (fun s : S => f s = 0 -> g s = 0) = X end => //.
apply/classical_sets.seteqP; split => s /=; last by case.
by move=> k; case: (pselect (f s = 0)) => [/k|]; [right | left].
Qed.
Lemma everywhere_vanishing (A B : space) (f g : A * B -> R) : Meas (A ⊗ B) f -> Meas (A ⊗ B) g ->
  (forall a, ae B (fun b => f (a, b) = 0 -> g (a, b) = 0)) -> ae (A ⊗ B) (fun w => f w = 0 -> g w = 0).
Proof.
move=> mf mg h; apply: ae_product_measurable; first exact: (measurable_vanishing mf mg).
by apply: ae_all => a; exact: h.
Qed.

(* ---- laws ---- *)
Lemma measurable_integrable (S Z : space) (j : S -> Z -> R) : Meas (S ⊗ Z) (fun w => j (fst w) (snd w)) ->
  measure.measurable (fun s : S => Integrable Z (j s)).
Proof.
move=> m; have mg := (@Meas_EFin (S ⊗ Z) _).1 m.
have mS := measurable_inner (Meas_abse (A := S ⊗ Z) mg) (fun=> constructive_ereal.abse_ge0 _).
have h := @lebesgue_measure.emeasurable_fun_infty_o _ _ _ _ _ (@measure.measurableT _ _) mS (@constructive_ereal.EPInf RT).
lazymatch type of h with measure.measurable ?X => have -> : (fun s : S => Integrable Z (j s)) = X end.
  rewrite classical_sets.setTI; apply/classical_sets.seteqP; split => a /=; first by case.
  by move=> oo; split => //; apply/Meas_EFin; exact: (@Meas_section S Z (fun w => j (fst w) (snd w)) a m).
exact: h.
Qed.
(* A joint density that is finite for each time is finite almost everywhere over times, too. *)
Lemma finite_over (T X Z : space) (j : T * X -> Z -> R) :
  Meas (T ⊗ X ⊗ Z) (fun w => j (fst w) (snd w)) ->
  (forall t, ae X (fun x => Integrable Z (j (t, x)))) -> ae (T ⊗ X) (fun w => Integrable Z (j w)).
Proof.
move=> m h; apply: ae_product_measurable; first exact: (@measurable_integrable (T ⊗ X) Z j m).
exact: ae_all.
Qed.
Lemma segment_cons (S : space) (D : S -> R) (a b : R) : a < b -> Integrable S D ->
  Integrable (S ⊗ segment a b) (fun w => D (fst w)).
Proof.
move=> ab i; apply: Integrable_product.
- exact: (Meas_after (Integrable_Meas S _ i) (@MeasP_fst S (segment a b))).
- apply: ae_all => s /=; apply: (Integrable_ext _ (Integrable_scale _ (D s) _ (segment_one a b ab))) => x.
  by rewrite Rmult_1_r.
apply: (Integrable_ext _ (Integrable_scale S (Int (segment a b) (fun=> 1)) _ (Integrable_abs i))) => s /=.
rewrite Rmult_comm -Int_scale; apply: Int_ext => x; by rewrite Rmult_1_r.
Qed.

(* ---- domination ---- *)
Lemma scaled (S : space) (k : R) (f g : S -> R) : (forall w, k * f w = g w) -> Integrable S f -> Integrable S g.
Proof. by move=> e i; apply: (Integrable_ext e); exact: Integrable_scale. Qed.
Lemma scaled_vector d (S : space) (k : R) (f g : S -> vec d) : (forall w, vscal k (f w) = g w) ->
  VIntegrable S f -> VIntegrable S g.
Proof.
move=> e i; have h : VIntegrable S (fun w => vscal k (f w)) by move=> j; exact: (Integrable_scale S k _ (i j)).
exact (@VIntegrable_ext d S _ g e h).
Qed.
