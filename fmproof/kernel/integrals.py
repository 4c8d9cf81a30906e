"""Rules about integrals and expectations, each with the conditions that it needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import add, factors, mul, summands, without
from fmproof.lang.node import bound_vars, is_one_of, rebuilt
from fmproof.lang.nodes import Apply, Expect, Inner, IntegralOver, Let, Var
from fmproof.lang.nodes.measure import (
    against_lebesgue,
    drawn_by,
    is_density,
    law_order,
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
def linearity(term: Expr) -> Sequent:
    """{each fᵢ integrable} ⊢ ∫ Σ cᵢ fᵢ = Σ cᵢ ∫ fᵢ, for cᵢ free of the bound variables.

    The same for expectations, where E[c] = c. A single summand needs no condition.
    """
    require(is_integral(term), "linearity", "an integral or expectation", term)
    node: Any = term
    result, conditions = [], []
    for constant, rest in linear_parts(node.body, bound_vars(node)):
        if type(node) is Expect and rest is S.One:
            result.append(constant)
        else:
            result.append(mul(constant, with_body(node, rest)))
            conditions.append(Integrable(rest, *node.measure))
    whole = add(*result)
    if alpha_equal(whole, term):
        raise RuleError("linearity: nothing to separate in %s", term)
    return infer(Equals(term, whole), *(conditions if len(result) > 1 else ()))


def integral_argument(factor: Any) -> tuple[Any, Expr] | None:
    """``(∫ f, a)`` when a factor is ⟨a, ∫ f⟩; the second argument is looked at first."""
    if type(factor) is Inner:
        for side in (1, 0):
            if is_integral(factor.args[side]):
                return factor.args[side], factor.args[1 - side]
    return None


@rule("I1", _LINEAR)
def inner_of_integral(term: Expr) -> Sequent:
    """{k·f integrable} ⊢ k ⟨a, ∫ f⟩ = ∫ k ⟨a, f⟩, for k and a free of the bound variables."""
    parts = factors(term)
    for place, factor in enumerate(parts):
        found = integral_argument(factor)
        if found is not None:
            integral, other = found
            scalar = mul(*without(parts, place))
            inner = apart(integral, free_vars(scalar) | free_vars(other))
            result = with_body(inner, mul(scalar, Inner(other, inner.body)))
            condition = Integrable(mul(scalar, inner.body), *inner.measure)
            return infer(Equals(term, result), condition)
    raise RuleError("linearity: expected an inner product with an integral, found %s", term)


@rule("I4", _FUBINI)
def fubini(term: Expr) -> Sequent:
    """{f integrable over both} ⊢ ∫(∫ f dy) dx = ∫(∫ f dx) dy."""
    outer, inner = _nested(term, "fubini")
    result = IntegralOver(IntegralOver(inner.body, *outer.measure), *inner.measure)
    return infer(Equals(term, result), Integrable(inner.body, *outer.measure, *inner.measure))


@rule("I4", _FUBINI)
def joint_integral(term: Expr) -> Sequent:
    """{f integrable over both} ⊢ ∫(∫ f dy) dx = ∫ f d(x, y)."""
    outer, inner = _nested(term, "joint")
    measure = (*outer.measure, *inner.measure)
    return infer(Equals(term, IntegralOver(inner.body, *measure)), Integrable(inner.body, *measure))


def _nested(term: Any, name: str) -> tuple[Any, Any]:
    fits = type(term) is IntegralOver and type(term.body) is IntegralOver
    require(fits, name, "two nested integrals", term)
    return term, apart(term.body, bound_vars(term))


@rule("I2", "an expectation is the integral against the joint density; Durrett, section 1.6")
def expectation_as_integral(term: Expr) -> Sequent:
    """{f integrable} ⊢ E_{x~p, …}[f] = ∫…∫ p(x)… f, one integral a draw, the first outside."""
    fits = type(term) is Expect and all(map(is_density, term.args[1:]))
    require(fits, "expectation", "an expectation under densities", term)
    node: Any = term
    result, _ = against_lebesgue(node.body, node.measure)
    for draw in reversed(node.measure):
        result = IntegralOver(result, *draw.head.ranges(draw))
    return infer(Equals(term, result), Integrable(node.body, *node.measure))


@rule("I8", _FUBINI)
def iterated_expectation(term: Expr, split: int) -> Sequent:
    """{f integrable} ⊢ E_{x, y}[f] = E_x[E_y[f]], the first draws outside."""
    node: Any = term
    fits = type(node) is Expect and 0 < split < len(node.measure)
    require(fits, "tower", f"an expectation of more than {split} draws", term)
    inner = Expect(node.body, *node.measure[split:])
    return infer(
        Equals(term, Expect(inner, *node.measure[:split])),
        Integrable(node.body, *node.measure),
    )


@rule("I5", MARGINAL)
def marginal_draw(term: Expr, place: int) -> Sequent:
    """⊢ E_{…, x~p, …}[f] = E_{…, z~q, x~p(·|z), …}[f] where p(x) is defined as ∫ p(x|z) q(z) dz.

    No condition: by Tonelli f is integrable under the one law exactly when it is under the
    other, and by the definition of the marginal the integrals agree.
    """
    node = _with_draw(term, place, "marginalisation")
    law = joint_law(node.measure[place], frozenset(bound_vars(node)) | free_vars(node))
    if law is None:
        raise RuleError("marginalisation: %s is not a marginal", node.measure[place])
    measure = (*node.measure[:place], *law, *node.measure[place + 1 :])
    return infer(Equals(term, Expect(node.body, *measure)))


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
def drop_draw(term: Expr, place: int) -> Sequent:
    """⊢ E_{…, y~q, …}[f] = E_{…}[f] when neither f nor a later draw depends on y.

    No condition: a density integrates to one.
    """
    node = _with_draw(term, place, "drop")
    unused = frozenset(drawn_by(node.measure[place]))
    rest = without(node.measure, place)
    if any(unused & free_vars(part) for part in (node.body, *rest)):
        raise RuleError("drop: %s is used in %s", node.measure[place], term)
    return infer(Equals(term, Expect(node.body, *rest) if rest else node.body))


def _with_draw(term: Any, place: int, name: str) -> Any:
    fits = type(term) is Expect and 0 <= place < len(term.measure)
    require(fits, name, f"an expectation with draw {place}", term)
    return term


@rule("I7", _FUBINI)
def reorder_draws(term: Expr, order: Sequence[int]) -> Sequent:
    """⊢ E over a law = E over the same draws in another order that respects dependence.

    No condition: the joint law is the same, and an expectation is an integral under it.
    """
    node: Any = term
    fits = type(node) is Expect and sorted(order) == list(range(len(node.measure)))
    require(fits, "reorder", f"an expectation whose draws have the order {list(order)}", term)
    return infer(Equals(term, Expect(node.body, *(node.measure[i] for i in order))))


@rule(
    "I9", "an integral against a point mass; Kallenberg, Foundations of Modern Probability, ch. 1"
)
def substitute_draws(term: Expr) -> Sequent:
    """⊢ E_{…, x := a, …}[f(x)] = E_{…}[f(a)]. No condition."""
    fits = type(term) is Expect and any(type(item) is Let for item in term.args[1:])
    require(fits, "substitution", "an expectation with a deterministic draw", term)
    body, rest = without_lets(term.args[0], term.args[1:])
    return infer(Equals(term, Expect(body, *rest) if rest else body))
