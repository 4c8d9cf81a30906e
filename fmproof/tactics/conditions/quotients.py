"""What a symbol divides, by the symbol: g = d·s, where s := g/d by definition.

So ∫‖g(x|z)‖ p(z) dz is finite where E‖s(x|z)‖² is, although only s is in a hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sympy import Basic, Expr

from fmproof.derived.ratios import cancel
from fmproof.kernel.equality import congruence, symmetry, transitivity, unfold
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.nodes import Apply, Field, Head, Ratio, Scalar
from fmproof.lang.scope import alpha_equal
from fmproof.tactics.matching import match
from fmproof.tactics.rewriting import Conversion, at, attempt


def divided_symbols(props: Iterable[Basic]) -> tuple[Head, ...]:
    """The fields and functions in ``props`` that are a symbol divided by another, by definition."""
    found: dict[Head, None] = {}
    for prop in props:
        for head in _heads(prop):
            if isinstance(head, Field | Scalar) and _quotient(head.definition) is not None:
                found[head] = None
    return tuple(found)


def by_quotient(head: Any) -> Conversion:
    """g at any arguments as d·s, for a head s := g/d."""
    numerator, _ = _quotient(head.definition) or (None, None)

    @at(Apply)
    def convert(term: Expr) -> Theorem | None:
        values = match(numerator, term)
        if values is None or not set(head.params) <= values.keys():
            return None
        short = Apply(head, *(values[var] for var in head.params))
        written = unfold(short)
        _, denominator = _quotient(written.rhs) or (None, None)
        if denominator is None:
            return None
        whole = mul(denominator, short)
        place = next(i for i, part in enumerate(whole.args) if alpha_equal(part, short))
        there = attempt(congruence, whole, {place: written})
        back = there and attempt(cancel, there.rhs)
        if there is None or back is None or not alpha_equal(back.rhs, term):
            return None
        return symmetry(transitivity(there, back))

    return convert


def _quotient(body: Any) -> tuple[Expr, Expr] | None:
    """``(g, d)`` of a product g·(1/d) of a symbol and a ratio."""
    if body is None:
        return None
    parts = factors(body)
    ratios = [i for i, part in enumerate(parts) if isinstance(part, Ratio)]
    if len(parts) != 2 or len(ratios) != 1:
        return None
    (other,) = without(parts, *ratios)
    one, denominator = parts[ratios[0]].args
    return (other, denominator) if one == 1 and isinstance(other, Apply) else None


def _heads(node: Basic) -> Iterator[Head]:
    if isinstance(node, Apply):
        yield node.head
    for part in node.args:
        yield from _heads(part)
