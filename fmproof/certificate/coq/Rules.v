(* Rules.v: one lemma a rule of the kernel, over the model. Everything here is proved. *)
From FMProof Require Import Measure Product Model.
Require Import Reals Lra List.
Set Warnings "-all".
From HB Require Import structures.
From mathcomp Require Import all_ssreflect ssralg ssrnum interval.
From mathcomp Require Import mathcomp_extra boolp classical_sets functions cardinality fsbigop reals ereal signed
  topology normedtype sequences measure lebesgue_measure numfun lebesgue_integral Rstruct.
Set Implicit Arguments. Unset Strict Implicit.
Local Open Scope R_scope.
Local Notation "x * y" := (Rdefinitions.Rmult x y) : R_scope.
Local Notation "x + y" := (Rdefinitions.Rplus x y) : R_scope.
Local Notation "x - y" := (Rdefinitions.Rminus x y) : R_scope.
Local Notation "x <= y" := (Rdefinitions.Rle x y) : R_scope.
Local Notation "0" := (IZR BinNums.Z0) : R_scope.
Local Notation "1" := (IZR (BinNums.Zpos BinNums.xH)) : R_scope.
Local Notation "2" := (IZR (BinNums.Zpos (BinNums.xO BinNums.xH))) : R_scope.

Lemma Meas_after (A B : space) (g : A -> B) (f : B -> R) :
  Meas B f -> MeasP A B g -> Meas A (fun a => f (g a)).
Proof. by move=> mf mg; exact: (@measurable_fun_comp _ _ _ _ _ _ (f : B -> RT) setT g mf mg). Qed.

(* ---- congruence under an integral ---- *)
Lemma Int_ext (S : space) (f g : S -> R) : (forall w, f w = g w) -> Int S f = Int S g.
Proof. by move=> /funext ->. Qed.

(* ---- linearity ---- *)
Lemma Int_0 (S : space) : Int S (fun=> 0) = 0.
Proof.
transitivity (Int S (fun=> 0 * 0)); first by apply: Int_ext => w; rewrite Rmult_0_l.
by rewrite (Int_scale_Integrable S 0 (fun=> 0) (Integrable_0 S)) Rmult_0_l.
Qed.
Lemma Int_scale (S : space) (k : R) (f : S -> R) : Int S (fun w => k * f w) = k * Int S f.
Proof.
case: (Req_EM_T k 0) => [->|k0].
  rewrite Rmult_0_l (@Int_ext _ _ (fun=> 0)); last by move=> w; rewrite Rmult_0_l.
  exact: Int_0.
case: (pselect (Integrable S f)) => [i|ni]; first exact: Int_scale_Integrable.
rewrite (Int_out _ _ ni) Rmult_0_r Int_out// => i; apply: ni.
apply: (Integrable_ext _ (Integrable_scale S (/ k) _ i)) => w /=.
by rewrite -Rmult_assoc Rinv_l// Rmult_1_l.
Qed.

Fixpoint combination (S : Type) (l : list (R * (S -> R))) (w : S) : R :=
  match l with nil => 0 | cons (c, f) l => c * f w + combination l w end.
Fixpoint integrals (S : space) (l : list (R * (S -> R))) : R :=
  match l with nil => 0 | cons (c, f) l => c * Int S f + integrals l end.
Fixpoint all_integrable (S : space) (l : list (R * (S -> R))) : Prop :=
  match l with nil => True | cons (_, f) l => Integrable S f /\ all_integrable l end.

Lemma linearity (S : space) (l : list (R * (S -> R))) : all_integrable l ->
  Integrable S (combination l) /\ Int S (combination l) = integrals l.
Proof.
elim: l => [_|[c f] l ih [i il]] /=.
  split; first exact: Integrable_0.
  exact: Int_0.
have [j e] := ih il; have k := Integrable_scale S c _ i.
split; first exact: (Integrable_add S _ _ k j).
by rewrite (Int_add S _ _ k j) Int_scale e.
Qed.

Lemma Integrable_combination (S : space) (f : S -> R) (l : list (R * (S -> R))) : all_integrable l ->
  (forall w, f w = combination l w) -> Integrable S f.
Proof. by move=> i e; have [j _] := linearity i; apply: (Integrable_ext _ j) => w; rewrite e. Qed.

(* ---- inner products with an integral ---- *)
Lemma inner_of_integral d (S : space) (k : R) (a : vec d) (f : S -> vec d) :
  VIntegrable S (fun w => vscal k (f w)) -> k * ip a (VInt S f) = Int S (fun w => k * ip a (f w)).
Proof.
rewrite Int_scale; case: (Req_EM_T k 0) => [->|k0]; first by rewrite !Rmult_0_l.
move=> h; congr (_ * _); apply: (ip_VInt a _).2 => i.
apply: (Integrable_ext _ (Integrable_scale S (/ k) _ (h i))) => w /=.
by rewrite /vscal -Rmult_assoc Rinv_l// Rmult_1_l.
Qed.

(* ---- the order of integration ---- *)
Lemma renaming_right_factor (A B C : space) (phi : B -> C) psi : renaming phi psi ->
  @renaming (A ⊗ B) (A ⊗ C) (fun w => (fst w, phi (snd w))) (fun w => (fst w, psi (snd w))).
Proof.
move=> r; exact: (renaming_trans (renaming_trans (renaming_swap A B) (renaming_left_factor A r)) (renaming_swap C A)).
Qed.

Lemma swap_last (A B C : space) : @renaming (A ⊗ B ⊗ C) (A ⊗ C ⊗ B)
  (fun w => (fst (fst w), snd w, snd (fst w))) (fun w => (fst (fst w), snd w, snd (fst w))).
Proof.
exact: (renaming_trans (renaming_trans (renaming_assoc A B C) (renaming_right_factor A (renaming_swap B C)))
  (renaming_sym (renaming_assoc A C B))).
Qed.

Lemma sections2 (A B C : space) (f : A -> B -> C -> R) :
  Integrable (A ⊗ B ⊗ C) (fun w => f (fst (fst w)) (snd (fst w)) (snd w)) ->
  ae A (fun a => Integrable (B ⊗ C) (fun w => f a (fst w) (snd w))).
Proof.
move=> i; have j := Integrable_renaming (renaming_sym (renaming_assoc A B C)) i.
exact: (Integrable_section j).
Qed.

(* ---- domination ---- *)
Lemma Rabs_mult2 (w a b : R) : Rabs (w * a) + Rabs (w * b) = Rabs w * (Rabs a + Rabs b).
Proof. rewrite !Rabs_mult; ring. Qed.

Lemma Integrable_abs (S : space) (f : S -> R) : Integrable S f -> Integrable S (fun w => Rabs (f w)).
Proof. by move=> i; exact: (integrable_abse measurableT i). Qed.

Lemma ip_expand d (a b : vec d) : ip (vadd a b) (vadd a b) = ip a a + 2 * ip a b + ip b b.
Proof.
rewrite ip_add_l (ip_sym a) (ip_sym b) !ip_add_l (ip_sym b a).
set x := ip a a; set y := ip a b; set z := ip b b; change (Rdefinitions.Rplus) with Rplus; ring.
Qed.
Lemma ip_young d (a b : vec d) : 2 * Rabs (ip a b) <= ip a a + ip b b.
Proof.
have h1 := ip_ge0 (vadd a b); rewrite ip_expand in h1.
have h2 := ip_ge0 (vadd a (vscal (-1) b)).
rewrite ip_expand in h2.
rewrite (ip_sym a (vscal _ _)) !ip_scal_l (ip_sym b (vscal _ _)) ip_scal_l (ip_sym b a) in h2.
by rewrite /Rabs; case: Rcase_abs => _; lra.
Qed.

Lemma cauchy_schwarz d (S : space) (w : S -> R) (a b : S -> vec d) : Meas S (fun s => w s * ip (a s) (b s)) ->
  Integrable S (fun s => w s * ip (a s) (a s)) -> Integrable S (fun s => w s * ip (b s) (b s)) ->
  Integrable S (fun s => w s * ip (a s) (b s)).
Proof.
move=> m ia ib; have i := Integrable_add S _ _ (Integrable_abs ia) (Integrable_abs ib).
apply: (Integrable_le S _ _ m _ i) => s /=.
rewrite Rabs_mult2 Rabs_mult; apply: Rmult_le_compat_l; first exact: Rabs_pos.
have := ip_young (a s) (b s); have := ip_ge0 (a s); have := ip_ge0 (b s).
move=> h1 h2 h3; rewrite (Rabs_pos_eq _ h1) (Rabs_pos_eq _ h2); have := Rabs_pos (ip (a s) (b s)); lra.
Qed.

Lemma parallelogram d (S : space) (w : S -> R) (a b : S -> vec d) :
  Meas S (fun s => w s * ip (vadd (a s) (b s)) (vadd (a s) (b s))) ->
  Integrable S (fun s => w s * ip (a s) (a s)) -> Integrable S (fun s => w s * ip (b s) (b s)) ->
  Integrable S (fun s => w s * ip (vadd (a s) (b s)) (vadd (a s) (b s))).
Proof.
move=> m ia ib; have i := Integrable_scale S 2 _ (Integrable_add S _ _ (Integrable_abs ia) (Integrable_abs ib)).
apply: (Integrable_le S _ _ m _ i) => s /=.
rewrite Rabs_mult2 Rabs_mult -Rmult_assoc (Rmult_comm 2) Rmult_assoc; apply: Rmult_le_compat_l; first exact: Rabs_pos.
have h0 := ip_ge0 (vadd (a s) (b s)); rewrite (Rabs_pos_eq _ h0) ip_expand.
have h3 := ip_young (a s) (b s); have h1 := ip_ge0 (a s); have h2 := ip_ge0 (b s).
rewrite (Rabs_pos_eq _ h1) (Rabs_pos_eq _ h2); have := Rle_abs (ip (a s) (b s)); lra.
Qed.

Lemma square_integrable d (S : space) (w : S -> R) (f : S -> vec d) : VMeas S (fun s => vscal (w s) (f s)) ->
  Integrable S (fun s => w s * ip (f s) (f s)) -> Integrable S w -> VIntegrable S (fun s => vscal (w s) (f s)).
Proof.
move=> m i1 i2 i; have i3 := Integrable_add S _ _ (Integrable_abs i2) (Integrable_abs i1).
apply: (Integrable_le S _ _ (m i) _ i3) => s /=; rewrite /vscal.
rewrite !Rabs_mult (Rabs_pos_eq (ip _ _)); last exact: ip_ge0.
have h := ip_young (f s) (fun j => if j == i then 1 else 0).
rewrite !ip_basis eqxx in h.
have := Rabs_pos (w s) => hw; have hp := ip_ge0 (f s).
have h' : Rabs (f s i) <= 1 + ip (f s) (f s) by lra.
by have := Rmult_le_compat_l _ _ _ hw h'; lra.
Qed.

Lemma ratio_0 a : ratio a 0 = 0.
Proof. by rewrite /ratio; case: Req_EM_T. Qed.
Lemma cancel (a b : R) : (b = 0 -> a = 0) -> b * ratio a b = a.
Proof.
rewrite /ratio; case: Req_EM_T => [e h|n _] /=; first by rewrite h// Rmult_0_r.
by field.
Qed.
Lemma cancelled_ratio (S : space) (a b f : S -> R) : Meas S (fun s => b s * ratio (a s) (b s) * f s) ->
  Integrable S (fun s => a s * f s) -> Integrable S (fun s => b s * ratio (a s) (b s) * f s).
Proof.
move=> m i; apply: (Integrable_le S _ _ m _ (Integrable_abs i)) => s /=.
rewrite /ratio; case: Req_EM_T => [e|n] /=.
  by rewrite Rmult_0_r Rmult_0_l Rabs_R0; exact: Rabs_pos.
have -> : b s * (a s / b s) * f s = a s * f s by field.
exact: Rle_refl.
Qed.

(* ---- densities ---- *)
Record Density (S : space) (p : S -> R) : Prop := {
  density_ge0 : forall s, 0 <= p s;
  density_integrable : Integrable S p;
  density_one : Int S p = 1 }.
Arguments Density : clear implicits.

(* One more draw keeps a law integrable. *)
Lemma law_cons (S X : space) (D : S -> R) (p : S -> X -> R) :
  Meas (S ⊗ X) (fun w => D (fst w) * p (fst w) (snd w)) -> (forall s, 0 <= D s) -> Integrable S D ->
  (forall s, Density X (p s)) -> Integrable (S ⊗ X) (fun w => D (fst w) * p (fst w) (snd w)).
Proof.
move=> m D0 i h; apply: Integrable_product => //=.
  by apply: ae_all => s; apply: Integrable_scale; exact: density_integrable (h s).
apply: (Integrable_ext _ i) => s.
rewrite (@Int_ext _ _ (fun x => D s * p s x)).
  by rewrite Int_scale (density_one (h s)) Rmult_1_r.
by move=> x; rewrite Rabs_pos_eq//; apply: Rmult_le_pos => //; exact: density_ge0 (h s) x.
Qed.

Section marginals.
(* m is the marginal of j: the integral over Z. Where j is not integrable over Z is a null set. *)
Variables (S Z : space) (j : S -> Z -> R).
Hypothesis j_meas : Meas (S ⊗ Z) (fun w => j (fst w) (snd w)).
Hypothesis j_ge0 : forall s z, 0 <= j s z.
Hypothesis j_finite : ae S (fun s => Integrable Z (j s)).
Let m s := Int Z (j s).

Lemma marginal_ge0 s : 0 <= m s.
Proof. exact: Int_ge0. Qed.

Lemma marginal_meas : Meas S m.
Proof. exact: Meas_Int. Qed.

Lemma marginal_null s : Integrable Z (j s) -> m s = 0 -> ae Z (fun z => j s z = 0).
Proof.
move=> i e.
have h : (\int[reference Z]_z `|(j s z : RT)%:E| = 0)%E.
  have -> : (\int[reference Z]_z `|(j s z : RT)%:E| = \int[reference Z]_z (j s z : RT)%:E)%E.
    by apply: eq_integral => z _; rewrite gee0_abs// lee_fin; apply/RlebP; exact: j_ge0.
  by rewrite -(IntE Z _ i); have -> : Int Z (j s) = 0 by exact: e.
have := (ae_eq_integral_abs (reference Z) measurableT i.1).1 h.
by apply: ae_mono => z /(_ Logic.I) /= [].
Qed.

Lemma support_of_marginal : ae (S ⊗ Z) (fun w => m (fst w) = 0 -> j (fst w) (snd w) = 0).
Proof.
apply: ae_product_measurable.
  have -> : [set w : S ⊗ Z | m (fst w) = 0 -> j (fst w) (snd w) = 0]%classic =
     (~` [set w : S ⊗ Z | m (fst w) = 0] `|` [set w : S ⊗ Z | j (fst w) (snd w) = 0])%classic.
    apply/seteqP; split => w /=; last by case.
    by move=> h; case: (pselect (m (fst w) = 0)) => [/h|]; [right | left].
  apply: measurableU; last exact: (@measurable_zero (S ⊗ Z)).
  apply: measurableC; apply: (@measurable_zero (S ⊗ Z) (fun w => m (fst w))).
  exact: (Meas_after marginal_meas (@MeasP_fst S Z)).
apply: ae_mono (j_finite) => s i; case: (pselect (m s = 0)) => [e|n].
  by apply: ae_mono ((marginal_null i e)) => z ->.
by apply: ae_all => z /n.
Qed.

(* f times the marginal is integrable when f times the joint is, and conversely. *)
Lemma marginal_integrable (f : S -> R) : Meas S f ->
  Integrable S (fun s => m s * f s) -> Integrable (S ⊗ Z) (fun w => j (fst w) (snd w) * f (fst w)).
Proof.
move=> mf i; apply: Integrable_product.
- by apply: Meas_mul => //; exact: (Meas_after mf (@MeasP_fst S Z)).
- apply: ae_mono (j_finite) => s is_ /=.
  by apply: (Integrable_ext _ (Integrable_scale Z (f s) _ is_)) => z; rewrite Rmult_comm.
apply: (Integrable_ext _ (Integrable_abs i)) => s /=.
rewrite (@Int_ext _ _ (fun z => Rabs (f s) * j s z)).
  by rewrite Int_scale Rabs_mult (Rabs_pos_eq _ (marginal_ge0 s)) Rmult_comm.
by move=> z; rewrite Rabs_mult (Rabs_pos_eq _ (j_ge0 s z)) Rmult_comm.
Qed.

Lemma marginal_integrable_back (f : S -> R) :
  Integrable (S ⊗ Z) (fun w => j (fst w) (snd w) * f (fst w)) -> Integrable S (fun s => m s * f s).
Proof.
move=> i; apply: (Integrable_ext _ (Integrable_Int i)) => s /=.
rewrite (@Int_ext _ _ (fun z => f s * j s z)); last by move=> z; rewrite Rmult_comm.
by rewrite Int_scale Rmult_comm.
Qed.

Lemma marginal_draw (f : S -> R) : Meas S f ->
  Int S (fun s => m s * f s) = Int (S ⊗ Z) (fun w => j (fst w) (snd w) * f (fst w)).
Proof.
move=> mf; case: (pselect (Integrable S (fun s => m s * f s))) => [i|ni].
  rewrite (Int_product (marginal_integrable mf i)); apply: Int_ext => s /=.
  rewrite (@Int_ext _ _ (fun z => f s * j s z)); last by move=> z; rewrite Rmult_comm.
  by rewrite Int_scale Rmult_comm.
by rewrite !Int_out// => i; apply: ni; exact: marginal_integrable_back.
Qed.

(* Jensen: the square of the average is at most the average of the square. *)
Lemma jensen_pointwise d (f : Z -> vec d) s : Integrable Z (j s) -> VMeas Z f ->
  Integrable Z (fun z => j s z * ip (f z) (f z)) ->
  let u := VInt Z (fun z => vscal (ratio (j s z) (m s)) (f z)) in
  m s * ip u u <= Int Z (fun z => j s z * ip (f z) (f z)).
Proof.
move=> i mf i2 u.
have R0 : 0 <= Int Z (fun z => j s z * ip (f z) (f z)).
  by apply: Int_ge0 => z; apply: Rmult_le_pos => //; exact: ip_ge0.
case: (Req_EM_T (m s) 0) => [->|m0]; first by rewrite Rmult_0_l.
have mj : Meas Z (j s) by exact: Integrable_Meas i.
have iv : VIntegrable Z (fun z => vscal (j s z) (f z)).
  by apply: square_integrable => //; apply: VMeas_scal.
have iw : VIntegrable Z (fun z => vscal (ratio (j s z) (m s)) (f z)).
  move=> k; apply: (Integrable_ext _ (Integrable_scale Z (/ m s) _ (iv k))) => z /=.
  by rewrite /vscal /ratio; case: Req_EM_T => // _ /=; field.
have [ij e] := ip_VInt u iw.
have e2 : m s * ip u u = Int Z (fun z => j s z * ip u (f z)).
  rewrite {2}/u e -Int_scale; apply: Int_ext => z.
  rewrite ip_sym ip_scal_l (ip_sym (f z)) /ratio; case: Req_EM_T => // _ /=.
  by field.
have i3 : Integrable Z (fun z => j s z * ip u (f z)).
  apply: (Integrable_ext _ (Integrable_scale Z (m s) _ ij)) => z /=.
  rewrite ip_sym ip_scal_l (ip_sym (f z)) /ratio; case: Req_EM_T => // _ /=.
  by field.
pose l := cons (/ 2, fun z => j s z * ip (f z) (f z)) (cons (/ 2 * ip u u, j s) (cons (- (1), fun z => j s z * ip u (f z)) nil)).
have al : all_integrable l by [].
have [_ el] := linearity al.
have pos : 0 <= Int Z (combination l).
  apply: Int_ge0 => z /=.
  have y := ip_young u (f z); have a := Rle_abs (ip u (f z)); have jz := j_ge0 s z.
  have h : 0 <= / 2 * ip (f z) (f z) + / 2 * ip u u - ip u (f z) by lra.
  by have := Rmult_le_pos _ _ jz h; lra.
rewrite el /= -e2 in pos; rewrite -/(m s) in pos; lra.
Qed.

Lemma jensen d (w : S -> R) (f : S -> Z -> vec d) : Meas S w -> VMeas (S ⊗ Z) (fun x => f (fst x) (snd x)) ->
  Integrable (S ⊗ Z) (fun x => w (fst x) * (j (fst x) (snd x) * ip (f (fst x) (snd x)) (f (fst x) (snd x)))) ->
  Integrable S (fun s => w s * (m s *
    ip (VInt Z (fun z => vscal (ratio (j s z) (m s)) (f s z))) (VInt Z (fun z => vscal (ratio (j s z) (m s)) (f s z))))).
Proof.
move=> mw mf i.
set u := fun s => VInt Z (fun z => vscal (ratio (j s z) (m s)) (f s z)).
have mm : Meas (S ⊗ Z) (fun x => m (fst x)) by exact: (Meas_after marginal_meas (@MeasP_fst S Z)).
have mu : VMeas S u.
  by apply: VMeas_VInt; apply: VMeas_scal => //; apply: Meas_ratio.
have ms : Meas S (fun s => w s * (m s * ip (u s) (u s))).
  by apply: Meas_mul => //; apply: Meas_mul; [exact: marginal_meas | exact: Meas_ip].
have ia := Integrable_Int (Integrable_abs i).
pose g s := Int Z (fun z => Rabs (w s * (j s z * ip (f s z) (f s z)))).
pose h s := w s * (m s * ip (u s) (u s)).
(* outside a null set the left side is at most the integral over z *)
have le : ae S (fun s => Rabs (h s) <= g s).
  apply: ae_mono ((ae_and S _ _ j_finite (Integrable_section i))) => s [i1 i2].
  case: (Req_EM_T (w s) 0) => [e|w0].
    by rewrite /h e Rmult_0_l Rabs_R0; apply: Int_ge0 => z; exact: Rabs_pos.
  have i3 : Integrable Z (fun z => j s z * ip (f s z) (f s z)).
    apply: (Integrable_ext _ (Integrable_scale Z (/ w s) _ i2)) => z /=.
    by rewrite -Rmult_assoc Rinv_l// Rmult_1_l.
  have mfs : VMeas Z (f s) by move=> k; exact: (@Meas_section S Z (fun x => f (fst x) (snd x) k) s (mf k)).
  have p := jensen_pointwise i1 mfs i3.
  rewrite /g (@Int_ext _ _ (fun z => Rabs (w s) * (j s z * ip (f s z) (f s z)))).
    rewrite Int_scale /h Rabs_mult; apply: Rmult_le_compat_l; first exact: Rabs_pos.
    rewrite Rabs_pos_eq//; apply: Rmult_le_pos; [exact: marginal_ge0 | exact: ip_ge0].
  move=> z; rewrite Rabs_mult (Rabs_pos_eq (_ * _))//; apply: Rmult_le_pos => //; exact: ip_ge0.
have mh : Meas S (fun s => Rabs (h s)) by exact: Meas_abs.
have mg : Meas S g by exact: Integrable_Meas ia.
pose k s := / 2 * (Rabs (h s) + g s - Rabs (Rabs (h s) - g s)).
have kE s : k s = Rmin (Rabs (h s)) (g s).
  rewrite /k /Rmin; case: Rle_dec => r; first by rewrite (Rabs_left1 (Rabs (h s) - g s)); lra.
  by rewrite (Rabs_pos_eq (Rabs (h s) - g s)); lra.
have mk : Meas S k.
  apply: Meas_mul; first exact: Meas_const.
  by apply: Meas_sub; [exact: Meas_add | apply: Meas_abs; exact: Meas_sub].
have g0 s : 0 <= g s by apply: Int_ge0 => z; exact: Rabs_pos.
have ik : Integrable S k.
  apply: (Integrable_le S _ g mk _ ia) => s; rewrite kE (Rabs_pos_eq (Rmin _ _)); first exact: Rmin_r.
  by apply: Rmin_glb => //; exact: Rabs_pos.
have iah : Integrable S (fun s => Rabs (h s)).
  apply: (Integrable_ae S k _ mh _ ik); apply: ae_mono (le) => s l.
  by rewrite kE Rmin_left.
by apply: (Integrable_le S h _ ms _ iah) => s; exact: Rle_refl.
Qed.
End marginals.

Lemma cancelled_ratio_vector d (S : space) (a b : S -> R) (f : S -> vec d) :
  VMeas S (fun s => vscal (b s * ratio (a s) (b s)) (f s)) ->
  VIntegrable S (fun s => vscal (a s) (f s)) -> VIntegrable S (fun s => vscal (b s * ratio (a s) (b s)) (f s)).
Proof. by move=> m h i; apply: cancelled_ratio; [exact: m | exact: h]. Qed.
