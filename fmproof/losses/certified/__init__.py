"""The certified method: enclosures that are proved, by ball arithmetic, for d = 1.

A result's interval holds the true value: every number is a ball (python-flint), every rule has a
proved error bound, and whatever is cut off is bounded. What is trusted is python-flint, this
package, and SymPy's formulas of a schedule and of its derivative. ``docs/evaluate.md`` says what
is rigorous and what is not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

import numpy as np

from fmproof.errors import InputError
from fmproof.losses.budget import Budget
from fmproof.losses.estimate import Estimate
from fmproof.losses.quantities import Quantity, check_aims, checked_quantities, columns, shaped
from fmproof.models.arrays import number
from fmproof.models.problem import Problem
from fmproof.models.velocity import PolynomialVelocity

if TYPE_CHECKING:
    from fmproof.losses.certified.over_time import PanelProgress
    from fmproof.models.balls import Ball

_BITS = 106  # of the balls' midpoints
# Of a model whose moments and boxes are worth the time: x^60 is 1e36 where its mass is.
_MAX_DEGREE = 60
_COARSEST = 0.03  # tolerance that is tried
# Seconds that the tails of a component take at the least, and how many times longer than the time
# that is left they may be foreseen to take, before nothing is begun.
_TAILS, _LONGEST = 2e-3, 2.0
_ALIKE = 1.001  # tolerances that differ by less are one
_WITHOUT_MODEL: tuple[Quantity, ...] = ("C1", "C2", "C", "floor")


def evaluate(
    problem: Problem,
    quantities: Iterable[str],
    tolerance: float = 1e-9,
    max_evaluations: float = 2e5,
    progress: PanelProgress | None = None,
    seconds: float = math.inf,
) -> dict[Quantity, Estimate]:
    """Enclose quantities of a one-dimensional problem, integrated over the time law.

    Args:
        tolerance: half the width aimed at, relative to the value (of a vector or matrix to its
            largest entry).
        max_evaluations: of a component at a point or box; where they run out, the rest is
            enclosed by simple bounds, and as many are spent on looser aims, the powers of 1e-3 and
            0.03, until one is reached. What all of them leave is the enclosure, so that with a
            tighter power of 1e-3 it is no wider.
        progress: called with the cells that are summed and all that are planned.
        seconds: how long it may take; what it did not come to is enclosed by simple bounds.

    Returns:
        Estimates with ``method`` "certified": the value is certain to be within the error, which
        is infinite where nothing is known. ``cost`` has ``evaluations``, ``unresolved`` (cells
        enclosed by their range only), ``seconds`` and ``out_of_time``.

    What needs a model of degree above 60 is NaN with an infinite error.

    Raises:
        InputError: "not available: ..." when so many components take longer than ``seconds`` to
            begin with, when d > 1, the model is not polynomial, all quantities
            need a model of too high a degree, the schedule uses a function without a certified
            form, or python-flint is not installed.
    """
    asked = checked_quantities(problem, quantities)
    check_aims(tolerance, max_evaluations)
    _require_available(problem)
    names = _within_degree(problem, asked)
    foreseen = _TAILS * problem.data.components
    if foreseen > _LONGEST * seconds:
        raise InputError(
            f"not available: the tails of {problem.data.components:,} components would take some "
            f"{foreseen:.2g} s, more than the {seconds:.2g} s that are left"
        )
    from flint import ctx

    from fmproof.losses.certified.over_time import OverTime

    whole = Budget(seconds=seconds)
    found: dict[Quantity, list[Ball]] = {}
    cost: dict[str, float] = {}
    with ctx.workprec(_BITS):
        for aim in _aims(tolerance):
            budget = Budget(max_evaluations, whole.left)
            run = OverTime(problem, names, aim, budget, progress)
            found = _both(found, run.to(aim))
            cost["evaluations"] = cost.get("evaluations", 0) + run.cost["evaluations"]
            cost.setdefault("unresolved", run.cost["unresolved"])
            if not run.cost["unresolved"] or budget.out_of_time:
                break
        cost |= {"seconds": whole.seconds, "out_of_time": whole.out_of_time or budget.out_of_time}
        known = _estimates(problem, names, found, cost)
    return {name: known.get(name) or _unknown(problem, name, cost) for name in asked}


def applies(problem: Problem) -> bool:
    """Whether the method is available for the problem."""
    try:
        _require_available(problem)
    except InputError:
        return False
    return True


def at_time(
    problem: Problem,
    quantities: Iterable[str],
    t: Fraction | int | str,
    tolerance: float = 1e-12,
    max_evaluations: float = 2e5,
) -> dict[Quantity, Estimate]:
    """Enclose the expectations given the time ``t``, a rational.

    The losses and constants of :func:`evaluate` are the means of these over the time law.

    Raises:
        InputError: as for :func:`evaluate`, and when t is not a rational between 0 and 1, or p_t
            has no density there.
    """
    names = checked_quantities(problem, quantities)
    time = number(t, "t")
    if not isinstance(time, Fraction) or not 0 <= time <= 1:
        raise InputError(f"t: expected a rational between 0 and 1, found {t!r}")
    check_aims(tolerance, max_evaluations)
    _require_available(problem)
    from flint import ctx

    from fmproof.losses.certified.over_time import AtTime

    budget = Budget(max_evaluations)
    with ctx.workprec(_BITS):
        run = AtTime(problem, names, time, tolerance, budget)
        found = run.to(tolerance)
        cost = {**run.cost, "seconds": budget.seconds}
        return _estimates(problem, names, found, cost)


def _aims(tolerance: float) -> list[float]:
    """The tolerance and, for where the evaluations do not reach it, the powers of 1e-3 above it and
    the coarsest: a coarser aim spreads them more evenly."""
    looser = [*(10.0 ** (-3 * k) for k in range(8, 0, -1)), _COARSEST]
    return [tolerance, *(aim for aim in looser if aim > tolerance * _ALIKE)]


def _both(
    first: dict[Quantity, list[Ball]], second: dict[Quantity, list[Ball]]
) -> dict[Quantity, list[Ball]]:
    """What is in the enclosures of both, where they are finite."""
    return {
        name: [
            one if not other.is_finite() else other if not one.is_finite()
            else one.intersection(other)
            for one, other in zip(first.get(name, balls), balls, strict=True)
        ]
        for name, balls in second.items()
    }  # fmt: skip


def _within_degree(problem: Problem, names: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
    """Those of ``names`` whose moments can be had; raises ``InputError`` when there are none."""
    degree = int(cast(PolynomialVelocity, problem.model).x_powers.max())
    if degree <= _MAX_DEGREE:
        return names
    kept = tuple(name for name in names if name in _WITHOUT_MODEL)
    if not kept:
        raise InputError(
            f"not available: the certified method takes models up to degree {_MAX_DEGREE}, found "
            f"{degree}; use quadrature or sampling"
        )
    return kept


def _unknown(problem: Problem, name: Quantity, cost: dict[str, float]) -> Estimate:
    count = columns(problem, name)
    value, error = (shaped(problem, name, np.full(count, v)) for v in (np.nan, np.inf))
    return Estimate(value, error, "certified", cost=cost)


def _require_available(problem: Problem) -> None:
    if problem.dim > 1:
        raise InputError(
            f"not available: the certified method works in dimension 1, found {problem.dim}; "
            "use quadrature or sampling"
        )
    if not isinstance(problem.model, PolynomialVelocity):
        raise InputError(
            "not available: the certified method needs a polynomial velocity model, "
            f"found {type(problem.model).__name__}"
        )
    for singular in problem.path.singularities:
        if problem.time.support[singular.end] == singular.end:
            raise InputError(
                f"not available: the derivative of {singular.function} is infinite at t = "
                f"{singular.end}, where the certified method's bounds are, too; use quadrature"
            )
    if find_spec("flint") is None:
        raise InputError(
            "not available: the certified method needs python-flint; "
            "pip install 'fmproof[certified]'"
        )


def _estimates(
    problem: Problem,
    names: tuple[Quantity, ...],
    found: dict[Quantity, list[Ball]],
    cost: dict[str, float],
) -> dict[Quantity, Estimate]:
    estimates = {}
    for name in names:
        if name == "C":
            balls = [a + b for a, b in zip(found["C1"], found["C2"], strict=True)]
        else:
            balls = found[name]
        values, errors = zip(*map(_interval, balls), strict=True)
        estimates[name] = Estimate(
            shaped(problem, name, np.array(values)),
            shaped(problem, name, np.array(errors)),
            "certified",
            cost=cost,
        )
    return estimates


def _interval(ball: Ball) -> tuple[float, float]:
    """A float and how far the ball's numbers may be from it, rounded up."""
    value = float(ball.mid()) if ball.is_finite() else math.nan
    if not math.isfinite(value):
        return math.nan, math.inf
    return value, math.nextafter(float((ball - value).abs_upper()), math.inf)
