"""What a sampler does wrong, whose ends have not the law of the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.diagnosis import NAMES
from fmproof.testing.exact import ExactModel
from fmproof.testing.reference import Reference
from fmproof.testing.sampler_ends import UnitField, wrong_law
from fmproof.testing.visited import Visited, beyond_its_times, told_other_times

_ROUGHLY, _PLAUSIBLE = 0.06, 1e-3  # tolerance and level at which a guess is believed
_SAME, _OFTEN = 1e-6, 0.01  # how alike numbers are that were clipped, and how many
_EVEN = 2e-2  # how alike things are that are meant to be equal
_ONE_NOISE = 0.8  # correlation of the noise of two steps, from which on it is one
_UNSURE = 0.1  # beta/alpha, from which on the data are not sure yet


def explained(
    reference: Reference, run: Callable[..., FloatArray], start: FloatArray, seed: int
) -> str:
    """What a sampler does wrong, from what it asks the model and what it makes of the answers; a
    guess must not hide the failure that it is about."""
    guesses = [
        *(_clipped, beyond_its_times, _start_scaled, _same_noise, _left_early, _rescaled),
        *(_turned, _taken_for, told_other_times, _part, _spread),
    ]
    if wrong_law(reference, run(seed), _ROUGHLY, _PLAUSIBLE, seed) is None:
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


def _start_scaled(
    reference: Reference, run: Callable[..., FloatArray], start: FloatArray, seed: int
) -> str:
    """About a sampler that multiplies the noise that it is given."""
    model = Visited(reference)
    run(seed, model=model)
    first = model.places[0][1]
    given = start[: len(first)]
    times = float((first * given).sum() / np.square(given).sum())
    if abs(times - 1) < _EVEN or np.abs(first - times * given).max() > _EVEN * np.abs(first).max():
        return ""
    return (
        f"in the first call of the model x is {times:.4g} times the noise that it is given, "
        "which has the law of the path there already"
    )


def _same_noise(
    reference: Reference, run: Callable[..., FloatArray], start: FloatArray, seed: int
) -> str:
    """About noise that is drawn once for all steps: what the next point has beside the last one and
    the model's answer there."""
    model = Visited(reference)
    if np.allclose(run(seed, model=model), run(seed + 1)):
        return ""
    left = []
    for (t, x), (_, later) in pairwise(model.places):
        output = ExactModel(reference).values(np.array([t]), x)
        design = np.column_stack([x.ravel(), output.ravel()])
        fit, *_ = np.linalg.lstsq(design, later.ravel(), rcond=None)
        beside = later.ravel() - design @ fit
        if beside.std() > _SAME * later.std():  # else it is a stage of a step
            left.append(beside)
    if len(left) < 4:
        return ""
    alike = [float(np.corrcoef(a, b)[0, 1]) for a, b in pairwise(left)]
    if float(np.median(alike)) < _ONE_NOISE:
        return ""
    return "the same noise is added in every step: draw it anew each time"


def _left_early(
    reference: Reference, run: Callable[..., FloatArray], start: FloatArray, seed: int
) -> str:
    """About samples that are what the model expects of the data, while that is not sure yet."""
    model = Visited(reference)
    ends = run(seed, model=model)
    t, x = model.places[-1]
    if float(reference.beta(np.array([t]))[0]) < _UNSURE * float(reference.alpha(np.array([t]))[0]):
        return ""
    expected = reference.given_x(np.full(len(x), t), x).z
    if np.abs(ends[: len(x)] - expected).max() > _EVEN * np.abs(expected).max():
        return ""
    return (
        f"the samples are the mean of the data given x at t = {t:.4g}, where the model is asked "
        "last: they have less variance; take the steps that are left"
    )


def _rescaled(
    reference: Reference, run: Callable[..., FloatArray], start: FloatArray, seed: int
) -> str:
    """About samples that are scaled as images are, when the data are not."""
    ends = run(seed)
    known = {
        "(x + 1) / 2 of data x: a scaling is undone that the data have not had": (0.5, 0.5),
        "2 x - 1 of data x: the data's own scale is to be restored": (2.0, -1.0),
    }
    for words, (times, shift) in known.items():
        if wrong_law(reference, (ends - shift) / times, _ROUGHLY, _PLAUSIBLE, seed) is None:
            return f"the samples have the law of {words}"
    return ""


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
        if wrong_law(reference, ends, _ROUGHLY, _PLAUSIBLE, seed) is None:
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
        if wrong_law(reference, ends, _ROUGHLY, _PLAUSIBLE, seed) is None:
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
    moved = np.abs(run(seed, model=UnitField(reference)) - start) / (high - low)
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
