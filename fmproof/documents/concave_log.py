"""Inequalities by the concavity of the logarithm: KL ≥ 0, log E[Y] ≥ E[log Y], variational bounds.

All of them are exp w ≥ 1 + w, averaged at w = log r for an r with E[r] = 1: E[log r] ≤ 0. As for
functions that are said to be convex, the gap is a symbol D ≥ 0, and D(w) = exp w − 1 − w for every
number w is the hypothesis; a line with ≤ is one with = and a mean of D more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Expr, S

from fmproof.documents.terms import nodes_in
from fmproof.documents.ways import Way
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import add, coefficient, factors, mul, summands
from fmproof.lang.nodes import Apply, Exp, Expect, IntegralOver, Lebesgue, Log, Ratio, Scalar, Var
from fmproof.lang.nodes.measure import drawn_by, law_order
from fmproof.lang.props import Equals, ForAll
from fmproof.lang.scope import alpha_equal, free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.tactics.script import Part, Step

_W = Var("w'", Sort.REAL)
_GAP = Scalar("D'", _W, nonneg=True)
_ABOVE_TANGENT = ForAll(Equals(_GAP(_W), add(Exp(_W), mul(S.NegativeOne, add(S.One, _W)))), _W)
_APART = ("log", "linearity")
"""What takes logarithms of quotients apart."""


def concave_ways(before: Expr, claim: Expr, relation: str) -> Iterator[Way]:
    """Ways to an inequality between averages of logarithms, or to that of one average and 0."""
    if relation not in ("≤", "≥"):
        return
    lower, upper = (before, claim) if relation == "≤" else (claim, before)
    for measure in dict.fromkeys(node.measure for node in nodes_in(add(lower, upper), Expect)):
        ratio = _quotient(lower, upper, measure)
        if ratio is None:
            continue
        mass, inside = Expect(ratio, *measure), Log(ratio)
        try:
            between = add(lower, Expect(_GAP(inside), *measure))
            added = add(lower, mul(S.NegativeOne, Expect(inside, *measure)))
            opened = add(added, mass, S.NegativeOne)
            gap = add(Exp(inside), mul(S.NegativeOne, add(S.One, inside)))
            written = add(lower, Expect(gap, *measure))
        except FmproofError:
            continue
        by_form: dict[str, Any] = {"by": "nonnegative", "relation": relation}
        by_mass: dict[str, Any] = {"by": "lemma", "using": "mass"}
        by_gap: dict[str, Any] = {"by": "lemma", "using": "D1"}
        if relation == "≤":
            steps = [
                Step("1", between, **by_form),
                Step("2", written, **by_gap),
                Step("3", opened, by=("exp", "linearity")),
                Step("4", added, **by_mass),
                Step("5", claim, by=_APART),
            ]
        else:
            steps = [
                Step("1", added, by=_APART),
                Step("2", opened, **by_mass),
                Step("3", written, by=("exp", "linearity")),
                Step("4", between, **by_gap),
                Step("5", claim, **by_form),
            ]
        for shown in _masses(mass):
            whole = Part("mass", mass, shown, name="mass")
            lines = (mass, between, opened, added, *(step.claim for step in shown[:-1]))
            parts = (whole, Part("row", before, steps))
            yield Way(parts, ("exp", "nonnegative"), (_ABOVE_TANGENT,), lines)


def _monomial(ratio: Any) -> Expr:
    """p · (1/q) · (1/c) of p/(q c)."""
    above, below = ratio.args if isinstance(ratio, Ratio) else (ratio, S.One)
    return mul(above, *(Ratio(S.One, f) for f in factors(below) if f is not S.One))


def _masses(mass: Any) -> Iterator[list[Step]]:
    """Steps to E[r] = 1: by itself, with what is fixed before the average, and with what is drawn
    from cancelled, so that what is left is an average of 1 or ∫ p."""
    drawn = {v for item in mass.measure for v in drawn_by(item)}
    body = _monomial(mass.body)
    fixed = mul(*(f for f in factors(body) if not drawn & free_vars(f)))
    inside = [f for f in factors(body) if drawn & free_vars(f)]
    first = [
        Step("mass.0", Expect(body, *mass.measure), by="field"),
        Step("mass.1", mul(fixed, Expect(mul(*inside), *mass.measure)), by="linearity"),
    ]
    end: dict[str, Any] = {"claim": S.One, "by": "auto"}
    left = _cancelled(inside, mass.measure)
    if left is not None:
        order = law_order(left)
        words = ("expectation", "cancel")
        laws = order and all(isinstance(law, Apply) and law.head.draws for law in order)
        if order and laws and {v for law in order for v in drawn_by(law)} == drawn:
            whole = Step("mass.2", mul(fixed, Expect(S.One, *order)), by=words)
            yield [*first, whole, Step("mass.3", S.One, by=("drop", "cancel"))]
        over = IntegralOver(mul(*left), *(Lebesgue(v) for i in mass.measure for v in drawn_by(i)))
        yield [*first, Step("mass.2", mul(fixed, over), by=words), Step("mass.3", **end)]
    yield [*first, Step("mass.2", S.One, by=("cancel", "field"))]
    yield [Step("mass.1", **end)]


def _cancelled(parts: Sequence[Expr], measure: tuple[Any, ...]) -> list[Expr] | None:
    """The factors of a product without 1/q, for each q that is drawn from."""
    rest = [*parts]
    for item in measure:
        if Ratio(S.One, item) not in rest:
            return None
        rest.remove(Ratio(S.One, item))
    return rest


def _quotient(lower: Expr, upper: Expr, measure: tuple[Any, ...]) -> Expr | None:
    """r of E[log r] = lower − upper, over a measure, as a quotient."""
    above: list[Expr] = []
    below: list[Expr] = []
    for sign, line in ((1, lower), (-1, upper)):
        for part in summands(line):
            if part is S.Zero:
                continue
            number, rest = coefficient(part)
            if number not in (S.One, S.NegativeOne):
                return None
            own = sign if number is S.One else -sign
            body = _averaged(rest, measure)
            logs = summands(rest if body is None else body)
            for log in logs:
                scale, core = coefficient(log)
                if not isinstance(core, Log) or scale not in (S.One, S.NegativeOne):
                    return None
                turned = own if scale is S.One else -own
                _gather(core.args[0], turned, above, below)
    for one in [*above]:
        if one in below:
            above.remove(one)
            below.remove(one)
    if not above and not below:
        return None
    return Ratio(mul(*above), mul(*below)) if below else mul(*above)


def _averaged(term: Expr, measure: tuple[Any, ...]) -> Expr | None:
    """The body of an average over the measure, in its variables."""
    if not isinstance(term, Expect) or len(term.measure) != len(measure):
        return None
    mine = [v for item in term.measure for v in drawn_by(item)]
    theirs = [v for item in measure for v in drawn_by(item)]
    if len(mine) != len(theirs):
        return None
    names = {a: b for a, b in zip(mine, theirs, strict=True) if a is not b}
    body = substitute(term.body, names) if names else term.body
    return body if alpha_equal(Expect(body, *measure), term) else None


def _gather(term: Expr, sign: int, above: list[Expr], below: list[Expr]) -> None:
    """The factors of a quotient, above and below."""
    for factor in factors(term):
        if isinstance(factor, Ratio):
            _gather(factor.args[0], sign, above, below)
            _gather(factor.args[1], -sign, above, below)
        elif factor != S.One:
            (above if sign > 0 else below).append(factor)
