"""assert_marginal_field, and how a bad model is reported."""

from __future__ import annotations

import numpy as np
import pytest
from examples import examples
from hypothesis import given

from fmproof.errors import InputError
from fmproof.models import CondOTPath, GaussianMixture, TrigPath
from fmproof.testing import CheckFailed, assert_marginal_field
from fmproof.testing.strategies import problems

POINTS = np.array([[0.0, 1.0], [2.0, -1.0], [1.0, 1.0]])
R1 = GaussianMixture([0.3, 0.7], [[-2], [1.5]], [[[0.25]], [[0.5]]])


def softmax_field(t, x):
    """u_t(x) of the straight path to POINTS: the closed form as people write it."""
    s = t[:, None]
    logits = -np.square(x[:, None] - s[:, None] * POINTS).sum(axis=2) / (2 * (1 - s) ** 2)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return ((weights / weights.sum(axis=1, keepdims=True)) @ POINTS - x) / (1 - s)


def failure(*args, **kwargs) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        assert_marginal_field(*args, **kwargs)
    assert "reproduce: assert_marginal_field(" in str(caught.value)
    return caught.value


def test_a_right_field_passes_in_either_order_of_the_arguments():
    assert_marginal_field(softmax_field, CondOTPath(), POINTS)
    assert_marginal_field(lambda x, t: softmax_field(t, x), CondOTPath(), POINTS)
    assert_marginal_field(lambda xt, time: softmax_field(time, xt), CondOTPath(), POINTS)


@examples(50)
@given(problems())
def test_the_models_own_field_passes_and_a_scaled_one_fails(problem):
    arguments = problem.path, problem.data
    assert_marginal_field(problem.marginal_velocity, *arguments, time=problem.time)
    found = failure(
        lambda t, x: 1.001 * problem.marginal_velocity(t, x), *arguments, time=problem.time
    )
    assert "is not the marginal velocity" in found.title


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        (lambda t, x: -softmax_field(t, x), "it is the velocity with its sign flipped"),
        (lambda t, x: 1.02 * softmax_field(t, x), "it is 1.02 times the velocity"),
        (lambda t, x: softmax_field(1 - t, x), "it is the velocity at 1 - t"),
        (lambda t, x: softmax_field(t, x) * (1 - t[:, None]) + x, "it is the data x1"),
        (lambda t, x: np.sin(x), ""),
    ],
)
def test_wrong_fields_are_shown_at_a_simple_point(field, hint):
    found = failure(field, CondOTPath(), POINTS)
    assert hint in found.hint
    assert found.expected.endswith(("at t = 0.5, x = [0. 0.]", "at t = 0.25, x = [0. 0.]"))


def test_the_path_matters():
    failure(softmax_field, TrigPath(), POINTS)


def test_single_precision_is_given_its_rounding():
    def single(t, x, scale=1.0):
        return np.float32(scale) * softmax_field(t.astype(np.float32), x.astype(np.float32)).astype(
            np.float32
        )

    assert_marginal_field(single, CondOTPath(), POINTS)
    failure(lambda t, x: single(t, x, 1.001), CondOTPath(), POINTS)


BROADCAST = "write t[:, None] where the two meet"


def raises(t, x):
    raise KeyError("layer 3")


@pytest.mark.parametrize(
    ("field", "title", "hint"),
    [
        (lambda t, x: softmax_field(t, x)[:, 0], "returned the wrong shape", ""),
        (lambda t, x: softmax_field(t, x) * np.nan, "returned a number that is not finite", ""),
        (lambda t, x: softmax_field(t, x) + 1j, "returned complex128 instead of real", ""),
        (lambda t, x: None, "returned nothing", "must return its value"),
        (raises, "raised KeyError: 'layer 3'", ""),
        (lambda t, x: t * x, "raised ValueError", BROADCAST),
        (lambda t, x: np.random.normal(size=x.shape), "is not deterministic", "model.eval()"),
        (
            lambda t, x: t * x if len(t) == x.shape[1] else t[:, None] * x,
            "mixes the points of a batch",
            BROADCAST,
        ),
        (lambda t, x: x - x.mean(axis=0), "mixes the points of a batch", "batch normalisation"),
    ],
)
def test_bad_models_are_named(field, title, hint):
    found = failure(field, CondOTPath(), POINTS)
    assert title in found.title
    assert hint in found.hint


def test_a_silent_broadcast_in_one_dimension():
    found = failure(lambda t, x: t * x, CondOTPath(), R1)
    assert "returned the wrong shape" in found.title
    assert BROADCAST in found.hint


def test_the_place_of_a_number_that_is_not_finite():
    found = failure(lambda t, x: np.where(x < 0, np.nan, x), CondOTPath(), R1)
    assert found.found.startswith("[nan] at t = ")
    assert "x = [" in found.found


def test_arguments_that_cannot_be_used():
    with pytest.raises(InputError, match="field: expected a callable, found 3"):
        assert_marginal_field(3, CondOTPath(), R1)
