"""Adaptive nested Clenshaw-Curtis quadrature for integrands that are costly and inexact.

An integrand brings its own error and is told which error is good enough. Panels double their
nodes, n = 8, 16, 32, 64, while that pays, and are halved when it does not. In practice the rule is
as accurate as Gauss's (Trefethen, "Is Gauss quadrature better than Clenshaw-Curtis?", SIAM Review
50, 2008), its nodes are nested, and they include the ends, so that a thin layer there is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise
from math import sqrt
from typing import cast

import numpy as np

from fmproof.losses.budget import OutOfTime
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

    def at(self, rows: list[int] | slice) -> Sample:
        """At some of the points."""
        return Sample(self.value[rows], self.error[rows], self.magnitude[rows])

    def put(self, rows: list[int], other: Sample) -> None:
        """Replace what is there at some of the points."""
        self.value[rows], self.error[rows] = other.value, other.error
        self.magnitude[rows] = other.magnitude

    def and_then(self, other: Sample) -> Sample:
        """At the points of both."""
        return Sample(
            np.concatenate([self.value, other.value]),
            np.concatenate([self.error, other.error]),
            np.concatenate([self.magnitude, other.magnitude]),
        )


IntegrandSampler = Callable[[FloatArray, FloatArray], Sample]
"""The integrand at y (N,), to absolute errors (N, Q) that are good enough."""

Target = Callable[[Sample], FloatArray]
"""The error (Q,) to aim at, given a first idea of the integral."""


def integrate(
    sampler: IntegrandSampler,
    density: Callable[[FloatArray], FloatArray],
    breakpoints: list[float],
    target: Target,
    max_samples: int,
    stopped: Callable[[], bool] = lambda: False,
) -> Sample:
    """The integral of sampler(y) density(y) dy, ``density`` being that of a probability law.

    Ends when the rule's error is below half the target, after about ``max_samples`` samples, or
    when ``stopped`` says so; what a later pass no longer knows is as an earlier one left it.
    The error returned is the rule's and the samples' together.

    Raises:
        OutOfTime: when ``sampler`` does before anything is known.
    """
    samples = _Samples(sampler, density)
    # Where nothing asks for several panels, the least that is ever enough is taken at once.
    first = _COARSE if len(breakpoints) > 2 else 2 * _COARSE
    panels = [_Panel(a, b, first) for a, b in pairwise(breakpoints)]
    known: Sample | None = None
    while True:
        try:
            samples.make(panels)
        except OutOfTime:
            if known is None:
                raise
            return known
        made = [samples.at(panel.nodes) for panel in panels]
        found = _integral(panels, made)
        # Less than round-off, or than the smallest floats, cannot be reached.
        aim = np.maximum(target(found), _EPS * found.magnitude + _TINY)
        samples.tolerance = _INNER * aim
        with suppress(OutOfTime):  # then the samples are as they were
            if samples.make(panels):
                made = [samples.at(panel.nodes) for panel in panels]
                found = _integral(panels, made)
        spectra = [panel.spectrum(own, aim) for panel, own in zip(panels, made, strict=True)]
        errors = [panel.rule_error(*s) for panel, s in zip(panels, spectra, strict=True)]
        # Changes within the samples' errors say nothing about the rule's: count those twice.
        error = sum(errors) * aim + 2 * found.error
        known = _later(known, replace(found, error=np.where(np.isfinite(error), error, np.inf)))
        if sum(errors) <= 0.5 or samples.count >= max_samples or stopped():
            return known
        worst = 0.5 / len(panels)
        panels = [
            part
            for panel, error, (_, ratio) in zip(panels, errors, spectra, strict=True)
            for part in (panel.refined(ratio) if error > worst else [panel])
        ]


def _later(before: Sample | None, now: Sample) -> Sample:
    """What is known ``now``, and where that is nothing, what was known ``before``."""
    if before is None:
        return now
    lost = np.isinf(now.error)
    return Sample(
        np.where(lost, before.value, now.value),
        np.where(lost, before.error, now.error),
        np.where(lost, before.magnitude, now.magnitude),
    )


def _integral(panels: list[_Panel], made: list[Sample]) -> Sample:
    """The sum over all panels' nodes of what was ``made`` there, with the samples' own errors."""
    weights = np.concatenate([(panel.b - panel.a) * _unit_weights(panel.n) for panel in panels])
    value, error, magnitude = (
        weights @ np.concatenate(parts)
        for parts in zip(*((own.value, own.error, own.magnitude) for own in made), strict=True)
    )
    return Sample(value, error, magnitude)


class _Samples:
    """Samples of the weighted integrand, kept, and made again when they are not good enough.

    Attributes:
        tolerance: the error of the weighted integrand that is good enough, (Q,) or ().
        count: how many samples were made.
    """

    def __init__(
        self, sampler: IntegrandSampler, density: Callable[[FloatArray], FloatArray]
    ) -> None:
        self._sampler, self._density = sampler, density
        self._rows: dict[float, int] = {}  # of the arrays of what is kept
        self._kept: Sample | None = None
        self._asked = np.empty((0, 0))  # the tolerances that they were made to, (N, Q)
        self.tolerance = np.array(np.inf)
        self.count = 0

    def make(self, panels: Iterable[_Panel]) -> bool:
        """What the panels need and is not there, or not good enough; whether there was any."""
        nodes = dict.fromkeys(y for panel in panels for y in panel.nodes.tolist())
        new = [y for y in nodes if y not in self._rows]
        stale = [] if self._kept is None else self._stale([y for y in nodes if y in self._rows])
        if not (new or stale):
            return False
        missing = np.array(new + stale)
        weights = self._density(missing)[:, None]
        made = self._sampler(missing, self.tolerance / weights)
        found = Sample(*(weights * a for a in (made.value, made.error, made.magnitude)))
        asked = np.broadcast_to(self.tolerance, found.value.shape)
        if self._kept is not None and stale:
            rows = [self._rows[y] for y in stale]
            later = _later(self._kept.at(rows), found.at(slice(len(new), None)))
            self._kept.put(rows, later)
            self._asked[rows] = asked[len(new) :]
        if new:
            self._rows.update((y, i) for i, y in enumerate(new, len(self._rows)))
            first = found.at(slice(len(new)))
            self._kept = first if self._kept is None else self._kept.and_then(first)
            before = self._asked.reshape(-1, asked.shape[1])
            self._asked = np.concatenate([before, asked[: len(new)]])
        self.count += len(missing)
        return True

    def _stale(self, nodes: list[float]) -> list[float]:
        """Those of the ``nodes`` whose samples are not good enough, and could be better."""
        rows = [self._rows[y] for y in nodes]
        error, asked = cast(Sample, self._kept).error[rows], self._asked[rows]
        stale = ((error > self.tolerance) & (asked > 2 * self.tolerance)).any(axis=1)
        return [nodes[i] for i in np.flatnonzero(stale)]

    def at(self, nodes: FloatArray) -> Sample:
        """Those made at ``nodes`` (N,)."""
        return cast(Sample, self._kept).at([self._rows[y] for y in nodes.tolist()])


@dataclass(frozen=True)
class _Panel:
    """The interval [a, b] with n + 1 nodes."""

    a: float
    b: float
    n: int

    @cached_property
    def nodes(self) -> FloatArray:
        """Where the integrand is needed, (n + 1,)."""
        nodes = self.a + (self.b - self.a) * _unit_nodes()[:: _FINE // self.n]
        nodes[-1] = self.b
        return nodes

    def rule_error(self, last: float, ratio: float) -> float:
        """The rule's error by its :meth:`spectrum`, in the units of that: the largest over the
        integrals.

        The rule takes the Chebyshev polynomial of degree k > n for that of degree 2n - k. Where
        the coefficients go on to fall off as they did, the sum of what that makes is the error.
        """
        ratio = max(ratio, _FASTEST[self.n])
        k, weights = _aliases(self.n)
        quarters = 4 * (k - self.n) / self.n
        return _SAFETY * (self.b - self.a) * last * float(weights @ ratio ** (0.5 + quarters))

    def refined(self, ratio: float) -> list[_Panel]:
        """This panel with twice the nodes, or its halves, by how fast its :meth:`spectrum` falls
        off."""
        if self.n < _FINE // 2 or (self.n < _FINE and ratio < _FAST):
            return [_Panel(self.a, self.b, 2 * self.n)]
        middle = float(self.nodes[self.n // 2])
        return [_Panel(self.a, middle, _COARSE), _Panel(middle, self.b, _COARSE)]

    def spectrum(self, made: Sample, aim: FloatArray) -> tuple[float, float]:
        """Of what was ``made`` at the nodes the largest of the last quarter of the Chebyshev
        coefficients, in units of ``aim``, and the factor by which they fall off from one quarter to
        the next, judged by the last two steps."""
        coefficients = np.abs(_to_coefficients(self.n) @ made.value)
        noise = made.error.mean(axis=0)
        # What is below the integrand's own error is counted there; what is unknown on some panel
        # has no aim on any.
        real = np.isfinite(noise + aim) & (coefficients[self.n * 3 // 4 :].max(axis=0) > noise)
        size = (coefficients[:, real] / aim[real]).max(axis=1, initial=0.0)
        earlier, before, last = size[1:].reshape(4, -1).max(axis=1)[1:].tolist()
        if not last:
            return 0.0, 0.0
        if not (before and earlier):
            return last, 1.0
        return last, min(max(last / before, sqrt(last / earlier)), 1.0)


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
