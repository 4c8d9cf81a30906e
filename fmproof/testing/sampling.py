"""A whole sampler, fed the exact model: does it end in the law of the data, at what order?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray
from fmproof.testing.adapters import parameters
from fmproof.testing.diagnosis import NAMES
from fmproof.testing.evidence import check_count, check_tolerance
from fmproof.testing.exact import ExactModel, call_with, convert_for, numbers_of
from fmproof.testing.failure import CheckFailed, call_text, chosen_seed, code_of, name_of
from fmproof.testing.joint import joint_test
from fmproof.testing.laws import law_test, projection_cdf
from fmproof.testing.precision import COARSE, precision_shown
from fmproof.testing.reference import Reference
from fmproof.testing.visited import beyond_its_times, told_other_times

_ROUGHLY, _PLAUSIBLE = 0.06, 1e-3  # tolerance and level at which a guess is believed
_FEW, _FEW_STEPS = 64, 16  # points that follow a constant field, and steps in coarse numbers
_SAME, _OFTEN = 1e-6, 0.01  # how alike numbers are that were clipped, and how many
_COPIES = 32  # of points, over which coarse rounding is averaged
_EVEN, _WHOLE = 2e-2, 0.1  # how alike their ways are, and how nearly a number of steps is whole
_NAMES = {
    "model": {"field", "velocity", "vector_field", "net", "denoiser", "score", "drift", "f"},
    "x": {"x0", "x_init", "noise", "x_T", "z", "latents", "init", "start"},
    "steps": {"n_steps", "num_steps", "num_inference_steps", "nfe", "n"},
}


def assert_sampler(
    sample: Callable[..., Any],
    path: Any,
    data: Any,
    *,
    predict: Any = "velocity",
    direction: str = "noise-to-data",
    steps: int = 64,
    order: float | None = None,
    samples: int = 4_000,
    tolerance: float = 0.03,
    level: float = 1e-6,
    seed: int | None = None,
) -> None:
    """Assert that a sampler that is given the exact model ends in the law of the data.

    Args:
        sample: the user's function of (model, x) or (model, x, steps) -> samples (N, d), by these
            names or in this order, and of rng or generator. x is noise with the law of the path at
            its noisy end.
        path, direction: as in ``assert_conditional_velocity``.
        data: a ``GaussianMixture`` with a density, or an array of points.
        predict: what the model predicts, as ``target`` elsewhere.
        steps: how many, if the sampler takes that; else it chooses.
        order: of convergence, measured by halving the steps twice from the same noise; only for a
            sampler that takes ``steps`` and is deterministic.
        samples: how many.
        tolerance: by how much the distribution function of a coordinate may be off, beside what
            chance explains: discretisation leaves something.
        level: the probability that a right sampler fails.
        seed: as elsewhere.

    Raises:
        CheckFailed: with the law found and expected.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    check_count("samples", samples, 100)
    check_count("steps", steps, 1)
    check_tolerance(tolerance)
    seed = chosen_seed(seed)
    reference = Reference.of(path, data, target=predict, direction=direction)
    low, high = reference.time.support
    ends = np.array([low, high])
    ratio = reference.beta(ends) / np.maximum(reference.alpha(ends), 1e-300)
    noisy = ends[int(ratio.argmax())]
    rng = np.random.default_rng(seed)
    start = reference.draw(samples, rng)
    at = np.array([noisy])
    x = reference.alpha(at) * start.z + reference.beta(at) * start.eps

    exact = ExactModel(reference)

    def run(points: FloatArray, count: int, each: int, model: ExactModel = exact) -> FloatArray:
        to = convert_for(sample)
        values = {"model": model, "x": to(points.reshape(-1, *reference.shape).copy())}
        if takes_steps:
            values["steps"] = count
        result = call_with(sample, "sampler", values, _NAMES, each)
        shape = (len(points), *reference.shape)
        return numbers_of(result, shape, f"the sampler {name_of(sample)}").reshape(points.shape)

    names = {p.name for p in parameters(sample) or []}
    takes_steps = bool(names & {"steps", *_NAMES["steps"]}) or len(names) == 3
    failure = None
    if order is not None:
        if not takes_steps:
            raise InputError("order: expected a sampler with a parameter steps")
        failure = _order(lambda points, count: run(points, count, seed), x[:200], order, steps)
    if failure is None and takes_steps and predict == "velocity":
        failure = _covered(reference, run, x[:_FEW], steps, seed)
    if failure is None:
        failure = _law(reference, run(x, steps, seed), tolerance, level, seed)
        if failure is not None:
            failure.hint = _explained(reference, partial(run, x, steps), x, seed)
    if failure is None:
        return
    failure.problem = reference.describe()
    failure.reproduce = call_text(
        assert_sampler,
        code_of(sample, "sample"),
        *reference.code(),
        predict=None if predict == "velocity" else predict,
        direction=None if direction == "noise-to-data" else direction,
        steps=steps,
        order=order,
        samples=samples,
        tolerance=tolerance,
        level=level,
        seed=seed,
    )
    raise failure


def _order(
    run: Callable[[FloatArray, int], FloatArray], x: FloatArray, order: float, steps: int
) -> CheckFailed | None:
    """The order at which the ends converge, from the steps n, 2n and 4n.

    Rounding that is coarse drowns the differences of fine steps: there, fewer steps are looked at,
    from many points around each, over whose ends rounding averages.
    """
    ends = [run(x, count) for count in (steps, 2 * steps, 4 * steps)]
    rounding = precision_shown(ends[-1])
    copies, short = 1, 0.35
    if rounding > COARSE:
        copies, steps, short = _COPIES, max(4, steps // 8), 0.6
        rng = np.random.default_rng(0)
        around = x * (1 + rounding * rng.uniform(-1, 1, (copies, *x.shape)))
        many = around.reshape(-1, x.shape[1])
        ends = [
            run(many, count).reshape(around.shape).mean(axis=0)
            for count in (steps, 2 * steps, 4 * steps)
        ]
    first, second = (
        float(np.median(np.sqrt(np.square(a - b).sum(axis=1)))) for a, b in pairwise(ends)
    )
    if first < 1e-10:
        return None  # exact already
    found = float(np.log2(first / max(second, 1e-300)))
    if found >= order - short:
        return None
    size = float(np.median(np.sqrt(np.square(ends[-1]).sum(axis=1))))
    if second < rounding * size * np.sqrt(4 * steps / copies):
        return None  # it is rounding that is left
    hint = "it draws noise, which order= is not for" if found < 0.2 else ""
    if abs(found - 1) < 0.2 and order > 1:
        hint = "it is of order 1: is each stage told its own time, and used?"
    return CheckFailed(
        "the sampler does not converge at its order",
        expected=f"the order {order:g}: differences fall by {2**order:.3g} as steps double",
        found=f"{found:.2f}: from {first:.3g} to {second:.3g} at {steps}, {2 * steps} and "
        f"{4 * steps} steps",
        hint=hint,
    )


class _Constant(ExactModel):
    """A field that is 1 everywhere: how far points go is how much time the steps cover."""

    def values(self, t: FloatArray, x: FloatArray) -> FloatArray:
        return np.ones_like(x)


def _covered(
    reference: Reference, run: Callable[..., FloatArray], x: FloatArray, steps: int, seed: int
) -> CheckFailed | None:
    """Do the steps add up to the time of the path, or is there one too few or too many?

    A solver of any order is exact for a constant field. A sampler that stops short by some fixed
    time means it; one that stops short by a whole number of its steps, however many they are, has
    counted wrong. It would converge to the right law all the same.
    """
    low, high = reference.time.support
    model = _Constant(reference)
    short = []
    try:
        coarse = precision_shown(run(x, steps, seed, model)) > COARSE
    except CheckFailed:  # it asks for more of a model than a field
        return None
    if coarse:  # sums of small steps on large numbers are lost in rounding
        x, steps = 0 * x, min(steps, _FEW_STEPS)
    for count in (steps, 2 * steps):
        moved = np.abs(run(x, count, seed, model) - x)
        if np.ptp(moved) > _EVEN:
            return None  # it adds noise, or does more than follow the field
        short.append((1 - float(moved.mean()) / (high - low)) * count)
    missing = round(short[0])
    if missing == 0 or max(abs(s - missing) for s in short) > _WHOLE:
        return None
    few = missing > 0
    count = abs(missing)
    return CheckFailed(
        "the steps of the sampler do not add up to the time of the path",
        expected=f"{steps} steps from {low:g} to {high:g}, and so with {2 * steps}",
        found=f"steps that cover {1 - missing / steps:.6g} of that time, and "
        f"{1 - missing / (2 * steps):.6g} with {2 * steps}",
        hint=f"{count} step{'s are' if count > 1 else ' is'} "
        + ("missing" if few else "too many")
        + (
            f": linspace({low:g}, {high:g}, steps) has steps - 1 intervals; take steps + 1 points"
            if missing == 1
            else ""
        ),
    )


def _law(
    reference: Reference,
    ends: FloatArray,
    tolerance: float,
    level: float,
    seed: int,
) -> CheckFailed | None:
    axes = np.eye(reference.dim)[:8]
    points = not reference.data.scales.any()
    blur = 0.1 if points else 0.0
    tests = []
    for axis in axes:
        found = law_test(ends @ axis, projection_cdf(reference, axis), blur)
        excess = max(0.0, found.distance - tolerance)
        p_value = min(1.0, 2 * float(np.exp(-2 * len(ends) * excess**2)))
        tests.append((p_value, found))
    p_value, worst = min(tests, key=lambda test: test[0])
    mean = reference.data.mean()
    covariance = reference.data.second_moment() - np.outer(mean, mean)
    variance, expected = ends.var(axis=0), np.diagonal(covariance)
    # Squares less those of as many rows of the data are symmetric about zero, as the test needs;
    # less their mean they would be skewed.
    data = reference.data.sample(len(ends), np.random.default_rng([seed, 1]))
    squares = np.square(ends - mean) - np.square(data - mean)
    apart = joint_test(squares, 4 * tolerance * (expected.max() + 1e-3))
    if 2 * min(len(tests) * p_value, apart.p_value) > level:  # each test has half of the level
        return None
    return CheckFailed(
        "the sampler does not end in the law of the data",
        expected=f"the mean {_short(mean)} and the variance {_short(expected)}, "
        f"P(x <= {worst.at:.3g}) = {worst.expected:.3g}",
        found=f"the mean {_short(ends.mean(axis=0))} and the variance {_short(variance)}, "
        f"{worst.found:.3g}, from {len(ends):,} samples",
    )


def _explained(
    reference: Reference, run: Callable[..., FloatArray], start: FloatArray, seed: int
) -> str:
    """What a sampler does wrong, from what it asks the model and what it makes of the answers; a
    guess must not hide the failure that it is about."""
    guesses = [_clipped, beyond_its_times, _turned, _taken_for, told_other_times, _part, _spread]
    if _law(reference, run(seed), _ROUGHLY, _PLAUSIBLE, seed) is None:
        guesses = [g for g in guesses if g not in (_turned, _taken_for)]  # which are rough
    for explain in guesses:
        try:
            words = explain(reference, run, start, seed)
        except Exception:
            continue
        if words:
            return words
    return ""


def _clipped(
    reference: Reference, run: Callable[..., FloatArray], start: FloatArray, seed: int
) -> str:
    """About coordinates that many samples have at one largest size, and the data have not."""
    ends = np.abs(run(seed))
    reach = float(ends.max())
    data = np.abs(reference.data.sample(len(ends), np.random.default_rng(seed)))
    within = float((data <= reach * (1 + _SAME)).mean())
    if (ends >= reach * (1 - _SAME)).mean() < _OFTEN or within > 1 - _OFTEN:
        return ""
    return (
        f"the samples are clipped to [-{reach:.3g}, {reach:.3g}], beyond which {1 - within:.0%} of "
        "the data's coordinates lie: switch that off, or test it with data that lie there"
    )


def _turned(
    reference: Reference, run: Callable[..., FloatArray], start: FloatArray, seed: int
) -> str:
    """With which wrong model the sampler would be right; "" when with none."""
    words = {
        "the sign of the field is flipped: it is right for the field times -1": (-1.0, False),
        "t is mirrored: it is right for a model that is given 1 - t": (1.0, True),
        "time runs the wrong way: it is right for the field times -1, at 1 - t": (-1.0, True),
    }
    for name, (sign, mirrored) in words.items():
        try:
            ends = run(seed, model=_Turned(reference, sign, mirrored))
        except Exception:  # the next guess may be answered
            continue
        if _law(reference, ends, _ROUGHLY, _PLAUSIBLE, seed) is None:
            return name
    return ""


def _taken_for(
    reference: Reference, run: Callable[..., FloatArray], start: FloatArray, seed: int
) -> str:
    """For which other prediction the sampler takes what the model returns; "" when for none."""
    for target, name in NAMES.items():
        if target == reference.target:
            continue
        try:
            ends = run(seed, model=ExactModel(replace(reference, target=target)))
        except Exception:  # a table has no velocity
            continue
        if _law(reference, ends, _ROUGHLY, _PLAUSIBLE, seed) is None:
            return (
                f"it takes what the model returns for {name}: it is right with "
                f"predict={target!r}, declared {reference.target!r}"
            )
    return ""


class _Turned(ExactModel):
    """The exact model with its sign or its time turned."""

    def __init__(self, reference: Reference, sign: float, mirrored: bool) -> None:
        super().__init__(reference)
        self.sign, self.mirrored = sign, mirrored

    def values(self, t: FloatArray, x: FloatArray) -> FloatArray:
        return self.sign * super().values(self.reference.mirror(t) if self.mirrored else t, x)


def _part(
    reference: Reference, run: Callable[..., FloatArray], start: FloatArray, seed: int
) -> str:
    """Of how much of the path's time the steps cover, if that is another part than all of it."""
    low, high = reference.time.support
    moved = np.abs(run(seed, model=_Constant(reference)) - start) / (high - low)
    share = float(moved.mean())
    if np.ptp(moved) > _EVEN or min(share, abs(share - 1)) < _EVEN:
        return ""
    return f"its steps cover {share:.3g} of the time of the path from {low:g} to {high:g}"


def _spread(
    reference: Reference, run: Callable[..., FloatArray], start: FloatArray, seed: int
) -> str:
    """What the variance of the ends looks like."""
    ends = run(seed)
    if np.abs(ends - start).max() < 1e-6:
        return "it returns the noise that it was given"
    mean = reference.data.mean()
    total = float(ends.var(axis=0).sum())
    right = float(np.trace(reference.data.second_moment()) - mean @ mean)
    if not np.isfinite(total) or total > 20 * (right + 1):
        return "it runs away: time may run the wrong way, or the sign of the field be flipped"
    words = f"the variance is {total / max(right, 1e-12):.3g} times that of the data"
    noisy = not np.allclose(run(seed + 1), ends)
    if noisy and not reference.data.scales.any():
        off = float((ends - reference.data.means[_nearest(ends, reference)]).std())
        if off > _EVEN:
            return (
                f"they lie {off:.3g} from the points of the data: noise is added after the "
                "last step, or the steps end early"
            )
    if total > 1.15 * right + 0.01:
        return words + (
            ": the drift lacks g²/2 times the score, or noise is added after the last step"
            if noisy
            else ""
        )
    if total < 0.85 * right:
        return words + (
            ": its noise is too small for the score correction in its drift"
            if noisy
            else ": if noise is meant, none is drawn"
        )
    return ""


def _nearest(x: FloatArray, reference: Reference) -> Any:
    from scipy.spatial import KDTree

    return KDTree(reference.data.means).query(x)[1]


def _short(values: FloatArray) -> str:
    return np.array2string(values[:4], precision=3, suppress_small=True)
