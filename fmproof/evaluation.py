"""One problem's losses and constants by every method that applies, and whether they fit together.

The identity L_FM = L_CFM + C is checked, not used: L_FM and C₁ come from the marginal side,
L_CFM and C₂ from the joint side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from fmproof.errors import InputError, nearest
from fmproof.losses.estimate import Estimate
from fmproof.models.problem import Problem
from fmproof.models.velocity import PolynomialVelocity

if TYPE_CHECKING:
    from fmproof.losses.quantities import Quantity

Method = Literal["exact", "certified", "quadrature", "sampling"]
METHODS: tuple[Method, ...] = get_args(Method)

SCALARS: tuple[Quantity, ...] = ("fm", "cfm", "C1", "C2", "C", "floor")
GRADIENTS: tuple[Quantity, ...] = ("fm_gradient", "cfm_gradient")

Progress = Callable[[str, int, int, str], None]
"""Called as ``progress(method, done, total, note)`` while a method runs."""


@dataclass(frozen=True)
class Comparison:
    """Two sides that should agree: their difference, and how large it may be."""

    residual: float
    bound: float

    @property
    def holds(self) -> bool:
        """Whether the difference is within the errors of the two sides."""
        return bool(self.residual <= self.bound)


@dataclass(frozen=True)
class Evaluation:
    """What :func:`evaluate` found.

    Attributes:
        estimates: quantity -> method -> estimate.
        optimum: the coefficients that minimise both losses, for models linear in them.
        skipped: method -> why it does not apply, or that it was interrupted.
    """

    problem: Problem
    estimates: Mapping[Quantity, Mapping[Method, Estimate]]
    optimum: Estimate | None = None
    skipped: Mapping[Method, str] = field(default_factory=dict)

    def _repr_html_(self) -> str:
        """How a notebook shows it."""
        # By name, and only in a notebook: what was found does not depend on its renderers.
        return str(import_module("fmproof.report.evaluation").render_html(self))

    def best(self, quantity: Quantity) -> tuple[Method, Estimate] | None:
        """The method with the smallest error, and its estimate; None when none applies."""
        found = self.estimates.get(quantity, {})
        if not found:
            return None
        return min(found.items(), key=lambda item: _size(item[1].error))

    def _pair(self, left: Quantity, *right: Quantity) -> Comparison | None:
        estimates = [self.best(quantity) for quantity in (left, *right)]
        if any(found is None for found in estimates):
            return None
        values = [found[1] for found in estimates if found is not None]
        with np.errstate(invalid="ignore"):  # inf - inf, where a value overflowed
            difference = np.asarray(values[0].value) - sum(np.asarray(v.value) for v in values[1:])
        # An exact value is rounded, too, and so is the difference.
        rounding = 2 * np.finfo(float).eps * sum(np.abs(v.value) for v in values)
        bound = sum(np.asarray(v.error) for v in values) + rounding
        worst = int(np.argmax(np.abs(difference) - bound))
        return Comparison(
            float(np.abs(np.atleast_1d(difference))[worst]),
            float(np.atleast_1d(bound)[worst]),
        )

    @property
    def identity(self) -> Comparison | None:
        """L_FM against L_CFM + C."""
        return self._pair("fm", "cfm", "C")

    @property
    def gradient(self) -> Comparison | None:
        """The gradient of L_FM against that of L_CFM, at the entry that fits least."""
        return self._pair("fm_gradient", "cfm_gradient")


def _size(error: object) -> float:
    worst = float(np.max(np.asarray(error, dtype=float)))
    return np.inf if np.isnan(worst) else worst


def evaluate(
    problem: Problem,
    methods: Iterable[str] | None = None,
    tolerance: float = 1e-9,
    seed: int = 0,
    progress: Progress | None = None,
) -> Evaluation:
    """Evaluate both losses, their constants, gradients and the floor.

    Args:
        methods: names out of ``METHODS``; by default all that apply.
        tolerance: relative error aimed at by quadrature and the certified method; sampling aims
            at no less than 1e-3.
        seed: of the sampling method.
        progress: called while the certified method and sampling run.

    An interrupt (Ctrl-C) ends the method that runs and skips those after it.

    Raises:
        InputError: an unknown method, or one asked for by name that does not apply.
        KeyboardInterrupt: when nothing is known yet.
    """
    chosen = METHODS if methods is None else tuple(dict.fromkeys(methods))
    for name in chosen:
        if name not in METHODS:
            raise InputError(f"method: unknown name {name!r}; {nearest(name, METHODS)}")
    linear = isinstance(problem.model, PolynomialVelocity)
    wanted = SCALARS + (GRADIENTS if linear else ())
    estimates: dict[Quantity, dict[Method, Estimate]] = {}
    skipped: dict[Method, str] = {}
    for method in METHODS:
        if method not in chosen:
            continue
        try:
            with np.errstate(all="ignore"):  # what overflows has an infinite error
                found = _by_method(problem, method, wanted, tolerance, seed, progress)
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
        samples = _interrupted(found)
        if samples:
            skipped[method] = f"interrupted after {samples:,} samples; above is what they give"
            break
    return Evaluation(problem, estimates, _optimum(problem) if linear else None, skipped)


def _by_method(
    problem: Problem,
    method: Method,
    wanted: tuple[Quantity, ...],
    tolerance: float,
    seed: int,
    progress: Progress | None,
) -> Mapping[Quantity, Estimate]:
    if method == "exact":
        return _exact(problem)
    if method == "quadrature":
        from fmproof.losses import quadrature

        return quadrature.evaluate(problem, wanted, tolerance)
    if method == "certified":
        from fmproof.losses import certified

        def planned(done: int, total: int) -> None:
            if progress is not None:
                progress("certified", done, total, "")

        return certified.evaluate(problem, wanted, tolerance, progress=planned)
    from fmproof.losses import sampling

    def drawn(done: int, total: int, name: str, value: float, error: float) -> None:
        if progress is not None:
            progress("sampling", done, total, f"{name} = {value:.6g} ± {error:.1e}")

    return sampling.evaluate(problem, wanted, max(tolerance, 1e-3), seed=seed, progress=drawn)


def _interrupted(found: Mapping[Quantity, Estimate]) -> int:
    """The samples that an interrupted run had drawn, 0 for a run that came to its end."""
    costs = [estimate.cost for estimate in found.values() if estimate.cost.get("interrupted")]
    return int(costs[0]["samples"]) if costs else 0


def _exact(problem: Problem) -> dict[Quantity, Estimate]:
    """What has a closed form: L_CFM with its gradient, and C₂."""
    from fmproof.losses.exact import ExactCFM

    exact = ExactCFM(problem)
    found: dict[Quantity, Estimate] = {"C2": exact.c2()}
    if isinstance(problem.model, PolynomialVelocity):
        found["cfm"] = exact.loss()
        found["cfm_gradient"] = exact.gradient()
    return found


def _optimum(problem: Problem) -> Estimate | None:
    from fmproof.losses.exact import ExactCFM

    try:
        return ExactCFM(problem).optimum()
    except InputError:
        return None
