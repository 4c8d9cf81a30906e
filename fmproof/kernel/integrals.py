"""Rules about integrals and expectations, each with the conditions that it needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.rule import Integrated, require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import add, factors, mul, summands, without
from fmproof.lang.node import bound_vars, is_one_of, rebuilt
from fmproof.lang.nodes import Apply, Expect, Inner, IntegralOver, Let, Var
from fmproof.lang.nodes.measure import (
    against_lebesgue,
    drawn_by,
    is_density,
    law_order,
    parents_of,
    without_lets,
)
from fmproof.lang.nodes.mixture import mixture
from fmproof.lang.props import Equals, Integrable
from fmproof.lang.scope import alpha_equal, apart, free_vars

_LINEAR = "Folland, Real Analysis, proposition 2.22"
_FUBINI = "Folland, Real Analysis, theorem 2.37"
MARGINAL = "Kallenberg, Foundations of Modern Probability, theorem 8.5"


def is_integral(term: Any) -> bool:
    """Whether a term is an integral or an expectation."""
    return is_one_of(term, (IntegralOver, Expect))


def draws_variables(density: Any) -> bool:
    """Whether a density is one of different variables, none of which it depends on."""
    drawn = density.head.drawn(density)
    distinct = all(type(v) is Var for v in drawn) and len(set(drawn)) == len(drawn)
    return distinct and not parents_of(density).intersection(drawn)


def with_body(term: Any, body: Expr) -> Expr:
    """The integral or expectation of ``body`` over the same measure."""
    return rebuilt(term, body, *term.measure)


def linear_parts(body: Expr, bound: Iterable[Var]) -> list[tuple[Expr, Expr]]:
    """Each summand as ``(c, f)``: a constant, free of bound variables, times the rest."""
    taken, parts = frozenset(bound), []
    for summand in summands(body):
        own = factors(summand)
        constant = mul(*(f for f in own if not taken & free_vars(f)))
        parts.append((constant, mul(*(f for f in own if taken & free_vars(f)))))
    return parts


@rule("I1", _LINEAR)
def linearity(term: Integrated) -> Sequent:
    """{each fᵢ integrable} ⊢ ∫ Σ cᵢ fᵢ = Σ cᵢ ∫ fᵢ, for cᵢ free of the bound variables.

    The same for expectations, where E[c] = c. A single summand needs no condition.
    """
    result, conditions = [], []
    for constant, rest in linear_parts(term.body, bound_vars(term)):
        if type(term) is Expect and rest is S.One:
            result.append(constant)
        else:
            result.append(mul(constant, with_body(term, rest)))
            conditions.append(Integrable(rest, *term.measure))
    whole = add(*result)
    if alpha_equal(whole, term):
        raise RuleError("linearity: nothing to separate in %s", term)
    return infer(Equals(term, whole), *(conditions if len(result) > 1 else ()))


@rule("I1", _LINEAR)
def inner_with_integral(k: Expr, a: Expr, integral: Integrated) -> Sequent:
    """{k·f integrable} ⊢ k ⟨a, ∫ f⟩ = ∫ k ⟨a, f⟩, for k and a free of the bound variables."""
    inner: Any = apart(integral, free_vars(k) | free_vars(a))
    result = with_body(inner, mul(k, Inner(a, inner.body)))
    condition = Integrable(mul(k, inner.body), *inner.measure)
    return infer(Equals(mul(k, Inner(a, integral)), result), condition)


@rule("I2", "an expectation is the integral against the joint density; Durrett, section 1.6")
def expectation_as_integral(term: Expect) -> Sequent:
    """{f integrable} ⊢ E_{x~p, …}[f] = ∫…∫ p(x)… f for densities, one integral a draw, the first
    outside.
    """
    fits = all(map(is_density, term.measure))
    require(fits, "expectation", "an expectation under densities", term)
    result, _ = against_lebesgue(term.body, term.measure)
    for draw in reversed(term.measure):
        result = IntegralOver(result, *draw.head.ranges(draw))
    return infer(Equals(term, result), Integrable(term.body, *term.measure))


@rule("I8", _FUBINI)
def iterated_expectation(term: Integrated, split: int) -> Sequent:
    """{f integrable} ⊢ E_{x, y}[f] = E_x[E_y[f]], the first draws outside; the same for ∫."""
    fits = 0 < split < len(term.measure)
    require(fits, "tower", f"an integral or expectation over more than {split}", term)
    inner = rebuilt(term, term.body, *term.measure[split:])
    result = rebuilt(term, inner, *term.measure[:split])
    return infer(Equals(term, result), Integrable(term.body, *term.measure))


@rule("I5", MARGINAL)
def marginal_draw(term: Expect, place: int) -> Sequent:
    """⊢ E_{…, x~p, …}[f] = E_{…, z~q, x~p(·|z), …}[f] where p(x) is defined as ∫ p(x|z) q(z) dz.

    No condition: by Tonelli f is integrable under the one law exactly when it is under the
    other, and by the definition of the marginal the integrals agree.
    """
    draw = _draw(term, place, "marginalisation")
    law = joint_law(draw, free_vars(term).union(bound_vars(term)))
    if law is None:
        raise RuleError("marginalisation: %s is not a marginal", draw)
    measure = (*term.measure[:place], *law, *term.measure[place + 1 :])
    return infer(Equals(term, Expect(term.body, *measure)))


def joint_law(draw: Any, avoid: Iterable[Var]) -> tuple[Apply, ...] | None:
    """The draws whose marginal ``draw`` is by definition, with new variables outside ``avoid``.

    None when ``draw`` is no density with a definition as a mixture: nested integrals and
    expectations of a product of densities. A density with a definition of this form is the only
    kind that the language admits, so the draws and the product are a law by construction.
    """
    if not is_density(draw) or draw.head.definition is None:
        return None
    body: Any = draw.head.unfold(draw.arguments)
    taken = frozenset(avoid) | free_vars(draw)
    draws, density = mixture(_apart(body, taken))
    return law_order((*draws, *factors(density)))


def _apart(term: Any, taken: frozenset[Var]) -> Any:
    """Nested integrals with their variables renamed where they are among ``taken``."""
    if not is_integral(term):
        return term
    term = apart(term, taken)
    return rebuilt(term, _apart(term.body, taken.union(bound_vars(term))), *term.measure)


@rule("I6", "a density integrates to one")
def drop_draw(term: Expect, place: int) -> Sequent:
    """⊢ E_{…, y~q, …}[f] = E_{…}[f] when neither f nor a later draw depends on y.

    No condition: a density integrates to one, and every law has mass one.
    """
    draw = _draw(term, place, "drop")
    unused, rest = frozenset(drawn_by(draw)), without(term.measure, place)
    if any(unused & free_vars(part) for part in (term.body, *rest)):
        raise RuleError("drop: %s is used in %s", draw, term)
    return infer(Equals(term, Expect(term.body, *rest) if rest else term.body))


def _draw(term: Expect, place: int, name: str) -> Any:
    require(0 <= place < len(term.measure), name, f"an expectation with draw {place}", term)
    return term.measure[place]


def in_order(measure: tuple[Any, ...], order: Sequence[int]) -> list[Any]:
    """The items of a measure in another order."""
    if sorted(order) != list(range(len(measure))):
        raise RuleError(f"reorder: expected 0 to {len(measure) - 1}, each once, found {order}")
    return [measure[i] for i in order]


@rule("I7", _FUBINI)
def reorder_draws(term: Integrated, order: Sequence[int]) -> Sequent:
    """⊢ E over a law = E over the same draws in another order that respects dependence; the same
    for ∫ over several variables at once.

    No condition: the joint measure is the same, and E and ∫ are the integral under it.
    """
    return infer(Equals(term, rebuilt(term, term.body, *in_order(term.measure, order))))


@rule("I9", "an integral against a point mass; Kallenberg, Foundations of Modern Probability")
def substitute_draws(term: Expect) -> Sequent:
    """⊢ E_{…, x := a, …}[f(x)] = E_{…}[f(a)], for all its deterministic draws. No condition."""
    fits = any(type(item) is Let for item in term.measure)
    require(fits, "substitution", "an expectation with a deterministic draw", term)
    body, rest = without_lets(term.body, term.measure)
    return infer(Equals(term, Expect(body, *rest) if rest else body))
