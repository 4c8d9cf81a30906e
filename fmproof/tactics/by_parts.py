"""Integration by parts: E_{x~p}[⟨v, ∇log p⟩] = −E_{x~p}[div v], ∫⟨v, ∇f⟩ dx = −∫ f div v dx.

Put together from p ∇log p = ∇p, the product rule and the divergence theorem.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr

from fmproof.errors import RuleError, SortError
from fmproof.kernel.equality import transitivity
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.nodes import Div, Expect, Grad, Inner, Integral, IntegralOver, Log, Var
from fmproof.lang.nodes.measure import drawn_by, is_density
from fmproof.lang.scope import alpha_equal, free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.tactics.methods import Line, common_form


def score_by_parts(term: Any) -> Theorem | None:
    """E_{x~p}[k⟨v, ∇log p(x)⟩] = −E_{x~p}[div(k v)]; None for another term.

    Not under another draw: the divergence theorem asks for a derivative at every x, and that cannot
    be said for almost every value of what is drawn outside.
    """
    if not isinstance(term, Expect) or len(term.measure) != 1:
        return None
    (law,) = term.measure
    if not is_density(law) or len(drawn_by(law)) != 1:
        return None
    (x,) = drawn_by(law)
    field = _beside_score(term.body, law, x)
    if field is None:
        return None
    try:
        return _parts(term, field, law, x)
    except (RuleError, SortError):
        return None


def _beside_score(body: Expr, law: Expr, x: Var) -> Expr | None:
    """The field v of a product k⟨w, ∇log p(x)⟩ = ⟨v, ∇log p(x)⟩."""
    parts = factors(body)
    for place, part in enumerate(parts):
        if not isinstance(part, Inner) or part.is_square:
            continue  # the square of a score stays
        for score, other in (part.args, part.args[::-1]):
            if (
                isinstance(score, Grad)
                and score.at == x
                and alpha_equal(substitute(score.body, {score.var: x}), Log(law))
                and x in free_vars(law)
            ):
                return mul(*without(parts, place), other)
    return None


def integral_by_parts(term: Any) -> Theorem | None:
    """∫ k⟨v, ∇f(x)⟩ dx = −∫ f(x) div(k v) dx over the whole space; None for another term."""
    if not isinstance(term, IntegralOver) or len(term.measure) != 1:
        return None
    x = term.measure[0].var
    if x.sort is not Sort.VEC:
        return None
    parts = factors(term.body)
    for place, part in enumerate(parts):
        slopes = [arg for arg in part.args if isinstance(arg, Grad)] if type(part) is Inner else []
        if len(slopes) != 1 or slopes[0].at != x or x in free_vars(slopes[0]) - {slopes[0].at}:
            continue  # of two gradients either may be the one
        (slope,) = slopes
        field = mul(*without(parts, place), next(arg for arg in part.args if arg is not slope))
        height = substitute(slope.body, {slope.var: x})
        try:
            return _along(term, _over_space(field, height, x))
        except (RuleError, SortError):
            return None
    return None


Steps = tuple[tuple[Expr, tuple[str, ...]], ...]


def _over_space(field: Expr, height: Expr, x: Var) -> Steps:
    """The lines from ∫ ⟨v, ∇f⟩ dx to −∫ f div v dx."""
    spread, whole = Div(field, x), Div(height * field, x)
    return (
        (Integral(whole - height * spread, x), ("derivative", "square")),
        (Integral(whole, x) - Integral(height * spread, x), ("linearity",)),
        (-Integral(height * spread, x), ("parts",)),
    )


def _parts(term: Expr, field: Expr, law: Expr, x: Var) -> Theorem | None:
    slope = Integral(Inner(field, Grad(law, x)), x)
    last = -Expect(Div(field, x), law)
    steps: Steps = (
        (slope, ("expectation", "log-derivative")),
        *_over_space(field, law, x),
        (last, ("expectation", "linearity")),
    )
    return _along(term, steps)


def _along(term: Expr, steps: Steps) -> Theorem | None:
    theorem = None
    before = term
    for claim, names in steps:
        step = common_form(Line(before, claim), names).equation
        if step is None:
            return None
        theorem = step if theorem is None else transitivity(theorem, step)
        before = claim
    return theorem
