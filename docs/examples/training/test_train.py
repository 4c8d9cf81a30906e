"""Does the training script do what the mathematics says?"""

from functools import partial

import numpy as np
import train

from fmproof.models import CondOTPath
from fmproof.testing import (
    assert_conditional_velocity,
    assert_losses_differ_by_constant,
    assert_same_gradient,
    assert_schedule,
)

PATH = CondOTPath()
THETA = np.random.default_rng(3).normal(size=(46, 2))


def test_the_schedule_and_its_derivatives():
    assert_schedule(train.schedule, PATH)


def test_the_velocities_belong_to_the_points():
    assert_conditional_velocity(train.sample_path, PATH, train.CORNERS)


def test_the_loss_differs_from_the_flow_matching_loss_by_a_constant():
    model = partial(train.velocity, THETA)
    assert_losses_differ_by_constant(model, PATH, train.CORNERS, train.loss)


def test_the_gradient_is_that_of_the_flow_matching_loss():
    assert_same_gradient(train.velocity, PATH, train.CORNERS, theta=THETA, gradient=train.gradient)
