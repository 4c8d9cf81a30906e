"""Random goals made to confuse: shared factors, aliases of densities, unevaluated products,
repeated names. Each rule's result is compared with exact finite models that know no rule.

``python tests/kernel/fuzzing.py --count 100000 --seed 7`` runs more of them and prints a table.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import field_instances
import field_terms
import finite
from sympy import Expr, Rational, S

from fmproof import (
    Density,
    Equals,
    Expect,
    Integrable,
    Integral,
    IntegralOver,
    Law,
    Lebesgue,
    Let,
    Named,
    Ratio,
    Real,
    Scalar,
    Vec,
    uniform,
)
from fmproof.errors import RuleError, SortError
from fmproof.kernel.equality import congruence, instantiate_head, unfold
from fmproof.kernel.hypotheses import assume
from fmproof.kernel.integrability import joint_form
from fmproof.kernel.integrals import (
    drop_draw,
    linearity,
    marginal_draw,
    reorder_draws,
    substitute_draws,
)
from fmproof.kernel.ring import ring, ring_normal
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.scope import free_vars
from fmproof.tactics.laws import same_integral, same_law

x, y, z, x1 = Vec("x y z x'")
t, s = Real("t s")
p = Density("p", x)
q = Density("q", y, given=x)
r = Density("r", y, given=x)
c = Density("c", x, given=z)
prior = Density("prior", z)
m = Density("m", x, definition=Integral(p(x) * q(y, x), y))
alias = Density("m2", x, definition=Integral(p(x) * q(y, x), y))
other = Density("n", x, definition=Integral(p(x) * r(y, x), y))
mixed = Density("o", x, definition=Integral(c(x, z) * prior(z), z))
cloud, moving = Law("P", x), Law("K", y, given=x)
average = Density("e", x, definition=Expect(q(x, y), prior(y)))
blurred = Density("b", x, definition=Expect(q(x, y), cloud(y)))
smooth = Density("s", x, definition=Integral(Expect(c(x, z) * prior(z), moving(y, x)), z))
given = Density("k", x, given=z, definition=Integral(c(x, z) * q(y, x), y))
pair = Density("j", x, y, definition=p(x) * q(y, x))
rho = Density("rho", (t, 0, 1))
unit, wide = uniform(t, name="v"), uniform(t, 0, 2)
f, g, h = Scalar("f", x), Scalar("g", x, y), Scalar("h", t, x)
w = Scalar("w", t, nonneg=True)
VECTORS, TIMES = (x, y, z, x1), (t, s)
MODELS = [finite.Model(f"fuzz{i}") for i in range(4)]


class Goals:
    """A source of random terms, from a seed."""

    def __init__(self, seed: object) -> None:
        self.random = random.Random(str(seed))
        self.pick: Callable[[Any], Any] = self.random.choice

    def vector(self) -> Any:
        return self.pick(VECTORS)

    def density(self) -> Expr:
        v, u = self.vector(), self.vector()
        return self.pick(
            [
                lambda: self.pick((p, m, alias, other, mixed, prior, average, blurred, smooth))(v),
                lambda: self.pick((q, r, c, given))(v, u),
                lambda: pair(v, u),
                lambda: self.pick((rho, unit, wide))(self.pick(TIMES)),
            ]
        )()

    def factor(self) -> Expr:
        v, u, time = self.vector(), self.vector(), self.pick(TIMES)
        makers: list[Callable[[], Any]] = [
            self.density,
            self.density,
            lambda: f(v),
            lambda: g(v, u),
            lambda: h(time, v),
            lambda: w(time),
            lambda: Ratio(self.density(), self.density()),
            lambda: Rational(self.pick((0, 1, 2, -3)), self.pick((1, 2))),
            lambda: Named("C", f(v)),
            lambda: self.integral(1),
        ]
        return self.pick(makers)()

    def product(self) -> Expr:
        parts = [self.factor() for _ in range(self.random.randint(1, 4))]
        parts += [self.pick(parts) for _ in range(self.random.randint(0, 2))]  # shared factors
        shape = self.random.random()
        if shape < 0.3:
            return Mul(*parts, evaluate=False)
        if shape < 0.4:
            return Mul(Pow(parts[0], 2, evaluate=False), *parts[1:], evaluate=False)
        return Mul(*parts)

    def body(self) -> Expr:
        parts = [self.product() for _ in range(self.pick((1, 1, 2, 3)))]
        return Add(*parts, evaluate=self.random.random() < 0.7)

    def draw(self) -> Any:
        draws = [self.density, lambda: Lebesgue(self.vector()), self.time, self.other_draw]
        return self.pick(draws)()

    def other_draw(self) -> Any:
        """Of a law without a density, or a deterministic one."""
        v, u = self.vector(), self.vector()
        value = self.pick((u, u + self.vector(), f(u) * u, self.pick(TIMES) * u))
        return self.pick((cloud(v), moving(v, u), Let(v, value), Let(v, value)))

    def time(self) -> Lebesgue:
        return Lebesgue(self.pick(TIMES), *self.pick(((0, 1), (0, 2), (0, 1), (1, 2))))

    def law(self, count: int) -> list[Any]:
        return [self.pick((self.density, self.density, self.other_draw))() for _ in range(count)]

    def integral(self, depth: int = 0) -> Expr:
        body = self.product() if depth else self.body()
        if self.random.random() < 0.5:
            return Expect(body, *self.law(self.random.randint(1, 3)))
        return IntegralOver(body, *(self.draw() for _ in range(self.random.randint(1, 2))))

    def goal(self) -> Integrable:
        body = self.body() if self.random.random() < 0.3 else self.product()
        return Integrable(body, *(self.draw() for _ in range(self.random.randint(1, 3))))


def attempted(make: Callable[[], Any]) -> Any:
    """What ``make`` makes; None where the random choice is no term."""
    for _ in range(200):
        try:
            return make()
        except (SortError, RuleError):
            continue
    return None


def size(model: finite.Model, goal: Integrable, env: finite.Environment) -> Fraction:
    """∫ |f| dμ in a finite model."""
    total = Fraction(0)
    for inner, mass in model.draws(goal.measure, env):
        value = model.value(goal.body, inner)
        total += mass * abs(value)
    return total


def environments(model: finite.Model, *nodes: Any) -> Iterator[finite.Environment]:
    """Some values of the free variables, and of those that a term as written has beside them."""
    free = sorted({*VECTORS, *TIMES}.union(*map(free_vars, nodes)), key=lambda v: v.name)
    for i in range(2):
        values = {v: model.values(v) for v in free}
        yield {v: values[v][i % len(values[v])] for v in free}


def same_up_to_a_factor(first: Integrable, second: Integrable) -> bool:
    """Whether ∫|f| under one is a fixed positive multiple of ∫|f| under the other, in models."""
    pairs = [
        (size(model, first, env), size(model, second, env))
        for model in MODELS
        for env in environments(model, first, second)
    ]
    if any((a == 0) != (b == 0) for a, b in pairs):
        return False
    alive = [(a, b) for a, b in pairs if a]
    return all(a * d == b * c for (a, b), (c, d) in pairwise(alive))


def holds(theorem: Theorem) -> bool | None:
    """Whether a theorem is true in the finite models; None where they cannot tell."""
    told = False
    for model in MODELS:
        for env in environments(model, theorem.conclusion, *theorem.hypotheses):
            try:
                assumed = all(model.holds(prop, env) for prop in theorem.hypotheses)
                if assumed and not model.holds(theorem.conclusion, env):
                    return False
                told = told or assumed
            except finite.Undecided:
                continue
    return told or None


def _of_the_field(name: str) -> Callable[[Goals], bool | None]:
    """The builder's theorem about random terms of the field."""

    def check(goals: Goals) -> bool | None:
        try:
            theorem = field_instances.BUILDERS[name](field_terms.FieldTerms(goals.pick))
        except SortError:
            return None
        return None if theorem is None else holds(theorem)

    return check


def _sizes(
    build: Callable[[Any], Theorem | None], fits: Callable[[Fraction, Fraction], bool]
) -> Callable[[Goals], bool | None]:
    """Compare ∫|f| of the conclusion with that of the hypothesis, for real f."""

    def check(goals: Goals) -> bool | None:
        try:
            theorem = build(field_terms.FieldTerms(goals.pick))
        except SortError:
            return None
        if theorem is None:
            return None
        goal: Any = theorem.conclusion
        (premise,) = theorem.hypotheses
        try:
            return all(
                fits(size(model, goal, env), size(model, premise, env))  # type: ignore[arg-type]
                for model in MODELS
                for env in environments(model, goal, premise)
            )
        except (finite.Undecided, TypeError):  # the size of a vector is no fraction
            return None

    return check


def check_joint_form(goals: Goals) -> bool | None:
    goal = attempted(goals.goal)
    form = goal and joint_form(goal)
    return None if form is None else same_up_to_a_factor(goal, form)


def check_tonelli(goals: Goals) -> bool | None:
    goal, premise = attempted(goals.goal), attempted(goals.goal)
    if goals.random.random() < 0.6 and goal is not None:
        premise = joint_form(goal)
    if goal is None or premise is None:
        return None
    form = joint_form(goal)
    if form is None or same_integral(form, joint_form(premise)) is None:
        return None  # what is finite by itself follows from anything
    theorem = same_law(goal, premise)
    return same_up_to_a_factor(theorem.conclusion, theorem.hypotheses[0])  # type: ignore[arg-type]


def _rule(rule: Callable[[Goals, Expr], Theorem]) -> Callable[[Goals], bool | None]:
    def check(goals: Goals) -> bool | None:
        term = attempted(goals.integral)
        if term is None or term == 0:
            return None
        try:
            return holds(rule(goals, term))
        except (RuleError, SortError):
            return None

    return check


def _congruence(goals: Goals, term: Expr) -> Theorem:
    inside = term.args[0]
    if goals.random.random() < 0.5:
        return congruence(term, {0: ring(inside, ring_normal(inside))})
    return congruence(term, {0: assume(Equals(inside, attempted(goals.body)))})


def _instance(goals: Goals, term: Expr) -> Theorem:
    theorem = linearity(term)
    head, params, body = goals.pick(
        [
            (f, (x,), attempted(goals.density)),
            (f, (x,), f(x) * f(x)),
            (g, (x, y), f(x) * p(y)),
            (p, (x,), alias(x)),
            (q, (y, x), r(y, x)),
            (w, (t,), wide(t)),
            (h, (t, x), S.Zero),
        ]
    )
    return instantiate_head(theorem, head, params, body)


def _reorder(goals: Goals, term: Expr) -> Theorem:
    order = list(range(len(term.args) - 1))
    goals.random.shuffle(order)
    return reorder_draws(term, order)


def _unfold(goals: Goals, term: Expr) -> Theorem:
    return unfold(goals.pick([m(x1), given(x, y), pair(x, x), mixed(y), Named("C", term)]))


CHECKS: dict[str, Callable[[Goals], bool | None]] = {
    "joint_form": check_joint_form,
    "tonelli": check_tonelli,
    "linearity": _rule(lambda goals, term: linearity(term)),
    "marginal_draw": _rule(lambda goals, term: marginal_draw(term, goals.random.randint(0, 2))),
    "congruence": _rule(_congruence),
    "instantiate_head": _rule(_instance),
    "ring": _rule(lambda goals, term: ring(term, ring_normal(term))),
    "unfold": _rule(_unfold),
    "substitute_draws": _rule(lambda goals, term: substitute_draws(term)),
    "drop_draw": _rule(lambda goals, term: drop_draw(term, goals.random.randint(0, 2))),
    "reorder_draws": _rule(_reorder),
    "contraction": _sizes(field_instances.contraction, lambda a, b: a <= b),
    "contraction_of_square": _sizes(field_instances.contraction_of_square, lambda a, b: a <= b),
    "transfer, sizes": _sizes(field_instances.transfer_of_integrability, lambda a, b: a == b),
    **{
        f"{name}, of the field": _of_the_field(name)
        for name in field_instances.BUILDERS
        if name != "exchange"
    },
}


def run(name: str, seed: object, count: int) -> Counter[bool | None]:
    """How often a check held, failed, or had nothing to check.

    Raises:
        AssertionError: it failed; the message reproduces it.
    """
    found: Counter[bool | None] = Counter()
    for i in range(count):
        outcome = CHECKS[name](Goals(f"{seed}/{name}/{i}"))
        assert outcome is not False, f"CHECKS[{name!r}](Goals('{seed}/{name}/{i}'))"
        found[outcome] += 1
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="goals in all")
    parser.add_argument("--seed", default="0")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    for name in CHECKS:
        table = run(name, options.seed, options.count // len(CHECKS))
        print(f"{name:<36} tried {sum(table.values()):>7}  compared {table[True]:>7}  failed 0")
