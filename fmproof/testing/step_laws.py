"""The laws that steps of samplers promise: x_s given x_t, and what the steps before it left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from fmproof.errors import InputError
from fmproof.models import TablePath
from fmproof.models.arrays import FloatArray
from fmproof.testing.exact import ExactModel
from fmproof.testing.reference import Latents, Reference

ONE_STEP = ("ddim", "euler", "heun", "euler-maruyama")
MULTISTEP = ("adams-bashforth", "lms", "plms", "dpm++2m")
KINDS = (*ONE_STEP, *MULTISTEP)
PLMS = {
    1: (1.0,),
    2: (3 / 2, -1 / 2),
    3: (23 / 12, -16 / 12, 5 / 12),
    4: (55 / 24, -59 / 24, 37 / 24, -9 / 24),
}
"""Weights of Adams and Bashforth for equal steps, the newest first."""


class StepLaw(NamedTuple):
    """x_s is normal with this mean (N, d) and standard deviation (N,)."""

    mean: FloatArray
    std: FloatArray


@dataclass(frozen=True)
class Trail:
    """Points on the way to a step, the newest first: N of the path, of one data and noise each.

    Attributes:
        times: t, and those of the steps before it.
        points: x at these, (N, d) each.
        s: the time to step to.
    """

    reference: Reference
    times: list[float]
    points: list[FloatArray]
    s: float

    @classmethod
    def draw(cls, reference: Reference, times: list[float], s: float, n: int, seed: int) -> Trail:
        """Of ``n`` right data and noise."""
        rng = np.random.default_rng(seed)
        z, eps = reference.data.sample(n, rng), rng.standard_normal((n, reference.dim))
        at = [np.array([t]) for t in times]
        points = [reference.alpha(t) * z + reference.beta(t) * eps for t in at]
        return cls(reference, times, points, s)

    @property
    def t(self) -> float:
        """The time to step from."""
        return self.times[0]

    @property
    def x(self) -> FloatArray:
        """The points to step from."""
        return self.points[0]

    def outputs(self, target: Any = None) -> list[FloatArray]:
        """What a model of ``target``, or of what the reference predicts, returns at the points."""
        reference = self.reference
        model = ExactModel(reference if target is None else replace(reference, target=target))
        pairs = zip(self.times, self.points, strict=True)
        return [model.values(np.array([t]), x) for t, x in pairs]

    @cached_property
    def given(self) -> Latents:
        """The means of data and noise given x_t."""
        return self.reference.given_x(np.full(len(self.x), self.t), self.x)

    def factors(self, t: float) -> tuple[float, float]:
        """alpha and beta."""
        at = np.array([t])
        return float(self.reference.alpha(at)[0]), float(self.reference.beta(at)[0])

    def moved(self, eps: FloatArray) -> FloatArray:
        """x_s of the noise ``eps`` and the data that it implies at x_t."""
        (alpha, beta), (later, noise) = self.factors(self.t), self.factors(self.s)
        return later * (self.x - beta * eps) / alpha + noise * eps


def usual_pairs(reference: Reference) -> list[tuple[float, float]]:
    """Steps towards the data, early, in the middle and late."""
    path = reference.path
    if isinstance(path, TablePath):
        rows = path.times[np.argsort(-path.betas / np.maximum(path.alphas, 1e-300))]
        last = len(rows) - 1
        picks = sorted({0, last // 3, 2 * last // 3, max(last - 1, 0)})
        return [(float(rows[i]), float(rows[i + 1])) for i in picks if i < last]
    low, high = reference.time.support
    scaled = ((0.1, 0.15), (0.4, 0.5), (0.8, 0.9))
    ends = (low, high)
    ratio = reference.beta(np.array(ends)) / np.maximum(reference.alpha(np.array(ends)), 1e-300)
    if ratio[0] < ratio[1]:
        ends = (high, low)
    return [tuple(ends[0] + f * (ends[1] - ends[0]) for f in pair) for pair in scaled]  # type: ignore[misc]


def step_law(trail: Trail, kind: Any, eta: float, noise: Any) -> StepLaw:
    """What the step should do."""
    reference, x, t, s = trail.reference, trail.x, trail.t, trail.s
    count, h = len(x), s - t
    nothing = np.zeros(count)
    if callable(kind):
        mean, std = kind(ExactModel(reference), x, t, s)
        return StepLaw(np.asarray(mean), np.broadcast_to(np.asarray(std, dtype=float), (count,)))
    if kind in MULTISTEP:
        return StepLaw(_multistep(trail, kind), nothing)
    given = trail.given
    if kind == "ddim":
        alpha, beta = trail.factors(s)
        std = eta * np.sqrt(_posterior_variance(reference, t, s))
        if std > beta * (1 + 1e-9) + 1e-12:
            raise InputError(
                f"eta: {eta:g} adds noise of {std:.4g} at s = {s:g}, where x_s has only {beta:.4g}"
            )
        kept = np.sqrt(max(beta**2 - std**2, 0.0))
        return StepLaw(alpha * given.z + kept * given.eps, np.full(count, std))
    field = ExactModel(replace(reference, target="velocity"))
    first = field.values(np.array([t]), x)
    if kind == "euler":
        return StepLaw(x + h * first, nothing)
    if kind == "heun":
        second = field.values(np.array([s]), x + h * first)
        return StepLaw(x + h * (first + second) / 2, nothing)
    g = float(np.asarray(noise(np.array([t]))).ravel()[0])
    score = -given.eps / trail.factors(t)[1]
    forward = 1.0 if _to_data(reference, t, s) == (h > 0) else -1.0
    drift = first + forward * np.sign(h) * g**2 / 2 * score
    return StepLaw(x + h * drift, np.full(count, g * np.sqrt(abs(h))))


def _multistep(trail: Trail, kind: str) -> FloatArray:
    """x_s of a linear multistep method; for "lms" see Karras et al. (arXiv 2206.00364), for "plms"
    Liu et al. (arXiv 2202.09778), for "dpm++2m" Lu et al. (arXiv 2211.01095)."""
    if kind == "adams-bashforth":
        weights = _integrals(trail.times, trail.s)
        return trail.x + combined(weights, trail.outputs("velocity"))
    if kind == "plms":
        return trail.moved(combined(PLMS[len(trail.times)], trail.outputs("eps")))
    factors = [trail.factors(t) for t in [*trail.times, trail.s]]
    alpha, later = factors[0][0], factors[-1][0]
    if kind == "lms":
        *nodes, end = (beta / alpha for alpha, beta in factors)
        return later * (trail.x / alpha + combined(_integrals(nodes, end), trail.outputs("eps")))
    return two_steps(trail)


def two_steps(trail: Trail, upside_down: bool = False) -> FloatArray:
    """x_s of DPM-Solver++(2M), whose ratio of steps may be turned upside down by mistake."""
    factors = [trail.factors(t) for t in [*trail.times, trail.s]]
    *logs, end = (float(np.log(alpha / beta)) for alpha, beta in factors)
    h = end - logs[0]
    data = trail.outputs("x1")
    mean = data[0]
    if len(logs) > 1:
        ratio = (logs[0] - logs[1]) / h
        mean = data[0] + (data[0] - data[1]) / (2 * (1 / ratio if upside_down else ratio))
    beta, (later, noise) = factors[0][1], factors[-1]
    return np.asarray(noise / beta * trail.x - later * np.expm1(-h) * mean)


def combined(weights: Any, outputs: list[FloatArray]) -> FloatArray:
    """The sum of weighted outputs."""
    return np.asarray(sum(w * output for w, output in zip(weights, outputs, strict=True)))


def _integrals(nodes: list[float], end: float) -> FloatArray:
    """The integrals from the newest node to ``end`` of the polynomials that are 1 at one node and
    0 at the others, which are exact for polynomials through as many values."""
    start = nodes[0]
    away = np.array(nodes) - start
    powers = np.arange(len(nodes))
    moments = (end - start) ** (powers + 1) / (powers + 1)
    return np.asarray(np.linalg.solve(away[None, :] ** powers[:, None], moments))


def trail_times(reference: Reference, times: tuple[float, ...], order: int) -> list[float]:
    """The times to step from, the newest first: of (…, t, s), or earlier ones at like steps."""
    *before, t, s = times
    path, found = reference.path, [t, *reversed(before)]
    low, high = reference.time.support
    while len(found) < order:
        if isinstance(path, TablePath):
            row, step = int(path.row(np.array([found[-1]]))[0]), 1 if t > s else -1
            rows = path.times
            found.append(float(rows[min(max(row + step, 0), len(rows) - 1)]))
        else:
            found.append(float(np.clip(found[-1] - (s - t), low, high)))
    return found[:order]


def _to_data(reference: Reference, t: float, s: float) -> bool:
    """Whether the later of the two times has less noise."""
    early, late = (np.array([v]) for v in (min(t, s), max(t, s)))
    ratio = [
        float(reference.beta(v)[0] / max(reference.alpha(v)[0], 1e-300)) for v in (early, late)
    ]
    return ratio[1] < ratio[0]


def _posterior_variance(reference: Reference, t: float, s: float) -> float:
    """The variance of x_s given x_t and the data, on the Markov chain with the path's laws."""
    a_t, b_t = (float(f(np.array([t]))[0]) for f in (reference.alpha, reference.beta))
    a_s, b_s = (float(f(np.array([s]))[0]) for f in (reference.alpha, reference.beta))
    forward = b_t**2 - (a_t / a_s) ** 2 * b_s**2
    return max(0.0, forward * b_s**2 / b_t**2)
