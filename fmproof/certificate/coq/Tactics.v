(* Tactics.v: what the generated proofs are written with. A tactic closes its goal or fails. *)
From FMProof Require Export Measure Product Model Rules Spaces.
Require Export Reals Lra List.
Set Warnings "-all".
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype seq fintype order ssralg ssrnum boolp classical_sets functions reals constructive_ereal measure lebesgue_measure lebesgue_integral Rstruct.
Set Warnings "-all".
Set Implicit Arguments.
Open Scope R_scope.
Delimit Scope R_scope with real.
Infix "⊗" := product (at level 40, left associativity) : type_scope.

(* Functions of a point of a product, by names for its coordinates. *)
Definition on1 (A C : Type) (f : A -> C) : A -> C := f.
Definition on2 (A B C : Type) (f : A -> B -> C) (w : A * B) : C := f (fst w) (snd w).
Definition on3 (A B D C : Type) (f : A -> B -> D -> C) (w : A * B * D) : C :=
  f (fst (fst w)) (snd (fst w)) (snd w).
Definition on4 (A B D E C : Type) (f : A -> B -> D -> E -> C) (w : A * B * D * E) : C :=
  f (fst (fst (fst w))) (snd (fst (fst w))) (snd (fst w)) (snd w).

(* The expectation of f under the law with density p. *)
Definition Expect (S : space) (p f : S -> R) : R := Int S (fun w => p w * f w).
Definition VExpect d (S : space) (p : S -> R) (f : S -> vec d) : vec d := VInt S (fun w => vscal (p w) (f w)).

Arguments Expect S p f : clear implicits. Arguments VExpect {d} S p f.

Ltac norm := cbv beta delta [Expect VExpect on1 on2 on3 on4]; cbn [fst snd].
Ltac norm_all := cbv beta delta [Expect VExpect on1 on2 on3 on4] in *.

(* ---- measurability, by the shape of the term ---- *)
Lemma MeasP_id (A : space) : MeasP A A (fun a => a).
Proof. exact: measure.measurable_fun_id. Qed.
Lemma MeasP_fst_of (W A B : space) (g : W -> A * B) : MeasP W (A ⊗ B) g -> MeasP W A (fun w => fst (g w)).
Proof. by move=> m; exact: (@MeasP_comp W (A ⊗ B) A fst g (@MeasP_fst A B) m). Qed.
Lemma MeasP_snd_of (W A B : space) (g : W -> A * B) : MeasP W (A ⊗ B) g -> MeasP W B (fun w => snd (g w)).
Proof. by move=> m; exact: (@MeasP_comp W (A ⊗ B) B snd g (@MeasP_snd A B) m). Qed.
Lemma VMeas_after d (A B : space) (g : A -> B) (f : B -> vec d) :
  VMeas B f -> MeasP A B g -> VMeas A (fun a => f (g a)).
Proof. by move=> mf mg i; exact: (Meas_after (mf i) mg). Qed.

Ltac projections S pf tac :=
  first [ tac pf
        | lazymatch S with
          | product ?A ?B => first [ projections B (MeasP_snd_of pf) tac | projections A (MeasP_fst_of pf) tac ]
          end ].
Ltac projected :=
  match goal with
  | |- Meas ?S _ => projections S (MeasP_id S) ltac:(fun pf => first
        [ exact (Meas_point pf)
        | match goal with H : Meas _ _ |- _ => exact (Meas_after H pf) end ])
  | |- MeasP ?S _ _ => projections S (MeasP_id S) ltac:(fun pf => exact pf)
  | |- VMeas ?S _ => projections S (MeasP_id S) ltac:(fun pf => first
        [ exact (VMeas_point pf)
        | match goal with H : VMeas _ _ |- _ => exact (VMeas_after H pf) end ])
  end.
Create HintDb measurable. Create HintDb nonneg.
Ltac meas := norm; repeat first
  [ assumption
  | match goal with |- Meas _ (fun _ => ?c) => apply Meas_const end
  | projected
  | match goal with |- Meas _ (fun a => _ + _) => apply Meas_add end
  | match goal with |- Meas _ (fun a => _ * _) => apply Meas_mul end
  | match goal with |- Meas _ (fun a => - _) => apply Meas_opp end
  | match goal with |- Meas _ (fun a => _ - _) => apply Meas_sub end
  | match goal with |- Meas _ (fun a => _ ^ _) => apply Meas_pow end
  | match goal with |- Meas _ (fun a => ratio _ _) => apply Meas_ratio end
  | match goal with |- Meas _ (fun a => ip _ _) => apply Meas_ip end
  | match goal with |- Meas _ (fun a => Int _ _) => apply Meas_Int end
  | match goal with |- VMeas _ (fun a => vadd _ _) => apply VMeas_add end
  | match goal with |- VMeas _ (fun a => vscal _ _) => apply VMeas_scal end
  | match goal with |- VMeas _ (fun a => VInt _ _) => apply VMeas_VInt end
  | match goal with |- VMeas _ (fun a => vzero) => apply VMeas_zero end
  | progress norm
  | solve [ eauto 2 with measurable nocore ]
  | match goal with |- Meas _ _ => eauto 1 with measurable nocore end
  | match goal with |- VMeas _ _ => eauto 1 with measurable nocore end ].

(* ---- arithmetic, below binders too ---- *)
Lemma ip_add_r d (a b c : vec d) : ip a (vadd b c) = ip a b + ip a c.
Proof. by rewrite ip_sym ip_add_l !(ip_sym _ a). Qed.
Lemma ip_scal_r d k (a b : vec d) : ip a (vscal k b) = k * ip a b.
Proof. by rewrite ip_sym ip_scal_l ip_sym. Qed.
Lemma ip_zero_r d (a : vec d) : ip a vzero = 0.
Proof. by rewrite ip_sym ip_zero_l. Qed.
Lemma VInt_ext d (S : space) (f g : S -> vec d) : (forall w, f w = g w) -> VInt S f = VInt S g.
Proof. by move=> /funext ->. Qed.
Lemma vec_ext d (a b : vec d) : (forall i, a i = b i) -> a = b.
Proof. by move=> /funext. Qed.
Lemma VIntegrable_ext d (S : space) (f g : S -> vec d) :
  (forall w, f w = g w) -> VIntegrable S f -> VIntegrable S g.
Proof. by move=> /funext ->. Qed.

Ltac open_ip := repeat first
  [ rewrite ip_add_l | rewrite ip_add_r | rewrite ip_scal_l | rewrite ip_scal_r
  | rewrite ip_zero_l | rewrite ip_zero_r ].
Ltac order_ip := repeat match goal with
  | |- context [ip ?a ?b] => match goal with |- context [ip b a] =>
      lazymatch a with b => fail | _ => rewrite (ip_sym b a) end end end.
Ltac arithmetic := norm; first
  [ reflexivity
  | lazymatch goal with
    | |- @eq (vec _) _ _ => apply vec_ext; intro; unfold vadd, vscal, vzero; same_atoms; ring
    | |- _ => ring_simplify_atoms; ring
    end ]
with ring_simplify_atoms := open_ip; order_ip; same_atoms; open_ip; order_ip
with same_atoms := repeat match goal with
  | |- context [Int ?S ?f] => match goal with |- context [Int S ?g] =>
      lazymatch f with g => fail | _ =>
        let E := fresh in assert (E : Int S f = Int S g) by (apply Int_ext; intro; arithmetic); rewrite E; clear E end end
  | |- context [VInt ?S ?f] => match goal with |- context [VInt S ?g] =>
      lazymatch f with g => fail | _ =>
        let E := fresh in assert (E : VInt S f = VInt S g) by (apply VInt_ext; intro; arithmetic); rewrite E; clear E end end
  end.

(* ---- a hypothesis at hand, up to arithmetic in it ---- *)
Ltac side := first
  [ assumption
  | match goal with H : ?P |- ?P' => exact H end
  | match goal with
    | H : Integrable ?S _ |- Integrable ?S _ => refine (Integrable_ext _ H); intro; arithmetic
    | H : VIntegrable ?S _ |- VIntegrable ?S _ => refine (VIntegrable_ext _ H); intro; arithmetic
    end ].

(* ---- null sets ---- *)
Lemma ae_both (S : space) (P Q : S -> Prop) : ae S P -> ae S Q -> ae S (fun w => P w /\ Q w).
Proof. exact: ae_and. Qed.
Lemma Int_almost (S : space) (f g : S -> R) : Meas S f -> Meas S g -> ae S (fun w => f w = g w) -> Int S f = Int S g.
Proof. exact: Int_ae. Qed.
Lemma sections_null2 (A B C : space) (P : A -> B -> C -> Prop) :
  ae (A ⊗ B ⊗ C) (fun w => P (fst (fst w)) (snd (fst w)) (snd w)) ->
  ae A (fun a => ae (B ⊗ C) (fun w => P a (fst w) (snd w))).
Proof.
move=> h; have k := ae_renaming (renaming_sym (renaming_assoc A B C)) h.
exact: (ae_product k).
Qed.

(* A joint density that is finite for each time is finite almost everywhere over times, too. *)
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
Lemma finite_over (T X Z : space) (j : T * X -> Z -> R) :
  Meas (T ⊗ X ⊗ Z) (fun w => j (fst w) (snd w)) ->
  (forall t, ae X (fun x => Integrable Z (j (t, x)))) -> ae (T ⊗ X) (fun w => Integrable Z (j w)).
Proof.
move=> m h; apply: ae_product_measurable; first exact: (@measurable_integrable (T ⊗ X) Z j m).
exact: ae_all.
Qed.

(* ---- intervals, and lemmas about several factors ---- *)
Lemma lt_of (a b : R) : a < b -> ((a : RT) < (b : RT))%O.
Proof. by move=> h; apply/RltbP. Qed.
Definition interval (a b : R) (h : a < b) : space := segment_of a b (lt_of h).

Lemma ae_fin (S : space) (d : nat) (P : fintype.ordinal d -> S -> Prop) :
  (forall i, ae S (P i)) -> ae S (fun w => forall i, P i w).
Proof.
move=> h.
suff k (s : list (fintype.ordinal d)) : ae S (fun w => forall i, List.In i s -> P i w).
  apply: ae_mono (k (fintype.enum (fintype.ordinal_finType d))) => w q i; apply: q.
  have := fintype.mem_enum (fintype.ordinal_finType d) i.
  elim: (fintype.enum _) => [|x s ih] //=.
  rewrite seq.in_cons => /ssrbool.orP[/eqtype.eqP ->|/ih]; [by left | by right].
elim: s => [|x s ih]; first by apply: ae_all.
apply: ae_mono (ae_and S _ _ (h x) ih) => w [p q] i /= [<-|] //; exact: q.
Qed.
Lemma VIntegrable_section d (A B : space) (f : A * B -> vec d) : VIntegrable (A ⊗ B) f ->
  ae A (fun a => VIntegrable B (fun b => f (a, b))).
Proof. by move=> h; apply: ae_fin => i; exact: (Integrable_section (h i)). Qed.

Lemma measurable_vanishing (S : space) (f g : S -> R) : Meas S f -> Meas S g ->
  measure.measurable (fun s : S => f s = 0 -> g s = 0).
Proof.
move=> mf mg.
have h := measure.measurableU _ _ (measure.measurableC (measurable_zero mf)) (measurable_zero mg).
lazymatch type of h with measure.measurable ?X => have -> : (fun s : S => f s = 0 -> g s = 0) = X end => //.
apply/classical_sets.seteqP; split => s /=; last by case.
by move=> k; case: (pselect (f s = 0)) => [/k|]; [right | left].
Qed.
(* For every a, almost every (b, c): almost every (a, b, c). *)
Lemma everywhere_vanishing2 (A B C : space) (f g : A -> B -> C -> R) :
  Meas (A ⊗ B ⊗ C) (fun w => f (fst (fst w)) (snd (fst w)) (snd w)) ->
  Meas (A ⊗ B ⊗ C) (fun w => g (fst (fst w)) (snd (fst w)) (snd w)) ->
  (forall a, ae (B ⊗ C) (fun w => f a (fst w) (snd w) = 0 -> g a (fst w) (snd w) = 0)) ->
  ae (A ⊗ B ⊗ C) (fun w => f (fst (fst w)) (snd (fst w)) (snd w) = 0 -> g (fst (fst w)) (snd (fst w)) (snd w) = 0).
Proof.
move=> mf mg h.
have r := renaming_sym (renaming_assoc A B C).
have mf' := Meas_renaming r mf; have mg' := Meas_renaming r mg.
have k : ae (A ⊗ (B ⊗ C)) (fun w => f (fst w) (fst (snd w)) (snd (snd w)) = 0 -> g (fst w) (fst (snd w)) (snd (snd w)) = 0).
  by apply: ae_product_measurable; [exact: (measurable_vanishing mf' mg') | apply: ae_all => a; exact: h].
exact: (ae_renaming (renaming_assoc A B C) k).
Qed.

Ltac nonneg := intros; norm; repeat first
  [ assumption | lra | apply Rmult_le_pos | apply Rplus_le_le_0_compat | apply ip_ge0
  | (apply Int_ge0; intro) | solve [ eauto 2 with nonneg nocore ] ].
