"""Targets, couplings, directions, padding, shapes and noise of a path's own."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.models import CondOTPath, FunctionPath, GaussianMixture, TrigPath, UniformTime
from fmproof.testing import (
    CheckFailed,
    assert_conditional_velocity,
    assert_losses_differ_by_constant,
    assert_marginal_field,
    assert_same_gradient,
)

MIX = GaussianMixture(
    [0.3, 0.7], [[-2, 0], [1.5, 1]], [[[0.25, 0], [0, 0.5]], [[0.5, 0], [0, 0.25]]]
)
FEW = {"samples": 1_000}
INNER = UniformTime("1/10", "9/10")


def complaint(check, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as caught:
        check(*args, **kwargs)
    return str(caught.value)


def coefficients(target, t):
    alpha, beta = np.sin(np.pi / 2 * t), np.cos(np.pi / 2 * t)
    return {
        "velocity": (np.pi / 2 * beta, -np.pi / 2 * alpha),
        "x1": (1, 0),
        "eps": (0, 1),
        "v": (-beta, alpha),
        "score": (0, -1 / beta),
    }[target]


@pytest.mark.parametrize("target", ["velocity", "x1", "eps", "v", "score"])
@pytest.mark.parametrize("known", [True, False])
def test_targets(target, known):
    def draw(x1, rng):
        t, x0 = rng.uniform(0.1, 0.9, len(x1)), rng.standard_normal(x1.shape)
        s = t[:, None]
        a, b = coefficients(target, s)
        return np.sin(np.pi / 2 * s) * x1 + np.cos(np.pi / 2 * s) * x0, a * x1 + b * x0, t

    def alone(n, rng):
        return draw(MIX.sample(n, rng), rng)

    sampler = draw if known else alone
    assert_conditional_velocity(sampler, TrigPath(), MIX, target=target, time=INNER, **FEW)
    other = "eps" if target != "eps" else "v"
    found = complaint(
        assert_conditional_velocity, sampler, TrigPath(), MIX, target=other, time=INNER, **FEW
    )
    assert "target" in found.splitlines()[0]
    assert "velocity" not in found.splitlines()[0]


def paired(wrong=""):
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    def sampler(x0, x1, y, rng):
        x0 = x0[rng.permutation(len(x0))]
        _, j = linear_sum_assignment(cdist(x0, x1, "sqeuclidean"))
        if wrong == "not applied":
            j = np.arange(len(x0))
        t = rng.random(len(x0))
        data, s = x1[j], t[:, None]
        target = x1 if wrong == "one side" else data
        labels = y if wrong == "labels" else y[j]
        return {"x_t": s * data + (1 - s) * x0, "u_t": target - x0, "t": t, "y": labels}

    return sampler


def test_couplings():
    for coupling in ("any", "ot"):
        assert_conditional_velocity(paired(), CondOTPath(), MIX, coupling=coupling, **FEW)
    options = {"coupling": "ot", **FEW}
    check = assert_conditional_velocity, paired("not applied"), CondOTPath(), MIX
    assert "not an optimal transport" in complaint(*check, **options)
    check = assert_conditional_velocity, paired("labels"), CondOTPath(), MIX
    assert "labels do not travel" in complaint(*check, **options)
    check = assert_conditional_velocity, paired("one side"), CondOTPath(), MIX
    assert "different rows" in complaint(*check, **options)


def test_time_from_data_to_noise():
    def sampler(x0, noise, t):
        s = t[:, None]
        return (1 - s) * x0 + s * noise, noise - x0, t

    back = {"direction": "data-to-noise"}
    assert_conditional_velocity(sampler, CondOTPath(), MIX, **back, **FEW)

    def loss(model, x0, rng):
        t, noise = rng.random(len(x0)), rng.standard_normal(x0.shape)
        s = t[:, None]
        return np.square(model((1 - s) * x0 + s * noise, t) - (noise - x0)).sum(axis=1).mean()

    def model(x, t):
        return x * (1 + t[:, None])

    assert_losses_differ_by_constant(model, CondOTPath(), MIX, loss, **back, **FEW)


@pytest.mark.parametrize("blank", [True, False])
def test_padding(blank):
    mask = np.array([True, True, False])
    data = np.array([[0.0, 1, 0], [2, -1, 0], [-1, -1, 0]])

    def loss(model, x1, rng):
        t, x0 = rng.random(len(x1)), rng.standard_normal(x1.shape)
        x = t[:, None] * x1 + (1 - t[:, None]) * x0
        x = x * mask if blank else x
        return (np.square(model(t, x) - (x1 - x0)) * mask).sum(axis=1).mean() / 2

    def model(t, x):
        return np.tanh(x @ np.array([[1, 0.5, 0], [0, 1, 0], [1, 1, 1]]))

    options = {"dims": mask, "reduction": "mean", **FEW}
    assert_losses_differ_by_constant(model, CondOTPath(), data, loss, **options)
    found = complaint(assert_losses_differ_by_constant, model, CondOTPath(), data, loss, **FEW)
    assert "the loss does not" in found

    def sampler(x1, rng):
        t, x0 = rng.random(len(x1)), rng.standard_normal(x1.shape)
        return (t[:, None] * x1 + (1 - t[:, None]) * x0) * mask, (x1 - x0) * mask, t

    assert_conditional_velocity(sampler, CondOTPath(), data, dims=[0, 1], **FEW)
    with pytest.raises(InputError, match="dims: expected indices"):
        assert_conditional_velocity(sampler, CondOTPath(), data, dims=[3])


def test_images():
    images = np.random.default_rng(0).random((5, 1, 2, 3))

    def sampler(x1, rng):
        assert x1.shape[1:] == (1, 2, 3)
        t, x0 = rng.random(len(x1)), rng.standard_normal(x1.shape)
        s = t[:, None, None, None]
        return s * x1 + (1 - s) * x0, x1 - x0, t

    assert_conditional_velocity(sampler, CondOTPath(), images, **FEW)

    def family(theta, t, x):
        return theta * x * (1 + t[:, None, None, None])

    def loss(model, x1, rng):
        x, u, t = sampler(x1, rng)
        return np.square(model(t, x) - u).sum(axis=(1, 2, 3)).mean()

    assert_same_gradient(family, CondOTPath(), images, loss, theta=[0.5], **FEW)


def test_noise_of_the_path_itself():
    path = FunctionPath(lambda t: t, lambda t: 1 - t, 0.1)

    def sampler(x0, x1, t, rng):
        s = t[:, None]
        x = s * x1 + (1 - s) * x0 + 0.1 * rng.standard_normal(x0.shape)
        return x, x1 - x0, t

    assert_conditional_velocity(sampler, path, MIX, **FEW)
    found = complaint(assert_conditional_velocity, sampler, CondOTPath(), MIX, **FEW)
    assert "x_t is not alpha(t) x1 + beta(t) x0" in found


def test_noise_that_is_given_and_not_used():
    """A conditional path that starts from noise of its own ignores the source."""

    def sampler(x0, x1, t, rng):
        s = t[:, None]
        noise = rng.standard_normal(x0.shape)
        return s * x1 + (1 - s) * noise, x1 - noise, t

    assert_conditional_velocity(sampler, CondOTPath(), MIX, **FEW)


def test_fields_of_other_targets():
    path, point = TrigPath(), np.array([1.0, -0.5])

    def score(t, x):
        a, b = path.alpha(t)[:, None], path.beta(t)[:, None]
        return -(x - a * point) / b**2

    options = {"time": UniformTime(0, "9/10")}
    assert_marginal_field(score, path, [point], target="score", **options)
    found = complaint(
        assert_marginal_field, lambda t, x: -score(t, x), path, [point], target="score", **options
    )
    assert "the score with its sign flipped" in found


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "epsilonn"}, "target: expected one of"),
        ({"target": (1, 2, 3)}, "target: expected a name, or (a, b)"),
        ({"coupling": "sinkhorn"}, "coupling: expected one of"),
        ({"direction": "up"}, "direction: expected one of"),
        ({"target": "score", "time": UniformTime()}, ""),
    ],
)
def test_misuse(options, message):
    def sampler(x0, x1, t):
        return t[:, None] * x1 + (1 - t[:, None]) * x0, x1 - x0, t

    with pytest.raises((InputError, CheckFailed)) as caught:
        assert_conditional_velocity(sampler, CondOTPath(), MIX, **options, **FEW)
    assert message in str(caught.value)
    assert "Traceback" not in str(caught.value)
