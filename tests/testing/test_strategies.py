"""The strategies: what they generate, how it shrinks, and that a repr can be pasted."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from examples import examples
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import fmproof.models
from fmproof.errors import InputError
from fmproof.models import (
    CondOTPath,
    GaussianMixture,
    LinearVelocity,
    Path,
    PolynomialVelocity,
    Problem,
    TimeLaw,
    Velocity,
)
from fmproof.testing.strategies import (
    gaussian_mixtures,
    linear_models,
    numbers,
    paths,
    polynomial_models,
    problems,
)

NAMES = vars(fmproof.models)


def shrunk(strategy, fails):
    """What a failing example shrinks to, and what hypothesis prints for it."""
    last = []

    @settings(database=None, derandomize=True, phases=(Phase.generate, Phase.shrink))
    @given(strategy)
    def check(value):
        if fails(value):
            last[:] = [value]
            raise AssertionError("found")

    with pytest.raises(AssertionError) as caught:
        check()
    return last[0], "\n".join(caught.value.__notes__)


def collect(strategy, count=200):
    found = []

    @settings(database=None, derandomize=True, max_examples=count)
    @given(strategy)
    def gather(value):
        found.append(value)

    gather()
    return found


@examples(100)
@given(problems())
def test_a_repr_rebuilds_the_problem(problem):
    assert eval(repr(problem), NAMES) == problem


def test_hypothesis_prints_the_repr():
    mixture, printed = shrunk(gaussian_mixtures(points=False), lambda m: m.scales.max() >= 2)
    assert repr(mixture) == "GaussianMixture([1], [[0]], [[[4]]])"
    assert repr(mixture) in printed


def test_a_mixture_shrinks_to_one_component_with_small_integers():
    mixture, _ = shrunk(gaussian_mixtures(points=False), lambda m: m.second_moment().max() > 3)
    assert mixture == GaussianMixture([1], [[0]], [[[4]]])
    mixture, _ = shrunk(gaussian_mixtures(dim=2, points=True), lambda m: m.means.max() > 1)
    assert mixture.components == 1
    assert sorted(mixture.means.ravel()) == [0, 2]


def test_a_problem_shrinks_to_the_straight_path_and_a_model_of_one_term():
    problem, _ = shrunk(problems(points=False), lambda p: p.data.scales.max() >= 2)
    assert problem.path == CondOTPath()
    assert problem.data == GaussianMixture([1], [[0]], [[[4]]])
    assert not problem.model.coefficients.any()


@pytest.mark.parametrize(
    "cls", [GaussianMixture, Path, TimeLaw, Velocity, LinearVelocity, PolynomialVelocity, Problem]
)
def test_from_type(cls):
    assert all(isinstance(value, cls) for value in collect(st.from_type(cls), 10))


def test_arguments_are_kept():
    for mixture in collect(gaussian_mixtures(dim=4, max_components=2, spread=1, points=False), 50):
        assert mixture.dim == 4
        assert mixture.components <= 2
        assert np.abs(mixture.means).max() <= 1
        assert mixture.scales.min() > 0
    assert all(not m.scales.any() for m in collect(gaussian_mixtures(points=True), 50))
    for model in collect(polynomial_models(dim=2, degree=4), 50):
        assert model.dim == 2
        assert model.x_powers.sum(axis=1).max() <= 4
    assert all(m.dim == 3 for m in collect(linear_models(dim=3), 20))
    assert all(not p.singularities or p.name == "polynomial" for p in collect(paths(True), 100))


def test_nobody_gets_only_toys():
    found = collect(problems(), 150)
    data = [p.data for p in found]
    assert {p.dim for p in found} == {1, 2, 3}
    assert {d.components for d in data} == {1, 2, 3, 4}
    assert sum(d.components > 1 for d in data) > 50
    assert sum(d.bases is not None for d in data) > 10
    assert sum(not d.scales.any() for d in data) > 20
    names = Counter(p.path.name for p in found)
    assert set(names) == {"cond-ot", "trig", "polynomial", "custom", "linear-vp", "vp"}
    assert min(names.values()) > 5
    degrees = {int(p.model.x_powers.sum(axis=1).max()) for p in found}
    assert degrees == {0, 1, 2, 3}
    assert all(p.data.rational and p.model.rational for p in found)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: gaussian_mixtures(dim=0), "dim: expected a positive integer, found 0"),
        (lambda: gaussian_mixtures(max_components=0), "max_components: expected a positive"),
        (lambda: polynomial_models(degree=-1), "degree: expected an integer from 0 on, found -1"),
        (lambda: numbers(0), "size: expected a positive integer, found 0"),
    ],
)
def test_bad_arguments(build, message):
    with pytest.raises(InputError, match=message):
        collect(build(), 1)
