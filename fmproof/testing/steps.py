"""One step of a sampler: the law of x_s given x_t, against the one that its name promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray
from fmproof.testing.evidence import check_count
from fmproof.testing.exact import ExactModel, call_with, convert_for, numbers_of
from fmproof.testing.failure import CheckFailed, call, chosen_seed, code_of, name_of
from fmproof.testing.joint import joint_test
from fmproof.testing.laws import fit, normal_cdf
from fmproof.testing.precision import precision_of, precision_shown, units
from fmproof.testing.reference import Reference

KINDS = ("ddim", "euler", "heun", "euler-maruyama")
_PLAUSIBLE = 1e-3  # p-value above which the mean of a step is taken for right
_NAMES = {
    "model": {"field", "velocity", "net", "denoiser"},
    "output": {"out", "model_output", "pred", "prediction", "noise_pred"},
    "x": {"x_t", "xt", "sample"},
    "t": {"timestep", "t_cur", "time"},
    "s": {"t_next", "t_prev", "next_t", "prev_t", "t2", "next_timestep", "prev_timestep"},
}


class Law(NamedTuple):
    """x_s is normal with this mean (N, d) and standard deviation (N,)."""

    mean: FloatArray
    std: FloatArray


def assert_step(
    step: Callable[..., Any],
    path: Any,
    data: Any,
    *,
    kind: Any = "ddim",
    eta: float = 0.0,
    predict: Any = None,
    noise: Callable[[FloatArray], FloatArray] | None = None,
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
        predict: what the model predicts, as ``target`` elsewhere; by default "eps" for "ddim", else
            "velocity".
        noise: g as a function of t, for "euler-maruyama".
        pairs: times (t, s) to step between; by default some of the path's.
        samples: how many points, at each pair.
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
    check_count("samples", samples, 100)
    if not 0 < level < 1:
        raise InputError(f"level: expected a number between 0 and 1, found {level!r}")
    seed = chosen_seed(seed)
    predict = predict or ("eps" if kind == "ddim" else "velocity")
    reference = Reference.of(path, data, target=predict, direction=direction)
    chosen = _pairs(reference) if pairs is None else [(float(t), float(s)) for t, s in pairs]
    for t, s in chosen:
        failure = _check(
            step, reference, kind, eta, noise, t, s, samples, level / len(chosen), seed
        )
        if failure is None:
            continue
        failure.problem = reference.describe()
        failure.reproduce = call(
            assert_step,
            code_of(step, "step"),
            *reference.code(),
            kind=kind if isinstance(kind, str) else None,
            eta=eta or None,
            predict=predict,
            direction=None if direction == "noise-to-data" else direction,
            pairs=[(t, s)],
            samples=samples,
            level=level,
            seed=seed,
        )
        raise failure


def _pairs(reference: Reference) -> list[tuple[float, float]]:
    """Steps towards the data, early, in the middle and late."""
    from fmproof.models import TablePath

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


def _law(
    reference: Reference, kind: Any, eta: float, noise: Any, x: FloatArray, t: float, s: float
) -> Law:
    """What the step should do at points x (N, d)."""
    count, h = len(x), s - t
    if callable(kind):
        mean, std = kind(ExactModel(reference), x, t, s)
        return Law(np.asarray(mean), np.broadcast_to(np.asarray(std, dtype=float), (count,)))
    times, later = np.full(count, t), np.full(count, s)
    given = reference.given_x(times, x)
    alpha, beta = reference.alpha(later), reference.beta(later)
    if kind == "ddim":
        std = eta * np.sqrt(_posterior_variance(reference, t, s))
        kept = np.sqrt(np.maximum(beta**2 - std**2, 0))
        return Law(alpha[:, None] * given.z + kept[:, None] * given.eps, np.full(count, std))
    field = _velocity(reference)
    first = field.values(times, x)
    if kind == "euler":
        return Law(x + h * first, np.zeros(count))
    if kind == "heun":
        second = field.values(later, x + h * first)
        return Law(x + h * (first + second) / 2, np.zeros(count))
    g = float(np.asarray(noise(np.array([t]))).ravel()[0])
    score = -given.eps / reference.beta(times)[:, None]
    forward = 1.0 if _to_data(reference, t, s) == (h > 0) else -1.0
    drift = first + forward * np.sign(h) * g**2 / 2 * score
    return Law(x + h * drift, np.full(count, g * np.sqrt(abs(h))))


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


def _velocity(reference: Reference) -> ExactModel:
    from dataclasses import replace

    return ExactModel(replace(reference, target="velocity"))


def _check(
    step: Any,
    reference: Reference,
    kind: Any,
    eta: float,
    noise: Any,
    t: float,
    s: float,
    samples: int,
    level: float,
    seed: int,
) -> CheckFailed | None:
    rng = np.random.default_rng(seed)
    z, eps = reference.data.sample(samples, rng), rng.standard_normal((samples, reference.dim))
    at = np.array([t])
    x = reference.alpha(at) * z + reference.beta(at) * eps
    found, rounding = _run(step, reference, x, t, s, seed)
    law = _law(reference, kind, eta, noise, x, t, s)
    given = reference.given_x(np.full(samples, t), x)
    where = f"from t = {t:.6g} to s = {s:.6g}"
    residual = found - law.mean
    size = 1 + np.abs(np.hstack([x, found, law.mean])).max(axis=1)
    steep = 1 / max(float(reference.beta(at)[0]), np.sqrt(rounding))
    slack = units(rounding) * rounding * size * (1 + steep)
    fitted = _fit(found, given.z, given.eps)
    right_mean = float(law.std.max()) > 0
    if right_mean:
        scaled = residual / law.std[:, None]
        columns = [(scaled * v).sum(axis=1) for v in (given.z, given.eps)]
        right_mean = joint_test(np.column_stack(columns)).p_value > _PLAUSIBLE
    hint = _like(reference, law, fitted, right_mean, t, s, x, given, found)
    if float(law.std.max()) < 1e-9:
        row = int((np.abs(residual).max(axis=1) / slack).argmax())
        if np.abs(residual[row]).max() <= slack[row]:
            return None
        return CheckFailed(
            f"the step {name_of(step)} is wrong {where}",
            expected=f"{law.mean[row]} at x_t = {x[row]}",
            found=f"{found[row]}",
            hint=hint,
        )
    white = residual / law.std[:, None]
    off = slack / law.std
    means = joint_test(
        np.column_stack([(white * v).sum(axis=1) for v in (given.z, given.eps)]),
        float((off * (np.abs(given.z) + np.abs(given.eps)).sum(axis=1)).mean()),
    )
    whole = fit(white.ravel(), normal_cdf, np.repeat(off, reference.dim))
    square = np.square(white).sum(axis=1)
    p_variance = _chi_square(float(square.sum()), square.size * reference.dim)
    if min(means.p_value, whole.p_value, p_variance) > level / 3:
        return None
    std = float(residual.std())
    return CheckFailed(
        f"the step {name_of(step)} does not have its law {where}",
        expected=f"the standard deviation {float(law.std.mean()):.4g} about its mean",
        found=f"{std:.4g}, so the variance {std**2:.3g} for {float(law.std.mean()) ** 2:.3g}; "
        f"from {samples:,} points",
        standard_errors=max(means.standard_errors, 0.0),
        hint=hint,
    )


def _chi_square(total: float, count: int) -> float:
    from scipy.stats import chi2

    return float(2 * min(chi2.cdf(total, count), chi2.sf(total, count)))


def _run(
    step: Any, reference: Reference, x: FloatArray, t: float, s: float, seed: int
) -> tuple[FloatArray, float]:
    model, to = ExactModel(reference), convert_for(step)
    points = to(x.reshape(-1, *reference.shape).copy())
    whole = float(t).is_integer() and float(s).is_integer() and reference.time.support[1] > 1
    times = (int(t), int(s)) if whole else (t, s)
    from fmproof.testing.adapters import parameters

    takes_model = any(p.name in {"model", *_NAMES["model"]} for p in parameters(step) or [])
    first = {"model": model} if takes_model else {"output": model(points, np.array([t]))}
    values = {**first, "x": points, "t": times[0], "s": times[1]}
    result = call_with(step, "step", values, _NAMES, seed)
    found = numbers_of(result, (len(x), *reference.shape), f"the step {name_of(step)}")
    rounding = max(precision_of(result), precision_shown(found), precision_of(points))
    return found.reshape(x.shape), rounding


def _fit(found: FloatArray, z: FloatArray, eps: FloatArray) -> tuple[float, float, float]:
    """Coefficients of E[z given x] and E[eps given x], and the deviation from their sum."""
    design = np.column_stack([z.ravel(), eps.ravel()])
    (a, b), *_ = np.linalg.lstsq(design, found.ravel(), rcond=None)
    return float(a), float(b), float((found.ravel() - design @ np.array([a, b])).std())


def _like(
    reference: Reference,
    law: Law,
    fitted: tuple[float, float, float],
    right_mean: bool,
    t: float,
    s: float,
    x: FloatArray,
    given: Any,
    found: FloatArray,
) -> str:
    """The mistake that the step looks like."""
    at = np.array([s])
    alpha, beta = float(reference.alpha(at)[0]), float(reference.beta(at)[0])
    std = float(law.std.mean())
    kept = float(np.sqrt(max(beta**2 - std**2, 0)))
    output = reference.velocity(reference.given_x(np.full(len(x), t), x))
    guesses = {
        "the model's output is taken for the noise, which it is not": alpha * given.z
        + kept * output,
        "the model's output is taken for the data, which it is not": alpha * output
        + kept * given.eps,
        "the step goes the wrong way: its sign is flipped": 2 * x - law.mean,
    }
    spread = float(np.abs(found - law.mean).std()) + 1e-300
    for name, guess in guesses.items():
        if name.startswith("the model") and np.allclose(guess, law.mean, atol=1e-9):
            continue
        if np.square(found - guess).mean() < 0.02 * spread**2:
            return name
        if std > 0 and abs(np.square(found - guess).mean() - std**2) < 0.05 * std**2:
            return name
    a, b, left = fitted
    expected = _fit(law.mean, given.z, given.eps)
    words = (
        f"x_s is about {a:.3g} E[x1 given x] + {b:.3g} E[x0 given x] with noise {left:.3g}, "
        f"expected {expected[0]:.3g}, {expected[1]:.3g} and {std:.3g}"
    )
    if std > 0 and right_mean:
        ratio = left / std
        return f"the mean is right, but the noise is {ratio:.3g} times what it should be"
    if std > 0 and abs(left - std) < 0.05 * std:
        return f"{words}: the noise is right, the drift is not corrected for it"
    return words
