"""Mistakes of the kinds that people make in code of their own, each with its right twin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from reported import MIX, Kit, check_loss, check_sampler, col, square, straight

from fmproof.models import CondOTPath, FunctionPath, GaussianMixture, TablePath, TrigPath
from fmproof.testing import assert_sampler, assert_step, min_snr

LINE = GaussianMixture(["3/10", "7/10"], [[-2], ["3/2"]], [[["1/4"]], [["1/2"]]])
IMAGES = np.random.default_rng(5).uniform(-1, 1, (6, 4))
BARS = np.cumprod(1 - np.linspace(1e-3, 0.2, 50))


def joined(kit: Kit, *parts: Any) -> Any:
    return kit.xp.cat(parts) if kit.torch else np.concatenate(parts)


def from_array(kit: Kit, value: Any) -> Any:
    return kit.cast(kit.xp.as_tensor(value) if kit.torch else np.asarray(value))


def one_noise(kit: Kit, wrong: bool, **options: Any) -> None:
    """One noise for all rows of a batch."""

    def error(model: Any, x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        x0 = 0 * x0 + x0[:1] if wrong else x0
        return square(model(t, (1 - col(t)) * x0 + col(t) * x1) - (x1 - x0))

    check_loss(kit, error, CondOTPath(), MIX, **options)


def noise_in_parts(kit: Kit, wrong: bool, **options: Any) -> None:
    """Two parts of a batch, each its own call of the model, with the noise of the first."""

    def error(model: Any, x1: Any) -> Any:
        half = len(x1) // 2
        first, errors = kit.randn(x1[:half]), []
        for part in (x1[:half], x1[half : 2 * half], x1[2 * half :]):
            t = kit.rand(len(part))
            x0 = first if wrong and len(part) == half else kit.randn(part)
            if len(part):
                x = (1 - col(t)) * x0 + col(t) * part
                errors.append(square(model(t, x) - (part - x0)))
        return joined(kit, *errors)

    check_loss(kit, error, CondOTPath(), MIX, **options)


def grid_of_times(kit: Kit, wrong: bool, **options: Any) -> None:
    """The same evenly spaced times in each batch; the right ones are stratified."""

    def error(model: Any, x1: Any) -> Any:
        n = len(x1)
        u = from_array(kit, np.arange(n))
        t = u / (n - 1) if wrong else (u + kit.rand(n)) / n
        x, target = straight(kit, x1, t)
        return square(model(t, x) - target)

    # In bfloat16 the last stratum rounds to t = 1, and so does the path.
    check_loss(kit, error, CondOTPath(), MIX, **options)


def columns_against_rows(kit: Kit, wrong: bool, **options: Any) -> None:
    """Predictions of shape (N, 1) less targets of shape (N,)."""

    def loss(model: Any, x1: Any) -> Any:
        x1 = kit.cast(x1)
        t = kit.rand(len(x1))
        x, target = straight(kit, x1, t)
        found = model(t, x)
        return ((found if wrong else found[:, 0]) - target[:, 0]).__pow__(2).mean()

    from fmproof.testing import assert_losses_differ_by_constant

    options.setdefault("samples", 20_000)
    assert_losses_differ_by_constant(kit.model(), CondOTPath(), LINE, loss, **options)


def exchanged_factors_of_v(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        a, s = kit.xp.sin(col(t) * (np.pi / 2)), kit.xp.cos(col(t) * (np.pi / 2))
        v = s * x0 - a * x1 if wrong else a * x0 - s * x1
        return square(model(t, a * x1 + s * x0) - v)

    check_loss(kit, error, TrigPath(), MIX, target="v", **options)


def exponent_of_a_weight(kit: Kit, wrong: bool, **options: Any) -> None:
    """Score matching with the weight sigma where sigma² is due."""

    def error(model: Any, x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        sigma = 0.1 + 2 * t
        found = square(model(t, x1 + col(sigma) * x0) + x0 / col(sigma))
        return (sigma if wrong else sigma**2) * found

    path = FunctionPath(1, lambda t: 0.1 + 2 * t)
    weight = {"target": "score", "weight": lambda t: (0.1 + 2 * t) ** 2}
    check_loss(kit, error, path, MIX, **weight, **options)


def weight_of_another_target(kit: Kit, wrong: bool, **options: Any) -> None:
    """min-SNR: the weight of v for a prediction of the noise, with integer steps."""

    def error(model: Any, x1: Any) -> Any:
        k, x0 = np.random.randint(0, 50, len(x1)), kit.randn(x1)
        bar, steps = from_array(kit, BARS[k]), from_array(kit, k)
        snr = BARS[k] / (1 - BARS[k])
        w = from_array(kit, np.minimum(snr, 5) / (snr + 1 if wrong else snr))
        x = col(kit.xp.sqrt(bar)) * x1 + col(kit.xp.sqrt(1 - bar)) * x0
        return w * square(model(steps, x) - x0)

    weight = {"target": "eps", "weight": min_snr(5)}
    check_loss(kit, error, TablePath(BARS), MIX, **weight, **options)


def time_cast_to_an_integer(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, target = straight(kit, x1, t)
        return square(model(0 * t if wrong else t, x) - target)

    check_loss(kit, error, CondOTPath(), MIX, **options)


def robust_error(kit: Kit, wrong: bool, **options: Any) -> None:
    """An L1 error."""

    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, target = straight(kit, x1, t)
        off = model(t, x) - target
        return abs(off).sum(1) if wrong else square(off)

    check_loss(kit, error, CondOTPath(), MIX, **options)


def padding_counted(kit: Kit, wrong: bool, **options: Any) -> None:
    """The mean over all coordinates, where one is padding."""
    data = GaussianMixture([1], [[1, -1, 0]], [[["1/2", 0, 0], [0, "1/4", 0], [0, 0, "1/9"]]])

    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, target = straight(kit, x1, t)
        return square((model(t, x) - target)[:, :2]) / (3 if wrong else 2)

    check_loss(kit, error, CondOTPath(), data, dims=[0, 1], reduction="mean", **options)


def flipped_target(kit: Kit, wrong: bool, **options: Any) -> None:
    """An augmentation of the target that x_t does not get."""

    def error(model: Any, x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        x = (1 - col(t)) * x0 + col(t) * x1
        return square(model(t, x) - ((x1[:, [1, 0, 3, 2]] if wrong else x1) - x0))

    check_loss(kit, error, CondOTPath(), IMAGES, **options)


def rows_of_another_order(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        x = (1 - col(t)) * x0 + col(t) * x1
        other = joined(kit, x1[1:], x1[:1]) if wrong else x1
        return square(model(t, x) - (other - x0))

    check_loss(kit, error, CondOTPath(), MIX, **options)


def divided_twice(kit: Kit, wrong: bool, **options: Any) -> None:
    """The mean over the rows, divided by their number."""

    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, target = straight(kit, x1, t)
        return square(model(t, x) - target) / (len(x1) if wrong else 1)

    check_loss(kit, error, CondOTPath(), MIX, **options)


def labelled(kit: Kit, choose: Callable[..., Any], pair: bool, **options: Any) -> None:
    """A sampler with labels, of which ``choose(y, n)`` makes those that it returns."""
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    from fmproof.testing import assert_conditional_velocity

    def sampler(x1: Any, y: Any) -> Any:
        x1, t = kit.cast(x1), kit.rand(len(x1))
        x0, y = kit.randn(x1), np.asarray(y)
        if pair:
            known = [np.asarray(v.float() if kit.torch else v) for v in (x0, x1)]
            j = linear_sum_assignment(cdist(*known, "sqeuclidean"))[1]
            x1, y = x1[j], y[j]
        x = (1 - col(t)) * x0 + col(t) * x1
        return {"x_t": x, "u_t": x1 - x0, "t": t, "y": choose(y, len(y))}

    coupling = "ot" if pair else "independent"
    options["samples"] = 1_000
    assert_conditional_velocity(kit.mark(sampler), CondOTPath(), MIX, coupling=coupling, **options)


def labels_left_out_together(kit: Kit, wrong: bool, **options: Any) -> None:
    """Classifier-free guidance: one draw for the batch decides whether its labels are used."""

    def choose(y: Any, n: int) -> Any:
        return np.where(np.random.random(1 if wrong else n) < 0.1, -1, y)

    labelled(kit, choose, False, **options)


def labels_left_out_of_pairs(kit: Kit, wrong: bool, **options: Any) -> None:
    """The same with pairs by optimal transport, where 3 stands for no label."""

    def choose(y: Any, n: int) -> Any:
        y = np.roll(y, 1) if wrong else y
        return np.where(np.random.random(n) < 0.1, 3, y)

    labelled(kit, choose, True, **options)


def cost_not_squared(kit: Kit, wrong: bool, **options: Any) -> None:
    """Pairs of least |x0 − x1| in place of its square."""
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    def sampler(x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        known = [np.asarray(v.float() if kit.torch else v) for v in (x0, x1)]
        x1 = x1[linear_sum_assignment(cdist(*known, "euclidean" if wrong else "sqeuclidean"))[1]]
        x = (1 - col(t)) * x0 + col(t) * x1
        return {"x_t": x, "u_t": x1 - x0, "t": t, "x0": x0, "x1": x1}

    options["samples"] = 1_000
    check_sampler(kit, sampler, CondOTPath(), MIX, coupling="ot", **options)


def one_step_short(kit: Kit, wrong: bool, **options: Any) -> None:
    """Euler over linspace(0, 1, steps), which has steps − 1 intervals."""

    def sample(model: Any, x: Any, steps: int) -> Any:
        x = kit.cast(x)
        for t in np.linspace(0, 1, steps + (not wrong))[:-1]:
            x = x + model(x, kit.cast(0 * x[:, 0] + t)) / steps
        return x

    options.pop("samples", None)
    assert_sampler(kit.mark(sample), CondOTPath(), MIX, order=1, tolerance=0.05, **options)


def noise_of_a_step(kit: Kit, wrong: bool, **options: Any) -> None:
    """Euler–Maruyama with h where sqrt(h) is due."""

    def step(model: Any, x: Any, t: float, s: float) -> Any:
        x, h = kit.cast(x), s - t
        v = model(x, kit.cast(0 * x[:, 0] + t))
        drift = v + 0.125 * (t * v - x) / (1 - t)
        return x + h * drift + 0.5 * (h if wrong else h**0.5) * kit.randn(x)

    options.pop("samples", None)
    g = {"kind": "euler-maruyama", "noise": lambda t: 0.5 + 0 * t}
    assert_step(kit.mark(step), CondOTPath(), MIX, **g, **options)


CASES: dict[str, tuple[Callable[..., None], str]] = {
    "one noise": (one_noise, "the same noise is used for several rows"),
    "noise in parts": (noise_in_parts, "the same noise is used for several rows"),
    "grid of times": (grid_of_times, "they come from a grid"),
    "columns against rows": (columns_against_rows, "shapes (N,) and (N, 1) broadcast"),
    "v exchanged": (exchanged_factors_of_v, "v with alpha and beta exchanged"),
    "exponent": (exponent_of_a_weight, "the weight is beta^-1 times that declared"),
    "weight of another target": (weight_of_another_target, "w(t) = min(snr, 5)/(snr + 1)"),
    "integer times": (time_cast_to_an_integer, "cast to an integer"),
    "robust error": (robust_error, "no weighted mean of squared errors"),
    "padding counted": (padding_counted, "divided by all 3 coordinates, where 2 count"),
    "flipped target": (flipped_target, "its coordinates in another order"),
    "other rows": (rows_of_another_order, "the x1 of other rows"),
    "divided twice": (divided_twice, "divided by the number of rows once more"),
    "labels together": (labels_left_out_together, "labels are left out of whole batches"),
    "labels of pairs": (labels_left_out_of_pairs, "labels do not travel"),
    "cost not squared": (cost_not_squared, "it is optimal for the cost |x0 - x1|"),
    "one step short": (one_step_short, "1 step is missing"),
    "noise of a step": (noise_of_a_step, "where sqrt(h) is due"),
}
