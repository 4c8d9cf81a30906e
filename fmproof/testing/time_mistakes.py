"""Which law times have instead of their own, by those that people draw from."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from fmproof.models import DiscreteTime, TimeLaw
from fmproof.models.arrays import FloatArray
from fmproof.testing.laws import atoms_test, law_test, time_cdf
from fmproof.testing.precision import COARSE
from fmproof.testing.reference import Reference

_CLAMPED = 2e-3  # share of the rows at one end of their times
_PLAUSIBLE = 0.02  # bound of the p-value at which a law is believed
_HARDLY = 1e-5  # and where nothing else would explain it


def time_like(reference: Reference, t: FloatArray, rounding: float = 0.0) -> str:
    """What law t has instead of its own, where times are rounded by so much of themselves."""
    law = reference.time
    low, high = law.support
    values = np.unique(t)
    many = len(t)
    coarse = rounding if rounding > COARSE else 0.0

    def fits(sample: FloatArray, enough: float = _PLAUSIBLE) -> bool:
        slack = 2 * rounding * np.maximum(1.0, np.abs(sample))
        return bool(law_test(sample, time_cdf(law), slack).p_value > enough)

    if len(values) == 1:
        return f"all {many:,} rows of the batch share one t = {t[0]:.4g}: draw one for each of them"
    # Times outside of those of their law need less to be believed.
    if fits(reference.mirror(t), _PLAUSIBLE if low <= np.median(t) <= high else _HARDLY):
        return "t is mirrored: 1 - t has the law declared"
    if isinstance(law, DiscreteTime) and set(values) < set(law.times):
        never = _never_drawn(law, atoms_test(t, law).missing)
        if never:
            return never
    if t.max() > high + 0.5 * (high - low) + 1e-9:
        return f"t goes up to {t.max():.6g}, not to {high:g}: it is not scaled to the law's times"
    if len(values) <= min(64, many // 20):
        shown = ", ".join(f"{v:.4g}" for v in values[:6]) + (", …" if len(values) > 6 else "")
        return f"t takes {len(values)} values: {shown}; pass time=DiscreteTime([...]) if meant"
    usual = max(_CLAMPED, 3 * coarse * max(1.0, abs(high)) / max(high - low, 1e-9))
    ends = [v for v in (values[0], values[-1]) if (t == v).sum() > max(5, usual * many)]
    if ends and not isinstance(law, DiscreteTime):
        shown = " and ".join(f"{(t == v).mean():.2g} of the rows have t = {v:.4g}" for v in ends)
        return f"t is clamped: {shown}"
    centre = low + high
    if fits(centre - t):
        return f"t is mirrored within its law: {centre:g} - t has the law declared"
    for name, sample in _transformed(t):
        if fits(sample):
            return name
    if low >= 0 and high <= 1:
        below, upto = time_cdf(law)(t)
        if fits((below + upto) / 2):
            return "t goes through the law's function twice: it is drawn with its law, then again"
    # Kolmogorov's distance at level 0.01
    return _named_law(t, 1.63 / np.sqrt(many) + 2 * coarse, repr(law), _logs_due(law))


def _logs_due(law: TimeLaw) -> str:
    """What the logarithms of times are that have their law."""
    t = law.quantile((np.arange(1_000) + 0.5) / 1_000)
    if t.min() <= 0:
        return f", declared {law!r}"
    return f", declared {law!r}, whose log t has {np.log(t).mean():.3g} and {np.log(t).std():.3g}"


def _never_drawn(law: DiscreteTime, missing: FloatArray) -> str:
    """About values of a law that do not come."""
    if not len(missing):
        return ""
    shown = ", ".join(f"{t:g}" for t in missing[:4]) + (", …" if len(missing) > 4 else "")
    why = ""
    if len(missing) == 1 and missing[0] == law.times[-1]:
        why = ": randint and integers leave out their upper end"
    elif len(missing) == 1 and missing[0] == law.times[0]:
        why = ": the steps are counted from there"
    return f"t is never {shown}{why}"


def _transformed(t: FloatArray) -> Iterator[tuple[str, FloatArray]]:
    yield "t is squared: sqrt(t) has the law declared", np.sqrt(np.maximum(t, 0))
    yield "t is under a square root: t² has the law declared", t**2


def _named_law(t: FloatArray, enough: float, declared: str, due: str) -> str:
    """The law that times (N,) have, by those that people use.

    Args:
        enough: Kolmogorov's distance up to which a law is believed.
        due: words for the logarithms of the law declared.
    """
    from scipy import stats

    if not ((t >= 0) & (t <= 1)).all():
        logs = np.log(t) if t.min() > 0 else np.zeros(0)
        m, s = (float(logs.mean()), float(logs.std())) if logs.size else (0.0, 0.0)
        if s > 0 and float(stats.kstest(logs, stats.norm(m, s).cdf).statistic) < enough:
            return f"log t is normal with the mean {m:.3g} and the deviation {s:.3g}{due}"
        return f"t runs from {t.min():.4g} to {t.max():.4g}, declared {declared}"
    inner = np.clip(t, 1e-7, 1 - 1e-7)
    found: list[tuple[float, str]] = []

    def add(name: str, cdf: Callable[[FloatArray], FloatArray]) -> None:
        distance = float(stats.kstest(inner, cdf).statistic)
        found.append((distance, name))

    edge = (float(inner.min()), float(inner.max()))
    width = max(edge[1] - edge[0], 1e-9)
    add(f"UniformTime({edge[0]:.3g}, {edge[1]:.3g})", stats.uniform(edge[0], width).cdf)
    add("LogitNormalTime(0, 1)", _logit_cdf(0, 1))
    for shift in (2.0, 3.0, 1 / 3, 0.5):
        add(f"uniform t, shifted by {shift:.3g}", _shifted_cdf(shift))
    add("cosmap", lambda x: 2 / np.pi * np.arctan(x / (1 - x)))
    mean, variance = float(inner.mean()), float(inner.var())
    common = mean * (1 - mean) / variance - 1
    a, b = mean * common, (1 - mean) * common
    logits = np.log(inner) - np.log1p(-inner)
    m, s = float(logits.mean()), float(logits.std())
    half = [(round(2 * v) / 2 or v) for v in (a, b)]
    if a > 0 and b > 0:
        add(f"BetaTime({half[0]:.3g}, {half[1]:.3g})", stats.beta(*half).cdf)
    tenth = round(m, 1), round(s, 1) or s
    add(f"LogitNormalTime({tenth[0]:.3g}, {tenth[1]:.3g})", _logit_cdf(*tenth))
    if a > 0 and b > 0:
        add(f"BetaTime({a:.3g}, {b:.3g})", stats.beta(a, b).cdf)
    add(f"LogitNormalTime({m:.3g}, {s:.3g})", _logit_cdf(m, s))
    family = declared.partition("(")[0]  # a law of the family declared, with other numbers, first
    found.sort(key=lambda f: not f[1].startswith(family))  # else those that people use most
    distance, name = next((f for f in found if f[0] < enough), min(found))
    if distance < enough:
        return f"the law of t fits {name}, declared {declared}"
    return (
        f"t has mean {t.mean():.4g}, standard deviation {t.std():.4g} and lies in "
        f"[{t.min():.4g}, {t.max():.4g}], declared {declared}; the nearest known law, {name}, "
        f"does not fit either"
    )


def _logit_cdf(mean: float, deviation: float) -> Callable[[FloatArray], FloatArray]:
    from scipy.special import logit, ndtr

    return lambda x: np.asarray(ndtr((logit(x) - mean) / deviation))


def _shifted_cdf(shift: float) -> Callable[[FloatArray], FloatArray]:
    return lambda x: x / (shift - (shift - 1) * x)
