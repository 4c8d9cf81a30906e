"""What the best linear guess misses, against regression written out with covariances."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.losses.linear_guess import LinearGuesses
from fmproof.models import CondOTPath, GaussianMixture, LinearVelocity, Problem, TrigPath

T = np.array([0.05, 0.3, 0.7, 0.95])


@pytest.mark.parametrize("path", [CondOTPath(), TrigPath()], ids=repr)
def test_one_gaussian_is_guessed_as_well_as_it_can_be(path: CondOTPath | TrigPath) -> None:
    """Var(u | x) = Var u − Cov(u, x)² / Var x, in each of two coordinates."""
    data = GaussianMixture([1], [[1, -2]], [[["1/4", 0], [0, "1/4"]]])
    found = LinearGuesses(Problem(data, path, LinearVelocity([[0, 0], [0, 0]]))).at(T)
    alpha, beta, dalpha, dbeta = path.alpha(T), path.beta(T), path.dalpha(T), path.dbeta(T)
    own, both = dalpha**2 / 4 + dbeta**2, alpha * dalpha / 4 + beta * dbeta
    left = own - both**2 / (alpha**2 / 4 + beta**2)
    assert np.allclose(found.missed, 2 * left, rtol=1e-10)
    assert np.allclose(found.guess, 2 * (own - left) + 5 * dalpha**2, rtol=1e-10)
    assert np.allclose(found.target, found.guess + found.missed, rtol=1e-2)
