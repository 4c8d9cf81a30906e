"""Random instances of the rules about laws, conditional expectations, functions and signs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from field_terms import FieldTerms, cloud, sorted_vars, without
from rule_instances import Builder, attempt, equation
from sympy import Expr, Integer, Rational, S

from fmproof import (
    Abs,
    Almost,
    AtMost,
    CondExpect,
    Exp,
    Expect,
    Grad,
    Integrable,
    Log,
    Positive,
    Ratio,
    Scalar,
    SortError,
    Sqrt,
    VanishesWith,
    Vec,
    norm2,
)
from fmproof.derived import (
    exponentials,
    functions_of_products,
    point_masses,
    restatements,
    signs,
)
from fmproof.kernel import calculus, conditional, equality, functions, integrals, order, ring
from fmproof.kernel import hypotheses as sequents
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, Mul
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Head, Let, Var
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.props import Equals
from fmproof.lang.scope import alpha_equal
from fmproof.lang.sorts import Sort
from fmproof.testing.strategies.language import (
    energy,
    given,
    loss,
    marginal,
    mixed,
    p,
    pair,
    phi,
    prior,
    q,
    rho,
    t,
    theta,
    unit,
    w,
)

# --- conditional expectations -----------------------------------------------------------------


class Averaged:
    """What a rule about E[k f | X] is applied to: a law, what is given, k and f."""

    def __init__(self, b: FieldTerms) -> None:
        self.measure = b.law()
        self.split = b.pick((0, 0, 0, *range(len(self.measure))))
        inner = [var for item in self.measure[self.split :] for var in drawn_by(item)]
        self.given = tuple(sorted_vars({b.pick(inner) for _ in range(b.pick((1, 1, 2)))}))
        hidden = set(inner).difference(self.given)
        # Now and then a factor stays that is no function of what is given: the rule has to see it.
        known = b.pick((True, True, True, False))

        def function(term: Expr) -> Expr:
            return without(term, hidden, self.given) if known else term

        self.f: Expr = b.real(2)
        self.k = function(b.real(1))
        if b.pick((0, 1)):
            self.f = b.vector(1)
            self.k = Mul(self.k, function(b.vector(1))) if b.pick((0, 1)) else self.k


def _pull_out(b: Any) -> Theorem | None:
    a = Averaged(b)
    return attempt(conditional.pull_out, a.k, a.f, a.given, a.measure, a.split)


def _take_out(b: Any) -> Theorem | None:
    a = Averaged(b)
    f = b.pick((a.f, a.f, S.One))
    return attempt(conditional.take_out, a.k, f, a.given, a.measure)


def contraction(b: Any) -> Theorem | None:
    a = Averaged(b)
    return attempt(conditional.contraction, a.k, a.f, a.given, a.measure, a.split)


def contraction_of_square(b: Any) -> Theorem | None:
    a = Averaged(b)
    return attempt(conditional.contraction_of_square, a.k, a.f, a.given, a.measure, a.split)


def _conditional_linearity(b: Any) -> Theorem | None:
    sort = b.pick((Sort.REAL, Sort.VEC))
    measure = b.law()
    drawn = [var for item in measure for var in drawn_by(item)]
    body = Add(*(Mul(b.real(1), b.term(sort, 1)) for _ in range(b.pick((1, 2)))))
    return attempt(conditional.conditional_linearity, CondExpect(body, [b.pick(drawn)], *measure))


def _bayes(b: Any) -> Theorem | None:
    """With the marginal by definition, written out, or of another name."""
    at, hidden, extra = b.distinct_vectors()
    c = b.variable(Sort.LATENT)
    law, k = b.pick(
        (
            ([q(hidden)], p(b.real(0), at, hidden)),
            ([prior(c)], given(at, c)),
            ([q(hidden), Let(extra, hidden)], p(t, at, extra)),
            ([rho(t), q(hidden)], p(t, at, hidden)),
            ([cloud(hidden)], q(at)),
        )
    )
    mass = Expect(k, *law)
    makers: list[Callable[[], Theorem]] = [
        lambda: restatements.reflexivity(mass),
        lambda: sequents.assume(Equals(mixed(at), mass)),
        lambda: sequents.assume(Equals(marginal(t, at), mass)),
        lambda: sequents.assume(Equals(b.real(1), mass)),
    ]
    body = b.pick((b.real, b.vector))(2)
    return attempt(
        lambda: conditional.bayes(
            CondExpect(body, (at, b.pick((Vec("place"), extra))), *law, k), b.pick(makers)()
        )
    )


TEST = {
    (first, second): Scalar(f"test{i}", Var("a", first), Var("b", second))
    for i, (first, second) in enumerate(
        (one, two) for one in (Sort.REAL, Sort.VEC, Sort.LATENT) for two in (Sort.REAL, Sort.VEC)
    )
}
"""Arbitrary functions of something and of a term; they occur in no other term."""


def equal_laws(b: Any, drawn: bool = False) -> tuple[Theorem, Head] | None:
    """⊢ E[h(X, f)] = E[h(Y, g)] by one of the rules that need no condition, and h."""
    law = b.law()
    variables = [var for item in law for var in drawn_by(item)]
    first = b.pick(variables)
    others = [v for v in variables if v != first and v.sort in (Sort.REAL, Sort.VEC)]
    if drawn and not others:
        return None
    second = b.pick(others) if drawn else b.pick((b.real, b.vector))(2)
    head = TEST[first.sort, sort_of(second)]
    term = Expect(head(first, second), *law)
    rules: list[Callable[[], Theorem]] = [
        lambda: integrals.reorder_draws(term, tuple(range(len(law)))[::-1]),
        lambda: integrals.substitute_draws(term),
        lambda: integrals.marginal_draw(term, b.pick(range(len(law)))),
        lambda: integrals.drop_draw(term, b.pick(range(len(law)))),
        lambda: restatements.reflexivity(term),
    ]
    for _ in range(6):
        theorem = attempt(b.pick(rules))
        if theorem is not None and type(theorem.rhs) is Expect:
            return b.pick((theorem, theorem, equality.symmetry(theorem))), head
    return None


def transferred(b: Any, about: Callable[[Any], Any]) -> Theorem | None:
    """A proposition under the law on the left of an equation of laws."""
    found = equal_laws(b, drawn=True)
    if found is None:
        return None
    theorem, head = found
    side: Any = theorem.lhs
    drawn = set(side.body.arguments)
    hidden = {v for item in side.measure for v in drawn_by(item)}.difference(drawn)

    def function(term: Expr) -> Expr:
        return without(term, hidden, [v for v in drawn if isinstance(v, Var)])

    return attempt(lambda: conditional.transfer(about(function)(*side.measure), theorem, head))


def _transfer(b: Any) -> Theorem | None:
    def about(function: Callable[[Expr], Expr]) -> Any:
        prop = Equals(function(b.real(1)), function(b.real(1)))
        return lambda *measure: Almost(prop, *measure)

    return transferred(b, about)


def transfer_of_integrability(b: Any) -> Theorem | None:
    return transferred(b, lambda function: lambda *mu: Integrable(function(b.real(2)), *mu))


# --- deterministic draws ------------------------------------------------------------------------


def _draw_equation(b: Any) -> Theorem | None:
    law = b.law()
    return attempt(point_masses.draw_equation, law, b.pick(range(len(law))))


def _substitute_draws(b: Any) -> Theorem | None:
    law = b.law()
    try:
        term = Expect(b.pick((b.real, b.vector))(2), *law)
    except SortError:
        return None
    return attempt(integrals.substitute_draws, term)


# --- signs and functions ------------------------------------------------------------------------


def _power_of_two(b: Any) -> Expr:
    """Something that is 1, 2, 4 or 1/2 in many models."""
    return b.pick(
        (
            Integer(2), Integer(4), Rational(1, 2), w(t), loss(theta), loss(phi), Abs(loss(theta)),
            loss(theta) + 1, unit(t), w(t) ** 2, b.real(0),
        )
    )  # fmt: skip


def _whole(b: Any) -> Expr:
    return b.pick((Integer(0), Integer(-3), w(t), loss(theta), loss(phi) - 1, norm2(b.vector(1))))


def _logarithm(b: Any) -> Theorem | None:
    one, two = _power_of_two(b), _power_of_two(b)
    inside = b.pick((Mul(one, two), Ratio(one, two), one**2, Exp(_whole(b)), Integer(1), one))
    return attempt(functions_of_products.logarithm, Log(inside))


def _exponential(b: Any) -> Theorem | None:
    one, two = _whole(b), _whole(b)
    inside = b.pick((Add(one, two), Add(one, -two), Log(_power_of_two(b)), Integer(0), one))
    return attempt(exponentials.exponential, Exp(inside))


def _root_squared(b: Any) -> Theorem | None:
    root = Sqrt(b.pick((_power_of_two(b), norm2(b.vector(0)), b.real(1) ** 2)))
    return attempt(
        functions_of_products.root_squared, Mul(root, b.pick((root, root, root**2)), b.real(1))
    )


def _root_of_product(b: Any) -> Theorem | None:
    squares = (lambda: b.real(1) ** 2, lambda: b.real(0) ** 2, lambda: _power_of_two(b))
    return attempt(
        functions_of_products.root_of_product, Sqrt(Mul(b.pick(squares)(), b.pick(squares)()))
    )


def _absolute_value(b: Any) -> Theorem | None:
    a = b.real(2)
    return attempt(functions.absolute_value, b.pick((Abs(a), Sqrt(a * a), Sqrt(a))))


def _signed(b: Any) -> Expr:
    """Terms of which a sign is known, and others."""
    a, c = b.real(1), b.real(1)
    return b.pick(
        (
            a * c, Ratio(a, c), a**3, a**2, a + w(t), w(t) + loss(theta) ** 2,
            norm2(b.vector(1)) + c, Sqrt(a), Abs(a), pair(b.vector(0), b.vector(0)), a, -a,
            marginal(t, b.vector(0)), Integer(2), Exp(_whole(b)), energy(b.vector(1)),
        )
    )  # fmt: skip


def _positive(b: Any) -> Theorem | None:
    return attempt(order.positive, Positive(_signed(b)), b.pick((0, 1)))


def _nonnegative_parts(b: Any) -> Theorem | None:
    return attempt(signs.nonnegative_parts, AtMost(0, _signed(b)))


def _nonzero(b: Any) -> Theorem | None:
    return attempt(order.nonzero, VanishesWith(b.real(1), _signed(b)))


def _product_vanishes(b: Any) -> Theorem | None:
    return attempt(order.product_vanishes, VanishesWith(b.real(1), _signed(b)))


def _fraction(b: Any) -> Theorem | None:
    """A sum of fractions in two forms, and now and then two that differ."""
    a, c, d, e = (b.pick((b.real(1), loss(theta), w(t), b.real(0))) for _ in range(4))
    vector = b.pick((Integer(1), b.vector(1)))
    pairs = (
        (Ratio(a, c) + Ratio(d, e), Ratio(a * e + d * c, c * e)),
        (Ratio(a, Ratio(c, d)), Ratio(a * d, c)),
        (Ratio(a * c, c), a),
        (a * Ratio(1, c) - Ratio(a, c), Integer(0)),
        (1 + Ratio(a, c) + Ratio(Ratio(a, c), d), Ratio(c * d + a * d + a, c * d)),
        (Ratio(a + c, c) - 1, Ratio(a, c)),
        (Ratio(a, c) ** 2, Ratio(a**2, c**2)),
        (Ratio(a, c), Ratio(d, e)),
    )
    left, right = b.pick(pairs)
    return attempt(ring.field, Mul(left, vector), Mul(right, vector))


def _equal_sides(b: Any) -> Theorem | None:
    theorem = equation(b)
    if theorem is None or sort_of(theorem.lhs) is not Sort.REAL:
        return None
    a, other = theorem.lhs, b.real(1)

    def goal() -> Any:
        return b.pick((Positive(a), AtMost(a, other), AtMost(other, a), VanishesWith(other, a)))

    prop = b.pick((goal, lambda: VanishesWith(a, other)))()
    places = [i for i, arg in enumerate(prop.args) if alpha_equal(arg, a)]
    return attempt(equality.equal_sides, prop, {b.pick(places): theorem}) if places else None


def _exchange(b: Any) -> Theorem | None:
    """In a parameter: there the gradient of a finite model is linear, too."""
    from rule_instances import _integral

    return attempt(calculus.exchange, Grad(_integral(b, b.real(2)), theta, b.pick((theta, phi))))


BUILDERS: dict[str, Builder] = {
    "pull_out": _pull_out,
    "take_out": _take_out,
    "conditional_linearity": _conditional_linearity,
    "bayes": _bayes,
    "transfer": _transfer,
    "draw_equation": _draw_equation,
    "substitute_draws": _substitute_draws,
    "logarithm": _logarithm,
    "log_exp": lambda b: attempt(functions.log_exp, b.real(1)),
    "square_of_root": lambda b: attempt(functions.square_of_root, b.real(1)),
    "exponential": _exponential,
    "exp_of_sum": lambda b: attempt(functions.exp_of_sum, _whole(b), _whole(b)),
    "exp_log": lambda b: attempt(functions.exp_log, _power_of_two(b)),
    "root_squared": _root_squared,
    "root_of_product": _root_of_product,
    "absolute_value": _absolute_value,
    "positive": _positive,
    "nonnegative_parts": _nonnegative_parts,
    "nonzero": _nonzero,
    "product_vanishes": _product_vanishes,
    "field": _fraction,
    "equal_sides": _equal_sides,
    "exchange": _exchange,
}
"""One builder for each of these rules whose meaning a finite model can see."""
