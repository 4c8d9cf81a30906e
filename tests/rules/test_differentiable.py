"""The rules about differentiability on random functions of θ, some with a kink at 0."""

from __future__ import annotations

import random

from rule_numbers import Evaluator
from sympy import Rational

from fmproof import Param, Scalar
from fmproof.catalogue import Case
from fmproof.errors import RuleError
from fmproof.kernel import calculus
from fmproof.kernel import ring as rings
from fmproof.kernel.equality import equal_sides, instantiate
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, Mul
from fmproof.lang.props import Differentiable

theta = Param("theta")
HEADS = [Scalar(name, theta) for name in "fgh"]
SMOOTH = ("theta**2", "sin(theta)", "1 + theta", "exp(-theta)")
KINKED = ("abs(theta)", "theta + 2 * abs(theta)", "abs(theta) * exp(theta)")


def body(pick: random.Random) -> Add:
    """c f + c' g + c'' f h + k."""
    f, g, h = (head(theta) for head in HEADS)
    numbers = [Rational(pick.choice([-2, -1, 1, 3]), pick.choice([1, 2])) for _ in range(4)]
    parts = [f, g, f * h, Rational(1)]
    return Add(
        *(Mul(c, part) for c, part in zip(numbers, parts, strict=True) if pick.random() < 0.8)
    )


def differentiable(pick: random.Random) -> Theorem:
    return calculus.differentiable(Differentiable(body(pick) + HEADS[0](theta) / 7, theta))


def differentiable_equal(pick: random.Random) -> Theorem:
    product = Mul(body(pick) + 1, HEADS[1](theta) + 2)
    equation = rings.ring(product, rings.ring_normal(product))
    goal = Differentiable(product, theta)
    return equal_sides(goal, {0: instantiate(equation, {theta: goal.var})})


def judged(theorem: Theorem, pick: random.Random) -> tuple[bool, bool]:
    """Whether the hypotheses and the conclusion hold at θ = 0 for random functions."""
    meaning = {head: pick.choice(SMOOTH + KINKED) for head in HEADS}
    evaluator = Evaluator(Case(theorem.conclusion, meaning, at={theta: 0}))
    return all(map(evaluator.holds, theorem.hypotheses)), evaluator.holds(theorem.conclusion)


def test_conclusions_hold_where_the_hypotheses_do() -> None:
    for rule in (differentiable, differentiable_equal):
        alive = needed = 0
        for seed in range(200):
            pick = random.Random(f"{rule.__name__}/{seed}")
            try:
                theorem = rule(pick)
            except RuleError:
                continue  # there was nothing to separate
            assumed, concluded = judged(theorem, pick)
            assert concluded or not assumed, theorem
            alive += assumed
            needed += not assumed and not concluded
        assert alive >= 10, f"only {alive} instances of {rule.__name__} were tested"
        assert needed >= 10, f"no instance shows that {rule.__name__} needs its conditions"
