"""Tests of flow matching code against the theory; run them with pytest.

They need pip install 'fmproof[testing]'. Replace `schedule` and `sample_path` by your own
functions: the assertions tell a wrong one by closed forms, and by statistics of a stated level.
"""

import numpy as np

from fmproof.models import CondOTPath
from fmproof.testing import assert_conditional_velocity, assert_schedule

DATA = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])


def schedule(t):
    """alpha, beta and their derivatives in t: x_t = alpha x1 + beta x0."""
    return t, 1 - t, np.ones_like(t), -np.ones_like(t)


def sample_path(x1, rng):
    """For a batch of data x1: the points x_t, their target velocities, the times."""
    t = rng.random(len(x1))
    x0 = rng.normal(size=x1.shape)
    return t[:, None] * x1 + (1 - t[:, None]) * x0, x1 - x0, t


def test_the_schedule_is_that_of_the_path():
    assert_schedule(schedule, CondOTPath())


def test_the_velocities_belong_to_the_points():
    assert_conditional_velocity(sample_path, CondOTPath(), DATA)
