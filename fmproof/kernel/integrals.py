"""Rules about integrals and expectations, each with the conditions that it needs."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr, Mul, S

from fmproof.errors import RuleError
from fmproof.kernel.theorem import Theorem, _theorem
from fmproof.lang.binders import (
    Expect,
    IntegralOver,
    against_lebesgue,
    bound_vars,
    drawn_by,
)
from fmproof.lang.heads import law_order
from fmproof.lang.props import Equals, Integrable
from fmproof.lang.scope import alpha_equal, apart, free_vars
from fmproof.lang.terms import Apply, Inner, Var
from fmproof.lang.text import text


def linearity(term: Expr) -> Theorem:
    """{each fᵢ integrable} ⊢ ∫ Σ cᵢ fᵢ = Σ cᵢ ∫ fᵢ, for cᵢ free of the bound variables.

    The same for expectations, where E[c] = c. A single summand needs no condition.
    """
    if not isinstance(term, IntegralOver | Expect):
        raise RuleError(f"linearity: expected an integral or expectation, found {text(term)}")
    bound = frozenset(bound_vars(term))
    summands = Add.make_args(term.body)
    result, conditions = [], []
    for summand in summands:
        factors = Mul.make_args(summand)
        constant = Mul(*(f for f in factors if not bound & free_vars(f)))
        rest = Mul(*(f for f in factors if bound & free_vars(f)))
        if isinstance(term, Expect) and rest is S.One:
            result.append(constant)
        else:
            result.append(Mul(constant, _inside(term, rest)))
            conditions.append(Integrable(rest, *term.measure))
    whole = Add(*result)
    if alpha_equal(whole, term):
        raise RuleError(f"linearity: nothing to separate in {text(term)}")
    if len(summands) == 1:
        conditions = []
    return _theorem(Equals(term, whole), *conditions)


def _inside(term: IntegralOver | Expect, body: Expr) -> Expr:
    return term.func(body, *term.measure)


def inner_of_integral(term: Expr) -> Theorem:
    """{k·f integrable} ⊢ k ⟨a, ∫ f⟩ = ∫ k ⟨a, f⟩, for k and a free of the bound variables."""
    factors = list(Mul.make_args(term))
    for place, factor in enumerate(factors):
        if not isinstance(factor, Inner):
            continue
        for side in (1, 0):
            integral, other = factor.args[side], factor.args[1 - side]
            if not isinstance(integral, IntegralOver | Expect):
                continue
            scalar = Mul(*factors[:place], *factors[place + 1 :])
            outside = free_vars(scalar) | free_vars(other)
            inner = apart(integral, outside)
            result = _inside(inner, Mul(scalar, Inner(other, inner.body)))
            condition = Integrable(Mul(scalar, inner.body), *inner.measure)
            return _theorem(Equals(term, result), condition)
    raise RuleError(f"linearity: expected an inner product with an integral, found {text(term)}")


def fubini(term: Expr) -> Theorem:
    """{f integrable over both} ⊢ ∫(∫ f dy) dx = ∫(∫ f dx) dy."""
    outer, inner = _nested(term, "fubini")
    measures = (*outer.measure, *inner.measure)
    result = IntegralOver(IntegralOver(inner.body, *outer.measure), *inner.measure)
    return _theorem(Equals(term, result), Integrable(inner.body, *measures))


def joint_integral(term: Expr) -> Theorem:
    """{f integrable over both} ⊢ ∫(∫ f dy) dx = ∫ f d(x, y)."""
    outer, inner = _nested(term, "joint")
    measures = (*outer.measure, *inner.measure)
    return _theorem(
        Equals(term, IntegralOver(inner.body, *measures)), Integrable(inner.body, *measures)
    )


def _nested(term: Expr, rule: str) -> tuple[IntegralOver, IntegralOver]:
    if not (isinstance(term, IntegralOver) and isinstance(term.body, IntegralOver)):
        raise RuleError(f"{rule}: expected two nested integrals, found {text(term)}")
    return term, apart(term.body, bound_vars(term))


def expectation_as_integral(term: Expr) -> Theorem:
    """{f integrable} ⊢ E_{x~p, …}[f] = ∫…∫ p(x)… f, one integral a draw, the first outside."""
    if not isinstance(term, Expect):
        raise RuleError(f"expectation: expected an expectation, found {text(term)}")
    result, _ = against_lebesgue(term.body, term.measure)
    for draw in reversed(term.measure):
        result = IntegralOver(result, *against_lebesgue(S.One, (draw,))[1])
    return _theorem(Equals(term, result), Integrable(term.body, *term.measure))


def iterated_expectation(term: Expr, split: int) -> Theorem:
    """{f integrable} ⊢ E_{x, y}[f] = E_x[E_y[f]], the first draws outside."""
    if not (isinstance(term, Expect) and 0 < split < len(term.measure)):
        raise RuleError(
            f"tower: expected an expectation of more than {split} draws, found {text(term)}"
        )
    outer, inner = term.measure[:split], term.measure[split:]
    return _theorem(
        Equals(term, Expect(Expect(term.body, *inner), *outer)),
        Integrable(term.body, *term.measure),
    )


def marginal_draw(term: Expr, place: int) -> Theorem:
    """⊢ E_{…, x~p, …}[f] = E_{…, z~q, x~p(·|z), …}[f] where p(x) is defined as ∫ p(x|z) q(z) dz.

    No condition: by Tonelli f is integrable under the one law exactly when it is under the
    other, and by the definition of the marginal the integrals agree.
    """
    if not (isinstance(term, Expect) and 0 <= place < len(term.measure)):
        raise RuleError(
            f"marginalisation: expected an expectation with draw {place}, found {text(term)}"
        )
    draw = term.measure[place]
    avoid = frozenset(bound_vars(term)) | free_vars(term)
    law = joint_law(draw, avoid)
    if law is None:
        raise RuleError(f"marginalisation: {text(draw)} is not defined as a marginal")
    measure = (*term.measure[:place], *law, *term.measure[place + 1 :])
    return _theorem(Equals(term, Expect(term.body, *measure)))


def joint_law(draw: Apply, avoid: frozenset[Var]) -> tuple[Apply, ...] | None:
    """The draws whose marginal ``draw`` is by definition, with new variables outside ``avoid``.

    None when ``draw`` has no definition as an integral of a product of densities. A density
    with a definition of this form is the only kind that the language admits, so the product
    is a law by construction.
    """
    if draw.head.definition is None:
        return None
    body = draw.head.unfold(draw.arguments)
    taken = avoid | free_vars(draw)
    while isinstance(body, IntegralOver):
        body = apart(body, taken)
        taken = taken | frozenset(bound_vars(body))
        body = body.body
    if not any(isinstance(factor, Apply) for factor in Mul.make_args(body)):
        return None
    return law_order(Mul.make_args(body))


def drop_draw(term: Expr, place: int) -> Theorem:
    """⊢ E_{…, y~q, …}[f] = E_{…}[f] when neither f nor a later draw depends on y.

    No condition: a density integrates to one.
    """
    if not (isinstance(term, Expect) and 0 <= place < len(term.measure)):
        raise RuleError(f"drop: expected an expectation with draw {place}, found {text(term)}")
    unused = frozenset(drawn_by(term.measure[place]))
    rest = (*term.measure[:place], *term.measure[place + 1 :])
    if any(unused & free_vars(part) for part in (term.body, *rest)):
        raise RuleError(f"drop: {text(term.measure[place])} is used in {text(term)}")
    return _theorem(Equals(term, Expect(term.body, *rest) if rest else term.body))


def reorder_draws(term: Expr, order: Sequence[int]) -> Theorem:
    """⊢ E over a law = E over the same draws in another order that respects dependence.

    No condition: the joint law is the same, and an expectation is an integral under it.
    """
    if not (isinstance(term, Expect) and sorted(order) == list(range(len(term.measure)))):
        raise RuleError(f"reorder: not an order of the draws of {text(term)}: {list(order)}")
    return _theorem(Equals(term, Expect(term.body, *(term.measure[i] for i in order))))
