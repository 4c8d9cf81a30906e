(* Calculus.v: gradients, and when they pass under an integral. Everything here is proved. *)
From FMProof Require Import Measure Product Model Rules.
Require Import Reals Lra.
Set Warnings "-all".
From HB Require Import structures.
From mathcomp Require Import all_ssreflect ssralg ssrnum interval.
From mathcomp Require Import mathcomp_extra boolp classical_sets functions cardinality fsbigop reals ereal signed
  topology normedtype sequences measure lebesgue_measure numfun lebesgue_integral Rstruct.
Import numFieldNormedType.Exports.
Set Implicit Arguments. Unset Strict Implicit.
Local Open Scope R_scope.
Local Notation "x * y" := (Rdefinitions.Rmult x y) : R_scope.
Local Notation "x + y" := (Rdefinitions.Rplus x y) : R_scope.
Local Notation "x - y" := (Rdefinitions.Rminus x y) : R_scope.
Local Notation "x <= y" := (Rdefinitions.Rle x y) : R_scope.
Local Notation "x < y" := (Rdefinitions.Rlt x y) : R_scope.
Local Notation "- x" := (Rdefinitions.Ropp x) : R_scope.
Local Notation "0" := (IZR BinNums.Z0) : R_scope.
Local Notation "1" := (IZR (BinNums.Zpos BinNums.xH)) : R_scope.
Local Notation "2" := (IZR (BinNums.Zpos (BinNums.xO BinNums.xH))) : R_scope.

Lemma abs_between x e : Rabs x <= e -> - e <= x <= e.
Proof. by move=> h; have := Rle_abs x; have := Rle_abs (- x); rewrite Rabs_Ropp; lra. Qed.

(* ---- minimisers ---- *)
Definition argmin (T : Type) (f : T -> R) : T -> Prop := fun a => forall b, f a <= f b.
Lemma argmin_ext (T : Type) (f g : T -> R) : (forall x, f x = g x) -> argmin f = argmin g.
Proof. by move=> /funext ->. Qed.
Lemma argmin_shift (T : Type) (f : T -> R) c : argmin (fun x => f x + c) = argmin f.
Proof. by apply/funext => a; apply/propext; split => h b; have := h b; lra. Qed.

Section gradients.
Variable k : nat.
Implicit Types (f g : vec k -> R) (a b h : vec k).

(* The Euclidean norm. *)
Definition norm a : R := R_sqrt.sqrt (ip a a).

(* q is the (Fréchet) gradient of f at a. *)
Definition has_gradient f a q : Prop := forall e : R, 0 < e ->
  exists r : R, 0 < r /\ forall h, norm h < r -> Rabs (f (vadd a h) - f a - ip q h) <= e * norm h.
Definition Differentiable f a : Prop := exists q, has_gradient f a q.
(* The gradient; 0 where there is none. *)
Definition grad f a : vec k :=
  match pselect (Differentiable f a) with left e => projT1 (cid e) | right _ => vzero end.

Lemma ip_scal_r' c a b : ip a (vscal c b) = c * ip a b.
Proof. by rewrite ip_sym ip_scal_l ip_sym. Qed.
Lemma ip_add_r' a b c : ip a (vadd b c) = ip a b + ip a c.
Proof. by rewrite ip_sym ip_add_l !(ip_sym _ a). Qed.
Lemma norm_ge0 a : 0 <= norm a.
Proof. exact: R_sqrt.sqrt_pos. Qed.
Lemma norm_square a : norm a * norm a = ip a a.
Proof. by apply: R_sqrt.sqrt_sqrt; exact: ip_ge0. Qed.
Lemma norm_scal c a : norm (vscal c a) = Rabs c * norm a.
Proof.
rewrite /norm ip_scal_l ip_scal_r' -Rmult_assoc R_sqrt.sqrt_mult_alt; last by apply: Rle_0_sqr.
by rewrite -(sqrt_Rsqr_abs c).
Qed.
Lemma norm_zero : norm vzero = 0.
Proof. by rewrite /norm ip_zero_l sqrt_0. Qed.
Lemma norm_eq0 a : norm a = 0 -> ip a a = 0.
Proof. by move=> h; rewrite -norm_square h Rmult_0_l. Qed.
Lemma ip_norm a b : Rabs (ip a b) <= norm a * norm b.
Proof.
have na := norm_ge0 a; have nb := norm_ge0 b.
have K (s : R) : 0 <= ip a a + 2 * s * ip a b + s * s * ip b b.
  have := ip_ge0 (vadd a (vscal s b)); rewrite ip_expand ip_scal_r' ip_scal_l ip_scal_r'.
  by move=> z; apply: (Rle_trans _ _ _ z); right; ring.
rewrite -!norm_square in K; set x := norm a in K na *; set y := norm b in K nb *; set p := ip a b in K *.
case: (Req_EM_T y 0) => [y0|yn].
  rewrite y0 in K *; rewrite Rmult_0_r; right.
  suff -> : p = 0 by rewrite Rabs_R0.
  case: (Req_EM_T p 0) => // pn; exfalso.
  have := K (- (x * x + 1) / (2 * p)).
  have -> : x * x + 2 * (- (x * x + 1) / (2 * p)) * p + - (x * x + 1) / (2 * p) * (- (x * x + 1) / (2 * p)) * (0 * 0) = - (1) by field.
  lra.
have y1 : 0 < y by lra.
have := K (- p / (y * y)).
have -> : x * x + 2 * (- p / (y * y)) * p + - p / (y * y) * (- p / (y * y)) * (y * y) = x * x - p * p / (y * y) by field.
move=> q.
have q2 : p * p <= (x * y) * (x * y).
  have yy : 0 < y * y by apply: Rmult_lt_0_compat.
  have := Rmult_le_compat_r (y * y) _ _ (Rlt_le _ _ yy) q.
  have -> : (x * x - p * p / (y * y)) * (y * y) = x * y * (x * y) - p * p by field.
  by rewrite Rmult_0_l; lra.
have xy : 0 <= x * y by apply: Rmult_le_pos.
rewrite -(Rabs_pos_eq _ xy); exact: Rsqr_le_abs_0.
Qed.

Lemma has_gradient_unique f a p q : has_gradient f a p -> has_gradient f a q -> p = q.
Proof.
move=> hp hq.
have d0 : norm (vadd p (vscal (- (1)) q)) = 0.
  set d := vadd p _; have nd := norm_ge0 d.
  case: (Req_EM_T (norm d) 0) => // dn; exfalso.
  have d1 : 0 < norm d by lra.
  have [|r1 [r10 h1]] := hp (norm d / 4); first by lra.
  have [|r2 [r20 h2]] := hq (norm d / 4); first by lra.
  pose r := Rmin r1 r2; have r0 : 0 < r by apply: Rmin_glb_lt.
  pose s := r / (2 * norm d).
  have s0 : 0 < s by apply: Rdiv_lt_0_compat; lra.
  have ns : norm (vscal s d) = r / 2.
    by rewrite norm_scal Rabs_pos_eq; [rewrite /s; field | lra].
  have := h1 (vscal s d); have := h2 (vscal s d); rewrite ns.
  have l1 := Rmin_l r1 r2; have l2 := Rmin_r r1 r2; rewrite -/r in l1 l2.
  move=> /(_ ltac:(lra)) k2 /(_ ltac:(lra)) k1.
  have e : ip p (vscal s d) - ip q (vscal s d) = s * (norm d * norm d).
    by rewrite norm_square !ip_scal_r'; have -> : ip d d = ip p d - ip q d by [rewrite {1}/d ip_add_l ip_scal_l; ring]; ring.
  have : s * (norm d * norm d) = r / 2 * norm d by rewrite /s; field.
  move: k1 k2 e; set A := f _ - f a; set P := ip p _; set Q := ip q _.
  move=> /abs_between k1 /abs_between k2 e e2.
  have : 0 < r * norm d by apply: Rmult_lt_0_compat.
  by lra.
apply/funext => i.
have := ip_basis (vadd p (vscal (- (1)) q)) i; set b := fun j => _.
move=> e.
have := ip_norm (vadd p (vscal (- (1)) q)) b; rewrite d0 Rmult_0_l e.
move=> z; have : vadd p (vscal (- (1)) q) i = 0.
  have := Rabs_pos (vadd p (vscal (- (1)) q) i); rewrite -/(Rabs _) => z2.
  have z3 : Rabs (vadd p (vscal (- (1)) q) i) = 0 by lra.
  by case: (Req_EM_T (vadd p (vscal (- (1)) q) i) 0) => // /Rabs_no_R0.
by rewrite /vadd /vscal; lra.
Qed.

Lemma gradE f a q : has_gradient f a q -> grad f a = q.
Proof.
move=> hq; rewrite /grad; case: pselect => [e|n]; last by case: n; exists q.
by apply: (has_gradient_unique (f := f) (a := a)) => //; exact: (projT2 (cid e)).
Qed.
Lemma grad_out f a : ~ Differentiable f a -> grad f a = vzero.
Proof. by rewrite /grad; case: pselect. Qed.
Lemma has_grad f a : Differentiable f a -> has_gradient f a (grad f a).
Proof. by case=> q hq; rewrite (gradE hq). Qed.

Lemma has_gradient_const c a : has_gradient (fun=> c) a vzero.
Proof.
move=> e e0; exists 1; split => [|h _]; first lra.
rewrite ip_zero_l; have -> : c - c - 0 = 0 by ring.
by rewrite Rabs_R0; apply: Rmult_le_pos; [lra | exact: norm_ge0].
Qed.
Lemma has_gradient_add f g a p q : has_gradient f a p -> has_gradient g a q ->
  has_gradient (fun x => f x + g x) a (vadd p q).
Proof.
move=> hp hq e e0.
have [|r1 [r10 h1]] := hp (e / 2); first by lra.
have [|r2 [r20 h2]] := hq (e / 2); first by lra.
exists (Rmin r1 r2); split => [|h hr]; first by apply: Rmin_glb_lt.
have k1 := h1 h (Rlt_le_trans _ _ _ hr (Rmin_l _ _)).
have k2 := h2 h (Rlt_le_trans _ _ _ hr (Rmin_r _ _)).
rewrite ip_add_l.
have -> : f (vadd a h) + g (vadd a h) - (f a + g a) - (ip p h + ip q h)
  = (f (vadd a h) - f a - ip p h) + (g (vadd a h) - g a - ip q h) by ring.
apply: (Rle_trans _ _ _ (Rabs_triang _ _)); lra.
Qed.
Lemma has_gradient_scale c f a p : has_gradient f a p -> has_gradient (fun x => c * f x) a (vscal c p).
Proof.
move=> hp e e0.
have c1 : 0 < Rabs c + 1 by have := Rabs_pos c; lra.
have [|r [r0 h]] := hp (e / (Rabs c + 1)); first by apply: Rdiv_lt_0_compat.
exists r; split => // z zr; have := h z zr; rewrite ip_scal_l.
have -> : c * f (vadd a z) - c * f a - c * ip p z = c * (f (vadd a z) - f a - ip p z) by ring.
rewrite Rabs_mult => q; have nz := norm_ge0 z; have cp := Rabs_pos c.
apply: (Rle_trans _ _ _ (Rmult_le_compat_l _ _ _ cp q)).
have -> : Rabs c * (e / (Rabs c + 1) * norm z) = (Rabs c / (Rabs c + 1)) * (e * norm z) by field; lra.
rewrite -{2}(Rmult_1_l (e * norm z)); apply: Rmult_le_compat_r; first by apply: Rmult_le_pos => //; lra.
apply: (Rmult_le_reg_r (Rabs c + 1)) => //.
have -> : Rabs c / (Rabs c + 1) * (Rabs c + 1) = Rabs c by field; lra.
lra.
Qed.
Lemma has_gradient_ext f g a p : (forall x, f x = g x) -> has_gradient f a p -> has_gradient g a p.
Proof. by move=> /funext ->. Qed.

(* ---- the gradient of a sum ---- *)
Lemma grad_ext f g a : (forall x, f x = g x) -> grad f a = grad g a.
Proof. by move=> /funext ->. Qed.
Lemma grad_const c a : grad (fun=> c) a = vzero.
Proof. exact: gradE (has_gradient_const c a). Qed.
Lemma grad_scale c f a : grad (fun x => c * f x) a = vscal c (grad f a).
Proof.
case: (pselect (Differentiable f a)) => [d|n].
  by apply: gradE; apply: has_gradient_scale; exact: has_grad.
case: (Req_EM_T c 0) => [->|c0].
  rewrite (@grad_ext _ (fun=> 0)); last by move=> x; rewrite Rmult_0_l.
  by rewrite grad_const; apply/funext => i; rewrite /vscal Rmult_0_l.
rewrite (grad_out n) grad_out; first by apply/funext => i; rewrite /vscal Rmult_0_r.
case=> q hq; apply: n; exists (vscal (/ c) q).
apply: (has_gradient_ext _ (has_gradient_scale (/ c) hq)) => x.
by rewrite -Rmult_assoc Rinv_l// Rmult_1_l.
Qed.
(* A constant has no gradient; no condition. *)
Lemma grad_shift c f a : grad (fun x => f x + c) a = grad f a.
Proof.
have add0 p : vadd p vzero = p by apply/funext => i; rewrite /vadd /vzero Rplus_0_r.
case: (pselect (Differentiable f a)) => [d|n].
  by apply: gradE; have := has_gradient_add (has_grad d) (has_gradient_const c a); rewrite add0.
rewrite (grad_out n) grad_out//; case=> q hq; apply: n; exists q.
have := has_gradient_add hq (has_gradient_const (- c) a); rewrite add0.
by apply: has_gradient_ext => x; ring.
Qed.
Lemma grad_affine c k0 f a : grad (fun x => c * f x + k0) a = vscal c (grad f a).
Proof. by rewrite grad_shift grad_scale. Qed.
Lemma grad_add f g a : Differentiable f a -> Differentiable g a ->
  grad (fun x => f x + g x) a = vadd (grad f a) (grad g a).
Proof. by move=> df dg; apply: gradE; apply: has_gradient_add; exact: has_grad. Qed.

(* ---- the mean value theorem ---- *)
Lemma mean_value f a h G r : norm h < r -> (forall x, norm (vadd x (vscal (- (1)) a)) < r ->
  Differentiable f x /\ norm (grad f x) <= G) -> Rabs (f (vadd a h) - f a) <= G * norm h.
Proof.
move=> hr D.
pose phi s := f (vadd a (vscal s h)).
pose phi' s := ip (grad f (vadd a (vscal s h))) h.
have near s : 0 <= s <= 1 -> norm (vadd (vadd a (vscal s h)) (vscal (- (1)) a)) < r.
  move=> [s0 s1].
  have -> : vadd (vadd a (vscal s h)) (vscal (- (1)) a) = vscal s h.
    by apply/funext => i; rewrite /vadd /vscal; ring.
  rewrite norm_scal Rabs_pos_eq//; have := norm_ge0 h => h0.
  have := Rmult_le_compat_r _ _ _ h0 s1; rewrite Rmult_1_l; lra.
have dphi s : 0 <= s <= 1 -> derivable_pt_lim phi s (phi' s).
  move=> s01; have [d _] := D _ (near s s01); have hg := has_grad d.
  move=> e e0; have h0 := norm_ge0 h.
  have [|q [q0 hq]] := hg (e / (2 * (norm h + 1))); first by apply: Rdiv_lt_0_compat; lra.
  have del0 : 0 < q / (norm h + 1) by apply: Rdiv_lt_0_compat; lra.
  exists (mkposreal _ del0) => t tn /= tl.
  have := hq (vscal t h).
  rewrite norm_scal => /(_ _) k1.
  have k2 : Rabs t * norm h < q.
    have : Rabs t * (norm h + 1) < q.
      have := Rmult_lt_compat_r (norm h + 1) _ _ ltac:(lra) tl.
      by have -> : q / (norm h + 1) * (norm h + 1) = q by field; lra.
    have := Rabs_pos t; lra.
  have := k1 k2.
  have -> : vadd (vadd a (vscal s h)) (vscal t h) = vadd a (vscal (s + t) h).
    by apply/funext => i; rewrite /vadd /vscal; ring.
  rewrite ip_scal_r' -/(phi (s + t)) -/(phi s) -/(phi' s) => k3.
  have tp : 0 < Rabs t by apply: Rabs_pos_lt.
  have -> : (phi (s + t) - phi s) / t - phi' s = (phi (s + t) - phi s - t * phi' s) / t by field.
  rewrite /Rdiv Rabs_mult Rabs_inv.
  apply: (Rle_lt_trans _ (e / (2 * (norm h + 1)) * (Rabs t * norm h) * / Rabs t)).
    by apply: Rmult_le_compat_r => //; apply: Rlt_le; apply: Rinv_0_lt_compat.
  have -> : e / (2 * (norm h + 1)) * (Rabs t * norm h) * / Rabs t = e * (norm h / (2 * (norm h + 1))) by field; lra.
  rewrite -{2}(Rmult_1_r e); apply: Rmult_lt_compat_l => //.
  apply: (Rmult_lt_reg_r (2 * (norm h + 1))); first lra.
  have -> : norm h / (2 * (norm h + 1)) * (2 * (norm h + 1)) = norm h by field; lra.
  lra.
have [c [e [c0 c1]]] := MVT_cor2 phi phi' 0 1 Rlt_0_1 dphi.
have -> : f (vadd a h) - f a = phi' c.
  have -> : f (vadd a h) = phi 1 by congr f; apply/funext => i; rewrite /vadd /vscal Rmult_1_l.
  have -> : f a = phi 0 by congr f; apply/funext => i; rewrite /vadd /vscal; ring.
  by rewrite e; ring.
have [_ b] := D _ (near c (conj (Rlt_le _ _ c0) (Rlt_le _ _ c1))).
apply: (Rle_trans _ _ _ (ip_norm _ _)); apply: Rmult_le_compat_r => //; exact: norm_ge0.
Qed.
End gradients.

(* Convergence of reals among extended reals, by epsilons. *)
Lemma converges (T : realType) (u : nat -> T) (c : T) :
  ((fun n => (u n)%:E) --> c%:E)%E%classic <->
  (forall e : T, (0%R < e)%R -> exists N : nat, forall n, (N <= n)%N -> (`|c - u n| < e)%R).
Proof.
split => [/fine_cvgP[_ /cvgrPdist_lt h] e e0|h].
  by have [N _ hN] := h e e0; exists N => n Nn; exact: hN.
apply: cvg_EFin; first by apply: nearW.
apply/cvgrPdist_lt => e e0; have [N hN] := h e e0.
by exists N => // n /= Nn; exact: hN.
Qed.
Lemma converges_reals (u : nat -> R) (c : R) : ((fun n => (u n : RT)%:E) --> (c : RT)%:E)%E%classic <->
  (forall e, 0 < e -> exists N : nat, forall n, (N <= n)%N -> Rabs (c - u n) < e).
Proof.
split=> [/(@converges RT) h e e0|h].
  by have /RltbP/h[N hN] := e0; exists N => n Nn; apply/RltbP; exact: hN.
apply/(@converges RT) => e /RltbP e0; have [N hN] := h e e0.
by exists N => n Nn; apply/RltbP; exact: hN.
Qed.

Lemma Integrable_le_almost (S : space) (f g : S -> R) : Meas S f -> ae S (fun w => Rabs (f w) <= g w) ->
  Integrable S g -> Integrable S f.
Proof.
move=> mf [N [mN N0 sN]] ig.
pose one w : R := (\1_(~` N) w : RT)%R.
have oneE w : ~ N w -> one w = 1 by move=> n; rewrite /one indicE mem_set.
have zeroE w : N w -> one w = 0 by move=> n; rewrite /one indicE memNset// => /(_ n).
have mone : Meas S one by apply: measurable_fun_indic; exact: measurableC.
apply: (@Integrable_ae S (fun w => f w * one w)) => //.
  by exists N; split => // w h; apply: contrapT => n; apply: h => /=; rewrite oneE// Rmult_1_r.
apply: (Integrable_le S _ _ _ _ (Integrable_abs ig)); first exact: Meas_mul.
move=> w; case: (pselect (N w)) => n.
  by rewrite (zeroE _ n) Rmult_0_r Rabs_R0; exact: Rabs_pos.
rewrite (oneE _ n) Rmult_1_r; apply: (Rle_trans _ (g w)); last exact: Rle_abs.
by apply: contrapT => h; exact: (n (sN _ h)).
Qed.

Lemma coordinate_norm k (p : vec k) i : Rabs (p i) <= norm p.
Proof.
pose b : vec k := fun j => if j == i then 1 else 0.
have := ip_norm p b; rewrite /b ip_basis -/b.
have -> : norm b = 1 by rewrite /norm /b ip_basis eqxx sqrt_1.
by rewrite Rmult_1_r.
Qed.

Lemma Int_sub (S : space) (f g : S -> R) : Integrable S f -> Integrable S g ->
  Integrable S (fun w => f w - g w) /\ Int S (fun w => f w - g w) = Int S f - Int S g.
Proof.
move=> i j; have j' := Integrable_scale S (- (1)) _ j.
have e : (fun w => f w + - (1) * g w) = (fun w => f w - g w) by apply/funext => w; ring.
split; first by rewrite -e; exact: Integrable_add.
by rewrite -e (Int_add S _ _ i j') Int_scale; ring.
Qed.

Section exchange.
Variables (k : nat) (S : space) (G : vec k -> S -> R) (a : vec k) (r : R) (g : S -> R).
Let q w := grad (fun x => G x w) a.
Hypothesis G_meas : forall x, Meas S (G x).
Hypothesis G_integrable : Integrable S (G a).
Hypothesis q_meas : VMeas S q.
Hypothesis r0 : 0 < r.
Hypothesis g_integrable : Integrable S g.
Hypothesis dominated : ae S (fun w => forall x, norm (vadd x (vscal (- (1)) a)) < r ->
  Differentiable (fun y => G y w) x /\ norm (grad (fun y => G y w) x) <= g w).

Let at_a : norm (vadd a (vscal (- (1)) a)) < r.
Proof.
by have -> : vadd a (vscal (- (1)) a) = vzero; [apply/funext => i; rewrite /vadd /vscal /vzero; ring | rewrite norm_zero].
Qed.

Lemma exchange_integrable : VIntegrable S q.
Proof.
move=> i; apply: (@Integrable_le_almost S _ g) => //.
apply: ae_mono dominated => w /(_ a at_a) [_ b].
exact: (Rle_trans _ _ _ (coordinate_norm _ i)).
Qed.

Let bound h : norm h < r -> ae S (fun w => Rabs (G (vadd a h) w - G a w) <= g w * norm h).
Proof. by move=> hr; apply: ae_mono dominated => w D; exact: (mean_value hr D). Qed.

Let integrable_near h : norm h < r -> Integrable S (G (vadd a h)).
Proof.
move=> hr.
have i : Integrable S (fun w => G (vadd a h) w - G a w).
  apply: (@Integrable_le_almost S _ (fun w => norm h * g w)); first exact: Meas_sub.
    by apply: ae_mono (bound hr) => w b; rewrite Rmult_comm.
  exact: Integrable_scale.
by apply: (Integrable_ext _ (Integrable_add S _ _ i G_integrable)) => w; ring.
Qed.

Let rest h w := (G (vadd a h) w - G a w - ip (q w) h) * / norm h.

Let rest_meas h : Meas S (rest h).
Proof.
apply: Meas_mul; last exact: Meas_const.
apply: Meas_sub; first by apply: Meas_sub.
by apply: Meas_ip => // i; exact: Meas_const.
Qed.

(* What holds at almost every w. *)
Let good w := forall x, norm (vadd x (vscal (- (1)) a)) < r ->
  Differentiable (fun y => G y w) x /\ norm (grad (fun y => G y w) x) <= g w.

Let rest_bound h w : good w -> norm h < r -> 0 < norm h -> Rabs (rest h w) <= 2 * g w.
Proof.
move=> D hr h0; have b := mean_value hr D; have [_ c] := D a at_a.
have c2 := ip_norm (q w) h.
have c3 := Rmult_le_compat_r _ _ _ (Rlt_le _ _ h0) c.
rewrite /rest Rabs_mult Rabs_inv (Rabs_pos_eq (norm h)); last exact: norm_ge0.
apply: (Rmult_le_reg_r (norm h)) => //.
rewrite Rmult_assoc Rinv_l ?Rmult_1_r; last lra.
have -> : G (vadd a h) w - G a w - ip (q w) h = G (vadd a h) w - G a w + - ip (q w) h by ring.
apply: (Rle_trans _ _ _ (Rabs_triang _ _)); rewrite Rabs_Ropp.
by move: c2 c3 b; rewrite /q; lra.
Qed.

Let rest_integral h : norm h < r -> Int S (rest h) =
  (Int S (G (vadd a h)) - Int S (G a) - ip (VInt S q) h) * / norm h.
Proof.
move=> hr.
have [i1 e1] := Int_sub (integrable_near hr) G_integrable.
have [i2 e2] := ip_VInt h exchange_integrable.
have i2' : Integrable S (fun w => ip (q w) h) by apply: (Integrable_ext _ i2) => w; rewrite ip_sym.
have [i3 e3] := Int_sub i1 i2'.
have -> : Int S (rest h) = Int S (fun w => / norm h * (G (vadd a h) w - G a w - ip (q w) h)).
  by apply: Int_ext => w; rewrite Rmult_comm.
rewrite Int_scale e3 e1 (ip_sym _ h) e2 Rmult_comm; congr (_ * _); congr (_ - _).
by apply: Int_ext => w; rewrite ip_sym.
Qed.

Theorem exchange_gradient : has_gradient (fun x => Int S (G x)) a (VInt S q).
Proof.
apply: contrapT => no.
have [e [e0 far]] : exists e, 0 < e /\ forall d, 0 < d -> exists h, norm h < d /\
    e * norm h < Rabs (Int S (G (vadd a h)) - Int S (G a) - ip (VInt S q) h).
  apply: contrapT => all; apply: no => e e0; apply: contrapT => none; apply: all.
  exists e; split => // d d0; apply: contrapT => tame; apply: none.
  exists d; split => // h hd; case: (Rle_dec (Rabs (Int S (G (vadd a h)) - Int S (G a) - ip (VInt S q) h)) (e * norm h)) => // /Rnot_le_lt b.
  by case: tame; exists h.
have pick n : exists h, [/\ norm h < r, norm h < / (INR n + 1), 0 < norm h & e < Rabs (Int S (rest h))].
  have n0 : 0 < INR n + 1 by have := pos_INR n; lra.
  have [|h [hd big]] := far (Rmin r (/ (INR n + 1))).
    by apply: Rmin_glb_lt => //; exact: Rinv_0_lt_compat.
  have hr := Rlt_le_trans _ _ _ hd (Rmin_l _ _); have hn := Rlt_le_trans _ _ _ hd (Rmin_r _ _).
  have h0 : 0 < norm h.
    have := norm_ge0 h; case/Rle_lt_or_eq_dec => // z; exfalso.
    have iz : VIntegrable S q := exchange_integrable.
    have hz : h = vzero.
      apply/funext => i; have := coordinate_norm h i; rewrite -z => y; have y2 := Rabs_pos (h i).
      by case: (Req_EM_T (h i) 0) => // /Rabs_no_R0; lra.
    have ez : vadd a vzero = a by apply/funext => i; rewrite /vadd /vzero Rplus_0_r.
    move: big; rewrite hz ez norm_zero (ip_sym _ vzero) ip_zero_l.
    have -> : Int S (G a) - Int S (G a) - 0 = 0 by ring.
    by rewrite Rabs_R0; lra.
  exists h; split => //; rewrite (rest_integral hr) Rabs_mult Rabs_inv (Rabs_pos_eq (norm h)); last lra.
  apply: (Rmult_lt_reg_r (norm h)) => //.
  by rewrite Rmult_assoc Rinv_l ?Rmult_1_r//; lra.
have [hs H] := choice pick.
have [] := @dominated_convergence _ S RT (reference S) setT measurableT
  (fun n w => (rest (hs n) w : RT)%:E) (cst 0%E) (fun w => (2 * g w : RT)%:E).
- by move=> n; apply/Meas_EFin.
- exact: measurable_fun_cst.
- apply: ae_mono dominated => w /(_ a at_a) [d _] _ /=.
  apply/(converges_reals (fun n => rest (hs n) w) 0) => c c0.
  have hg := has_grad d; have [|s [s0 hs']] := hg (c / 2); first lra.
  have [N hN] : exists N, / (INR N + 1) < s.
    have [N [hN N0]] := archimed_cor1 s s0; exists N.
    apply: Rlt_trans hN; apply: Rinv_lt_contravar; last lra.
    by apply: Rmult_lt_0_compat; [apply: lt_0_INR | have := pos_INR N; lra].
  exists N => n Nn; have [h1 h2 h3 h4] := H n.
  have hsm : norm (hs n) < s.
    apply: (Rlt_trans _ _ _ h2); apply: Rle_lt_trans hN; apply: Rinv_le_contravar.
      by have := pos_INR N; lra.
    by apply: Rplus_le_compat_r; apply: le_INR; apply/ssrnat.leP.
  have := hs' _ hsm => b.
  have -> : 0 - rest (hs n) w = - rest (hs n) w by ring.
  rewrite Rabs_Ropp /rest Rabs_mult Rabs_inv (Rabs_pos_eq (norm _)); last lra.
  apply: (Rmult_lt_reg_r (norm (hs n))) => //.
  rewrite Rmult_assoc Rinv_l ?Rmult_1_r; last lra.
  apply: (Rle_lt_trans _ _ _ b); apply: Rmult_lt_compat_r => //.
  by lra.
- exact: Integrable_scale.
- apply: ae_mono dominated => w D n _; rewrite lee_fin; apply/RlebP.
  by have [h1 h2 h3 h4] := H n; exact: rest_bound.
move=> _ _; rewrite integral0 => lim.
have iR n : Integrable S (rest (hs n)).
  have [h1 h2 h3 h4] := H n; apply: (@Integrable_le_almost S _ (fun w => 2 * g w)) => //; last exact: Integrable_scale.
  by apply: ae_mono dominated => w D; exact: rest_bound.
have lim0 : ((fun n => (Int S (rest (hs n)) : RT)%:E) --> (0 : RT)%:E)%E%classic.
  have -> : (fun n => (Int S (rest (hs n)) : RT)%:E) = (fun n => \int[reference S]_w (rest (hs n) w : RT)%:E)%E.
    by apply/funext => n; rewrite (IntE S _ (iR n)).
  exact: lim.
have [N /(_ N (leqnn _))] := (converges_reals (fun n => Int S (rest (hs n))) 0).1 lim0 e e0.
have [h1 h2 h3 h4] := H N.
have -> : 0 - Int S (rest (hs N)) = - Int S (rest (hs N)) by ring.
by rewrite Rabs_Ropp; lra.
Qed.
End exchange.

(* Domination under a law with density p, in a ball around a; the gradient is measurable there. *)
Definition Dominated k (S : space) (p : S -> R) (f : vec k -> S -> R) (a : vec k) : Prop :=
  Integrable S (fun w => p w * f a w) /\ VMeas S (fun w => vscal (p w) (grad (fun x => f x w) a)) /\
  exists (r : R) (g : S -> R), 0 < r /\ Integrable S (fun w => p w * g w) /\
    ae S (fun w => p w <> 0 -> forall x, norm (vadd x (vscal (- (1)) a)) < r ->
      Differentiable (fun y => f y w) x /\ norm (grad (fun y => f y w) x) <= g w).

Lemma exchange k (S : space) (p : S -> R) (f : vec k -> S -> R) (a : vec k) :
  (forall x, Meas S (fun w => p w * f x w)) -> Dominated p f a ->
  has_gradient (fun x => Int S (fun w => p w * f x w)) a
    (VInt S (fun w => vscal (p w) (grad (fun x => f x w) a))) /\
  VIntegrable S (fun w => vscal (p w) (grad (fun x => f x w) a)).
Proof.
move=> m [i [mg [r [g [r0 [ig D]]]]]].
have e : (fun w => vscal (p w) (grad (fun x => f x w) a)) = (fun w => grad (fun x => p w * f x w) a).
  by apply/funext => w; rewrite grad_scale.
have D' : ae S (fun w => forall x, norm (vadd x (vscal (- (1)) a)) < r ->
   Differentiable (fun y => p w * f y w) x /\ norm (grad (fun y => p w * f y w) x) <= Rabs (p w * g w)).
  apply: ae_mono D => w D x xr; rewrite grad_scale norm_scal Rabs_mult.
  case: (Req_EM_T (p w) 0) => [->|p0].
    split; first by exists (vscal 0 vzero); apply: (has_gradient_ext _ (has_gradient_scale 0 (has_gradient_const 0 x))) => y; ring.
    by rewrite Rabs_R0 !Rmult_0_l; right.
  have [d b] := D p0 x xr; split; first by exists (vscal (p w) (grad (fun y => f y w) x)); apply: has_gradient_scale; exact: has_grad.
  apply: Rmult_le_compat_l; first exact: Rabs_pos.
  exact: (Rle_trans _ _ _ b (Rle_abs _)).
rewrite e in mg *; split.
  exact: (@exchange_gradient k S (fun x w => p w * f x w) a r (fun w => Rabs (p w * g w)) m i mg r0 (Integrable_abs ig) D').
exact: (@exchange_integrable k S (fun x w => p w * f x w) a r (fun w => Rabs (p w * g w)) mg r0 (Integrable_abs ig) D').
Qed.

Arguments Dominated {k} S p f a.

Lemma exchange_law k (S : space) (p : S -> R) (f : vec k -> S -> R) (a : vec k) :
  (forall x, Meas S (fun w => p w * f x w)) -> Dominated S p f a ->
  grad (fun x => Int S (fun w => p w * f x w)) a = VInt S (fun w => vscal (p w) (grad (fun x => f x w) a)).
Proof. by move=> m D; apply: gradE; exact: (exchange m D).1. Qed.
Lemma exchange_plain k (S : space) (f : vec k -> S -> R) (a : vec k) :
  (forall x, Meas S (f x)) -> Dominated S (fun=> 1) f a ->
  grad (fun x => Int S (f x)) a = VInt S (fun w => grad (fun x => f x w) a).
Proof.
move=> m D.
have e x : (fun w => 1 * f x w) = f x by apply/funext => w; rewrite Rmult_1_l.
have := exchange_law (p := fun=> 1) (f := f) _ D.
have -> : (fun x => Int S (fun w => 1 * f x w)) = (fun x => Int S (f x)) by apply/funext => x; rewrite e.
have -> : (fun w => vscal 1 (grad (fun x => f x w) a)) = (fun w => grad (fun x => f x w) a).
  by apply/funext => w; apply/funext => i; rewrite /vscal Rmult_1_l.
by apply => x; rewrite e.
Qed.
Lemma dominated_integrable k (S : space) (p : S -> R) (f : vec k -> S -> R) (a : vec k) :
  Dominated S p f a -> Integrable S (fun w => p w * f a w).
Proof. by case. Qed.
