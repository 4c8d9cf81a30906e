"""Differential tests: every method says the same of a random problem, within the errors it states.

No pair of methods shares more than the models: closed forms of moments, lattices around the
components, random points, and the terms of the derivations evaluated as they are written.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from methods import GRADIENTS, METHODS, SCALARS, disagreement

from fmproof.models import Problem
from fmproof.testing.strategies import problems

PAIRS = list(combinations(METHODS, 2))


@st.composite
def problems_for(draw: st.DrawFn, *names: str) -> Problem:
    """Problems that all the named methods take."""
    methods = [METHODS[name] for name in names]
    dim = draw(st.integers(1, min(method.dims for method in methods)))
    points = None if all(method.points for method in methods) else False
    return draw(problems(dim=dim, max_components=3, degree=2, points=points))


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_two_methods_agree(pair: tuple[str, str]) -> None:
    left, right = (METHODS[name] for name in pair)
    names = tuple(n for n in left.quantities if n in right.quantities)
    assert len(names) >= 3

    @examples(6)
    @given(problems_for(*pair))
    def check(problem: Problem) -> None:
        ours, theirs = left(problem, names), right(problem, names)
        for name in names:
            assert disagreement(ours[name], theirs[name]) <= 1, (name, ours[name], theirs[name])

    check()


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_the_comparison_sees_a_wrong_model(pair: tuple[str, str]) -> None:
    """The methods state errors that are small enough to tell one model from another."""
    left, right = (METHODS[name] for name in pair)

    @examples(2)
    @given(problems(dim=1, max_components=2, degree=1, points=False))
    def check(problem: Problem) -> None:
        other = Problem(
            problem.data,
            problem.path,
            problem.model.with_theta(problem.model.theta + 1),
            problem.time,
        )
        ours, theirs = left(problem, ("cfm",))["cfm"], right(other, ("cfm",))["cfm"]
        assert disagreement(ours, theirs) > 1

    check()


@pytest.mark.parametrize("name", METHODS)
def test_gradients_are_slopes_of_the_losses(name: str) -> None:
    """The losses are quadratic in θ, so that a central difference is the derivative."""
    method = METHODS[name]

    @examples(3)
    @given(problems_for(name), st.integers(0, 2**16))
    def check(problem: Problem, seed: int) -> None:
        direction = np.random.default_rng(seed).choice([-1.0, 1.0], problem.model.theta.size)
        ends = [
            Problem(
                problem.data,
                problem.path,
                problem.model.with_theta(problem.model.theta + sign * direction),
                problem.time,
            )
            for sign in (-1, 1)
        ]
        for gradient in GRADIENTS:
            loss = gradient.removesuffix("_gradient")
            if gradient not in method.quantities or loss not in method.quantities:
                continue
            below, above = (method(end, (loss,))[loss] for end in ends)
            found = method(problem, (gradient,))[gradient]
            slope = (above.value - below.value) / 2
            bound = (above.error + below.error) / 2 + np.abs(found.error).sum()
            size = abs(above.value) + abs(below.value)
            # Not "<=": where nothing is known the value is NaN and the error infinite.
            assert not abs(found.value @ direction - slope) > bound + 1e-9 * (1 + size)

    check()


@pytest.mark.parametrize("name", METHODS)
def test_the_theorem_holds_for_every_method(name: str) -> None:
    """L_FM = L_CFM + C and equal gradients, each side from its own integrals."""
    method = METHODS[name]
    if "fm" not in method.quantities:
        pytest.skip("has the conditional side only")

    @examples(6)
    @given(problems_for(name))
    def check(problem: Problem) -> None:
        names = ("fm", "cfm", "C1", "C2", *GRADIENTS)
        found = method(problem, names)
        fm, cfm, c1, c2 = (found[n] for n in names[:4])
        gap = abs(fm.value - (cfm.value + c1.value + c2.value))
        bound = fm.error + cfm.error + c1.error + c2.error
        size = abs(fm.value) + abs(cfm.value) + abs(c1.value) + abs(c2.value)
        assert not gap > bound + 1e-9 * size
        assert disagreement(found["fm_gradient"], found["cfm_gradient"]) <= 1
        if set(SCALARS) <= set(method.quantities):
            more = method(problem, ("C", "floor"))
            assert disagreement(more["C"], more["floor"], factor=-1) <= 1

    check()
