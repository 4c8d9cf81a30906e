(* Product.v: products of spaces. Tonelli, Fubini, null sets, and the order of the factors. *)
From FMProof Require Import Measure.
Require Import Reals.
Set Warnings "-all".
From HB Require Import structures.
From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp Require Import mathcomp_extra boolp classical_sets functions cardinality fsbigop reals ereal signed
  topology normedtype sequences measure lebesgue_measure numfun lebesgue_integral Rstruct.
Import GRing.Theory Num.Theory Order.TTheory.
Set Implicit Arguments. Unset Strict Implicit.
Local Open Scope classical_set_scope. Local Open Scope ring_scope. Local Open Scope ereal_scope.

Lemma Meas_abse (A : space) (f : A -> \bar RT) : measurable_fun setT f -> measurable_fun setT (abse \o f).
Proof. by move=> mf; apply: measurable_fun_comp => //; exact: measurable_fun_abse. Qed.

Section product_laws.
Variables A B : space.
Notation mA := (reference A).
Notation mB := (reference B).
Notation sA := (sigma_finite_reference A).
Notation sB := (sigma_finite_reference B).
Implicit Types (f : A * B -> R) (P : A * B -> Prop).

Lemma Meas_section f a : Meas (A ⊗ B) f -> Meas B (fun b => f (a, b)).
Proof. by move=> mf; apply: (measurable_fun_prod1 (f := f : _ -> RT)). Qed.

Lemma Integrable_section f : Integrable (A ⊗ B) f -> ae A (fun a => Integrable B (fun b => f (a, b))).
Proof. by move=> i; have := ae_integrable1 i.1 i. Qed.

Lemma Meas_Int (f : A -> B -> R) :
  Meas (A ⊗ B) (fun w => f w.1 w.2) -> Meas A (fun a => Int B (f a)).
Proof.
move=> /Meas_EFin mf.
pose g := fun w : A * B => (f w.1 w.2 : RT)%:E.
pose S := fubini_F mB (abse \o g).
pose U := fubini_F mB g^\+.
pose L := fubini_F mB g^\-.
have mg : measurable_fun setT g by [].
have mS : measurable_fun setT S.
  exact: (measurable_fun_fubini_tonelli_F sB _ (@Meas_abse (A ⊗ B) g mg) (fun=> abse_ge0 _)).
have mU : measurable_fun setT U.
  exact: (measurable_fun_fubini_tonelli_F sB _ (@emeasurable_fun_funepos _ (A ⊗ B) _ _ g mg) (fun=> funepos_ge0 _ _)).
have mL : measurable_fun setT L.
  exact: (measurable_fun_fubini_tonelli_F sB _ (@emeasurable_fun_funeneg _ (A ⊗ B) _ _ g mg) (fun=> funeneg_ge0 _ _)).
have E a : Int B (f a) = (if S a < +oo then fine (U a - L a) else 0%R) :> RT.
  have ms : measurable_fun setT (fun b => (f a b : RT)%:E).
    by apply: (measurable_fun_prod1 (f := g)).
  rewrite /Int; case: asboolP => [[_ i]|ni].
    by rewrite /S /fubini_F i integralE.
  case: ifPn => // i; exfalso; apply: ni; split => //.
rewrite /Meas; apply: (@measurable_fun_ext _ _ _ _ _ (fun a => if S a < +oo then fine (U a - L a) else 0%R)).
  by move=> a _; rewrite E.
apply: (@measurable_fun_ifT _ _ _ _ (fun a => fine (U a - L a)) (fun=> 0%R) (fun a => S a < +oo)).
- apply: (@emeasurable_fun_bool _ _ _ _ true) => //.
  rewrite (_ : _ @^-1` _ = setT `&` [set a | S a < +oo]); last by rewrite setTI; apply/seteqP; split => a.
  exact: emeasurable_fun_infty_o.
- apply: (@measurable_fun_comp _ _ _ _ _ _ fine setT) => //; first exact: measurable_fun_fine.
  exact: emeasurable_funB.
- exact: measurable_fun_cst.
Qed.

Lemma Integrable_Int f : Integrable (A ⊗ B) f ->
  Integrable A (fun a => Int B (fun b => f (a, b))).
Proof.
move=> i; split.
  apply/Meas_EFin; apply: (@Meas_Int (fun a b => f (a, b))).
  have -> : (fun w => f (w.1, w.2)) = f by apply/funext => -[].
  exact: Integrable_Meas i.
have oo := (@fubini1a _ _ _ _ _ mA mB sB _ i.1).1 i.
apply: le_lt_trans oo; apply: ge0_le_integral => //.
- apply: measurable_fun_comp => //; apply/Meas_EFin; apply: (@Meas_Int (fun a b => f (a, b))).
  have -> : (fun w => f (w.1, w.2)) = f by apply/funext => -[].
  exact: Integrable_Meas i.
- by move=> a _; apply: integral_ge0.
- exact: (measurable_fun_fubini_tonelli_F sB _ (@Meas_abse (A ⊗ B) _ i.1) (fun=> abse_ge0 _)).
- move=> a _; rewrite /Int; case: asboolP => [ia|_]; last by rewrite abse0; apply: integral_ge0.
  by rewrite fineK ?integral_fune_fin_num//; apply: le_abse_integral => //; exact: ia.1.
Qed.

Lemma Int_product f : Integrable (A ⊗ B) f ->
  Int (A ⊗ B) f = Int A (fun a => Int B (fun b => f (a, b))).
Proof.
move=> i; rewrite !IntE'//; last exact: Integrable_Int.
congr fine.
rewrite -(@fubini1 _ _ _ _ _ mA mB sB _ i.1 i).
have a1 := Integrable_section i.
apply: ae_eq_integral => //.
- have [F1 F2] := Integrable_Int i. 
  apply: (measurable_fubini_F sB i.1).
- exact: (Integrable_Int i).1.
- by apply: ae_mono a1 => a ia _; rewrite /fubini_F IntE.
Qed.

Lemma Integrable_product f : Meas (A ⊗ B) f ->
  ae A (fun a => Integrable B (fun b => f (a, b))) ->
  Integrable A (fun a => Int B (fun b => Rbasic_fun.Rabs (f (a, b)))) -> Integrable (A ⊗ B) f.
Proof.
move=> mf af ii; have /Meas_EFin mf' := mf.
apply: (@fubini1a _ _ _ _ _ mA mB sB _ mf').2.
have oo := ii.2; apply: le_lt_trans oo.
have mF : measurable_fun setT (fun a => \int[mB]_b `|(f (a, b) : RT)%:E|).
  exact: (measurable_fun_fubini_tonelli_F sB _ (@Meas_abse (A ⊗ B) _ mf') (fun=> abse_ge0 _)).
rewrite (@ae_eq_integral _ _ _ mA setT (fun a => `|(Int B (fun b => Rbasic_fun.Rabs (f (a, b))) : RT)%:E|) (fun a => \int[mB]_b `|(f (a, b) : RT)%:E|))//.
- by apply: measurable_fun_comp => //; exact: ii.1.
- apply: ae_mono af => a ia _.
  have iabs : Integrable B (fun b => Rbasic_fun.Rabs (f (a, b))).
    exact: (integrable_abse measurableT ia).
  rewrite IntE// gee0_abs; first by [].
  by apply: integral_ge0 => b _; rewrite lee_fin; exact: (@normr_ge0 _ RT (f (a, b))).

Qed.

Lemma ae_product P : ae (A ⊗ B) P -> ae A (fun a => ae B (fun b => P (a, b))).
Proof.
move=> [N [mN N0 sN]].
have mx : measurable_fun setT (mB \o xsection N).
  exact: (measurable_fun_xsection sB (mem_set mN)).
have h : ae_eq mA setT (mB \o xsection N) (cst 0).
  apply: (ae_eq_integral_abs mA measurableT mx).1.
  rewrite -N0; apply: eq_integral => a _; rewrite gee0_abs//.
apply: ae_mono h => a /(_ Logic.I) /= h; exists (xsection N a); split => //.
  exact: (@measurable_xsection _ _ _ _ RT).
by move=> b nP; rewrite /xsection/= inE; apply: sN.
Qed.

Lemma ae_product_measurable P : measurable [set w | P w] ->
  ae A (fun a => ae B (fun b => P (a, b))) -> ae (A ⊗ B) P.
Proof.
move=> mP h.
have mN : measurable (~` [set w | P w]) by exact: measurableC.
exists (~` [set w | P w]); split => //.
have mx : measurable_fun setT (mB \o xsection (~` [set w | P w])).
  exact: (measurable_fun_xsection sB (mem_set mN)).
rewrite /= /product_measure1.
transitivity (\int[mA]_a `|(mB \o xsection (~` [set w | P w])) a|).
  by apply: eq_integral => a _; rewrite gee0_abs.
apply: (ae_eq_integral_abs mA measurableT mx).2.
apply: ae_mono h => a [M [mM M0 sM]] _ /=.
apply: measure_negligible; first exact: (@measurable_xsection _ _ _ _ RT).
exists M; split => // b; rewrite /xsection/= inE => nP; exact: sM.
Qed.
End product_laws.

(* A renaming of points that keeps the measure, with its inverse. *)
Record renaming (A B : space) (phi : A -> B) (psi : B -> A) : Prop := Renaming {
  renaming_meas : MeasP A B phi;
  renaming_back : MeasP B A psi;
  renaming_left : forall a, psi (phi a) = a;
  renaming_right : forall b, phi (psi b) = b;
  renaming_measure : forall N, measurable N -> reference A (phi @^-1` N) = reference B N }.

Section renamings.
Variables (A B : space) (phi : A -> B) (psi : B -> A).
Hypothesis r : renaming phi psi.

Lemma renaming_sym : renaming psi phi.
Proof.
case: r => m1 m2 l rr mu; split => // N mN.
rewrite -mu; last by rewrite -(setTI (_ @^-1` _)); exact: m2.
by congr (reference A _); apply/seteqP; split => a /=; rewrite l.
Qed.

Lemma Meas_renaming f : Meas B f -> Meas A (fun a => f (phi a)).
Proof. by case: r => m1 *; apply: (@measurable_fun_comp _ _ _ _ _ _ (f : _ -> RT) setT). Qed.

Lemma ge0_renaming (f : B -> \bar RT) : measurable_fun setT f -> (forall b, 0 <= f b) ->
  \int[reference A]_a f (phi a) = \int[reference B]_b f b.
Proof.
move=> mf f0; case: r => m1 m2 l rr mu.
rewrite -(integral_pushforward m1 (reference A) mf) //.
apply: eq_measure_integral => N mN _; exact: mu.
Qed.

Lemma Integrable_renaming f : Integrable B f -> Integrable A (fun a => f (phi a)).
Proof.
move=> [mf oo]; split; first by apply/Meas_EFin; apply: Meas_renaming; apply/Meas_EFin.
rewrite (@ge0_renaming (fun b => `|(f b : RT)%:E|))//; exact: measurable_fun_comp.
Qed.

Lemma ae_renaming (P : B -> Prop) : ae B P -> ae A (fun a => P (phi a)).
Proof.
move=> [N [mN N0 sN]]; case: r => m1 m2 l rr mu; exists (phi @^-1` N); split => //.
- by rewrite -(setTI (_ @^-1` _)); exact: m1.
- by rewrite mu.
- by move=> a nP; exact: sN.
Qed.
End renamings.

Lemma Int_renaming (A B : space) (phi : A -> B) psi (f : B -> R) : renaming phi psi ->
  Int A (fun a => f (phi a)) = Int B f.
Proof.
move=> r; have [i|ni] := pselect (Integrable B f).
  rewrite !IntE'//; last exact: Integrable_renaming r _ i.
  congr fine; rewrite [LHS]integralE [RHS]integralE; congr (_ - _).
    rewrite -(ge0_renaming r (f := (fun b => (f b : RT)%:E)^\+))//.
    by apply: emeasurable_fun_funepos => //; exact: i.1.
  rewrite -(ge0_renaming r (f := (fun b => (f b : RT)%:E)^\-))//.
  by apply: emeasurable_fun_funeneg => //; exact: i.1.
rewrite !Int_out// => i; apply: ni.
have := Integrable_renaming (renaming_sym r) i.
by congr Integrable; apply/funext => b; rewrite (renaming_right r).
Qed.

Lemma renaming_id (A : space) : renaming (fun a : A => a) (fun a => a).
Proof. by split => //; exact: measurable_fun_id. Qed.

Lemma renaming_trans (A B C : space) (f : A -> B) f' (g : B -> C) g' :
  renaming f f' -> renaming g g' -> renaming (fun a => g (f a)) (fun c => f' (g' c)).
Proof.
move=> [m1 m2 l r mu] [n1 n2 k s nu]; split.
- exact: measurable_fun_comp.
- exact: measurable_fun_comp.
- by move=> a; rewrite k l.
- by move=> c; rewrite r s.
- move=> N mN; rewrite -nu// -mu//.
  by rewrite -(setTI (_ @^-1` _)); exact: n1.
Qed.

Lemma MeasP_fst (A B : space) : MeasP (A ⊗ B) A fst.
Proof. by have [] := (prod_measurable_funP (fun w : A * B => w)).1 (@measurable_fun_id _ _ _). Qed.
Lemma MeasP_snd (A B : space) : MeasP (A ⊗ B) B snd.
Proof. by have [] := (prod_measurable_funP (fun w : A * B => w)).1 (@measurable_fun_id _ _ _). Qed.
Lemma MeasP_pair (C A B : space) (f : C -> A) (g : C -> B) :
  MeasP C A f -> MeasP C B g -> MeasP C (A ⊗ B) (fun c => (f c, g c)).
Proof. by move=> mf mg; apply/prod_measurable_funP; split. Qed.
Lemma MeasP_comp (A B C : space) (g : B -> C) (f : A -> B) :
  MeasP B C g -> MeasP A B f -> MeasP A C (fun a => g (f a)).
Proof. by move=> mg mf; exact: measurable_fun_comp. Qed.

Lemma tonelli1 (A B : space) (f : A ⊗ B -> \bar RT) : measurable_fun setT f -> (forall w, 0 <= f w) ->
  \int[reference (A ⊗ B)]_w f w = \int[reference A]_a \int[reference B]_b f (a, b).
Proof. move=> mf f0; exact: (@fubini_tonelli1 _ _ _ _ _ (reference A) (reference B) (sigma_finite_reference B) f mf f0). Qed.

Lemma tonelli2 (A B : space) (f : A ⊗ B -> \bar RT) : measurable_fun setT f -> (forall w, 0 <= f w) ->
  \int[reference (A ⊗ B)]_w f w = \int[reference B]_b \int[reference A]_a f (a, b).
Proof.
move=> mf f0; exact: (@fubini_tonelli2 _ _ _ _ _ (reference A) (reference B)
  (sigma_finite_reference A) (sigma_finite_reference B) f mf f0).
Qed.

Lemma measurable_inner (A B : space) (f : A ⊗ B -> \bar RT) : measurable_fun setT f -> (forall w, 0 <= f w) ->
  measurable_fun setT ((fun a => \int[reference B]_b f (a, b)) : A -> \bar RT).
Proof. move=> mf f0; exact: (measurable_fun_fubini_tonelli_F (sigma_finite_reference B) f mf f0). Qed.

Definition mark (A : space) (N : set A) (a : A) : \bar RT := (\1_N a : RT)%:E.
Lemma mark_ge0 (A : space) (N : set A) a : 0 <= mark N a.
Proof. by rewrite /mark lee_fin; exact: ler0n. Qed.
Lemma mark_meas (A : space) (N : set A) : measurable N -> measurable_fun setT (mark N).
Proof. by move=> mN; apply/EFin_measurable_fun; exact: measurable_fun_indic. Qed.
Lemma mark_int (A : space) (N : set A) : measurable N -> \int[reference A]_a mark N a = reference A N.
Proof. by move=> mN; rewrite /mark integral_indic// setIT. Qed.

Lemma renaming_by_integral (A B : space) (phi : A -> B) psi : MeasP A B phi -> MeasP B A psi ->
  (forall a, psi (phi a) = a) -> (forall b, phi (psi b) = b) ->
  (forall N, measurable N -> \int[reference A]_a mark N (phi a) = \int[reference B]_b mark N b) ->
  renaming phi psi.
Proof.
move=> m1 m2 l r h; split => // N mN; have := h N mN; rewrite (mark_int mN) => <-.
rewrite -(@mark_int A)//; by rewrite -(setTI (_ @^-1` _)); exact: m1.
Qed.

Lemma MeasP_after (A B : space) (phi : A -> B) (f : B -> \bar RT) :
  MeasP A B phi -> measurable_fun setT f -> measurable_fun setT (fun a => f (phi a)).
Proof. by move=> m mf; exact: (measurable_fun_comp mf m). Qed.

(* Tonelli, for sets: the product measure does not depend on the order or the brackets. *)
Lemma renaming_swap (A B : space) :
  @renaming (A ⊗ B) (B ⊗ A) (fun w => (w.2, w.1)) (fun w => (w.2, w.1)).
Proof.
have m C D : MeasP (C ⊗ D) (D ⊗ C) (fun w => (w.2, w.1)).
  by apply: MeasP_pair; [exact: MeasP_snd | exact: MeasP_fst].
apply: renaming_by_integral => //; [by case | by case | move=> N mN].
rewrite (tonelli1 (mark_meas mN) (mark_ge0 N)).
by rewrite (tonelli2 (MeasP_after (m A B) (mark_meas mN)))// => w; exact: mark_ge0.
Qed.

Lemma renaming_assoc (A B C : space) :
  @renaming (A ⊗ B ⊗ C) (A ⊗ (B ⊗ C)) (fun w => (w.1.1, (w.1.2, w.2))) (fun w => (w.1, w.2.1, w.2.2)).
Proof.
have m1 : MeasP (A ⊗ B ⊗ C) (A ⊗ (B ⊗ C)) (fun w => (w.1.1, (w.1.2, w.2))).
  apply: MeasP_pair; first by apply: (@MeasP_comp _ (A ⊗ B)); [exact: MeasP_fst | exact: MeasP_fst].
  apply: MeasP_pair; last exact: MeasP_snd.
  by apply: (@MeasP_comp _ (A ⊗ B)); [exact: MeasP_snd | exact: MeasP_fst].
have m2 : MeasP (A ⊗ (B ⊗ C)) (A ⊗ B ⊗ C) (fun w => (w.1, w.2.1, w.2.2)).
  apply: MeasP_pair; last by apply: (@MeasP_comp _ (B ⊗ C)); [exact: MeasP_snd | exact: MeasP_snd].
  apply: MeasP_pair; first exact: MeasP_fst.
  by apply: (@MeasP_comp _ (B ⊗ C)); [exact: MeasP_fst | exact: MeasP_snd].
apply: renaming_by_integral => //; [by case=> -[] | by case=> ? [] | move=> N mN].
have mN' := MeasP_after m1 (mark_meas mN).
rewrite (tonelli1 mN')//; last by move=> w; exact: mark_ge0.
have mI := measurable_inner mN' (fun w => mark_ge0 N _).
rewrite (tonelli1 mI)//; last by move=> w; apply: integral_ge0 => c _; exact: mark_ge0.
rewrite (tonelli1 (mark_meas mN) (mark_ge0 N)).
apply: eq_integral => a _.
have mS : measurable_fun setT ((fun w => mark N (a, w)) : B ⊗ C -> \bar RT).
  apply: (MeasP_after (phi := fun w : B ⊗ C => ((a, w) : A ⊗ (B ⊗ C))) _ (mark_meas mN)).
  by apply: MeasP_pair; [exact: measurable_fun_cst | exact: measurable_fun_id].
by rewrite (tonelli1 mS)// => w; exact: mark_ge0.
Qed.

Lemma renaming_left_factor (A B C : space) (phi : A -> B) psi : renaming phi psi ->
  @renaming (A ⊗ C) (B ⊗ C) (fun w => (phi w.1, w.2)) (fun w => (psi w.1, w.2)).
Proof.
move=> r; have [m1 m2 l rr mu] := r.
have n1 : MeasP (A ⊗ C) (B ⊗ C) (fun w => (phi w.1, w.2)).
  by apply: MeasP_pair; [apply: (@MeasP_comp _ A) => //; exact: MeasP_fst | exact: MeasP_snd].
have n2 : MeasP (B ⊗ C) (A ⊗ C) (fun w => (psi w.1, w.2)).
  by apply: MeasP_pair; [apply: (@MeasP_comp _ B) => //; exact: MeasP_fst | exact: MeasP_snd].
apply: renaming_by_integral => //; [by case=> a c /=; rewrite l | by case=> b c /=; rewrite rr |].
move=> N mN.
rewrite (tonelli1 (MeasP_after n1 (mark_meas mN)))//; last by move=> w; exact: mark_ge0.
rewrite (tonelli1 (mark_meas mN) (mark_ge0 N)).
have mI := measurable_inner (mark_meas mN) (mark_ge0 N).
rewrite -(ge0_renaming r mI)//.
by move=> b; apply: integral_ge0 => c _; exact: mark_ge0.
Qed.
