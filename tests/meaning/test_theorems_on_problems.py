"""Every theorem on random problems of the strategies, each step as it is written.

``test_witness`` draws problems that its grids resolve with ease; these have wide and narrow
components, other paths and models of higher degree. A step may be beyond the grids; none may be
refuted, and a false one must be.
"""

from __future__ import annotations

from collections import Counter

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from fmproof.derivations import BUILTIN, load
from fmproof.meaning.witness import check_steps
from fmproof.models import Problem, UniformTime
from fmproof.testing.strategies import gaussian_mixtures, paths, polynomial_models
from fmproof.testing.strategies.steps import derivation_step


@st.composite
def problems_with_densities(draw: st.DrawFn) -> Problem:
    """On the line, for t uniform on [0, 1], as the derivations have it."""
    data = draw(gaussian_mixtures(dim=1, max_components=2, points=False))
    model = draw(polynomial_models(dim=1, degree=2))
    return Problem(data, draw(paths(square_integrable=True)), model, UniformTime())


ON_PROBLEMS = {"fm-cfm", "gradient", "constant", "general", "uniform"}
"""Derivations about nothing but what a problem describes."""


@pytest.mark.parametrize("name", BUILTIN)
def test_no_step_is_refuted(name: str) -> None:
    derivation = load(name)
    seen: Counter[str] = Counter()

    @examples(4)
    @given(problems_with_densities())
    def check(problem: Problem) -> None:
        for label, numeric in check_steps(derivation, problem=problem).items():
            assert numeric.status != "refuted", (label, problem)
            seen[numeric.status] += 1

    check()
    if name in ON_PROBLEMS:
        assert seen["agrees"] >= 3 * seen["inconclusive"], seen


def test_a_false_step_is_refuted() -> None:
    """A sign flipped in the statement of the theorem, on the same problems."""
    changed = derivation_step("fm-cfm", "1.2", 0)
    refuted = []

    @examples(4)
    @given(problems_with_densities())
    def check(problem: Problem) -> None:
        if problem.model.coefficients.any():
            numeric = check_steps(changed.derivation, problem=problem)["1.2"]
            refuted.append(numeric.status == "refuted")

    check()
    assert sum(refuted) > len(refuted) / 2
