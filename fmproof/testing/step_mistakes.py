"""The mistakes that a step of a sampler looks like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from fmproof.models import TablePath
from fmproof.models.arrays import FloatArray
from fmproof.models.targets import coefficients
from fmproof.testing.diagnosis import NAMES
from fmproof.testing.exact import ExactModel
from fmproof.testing.joint import joint_test
from fmproof.testing.step_laws import PLMS, StepLaw, Trail, combined, step_law, two_steps

_SEEN = 0.1  # of the way between two means
_TOLD = 0.15  # standard error up to which 0, 1 and 2 times something are told apart
_SAME = 1e-3  # of the standard deviation, by which rows with one noise may differ
_BELIEVED = 0.01  # p-value from which on a mean is believed
_ROUNDED = 1e-6  # relative error of a sum that is believed, in fine numbers
_TELLING = 1e6  # condition number up to which two terms are told apart
_SECOND = 1e-9  # of the step: times of the model's calls that are told apart


def looks_like(
    trail: Trail, kind: Any, law: StepLaw, found: FloatArray, right_mean: bool, told: list[float]
) -> str:
    """The mistake that x_s (N, d) looks like.

    Args:
        right_mean: whether the mean of x_s is taken for right.
        told: the times that the step has told its model.
    """
    given = trail.given
    std = float(law.std.mean())
    a, b, left = _fitted(found, given.z, given.eps)
    words = _same_noise(found - law.mean, std)
    if words:
        return words
    if std > 0 and right_mean:
        return _noise_like(
            left, std, abs(trail.s - trail.t), _large(trail) if kind == "ddim" else 0
        )
    words = wrong_times(trail, kind, told)
    if not words and std > 0 and kind == "ddim":
        words = _another_eta(trail, std, found)
    if words:
        return words
    spread = float(np.abs(found - law.mean).std()) + 1e-300
    near, chance = {}, max(0.05, 4 * float(np.sqrt(2 / found.size)))
    for name, guess in _mistakes(trail, kind, law):
        if np.allclose(guess, law.mean, atol=1e-9):
            continue
        off = float(np.square(found - guess).mean())
        if off < 0.02 * spread**2 or (
            std > 0 and abs(off - std**2) < chance * std**2 and _is_there(found, guess, law)
        ):
            near[name] = off
    if near:
        return min(near, key=lambda name: near[name])
    words = (
        "" if std > 0 else _combination(trail, kind, law, found) or _data_term(trail, law, found)
    )
    if words:
        return words
    expected = _fitted(law.mean, given.z, given.eps)
    words = (
        f"x_s is about {a:.3g} E[x1 given x] + {b:.3g} E[x0 given x] with noise {left:.3g}, "
        f"expected {expected[0]:.3g}, {expected[1]:.3g} and {std:.3g}"
    )
    why = _correction(trail, law, found) if kind == "euler-maruyama" else ""
    return f"{words}: {why}" if why else words


def _another_eta(trail: Trail, std: float, found: FloatArray) -> str:
    """About a step that is DDIM's with as much noise as another eta has; std is that of eta."""
    (alpha, beta), given = trail.factors(trail.s), trail.given
    _, _, noise = _fitted(found, given.z, given.eps)
    times = noise / std
    if noise >= beta or abs(times - 1) < 0.03:
        return ""
    kept = float(np.sqrt(beta**2 - noise**2))
    scaled = (found - alpha * given.z - kept * given.eps) / noise
    columns = np.column_stack([(scaled * v).sum(axis=1) for v in (given.z, given.eps)])
    if joint_test(columns).p_value < _BELIEVED:
        return ""
    return f"it is the step with {times:.3g} times its eta, the mean's as well as the noise's"


def _large(trail: Trail) -> float:
    """The larger of DDPM's two standard deviations, the root of its beta_t."""
    (alpha, beta), (now, noise) = trail.factors(trail.s), trail.factors(trail.t)
    return float(np.sqrt(max(noise**2 - (now / max(alpha, 1e-300) * beta) ** 2, 0.0)))


def _combination(trail: Trail, kind: Any, law: StepLaw, found: FloatArray) -> str:
    """The weights with which a multistep method combines its outputs, if it does that."""
    if kind not in ("adams-bashforth", "plms", "lms") or len(trail.times) < 2:
        return ""
    target = "velocity" if kind == "adams-bashforth" else "eps"
    design = np.column_stack([v.ravel() for v in (trail.x, *trail.outputs(target))])

    def weights(x_s: FloatArray) -> tuple[FloatArray, float]:
        (share, *rest), *_ = np.linalg.lstsq(design, x_s.ravel(), rcond=None)
        left = float(np.abs(x_s.ravel() - design @ np.array([share, *rest])).max())
        return np.array(rest) / sum(rest), left

    (theirs, left), (due, _) = weights(found), weights(law.mean)
    if left > _ROUNDED * (1 + np.abs(found).max()) or np.abs(theirs - due).max() < _SAME:
        return ""
    shown = (f"({', '.join(f'{w:.4g}' for w in each)})" for each in (theirs, due))
    turned = ": they are in the reverse order" if np.abs(theirs[::-1] - due).max() < _SAME else ""
    return "the outputs, the newest first, have the weights {}, expected {}".format(*shown) + turned


def _data_term(trail: Trail, law: StepLaw, found: FloatArray) -> str:
    """About the terms of x_s in x_t and in the data that the model knows, where one is wrong."""
    if len(trail.times) > 1:
        return ""
    design = np.column_stack([trail.x.ravel(), trail.given.z.ravel()])
    if np.linalg.cond(design) > _TELLING:
        return ""
    theirs, due = (np.linalg.lstsq(design, v.ravel(), rcond=None)[0] for v in (found, law.mean))
    if any(
        np.abs(v.ravel() - design @ fit).max() > _ROUNDED * (1 + np.abs(v).max())
        for v, fit in ((found, theirs), (law.mean, due))
    ):
        return ""
    way = (theirs - [1, 0]) / np.where(np.abs(due - [1, 0]) > _SAME, due - [1, 0], np.inf)
    noise, later = (trail.factors(time)[1] for time in (trail.t, trail.s))
    if abs(way[0] - way[1]) < _SAME * abs(way[0]) and abs(way[0] - 1) > _SAME:
        known = {"beta_t/beta_s": noise / max(later, 1e-300), "beta_s/beta_t": later / noise}
        name = next((k for k, v in known.items() if abs(way[0] / v - 1) < _SAME), "")
        return f"it goes {way[0]:.4g}{name and f' = {name}'} times as far as it should"
    right = np.abs(theirs / due - 1) < _SAME
    if right.sum() != 1:
        return ""
    wrong = int(np.argmin(right))
    names = ("x_t", "the data, as the model has them,")
    return (
        f"{names[wrong]} enter{'s' if wrong == 0 else ''} x_s with the factor {theirs[wrong]:.4g}, "
        f"where {due[wrong]:.4g} is due; the factor of {('the data', 'x_t')[wrong]} is right"
    )


def _correction(trail: Trail, law: StepLaw, found: FloatArray) -> str:
    """About the correction of an SDE's drift for its noise, if that is what is wrong."""
    field = ExactModel(replace(trail.reference, target="velocity"))
    straight = trail.x + (trail.s - trail.t) * field.values(np.array([trail.t]), trail.x)
    due, std = law.mean - straight, float(law.std.mean())
    square = float(np.square(due).sum()) + 1e-300
    share = float(((found - straight) * due).sum()) / square
    error = std / np.sqrt(square)
    left = float((found - straight - share * due).std())
    if error > _TOLD or abs(left - std) > 0.05 * std:
        return ""
    known = {
        0: "the noise is right, the drift is not corrected for it",
        2: "the drift is corrected by g² times the score, where g²/2 is due",
        -1: "the correction of the drift has the wrong sign",
    }
    near = [words for value, words in known.items() if abs(share - value) < 3 * error]
    return near[0] if near else f"the drift has {share:.2g} times its correction for the noise"


def _same_noise(left: FloatArray, std: float) -> str:
    """About noise (N, d) that is one and the same in all rows."""
    shared = left.mean(axis=0)
    if std == 0 or left.std(axis=0).max() > _SAME * std or np.abs(shared).max() < 10 * _SAME * std:
        return ""
    return "one noise is added to all rows: draw noise of the shape of x"


def _is_there(found: FloatArray, guess: FloatArray, law: StepLaw) -> bool:
    """Whether x_s lies at the guess on the line between the right mean and the guess, and the noise
    leaves that to be seen."""
    way = guess - law.mean
    length = float(np.square(way).sum()) + 1e-300
    error = float(law.std.mean()) / np.sqrt(length)
    off = abs(float(((found - guess) * way).sum())) / length
    return bool(error < _SEEN and off < _SEEN + 3 * error)


def wrong_times(trail: Trail, kind: Any, told: list[float], rounding: float = 0.0) -> str:
    """What is wrong with the times that the model is told; "" when nothing is, or none is known.

    Args:
        rounding: by how much they may be rounded.
    """
    t, s = trail.t, trail.s
    due = {"euler": [t], "ddim": [t], "euler-maruyama": [t], "heun": [t, s]}
    if not told or not isinstance(kind, str) or kind not in due:
        return ""
    near = max(_SECOND + 1e-5 * abs(s - t), rounding)  # times may have been rounded
    missing = [time for time in due[kind] if min(abs(time - v) for v in told) > near]
    others = [v for v in told if min(abs(time - v) for time in due[kind]) > near]
    if not missing:
        return ""
    if others:
        return f"the model is told t = {others[0]:.6g}, where t = {missing[0]:.6g} is due"
    return f"the model is told t = {told[0]:.6g} alone; the other slope is due at {missing[0]:.6g}"


def _mistakes(trail: Trail, kind: Any, law: StepLaw) -> Iterator[tuple[str, FloatArray]]:
    """The x_s of known mistakes, or its mean."""
    x, given, h = trail.x, trail.given, trail.s - trail.t
    if len(trail.times) > 1:
        yield from _multistep_mistakes(trail, kind)
    if kind == "heun":
        field = ExactModel(replace(trail.reference, target="velocity"))
        first, second = (field.values(np.array([time]), x) for time in (trail.t, trail.s))
        yield "the second slope is at x_t, where x_t + h u is due", x + h * (first + second) / 2
        yield "it is an Euler step: the second slope is not used", x + h * first
        ahead = field.values(np.array([trail.s]), x + h * first)
        yield "the second slope is taken alone, not the mean of both", x + h * ahead
    alpha, beta = trail.factors(trail.s)
    std = float(law.std.mean())
    kept = float(np.sqrt(max(beta**2 - std**2, 0)))
    output = trail.outputs()[0]
    if std > 0 and kind == "ddim":
        yield (
            "the noise is added to all of the old one, which is not shortened: sqrt(beta² - std²) "
            "of it is due",
            alpha * given.z + beta * given.eps,
        )
    if kind == "ddim":
        yield from _taken_for(trail, kept)
        yield from _ddim_mistakes(trail, kept)
        yield from _posterior_mistakes(trail, kept)
    yield (
        "the model's output is taken for the noise, which it is not",
        alpha * given.z + kept * output,
    )
    yield (
        "the model's output is taken for the data, which it is not",
        alpha * output + kept * given.eps,
    )
    yield "the step goes the wrong way: its sign is flipped", 2 * x - law.mean


def _taken_for(trail: Trail, kept: float) -> Iterator[tuple[str, FloatArray]]:
    """Of a step that takes what the model returns for another prediction."""
    (now, noise), (alpha, _), at = trail.factors(trail.t), trail.factors(trail.s), trail.t
    for target, name in NAMES.items():
        if target == trail.reference.target or isinstance(trail.reference.target, tuple):
            continue
        try:
            a, b = (float(v[0]) for v in coefficients(trail.reference.path, target, np.array([at])))
        except Exception:  # a table has no velocity
            continue
        determinant = now * b - noise * a
        if abs(determinant) < 1e-9 or min(now, noise) <= 0:
            continue
        output = trail.outputs()[0]
        data, eps = (
            (b * trail.x - noise * output) / determinant,
            (now * output - a * trail.x) / determinant,
        )
        yield (
            f"it takes what the model returns for {name}: it is right with predict={target!r}, "
            f"declared {trail.reference.target!r}",
            alpha * data + kept * eps,
        )


def _ddim_mistakes(trail: Trail, kept: float) -> Iterator[tuple[str, FloatArray]]:
    """Of steps that go through the data."""
    given, path = trail.given, trail.reference.path
    (alpha, beta), (now, noise) = trail.factors(trail.s), trail.factors(trail.t)
    data = np.clip(given.z, -1, 1)
    clipped = (
        "the data are clipped to [-1, 1]: switch that off, or test it with data that lie there"
    )
    yield clipped, alpha * data + kept * given.eps
    if noise > 0:
        yield clipped, alpha * data + kept * (trail.x - now * data) / noise
    if isinstance(path, TablePath):
        row = int(path.row(np.array([trail.s]))[0])
        for step in (-1, 1):
            if 0 <= row + step < len(path.times):
                other = trail.factors(float(path.times[row + step]))
                there = np.sqrt(max(other[1] ** 2 - beta**2 + kept**2, 0.0))
                yield (
                    f"x_s is that of t = {path.times[row + step]:g}: the index into the table is "
                    "off by one",
                    other[0] * given.z + there * given.eps,
                )


def _posterior_mistakes(trail: Trail, kept: float) -> Iterator[tuple[str, FloatArray]]:
    """Of the mean as it is written for DDPM: of the data and x_t, or of x_t and the noise."""
    given, x = trail.given, trail.x
    (alpha, _), (now, noise) = trail.factors(trail.s), trail.factors(trail.t)
    if noise <= 0 or now <= 0:
        return
    of_data, of_x = alpha - kept * now / noise, kept / noise
    yield "the factors of the data and of x_t are exchanged", of_x * given.z + of_data * x
    less = alpha * noise / now - kept  # mean = alpha/now x - less eps
    mean = alpha / now * x
    yield (
        "the noise is divided by beta² = 1 - alpha², where beta is due",
        mean - less / noise * given.eps,
    )
    yield "the noise is not divided by beta = sqrt(1 - alpha²)", mean - less * noise * given.eps
    yield (
        "it is not divided by alpha_t/alpha_s, the root of DDPM's alpha_t = 1 - beta_t",
        x - now / alpha * less * given.eps,
    )


def _fitted(found: FloatArray, z: FloatArray, eps: FloatArray) -> tuple[float, float, float]:
    """Coefficients of E[z given x] and E[eps given x], and the deviation from their sum."""
    design = np.column_stack([z.ravel(), eps.ravel()])
    (a, b), *_ = np.linalg.lstsq(design, found.ravel(), rcond=None)
    return float(a), float(b), float((found.ravel() - design @ np.array([a, b])).std())


def _noise_like(found: float, std: float, length: float, large: float) -> str:
    """What the noise of a step is, whose mean is right; ``large`` is the larger standard deviation
    of DDPM, or 0."""
    known = {
        "no noise is added": 0.0,
        "it has the variance for a factor, where the standard deviation is due": std**2,
        "it has the root of the standard deviation for a factor": std**0.5,
        "it grows with the length h of the step, where sqrt(h) is due": std * length**0.5,
        "it has the factor h^(1/4), where sqrt(h) is due": std / length**0.25,
    }
    if large:
        known["it has the larger of DDPM's variances, beta_t, where the smaller one is due"] = large
    words = f"the mean is right, but the noise is {found / std:.3g} times what it should be"
    for name, value in known.items():
        if abs(found - value) < 0.03 * std and abs(value - std) > 0.1 * std:
            return f"{words}: {name}"
    return words


def _multistep_mistakes(trail: Trail, kind: str) -> Iterator[tuple[str, FloatArray]]:
    newest = replace(trail, times=trail.times[:1], points=trail.points[:1])
    yield "the outputs of the steps before are not used", step_law(newest, kind, 0.0, None).mean
    turned = replace(trail, points=[trail.x, *reversed(trail.points[1:])])
    order = [trail.times[0], *reversed(trail.times[1:])]
    if len(order) > 2:
        turned = replace(turned, times=order)
        yield "the outputs before are in the reverse order", step_law(turned, kind, 0.0, None).mean
    if kind == "adams-bashforth":
        velocity = combined(PLMS.get(len(trail.times), PLMS[1]), trail.outputs("velocity"))
        yield (
            "its weights are those of equal steps, such as 3/2 and -1/2, and the steps differ",
            trail.x + (trail.s - trail.t) * velocity,
        )
    if kind == "plms":
        outputs = combined(PLMS[len(trail.times)], trail.outputs())
        a, b = (float(v[0]) for v in trail.reference.coefficients(np.array([trail.t])))
        alpha, beta = trail.factors(trail.t)
        determinant = alpha * b - beta * a
        eps = (alpha * outputs - a * trail.x) / determinant
        yield (
            (
                "the outputs are combined before they are converted to the noise, each at its own "
                "time and x: convert them first"
            ),
            trail.moved(eps),
        )
    if kind == "dpm++2m" and len(trail.times) == 2:
        yield "the ratio of the steps in log(alpha/beta) is upside down", two_steps(trail, True)
