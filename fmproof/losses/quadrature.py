"""The quadrature method: nested lattices in x inside Clenshaw-Curtis in t, for d <= 3.

The marginal side evaluates p_t(x) and u_t(x) point by point; the joint side evaluates
u_t(x given z) on pairs (z, eps). The error adds up the estimates of both rules, of the mass
beyond the lattices, and of round-off. It is an estimate, not a proof: it can be too small for a
model with features that no lattice point comes near. How often it is, is measured in
``benchmarks/quadrature_coverage.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from fmproof.errors import InputError
from fmproof.losses import clenshaw_curtis, expectations
from fmproof.losses.budget import Budget, OutOfTime
from fmproof.losses.clenshaw_curtis import Sample
from fmproof.losses.estimate import Estimate
from fmproof.losses.lattice import EPS, IndexArray, LatticeSum
from fmproof.losses.quantities import Columns, Quantity, check_aims, checked_quantities, shaped
from fmproof.losses.slices import Slices
from fmproof.losses.time_axis import breakpoints, omitted, time_axis
from fmproof.models.arrays import FloatArray
from fmproof.models.problem import Problem

Side = Callable[[Slices, Columns, FloatArray, float, Budget], LatticeSum]

MAX_DIM = 3

# A value is resolved relative to itself or, where it nearly cancels, to this share of the
# integral of its absolute value.
_CANCELLATION = 1e-3
# What is quadratic in u misses what times beyond the axis add to E||u_t(x given z)||^2, and as
# much again for rounded times before them and for cross terms; what is linear in u hardly does.
_BEYOND: dict[Quantity, float] = {"fm": 2, "cfm": 2, "C1": 2, "C2": 2, "C": 4, "floor": 2}
# Assumed of a model that is not a polynomial.
_UNKNOWN_DEGREE = 2


def evaluate(
    problem: Problem,
    quantities: Iterable[str],
    tolerance: float = 1e-9,
    max_evaluations: float = 1e9,
    seconds: float = np.inf,
) -> dict[Quantity, Estimate]:
    """The quantities to the relative ``tolerance``, as far as ``max_evaluations`` allow.

    Args:
        tolerance: the error aimed at, relative to the value (for a vector or matrix to its
            largest entry), or to 1e-3 of E|integrand| where that is larger.
        max_evaluations: how many evaluations of a component at a point may be spent; lattices of
            similar size are summed as if they had the largest, which may take four times as many.
        seconds: how long it may take.

    Returns:
        Estimates with ``method`` "quadrature", NaN with an infinite error where the mixture
        cannot be resolved; ``cost`` has ``evaluations``, ``times``, ``seconds`` and
        ``out_of_time``.

    Raises:
        InputError: when d > 3, a quantity is unknown or not available for the model, or a number
            is out of range.
    """
    names = checked_quantities(problem, quantities)
    if problem.dim > MAX_DIM:
        raise InputError(
            f"not available: quadrature works up to dimension {MAX_DIM}, found {problem.dim}; "
            "use sampling"
        )
    check_aims(tolerance, max_evaluations)
    budget = Budget(max_evaluations, seconds)
    _keep_freed_memory()
    integrand = _Integrand(problem, names, tolerance, budget)
    axis = time_axis(problem)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        cuts = breakpoints(problem, axis)
        try:
            found = clenshaw_curtis.integrate(
                lambda y, good: integrand(axis.time(y), good),
                axis.density,
                cuts,
                integrand.target,
                max_samples=max(4000, 40 * len(cuts)),
                stopped=lambda: budget.out_of_time,
            )
        except OutOfTime:
            unknown = np.full(integrand.width, np.nan)
            found = Sample(unknown, np.full(integrand.width, np.inf), unknown)
        beyond = omitted(problem)
    cost = {
        "evaluations": int(budget.spent),
        "times": integrand.times,
        "seconds": budget.seconds,
        "out_of_time": budget.out_of_time,
    }
    return {
        name: Estimate(
            shaped(problem, name, found.value[columns]),
            shaped(problem, name, found.error[columns] + _BEYOND.get(name, 0) * beyond),
            "quadrature",
            cost=cost,
            scale=float(found.magnitude[columns].max()),
        )
        for name, columns in integrand.slices.items()
    }


def _keep_freed_memory() -> None:
    """Let glibc keep freed arrays of a few megabytes for the next ones.

    Otherwise it hands each lattice's arrays back to the system, and a third of the time goes into
    fresh pages. It adapts to the largest array that was freed: this one, whose pages are never
    touched. Elsewhere this does nothing.
    """
    np.empty(1 << 21)


class _Integrand:
    """The expectations over x as functions of time, one column for each number.

    Attributes:
        slices: the columns of each quantity.
        width: how many columns there are, Q.
        budget, times: evaluations of a component, and slices, spent so far.
    """

    def __init__(
        self, problem: Problem, names: tuple[Quantity, ...], tolerance: float, budget: Budget
    ) -> None:
        self.problem, self.tolerance, self.budget = problem, tolerance, budget
        self.marginal = Columns.marginal(problem, names)
        self.joint = Columns.joint(problem, names)
        self.times = 0
        self.slices: dict[Quantity, slice] = {}
        self._terms: list[list[IndexArray]] = []  # of each quantity: the sides' columns to add up
        stop = 0
        for name in names:
            terms = self._sides(name)
            self._terms.append(terms)
            self.slices[name] = slice(stop, stop + len(terms[0]))
            stop += len(terms[0])
        self.width = stop
        # x^degree exp(-x^2/2) falls off beyond the square root of the degree.
        degrees = [columns.degree for columns in (self.marginal, self.joint) if columns.width]
        degree = max(_UNKNOWN_DEGREE if degree is None else degree for degree in degrees)
        self._reach = np.sqrt(2 * degree) + np.sqrt(-2 * np.log(tolerance)) + 0.5

    def target(self, found: Sample) -> FloatArray:
        """The error to aim at: relative to the largest entry of each quantity."""
        scale = np.maximum(np.abs(found.value), _CANCELLATION * found.magnitude)
        for columns in self.slices.values():
            scale[columns] = scale[columns].max()
        return self.tolerance * scale

    def __call__(self, times: FloatArray, tolerance: FloatArray) -> Sample:
        at = Slices(self.problem, times)
        good = self._side_tolerance(np.broadcast_to(tolerance, (len(times), self.width)))
        found = []
        for side, columns, part in (
            (expectations.marginal, self.marginal, slice(self.marginal.width)),
            (expectations.joint, self.joint, slice(self.marginal.width, None)),
        ):
            if columns.width:
                found.append(self._expectation(side, at, columns, good[:, part]))
        self.times += len(times)
        return Sample(
            self._combine(np.concatenate([side.value for side in found], axis=1)),
            self._combine(np.concatenate([side.error for side in found], axis=1)),
            self._combine(np.concatenate([side.magnitude for side in found], axis=1)),
        )

    def _expectation(
        self, side: Side, at: Slices, columns: Columns, tolerance: FloatArray
    ) -> LatticeSum:
        """One side's expectations, on boxes that grow until the mass outside does not matter."""
        reach = self._reach
        found = side(at, columns, tolerance, reach, self.budget)
        while reach <= 4 * self._reach:
            enough = np.maximum(tolerance, EPS * found.magnitude)
            short = np.asarray((found.tail > enough).any(axis=1))
            if not short.any():
                break
            reach *= 1.25
            found.put(short, side(at.subset(short), columns, tolerance[short], reach, self.budget))
        return found

    def _sides(self, name: Quantity) -> list[IndexArray]:
        """The sides' columns that add up to a quantity; the marginal side's come first."""
        if name == "C":
            return [*self._sides("C1"), *self._sides("C2")]
        columns, start = self.marginal, 0
        if name in self.joint.slices:
            columns, start = self.joint, self.marginal.width
        return [start + np.arange(columns.width)[columns.slices[name]]]

    def _combine(self, sides: FloatArray) -> FloatArray:
        parts = [sum(sides[:, term] for term in terms) for terms in self._terms]
        return np.concatenate(parts, axis=1)

    def _side_tolerance(self, tolerance: FloatArray) -> FloatArray:
        """What the sides' columns (N, .) may be off for the quantities' ``tolerance`` (N, Q)."""
        out = np.full((len(tolerance), self.marginal.width + self.joint.width), np.inf)
        for terms, columns in zip(self._terms, self.slices.values(), strict=True):
            for term in terms:
                out[:, term] = np.minimum(out[:, term], tolerance[:, columns] / len(terms))
        return out
