(* Derivatives.v: the product, quotient and chain rules. Everything here is proved. *)
From FMProof Require Import Measure Model Calculus Steps Slope.
Require Import Reals Lra.
Set Warnings "-all".
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype seq fintype bigop order ssralg ssrnum boolp reals Rstruct.
Import GRing.Theory Num.Theory.
Set Implicit Arguments. Unset Strict Implicit.
Open Scope R_scope.
Delimit Scope R_scope with real.

(* ---- functions of a number ---- *)
(* The derivative; 0 where there is none. *)
Definition derivative (f : R -> R) (t : R) : R :=
  match pselect (exists q, derivable_pt_lim f t q) with left e => proj1_sig (cid e) | right _ => 0 end.
Definition Derivable (f : R -> R) (t : R) : Prop := exists q, derivable_pt_lim f t q.
Lemma derivativeE f t q : derivable_pt_lim f t q -> derivative f t = q.
Proof.
move=> h; rewrite /derivative; case: pselect => [e|n]; last by case: n; exists q.
exact: (uniqueness_limite _ _ _ _ (proj2_sig (cid e)) h).
Qed.
Lemma has_derivative f t : Derivable f t -> derivable_pt_lim f t (derivative f t).
Proof. by case=> q h; rewrite (derivativeE h). Qed.
Lemma derivative_ext f g t : (forall s, f s = g s) -> derivative f t = derivative g t.
Proof. by move=> /funext ->. Qed.

Lemma near_linear phi b m : derivable_pt_lim phi b m -> forall e, 0 < e -> exists r, 0 < r /\
  forall u, Rabs u < r -> Rabs (phi (b + u) - phi b - m * u) <= e * Rabs u.
Proof.
move=> h e e0; have [d hd] := h e e0; exists d; split; first exact: cond_pos.
move=> u ud; case: (Req_EM_T u 0) => [->|n].
  rewrite Rplus_0_r Rmult_0_r Rminus_eq_0 Rminus_0_r Rabs_R0 Rmult_0_r; exact: Rle_refl.
have -> : phi (b + u) - phi b - m * u = ((phi (b + u) - phi b) / u - m) * u by field.
rewrite Rabs_mult; apply: Rmult_le_compat_r; [exact: Rabs_pos | exact: Rlt_le (hd u n ud)].
Qed.
Lemma deriv_of_linear phi b m : (forall e, 0 < e -> exists r, 0 < r /\
  forall u, Rabs u < r -> Rabs (phi (b + u) - phi b - m * u) <= e * Rabs u) -> derivable_pt_lim phi b m.
Proof.
move=> h e e0; have [|r [r0 hr]] := h (e / 2); first lra.
exists (mkposreal r r0) => u n /= ur.
have u0 : 0 < Rabs u by apply: Rabs_pos_lt.
have -> : (phi (b + u) - phi b) / u - m = (phi (b + u) - phi b - m * u) / u by field.
rewrite /Rdiv Rabs_mult Rabs_inv; apply: (Rmult_lt_reg_r (Rabs u)) => //.
rewrite Rmult_assoc Rinv_l ?Rmult_1_r; last lra.
have := hr u ur; have : e / 2 * Rabs u < e * Rabs u by apply: Rmult_lt_compat_r; lra.
lra.
Qed.

Lemma deriv_inverse b : b <> 0 -> derivable_pt_lim (fun y => ratio 1 y) b (- ratio 1 (b * b)).
Proof.
move=> b0.
have inv y : y <> 0 -> ratio 1 y = 1 / y by rewrite /ratio => n; case: (Req_EM_T y 0).
have bp : 0 < Rabs b by apply: Rabs_pos_lt.
refine (@derivable_pt_lim_locally_ext (fun y => 1 / y) _ b (b - Rabs b) (b + Rabs b) _ _ _ _).
- lra.
- move=> z [z1 z2]; rewrite inv// => e; move: z1 z2; rewrite e /Rabs; case: Rcase_abs; lra.
have := derivable_pt_lim_div _ _ _ _ _ (derivable_pt_lim_const 1 b) (derivable_pt_lim_id b) b0.
rewrite /fct_cte /id inv; last by apply: Rmult_integral_contrapositive.
have -> : (0 * b - 1 * 1) / Rsqr b = - (1 / (b * b)) by rewrite /Rsqr; field.
by apply.
Qed.
Lemma deriv_ln b : 0 < b -> derivable_pt_lim ln b (ratio 1 b).
Proof.
move=> b0; rewrite /ratio; case: (Req_EM_T b 0) => [e|n] /=; first lra.
by rewrite /Rdiv Rmult_1_l; exact: derivable_pt_lim_ln.
Qed.
Lemma deriv_square b : derivable_pt_lim (fun y => y ^ 2) b (2 * b).
Proof. by have := derivable_pt_lim_pow b 2; rewrite /= Rmult_1_r. Qed.
Lemma deriv_sqrt b : 0 < b -> derivable_pt_lim sqrt b (1 / 2 * ratio 1 (sqrt b)).
Proof.
move=> b0; have s := sqrt_lt_R0 b b0; rewrite /ratio; case: (Req_EM_T (sqrt b) 0) => [e|n] /=; first lra.
have -> : 1 / 2 * (1 / sqrt b) = / (2 * sqrt b) by field; lra.
exact: derivable_pt_lim_sqrt.
Qed.

Lemma deriv_ext f g t q : (forall s, f s = g s) -> derivable_pt_lim f t q -> derivable_pt_lim g t q.
Proof. by move=> /funext ->. Qed.
Lemma deriv_value f t p q : p = q -> derivable_pt_lim f t p -> derivable_pt_lim f t q.
Proof. by move=> ->. Qed.
Lemma deriv_const (c t : R) : derivable_pt_lim (fun=> c) t 0.
Proof. exact: derivable_pt_lim_const. Qed.
Lemma deriv_id (t : R) : derivable_pt_lim (fun s => s) t 1.
Proof. exact: derivable_pt_lim_id. Qed.
Lemma deriv_add f g t p q : derivable_pt_lim f t p -> derivable_pt_lim g t q ->
  derivable_pt_lim (fun s => f s + g s) t (p + q).
Proof. exact: derivable_pt_lim_plus. Qed.
Lemma deriv_scale c f t p : derivable_pt_lim f t p -> derivable_pt_lim (fun s => c * f s) t (c * p).
Proof. exact: derivable_pt_lim_scal. Qed.
Lemma deriv_mul f g t p q : derivable_pt_lim f t p -> derivable_pt_lim g t q ->
  derivable_pt_lim (fun s => f s * g s) t (p * g t + f t * q).
Proof. exact: derivable_pt_lim_mult. Qed.
Lemma deriv_comp phi f t p m : derivable_pt_lim phi (f t) m -> derivable_pt_lim f t p ->
  derivable_pt_lim (fun s => phi (f s)) t (m * p).
Proof. by move=> h k; exact: (derivable_pt_lim_comp f phi t p m k h). Qed.
Lemma deriv_ratio f g t p q : g t <> 0 -> derivable_pt_lim f t p -> derivable_pt_lim g t q ->
  derivable_pt_lim (fun s => ratio (f s) (g s)) t (ratio 1 (g t) * p + -1 * f t * ratio 1 (g t * g t) * q).
Proof.
move=> n hp hq; have h := deriv_mul hp (deriv_comp (deriv_inverse n) hq).
apply: deriv_ext; first by move=> s; exact: (esym (ratio_inverse (f s) (g s))).
apply: deriv_value h; ring.
Qed.
(* A multiple and a constant need no condition. *)
Lemma derivative_affine c c0 f t : derivative (fun s => c * f s + c0) t = c * derivative f t.
Proof.
case: (pselect (Derivable f t)) => [d|n].
  apply: derivativeE; apply: (deriv_value _ (deriv_add (deriv_scale c (has_derivative d)) (deriv_const c0 t))).
  by rewrite Rplus_0_r.
have out g : ~ Derivable g t -> derivative g t = 0 by rewrite /derivative; case: pselect.
rewrite (out f n) Rmult_0_r; case: (Req_EM_T c 0) => [->|c1].
  by apply: derivativeE; apply: (deriv_ext _ (deriv_const c0 t)) => s; ring.
apply: out => -[q hq]; apply: n; exists (/ c * (q + 0)).
apply: (deriv_ext _ (deriv_scale (/ c) (deriv_add hq (deriv_const (- c0) t)))) => s.
by field.
Qed.

(* ---- gradients ---- *)
Section gradients.
Variable k : nat.
Implicit Types (f g : vec k -> R) (a h p q : vec k).

Lemma increment f a p : has_gradient f a p -> exists r, 0 < r /\
  forall h, norm h < r -> Rabs (f (vadd a h) - f a) <= (norm p + 1) * norm h.
Proof.
move=> hp; have [|r [r0 hr]] := hp 1; first lra.
exists r; split => // h hn; have b := hr h hn; have c := ip_norm p h.
have -> : f (vadd a h) - f a = (f (vadd a h) - f a - ip p h) + ip p h by ring.
apply: (Rle_trans _ _ _ (Rabs_triang _ _)); lra.
Qed.
Lemma has_gradient_comp phi f a p m : derivable_pt_lim phi (f a) m -> has_gradient f a p ->
  has_gradient (fun x => phi (f x)) a (vscal m p).
Proof.
move=> hm hp e e0; have [r1 [r10 inc]] := increment hp.
have np := norm_ge0 p; have mp := Rabs_pos m.
have [|r2 [r20 lin]] := @near_linear _ _ _ hm (e / (2 * (norm p + 1))); first by apply: Rdiv_lt_0_compat; lra.
have [|r3 [r30 dif]] := hp (e / (2 * (Rabs m + 1))); first by apply: Rdiv_lt_0_compat; lra.
have s0 : 0 < r2 / (norm p + 1) by apply: Rdiv_lt_0_compat; lra.
exists (Rmin r1 (Rmin r3 (r2 / (norm p + 1)))); split => [|h hn].
  by apply: Rmin_glb_lt => //; apply: Rmin_glb_lt.
have l1 := Rmin_l r1 (Rmin r3 (r2 / (norm p + 1))).
have l2 := Rmin_r r1 (Rmin r3 (r2 / (norm p + 1))).
have l3 := Rmin_l r3 (r2 / (norm p + 1)); have l4 := Rmin_r r3 (r2 / (norm p + 1)).
have nh := norm_ge0 h.
have i := inc h (Rlt_le_trans _ _ _ hn l1).
have j := dif h ltac:(lra).
set u := f (vadd a h) - f a in i *.
have ur : Rabs u < r2.
  apply: (Rle_lt_trans _ _ _ i); rewrite Rmult_comm.
  have hs : norm h < r2 / (norm p + 1) by lra.
  have := Rmult_lt_compat_r (norm p + 1) _ _ ltac:(lra) hs.
  by have -> : r2 / (norm p + 1) * (norm p + 1) = r2 by field; lra.
have b := lin u ur; rewrite ip_scal_l.
have e1 : f a + u = f (vadd a h) by rewrite /u; ring.
rewrite e1 in b.
have -> : phi (f (vadd a h)) - phi (f a) - m * ip p h
  = (phi (f (vadd a h)) - phi (f a) - m * u) + m * (u - ip p h) by ring.
apply: (Rle_trans _ _ _ (Rabs_triang _ _)); rewrite (Rabs_mult m).
have c1 : e / (2 * (norm p + 1)) * Rabs u <= e / 2 * norm h.
  have z : 0 <= e / (2 * (norm p + 1)) by apply: Rlt_le; apply: Rdiv_lt_0_compat; lra.
  apply: (Rle_trans _ _ _ (Rmult_le_compat_l _ _ _ z i)); right; field; lra.
have c2 : Rabs m * Rabs (u - ip p h) <= e / 2 * norm h.
  apply: (Rle_trans _ _ _ (Rmult_le_compat_l _ _ _ mp j)).
  have -> : Rabs m * (e / (2 * (Rabs m + 1)) * norm h) = (Rabs m / (Rabs m + 1)) * (e / 2 * norm h) by field; lra.
  rewrite -{2}(Rmult_1_l (e / 2 * norm h)); apply: Rmult_le_compat_r; first by apply: Rmult_le_pos; lra.
  apply: (Rmult_le_reg_r (Rabs m + 1)); first lra.
  by have -> : Rabs m / (Rabs m + 1) * (Rabs m + 1) = Rabs m; [field; lra | lra].
lra.
Qed.
Lemma has_gradient_value f a p q : p = q -> has_gradient f a p -> has_gradient f a q.
Proof. by move=> ->. Qed.
Lemma has_gradient_mul f g a p q : has_gradient f a p -> has_gradient g a q ->
  has_gradient (fun x => f x * g x) a (vadd (vscal (g a) p) (vscal (f a) q)).
Proof.
move=> hp hq.
have sq b : derivable_pt_lim (fun y => y * y) b (2 * b).
  by apply: (deriv_value _ (deriv_mul (deriv_id b) (deriv_id b))); ring.
have s1 := has_gradient_comp (sq _) (has_gradient_add hp hq).
have s2 := has_gradient_comp (sq _) (has_gradient_add hp (has_gradient_scale (-1) hq)).
have s := has_gradient_scale (/ 4) (has_gradient_add s1 (has_gradient_scale (-1) s2)).
apply: (has_gradient_ext (f := fun x => / 4 * ((f x + g x) * (f x + g x) + -1 * ((f x + -1 * g x) * (f x + -1 * g x))))).
  by move=> x; field.
apply: has_gradient_value s; apply: vec_ext => i; rewrite /vadd /vscal; field.
Qed.
Lemma has_gradient_ratio f g a p q : g a <> 0 -> has_gradient f a p -> has_gradient g a q ->
  has_gradient (fun x => ratio (f x) (g x)) a
    (vadd (vscal (ratio 1 (g a)) p) (vscal (-1 * f a * ratio 1 (g a * g a)) q)).
Proof.
move=> n hp hq; have h := has_gradient_mul hp (has_gradient_comp (deriv_inverse n) hq).
apply: has_gradient_ext; first by move=> x; exact: (esym (ratio_inverse (f x) (g x))).
by apply: has_gradient_value h; apply: vec_ext => i; rewrite /vadd /vscal; ring.
Qed.
Lemma differentiable_of f a p : has_gradient f a p -> Differentiable f a.
Proof. by move=> h; exists p. Qed.
End gradients.

(* ---- vectors as functions of a number, and functions of a number and a vector ---- *)
Definition VDerivable (d : nat) (f : R -> vec d) (t : R) : Prop := exists q, has_slope d f t q.
Lemma slope_at (d : nat) (f : R -> vec d) t : VDerivable f t -> has_slope d f t (slope d f t).
Proof. by case=> q h; rewrite (slope_of d f t q h). Qed.

Section joint.
Variable d : nat.
Implicit Types (P : R -> vec d -> R) (a v : vec d).
(* (Fréchet) differentiable in both together. *)
Definition has_derivatives P (t : R) a (q0 : R) (q : vec d) : Prop := forall e : R, 0 < e ->
  exists r : R, 0 < r /\ forall (u : R) (h : vec d), Rabs u < r -> norm h < r ->
    Rabs (P (t + u) (vadd a h) - P t a - (q0 * u + ip q h)) <= e * (Rabs u + norm h).
Definition JointlyDifferentiable P (t : R) a : Prop := exists q0 q, has_derivatives P t a q0 q.

Lemma vadd_0 a : vadd a vzero = a.
Proof. by apply: vec_ext => i; rewrite /vadd /vzero Rplus_0_r. Qed.
Lemma derivative_in_time P t a q0 q : has_derivatives P t a q0 q -> derivable_pt_lim (fun s => P s a) t q0.
Proof.
move=> h; apply: deriv_of_linear => e e0; have [r [r0 hr]] := h e e0.
exists r; split => // u ur; have := hr u vzero ur; rewrite norm_zero vadd_0 ip_zero_r !Rplus_0_r.
by apply.
Qed.
Lemma gradient_in_space P t a q0 q : has_derivatives P t a q0 q -> has_gradient (P t) a q.
Proof.
move=> h e e0; have [r [r0 hr]] := h e e0; exists r; split => // x xr.
by have := hr 0 x; rewrite Rabs_R0 Rplus_0_r Rmult_0_r !Rplus_0_l; apply.
Qed.
Lemma joint_in_time P t a : JointlyDifferentiable P t a -> Derivable (fun s => P s a) t.
Proof. by case=> q0 [q h]; exists q0; exact: derivative_in_time h. Qed.
Lemma joint_in_space P t a : JointlyDifferentiable P t a -> Differentiable (P t) a.
Proof. by case=> q0 [q h]; exists q; exact: gradient_in_space h. Qed.

Lemma norm_add a v : norm (vadd a v) <= norm a + norm v.
Proof.
have na := norm_ge0 a; have nv := norm_ge0 v; have nn := norm_ge0 (vadd a v).
apply: Rsqr_incr_0_var; last lra.
rewrite /Rsqr norm_square ip_expand -!norm_square.
have := Rle_trans _ _ _ (Rle_abs _) (ip_norm a v); lra.
Qed.
(* A vector whose coordinates are small is small. *)
Let ones : vec d := fun=> 1.
Lemma ip_pos a v : (forall i, 0 <= a i * v i) -> 0 <= ip a v.
Proof.
move=> h; have z : (0 <= \sum_(i < d) (a i : RT) * (v i : RT))%R.
  by apply: sumr_ge0 => i _; apply/RlebP; exact: h.
by apply/RlebP; exact: z.
Qed.
Lemma ip_le a v : (forall i, Rabs (a i) <= v i) -> ip a a <= ip v v.
Proof.
move=> h; have : 0 <= ip (vadd v a) (vadd v (vscal (-1) a)).
  apply: ip_pos => i; rewrite /vadd /vscal; have [l u] := abs_between (h i).
  by apply: Rmult_le_pos; lra.
rewrite ip_add_l !ip_add_r !ip_scal_r (ip_sym a v); lra.
Qed.
Lemma norm_coordinates (e : R) a : 0 <= e -> (forall i, Rabs (a i) <= e) -> norm a <= e * norm ones.
Proof.
move=> e0 h; have n1 := norm_ge0 ones.
have -> : e * norm ones = norm (vscal e ones) by rewrite norm_scal Rabs_pos_eq.
apply: Rsqr_incr_0_var; last exact: norm_ge0.
rewrite /Rsqr !norm_square; apply: ip_le => i.
by rewrite /vscal /ones Rmult_1_r; exact: h.
Qed.
Lemma uniform (Q : fintype.ordinal d -> R -> Prop) : (forall i r s, 0 < s -> s <= r -> Q i r -> Q i s) ->
  (forall i, exists r, 0 < r /\ Q i r) -> exists r, 0 < r /\ forall i, Q i r.
Proof.
move=> mono h.
suff k (s : list (fintype.ordinal d)) : exists r, 0 < r /\ forall i, List.In i s -> Q i r.
  have [r [r0 hr]] := k (fintype.enum (fintype.ordinal_finType d)).
  exists r; split => // i; apply: hr.
  have := fintype.mem_enum (fintype.ordinal_finType d) i.
  elim: (fintype.enum _) => [|x s ih] //=.
  rewrite seq.in_cons => /ssrbool.orP[/eqtype.eqP ->|/ih]; [by left | by right].
elim: s => [|x s [r [r0 hr]]]; first by exists 1; split => //; lra.
have [r1 [r10 h1]] := h x; exists (Rmin r r1).
have m0 : 0 < Rmin r r1 by apply: Rmin_glb_lt.
split => // i /= [<-|/hr q]; [exact: (mono _ _ _ m0 (Rmin_r _ _)) | exact: (mono _ _ _ m0 (Rmin_l _ _))].
Qed.
Lemma slope_linear (f : R -> vec d) t v : has_slope d f t v -> forall e, 0 < e -> exists r, 0 < r /\
  forall u, Rabs u < r -> norm (vadd (f (t + u)) (vscal (-1) (vadd (f t) (vscal u v)))) <= e * Rabs u.
Proof.
move=> h e e0; have n1 := norm_ge0 ones.
have e1 : 0 < e / (norm ones + 1) by apply: Rdiv_lt_0_compat; lra.
have [r [r0 hr]] := @uniform (fun i r => forall u, Rabs u < r ->
    Rabs (f (t + u) i - f t i - v i * u) <= e / (norm ones + 1) * Rabs u)
  (fun i r s _ l k u ur => k u (Rlt_le_trans _ _ _ ur l)) (fun i => @near_linear _ _ _ (h i) _ e1).
exists r; split => // u ur; have u0 := Rabs_pos u.
apply: (Rle_trans _ (e / (norm ones + 1) * Rabs u * norm ones)).
  apply: norm_coordinates => [|i]; first by apply: Rmult_le_pos; lra.
  rewrite /vadd /vscal; have -> : f (t + u) i + -1 * (f t i + u * v i) = f (t + u) i - f t i - v i * u by ring.
  exact: hr.
have -> : e / (norm ones + 1) * Rabs u * norm ones = (norm ones / (norm ones + 1)) * (e * Rabs u) by field; lra.
rewrite -{2}(Rmult_1_l (e * Rabs u)); apply: Rmult_le_compat_r; first by apply: Rmult_le_pos; lra.
apply: (Rmult_le_reg_r (norm ones + 1)); first lra.
by have -> : norm ones / (norm ones + 1) * (norm ones + 1) = norm ones; [field; lra | lra].
Qed.

(* The chain rule, of a number and a vector that move. *)
Lemma deriv_joint P (f : R -> R) (x : R -> vec d) t m v : JointlyDifferentiable P (f t) (x t) ->
  derivable_pt_lim f t m -> has_slope d x t v -> derivable_pt_lim (fun s => P (f s) (x s)) t
    (derivative (fun s => P s (x t)) (f t) * m + ip (grad (P (f t)) (x t)) v).
Proof.
case=> q0 [q hP] hf hx.
rewrite (derivativeE (derivative_in_time hP)) (gradE (gradient_in_space hP)).
apply: deriv_of_linear => e e0.
have nv := norm_ge0 v; have nq := norm_ge0 q; have nm := Rabs_pos m; have n0 := Rabs_pos q0.
have [|r1 [r10 h1]] := hP (e / (2 * (Rabs m + norm v + 2))); first by apply: Rdiv_lt_0_compat; lra.
pose c := Rmin 1 (e / (2 * (Rabs q0 + norm q + 1))).
have c0 : 0 < c by apply: Rmin_glb_lt; [lra | apply: Rdiv_lt_0_compat; lra].
have cl : c <= 1 := Rmin_l _ _; have cr : c <= e / (2 * (Rabs q0 + norm q + 1)) := Rmin_r _ _.
have [r2 [r20 h2]] := @near_linear _ _ _ hf _ c0.
have [r3 [r30 h3]] := @slope_linear _ _ _ hx _ c0.
have s0 : 0 < r1 / (Rabs m + norm v + 2) by apply: Rdiv_lt_0_compat; lra.
exists (Rmin (r1 / (Rabs m + norm v + 2)) (Rmin r2 r3)); split => [|u ur].
  by apply: Rmin_glb_lt => //; apply: Rmin_glb_lt.
have l1 := Rmin_l (r1 / (Rabs m + norm v + 2)) (Rmin r2 r3).
have l2 := Rmin_r (r1 / (Rabs m + norm v + 2)) (Rmin r2 r3).
have l3 := Rmin_l r2 r3; have l4 := Rmin_r r2 r3; have u0 := Rabs_pos u.
have a2 := h2 u ltac:(lra); have a3 := h3 u ltac:(lra).
set w := vadd (x (t + u)) _ in a3; set z := f (t + u) - f t - m * u in a2.
have ef : f (t + u) = f t + (m * u + z) by rewrite /z; ring.
have ex : x (t + u) = vadd (x t) (vadd (vscal u v) w).
  by apply: vec_ext => i; rewrite /w /vadd /vscal; ring.
have cu : c * Rabs u <= Rabs u by rewrite -{2}(Rmult_1_l (Rabs u)); apply: Rmult_le_compat_r.
have b1 : Rabs (m * u + z) <= (Rabs m + 1) * Rabs u.
  apply: (Rle_trans _ _ _ (Rabs_triang _ _)); rewrite Rabs_mult; lra.
have b2 : norm (vadd (vscal u v) w) <= (norm v + 1) * Rabs u.
  apply: (Rle_trans _ _ _ (norm_add _ _)); rewrite norm_scal; lra.
have big : (Rabs m + norm v + 2) * Rabs u < r1.
  have us : Rabs u < r1 / (Rabs m + norm v + 2) by lra.
  have := Rmult_lt_compat_r (Rabs m + norm v + 2) _ _ ltac:(lra) us.
  have -> : r1 / (Rabs m + norm v + 2) * (Rabs m + norm v + 2) = r1 by field; lra.
  lra.
have mu0 : 0 <= Rabs m * Rabs u by apply: Rmult_le_pos.
have vu0 : 0 <= norm v * Rabs u by apply: Rmult_le_pos.
have a1 := h1 (m * u + z) (vadd (vscal u v) w) ltac:(lra) ltac:(lra).
rewrite -ef -ex in a1.
rewrite ip_add_r ip_scal_r in a1.
have -> : P (f (t + u)) (x (t + u)) - P (f t) (x t) - (q0 * m + ip q v) * u
  = (P (f (t + u)) (x (t + u)) - P (f t) (x t) - (q0 * (m * u + z) + (u * ip q v + ip q w)))
    + (q0 * z + ip q w) by ring.
apply: (Rle_trans _ _ _ (Rabs_triang _ _)).
have d1 : e / (2 * (Rabs m + norm v + 2)) * (Rabs (m * u + z) + norm (vadd (vscal u v) w)) <= e / 2 * Rabs u.
  have e1 : 0 <= e / (2 * (Rabs m + norm v + 2)) by apply: Rlt_le; apply: Rdiv_lt_0_compat; lra.
  have s : Rabs (m * u + z) + norm (vadd (vscal u v) w) <= (Rabs m + norm v + 2) * Rabs u by lra.
  apply: (Rle_trans _ _ _ (Rmult_le_compat_l _ _ _ e1 s)); right; field; lra.
have d2 : Rabs (q0 * z + ip q w) <= e / 2 * Rabs u.
  apply: (Rle_trans _ _ _ (Rabs_triang _ _)); rewrite Rabs_mult.
  have k1 := Rmult_le_compat_l _ _ _ n0 a2.
  have k2 := Rle_trans _ _ _ (ip_norm q w) (Rmult_le_compat_l _ _ _ nq a3).
  have k3 : c * Rabs u <= e / (2 * (Rabs q0 + norm q + 1)) * Rabs u by apply: Rmult_le_compat_r.
  have k4 := Rmult_le_compat_l _ _ _ (Rplus_le_le_0_compat _ _ n0 nq) k3.
  have k5 : (Rabs q0 + norm q) * (e / (2 * (Rabs q0 + norm q + 1)) * Rabs u) <= e / 2 * Rabs u.
    have -> : (Rabs q0 + norm q) * (e / (2 * (Rabs q0 + norm q + 1)) * Rabs u)
      = ((Rabs q0 + norm q) / (Rabs q0 + norm q + 1)) * (e / 2 * Rabs u) by field; lra.
    rewrite -{2}(Rmult_1_l (e / 2 * Rabs u)); apply: Rmult_le_compat_r; first by apply: Rmult_le_pos; lra.
    apply: (Rmult_le_reg_r (Rabs q0 + norm q + 1)); first lra.
    have -> : (Rabs q0 + norm q) / (Rabs q0 + norm q + 1) * (Rabs q0 + norm q + 1) = Rabs q0 + norm q by field; lra.
    lra.
  lra.
lra.
Qed.
End joint.

(* ---- divergences ---- *)
Section divergences.
Variable d : nat.
Implicit Types (f : vec d -> R) (F : vec d -> vec d) (a : vec d).
Definition VDifferentiable F a : Prop := forall i, Differentiable (fun x => F x i) a.
(* The divergence; 0 where F is not differentiable. *)
Definition divergence F a : R :=
  if `[< VDifferentiable F a >] then (\sum_(i < d) (grad (fun x => F x i) a i : RT))%R else 0.
Lemma divergence_ext F G a : (forall x, F x = G x) -> divergence F a = divergence G a.
Proof. by move=> /funext ->. Qed.
Lemma differentiable_scaled f F a : Differentiable f a -> VDifferentiable F a ->
  VDifferentiable (fun x => vscal (f x) (F x)) a.
Proof. by move=> df dF i; eexists; exact: (has_gradient_mul (has_grad df) (has_grad (dF i))). Qed.
Lemma divergence_scaled f F a : Differentiable f a -> VDifferentiable F a ->
  divergence (fun x => vscal (f x) (F x)) a = ip (grad f a) (F a) + f a * divergence F a.
Proof.
move=> df dF; rewrite /divergence !asboolT//; last exact: differentiable_scaled.
rewrite /ip; transitivity ((\sum_(i < d) (grad f a i : RT) * (F a i : RT))%R
  + (\sum_(i < d) (f a : RT) * (grad (fun x => F x i) a i : RT))%R : R); last first.
  by congr (_ + _); rewrite -mulr_sumr.
rewrite -[RHS]big_split; apply: eq_bigr => i _ /=.
rewrite (gradE (has_gradient_mul (has_grad df) (has_grad (dF i)))) /vadd /vscal.
by rewrite (Rmult_comm (F a i)).
Qed.
End divergences.

(* ---- sums and multiples of vectors ---- *)
Section vectors_of_a_number.
Variable d : nat.
Implicit Types (F G : R -> vec d) (z m p q : vec d).
Lemma slope_const z t : has_slope d (fun=> z) t vzero.
Proof. by move=> i; exact: deriv_const. Qed.
Lemma slope_add F G t p q : has_slope d F t p -> has_slope d G t q ->
  has_slope d (fun s => vadd (F s) (G s)) t (vadd p q).
Proof. by move=> hp hq i; exact: (deriv_add (hp i) (hq i)). Qed.
Lemma slope_scaled (f : R -> R) F t (p : R) q : derivable_pt_lim f t p -> has_slope d F t q ->
  has_slope d (fun s => vscal (f s) (F s)) t (vadd (vscal p (F t)) (vscal (f t) q)).
Proof. by move=> hp hq i; exact: (deriv_mul hp (hq i)). Qed.
Lemma slope_multiple (c : R) F t q : has_slope d F t q -> has_slope d (fun s => vscal c (F s)) t (vscal c q).
Proof. by move=> h i; exact: (deriv_scale c (h i)). Qed.
Lemma has_slope_ext F G t q : (forall s, F s = G s) -> has_slope d F t q -> has_slope d G t q.
Proof. by move=> /funext ->. Qed.
Lemma deriv_ip F G t p q : has_slope d F t p -> has_slope d G t q ->
  derivable_pt_lim (fun s => ip (F s) (G s)) t (ip p (G t) + ip (F t) q).
Proof.
move=> hp hq; rewrite /ip.
suff h (I : seq 'I_d) : derivable_pt_lim (fun s => (\sum_(i <- I) (F s i : RT) * (G s i : RT))%R) t
    ((\sum_(i <- I) (p i : RT) * (G t i : RT))%R + (\sum_(i <- I) (F t i : RT) * (q i : RT))%R : R).
  exact: h.
elim: I => [|i I ih].
  apply: deriv_ext; first by move=> s; rewrite big_nil.
  by rewrite !big_nil; apply: (deriv_value _ (deriv_const 0 t)); exact: (esym (Rplus_0_l 0)).
apply: deriv_ext; first by move=> s; rewrite big_cons.
rewrite !big_cons; apply: deriv_value (deriv_add (deriv_mul (hp i) (hq i)) ih).
exact: (@addrACA RT).
Qed.
Lemma slope_none F t : ~ VDerivable F t -> slope d F t = vzero.
Proof. by rewrite /slope /VDerivable; case: pselect. Qed.
(* A constant vector beside a number that moves needs no condition. *)
Lemma slope_affine z m (f : R -> R) t :
  slope d (fun s => vadd (vscal (f s) z) m) t = vscal (derivative f t) z.
Proof.
case: (pselect (Derivable f t)) => [df|n].
  rewrite (slope_of d _ t _ (slope_add (slope_scaled (has_derivative df) (slope_const z t)) (slope_const m t))).
  by apply: vec_ext => i; rewrite /vadd /vscal /vzero; ring.
have -> : derivative f t = 0 by move: n; rewrite /derivative /Derivable; case: pselect.
case: (pselect (forall i, z i = 0)) => [z0|].
  have e s : vadd (vscal (f s) z) m = m by apply: vec_ext => i; rewrite /vadd /vscal z0; ring.
  rewrite (slope_ext d _ (fun=> m) t e) (slope_of d _ t _ (slope_const m t)).
  by apply: vec_ext => i; rewrite /vscal /vzero; ring.
move=> some; rewrite slope_none; first by apply: vec_ext => i; rewrite /vscal /vzero; ring.
case=> q hq; apply: some => i; apply: contrapT => zi; apply: n.
exists (/ z i * (q i + 0)).
apply: (deriv_ext _ (deriv_scale (/ z i) (deriv_add (hq i) (deriv_const (- m i) t)))) => s.
by rewrite /vadd /vscal; field.
Qed.
End vectors_of_a_number.

Section vectors_of_a_vector.
Variable d : nat.
Implicit Types (F G : vec d -> vec d) (a m : vec d).
Lemma coordinate_gradient a i : has_gradient (fun x : vec d => x i) a (fun j => if j == i then 1 else 0).
Proof.
move=> e e0; exists 1; split => [|h _]; first lra.
rewrite /vadd ip_sym ip_basis; have -> : a i + h i - a i - h i = 0 by ring.
by rewrite Rabs_R0; apply: Rmult_le_pos; [lra | exact: norm_ge0].
Qed.
Lemma differentiable_id a : VDifferentiable (fun x : vec d => x) a.
Proof. by move=> i; exists (fun j => if j == i then 1 else 0); exact: coordinate_gradient. Qed.
Lemma differentiable_const m a : VDifferentiable (fun=> m) a.
Proof. by move=> i; exists vzero; exact: has_gradient_const. Qed.
Lemma differentiable_add F G a : VDifferentiable F a -> VDifferentiable G a ->
  VDifferentiable (fun x => vadd (F x) (G x)) a.
Proof. by move=> dF dG i; eexists; exact: (has_gradient_add (has_grad (dF i)) (has_grad (dG i))). Qed.
Lemma divergence_id a : divergence (fun x : vec d => x) a = INR d.
Proof.
rewrite /divergence asboolT; last exact: differentiable_id.
transitivity ((\sum_(i < d) (1 : RT))%R : R).
  by apply: eq_bigr => i _; rewrite (gradE (coordinate_gradient a i)) eqxx.
by rewrite sumr_const card_ord INRE.
Qed.
(* A multiple and a constant need no condition. *)
Lemma divergence_affine (c : R) m F a :
  divergence (fun x => vadd (vscal c (F x)) m) a = c * divergence F a.
Proof.
rewrite /divergence; case: (pselect (VDifferentiable F a)) => [dF|n].
  have h i := has_gradient_add (has_gradient_scale c (has_grad (dF i))) (has_gradient_const (m i) a).
  rewrite !asboolT//; last by move=> i; eexists; exact: h.
  transitivity ((c : RT) * \sum_(i < d) (grad (fun x => F x i) a i : RT))%R; last by [].
  rewrite mulr_sumr; apply: eq_bigr => i _; rewrite (gradE (h i)) /vadd /vscal /vzero.
  by rewrite Rplus_0_r.
rewrite (asboolF n) Rmult_0_r; case: (Req_EM_T c 0) => [->|c0].
  have h i : has_gradient (fun x => vadd (vscal 0 (F x)) m i) a vzero.
    by apply: (has_gradient_ext _ (has_gradient_const (m i) a)) => x; rewrite /vadd /vscal; ring.
  rewrite asboolT; last by move=> i; exists vzero; exact: h.
  by rewrite big1// => i _; rewrite (gradE (h i)).
rewrite asboolF// => k; apply: n => i; have [q hq] := k i; exists (vscal (/ c) (vadd q vzero)).
apply: (has_gradient_ext _ (has_gradient_scale (/ c) (has_gradient_add hq (has_gradient_const (- m i) a)))) => x.
by rewrite /vadd /vscal; field.
Qed.

(* The inner product of c x + m and k x + n. *)
Lemma has_gradient_ip (c k : R) (m n a : vec d) :
  has_gradient (fun x => ip (vadd (vscal c x) m) (vadd (vscal k x) n)) a
    (vadd (vscal c (vadd (vscal k a) n)) (vscal k (vadd (vscal c a) m))).
Proof.
move=> e e0; have ck := Rabs_pos (c * k); exists (e / (Rabs (c * k) + 1)); split.
  by apply: Rdiv_lt_0_compat; lra.
move=> h hn; have nh := norm_ge0 h.
have -> : ip (vadd (vscal c (vadd a h)) m) (vadd (vscal k (vadd a h)) n) - ip (vadd (vscal c a) m) (vadd (vscal k a) n)
   - ip (vadd (vscal c (vadd (vscal k a) n)) (vscal k (vadd (vscal c a) m))) h = c * k * (norm h * norm h).
  rewrite norm_square; rewrite !(ip_add_l, ip_add_r, ip_scal_l, ip_scal_r).
  by rewrite (ip_sym h a) (ip_sym h n) (ip_sym n h) (ip_sym m h) (ip_sym m a); ring.
rewrite Rabs_mult (Rabs_pos_eq (norm h * norm h)); last by apply: Rmult_le_pos.
rewrite -Rmult_assoc; apply: Rmult_le_compat_r => //.
have l : Rabs (c * k) * norm h <= (Rabs (c * k) + 1) * norm h by apply: Rmult_le_compat_r; lra.
apply: (Rle_trans _ _ _ l); have := Rmult_lt_compat_l (Rabs (c * k) + 1) _ _ ltac:(lra) hn.
have -> : (Rabs (c * k) + 1) * (e / (Rabs (c * k) + 1)) = e by field; lra.
lra.
Qed.
End vectors_of_a_vector.
Lemma by_function (A B : Type) (P : (A -> B) -> Prop) (f g : A -> B) : (forall x, f x = g x) -> P g -> P f.
Proof. by move=> /funext ->. Qed.
