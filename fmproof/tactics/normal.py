"""``auto``: the decision procedure of the fragment.

Three forms are tried, the cheap ones first: lemmas and gradients alone, the normal form of
expectations, and, where a line has integrals, everything written as integrals.

In the normal form of expectations definitions are unfolded, every expectation is taken under
the joint law and split into monomials, unused draws are removed, and a conditional field is
replaced by its marginal wherever the rest of the monomial does not depend on the conditioning
variable (that is what a conditional expectation is). Where the forms differ, the difference
explains why. Each move is a kernel rule, so the result is a theorem or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from sympy import Expr

from fmproof.errors import SortError
from fmproof.kernel.equality import instantiate_head, reflexivity, symmetry, transitivity, unfold
from fmproof.kernel.integrals import marginal_draw
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul
from fmproof.lang.nodes import Apply, Density, Expect, Field, Inner, IntegralOver, Named, Var
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.scope import alpha_equal, free_vars, substitute
from fmproof.tactics.conditions import average_of, fields_in, integral_mass
from fmproof.tactics.methods import METHODS, Common, Line, common_form, in_standard_order
from fmproof.tactics.rewriting import Conversion, attempt, sweep
from fmproof.tactics.written_out import integral_forms

_EXPAND = ("marginalisation", "tower", "square", "linearity", "drop", "derivative", "minimisers")
"""Bring everything under the joint law, one monomial in each expectation."""


def decide(line: Line) -> Common:
    """Both lines in the first form in which they agree, else in normal form."""
    light = common_form(line, ("lemma", "derivative", "minimisers"))
    if light.agree is not None:
        return light
    normal = _normal_forms(line)
    if normal.agree is None and (_has_integral(line.before) or _has_integral(line.claim)):
        return integral_forms(line)
    return normal


def _normal_forms(line: Line) -> Common:
    fields = _averages((line.before, line.claim))
    left = _normal(line, line.before, fields)
    right = _normal(line, line.claim, fields)
    return Common(left, right, {"auto"})


def _has_integral(term: Expr) -> bool:
    return isinstance(term, IntegralOver) or any(_has_integral(arg) for arg in term.args)


def _normal(line: Line, term: Expr, fields: list[Apply]) -> Theorem:
    theorem = _then(reflexivity(term), METHODS["lemma"](line))
    theorem = _then(theorem, _unfold_scalars)
    conversions = [METHODS[name](line) for name in _EXPAND]

    def expand(node: Expr) -> Theorem | None:
        for conversion in conversions:
            found = conversion(node)
            if found is not None:
                return found
        return None

    theorem = _then(theorem, expand)
    for field in fields:
        theorem = _then(theorem, _conditional_expectation(field))
    return _then(theorem, _reordered)


def _then(theorem: Theorem, conversion: Conversion) -> Theorem:
    more = sweep(theorem.rhs, conversion)
    return theorem if more is None else transitivity(theorem, more)


def _unfold_scalars(term: Expr) -> Theorem | None:
    """Losses and names; not densities, nor fields that are averages."""
    if isinstance(term, Named):
        return unfold(term)
    if isinstance(term, Apply) and term.head.definition is not None:
        if isinstance(term.head, Density) or isinstance(term.head.definition, IntegralOver):
            return None
        return unfold(term)
    return None


def _reordered(term: Expr) -> Theorem | None:
    return in_standard_order(term) if isinstance(term, Expect) else None


def _averages(terms: Iterable[Expr]) -> list[Apply]:
    """The averaged fields that the lines mention, one application of each symbol."""
    found: dict[object, Apply] = {}
    for term in terms:
        theorem = sweep(term, _unfold_scalars)
        for field in fields_in(term if theorem is None else theorem.rhs):
            if average_of(field) is not None:
                found.setdefault(field.head, field)
    return [found[head] for head in sorted(found, key=str)]


def _conditional_expectation(field: Apply) -> Conversion:
    """E[k⟨a, u(x|z)⟩] = E[k⟨a, u(x)⟩] under the joint law, for k and a free of z."""

    def convert(term: Expr) -> Theorem | None:
        if not isinstance(term, Expect):
            return None
        for inner in factors(term.body):
            if isinstance(inner, Inner):
                for side in (0, 1):
                    theorem = _replace(term, inner, side, field)
                    if theorem is not None:
                        return theorem
        return None

    return convert


def _replace(term: Expect, inner: Inner, side: int, field: Apply) -> Theorem | None:
    """The theorem for one factor of a monomial, if it is the values that ``field`` averages.

    It is proved for an unknown field in place of the other factor, which is put back after:
    the other factor may contain averages of its own, and they stay closed.
    """
    target, other = inner.args[side], inner.args[1 - side]
    match = _match(term, target, field)
    if match is None:
        return None
    marginal_field, marginal, integrated = match
    rest = mul(*(f for f in factors(term.body) if f is not inner))
    if integrated & (free_vars(rest) | free_vars(other)):
        return None
    variables = tuple(sorted(free_vars(other), key=lambda v: v.name))
    unknown = Field("w''''''", *variables)
    general = Expect(mul(rest, Inner(unknown(*variables), target)), *term.measure)
    gone = integrated | set(drawn_by(marginal))
    keep = [d for d in term.measure if not gone & set(drawn_by(d))]
    try:
        average = Expect(mul(rest, Inner(unknown(*variables), marginal_field)), *keep, marginal)
    except SortError:
        return None
    spelled = attempt(marginal_draw, average, len(keep))
    if spelled is None:
        return None
    conditional = Expect(general.body, *spelled.rhs.measure)
    if not alpha_equal(_ordered(conditional).rhs, _ordered(general).rhs):
        return None
    written = integral_forms(Line(conditional, average))
    middle = written.agree
    if middle is None:
        return None
    theorem = transitivity(_ordered(general), symmetry(_ordered(conditional)))
    theorem = transitivity(theorem, transitivity(written.left, middle))
    theorem = transitivity(theorem, transitivity(symmetry(written.right), spelled))
    theorem = transitivity(theorem, _ordered(spelled.rhs))
    return instantiate_head(theorem, unknown, variables, other)


def _ordered(term: Expect) -> Theorem:
    return in_standard_order(term) or reflexivity(term)


def _match(term: Expect, target: Expr, field: Apply) -> tuple[Apply, Apply, set[Var]] | None:
    """Read ``target`` as the values that ``field`` averages: (u(x), m(x), the z's).

    The densities of the average are matched with the draws of the law; that names every
    variable, and the values must then be the target.
    """
    own = field.head(*field.head.params)
    average = average_of(own)
    if average is None:
        return None
    marginal, integral, values = average
    patterns = [f for f in factors(integral_mass(integral)) if isinstance(f, Apply)]
    candidates = [[d for d in term.measure if d.head == p.head] for p in patterns]
    for draws in product(*candidates):
        renaming: dict[Var, Expr] = {}
        pairs = [
            pair
            for pattern, draw in zip(patterns, draws, strict=True)
            for pair in zip(pattern.arguments, draw.arguments, strict=True)
        ]
        if any(
            not isinstance(pattern, Var) or renaming.setdefault(pattern, actual) != actual
            for pattern, actual in pairs
        ):
            continue
        if not alpha_equal(substitute(values, renaming), target):
            continue
        names = (renaming.get(item.var) for item in integral.measure)
        integrated = {name for name in names if isinstance(name, Var)}
        if len(integrated) == len(integral.measure):
            return substitute(own, renaming), substitute(marginal, renaming), integrated
    return None
