"""The score of a mixture is the conditional expectation of the score of what is mixed.

For p(x) = E_z[k(x|z)] by definition: ∇log p(x) = E[∇log k(x|z) | x] almost surely. It is put
together from the derivative of the logarithm, the exchange of ∇ and E, and Bayes.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr

from fmproof.derived.restatements import reflexivity
from fmproof.errors import RuleError, SortError
from fmproof.kernel.almost import everywhere
from fmproof.kernel.calculus import derivative, exchange, log_derivative
from fmproof.kernel.equality import congruence, transitivity, unfold
from fmproof.kernel.theorem import Theorem
from fmproof.lang.nodes import CondExpect, Expect, Grad, IntegralOver, Log, Var
from fmproof.lang.nodes.measure import is_density
from fmproof.lang.scope import apart, free_vars, substitute
from fmproof.tactics.methods.definition import is_mixture
from fmproof.tactics.methods.line import Line
from fmproof.tactics.pointwise import linear_slope
from fmproof.tactics.rewriting import at, attempt, then


def mixture_score(term: Any, line: Line) -> Theorem | None:
    """∇log p(x) = E[∇log k | x], where p is a mixture by definition; None for another term."""
    if isinstance(term, Grad) and is_mixture(term.body):
        return attempt(log_derivative, term)  # then it is about ∇log p
    if not isinstance(term, Grad) or not isinstance(term.body, Log):
        return None
    density = term.body.args[0]
    x = term.at
    if not isinstance(x, Var) or not is_mixture(density):
        return None
    written = _as_mixture(density)
    if written is None:
        return None
    mixture: Any = apart(substitute(written.rhs, {term.var: x}), free_vars(term))
    if not is_density(mixture.body) or x in _in_law(mixture):
        return None
    try:
        mean = CondExpect(Grad(Log(mixture.body), x), x, *mixture.measure, mixture.body)
        theorem = _joined(term, mean, line)
        if theorem is not None:
            line.facts.append(everywhere(theorem, (*mixture.measure, mixture.body)))
        return theorem
    except (RuleError, SortError):
        return None


def _as_mixture(density: Any) -> Theorem | None:
    """⊢ p(x) = E_z[k(x|z)]."""
    from fmproof.tactics.methods.conditional import as_mixtures

    found = (one for one in as_mixtures(density) if isinstance(one.rhs, Expect))
    return next(found, None)


def _in_law(mixture: Expect) -> frozenset[Var]:
    return frozenset().union(*map(free_vars, mixture.measure))


def _joined(term: Grad, mean: Expr, line: Line) -> Theorem | None:
    from fmproof.tactics.methods import METHODS, Common

    facts = Line(term, mean, line.lemmas, line.facts)
    linear = METHODS["linearity"](facts)
    left = attempt(derivative, term)  # (1/p) ∇p
    if left is None:
        return None
    left = then(then(left, _slope_of_mixture), linear)
    right = then(reflexivity(mean), METHODS["bayes"](facts))
    right = then(then(right, _log_slope), METHODS["cancel"](facts))
    if isinstance(term.body.args[0].head.definition, IntegralOver):  # nothing is asked at every x
        right = then(then(right, linear), METHODS["expectation"](facts))
    common = Common(left, then(right, linear), fractions=True)
    return common.equation


@at(Grad)
def _slope_of_mixture(term: Any) -> Theorem | None:
    """∇p = E[∇k], or ∫ q ∇k where p is defined as ∫ k(x|z) q(z) dz."""
    if not is_mixture(term.body):
        return None
    unfolded = congruence(term, {0: unfold(term.body)})
    moved = attempt(exchange, unfolded.rhs)
    return moved and then(transitivity(unfolded, moved), linear_slope)


@at(Grad)
def _log_slope(term: Any) -> Theorem | None:
    """∇log k = ∇k/k, for a density k."""
    if isinstance(term.body, Log) and is_density(term.body.args[0]):
        return attempt(derivative, term)
    return None
