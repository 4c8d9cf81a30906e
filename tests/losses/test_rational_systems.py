"""Products of rationals in integers, and what ends in its time."""

from fractions import Fraction

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.losses.budget import Budget
from fmproof.losses.exact import ExactCFM
from fmproof.losses.rational_systems import product
from fmproof.models import CondOTPath, GaussianMixture, LinearVelocity, Problem


def _matrix(rng: np.random.Generator, shape: tuple[int, int], largest: int) -> np.ndarray:
    found = np.empty(shape, dtype=object)
    for index in np.ndindex(*shape):
        found[index] = Fraction(int(rng.integers(-99, 99)), int(rng.integers(1, largest)))
    return found


@pytest.mark.parametrize("largest", [20, 10**9])  # a common denominator is small, and is not
def test_a_product_is_exact(largest: int) -> None:
    rng = np.random.default_rng(largest)
    left, right = _matrix(rng, (12, 13), largest), _matrix(rng, (13, 4), largest)
    found = product(left, right, Budget())
    assert (found == left @ right).all()
    assert all(isinstance(entry, Fraction) for entry in found.ravel())


def test_products_and_optima_end_in_their_time() -> None:
    some = _matrix(np.random.default_rng(0), (3, 3), 9)
    with pytest.raises(InputError, match="out of time"):
        product(some, some, Budget(seconds=0))
    model = LinearVelocity(np.eye(2), [1, 2])
    problem = Problem(GaussianMixture.points([[0, 1], [1, 0], [2, 2]]), CondOTPath(), model)
    exact = ExactCFM(problem)
    assert exact.optimum().exact is not None
    exact._budget = Budget(seconds=1e-9)
    with pytest.raises(InputError, match="out of time"):
        exact.optimum()


def test_loss_and_gradient_after_one_another_are_those_of_their_coefficients() -> None:
    """The product with G is remembered for one theta."""
    problem = Problem(
        GaussianMixture.points([[0], [1], [3]]), CondOTPath(), LinearVelocity([["1/2"]], ["1/3"])
    )
    exact, other = ExactCFM(problem), [2, "1/5"]
    first = exact.loss().exact, exact.gradient().exact
    second = exact.loss(other).exact, exact.gradient(other).exact
    fresh = ExactCFM(problem)
    assert (second[1] == fresh.gradient(other).exact).all()
    assert second[0] == fresh.loss(other).exact
    assert first[0] == ExactCFM(problem).loss().exact
    assert (first[1] != second[1]).any()
