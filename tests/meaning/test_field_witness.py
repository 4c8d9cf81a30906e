"""Steps about fields, laws and conditional expectations in random worlds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sympy import Expr

from fmproof import Density, Expect, Field, Grad, Inner, Param, Real, Scalar, Vec, free_vars, norm2
from fmproof.lang.nodes import CondExpect, Div, Law, Let, Log, Normal, Partial, Ratio, Var, uniform
from fmproof.lang.props import Almost, Equals, ForAll, Positive, VanishesWith
from fmproof.lang.sorts import Sort
from fmproof.meaning.hypotheses import below_one, carried_fields, positive_heads
from fmproof.meaning.ladder import Ladder
from fmproof.meaning.roles import Cast, symbols_of
from fmproof.meaning.witness import check_steps
from fmproof.meaning.world import World
from fmproof.report.model import Numeric

t = Real("t")
x, z, e, x0, x1 = Vec("x z e x0 x1")
theta = Param("theta")
Q, q = Law("Q", x0, x1), Density("q", z)
v = Field("v", x, sub=t, sup=theta)
p, u = Density("p", x, sub=t), Field("u", x, sub=t)
alpha, sigma = Scalar("alpha", t), Scalar("sigma", t)
model = v(t, theta, x)
joint = (uniform(t)(t), Q(x0, x1), Let(x, (1 - t) * x0 + t * x1))
velocity = CondExpect(x1 - x0, x, Q(x0, x1), joint[-1])
continuity = ForAll(ForAll(Equals(Partial(p(t, x), t), -Div(p(t, x) * u(t, x), x)), x), t)
noise = ForAll(Positive(sigma(t)), t)


def verdict(
    before: Expr, claim: Expr, *hypotheses: Any, almost: Any = None, relation: str = "="
) -> Numeric:
    step = SimpleNamespace(id="1", claim=claim, relation=relation)
    derivation: Any = SimpleNamespace(
        name="test",
        parts=[SimpleNamespace(start=before, steps=[step], almost=almost)],
        hypotheses=[SimpleNamespace(name=f"H{i}", prop=h) for i, h in enumerate(hypotheses)],
        variables=[],
    )
    return check_steps(derivation)["1"]


def test_rectified_flow() -> None:
    cross = Expect(Inner(model, x1 - x0), *joint)
    assert verdict(cross, Expect(Inner(model, velocity), *joint)).status == "agrees"
    assert verdict(cross, Expect(Inner(model, 2 * velocity), *joint)).status == "refuted"
    loss = Expect(norm2(model - (x1 - x0)), *joint)
    rest = Expect(norm2(x1 - x0 - velocity), *joint)
    assert verdict(loss, Expect(norm2(model - velocity), *joint) + rest).problems == 19
    assert verdict(loss, Expect(norm2(model - velocity), *joint) - rest).status == "refuted"
    assert verdict(loss, rest, relation="≥").status == "agrees"
    assert verdict(loss, rest, relation="≤").status == "refuted"


def test_a_field_carries_a_density_that_a_hypothesis_says_it_does() -> None:
    material = Partial(Log(p(t, x)), t) + Inner(u(t, x), Grad(Log(p(t, x)), x))
    found = verdict(material, -Div(u(t, x), x), continuity)
    assert (found.status, found.problems) == ("agrees", 20)
    assert verdict(material, Div(u(t, x), x), continuity).status == "refuted"
    assert verdict(material, -Div(u(t, x), x)).status == "refuted"  # without the hypothesis
    (pair,) = carried_fields([continuity]).items()
    assert pair[0] == u
    assert pair[1].density == p


def test_a_point_moves_along_the_field_that_a_hypothesis_names() -> None:
    X = Field("X", sub=t)
    place = X(t)
    moves = Equals(Partial(X(t), t), u(t, place))
    along = Partial(Log(p(t, place)), t)
    spread = Div(u(t, x), x, place)
    found = verdict(along, -spread, continuity, moves)
    assert (found.status, found.problems) == ("agrees", 20)
    assert verdict(along, spread, continuity, moves).status == "refuted"
    assert verdict(along, -spread, continuity).status == "refuted"  # without the hypothesis


def test_functions_that_are_declared_equal_are() -> None:
    f, g = Field("f", x), Field("g", x)
    same = ForAll(Equals(f(x), g(x)), x)
    assert verdict(f(x), g(x), same).problems == 20
    assert verdict(f(2 * z), g(2 * z), same).status == "agrees"
    assert verdict(f(x), -g(x), same).status == "refuted"
    assert verdict(f(x), g(x)).status == "refuted"
    assert verdict(f(x), g(x), Equals(f(x), g(x))).status == "inconclusive"  # at one x only


def test_signs_that_are_declared_hold() -> None:
    noisy = Expect(Normal(x, alpha(t) * z, sigma(t) ** 2), q(z))
    mean = CondExpect(z, x, q(z), Normal(e), Let(x, alpha(t) * z + sigma(t) * e))
    tweedie = x + sigma(t) ** 2 * Grad(Log(noisy), x)
    found = verdict(alpha(t) * mean, tweedie, noise, ForAll(VanishesWith(1, alpha(t)), t))
    assert found.status == "agrees"
    assert found.problems > 10
    assert verdict(alpha(t) * mean, 2 * x - tweedie, noise).status == "refuted"
    assert positive_heads([noise, Positive(alpha(t) ** 2 * sigma(t))]) == {alpha, sigma}
    f = Scalar("f", x)
    assert verdict(Ratio(f(x), f(x)), Ratio(1, 1), Almost(Positive(f(x)), Normal(x))).problems == 20


def test_shares_that_are_declared_lie_between_zero_and_one() -> None:
    share = ForAll(Positive(alpha(t)), t), ForAll(Positive(1 - alpha(t)), t)
    larger = Ratio(alpha(t), 1 - alpha(t)), alpha(t)
    found = verdict(*larger, *share, relation="≥")
    assert (found.status, found.problems) == ("agrees", 20)
    assert verdict(*larger, *share, relation="≤").status == "refuted"
    assert below_one(share) == {alpha} == below_one([Positive(1 - alpha(t) ** 2)])


def test_a_hypothesis_that_no_world_satisfies_is_named() -> None:
    f = Scalar("f", x)
    found = verdict(f(x), f(x), Positive(-(f(x) ** 2)))
    assert found.status == "inconclusive"
    assert "no random problem satisfies H0" in (found.message or "")


def test_where_there_are_no_numbers_the_step_says_why() -> None:
    strange = CondExpect(z, x, q(z), Let(x, norm2(z) * z))
    found = verdict(strange, z)
    assert found.status == "inconclusive"
    assert "no numbers for E_{z~q" in (found.message or "")


def test_lines_for_almost_every_value_know_deterministic_draws() -> None:
    law = (Q(x0, x1), Let(x, x0 + x1))
    assert verdict(x, x0 + x1, almost=law).status == "agrees"
    assert verdict(x, x0 - x1, almost=law).status == "refuted"


def pointed(term: Expr) -> tuple[World, float, float]:
    variables: list[Var] = [w for w in free_vars(term) if w.sort is not Sort.PARAM]
    world = World.random(1, Cast.of(symbols_of([term]), ()), variables, 0, 3, pointed=True)
    reading = Ladder(world.interpretation(), world.values()).read(term, 3)
    return world, float(abs(reading.value).max()), float(reading.error.max())


def test_laws_on_points() -> None:
    path = joint[1:]
    world, size, error = pointed(
        Expect(Inner(velocity, x), *path) - Expect(Inner(x1 - x0, x), *path)
    )
    assert size <= error < 1e-6
    assert "at x₀ = " in world.describe()
    _, size, error = pointed(Expect(Inner(x1, x), *path) - Expect(Inner(x1 - x0, x), *path))
    assert size > error
    noisy = (Q(x0, x1), Normal(e), Let(x, t * x1 + e))
    mean = CondExpect(x1, x, *noisy)
    _, size, error = pointed(Expect(Inner(mean, x), *noisy) - Expect(Inner(x1, x), *noisy))
    assert size <= error < 1e-5
    away = CondExpect(x1 - x0, (x, z), *path)  # X is almost surely elsewhere
    assert pointed(away)[2] == float("inf")


@pytest.mark.parametrize("body", [x1 - x0, 3 * x0])
def test_a_conditional_expectation_of_points_is_no_function_with_a_derivative(body: Expr) -> None:
    slope = Div(CondExpect(body, (x, z), *joint[1:]), z)
    assert verdict(slope, slope + 1).status != "agrees"
