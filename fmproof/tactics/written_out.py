"""Everything as integrals: the form of ``auto`` for lines that have integrals in them.

Expectations become integrals, marginal fields and densities are unfolded, parts move inside,
sums are split and the integrals put in order, until each side is a sum of integrals of
monomials.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr

from fmproof.derived.integrals_inside import inner_of_integral
from fmproof.derived.restatements import reflexivity
from fmproof.kernel.equality import transitivity, unfold
from fmproof.kernel.integrals import linearity
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, Mul, factors, mul
from fmproof.lang.nodes import Apply, Density, Inner, IntegralOver, Named, Ratio
from fmproof.lang.scope import apart, free_vars
from fmproof.tactics.methods import METHODS, Common, Line, common_form
from fmproof.tactics.methods.integrals import expanded
from fmproof.tactics.rewriting import at, attempt, first_of, symbols_inside, then

_SIMPLE = ("expectation", "density", "square", "cancel", "fubini")


def integral_forms(line: Line) -> Common:
    """Both lines as sums of integrals of monomials."""
    conversions = [*(METHODS[name](line) for name in _SIMPLE), _inside, _split]

    def normal(term: Expr) -> Theorem:
        # Unfolding comes first, so that a factor moves inside together with its weight.
        theorem = then(reflexivity(term), first_of([METHODS["lemma"](line), _unfold_all]))
        theorem = then(theorem, first_of(conversions))
        return then(theorem, first_of([_unfold_marginal, _inside, _split, METHODS["fubini"](line)]))

    return Common(normal(line.before), normal(line.claim), {"auto"})


def plain_integrals(line: Line) -> Common:
    """Both lines as integrals, without a look into what symbols stand for."""
    names = ("expectation", "density", "cancel", "fubini")
    conversion = first_of([*(METHODS[name](line) for name in names), _inside])
    left, right = (then(reflexivity(side), conversion) for side in (line.before, line.claim))
    return Common(left, right, {"auto"})


def densities_integrated(line: Line) -> Common:
    """Both lines as integrals, of which those of a density are one."""
    conversion = first_of([*(METHODS[name](line) for name in ("drop", *_SIMPLE)), _inside, _split])
    left, right = (then(reflexivity(side), conversion) for side in (line.before, line.claim))
    return Common(left, right, {"auto"})


@at(Named, Apply)
def _unfold_all(term: Expr) -> Theorem | None:
    """Names, losses and fields; densities stay, since a ratio may cancel them."""
    if isinstance(term, Named):
        return unfold(term)
    if isinstance(term, Apply) and term.head.definition is not None:
        return None if isinstance(term.head, Density) else unfold(term)
    return None


@at(Apply)
def _unfold_marginal(term: Any) -> Theorem | None:
    """A marginal density p_t(x) = ∫ p_t(x|z) p_data(z) dz."""
    if isinstance(term.head.definition, IntegralOver):
        return unfold(term)
    return None


@at(Inner, Mul)
def _inside(term: Expr) -> Theorem | None:
    """Factors moved into an integral: k·∫ f = ∫ k·f and k⟨a, ∫ f⟩ = ∫ k⟨a, f⟩."""
    theorem = attempt(inner_of_integral, term) if _has_inner(term) else None
    if theorem is not None:
        return theorem
    if not isinstance(term, Mul):
        return None
    parts = list(factors(term))
    for place, integral in enumerate(parts):
        if not isinstance(integral, IntegralOver):
            continue
        rest = mul(*parts[:place], *parts[place + 1 :])
        if rest.is_Rational:
            return None
        inner = apart(integral, free_vars(rest))
        moved = IntegralOver(mul(rest, inner.body), *inner.measure)
        return _by_linearity(term, integral, moved)
    return None


def _has_inner(term: Expr) -> bool:
    return any(
        isinstance(factor, Inner) and any(isinstance(a, IntegralOver) for a in factor.args)
        for factor in factors(term)
    )


def _by_linearity(term: Expr, integral: Expr, moved: Expr) -> Theorem | None:
    """term = moved, because both are the same factors times the same ``integral``."""
    separated = attempt(linearity, moved) or reflexivity(moved)
    inner = attempt(linearity, integral)
    if inner is None:
        plain = reflexivity(term)
    else:
        plain = common_form(Line(term, term), ("linearity",)).left
    common = Common(plain, separated)
    return common.equation


@at(IntegralOver)
def _split(term: Any) -> Theorem | None:
    """The integral of a sum as a sum of integrals."""
    if Ratio in symbols_inside(term.body):
        return None
    multiplied = expanded(term)
    current = term if multiplied is None else multiplied.rhs
    if not isinstance(current.body, Add):
        return None
    theorem = attempt(linearity, current)
    if theorem is None or multiplied is None:
        return theorem
    return transitivity(multiplied, theorem)
