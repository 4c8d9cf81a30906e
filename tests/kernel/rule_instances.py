"""Random instances of every kernel rule: each builder tries one and gives a theorem or None."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Expr, S
from weakened import weakened

from fmproof import Expect, Grad, Inner, IntegralOver, Lebesgue, Named, Ratio, norm2
from fmproof.derived import (
    derivatives_inside,
    integrals_inside,
    joint_integrals,
    masses,
    null_sets,
    ratios,
    restatements,
)
from fmproof.errors import RuleError, SortError
from fmproof.kernel import algebra, almost, calculus, equality, integrals, order
from fmproof.kernel import hypotheses as sequents
from fmproof.kernel import ring as rings
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, Mul
from fmproof.lang.node import admit, sort_of
from fmproof.lang.nodes import Apply, ArgMin, Density, Head, Var
from fmproof.lang.nodes.measure import against_lebesgue
from fmproof.lang.props import Equals, Integrable, VanishesWith
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.testing.strategies.language import (
    DENSITIES,
    SCALARS,
    Terms,
    average,
    energy,
    loss,
    marginal,
    mixed,
    p,
    phi,
    q,
    rho,
    shifted,
    t,
    theta,
    unit,
    x,
    z,
)

Builder = Callable[[Terms], Theorem | None]


def attempt(rule: Callable[..., Theorem], *args: Any) -> Theorem | None:
    """The rule's theorem; None where it refuses."""
    try:
        return rule(*args)
    except (RuleError, SortError):
        return None


# --- terms that a rule may act on -------------------------------------------------------------


def _body(b: Terms) -> Expr:
    return b.pick((b.real, b.vector))(2)


def _integral(b: Terms, body: Expr) -> Expr:
    if b.pick((True, False)):
        return IntegralOver(body, *b.measures())
    return Expect(body, *b.law())


def _sum_inside(b: Terms) -> Expr:
    sort = b.pick((Sort.REAL, Sort.VEC))
    return _integral(b, Add(*(Mul(b.real(1), b.term(sort, 2)) for _ in range(b.pick((1, 2, 3))))))


def _vector_integral(b: Terms) -> Expr:
    return Mul(b.real(1), Inner(b.vector(1), _integral(b, b.vector(2))))


def _over_two(b: Terms) -> Expr:
    ranges = {item.var: item for item in (*b.measures(), *b.measures())}
    return IntegralOver(_body(b), *ranges.values())


def _nested(b: Terms) -> Expr:
    return IntegralOver(IntegralOver(_body(b), *b.measures()), *b.measures())


def _unit_mass(b: Terms) -> Theorem | None:
    density: Any = b.pick((p(t, x, z), q(z), rho(t), marginal(t, x), mixed(x)))
    over = b.pick((density.head.ranges(density), b.measures()))
    return attempt(masses.unit_mass, IntegralOver(Mul(b.real(1), density), *over))


def _expectation(b: Terms) -> Expr:
    return Expect(_body(b), *b.law())


def _defined(b: Terms) -> Expr:
    head = b.pick((marginal, mixed, average, shifted, energy, unit))
    if b.pick((True, False)):
        return Named("C", b.real(2))
    return head(*(b.term(param.sort, 1) for param in head.params))


def _parametric(b: Terms) -> Expr:
    """A sum in which some summands and factors depend on a parameter."""
    return Add(*(Mul(b.real(1), b.real(2)) for _ in range(2)))


def linear_derivative(term: Any) -> Theorem:
    """The derivative of a sum of multiples: all that is true of the finite models' gradient."""
    if type(term) is not Grad:
        raise RuleError("no gradient: %s", term)
    moving = [f for _, f in integrals.linear_parts(term.body, (term.var,)) if f is not S.One]
    if any(type(f) is not Apply for f in moving):
        raise RuleError("no sum of multiples: %s", term)
    return calculus.derivative(term)


def _linear_gradient(b: Terms) -> Theorem | None:
    """Of the finite models' gradient only linearity is true: no product of two that move."""
    body = _parametric(b)
    split = [(c, f) for c, f in integrals.linear_parts(admit(body), (theta,)) if f is not S.One]
    if len(split) == 1 and split[0][0] is S.One:
        return None
    return attempt(calculus.derivative, Grad(body, theta, b.pick((theta, phi))))


def _marginal_expectation(b: Terms) -> Expr:
    first = b.variable(Sort.VEC)
    time = b.variable(Sort.REAL)
    law = [b.pick((marginal(time, first), mixed(first)))]
    other = b.pick((rho, unit, None))
    if other is not None:
        law.insert(0, other(time))
    return Expect(_body(b), *law)


# --- the rules --------------------------------------------------------------------------------


def _on(rule: Callable[[Expr], Theorem], *makers: Callable[[Terms], Expr]) -> Builder:
    return lambda b: attempt(rule, b.pick(makers)(b))


def _placed(rule: Callable[[Any, int], Theorem], *makers: Callable[[Terms], Expr]) -> Builder:
    def build(b: Terms) -> Theorem | None:
        return attempt(rule, b.pick(makers)(b), b.pick((0, 1, 2)))

    return build


def _linear_combination(b: Terms) -> Theorem | None:
    """A multiple of an equation, added to both sides of another line."""
    theorem, factor, line = equation(b), b.real(1), b.real(1)
    if theorem is None or sort_of(theorem.lhs) is not Sort.REAL:
        return None
    lhs, rhs = (line + factor * side for side in (theorem.lhs, theorem.rhs))
    return attempt(rings.linear_combination, theorem, factor, lhs, rhs)


def _cancel(b: Terms) -> Theorem | None:
    factor = b.real(2)
    rest = b.pick((b.real, b.vector))(1)
    return attempt(ratios.cancel, Mul(factor, Ratio(b.real(2), factor), rest))


def _cancel_denominator(b: Terms) -> Theorem | None:
    rest = b.pick((b.real, b.vector))(1)
    return attempt(algebra.cancel_denominator, b.real(2), b.real(2), rest)


def _inner_with_integral(b: Terms) -> Theorem | None:
    integral = _integral(b, b.vector(2))
    return attempt(integrals.inner_with_integral, b.real(1), b.vector(1), integral)


def _argmin_of_shift(b: Terms) -> Theorem | None:
    return attempt(calculus.argmin_of_shift, _parametric(b), b.real(2), theta)


def _vanishing_multiple(b: Terms) -> Theorem | None:
    return attempt(almost.vanishing_multiple, b.real(1), b.real(2), b.real(1))


def _bilinearity(b: Terms) -> Theorem | None:
    left = Add(b.vector(2), b.vector(2))
    return attempt(algebra.bilinearity, b.pick((Inner(left, left), Inner(left, b.vector(2)))))


def _ring(b: Terms) -> Theorem | None:
    term = b.pick((b.real(3), b.vector(3), Grad(b.real(2), theta), ArgMin(b.real(2), theta)))
    return attempt(rings.ring, term, rings.ring_normal(term))


def _distributed(b: Terms) -> Theorem | None:
    one, two, three = b.real(2), b.real(2), b.pick((b.real, b.vector))(2)
    return attempt(rings.ring, Mul(Add(one, two), three), Add(Mul(one, three), Mul(two, three)))


def _reorder(b: Terms) -> Theorem | None:
    term = _expectation(b)
    if not isinstance(term, Expect):
        return None
    order = list(range(len(term.measure)))
    return attempt(integrals.reorder_draws, term, order[::-1] if b.pick((1, 0)) else order)


def _nonnegative(b: Terms) -> Theorem | None:
    power = b.pick((b.real(2), loss(theta))) ** b.pick((2, 3))
    term = b.pick((norm2(b.vector(2)), power, b.real(2), Ratio(b.real(1), b.real(1))))
    return attempt(order.nonnegativity, b.pick((term, _integral(b, term), Mul(term, power))))


def _from_difference(b: Terms) -> Theorem | None:
    theorem = _nonnegative(b)
    low = b.real(2)
    return theorem and attempt(order.from_difference, theorem, low, Add(low, theorem.rhs))


def _support_of_marginal(b: Terms) -> Theorem | None:
    at = b.variable(Sort.VEC)
    return attempt(almost.support_of_marginal, b.pick((marginal(b.real(1), at), mixed(at))))


def _support_of_draw(b: Terms) -> Theorem | None:
    (draw, *_) = b.law()
    return attempt(almost.support_of_draw, b.real(2), draw)


def _multiple_vanishes(b: Terms) -> Theorem | None:
    factor, part = b.real(1), b.real(2)
    return attempt(
        ratios.multiple_vanishes, VanishesWith(Mul(factor, part), b.real(1)), b.pick((0, 1))
    )


def _everywhere(b: Terms) -> Theorem | None:
    theorem = equation(b)
    return theorem and attempt(almost.everywhere, theorem, b.pick((b.law, b.measures))())


def _reorder_almost(b: Terms) -> Theorem | None:
    theorem = _everywhere(b)
    if theorem is None:
        return None
    order = list(range(len(theorem.conclusion.measure)))[::-1]
    return attempt(null_sets.reorder_almost, theorem, order)


def _under_law(b: Terms) -> Theorem | None:
    """From some draws as they are and the others without their densities, to all in some order."""
    law = b.law()
    theorem = equation(b)
    if theorem is None:
        return None
    some = b.pick((0, 1))
    known = [*law[:some], *against_lebesgue(S.One, law[some:])[1]]
    general = attempt(almost.everywhere, theorem, b.pick((known, known[::-1])))
    return general and attempt(almost.under_law, general, b.pick((law, law[::-1])))


def _sections(b: Terms) -> Theorem | None:
    prop = Integrable(b.real(2), *b.law())
    return attempt(almost.sections, prop, 1)


def _generalise(b: Terms) -> Theorem | None:
    theorem = equation(b)
    return theorem and equality.generalise(theorem, b.variable(Sort.PARAM))


def _specialise(b: Terms) -> Theorem | None:
    theorem = _generalise(b)
    return theorem and attempt(equality.specialise, theorem, b.variable(Sort.PARAM))


def _instantiate(b: Terms) -> Theorem | None:
    theorem = equation(b)
    var = b.variable(b.pick((Sort.REAL, Sort.VEC, Sort.LATENT, Sort.PARAM)))
    return theorem and attempt(equality.instantiate, theorem, {var: b.term(var.sort, 2)})


def _instantiate_head(b: Terms) -> Theorem | None:
    theorem = equation(b)
    head = b.pick([h for h in (*SCALARS, *DENSITIES, average) if h.definition is None])
    body = replacement(b, head)
    if theorem is None or body is None:
        return None
    return attempt(equality.instantiate_head, theorem, head, head.params, body)


def replacement(b: Terms, head: Head) -> Expr | None:
    if isinstance(head, Density):
        main = [(item.var, *item.args[1:]) if item.bounded else item.var for item in head.over]
        places = {"sub": head.sub, "sup": head.sup, "given": head.given}
        other = Density("other", *main, **b.pick((places, {}, {"sub": head.sub})))
        by_name = {param.name: param for param in head.params}
        return other(*(by_name[param.name] for param in other.params))
    term = b.term(head.result, 2)
    values: dict[Var, Expr] = {}
    for var in free_vars(term):
        fitting = [param for param in head.params if param.sort is var.sort]
        if not fitting and var.sort in (Sort.LATENT, Sort.PARAM):
            return None
        values[var] = fitting[0] if fitting else S.Zero
    try:
        return substitute(term, values)
    except SortError:
        return None


def _congruence(b: Terms) -> Theorem | None:
    """The equation in a random context, under binders that catch its variables."""
    theorem = equation(b)
    return theorem and in_context(b, theorem)


def _lifted(b: Terms) -> Theorem | None:
    """An equation with a condition on a variable, under a binder of that variable."""
    at = b.variable(Sort.VEC)
    divisor = b.pick((q(at), p(b.variable(Sort.REAL), at, z), marginal(t, at)))
    term = Mul(divisor, Ratio(b.pick((b.real(1), b.real(0))), divisor))
    theorem = attempt(ratios.cancel, term)
    measure = [Lebesgue(at)] if b.pick((True, False)) else [q(at)]
    node = (IntegralOver if isinstance(measure[0], Lebesgue) else Expect)(term, *measure)
    return theorem and attempt(equality.congruence, node, {0: theorem})


def _for_every(b: Terms) -> Theorem | None:
    """The same under a gradient or argmin, with a condition on the parameter."""
    term = Mul(loss(theta), Ratio(b.real(1), loss(theta)))
    theorem = attempt(ratios.cancel, term)
    node = b.pick((Grad, ArgMin))(term, theta)
    return theorem and attempt(equality.congruence, node, {0: theorem})


def in_context(b: Terms, theorem: Theorem) -> Theorem | None:
    """From a = b: N(a) = N(b), for a random one-level context N."""
    inside = theorem.lhs
    real = not isinstance(theorem.conclusion, Equals) or _is_real(inside)
    makers: list[Callable[[], Expr]] = [
        lambda: _integral(b, inside),
        lambda: Add(inside, b.real(1) if real else b.vector(1)),
        lambda: Mul(b.real(1), inside),
    ]
    if real:
        makers += [
            lambda: Grad(inside, b.variable(Sort.PARAM)),
            lambda: ArgMin(inside, b.variable(Sort.PARAM)),
            lambda: Ratio(inside, b.real(1)),
            lambda: Ratio(b.real(1), inside),
            lambda: p(inside, x, z),
            lambda: inside**2,
        ]
    else:
        makers += [lambda: Inner(inside, b.vector(1)), lambda: average(t, inside)]
    try:
        node = b.pick(makers)()
        places = [i for i, arg in enumerate(node.args) if arg == inside]
        return equality.congruence(node, {places[0]: theorem}) if places else None
    except (RuleError, SortError):
        return None


def _is_real(term: Expr) -> bool:
    from fmproof.lang.node import sort_of

    return sort_of(term) is Sort.REAL


def _rewritten(b: Terms) -> Theorem | None:
    """Two equations in a row: the second rewrites the right side of the first, at its root."""
    first = equation(b)
    if first is None:
        return None
    second = attempt(b.pick(UNARY), first.rhs)
    return second and attempt(equality.transitivity, first, second)


def _discharged(b: Terms) -> Theorem | None:
    first, second = equation(b), equation(b)
    if first is None or second is None:
        return None
    return sequents.discharge(weakened(first, second.conclusion), second)


def _assumed(b: Terms) -> Theorem | None:
    theorem = equation(b)
    return theorem and sequents.assume(theorem.conclusion)


def _restated(b: Terms) -> Theorem | None:
    theorem = equation(b)
    if theorem is None:
        return None
    from fmproof.lang.scope import canon

    return attempt(restatements.restate, theorem, canon(theorem.conclusion))


UNARY: tuple[Callable[[Any], Theorem], ...] = (
    restatements.reflexivity,
    equality.unfold,
    algebra.bilinearity,
    ratios.cancel,
    integrals.linearity,
    integrals_inside.inner_of_integral,
    joint_integrals.fubini,
    integrals.expectation_as_integral,
    linear_derivative,
    derivatives_inside.minimisers_of_shift,
)

EQUATIONS: dict[str, Builder] = {
    "bilinearity": _bilinearity,
    "cancel": _cancel,
    "cancel_denominator": _cancel_denominator,
    "inner_with_integral": _inner_with_integral,
    "argmin_of_shift": _argmin_of_shift,
    "linear_combination": _linear_combination,
    "ring": _ring,
    "ring, distributed": _distributed,
    "unfold": _on(equality.unfold, _defined),
    "linearity": _on(integrals.linearity, _sum_inside),
    "inner_of_integral": _on(integrals_inside.inner_of_integral, _vector_integral),
    "fubini": _on(joint_integrals.fubini, _nested),
    "joint_integral": _on(joint_integrals.joint_integral, _nested),
    "expectation_as_integral": _on(integrals.expectation_as_integral, _expectation),
    "iterated_expectation": _placed(integrals.iterated_expectation, _expectation, _over_two),
    "marginal_draw": _placed(integrals.marginal_draw, _marginal_expectation),
    "drop_draw": _placed(integrals.drop_draw, _expectation),
    "unit_mass": _unit_mass,
    "reorder_draws": _reorder,
    "derivative": _linear_gradient,
    "minimisers_of_shift": _on(
        derivatives_inside.minimisers_of_shift, lambda b: ArgMin(_parametric(b), theta)
    ),
}
"""Rules that give an equation from nothing."""


def equation(b: Terms) -> Theorem | None:
    """An instance of one of them."""
    return b.pick(tuple(EQUATIONS.values()))(b)


BUILDERS: dict[str, Builder] = {
    **EQUATIONS,
    "reflexivity": lambda b: attempt(restatements.reflexivity, b.real(3)),
    "symmetry": lambda b: (th := equation(b)) and equality.symmetry(th),
    "transitivity": _rewritten,
    "congruence": _congruence,
    "congruence, a condition on the bound variable": _lifted,
    "congruence, a condition on the parameter": _for_every,
    "instantiate": _instantiate,
    "instantiate_head": _instantiate_head,
    "generalise": _generalise,
    "specialise": _specialise,
    "discharge": _discharged,
    "restate": _restated,
    "assume": _assumed,
    "nonnegativity": _nonnegative,
    "from_difference": _from_difference,
    "support_of_marginal": _support_of_marginal,
    "support_of_draw": _support_of_draw,
    "multiple_vanishes": _multiple_vanishes,
    "vanishing_multiple": _vanishing_multiple,
    "everywhere": _everywhere,
    "reorder_almost": _reorder_almost,
    "under_law": _under_law,
    "sections": _sections,
}
"""One builder for each kernel rule whose meaning a finite model can see."""
