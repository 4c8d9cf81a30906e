"""One problem's losses and constants by every method that applies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from time import perf_counter

import numpy as np

from fmproof.errors import InputError, nearest
from fmproof.losses.estimate import Estimate
from fmproof.losses.findings import NUMERIC_METHODS, Findings, NumericMethod
from fmproof.losses.quantities import Quantity, checked_quantities
from fmproof.models.problem import Problem
from fmproof.models.velocity import PolynomialVelocity

SCALAR_QUANTITIES: tuple[Quantity, ...] = ("fm", "cfm", "C1", "C2", "C", "floor")
GRADIENTS: tuple[Quantity, ...] = ("fm_gradient", "cfm_gradient")
TIME_LIMIT = 8.0

# In the order of their turns, what each gets of the time that is left, beside those after it.
_SHARES: dict[NumericMethod, int] = {"quadrature": 3, "sampling": 2, "certified": 1}
_EXACT: dict[Quantity, str] = {"C2": "C₂", "cfm": "L_CFM", "cfm_gradient": "∇L_CFM"}

EvaluationProgress = Callable[[str, int, int, str], None]
"""Called as ``progress(method, done, total, note)`` while a method runs."""


class Evaluation(Findings):
    """What :func:`evaluate` found."""

    def _repr_html_(self) -> str:
        """How a notebook shows it."""
        from fmproof.report.evaluation import render_html

        return render_html(self)


def evaluate(
    problem: Problem,
    methods: Iterable[str] | None = None,
    tolerance: float = 1e-9,
    seed: int = 0,
    progress: EvaluationProgress | None = None,
    time_limit: float = TIME_LIMIT,
    quantities: Iterable[str] | None = None,
) -> Evaluation:
    """Evaluate both losses, their constants, gradients and the floor.

    Args:
        methods: names out of ``METHODS``; by default all that apply.
        tolerance: relative error aimed at by quadrature and the certified method; sampling aims
            at no less than 1e-3.
        seed: of the sampling method.
        progress: called while the certified method and sampling run.
        time_limit: in seconds, for all methods together. The exact method may take half of it.
            Quadrature, sampling and the certified method run in this order and get shares as 3 : 2
            : 1 of what is left when their turn comes; each ends with what it knows.
        quantities: names as in :mod:`fmproof.losses.quantities`; by default
            all of ``SCALAR_QUANTITIES``, the ``GRADIENTS`` of a polynomial model, and its best
            coefficients.

    An interrupt (Ctrl-C) ends the method that runs and skips those after it.

    Raises:
        InputError: an unknown method or quantity, or a method asked for by name that does not
            apply.
        KeyboardInterrupt: when nothing is known yet.
    """
    chosen = NUMERIC_METHODS if methods is None else tuple(dict.fromkeys(methods))
    for name in chosen:
        if name not in NUMERIC_METHODS:
            raise InputError(f"method: unknown name {name!r}; {nearest(name, NUMERIC_METHODS)}")
    if not time_limit > 0:
        raise InputError(f"time_limit: expected a positive number of seconds, found {time_limit:g}")
    linear = isinstance(problem.model, PolynomialVelocity)
    whole = quantities is None
    wanted = SCALAR_QUANTITIES + (GRADIENTS if linear else ())
    if quantities is not None:
        wanted = checked_quantities(problem, quantities)
    estimates: dict[Quantity, dict[NumericMethod, Estimate]] = {}
    skipped: dict[NumericMethod, str] = {}
    optimum = None
    end = perf_counter() + time_limit
    pending = _turns(problem, chosen)
    most = time_limit / max(sum(method in _SHARES for method in pending), 1)
    while pending:
        method = pending.pop(0)
        left = max(end - perf_counter(), 0.0)
        if method == "exact":
            seconds = left / 2
        else:
            seconds = left * _SHARES[method] / sum(_SHARES[one] for one in (method, *pending))
        if method == "certified":
            # It seldom ends before its time, and is not to make a problem that the others solve at
            # once last as long as is allowed.
            seconds = min(seconds, most)
        try:
            with np.errstate(all="ignore"):  # what overflows has an infinite error
                if method == "exact":
                    found, optimum, why = _exact(problem, seconds, wanted, whole)
                    if why:
                        skipped[method] = why
                else:
                    found = _by_method(problem, method, wanted, tolerance, seed, progress, seconds)
        except InputError as error:
            if methods is not None:
                raise InputError(f"{method}: {error}") from None
            skipped[method] = str(error)
            continue
        except KeyboardInterrupt:
            if not estimates:
                raise
            skipped[method] = "interrupted"
            break
        for quantity, estimate in found.items():
            estimates.setdefault(quantity, {})[method] = estimate
        cost = next(iter(found.values())).cost if found else {}
        if cost.get("interrupted"):
            samples = cost["samples"]
            skipped[method] = f"interrupted after {samples:,} samples; above is what they give"
            break
        if cost.get("out_of_time"):
            skipped[method] = (
                f"its share of the time limit, {seconds:.3g} s, ended; above is what it knew"
            )
    for quantity, row in estimates.items():
        estimates[quantity] = {name: row[name] for name in NUMERIC_METHODS if name in row}
    skipped = {name: skipped[name] for name in NUMERIC_METHODS if name in skipped}
    return Evaluation(problem, estimates, optimum, skipped, tolerance)


def _turns(problem: Problem, chosen: Iterable[str]) -> list[NumericMethod]:
    """The methods in the order in which they run.

    The one that takes all the time it is given comes last; but before the others where it does not
    apply, so that no time is kept for it.
    """
    from fmproof.losses import certified

    order: list[NumericMethod] = [*_SHARES]
    if "certified" in chosen and not certified.applies(problem):
        order = ["certified", *(method for method in order if method != "certified")]
    return [method for method in ("exact", *order) if method in chosen]


def _by_method(
    problem: Problem,
    method: NumericMethod,
    wanted: tuple[Quantity, ...],
    tolerance: float,
    seed: int,
    progress: EvaluationProgress | None,
    seconds: float,
) -> Mapping[Quantity, Estimate]:
    if method == "quadrature":
        from fmproof.losses import quadrature

        return quadrature.evaluate(problem, wanted, tolerance, seconds=seconds)
    if method == "certified":
        from fmproof.losses import certified

        def planned(done: int, total: int) -> None:
            if progress is not None:
                progress("certified", done, total, "")

        return certified.evaluate(problem, wanted, tolerance, progress=planned, seconds=seconds)
    from fmproof.losses import sampling

    def drawn(done: int, total: int, name: str, value: float, error: float) -> None:
        if progress is not None:
            progress("sampling", done, total, f"{name} = {value:.6g} ± {error:.1e}")

    return sampling.evaluate(
        problem, wanted, max(tolerance, 1e-3), seed=seed, progress=drawn, seconds=seconds
    )


def _exact(
    problem: Problem, seconds: float, wanted: tuple[Quantity, ...], optimum: bool
) -> tuple[Mapping[Quantity, Estimate], Estimate | None, str]:
    """What has a closed form among ``wanted``: C₂, L_CFM with its gradient, and the best
    coefficients; and why the loss has none.

    Raises ``InputError`` when nothing has one.
    """
    from fmproof.losses.exact import ExactCFM

    forms: dict[Quantity, Callable[[ExactCFM], Estimate]] = {
        "C2": ExactCFM.c2,
        "cfm": ExactCFM.loss,
        "cfm_gradient": ExactCFM.gradient,
    }
    asked = [name for name in forms if name in wanted]
    if not asked:
        raise InputError(f"not available: there is no closed form of {', '.join(wanted)}")
    polynomial = isinstance(problem.model, PolynomialVelocity)
    if not polynomial and "C2" in asked:
        asked = ["C2"]
    exact = ExactCFM(problem, seconds)
    found: dict[Quantity, Estimate] = {}
    for name in asked:
        try:
            found[name] = forms[name](exact)
        except InputError as error:
            if not found:
                raise
            known = " and ".join(_EXACT[done] for done in found)
            return found, None, f"{known} alone; {_EXACT[name]} is {error}"
    try:
        return found, exact.optimum() if optimum and polynomial else None, ""
    except InputError:  # the best coefficients are not unique
        return found, None, ""
