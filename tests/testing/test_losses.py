"""The two checks of training losses, on NumPy models."""

from __future__ import annotations

import re

import numpy as np
import pytest
from samplers import RING, triples

from fmproof.errors import InputError
from fmproof.models import CondOTPath, LinearVelocity, PolynomialVelocity, TrigPath, VelocityTerm
from fmproof.testing import (
    CheckFailed,
    assert_losses_differ_by_constant,
    assert_same_gradient,
)

THETA = np.array([[0.3, -0.2, 0.1, 0.5, 0.0], [0.1, 0.4, 0.0, 0.0, -0.3]])
PATH = CondOTPath()
QUICK = {"samples": 10_000}


def features(t, x):
    return np.column_stack([x, t, t[:, None] * x])


def family(theta, t, x):
    return features(t, x) @ theta.T


def model(t, x):
    return family(THETA, t, x)


def loss(bug=None, reduce=lambda squares: squares.sum(axis=1).mean()):
    def training_loss(model, x1, rng):
        x, u, t = triples(x1, rng, bug)
        return reduce(np.square(model(t, x) - u))

    return training_loss


def gradient(scale=2.0, bug=None):
    def manual(theta, x1, rng):
        x, u, t = triples(x1, rng, bug)
        return scale * (family(theta, t, x) - u).T @ features(t, x) / len(t)

    return manual


def failure(check, *args, **kwargs) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        check(*args, **{**QUICK, **kwargs})
    assert f"reproduce: {check.__name__}(" in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    "right",
    [
        None,
        loss(),
        loss(reduce=lambda squares: squares.sum(axis=1)),
        loss(reduce=lambda squares: squares.sum(axis=1).mean() + 7),
    ],
)
def test_right_losses_differ_by_a_constant(right):
    assert_losses_differ_by_constant(model, PATH, RING, right, **QUICK)


def test_right_gradients():
    assert_same_gradient(family, PATH, RING, loss(), theta=THETA, **QUICK)
    assert_same_gradient(family, PATH, RING, theta=THETA, gradient=gradient(), **QUICK)
    assert_same_gradient(LinearVelocity([[1, 0], [2, 1]]), TrigPath(), RING, **QUICK)
    cubic = PolynomialVelocity([VelocityTerm([1, 2], 1, [3, 0]), VelocityTerm([0, 1], 0, [0, 1])])
    assert_same_gradient(cubic, PATH, RING, loss(), **QUICK)


@pytest.mark.parametrize("bug", ["sign", "ends", "data", "noise", "pairing", "fresh noise"])
def test_wrong_targets(bug):
    found = failure(assert_losses_differ_by_constant, model, PATH, RING, loss(bug))
    title = (
        "evaluate the model at points" if bug == "ends" else "differ from the flow matching loss"
    )
    assert f"the loss does not {title}" in found.title
    assert found.standard_errors > 8
    assert "points([[0, 0]]" in found.problem or "GaussianMixture([1]" in found.problem
    manual = gradient(bug=bug)
    found = failure(assert_same_gradient, family, PATH, RING, theta=THETA, gradient=manual)
    assert "theta[" in found.expected


def test_a_wrong_target_seen_through_differences_of_the_loss():
    failure(assert_same_gradient, family, PATH, RING, loss("sign"), theta=THETA)


def test_a_mean_over_the_coordinates_is_recognised():
    mean = loss(reduce=np.mean)
    assert_losses_differ_by_constant(model, PATH, RING, mean, reduction="mean", **QUICK)
    for check, args in (
        (assert_losses_differ_by_constant, {"model": model}),
        (assert_same_gradient, {"model": family, "theta": THETA}),
    ):
        found = failure(check, path=PATH, data=RING, loss=mean, **args)
        assert "pass reduction='mean'" in found.hint


def test_a_lost_factor_two():
    found = failure(assert_same_gradient, family, PATH, RING, theta=THETA, gradient=gradient(6))
    assert re.fullmatch(
        "the gradient is about (2.[6-9]|3|3.[1-4]) times what it should be", found.hint
    )


def test_absolute_values_are_not_squares():
    found = failure(
        assert_losses_differ_by_constant,
        model,
        PATH,
        RING,
        lambda model, x1, rng: float(
            np.abs(model((s := triples(x1, rng))[2], s[0]) - s[1]).sum(axis=1).mean()
        ),
    )
    assert found.standard_errors > 10


def crash(model, x1):
    raise RuntimeError("no such layer")


@pytest.mark.parametrize(
    ("bad", "title"),
    [
        (loss(reduce=lambda squares: squares), "returned the wrong shape"),
        (loss(reduce=lambda squares: np.nan), "returned a number that is not finite"),
        (crash, "raised RuntimeError: no such layer"),
    ],
)
def test_bad_losses_are_named(bad, title):
    assert title in failure(assert_losses_differ_by_constant, model, PATH, RING, bad).title
    assert title in failure(assert_same_gradient, family, PATH, RING, bad, theta=THETA).title


def test_bad_models_are_named():
    found = failure(
        assert_losses_differ_by_constant, lambda t, x: np.random.rand(*x.shape), PATH, RING
    )
    assert "is not deterministic" in found.title
    found = failure(assert_losses_differ_by_constant, lambda t, x: x[:, 0], PATH, RING)
    assert "wrong shape" in found.title
    wrong = failure(assert_same_gradient, family, PATH, RING, theta=THETA, gradient=lambda p, x1: 0)
    assert "returned the wrong shape" in wrong.title


def unseeded(model, x1):
    return loss()(model, x1, np.random.default_rng())


@pytest.mark.parametrize(
    ("check", "arguments", "message"),
    [
        (assert_same_gradient, {"model": family}, "theta: expected the parameters"),
        (assert_same_gradient, {"model": family, "theta": THETA, "loss": unseeded}, "same seeds"),
        (assert_losses_differ_by_constant, {"model": model, "reduction": "max"}, "reduction: exp"),
        (assert_losses_differ_by_constant, {"model": model, "samples": 5}, "samples: expected"),
        (assert_losses_differ_by_constant, {"model": None}, "model: expected a callable"),
    ],
)
def test_arguments_that_cannot_be_used(check, arguments, message):
    with pytest.raises(InputError, match=message):
        check(path=PATH, data=RING, **arguments)


def test_a_loss_with_its_own_unseeded_generator_can_still_be_compared():
    assert_losses_differ_by_constant(model, PATH, RING, unseeded, **QUICK)


# --- losses that show where they evaluate the model ---------------------------------------

FIRST = {"samples": 1_000}


@pytest.mark.parametrize("bug", ["2%", "sigma_min"])
def test_small_mistakes_show_at_the_points_in_a_thousand_samples(bug):
    found = failure(assert_losses_differ_by_constant, model, PATH, RING, loss(bug), **FIRST)
    assert (
        "at the points at which it" in found.expected or "x_t as the model gets" in found.expected
    )
    found = failure(assert_same_gradient, family, PATH, RING, loss(bug), theta=THETA, **FIRST)
    assert (
        "at the points at which it" in found.expected or "x_t as the model gets" in found.expected
    )


def test_a_loss_that_shuffles_its_data_is_right():
    def shuffling(model, x1, rng):
        return loss()(model, rng.permutation(x1), rng)

    assert_losses_differ_by_constant(model, PATH, RING, shuffling, **FIRST)


@pytest.mark.parametrize("names", ["tx", "xt"])
@pytest.mark.parametrize("model", [model, lambda x, t: model(t, x)])
def test_a_loss_that_calls_its_model_by_keywords_is_right(model, names):
    def by_keywords(model, x1, rng):
        x, u, t = triples(x1, rng)
        given = {"t": t, "x": x}
        return np.square(model(**{name: given[name] for name in names}) - u).sum(axis=1).mean()

    assert_losses_differ_by_constant(model, PATH, RING, by_keywords, **FIRST)


def test_a_loss_that_weighs_its_times_is_right():
    """t by another law with weights that make up for it."""

    def weighing(model, x1, rng):
        t, x0 = rng.beta(2, 1, len(x1)), rng.standard_normal(x1.shape)
        x = t[:, None] * x1 + (1 - t[:, None]) * x0
        return (np.square(model(t, x) - (x1 - x0)).sum(axis=1) / (2 * t)).mean()

    assert_losses_differ_by_constant(model, PATH, RING, weighing, **FIRST)


def test_another_law_of_t_is_named():
    def late(model, x1, rng):
        t, x0 = rng.beta(2, 1, len(x1)), rng.standard_normal(x1.shape)
        x = t[:, None] * x1 + (1 - t[:, None]) * x0
        return np.square(model(t, x) - (x1 - x0)).sum(axis=1).mean()

    found = failure(assert_losses_differ_by_constant, model, PATH, RING, late, **FIRST)
    assert found.title == "the loss does not draw t by its law"
    assert "pass time=" in found.hint
