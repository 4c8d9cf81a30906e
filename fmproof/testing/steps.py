"""One step of a sampler: the law of x_s given x_t, against the one that its name promises."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models import TablePath
from fmproof.models.arrays import FloatArray
from fmproof.models.given_paths import domain_of
from fmproof.testing.adapters import parameters
from fmproof.testing.evidence import check_count
from fmproof.testing.exact import ExactModel, call_with, convert_for, numbers_of
from fmproof.testing.failure import CheckFailed, call_text, chosen_seed, code_of, name_of
from fmproof.testing.joint import JointTest, joint_test
from fmproof.testing.laws import law_test, normal_cdf
from fmproof.testing.precision import COARSE, SHARED, precision_of, precision_shown, units
from fmproof.testing.reference import Reference
from fmproof.testing.step_laws import (
    KINDS,
    MULTISTEP,
    StepLaw,
    Trail,
    step_law,
    trail_times,
    usual_pairs,
)
from fmproof.testing.step_mistakes import looks_like, wrong_times

_MOST = {"adams-bashforth": 6, "lms": 6, "plms": 4, "dpm++2m": 2}  # outputs that are combined
_PREDICTS = {"ddim": "eps", "lms": "eps", "plms": "eps", "dpm++2m": "x1"}
_PLAUSIBLE = 1e-3  # p-value above which the mean of a step is taken for right
_ADDED = 2.0  # roundings of a number: the deviation that coarse rounding may add to it
_MORE = 4  # times as many points where numbers are coarse, since the mean may be off by more there
_NAMES = {
    "model": {"field", "velocity", "net", "denoiser"},
    "output": {"out", "model_output", "pred", "prediction", "noise_pred"},
    "x": {"x_t", "xt", "sample"},
    "t": {"timestep", "t_cur", "time"},
    "s": {"t_next", "t_prev", "next_t", "prev_t", "t2", "next_timestep", "prev_timestep"},
    "previous": {"outputs", "old_outputs", "model_outputs", "ets", "history"},
    "times": {"old_times", "previous_times"},
    "points": {"old_points", "previous_points"},
}


def assert_step(
    step: Callable[..., Any],
    path: Any,
    data: Any,
    *,
    kind: Any = "ddim",
    eta: float = 0.0,
    predict: Any = None,
    noise: Callable[[FloatArray], FloatArray] | None = None,
    order: int = 2,
    direction: str = "noise-to-data",
    pairs: Any = None,
    samples: int = 4_000,
    level: float = 1e-6,
    seed: int | None = None,
) -> None:
    """Assert that one step of a sampler, from x_t to x_s, has the law that it should have.

    The step is given an exact model of the path and the data, and points of the path.

    Args:
        step: the user's function of (output, x, t, s) or, when it has a parameter ``model``, of
            (model, x, t, s), by these names or in this order, and of rng or generator, -> x_s
            (N, d). t and s are numbers; output is what the model predicts at (t, x).
        path, data, direction: as in ``assert_conditional_velocity``; also a ``TablePath``.
        kind: "ddim", with ``eta`` (0 DDIM, 1 ancestral sampling and DDPM with the small variance),
            "euler", "heun", "euler-maruyama" for dx = (u + g²/2 score) dt + g dW, or a function of
            (model, x, t, s) that returns the mean (N, d) and the standard deviation of x_s.
            Multistep: "adams-bashforth" in t, "lms" in beta/alpha, "plms", "dpm++2m"; the step then
            is also given ``previous``, ``times`` and ``points``, lists of the model's outputs, the
            times and the x of the steps before, the newest first.
        predict: what the model predicts, as ``target`` elsewhere; by default "eps" for "ddim",
            "lms" and "plms", "x1" for "dpm++2m", else "velocity".
        noise: g as a function of t, for "euler-maruyama".
        order: how many outputs a multistep method combines, the one at t included.
        pairs: times (t, s) to step between; by default some of the path's. For multistep also
            (…, r, t, s), with the steps before.
        samples: how many points, at each pair; four times as many where the step computes in half
            precision.
        level: the probability that a right step fails.
        seed: as elsewhere.

    Raises:
        CheckFailed: with the coefficients found and expected, and what they look like.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    if not callable(kind) and kind not in KINDS:
        raise InputError(f"kind: expected one of {', '.join(KINDS)} or a function, found {kind!r}")
    if kind == "euler-maruyama" and not callable(noise):
        raise InputError("noise: expected the function g of t for euler-maruyama")
    if kind != "ddim" and eta:
        raise InputError(f"eta: it is of ddim alone, found {eta!r} with {kind!r}")
    check_count("samples", samples, 100)
    if not 0 < level < 1:
        raise InputError(f"level: expected a number between 0 and 1, found {level!r}")
    seed = chosen_seed(seed)
    multistep = kind in MULTISTEP if isinstance(kind, str) else False
    check_count("order", order, 1)
    if multistep and order > _MOST[kind]:
        raise InputError(f"order: expected at most {_MOST[kind]} for {kind}, found {order}")
    predict = predict or _PREDICTS.get(kind if isinstance(kind, str) else "", "velocity")
    reference = Reference.of(path, data, target=predict, direction=direction)
    chosen = usual_pairs(reference) if pairs is None else _times(reference, pairs)
    for times in chosen:
        back = trail_times(reference, times, order if multistep else 1)
        trail = Trail.draw(reference, back, times[-1], samples, seed)
        failure = _check(step, trail, kind, eta, noise, level / len(chosen), seed)
        if failure is None:
            continue
        failure.problem = reference.describe()
        failure.reproduce = call_text(
            assert_step,
            code_of(step, "step"),
            *reference.code(),
            kind=kind if isinstance(kind, str) else None,
            eta=eta or None,
            predict=predict,
            direction=None if direction == "noise-to-data" else direction,
            order=order if multistep and order != 2 else None,
            pairs=[times],
            samples=samples,
            level=level,
            seed=seed,
        )
        raise failure


def _times(reference: Reference, pairs: Any) -> list[tuple[float, ...]]:
    """The times to step between, checked."""
    try:
        found = [tuple(float(t) for t in pair) for pair in pairs]
    except TypeError:
        raise InputError(f"pairs: expected a list of times (t, s), found {pairs!r}") from None
    low, high = domain_of(reference.path)
    for times in found:
        if len(times) < 2 or times[-1] == times[-2]:
            raise InputError(f"pairs: expected times (t, s) to step between, found {times!r}")
        for t in times:
            if not low <= t <= high:
                raise InputError(f"pairs: expected times from {low:g} to {high:g}, found {t!r}")
            if isinstance(reference.path, TablePath) and t not in reference.path.times:
                raise InputError(f"pairs: expected times that the table has, found {t!r}")
    return found


def _check(
    step: Any,
    trail: Trail,
    kind: Any,
    eta: float,
    noise: Any,
    level: float,
    seed: int,
    again: bool = False,
) -> CheckFailed | None:
    reference, x, t, s = trail.reference, trail.x, trail.t, trail.s
    found, rounding, told = _run(step, trail, seed)
    if rounding > COARSE and not again:
        more = Trail.draw(reference, trail.times, trail.s, _MORE * len(x), seed)
        return _check(step, more, kind, eta, noise, level, seed, again=True)
    samples, at = len(x), np.array([t])
    law = step_law(trail, kind, eta, noise)
    given = trail.given
    where = f"from t = {t:.6g} to s = {s:.6g}"
    residual = found - law.mean
    size = 1 + np.abs(np.hstack([x, found, law.mean])).max(axis=1)
    steep = 1 / max(float(reference.beta(at)[0]), np.sqrt(rounding))
    slack = units(rounding) * rounding * size * (1 + steep)
    right_mean = float(law.std.max()) > 0
    if right_mean:
        scaled = residual / law.std[:, None]
        columns = [(scaled * v).sum(axis=1) for v in (given.z, given.eps)]
        right_mean = joint_test(np.column_stack(columns)).p_value > _PLAUSIBLE
    hint = partial(looks_like, trail, kind, law, found, right_mean, told)
    together = _means(trail, law, residual, rounding, slack)
    if float(law.std.max()) < 1e-9:
        row = int((np.abs(residual).max(axis=1) / slack).argmax())
        right = np.abs(residual[row]).max() <= slack[row]
        if right and together.p_value > level and not _told_wrong(trail, kind, told, rounding):
            return None
        if right:
            row = int(np.abs(residual).max(axis=1).argmax())
        return CheckFailed(
            f"the step {name_of(step)} is wrong {where}",
            expected=f"{law.mean[row]} at x_t = {x[row]}",
            found=f"{found[row]}",
            hint=hint(),
        )
    white = residual / law.std[:, None]
    off = slack / law.std
    whole = law_test(white.ravel(), normal_cdf, np.repeat(off, reference.dim))
    square = np.square(white).sum(axis=1)
    count = square.size * reference.dim
    excess = float(square.sum()) / reference.dim - square.size
    p_variance = _variance(float(square.sum()), count, *_blur(law, found, off, rounding))
    if min(together.p_value, whole.p_value, p_variance) > level / 3:
        return None
    std = float(residual.std())
    return CheckFailed(
        f"the step {name_of(step)} does not have its law {where}",
        expected=f"the standard deviation {float(law.std.mean()):.4g} about its mean",
        found=f"{std:.4g}, so the variance {std**2:.3g} for {float(law.std.mean()) ** 2:.3g}; "
        f"from {samples:,} points",
        standard_errors=max(together.standard_errors, abs(excess) / np.sqrt(2 * square.size)),
        hint=hint(),
    )


def _means(
    trail: Trail, law: StepLaw, residual: FloatArray, rounding: float, slack: FloatArray
) -> JointTest:
    """Is what is left of x_s unrelated to the data and to the noise given x_t?

    Roundings of single rows are as often up as down. Of coarse ones only those of the factors
    remain, which all rows share.
    """
    given = trail.given
    size = np.maximum(law.std, 1e-9)[:, None]
    off = np.repeat(slack[:, None], residual.shape[1], axis=1)
    if rounding > COARSE:
        beta = float(trail.reference.beta(np.array([trail.t]))[0])
        steep = 1 + 1 / max(beta, np.sqrt(rounding))
        off = SHARED * rounding * steep * (np.abs(trail.x) + np.abs(law.mean))
    columns = [(residual / size * v).sum(axis=1) for v in (given.z, given.eps)]
    slacks = [float((off / size * np.abs(v)).sum(axis=1).mean()) for v in (given.z, given.eps)]
    return joint_test(np.column_stack(columns), np.array(slacks))


def _told_wrong(trail: Trail, kind: Any, told: list[float], rounding: float) -> bool:
    """Whether the model is told times that the step should not ask about, by more than a coarse
    rounding, where x_s would not show it."""
    length = abs(trail.s - trail.t)
    near = 4 * rounding * max(abs(trail.s), abs(trail.t))
    return rounding > COARSE and near < length / 2 and bool(wrong_times(trail, kind, told, near))


def _blur(law: StepLaw, found: FloatArray, off: FloatArray, rounding: float) -> tuple[float, float]:
    """By how much rounding may throw a variance: by a share of it, as it throws the factor of the
    noise, and by what it adds. Coarse roundings are told by their usual size, since a bound for
    each row, ``off`` (N,) standard deviations, says little there."""
    if rounding <= COARSE:
        return units(rounding) * rounding, float(np.square(off).mean()) / units(rounding) ** 2
    usual = np.maximum(np.square(found).mean(axis=1), np.square(law.mean).mean(axis=1))
    added = np.square(_ADDED * rounding) * usual / np.square(law.std)
    return 2 * SHARED * rounding, float(added.mean())


def _variance(total: float, count: int, share: float, added: float) -> float:
    """The p-value of a sum of ``count`` squares of normal numbers, which rounding throws by
    a share of itself and by what it adds to each."""
    from scipy.stats import chi2

    slack = count * (share + added)
    beside = total - count
    total = count + np.sign(beside) * max(abs(beside) - slack, 0.0)
    return float(2 * min(chi2.cdf(total, count), chi2.sf(total, count)))


def _run(step: Any, trail: Trail, seed: int) -> tuple[FloatArray, float, list[float]]:
    """x_s, its rounding, and the times that the step has told its model."""
    reference, x, t, s = trail.reference, trail.x, trail.t, trail.s
    model, to = ExactModel(reference), convert_for(step)
    points = [to(p.reshape(-1, *reference.shape).copy()) for p in trail.points]
    whole = float(t).is_integer() and float(s).is_integer() and reference.time.support[1] > 1
    cast = int if whole else float
    takes_model = any(p.name in {"model", *_NAMES["model"]} for p in parameters(step) or [])
    outputs = [model(p, np.array([time])) for p, time in zip(points, trail.times, strict=True)]
    model.calls.clear()
    first = {"model": model} if takes_model else {"output": outputs[0]}
    values = {**first, "x": points[0], "t": cast(t), "s": cast(s)}
    if len(points) > 1:
        before = [cast(time) for time in trail.times[1:]]
        values |= {"previous": outputs[1:], "times": before, "points": points[1:]}
    result = call_with(step, "step", values, _NAMES, seed)
    found = numbers_of(result, (len(x), *reference.shape), f"the step {name_of(step)}")
    rounding = max(precision_of(result), precision_shown(found), precision_of(points[0]))
    told = [float(times[0]) for times in model.calls]
    return found.reshape(x.shape), rounding, told
