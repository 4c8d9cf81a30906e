"""Everyday mistakes in training code, each with its right twin: in NumPy and PyTorch, as
``reported`` has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from held_back import BARS, INNER, noised, normal
from reported import MIX, Kit, check_loss, check_sampler, col, square, straight
from scipy.optimize import linear_sum_assignment

from fmproof.models import (
    CondOTPath,
    CustomPath,
    FunctionPath,
    LogitNormalTime,
    QuantileTime,
    TablePath,
    TrigPath,
    UniformTime,
)
from fmproof.testing import assert_losses_differ_by_constant


def table(kit: Kit, k: Any, bars: Any) -> Any:
    """(alpha, beta) of steps k, as columns."""
    bar = kit.xp.as_tensor(bars[k]) if kit.torch else bars[k]
    return tuple(col(kit.cast(kit.xp.sqrt(v))) for v in (bar, 1 - bar))


def steps(kit: Kit, n: int) -> tuple[Any, Any]:
    k = np.random.randint(0, len(BARS), n)
    return k, kit.cast(kit.xp.as_tensor(k)) if kit.torch else kit.cast(k)


def next_of_the_table(kit: Kit, wrong: bool, **options: Any) -> None:
    """x_t of the step after the one that the model is told."""

    def error(model: Any, x1: Any) -> Any:
        k, t = steps(kit, len(x1))
        alpha, beta = table(kit, k, np.append(BARS[1:], BARS[-1]) if wrong else BARS)
        eps = kit.randn(x1)
        return square(model(t, alpha * x1 + beta * eps) - eps)

    check_loss(kit, error, TablePath(BARS), MIX, target="eps", **options)


def wrapped_index(kit: Kit, wrong: bool, **options: Any) -> None:
    """bars[t - 1], which is the last one at t = 0."""

    def error(model: Any, x1: Any) -> Any:
        k, t = steps(kit, len(x1))
        alpha, beta = table(kit, k, np.roll(BARS, 1) if wrong else BARS)
        eps = kit.randn(x1)
        return square(model(t, alpha * x1 + beta * eps) - eps)

    check_loss(kit, error, TablePath(BARS), MIX, target="eps", **options)


def model_from_the_other_end(kit: Kit, wrong: bool, **options: Any) -> None:
    """The model is told T - 1 - t."""

    def error(model: Any, x1: Any) -> Any:
        k, t = steps(kit, len(x1))
        alpha, beta = table(kit, k, BARS)
        eps = kit.randn(x1)
        return square(model(len(BARS) - 1 - t if wrong else t, alpha * x1 + beta * eps) - eps)

    check_loss(kit, error, TablePath(BARS), MIX, target="eps", **options)


def snr_upside_down(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        t, x, alpha, beta, _ = noised(kit, x1)
        snr = (alpha / beta)[:, 0] ** 2
        return (1 / snr if wrong else snr) * square(model(t, x) - x1)

    check_loss(kit, error, TablePath(BARS), MIX, target="x1", weight=lambda snr: snr, **options)


def weighted_twice(kit: Kit, wrong: bool, **options: Any) -> None:
    """w times the error, and the mean weighted by w again."""

    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        w = 0.5 + t
        return (w * w if wrong else w) * square(model(t, x) - u)

    check_loss(kit, error, CondOTPath(), MIX, weight=lambda t: 0.5 + t, **options)


def weight_from_the_other_end(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        s = 1 - t if wrong else t
        return (0.25 + s * s) * square(model(t, x) - u)

    check_loss(kit, error, CondOTPath(), MIX, weight=lambda t: 0.25 + t**2, **options)


def weight_not_squared(kit: Kit, wrong: bool, **options: Any) -> None:
    """The error of the velocity from that of the data: 1 / (1 - t) for its square."""

    def error(model: Any, x1: Any) -> Any:
        t = 0.05 + 0.9 * kit.rand(len(x1))
        x, _ = straight(kit, x1, t)
        w = 1 / (1 - t)
        return (w if wrong else w * w) * square(model(t, x) - x1)

    given = {"target": "x1", "weight": lambda t: (1 - t) ** -2.0, "time": INNER}
    check_loss(kit, error, CondOTPath(), MIX, **given, **options)


def logit_normal_scale(kit: Kit, wrong: bool, **options: Any) -> None:
    """The variance where the deviation is due."""

    def error(model: Any, x1: Any) -> Any:
        z = normal(kit, len(x1))
        t = 1 / (1 + kit.xp.exp(-(0.25 if wrong else 0.5) * z))
        x, u = straight(kit, x1, t)
        return square(model(t, x) - u)

    check_loss(kit, error, CondOTPath(), MIX, time=LogitNormalTime(0, "1/2"), **options)


def logit_normal_sign(kit: Kit, wrong: bool, **options: Any) -> None:
    """The mean of a logit-normal law with the wrong sign: time runs the other way."""

    def sampler(x1: Any) -> Any:
        t = 1 / (1 + kit.xp.exp(-(normal(kit, len(x1)) + (-0.5 if wrong else 0.5))))
        return *straight(kit, x1, t), t

    check_sampler(kit, sampler, CondOTPath(), MIX, time=LogitNormalTime("1/2", 1), **options)


def farthest_pairs(kit: Kit, wrong: bool, **options: Any) -> None:
    """The assignment of the greatest cost."""

    def sampler(x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        rows = [np.asarray(v.float() if kit.torch else v, dtype=np.float64) for v in (x0, x1)]
        cost = np.square(rows[0][:, None] - rows[1][None]).sum(axis=2)
        x1 = x1[linear_sum_assignment(cost, maximize=wrong)[1]]
        return (1 - col(t)) * x0 + col(t) * x1, x1 - x0, t

    check_sampler(kit, sampler, CondOTPath(), MIX, coupling="ot", **options)


def mask_over_all(kit: Kit, wrong: bool, **options: Any) -> None:
    """The errors of what is no padding, over the number of all coordinates."""
    mask = np.array([1.0, 1.0, 0.0, 0.0])
    data = np.array([[0.0, 1, 0, 0], [2, -1, 0, 0], [-1, 0.5, 0, 0]])

    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        keep = kit.cast(kit.xp.as_tensor(mask)) if kit.torch else kit.cast(mask)
        off = (model(t, x * keep) - u) * keep
        return square(off) / (4 if wrong else 2)

    given = {"dims": mask > 0, "reduction": "mean"}
    check_loss(kit, error, CondOTPath(), data, **given, **options)


def accumulated(kit: Kit, wrong: bool, **options: Any) -> None:
    """Divided by the number of steps that gradients are accumulated over, in the loss itself."""

    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        return square(model(t, x) - u) / (4 if wrong else 1)

    check_loss(kit, error, CondOTPath(), MIX, **options)


def sum_over_rows(kit: Kit, wrong: bool, **options: Any) -> None:
    """The sum over the batch for its mean."""

    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        return square(model(t, x) - u)

    def loss(model: Any, x1: Any) -> Any:
        each = error(model, kit.cast(x1))
        return each.sum() if wrong else each.mean()

    given = {"samples": 20_000, **options}
    assert_losses_differ_by_constant(kit.model(), CondOTPath(), MIX, loss, **given)


def time_in_buckets(kit: Kit, wrong: bool, **options: Any) -> None:
    """The model is told the start of one of twenty parts of the time, x_t is of t."""

    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        return square(model(kit.xp.floor(t * 20) / 20 if wrong else t, x) - u)

    check_loss(kit, error, CondOTPath(), MIX, **options)


def noise_level_forgotten(kit: Kit, wrong: bool, **options: Any) -> None:
    """x = data + noise, not sigma times it."""
    path = FunctionPath(lambda t: 1 + 0 * t, lambda t: 4 * (1 - t) + 0.1)

    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        sigma, eps = col(4 * (1 - t) + 0.1), kit.randn(x1)
        return square(model(t, x1 + (eps if wrong else sigma * eps)) - x1)

    check_loss(kit, error, path, MIX, target="x1", **options)


def noise_level_squared(kit: Kit, wrong: bool, **options: Any) -> None:
    path = FunctionPath(lambda t: 1 + 0 * t, lambda t: 2 * (1 - t) + 0.1)

    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        sigma, eps = col(2 * (1 - t) + 0.1), kit.randn(x1)
        return square(model(t, x1 + (sigma * sigma if wrong else sigma) * eps) - x1)

    check_loss(kit, error, path, MIX, target="x1", **options)


def dropout_inverted(kit: Kit, wrong: bool, **options: Any) -> None:
    """Labels are kept with the probability with which they should be left out."""

    def sampler(x1: Any, y: Any) -> Any:
        x1 = kit.cast(x1)
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        drop = np.random.random(len(x1)) < (0.9 if wrong else 0.1)
        y = kit.xp.where(kit.xp.as_tensor(drop) if kit.torch else drop, 0 * y - 1, y)
        return {"x_t": x, "u_t": u, "t": t, "y": y}

    from fmproof.testing import assert_conditional_velocity

    given = {"label_dropout": 0.1, **options}
    assert_conditional_velocity(kit.mark(sampler), CondOTPath(), MIX, **given)


def target_from_the_middle(kit: Kit, wrong: bool, **options: Any) -> None:
    """x_t − x0 for x1 − x0."""

    def sampler(x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        x = (1 - col(t)) * x0 + col(t) * x1
        return x, (x if wrong else x1) - x0, t

    check_sampler(kit, sampler, CondOTPath(), MIX, **options)


def wrong_end_divided(kit: Kit, wrong: bool, **options: Any) -> None:
    """(x1 − x_t) / t for (x1 − x_t) / (1 − t)."""

    def sampler(x1: Any) -> Any:
        t = 0.05 + 0.9 * kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        return x, u * (1 - col(t)) / col(t) if wrong else u, t

    check_sampler(kit, sampler, CondOTPath(), MIX, time=INNER, **options)


def absolute_error(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        off = model(t, x) - u
        return abs(off).sum(1) if wrong else square(off)

    check_loss(kit, error, CondOTPath(), MIX, **options)


def norm_for_its_square(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        found = square(model(t, x) - u)
        return kit.xp.sqrt(found) if wrong else found

    check_loss(kit, error, CondOTPath(), MIX, **options)


def angle_without_half_pi(kit: Kit, wrong: bool, **options: Any) -> None:
    """sin t and cos t for sin(π t / 2) and cos(π t / 2)."""

    def sampler(x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        w = 1.0 if wrong else np.pi / 2
        sin, cos = kit.xp.sin(w * col(t)), kit.xp.cos(w * col(t))
        return sin * x1 + cos * x0, w * (cos * x1 - sin * x0), t

    check_sampler(kit, sampler, TrigPath(), MIX, **options)


def factor_of_the_slope(kit: Kit, wrong: bool, **options: Any) -> None:
    """The velocity of a trigonometric path without its π/2."""

    def error(model: Any, x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        w = np.pi / 2
        sin, cos = kit.xp.sin(w * col(t)), kit.xp.cos(w * col(t))
        u = cos * x1 - sin * x0
        return square(model(t, sin * x1 + cos * x0) - (u if wrong else w * u))

    check_loss(kit, error, TrigPath(), MIX, **options)


def half_noise(kit: Kit, wrong: bool, **options: Any) -> None:
    """Noise of the deviation 1/2, in x_t and in the target."""

    def error(model: Any, x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        x0 = x0 / 2 if wrong else x0
        return square(model(t, (1 - col(t)) * x0 + col(t) * x1) - (x1 - x0))

    check_loss(kit, error, CondOTPath(), MIX, **options)


def times_cut(kit: Kit, wrong: bool, **options: Any) -> None:
    """0.9 rand() for rand()."""

    def error(model: Any, x1: Any) -> Any:
        t = (0.9 if wrong else 1.0) * kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        return square(model(t, x) - u)

    check_loss(kit, error, CondOTPath(), MIX, time=UniformTime(0, 1), **options)


def noise_from_another_row(kit: Kit, wrong: bool, **options: Any) -> None:
    """The noise of the target is that of the row before."""

    def error(model: Any, x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        other = kit.xp.roll(x0, 1, 0)
        x = (1 - col(t)) * x0 + col(t) * x1
        return square(model(t, x) - (x1 - (other if wrong else x0)))

    check_loss(kit, error, CondOTPath(), MIX, **options)


def target_of_unit_length(kit: Kit, wrong: bool, **options: Any) -> None:
    def sampler(x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        return x, u / col(kit.xp.sqrt(square(u))) if wrong else u, t

    check_sampler(kit, sampler, CondOTPath(), MIX, **options)


def sigma_for_variance(kit: Kit, wrong: bool, **options: Any) -> None:
    """beta = 1 − alpha² without its root, in x_t and not in the target."""

    def error(model: Any, x1: Any) -> Any:
        k, t = steps(kit, len(x1))
        alpha, beta = table(kit, k, BARS)
        eps = kit.randn(x1)
        return square(model(t, alpha * x1 + (beta * beta if wrong else beta) * eps) - eps)

    check_loss(kit, error, TablePath(BARS), MIX, target="eps", **options)


def time_shift_twice(kit: Kit, wrong: bool, **options: Any) -> None:
    """A shift of time, applied when t is drawn and again before x_t is made."""

    def shifted(u: Any) -> Any:
        return 3 * u / (1 + 2 * u)

    def sampler(x1: Any) -> Any:
        t = shifted(kit.rand(len(x1)))
        x, u = straight(kit, x1, shifted(t) if wrong else t)
        return x, u, t

    check_sampler(kit, sampler, CondOTPath(), MIX, time=QuantileTime(shifted), **options)


def interpolant_without_noise(kit: Kit, wrong: bool, **options: Any) -> None:
    """gamma(t) z left out of x_t of a path whose noise is more than that of x0."""
    path = CustomPath("t", "sqrt((1 - t)**2 + t*(1 - t))")

    def error(model: Any, x1: Any) -> Any:
        t = 0.05 + 0.9 * kit.rand(len(x1))
        s, x0, z = col(t), kit.randn(x1), kit.randn(x1)
        gamma = kit.xp.sqrt(s * (1 - s))
        x = s * x1 + (1 - s) * x0 + (0 if wrong else 1) * gamma * z
        return square(model(t, x) - x1)

    check_loss(kit, error, path, MIX, target="x1", time=INNER, **options)


CASES: dict[str, tuple[Callable[..., None], str]] = {
    "next of the table": (next_of_the_table, "x_t is that of the step t +1"),
    "wrapped index": (wrapped_index, "at the first one, by index -1, of the last"),
    "model from the other end": (model_from_the_other_end, "x_t is that of 1 - t"),
    "snr upside down": (snr_upside_down, "1/w of the w declared: it is upside down"),
    "weighted twice": (weighted_twice, "the square of that declared: it is applied twice"),
    "weight from the other end": (weight_from_the_other_end, "that declared at 1 - t"),
    "weight not squared": (weight_not_squared, "the weight is (1 - t) times that declared"),
    "logit normal scale": (logit_normal_scale, "the law of t fits LogitNormalTime"),
    "logit normal sign": (logit_normal_sign, "t is mirrored"),
    "farthest pairs": (farthest_pairs, "it costs more than independent pairs do"),
    "mask over all": (mask_over_all, "divided by all 4 coordinates, where 2 count"),
    "accumulated": (accumulated, "the loss is 0.25 times what it should be"),
    "sum over rows": (sum_over_rows, "it is the sum over the rows"),
    "time in buckets": (time_in_buckets, "t takes 2"),
    "noise level forgotten": (noise_level_forgotten, "expected 1 x1 + 2.93 x0"),
    "noise level squared": (noise_level_squared, "has the factor beta²"),
    "dropout inverted": (dropout_inverted, "those are left out that are to be kept"),
    "target from the middle": (target_from_the_middle, "u_t is the velocity multiplied by t"),
    "wrong end divided": (wrong_end_divided, "u_t is the velocity at 1 - t"),
    "absolute error": (absolute_error, "an L1 or Huber loss"),
    "norm for its square": (norm_for_its_square, "no weighted mean of squared errors"),
    "angle without half pi": (
        angle_without_half_pi,
        "u_t is 0.769 x1 - 0.38 x0, expected 1.14 x1 - 1.08 x0",
    ),
    "factor of the slope": (
        factor_of_the_slope,
        "the target is v = alpha x0 - beta x1 with its sign flipped",
    ),
    "half noise": (half_noise, "the noise in x_t has 0.49"),
    "times cut": (times_cut, "the law of t fits UniformTime(0.0001"),
    "noise from another row": (
        noise_from_another_row,
        "the target has the x0 of other rows than x_t",
    ),
    "target of unit length": (target_of_unit_length, "u_t has the length 1 in every row"),
    "sigma for variance": (sigma_for_variance, "has the factor beta²"),
    "time shift twice": (time_shift_twice, "x_t is that of another time than the t returned"),
    "interpolant without noise": (interpolant_without_noise, "has the factor beta²"),
}
