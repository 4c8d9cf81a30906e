"""A whole sampler, fed the exact model: does it end in the law of the data, at what order?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray
from fmproof.testing.adapters import parameters
from fmproof.testing.evidence import check_count, check_tolerance
from fmproof.testing.exact import ExactModel, call_with, convert_for, numbers_of
from fmproof.testing.failure import CheckFailed, call_text, chosen_seed, code_of, name_of
from fmproof.testing.precision import COARSE, precision_shown
from fmproof.testing.reference import Reference
from fmproof.testing.sampler_ends import UnitField, wrong_law
from fmproof.testing.sampler_mistakes import explained

_FEW, _FEW_STEPS = 64, 16  # points that follow a constant field, and steps in coarse numbers
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
    if order is not None and (isinstance(order, bool) or not isinstance(order, int | float)):
        raise InputError(f"order: expected a number, found {order!r}")
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
        failure = wrong_law(reference, run(x, steps, seed), tolerance, level, seed)
        if failure is not None:
            failure.hint = explained(reference, partial(run, x, steps), x, seed)
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
    elif found > 1.5 and abs(found - round(found)) < 0.25:
        hint = f"it is of order {round(found)}: a weight or the time of one of its stages is wrong"
    return CheckFailed(
        "the sampler does not converge at its order",
        expected=f"the order {order:g}: differences fall by {2**order:.3g} as steps double",
        found=f"{found:.2f}: from {first:.3g} to {second:.3g} at {steps}, {2 * steps} and "
        f"{4 * steps} steps",
        hint=hint,
    )


def _covered(
    reference: Reference, run: Callable[..., FloatArray], x: FloatArray, steps: int, seed: int
) -> CheckFailed | None:
    """Do the steps add up to the time of the path, or is there one too few or too many?

    A solver of any order is exact for a constant field. A sampler that stops short by some fixed
    time means it; one that stops short by a whole number of its steps, however many they are, has
    counted wrong. It would converge to the right law all the same.
    """
    low, high = reference.time.support
    model = UnitField(reference)
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
