"""Adaptive nested Clenshaw-Curtis quadrature for integrands that are costly and inexact.

An integrand brings its own error and is told which error is good enough. Panels double their
nodes, n = 8, 16, 32, 64, while that pays, and are halved when it does not. In practice the rule is
as accurate as Gauss's (Trefethen, "Is Gauss quadrature better than Clenshaw-Curtis?", SIAM Review
50, 2008), its nodes are nested, and they include the ends, so that a thin layer there is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np

from fmproof.models.arrays import FloatArray

_COARSE, _FINE = 8, 64
# The estimate is this many times the error that the decay of the coefficients suggests.
_SAFETY = 10.0
# A panel is given its last doubling of nodes when a quarter of its coefficients falls off this
# fast, and is halved otherwise.
_FAST = 0.5
# A decay is not trusted to be faster than this, by the number of nodes that show it: a layer that
# is narrower than their distance leaves little trace.
_FASTEST = {8: 0.4, 16: 0.25, 32: 0.15, 64: 0.1}
_EPS, _TINY = float(np.finfo(np.float64).eps), float(np.finfo(np.float64).tiny)
# The share of the target that the integrand's own error may take.
_INNER = 0.1


@dataclass(frozen=True)
class Sample:
    """An integral, or an integrand at N points: Q numbers at once.

    Attributes:
        value, error: (Q,) or (N, Q); the error is infinite where the value is unknown.
        magnitude: the sum of the absolute values of the terms that make up ``value``.
    """

    value: FloatArray
    error: FloatArray
    magnitude: FloatArray


Sampler = Callable[[FloatArray, FloatArray], Sample]
"""The integrand at y (N,), to an absolute error (Q,) that is good enough."""

Target = Callable[[Sample], FloatArray]
"""The error (Q,) to aim at, given a first idea of the integral."""


def integrate(
    sampler: Sampler,
    density: Callable[[FloatArray], FloatArray],
    breakpoints: list[float],
    target: Target,
    max_samples: int,
) -> Sample:
    """The integral of sampler(y) density(y) dy, ``density`` being that of a probability law.

    Stops when the rule's error is below half the target, or after about ``max_samples`` samples.
    The error returned is the rule's and the samples' together.
    """
    samples = _Samples(sampler, density)
    panels = [_Panel(a, b, _COARSE) for a, b in pairwise(breakpoints)]
    while True:
        samples.make(panels)
        found = _total(panel.integral(samples) for panel in panels)
        # Less than round-off, or than the smallest floats, cannot be reached.
        aim = np.maximum(target(found), _EPS * found.magnitude + _TINY)
        samples.tolerance = _INNER * aim
        samples.make(panels)
        results = [panel.integral(samples) for panel in panels]
        errors = [panel.rule_error(samples, aim) for panel in panels]
        if sum(errors) <= 0.5 or samples.count >= max_samples:
            found = _total(results)
            # Changes within the samples' errors say nothing about the rule's: count those twice.
            error = sum(errors) * aim + 2 * found.error
            return replace(found, error=np.where(np.isfinite(error), error, np.inf))
        worst = 0.5 / len(panels)
        panels = [
            part
            for panel, error in zip(panels, errors, strict=True)
            for part in (panel.refined(samples, aim) if error > worst else [panel])
        ]


def _total(parts: Iterable[Sample]) -> Sample:
    value, error, magnitude = (
        sum(rows) for rows in zip(*((p.value, p.error, p.magnitude) for p in parts), strict=True)
    )
    return Sample(value, error, magnitude)


class _Samples:
    """Samples of the weighted integrand, kept, and made again when they are not good enough.

    Attributes:
        tolerance: the error of the unweighted integrand that is good enough, (Q,) or ().
        count: how many samples were made.
    """

    def __init__(self, sampler: Sampler, density: Callable[[FloatArray], FloatArray]) -> None:
        self._sampler, self._density = sampler, density
        self._kept: dict[float, tuple[Sample, FloatArray]] = {}
        self.tolerance = np.array(np.inf)
        self.count = 0

    def make(self, panels: Iterable[_Panel]) -> None:
        """What the panels need and is not there, or not good enough."""
        nodes = dict.fromkeys(float(y) for panel in panels for y in panel.nodes())
        missing = np.array([y for y in nodes if not self._good(y)])
        if not len(missing):
            return
        made = self._sampler(missing, self.tolerance)
        weights = self._density(missing)[:, None]
        rows = zip(*(weights * a for a in (made.value, made.error, made.magnitude)), strict=True)
        for y, row in zip(missing, rows, strict=True):
            self._kept[float(y)] = Sample(*row), self.tolerance
        self.count += len(missing)

    def _good(self, y: float) -> bool:
        if y not in self._kept:
            return False
        sample, tolerance = self._kept[y]
        stale = (sample.error > self.tolerance) & (tolerance > 2 * self.tolerance)
        return not stale.any()

    def at(self, nodes: FloatArray) -> Sample:
        """Those made at ``nodes`` (N,)."""
        found = [self._kept[float(y)][0] for y in nodes]
        return Sample(
            np.stack([sample.value for sample in found]),
            np.stack([sample.error for sample in found]),
            np.stack([sample.magnitude for sample in found]),
        )


@dataclass(frozen=True)
class _Panel:
    """The interval [a, b] with n + 1 nodes."""

    a: float
    b: float
    n: int

    def integral(self, samples: _Samples) -> Sample:
        """The sum over the panel's nodes, with the samples' own errors."""
        found = samples.at(self.nodes())
        weights = (self.b - self.a) * _unit_weights(self.n)
        return Sample(weights @ found.value, weights @ found.error, weights @ found.magnitude)

    def rule_error(self, samples: _Samples, aim: FloatArray) -> float:
        """The rule's error in units of ``aim``: the largest over the integrals.

        The rule takes the Chebyshev polynomial of degree k > n for that of degree 2n - k. Where
        the coefficients go on to fall off as they did, the sum of what that makes is the error.
        """
        last, ratio = self._spectrum(samples, aim)
        ratio = max(ratio, _FASTEST[self.n])
        k, weights = _aliases(self.n)
        quarters = 4 * (k - self.n) / self.n
        return _SAFETY * (self.b - self.a) * last * float(weights @ ratio ** (0.5 + quarters))

    def refined(self, samples: _Samples, aim: FloatArray) -> list[_Panel]:
        """This panel with twice the nodes, or its halves."""
        _, ratio = self._spectrum(samples, aim)
        if self.n < _FINE // 2 or (self.n < _FINE and ratio < _FAST):
            return [_Panel(self.a, self.b, 2 * self.n)]
        middle = float(self.nodes()[self.n // 2])
        return [_Panel(self.a, middle, _COARSE), _Panel(middle, self.b, _COARSE)]

    def _spectrum(self, samples: _Samples, aim: FloatArray) -> tuple[float, float]:
        """The largest of the last quarter of the Chebyshev coefficients, in units of ``aim``, and
        the factor by which they fall off from one quarter to the next, judged by the last two
        steps."""
        found = samples.at(self.nodes())
        coefficients = np.abs(_to_coefficients(self.n) @ found.value)
        noise = found.error.mean(axis=0)
        # What is below the integrand's own error is counted there; what is unknown on some panel
        # has no aim on any.
        real = np.isfinite(noise + aim) & (coefficients[self.n * 3 // 4 :].max(axis=0) > noise)
        size = (coefficients[:, real] / aim[real]).max(axis=1, initial=0.0)
        quarters = np.array([part.max() for part in np.array_split(size[1:], 4)])
        earlier, before, last = quarters[1:]
        if not last:
            return 0.0, 0.0
        if not (before and earlier):
            return float(last), 1.0
        return float(last), float(min(max(last / before, np.sqrt(last / earlier)), 1.0))

    def nodes(self) -> FloatArray:
        """Where the integrand is needed, (n + 1,)."""
        nodes = self.a + (self.b - self.a) * _unit_nodes()[:: _FINE // self.n]
        nodes[-1] = self.b
        return nodes


@cache
def _unit_nodes() -> FloatArray:
    """The 65 finest nodes on [0, 1]; those of a coarser rule are every 2nd, 4th, ..."""
    return np.asarray(0.5 * (1 - np.cos(np.pi * np.arange(_FINE + 1) / _FINE)))


@cache
def _to_coefficients(n: int) -> FloatArray:
    """The matrix (n + 1, n + 1) from values at the nodes to Chebyshev coefficients."""
    j = np.arange(n + 1)
    ends = np.where((j == 0) | (j == n), 0.5, 1.0)
    return np.asarray(2 / n * ends[:, None] * np.cos(np.pi * np.outer(j, j) / n) * ends)


@cache
def _aliases(n: int) -> tuple[FloatArray, FloatArray]:
    """Even degrees k with n < k <= 2n, and by how much the integral of T_k over [0, 1] differs
    from that of T_(2n - k)."""
    k = np.arange(n + 2, 2 * n + 1, 2.0)
    return k, np.abs(1 / (k**2 - 1) - 1 / ((2 * n - k) ** 2 - 1))


@cache
def _unit_weights(n: int) -> FloatArray:
    """Clenshaw-Curtis weights on [0, 1] for n + 1 nodes, n even."""
    k = np.arange(n + 1)
    j = np.arange(1, n // 2 + 1)
    factors = np.where(j == n // 2, 1.0, 2.0) / (4 * j**2 - 1)
    weights = (1 - np.cos(2 * np.pi * np.outer(k, j) / n) @ factors) / n
    weights[[0, -1]] /= 2
    return weights
