(* Bayes.v: a conditional expectation is known by its averages. So it is linear, E[X|X] = X, and under a
   density it is an average over the posterior. Everything here is proved, from what Conditional.v assumes. *)
From FMProof Require Import Measure Product Model Rules Calculus Spaces Steps Vectors Conditional.
Require Import Reals Lra.
Set Warnings "-all".
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype bigop order ssralg ssrnum boolp classical_sets reals constructive_ereal measure lebesgue_measure lebesgue_integral Rstruct.
Import GRing.Theory Num.Theory.
Set Implicit Arguments. Unset Strict Implicit.
Open Scope R_scope.
Delimit Scope R_scope with real.

(* ---- integrals of what is nowhere negative ---- *)
Lemma zero_almost (S : space) (j : S -> R) : (forall s, 0 <= j s) -> Integrable S j -> Int S j = 0 ->
  ae S (fun s => j s = 0).
Proof. by move=> j0 i e; exact: (@marginal_null S S (fun _ => j) (fun _ => j0) point i e). Qed.

(* ---- beside a bounded vector ---- *)
Lemma ip_bounded d (S : space) (h F : S -> vec d) : VMeas S h -> (forall s, ip (h s) (h s) <= 1) ->
  VIntegrable S F -> Integrable S (fun s => ip (h s) (F s)).
Proof.
move=> mh h1 iF.
have mF : VMeas S F by move=> i; exact: Integrable_Meas (iF i).
have c1 s i : Rabs (h s i) <= 1.
  apply: (Rle_trans _ _ _ (coordinate_norm (h s) i)).
  by rewrite /norm -sqrt_1; apply: sqrt_le_1_alt.
have k : forall r : seq 'I_d, Integrable S (fun s => (\sum_(i <- r) (h s i : RT) * (F s i : RT))%R : R).
  elim=> [|i r ih].
    by apply: (Integrable_ext _ (Integrable_0 S)) => s; rewrite big_nil.
  have one : Integrable S (fun s => h s i * F s i).
    apply: (Integrable_le S _ _ (Meas_mul (mh i) (mF i)) _ (Integrable_abs (iF i))) => s.
    rewrite Rabs_mult -{2}(Rmult_1_l (Rabs (F s i))); apply: Rmult_le_compat_r; [exact: Rabs_pos | exact: c1].
  by apply: (Integrable_ext _ (Integrable_add S _ _ one ih)) => s; rewrite big_cons.
exact: k.
Qed.
Lemma weighted_bounded d (S : space) (p : S -> R) (h f : S -> vec d) : VMeas S h -> (forall s, ip (h s) (h s) <= 1) ->
  VIntegrable S (fun s => vscal (p s) (f s)) -> Integrable S (fun s => p s * ip (h s) (f s)).
Proof.
move=> mh h1 i; apply: (Integrable_ext _ (ip_bounded mh h1 i)) => s.
by rewrite ip_scal_r.
Qed.
Lemma ip_self_zero d (a : vec d) : ip a a = 0 -> a = vzero.
Proof.
move=> z; apply: vec_ext => i; have := coordinate_norm a i; rewrite /norm z sqrt_0 => b.
have c := Rabs_pos (a i); case: (Req_EM_T (a i) 0) => // /Rabs_no_R0; lra.
Qed.

Section unique.
Variables (d e : nat) (l : vector_measure d) (S : space) (p : S -> R) (X : S -> vec d).
Variables (f : S -> vec e) (g : vec d -> vec e).
Hypothesis law : Density S p.
Hypothesis X_meas : VMeas S X.
Hypothesis f_meas : VMeas S f.
Hypothesis g_meas : VMeas (Rn d l) g.
Hypothesis f_integrable : VIntegrable S (fun s => vscal (p s) (f s)).
Hypothesis average : forall h : vec d -> vec e, VMeas (Rn d l) h -> (forall x, ip (h x) (h x) <= 1) ->
  Integrable S (fun s => p s * ip (h (X s)) (g (X s))) /\
  Int S (fun s => p s * ip (h (X s)) (f s)) = Int S (fun s => p s * ip (h (X s)) (g (X s))).
Let c := condexp d e S p X f.
Let D x : vec e := vadd (c x) (vscal (-1) (g x)).
Let k x := ratio 1 (1 + ip (D x) (D x)).
Let h x := vscal (k x) (D x).

Lemma condexp_unique : ae S (fun s => p s <> 0 -> c (X s) = g (X s)).
Proof.
have mc : VMeas (Rn d l) c by exact: VMeas_condexp.
have mD : VMeas (Rn d l) D.
  by apply: VMeas_add => //; apply: VMeas_scal => //; exact: Meas_const.
have mk : Meas (Rn d l) k.
  by apply: Meas_ratio; [exact: Meas_const | apply: Meas_add; [exact: Meas_const | exact: Meas_ip]].
have mh : VMeas (Rn d l) h by exact: VMeas_scal.
have t0 x := ip_ge0 (D x).
have kE x : k x = 1 / (1 + ip (D x) (D x)) by rewrite /k ratio_div//; have := t0 x; lra.
have k0 x : 0 < k x by rewrite kE; apply: Rdiv_lt_0_compat; have := t0 x; lra.
have h1 x : ip (h x) (h x) <= 1.
  rewrite ip_scal_l ip_scal_r kE; have := t0 x; set t := ip _ _ => tt.
  apply: (Rmult_le_reg_r ((1 + t) * (1 + t))); first by apply: Rmult_lt_0_compat; lra.
  have -> : 1 / (1 + t) * (1 / (1 + t) * t) * ((1 + t) * (1 + t)) = t by field; lra.
  have := Rmult_le_pos _ _ tt tt; lra.
have mhX : VMeas S (fun s => h (X s)) by apply: (VMeas_after mh); exact: MeasP_vector.
have i_f := weighted_bounded mhX (fun s => h1 (X s)) f_integrable.
have [ic Ec] := @condexp_average d e l S p X f h law X_meas f_meas mh f_integrable i_f.
have [ig Eg] := average mh h1.
have [iD ED] := Int_sub ic ig.
pose j s := p s * (k (X s) * ip (D (X s)) (D (X s))).
have jE s : p s * ip (h (X s)) (c (X s)) - p s * ip (h (X s)) (g (X s)) = j s.
  have -> : ip (h (X s)) (c (X s)) = ip (h (X s)) (D (X s)) + ip (h (X s)) (g (X s)).
    by rewrite /D ip_add_r ip_scal_r; ring.
  by rewrite /j {1}/h ip_scal_l; ring.
have ij : Integrable S j by apply: (Integrable_ext _ iD) => s; rewrite jE.
have Ej : Int S j = 0.
  rewrite -(Int_ext jE) ED -Ec Eg; ring.
have j0 s : 0 <= j s.
  apply: Rmult_le_pos; first exact: density_ge0 law s.
  by apply: Rmult_le_pos; [exact: Rlt_le (k0 _) | exact: t0].
apply: ae_mono (zero_almost j0 ij Ej) => s z n.
have Dz : D (X s) = vzero.
  apply: ip_self_zero; move: z; rewrite /j => /Rmult_integral[//|/Rmult_integral[z|//]].
  by have := k0 (X s); rewrite z; lra.
apply: vec_ext => i; have : D (X s) i = 0 by rewrite Dz.
by rewrite /D /vadd /vscal; lra.
Qed.
End unique.

Section rules.
Variables (d : nat) (l : vector_measure d) (S : space) (p : S -> R) (X : S -> vec d).
Hypothesis law : Density S p.
Hypothesis X_meas : VMeas S X.

(* E[X|X] = X. *)
Lemma condexp_given : VIntegrable S (fun s => vscal (p s) (X s)) ->
  ae S (fun s => p s <> 0 -> condexp d d S p X X (X s) = X s).
Proof.
move=> i; apply: (@condexp_unique d d l S p X X (fun x => x)) => //.
  by apply: VMeas_point; exact: MeasP_id.
move=> h mh h1; split => //; apply: weighted_bounded => //.
by apply: (VMeas_after mh); exact: MeasP_vector.
Qed.

(* E[a f + b g|X] = a E[f|X] + b E[g|X]. *)
Lemma condexp_combination e (a b : R) (f g : S -> vec e) : VMeas S f -> VMeas S g ->
  VIntegrable S (fun s => vscal (p s) (f s)) -> VIntegrable S (fun s => vscal (p s) (g s)) ->
  ae S (fun s => p s <> 0 -> condexp d e S p X (fun s => vadd (vscal a (f s)) (vscal b (g s))) (X s) =
    vadd (vscal a (condexp d e S p X f (X s))) (vscal b (condexp d e S p X g (X s)))).
Proof.
move=> mf mg i_f ig.
have mc F : VMeas S F -> VMeas (Rn d l) (condexp d e S p X F) by move=> mF; exact: VMeas_condexp.
apply: (@condexp_unique d e l S p X _ (fun x => vadd (vscal a (condexp d e S p X f x)) (vscal b (condexp d e S p X g x)))) => //.
- by apply: VMeas_add; apply: VMeas_scal => //; exact: Meas_const.
- by apply: VMeas_add; apply: VMeas_scal; [exact: Meas_const | exact: mc | exact: Meas_const | exact: mc].
- move=> i; apply: (Integrable_ext _ (Integrable_add S _ _ (Integrable_scale S a _ (i_f i)) (Integrable_scale S b _ (ig i)))) => s.
  by rewrite /vadd /vscal; ring.
move=> h mh h1; have mhX : VMeas S (fun s => h (X s)) by apply: (VMeas_after mh); exact: MeasP_vector.
have jf := weighted_bounded mhX (fun s => h1 (X s)) i_f; have jg := weighted_bounded mhX (fun s => h1 (X s)) ig.
have [cf Ef] := @condexp_average d e l S p X f h law X_meas mf mh i_f jf.
have [cg Eg] := @condexp_average d e l S p X g h law X_meas mg mh ig jg.
have split (F G : S -> vec e) : (fun s => p s * ip (h (X s)) (vadd (vscal a (F s)) (vscal b (G s)))) =
    (fun s => a * (p s * ip (h (X s)) (F s)) + b * (p s * ip (h (X s)) (G s))).
  by apply: funext => s; rewrite ip_add_r !ip_scal_r; ring.
rewrite (split f g) (split (fun s => condexp d e S p X f (X s)) (fun s => condexp d e S p X g (X s))); split.
  exact: (Integrable_add S _ _ (Integrable_scale S a _ cf) (Integrable_scale S b _ cg)).
rewrite (Int_add S _ _ (Integrable_scale S a _ jf) (Integrable_scale S b _ jg)).
by rewrite (Int_add S _ _ (Integrable_scale S a _ cf) (Integrable_scale S b _ cg)) !Int_scale Ef Eg.
Qed.
End rules.

Section bayes.
Variables (d e : nat) (l : vector_measure d) (Z : space) (q : Z -> R) (k : Z -> vec d -> R).
Variables (f : Z -> vec d -> vec e) (m : vec d -> R).
Notation E := (Rn d l).
Let J : Z * vec d -> R := on2 (fun z x => q z * k z x).
Let j x z := q z * k z x.
Hypothesis law : Density (Z ⊗ E) J.
Hypothesis f_meas : VMeas (Z ⊗ E) (on2 f).
Hypothesis marginal : forall x, m x = Int Z (fun z => q z * k z x).
Hypothesis f_integrable : VIntegrable (Z ⊗ E) (fun w => vscal (J w) (on2 f w)).
Let G x : vec e := VInt Z (fun z => vscal (q z) (vscal (ratio (k z x) (m x)) (f z x))).

Let swap := renaming_swap E Z.
Let mj : Meas (E ⊗ Z) (fun w => j (fst w) (snd w)).
Proof. exact: (Meas_renaming swap (f := J) (Integrable_Meas _ _ (density_integrable law))). Qed.
Let mf : VMeas (E ⊗ Z) (fun w => f (snd w) (fst w)).
Proof. by move=> i; exact: (Meas_renaming swap (f := fun w => on2 f w i) (f_meas i)). Qed.
Let j0 x z : 0 <= j x z.
Proof. exact: (density_ge0 law (z, x)). Qed.
Let finite : ae E (fun x => Integrable Z (j x)).
Proof. exact: (Integrable_section (Integrable_renaming swap (density_integrable law))). Qed.
Let mE x : m x = Int Z (j x).
Proof. exact: marginal. Qed.
Let mm : Meas E m.
Proof. by apply: (@Meas_ext E (fun x => Int Z (j x)) m _ (Meas_Int mj)) => x; rewrite mE. Qed.
Let GE x : G x = VInt Z (fun z => vscal (ratio (j x z) (m x)) (f z x)).
Proof.
apply: VInt_ext => z; apply: vec_ext => i; rewrite /vscal (ratio_inverse (k z x)) (ratio_inverse (j x z)) /j; ring.
Qed.
Let mG : VMeas E G.
Proof.
have h : VMeas E (fun x => VInt Z (fun z => vscal (ratio (j x z) (m x)) (f z x))).
  apply: (@VMeas_VInt e E Z (fun x z => vscal (ratio (j x z) (m x)) (f z x))).
  apply: VMeas_scal; last exact: mf.
  by apply: Meas_ratio; [exact: mj | exact: (Meas_after mm (@MeasP_fst E Z))].
by move=> i; apply: (Meas_ext _ (h i)) => x; rewrite GE.
Qed.

Let pointwise (h : vec d -> vec e) : VMeas E h ->
  ae E (fun x => Int Z (fun z => j x z * ip (h x) (f z x)) = m x * ip (h x) (G x)).
Proof.
move=> mh.
have e1 (a b r : R) : b <> 0 -> a * r = b * (a / b * r) by move=> b0; field.
have i : VIntegrable (E ⊗ Z) (fun w => vscal (j (fst w) (snd w)) (f (snd w) (fst w))).
  by move=> n; exact: (Integrable_renaming swap (f_integrable n)).
apply: ae_mono (ae_and E _ _ finite (VIntegrable_section i)) => x [ix iv] /=.
case: (Req_EM_T (m x) 0) => [z|n].
  rewrite z Rmult_0_l -[RHS](Int_0 Z); apply: Int_almost.
  - apply: Meas_mul; first exact: (Integrable_Meas Z _ ix).
    apply: Meas_ip; first by move=> c; exact: Meas_const.
    by move=> c; exact: (@Meas_section E Z (fun w => f (snd w) (fst w) c) x (mf c)).
  - exact: Meas_const.
  - have e0 : Int Z (j x) = 0 by rewrite -mE.
    by apply: ae_mono (zero_almost (j0 x) ix e0) => y ->; rewrite Rmult_0_l.
rewrite GE (@inner_of_integral e Z (m x) (h x) (fun z => vscal (ratio (j x z) (m x)) (f z x))); last first.
  move=> c; apply: (Integrable_ext _ (iv c)) => y; rewrite /vscal ratio_div; last by move=> /n.
  exact: (e1 _ _ _ n).
apply: Int_ext => y; rewrite ip_scal_r ratio_div; last by move=> /n.
exact: (e1 _ _ _ n).
Qed.

Lemma condexp_bayes : ae (Z ⊗ E) (fun w => J w <> 0 -> condexp d e (Z ⊗ E) J snd (on2 f) (snd w) = G (snd w)).
Proof.
have mx : @VMeas d (Z ⊗ E) snd by apply: (@VMeas_point d l); exact: (@MeasP_snd Z E).
apply: (@condexp_unique d e l (Z ⊗ E) J snd (on2 f) G law mx f_meas mG f_integrable).
move=> h mh h1; have pw := pointwise mh.
have mX : VMeas (Z ⊗ E) (fun w => h (snd w)) by exact: (VMeas_after mh (@MeasP_snd Z E)).
have i := weighted_bounded mX (fun w => h1 (snd w)) f_integrable.
have i' := Integrable_renaming swap i.
have F_meas : Meas E (fun x => ip (h x) (G x)) by exact: Meas_ip.
have inner : Integrable E (fun x => Int Z (fun z => j x z * ip (h x) (f z x))) := Integrable_Int i'.
have outer : Integrable E (fun x => m x * ip (h x) (G x)).
  by apply: (Integrable_ae E _ _ _ pw inner); exact: Meas_mul.
have outer' : Integrable E (fun x => Int Z (j x) * ip (h x) (G x)).
  by apply: (Integrable_ext _ outer) => x; rewrite mE.
have whole := marginal_integrable mj j0 finite F_meas outer'.
split; first exact: (Integrable_renaming (renaming_swap Z E) whole).
rewrite -(@Int_renaming (E ⊗ Z) (Z ⊗ E) _ _ (fun w : Z * vec d => J w * ip (h (snd w)) (on2 f w)) swap).
rewrite -(@Int_renaming (E ⊗ Z) (Z ⊗ E) _ _ (fun w : Z * vec d => J w * ip (h (snd w)) (G (snd w))) swap).
rewrite (Int_product i') /=.
transitivity (Int E (fun x => m x * ip (h x) (G x))).
  by apply: Int_almost pw; [exact: Integrable_Meas inner | exact: Meas_mul].
transitivity (Int E (fun x => Int Z (j x) * ip (h x) (G x))); first by apply: Int_ext => x; rewrite mE.
exact: (marginal_draw mj j0 finite F_meas).
Qed.
End bayes.

Lemma condexp_ext d e (S : space) (p : S -> R) (X : S -> vec d) (f g : S -> vec e) x : (forall s, f s = g s) ->
  condexp d e S p X f x = condexp d e S p X g x.
Proof. by move=> /funext ->. Qed.
