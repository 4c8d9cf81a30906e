"""Which weight w(t) a loss has in place of the one declared, by the forms that people use."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.testing.precision import COARSE, alike
from fmproof.testing.reference import Reference

_ROWS = 4_000
_BROADCAST = 16  # roundings that the mean of the weights of a batch may be off by


def weight_like(
    reference: Reference, t: FloatArray, found: FloatArray, rounding: float = 0.0
) -> str:
    """What weight w(t) a loss has, from the weights of its rows (N,), which are rounded by a few
    times so much of themselves."""
    expected = reference.weights(t)
    known = (expected > 0) & np.isfinite(found)
    if not known.any():
        return ""
    same = alike(1e-3, 2 * rounding)

    def spread(values: FloatArray) -> float:
        """Relative; of most rows where the rounding is coarse."""
        if rounding > COARSE:
            values = np.quantile(values, [0.1, 0.5, 0.9])
        return float(np.ptp(values) / max(np.abs(values).max(), 1e-300))

    mean = float(expected[known].mean())  # which is what each row has where they are broadcast
    level = abs(float(np.median(found[known])) / mean - 1) < max(same, _BROADCAST * rounding)
    if level and spread(found[known]) <= same and np.ptp(expected) > 1e-3 + 8 * rounding:
        return (
            f"every row has the same weight {found[known].mean():.4g}, the mean of the batch: "
            "weights of shape (N, 1) and errors of shape (N,) broadcast to (N, N)"
        )
    ratio = found[known] / expected[known]
    unseen = np.abs(ratio) <= 1e-9 * np.abs(ratio).max()
    unseen &= np.abs(found[known]) <= 1e-9 * np.abs(found[known]).max()  # 1/snr for snr is not 0
    if unseen.any():
        return _unseen(t[known], unseen)
    if spread(ratio) <= same:
        return _constant_factor(reference, float(np.median(ratio)), len(t), rounding)
    with np.errstate(divide="ignore"):
        snr = np.square(reference.alpha(t) / reference.beta(t))
    near, close = [], alike(5e-3, 2 * rounding)
    own = _own_forms(reference, t) if np.ptp(expected) > 1e-3 + 8 * rounding else {}
    for name, values in (*own.items(), *_weight_forms(t, snr)):
        usable = known & np.isfinite(values) & (values > 1e-12)
        if usable.sum() < max(8, 0.9 * known.sum()):
            continue
        ratio = found[usable] / values[usable]
        off, plain = spread(ratio), abs(float(np.median(ratio)) - 1) < close
        if off <= close:
            near.append((off, not plain, f"{float(np.median(ratio)):.4g}", name))
            if name in own and plain:
                return f"the weight of the loss is {name}"
    if near:
        least = min(near)[0]
        _, scaled, factor, name = min(
            (n for n in near if n[0] <= 2 * least + 1e-6), key=lambda n: n[1]
        )
        declared = getattr(reference.weight, "__name__", "1") if reference.weight else "1"
        times = f"{factor} × " if scaled else ""
        return f"the loss has the weight w(t) = {times}{name}, declared {declared}"
    power = _power(reference, t[known], found[known] / expected[known], rounding)
    if power:
        return power
    order = np.argsort(t)[[len(t) // 10, len(t) // 2, 9 * len(t) // 10]]
    shown = ", ".join(f"w({t[i]:.3g}) = {found[i]:.4g} for {expected[i]:.4g}" for i in order)
    return f"the loss has another weight: {shown}"


def _own_forms(reference: Reference, t: FloatArray) -> dict[str, FloatArray]:
    """What becomes of the weight that was declared."""
    declared = reference.weights(t)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "the square of that declared: it is applied twice": declared**2,
            "1/w of the w declared: it is upside down": 1 / declared,
            "that declared at 1 - t: time runs the other way": reference.weights(
                reference.mirror(t)
            ),
        }


def _unseen(t: FloatArray, unseen: BoolArray) -> str:
    """About rows whose targets the loss does not depend on."""
    where = told_by_times(t, unseen)
    return (
        f"in {100 * unseen.mean():.0f}% of the rows{where and ', those with '}{where}, the loss "
        "does not depend on what the model returns: is it detached or masked there?"
    )


def told_by_times(t: FloatArray, rows: BoolArray) -> str:
    """What the times of some rows have in common that those of no other have; "" if nothing."""
    inside, outside = t[rows], t[~rows]
    if not len(inside) or not len(outside):
        return ""
    if inside.max() < outside.min():
        return f"t < {(inside.max() + outside.min()) / 2:.3g}"
    if inside.min() > outside.max():
        return f"t > {(inside.min() + outside.max()) / 2:.3g}"
    return ""


def _constant_factor(reference: Reference, ratio: float, rows: int, rounding: float) -> str:
    """About a loss that is the same number of times too large at every t."""
    times = reference.time.quantile((np.arange(_ROWS) + 0.5) / _ROWS)
    weights = reference.weights(times)
    mean, spread = float(weights.mean()), float(weights.std() / weights.mean() / np.sqrt(rows))
    known = {
        1 / rows: ": it is divided by the number of rows once more",
        float(rows): ": it is the sum over the rows, where their mean is due",
        0.5: ": it is half the squared error",
        reference.mask.mean(): f": it is divided by all {len(reference.mask)} coordinates, where "
        f"{int(reference.mask.sum())} count",
    }
    words = next(
        (w for value, w in known.items() if abs(ratio / value - 1) < alike(2e-3, rounding)), ""
    )
    if not words and abs(ratio * mean - 1) < 5 * spread:  # the mean of a batch is not that of all
        words = ": the weights are divided by their mean, normalised to 1"
    return f"the loss is {ratio:.4g} times what it should be, at every t{words}"


def _power(reference: Reference, t: FloatArray, ratio: FloatArray, rounding: float) -> str:
    """A weight that is the one declared times a power of t, alpha or beta, where they are not
    near an end: weights are often clamped there."""
    middle = (t >= np.quantile(t, 0.1)) & (t <= np.quantile(t, 0.9)) & (ratio > 0)
    if middle.sum() < 8:
        return ""
    t, ratio = t[middle], ratio[middle]
    bases = {"alpha": reference.alpha(t), "beta": reference.beta(t), "t": t, "(1 - t)": 1 - t}
    for name, base in reversed(bases.items()):
        if (base <= 0).any() or np.ptp(base) < 1e-3:
            continue
        design = np.column_stack([np.log(base), np.ones(len(t))])
        (power, constant), *_ = np.linalg.lstsq(design, np.log(ratio), rcond=None)
        left = np.abs(design @ np.array([power, constant]) - np.log(ratio))
        most = left.max() if rounding < COARSE else np.quantile(left, 0.8)
        if most > alike(1e-2, rounding):
            continue
        if abs(2 * power - np.rint(2 * power)) < 0.02:
            factor = "" if abs(constant) < 1e-2 else f"{np.exp(constant):.3g} "
            whole = np.rint(2 * power) / 2
            due = name if whole == 1 else f"{name}^{whole:g}"
            return f"the weight is {factor}{due} times that declared: is its exponent right?"
    return ""


def _weight_forms(t: FloatArray, snr: FloatArray) -> Iterator[tuple[str, FloatArray]]:
    with np.errstate(divide="ignore", invalid="ignore"):
        yield "1", np.ones_like(t)
        yield "snr", snr
        yield "1/snr", 1 / snr
        yield "snr + 1", snr + 1
        yield "snr/(snr + 1)", snr / (snr + 1)
        yield "1/(snr + 1)", 1 / (snr + 1)
        yield "beta²  = 1/(snr + 1)", 1 / (snr + 1)
        yield "t", t
        yield "1 - t", 1 - t
        yield "1/(1 - t)²", 1 / (1 - t) ** 2
        yield "1/t²", 1 / t**2
        yield "cosmap", 2 / (np.pi * (1 - 2 * t + 2 * t**2))
        for gamma in (5.0, 1.0, 2.0, 3.0, 10.0, 20.0):
            g = f"{gamma:g}"
            low, high = np.minimum(snr, gamma), np.maximum(snr, gamma)
            yield f"min(snr, {g})", low
            yield f"min(snr, {g})/snr", low / snr
            yield f"min(snr, {g})/(snr + 1)", low / (snr + 1)
            yield f"max(snr, {g})", high
            yield f"max(snr, {g})/snr", high / snr
            yield f"max(snr, {g})/(snr + 1)", high / (snr + 1)
            yield f"min(snr + 1, {g})/(snr + 1)", np.minimum(snr + 1, gamma) / (snr + 1)
            yield f"min(snr + 1, {g})/snr", np.minimum(snr + 1, gamma) / snr
            yield f"min(1/snr, {g})", np.minimum(1 / snr, gamma)
        for sd in (0.5, 1.0):
            s = 1 / np.sqrt(snr)
            yield f"(sigma² + {sd:g}²)/(sigma {sd:g})²", (s**2 + sd**2) / (s * sd) ** 2
            yield f"(sigma² + {sd:g}²)/(sigma + {sd:g})²", (s**2 + sd**2) / (s + sd) ** 2
