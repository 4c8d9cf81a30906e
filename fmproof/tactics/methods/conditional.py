"""Conditional expectations: what they are, and what is known of them almost surely."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Basic, Expr, Rational

from fmproof.errors import RuleError, SortError
from fmproof.kernel.conditional import bayes, conditional_linearity, take_out
from fmproof.kernel.equality import instantiate, symmetry, transitivity, unfold
from fmproof.kernel.hypotheses import assume
from fmproof.kernel.integrals import expectation_as_integral, joint_law
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.nodes import Apply, CondExpect, Density, Expect, Inner
from fmproof.lang.nodes.measure import drawn_by, is_density
from fmproof.lang.scope import alpha_equal, free_vars, substitute
from fmproof.tactics.averages import average_out, mean_of, unfolded_means
from fmproof.tactics.matching import match
from fmproof.tactics.methods.common import bring
from fmproof.tactics.methods.integrals import fubini_order
from fmproof.tactics.methods.line import Line, Method
from fmproof.tactics.rewriting import Conversion, attempt


def pull_out(_: Line) -> Conversion:
    """E[k⟨a, E[f|X]⟩] becomes E[k⟨a, f⟩]."""
    return average_out


def _almost_sure(rule: Callable[[CondExpect, Line], Iterator[Theorem]]) -> Method:
    """A rule that gives an equation for almost every value: it is assumed here, and noted."""

    def method(line: Line) -> Conversion:
        def convert(term: Expr) -> Theorem | None:
            mean = mean_of(term)
            if mean is None:
                return None
            for fact in rule(mean, line):
                there = {item.var: item.at for item in mean.given}
                equation = assume(substitute(fact.conclusion.body, there))
                line.facts.append(fact)
                unfolded = unfolded_means(term)
                if alpha_equal(unfolded.rhs, equation.lhs):
                    return transitivity(unfolded, equation)
            return None

        return convert

    return method


def _take_out_of(mean: CondExpect, _: Line) -> Iterator[Theorem]:
    given = tuple(item.var for item in mean.given)
    hidden = {v for d in mean.measure for v in drawn_by(d)}.difference(given)
    parts = factors(mean.body)
    moving = [i for i, f in enumerate(parts) if hidden & free_vars(f)]
    known, rest = mul(*without(parts, *moving)), [parts[i] for i in moving]
    pairs = [(known, mul(*rest))] if len(moving) < len(parts) else []
    if len(rest) == 1 and isinstance(rest[0], Inner):
        a, b = rest[0].args
        pairs += [(mul(known, a), b), (mul(known, b), a)]
    for k, f in pairs:
        yield from _given(attempt(take_out, k, f, given, mean.measure))


def _linearity_of(mean: CondExpect, _: Line) -> Iterator[Theorem]:
    yield from _given(attempt(conditional_linearity, mean))


def _bayes_of(mean: CondExpect, line: Line) -> Iterator[Theorem]:
    """With the marginal density that a lemma, or a density by definition, gives."""
    *law, last = mean.measure
    wanted = Expect(last, *law) if law and is_density(last) else None
    if wanted is None:
        return
    for marginal in (*line.lemmas, *_mixtures(line)):
        for equation in (marginal, attempt(symmetry, marginal)):
            found = equation and match(equation.rhs, wanted)
            if found is not None and equation is not None:
                there = attempt(instantiate, equation, found)
                yield from _given(there and attempt(bayes, mean, there))


def _mixtures(line: Line) -> Iterator[Theorem]:
    """p(x) = E_z[k(x|z)] for the densities in the lines that are defined so."""
    seen = set()
    for head in sorted(_densities(line.before) | _densities(line.claim), key=str):
        if head not in seen and head.definition is not None:
            seen.add(head)
            yield from as_mixtures(head(*head.params))


def as_mixtures(term: Any) -> Iterator[Theorem]:
    """p(x) = E_z[k(x|z)] for a density by definition, as it is written or from ∫ k(x|z) q(z) dz."""
    if isinstance(term.head.definition, Rational):
        return
    plain = unfold(term)
    yield plain
    law = joint_law(term, free_vars(term))
    if law is None:
        return
    own = [d for d in law if set(drawn_by(d)) == set(term.head.drawn(term))]
    rest = [d for d in law if d not in own]
    if len(own) == 1 and rest:
        try:
            spelled = expectation_as_integral(Expect(own[0], *rest))
        except (RuleError, SortError):
            return
        line_of = Line(plain.rhs, spelled.rhs)
        joined = bring(line_of, {"fubini": fubini_order(line_of)}).equation
        if joined is not None:
            yield transitivity(plain, transitivity(joined, symmetry(spelled)))


def _densities(term: Basic) -> set[Density]:
    own = {term.head} if isinstance(term, Apply) and isinstance(term.head, Density) else set()
    return own.union(*map(_densities, term.args))


def _given(theorem: Theorem | None) -> Iterator[Theorem]:
    if theorem is not None:
        yield theorem


take_out_known = _almost_sure(_take_out_of)


linear_mean = _almost_sure(_linearity_of)


bayes_rule = _almost_sure(_bayes_of)
