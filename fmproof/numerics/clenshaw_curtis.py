"""Adaptive nested Clenshaw-Curtis quadrature for integrands that are costly and inexact.

An integrand brings its own error and is told which error is good enough. Panels double their
nodes, n = 4, 8, ..., 64, while that pays, and are halved when it does not. In practice the rule is
as accurate as Gauss's (Trefethen, "Is Gauss quadrature better than Clenshaw-Curtis?", SIAM Review
50, 2008), and its nodes are nested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from fmproof.models.arrays import FloatArray

_COARSE, _FINE = 4, 64
# The estimate is this many times the error that the last two refinements suggest.
_SAFETY = 10.0
# No refinement is trusted to gain more than this factor.
_BEST_GAIN = 1e-4
# A panel that gained less than this by doubling its nodes is halved instead.
_FAST = 0.1
# The share of the target that the integrand's own error may take.
_INNER = 0.1


@dataclass(frozen=True)
class Sample:
    """An integrand at one point, or an integral: Q numbers at once.

    Attributes:
        value, error: (Q,); the error is infinite where the value is unknown.
        magnitude: (Q,), the sum of the absolute values of the terms that make up ``value``.
    """

    value: FloatArray
    error: FloatArray
    magnitude: FloatArray


Sampler = Callable[[float, FloatArray], Sample]
"""The integrand at y, to an absolute error (Q,) that is good enough."""

Target = Callable[[Sample], FloatArray]
"""The error (Q,) to aim at, given a first idea of the integral."""


def integrate(
    sampler: Sampler,
    density: Callable[[float], float],
    breakpoints: list[float],
    target: Target,
    max_samples: int,
) -> Sample:
    """The integral of sampler(y) density(y) dy, ``density`` being that of a probability law.

    Stops when the rule's error is below half the target, or after about ``max_samples`` samples.
    The error returned is the rule's and the samples' together.
    """
    samples = _Samples(sampler, density)
    panels = [
        _Panel(a, b, _COARSE) for a, b in zip(breakpoints[:-1], breakpoints[1:], strict=True)
    ]
    while True:
        aim = target(_total(panel.integral(samples) for panel in panels))
        samples.tolerance = _INNER * aim
        results = [panel.integral(samples) for panel in panels]
        errors = [panel.rule_error(samples, aim) for panel in panels]
        if sum(errors) <= 0.5 or samples.count >= max_samples:
            rule = Sample(np.zeros(()), sum(errors) * aim, np.zeros(()))
            return _total([rule, *results])
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

    def __init__(self, sampler: Sampler, density: Callable[[float], float]) -> None:
        self._sampler, self._density = sampler, density
        self._kept: dict[float, tuple[Sample, FloatArray]] = {}
        self.tolerance = np.array(np.inf)
        self.count = 0

    def __call__(self, y: float) -> Sample:
        if y in self._kept:
            sample, tolerance = self._kept[y]
            stale = (sample.error > self.tolerance) & (tolerance > 2 * self.tolerance)
            if not stale.any():
                return sample
        weight = self._density(y)
        made = self._sampler(y, self.tolerance)
        sample = Sample(weight * made.value, weight * made.error, weight * made.magnitude)
        self._kept[y] = sample, self.tolerance
        self.count += 1
        return sample


@dataclass(frozen=True)
class _Panel:
    """The interval [a, b] with n + 1 nodes."""

    a: float
    b: float
    n: int

    def integral(self, samples: _Samples) -> Sample:
        """The sum over the panel's nodes, with the samples' own errors."""
        found = self._samples(samples)
        weights = self._weights(self.n)
        return Sample(
            weights @ np.stack([s.value for s in found]),
            weights @ np.stack([s.error for s in found]),
            weights @ np.stack([s.magnitude for s in found]),
        )

    def rule_error(self, samples: _Samples, aim: FloatArray) -> float:
        """The rule's error in units of ``aim``: the largest over the integrals."""
        before, last = self._changes(samples, aim)
        gain = min(max(last / before, _BEST_GAIN), 1.0) if before else 1.0
        # Twice the nodes square the error of a smooth integrand and quarter that of one with a
        # kink: the power 3/2 is safe for both.
        return _SAFETY * last * gain**1.5

    def refined(self, samples: _Samples, aim: FloatArray) -> list[_Panel]:
        before, last = self._changes(samples, aim)
        if self.n < 2 * _COARSE or (self.n < _FINE and last < _FAST * before):
            return [_Panel(self.a, self.b, 2 * self.n)]
        middle = float(self._nodes()[self.n // 2])
        return [_Panel(self.a, middle, _COARSE), _Panel(middle, self.b, _COARSE)]

    def _changes(self, samples: _Samples, aim: FloatArray) -> tuple[float, float]:
        """How the sums changed from n/4 to n/2 to n, in units of ``aim``."""
        values = np.stack([s.value for s in self._samples(samples)])
        known = np.isfinite(values).all(axis=0) & (aim > 0)
        values = values[:, known] / aim[known]
        coarse, middle, fine = (
            self._weights(self.n // k) @ values[::k] for k in (4, 2, 1)
        )
        return (
            float(np.abs(middle - coarse).max(initial=0.0)),
            float(np.abs(fine - middle).max(initial=0.0)),
        )

    def _samples(self, samples: _Samples) -> list[Sample]:
        return [samples(float(y)) for y in self._nodes()]

    def _nodes(self) -> FloatArray:
        nodes = self.a + (self.b - self.a) * _unit_nodes()[:: _FINE // self.n]
        nodes[-1] = self.b
        return nodes

    def _weights(self, n: int) -> FloatArray:
        return (self.b - self.a) * _unit_weights(n)


@cache
def _unit_nodes() -> FloatArray:
    """The 65 finest nodes on [0, 1]; those of a coarser rule are every 2nd, 4th, ..."""
    return np.asarray(0.5 * (1 - np.cos(np.pi * np.arange(_FINE + 1) / _FINE)))


@cache
def _unit_weights(n: int) -> FloatArray:
    """Clenshaw-Curtis weights on [0, 1] for n + 1 nodes, n even or 1."""
    if n == 1:
        return np.array([0.5, 0.5])
    k = np.arange(n + 1)
    j = np.arange(1, n // 2 + 1)
    factors = np.where(j == n // 2, 1.0, 2.0) / (4 * j**2 - 1)
    weights = (1 - np.cos(2 * np.pi * np.outer(k, j) / n) @ factors) / n
    weights[[0, -1]] /= 2
    return weights
