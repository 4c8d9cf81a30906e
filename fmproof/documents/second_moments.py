"""What E[v vᵀ] = I, which a document assumes of a law, says of squares: E[(aᵀv)²] = ‖a‖²."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Expr

from fmproof.documents.facts import Fact
from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import factors
from fmproof.lang.nodes import Apply, Expect, Inner, Var
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.props import Equals
from fmproof.lang.scope import free_vars, substitute

_MOST = 3


def of_squares(facts: Sequence[Fact], terms: Sequence[Expr]) -> list[Fact]:
    """The instances of assumed second moments for what stands beside the draw in a square."""
    found: list[Fact] = []
    for fact in facts:
        tests = _test_vectors(fact)
        if tests is None or not isinstance(fact.before, Expect):
            continue
        (law,) = fact.before.measure
        for beside in dict.fromkeys(_squared_with(law, terms)):
            try:
                values = dict.fromkeys(tests, beside)
                sides = [substitute(side, values) for side in (fact.before, fact.claim)]
                every = frozenset(free_vars(Equals(*sides)))
            except (FmproofError, SortError):
                continue
            found.append(replace(fact, before=sides[0], claim=sides[1], every=every))
    return found[:_MOST]


def _test_vectors(fact: Fact) -> tuple[Var, Var] | None:
    """a and b of E[aᵀv bᵀv] = …, for every a and b."""
    if not (fact.moment and isinstance(fact.before, Expect) and len(fact.before.measure) == 1):
        return None
    law = fact.before.measure[0]
    pair = [f for f in factors(fact.before.body) if isinstance(f, Inner)]
    if len(pair) != 2 or len(factors(fact.before.body)) != 2 or not isinstance(law, Apply):
        return None
    drawn = set(drawn_by(law))
    tests = [arg for one in pair for arg in one.args if isinstance(arg, Var) and arg not in drawn]
    if len(tests) != 2 or tests[0] is tests[1] or not set(tests) <= fact.every:
        return None
    return tests[0], tests[1]


def _squared_with(law: Apply, terms: Sequence[Expr]) -> Iterator[Expr]:
    """a of (aᵀv)² in averages over v from that law."""
    for average in (node for term in terms for node in term.atoms(Expect)):
        drawn = {
            v
            for one in average.measure
            if getattr(one, "head", None) is law.head
            for v in drawn_by(one)
        }
        for square in average.body.atoms(Inner):
            mine = [arg for arg in square.args if arg in drawn]
            rest = [arg for arg in square.args if not drawn & free_vars(arg)]
            if len(mine) == len(rest) == 1:
                yield rest[0]
