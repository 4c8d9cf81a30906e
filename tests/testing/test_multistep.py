"""Multistep methods: right steps pass, the mistakes that are made are named."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.models import CondOTPath, GaussianMixture, TablePath, TrigPath
from fmproof.testing import CheckFailed, assert_step

MIX = GaussianMixture(
    ["3/10", "7/10"],
    [[-2, 0], ["3/2", 1]],
    [[["1/4", 0], [0, "1/2"]], [["1/2", 0], [0, "1/4"]]],
)
BARS = np.cumprod(1 - np.linspace(1e-3, 0.3, 50))
TABLE = TablePath(BARS)
FEW = {"samples": 200}


def complaint(check, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as caught:
        check(*args, **kwargs)
    return str(caught.value)


def adams(output, x, t, s, previous, times):
    """Two outputs, at steps that may differ."""
    h, before = s - t, t - times[0]
    return x + h * ((1 + h / (2 * before)) * output - h / (2 * before) * previous[0])


def test_adams_bashforth():
    options = {"kind": "adams-bashforth", **FEW}
    assert_step(adams, CondOTPath(), MIX, **options)
    assert_step(adams, CondOTPath(), MIX, pairs=[(0.1, 0.3, 0.4), (0.5, 0.6, 0.9)], **options)
    assert_step(adams, TrigPath(), MIX, direction="data-to-noise", **options)

    def equal_steps(output, x, t, s, previous):
        return x + (s - t) * (1.5 * output - 0.5 * previous[0])

    assert_step(equal_steps, CondOTPath(), MIX, **options)
    found = complaint(assert_step, equal_steps, CondOTPath(), MIX, pairs=[(0, 0.3, 0.4)], **options)
    assert "is wrong from t = 0.3" in found
    assert "pairs=[(0.0, 0.3, 0.4)]" in found

    def forgetful(output, x, t, s):
        return x + (s - t) * output

    found = complaint(assert_step, forgetful, CondOTPath(), MIX, **options)
    assert "the outputs of the steps before are not used" in found


def ddim(eps, x, t, s):
    data = (x - np.sqrt(1 - BARS[t]) * eps) / np.sqrt(BARS[t])
    return np.sqrt(BARS[s]) * data + np.sqrt(1 - BARS[s]) * eps


def plms(order):
    weights = {2: (1.5, -0.5), 4: (55 / 24, -59 / 24, 37 / 24, -9 / 24)}[order]

    def step(output, x, t, s, previous):
        return ddim(sum(w * e for w, e in zip(weights, [output, *previous], strict=True)), x, t, s)

    return step


@pytest.mark.parametrize("order", [2, 4])
def test_plms(order):
    pairs = [(20, 19), (10, 9)]
    assert_step(plms(order), TABLE, MIX, kind="plms", order=order, pairs=pairs, **FEW)
    found = (
        complaint(
            assert_step,
            lambda output, x, t, s, previous: plms(order)(output, x, t, s, previous[::-1]),
            TABLE,
            MIX,
            kind="plms",
            order=4,
            pairs=pairs,
            **FEW,
        )
        if order == 4
        else "the outputs before are in the reverse order"
    )
    assert "the outputs before are in the reverse order" in found


def test_outputs_that_are_combined_before_they_are_converted():
    """PLMS of a model that predicts v."""

    def noise(v, x, t):
        return np.sqrt(1 - BARS[t]) * x + np.sqrt(BARS[t]) * v

    def right(output, x, t, s, previous, times, points):
        before = noise(previous[0], points[0], times[0])
        return ddim(1.5 * noise(output, x, t) - 0.5 * before, x, t, s)

    def wrong(output, x, t, s, previous):
        return ddim(noise(1.5 * output - 0.5 * previous[0], x, t), x, t, s)

    options = {"kind": "plms", "predict": "v", "pairs": [(20, 19), (10, 9)], **FEW}
    assert_step(right, TABLE, MIX, **options)
    found = complaint(assert_step, wrong, TABLE, MIX, **options)
    assert "combined before they are converted" in found


def test_dpm_solver_and_lms():
    path = TrigPath()

    def log(t):
        t = np.array([t])
        return float(np.log(path.alpha(t) / path.beta(t))[0])

    def dpm(output, x, t, s, previous, times, wrong=False):
        h, before = log(s) - log(t), log(t) - log(times[0])
        share = before / h / 2 if wrong else h / before / 2
        data = (1 + share) * output - share * previous[0]
        beta, noise = (float(path.beta(np.array([v]))[0]) for v in (t, s))
        return noise / beta * x - float(path.alpha(np.array([s]))[0]) * np.expm1(-h) * data

    assert_step(dpm, path, MIX, kind="dpm++2m", **FEW)

    def wrong(output, x, t, s, previous, times):
        return dpm(output, x, t, s, previous, times, wrong=True)

    assert "is wrong from" in complaint(assert_step, wrong, path, MIX, kind="dpm++2m", **FEW)

    def sigma(t):
        return float(np.exp(-log(t)))

    def lms(output, x, t, s, previous, times):
        a, b = (float(path.alpha(np.array([v]))[0]) for v in (t, s))
        h, before = sigma(s) - sigma(t), sigma(t) - sigma(times[0])
        mean = (1 + h / (2 * before)) * output - h / (2 * before) * previous[0]
        return b * (x / a + h * mean)

    assert_step(lms, path, MIX, kind="lms", **FEW)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "dpm++2m", "order": 3}, "order: expected at most 2"),
        ({"kind": "plms", "order": 0}, "order: expected an integer from 1"),
        ({"kind": "plms", "pairs": [(3,)]}, "pairs: expected times (t, s)"),
    ],
)
def test_misuse(options, message):
    with pytest.raises(InputError) as caught:
        assert_step(plms(2), TABLE, MIX, **options)
    assert message in str(caught.value)
