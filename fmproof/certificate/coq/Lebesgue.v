(* Lebesgue.v: Lebesgue's measure on R^d, and the divergence theorem, which is assumed. *)
From FMProof Require Import Measure Model Spaces Steps Calculus Slope Derivatives.
Require Import Reals.
Set Warnings "-all".
From mathcomp Require Import ssreflect ssralg bigop fintype reals constructive_ereal measure lebesgue_measure lebesgue_integral Rstruct.
Set Implicit Arguments. Unset Strict Implicit.
Open Scope R_scope.

(* The points between a and b, coordinate by coordinate. *)
Definition box d (a b : vec d) (x : vectors d) : Prop := forall i, a i <= x i <= b i.
(* l is Lebesgue's measure: the volume of a box is the product of its sides. There is one such
   measure on the Borel sets of R^d, and no other (Rudin, Real and Complex Analysis, theorem 2.20);
   on R^0, a point, it is the mass 1. *)
Definition lebesgue d (l : vector_measure d) : Prop := forall a b : vec d, (forall i, a i <= b i) ->
  l (box a b) = ((\prod_(i < d) ((b i : RT) - a i))%R)%:E.
Arguments lebesgue : clear implicits.

(* Assumed: the divergence theorem on the whole space. F is differentiable everywhere and div F is
   integrable, so for each box the integral of div F over it is the flux through its sides (Mathlib,
   MeasureTheory.integral_divergence_of_hasFDerivAt_off_countable; for d = 1 Rudin, Real and Complex
   Analysis, theorem 7.21; for d = 0 both sides are 0). As |F| is integrable, the flux through the
   sides of the cube of side 2r around 0 is integrable in r, so it tends to 0 along some r that tend
   to infinity; and as div F is integrable, its integral over those cubes tends to that over the space. *)
Axiom divergence_theorem : forall d (l : vector_measure d), lebesgue d l ->
  forall F : vec d -> vec d, (forall x, VDifferentiable F x) -> VIntegrable (Rn d l) F ->
  Integrable (Rn d l) (divergence F) -> Int (Rn d l) (divergence F) = 0.
