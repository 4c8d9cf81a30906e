"""Integration by parts under an expectation: E_{x~p}[⟨v, ∇log p⟩] = −E_{x~p}[div v].

Put together from p ∇log p = ∇p, the product rule and the divergence theorem.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr

from fmproof.errors import RuleError, SortError
from fmproof.kernel.equality import transitivity
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.nodes import Div, Expect, Grad, Inner, Integral, Log, Var
from fmproof.lang.nodes.measure import drawn_by, is_density
from fmproof.lang.scope import alpha_equal, free_vars, substitute
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


def _parts(term: Expr, field: Expr, law: Expr, x: Var) -> Theorem | None:
    spread = Div(field, x)
    whole = Div(law * field, x)
    theorem = None
    before = term
    for claim, names in (
        (Integral(Inner(field, Grad(law, x)), x), ("expectation", "log-derivative")),
        (Integral(whole - law * spread, x), ("derivative",)),
        (Integral(whole, x) - Integral(law * spread, x), ("linearity",)),
        (-Integral(law * spread, x), ("parts",)),
        (-Expect(spread, law), ("expectation", "linearity")),
    ):
        step = common_form(Line(before, claim), names).equation
        if step is None:
            return None
        theorem = step if theorem is None else transitivity(theorem, step)
        before = claim
    return theorem
