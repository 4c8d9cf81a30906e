"""Random instances of the rules whose conditions are about integrability."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geometric import Undecided
from rule_instances import Builder, attempt
from sympy import Expr

from fmproof import Expect, Inner, IntegralOver, Ratio, norm2
from fmproof.derived import dominations, integrals_inside, joint_integrals, ratios
from fmproof.kernel import almost, equality, integrability, integrals
from fmproof.kernel import ring as rings
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, Mul
from fmproof.lang.props import Integrable
from fmproof.lang.sorts import Sort
from fmproof.tactics.laws import same_law
from fmproof.testing.strategies.language import Terms, a, average, marginal, q, rho, w, x, y, z


class PlainTerms(Terms):
    """Terms that a geometric model can evaluate: symbols are applied to variables only."""

    def _apply(self, head: Any, depth: int) -> Expr:
        return head(*(self.variable(param.sort) for param in head.params))

    def _ratio(self, depth: int) -> Expr:
        return Ratio(self.real(depth), self._simple_scalar())

    def _constant(self, sort: Sort) -> Expr:
        raise Undecided("a density given a constant")


def _over(b: Terms, body: Expr) -> Integrable:
    return Integrable(body, *b.pick((b.law, b.measures))())


def _goal(b: Terms) -> Integrable:
    bodies = (
        lambda: b.real(2),
        lambda: b.vector(2),
        lambda: Mul(b.real(1), Inner(b.vector(1), b.vector(2))),
        lambda: Mul(b.real(1), norm2(b.vector(2))),
        lambda: Add(b.real(1), b.real(1)),
    )
    return _over(b, b.pick(bodies)())


def _spread(b: Terms) -> Integrable:
    return _over(b, Mul(b.real(1), norm2(Add(b.vector(1), b.vector(1)))))


def _crossed(b: Terms) -> Integrable:
    fields = (lambda: a(b.variable(Sort.VEC)), lambda: b.variable(Sort.VEC), lambda: b.vector(1))
    return _over(b, Mul(b.real(1), Inner(b.pick(fields)(), b.pick(fields)())))


def _cancelling(b: Terms) -> Integrable:
    divisor = b._simple_scalar()
    return _over(b, Mul(divisor, Ratio(b.real(1), divisor), b.real(1)))


def _averaged(b: Terms) -> Integrable:
    """w‖u_t(x)‖² with the marginal p_t(x) as a factor or as the law."""
    time, place = b.variable(Sort.REAL), b.variable(Sort.VEC)
    body = Mul(b.pick((w(time), b.real(1))), norm2(average(time, place)))
    law = (rho(time), marginal(time, place))
    goals = (
        lambda: Integrable(body, *law),
        lambda: Integrable(Mul(body, marginal(time, place)), *b.measures()),
        lambda: Integrable(body, law[1]),
        lambda: Integrable(body, *law, q(b.pick([v for v in (x, y, z) if v != place]))),
    )
    return b.pick(goals)()


def _term(b: Terms) -> Expr:
    def real() -> Expr:
        return b.pick((lambda: b.real(2), lambda: b.real(1) * Inner(b.vector(1), b.vector(1))))()

    def dotted(binder: Any, measure: Callable[[], Any]) -> Expr:
        return Mul(b.real(1), Inner(b.vector(1), binder(b.vector(2), *measure())))

    makers = (
        lambda: Expect(Add(real(), real()), *b.law()),
        lambda: IntegralOver(Add(real(), real()), *b.measures()),
        lambda: IntegralOver(IntegralOver(real(), *b.measures()), *b.measures()),
        lambda: dotted(IntegralOver, b.measures),
        lambda: dotted(Expect, b.law),
        lambda: Expect(real(), *b.law()),
    )
    return b.pick(makers)()


def _on(rule: Callable[[Any], Theorem], *makers: Callable[[Terms], Any]) -> Builder:
    return lambda b: attempt(rule, b.pick(makers)(b))


def _tonelli(b: Terms) -> Theorem | None:
    goal = _goal(b)
    form = integrability.joint_form(goal)
    if form is None:
        return attempt(integrability.finite_measure, goal)
    pair = b.pick(((goal, form), (form, goal)))
    return attempt(same_law, *pair)


def _equal_integrand(b: Terms) -> Theorem | None:
    goal = _goal(b)
    rules: tuple[Callable[[Expr], Theorem], ...] = (
        integrals.linearity,
        integrals_inside.inner_of_integral,
        lambda term: rings.ring(term, rings.ring_normal(term)),
    )
    theorem = attempt(b.pick(rules), goal.body)
    return theorem and attempt(equality.equal_sides, goal, {0: theorem})


def _sections(b: Terms) -> Theorem | None:
    return attempt(almost.sections, _goal(b), b.pick((1, 2)))


def _with_place(rule: Callable[[Expr, Any], Theorem], *places: Any) -> Builder:
    return lambda b: attempt(rule, _term(b), b.pick(places))


def _combined(b: Terms) -> Theorem | None:
    """Σ cᵢ fᵢ for any cᵢ; one that varies is refused."""
    sort = b.pick((Sort.REAL, Sort.VEC))
    pairs = [(b.real(1), b.term(sort, 1)) for _ in range(b.pick((1, 2, 3)))]
    goal = _over(b, Add(*(Mul(c, f) for c, f in pairs)))
    constants, parts = zip(*pairs, strict=True)
    return attempt(integrability.combination_integrable, goal, constants, parts)


def _ratio(b: Terms) -> Theorem | None:
    """b·(a/b)·k, and now and then another product."""
    goal, divisor, a, k = _cancelling(b), b._simple_scalar(), b.real(1), b.real(1)
    if b.pick((True, True, False)):
        goal = _over(b, Mul(divisor, Ratio(a, divisor), k))
    return attempt(integrability.ratio_integrable, goal, a, divisor, k)


def _inside(b: Terms) -> Theorem | None:
    sort = b.pick((Sort.REAL, Sort.VEC))
    body, measure = b.term(sort, 2), b.pick((b.law, b.measures))()
    integral = b.pick((Expect(body, *b.law()), IntegralOver(body, *b.measures())))
    k = b.term(b.pick((Sort.REAL, sort)), 1)
    return attempt(integrability.inside_integrable, k, integral, measure)


def _product(b: Terms) -> Theorem | None:
    weight, (first, second) = b.real(1), b.pick(((Sort.REAL, Sort.VEC), (Sort.VEC, Sort.VEC)))
    left, right = b.term(first, 1), b.term(second, 1)
    measure = b.pick((b.law, b.measures))()
    return attempt(integrability.product_integrable, weight, left, right, measure)


BUILDERS: dict[str, Builder] = {
    "sum_of_integrable": _on(dominations.sum_of_integrable, _goal),
    "constant_factor": _on(dominations.constant_factor, _goal),
    "cancelled_ratio": _on(ratios.cancelled_ratio, _cancelling),
    "cauchy_schwarz": _on(dominations.cauchy_schwarz, _goal, _crossed),
    "scalar_cauchy_schwarz": lambda b: attempt(
        dominations.scalar_cauchy_schwarz, _goal(b), b.pick((0, 1, 2)), b.pick((0, 1, 2))
    ),
    "scalar_square_integrable": lambda b: attempt(
        dominations.scalar_square_integrable, _goal(b), b.pick((0, 1, 2))
    ),
    "parallelogram": _on(dominations.parallelogram, _spread),
    "square_integrable": _on(dominations.square_integrable, _goal),
    "ratio_integrable": _ratio,
    "inside_integrable": _inside,
    "integral_inside": _on(integrals_inside.integral_inside, _goal),
    "jensen": _on(dominations.jensen, _averaged),
    "mean_square_integrable": _on(dominations.jensen, _averaged),
    "combination_integrable": _combined,
    "product_integrable": _product,
    "finite_measure": _on(integrability.finite_measure, _goal),
    "tonelli": _tonelli,
    "equal_sides": _equal_integrand,
    "sections": _sections,
    "linearity": _on(integrals.linearity, _term),
    "inner_of_integral": _on(integrals_inside.inner_of_integral, _term),
    "fubini": _on(joint_integrals.fubini, _term),
    "expectation_as_integral": _on(integrals.expectation_as_integral, _term),
    "iterated_expectation": _with_place(integrals.iterated_expectation, 1, 2),
    "marginal_draw": _with_place(integrals.marginal_draw, 0, 1),
    "drop_draw": _with_place(integrals.drop_draw, 0, 1),
    "reorder_draws": _with_place(integrals.reorder_draws, (1, 0)),
}
"""The rules with a condition of integrability, and those that claim to need none."""


def plain(pick: Callable[[Any], Any]) -> PlainTerms:
    return PlainTerms(pick)
