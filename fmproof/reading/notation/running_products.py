"""Running products, ᾱ_t = Π_{s=1}^t α_s or ᾱ_t = α_1 α_2 ⋯ α_t: each is the one before times α_t.

The language has no product over a moving range. What documents use of one is this step.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import spelled

_ONE = Fraction(1)


def as_step(left: t.Node, right: t.Node) -> t.Node | None:
    """α_t ᾱ_{t-1}, where ``left = right`` says that ᾱ_t is such a product."""
    if not (isinstance(left, t.Sym) and len(left.sub) == 1 and isinstance(left.sub[0], t.Sym)):
        return None
    last = _last_factor(right, left.sub[0])
    if last is None:
        return None
    one = t.Num(left.at, _ONE)
    before = replace(left, sub=(t.Add(left.at, ((1, left.sub[0]), (-1, one))),))
    return t.Mul(left.at, (last, before), ("",))


def _last_factor(right: t.Node, end: t.Sym) -> t.Node | None:
    """α_t of Π_{s=1}^t α_s and of α_1 ⋯ α_t."""
    right = t.ungrouped(right)
    if isinstance(right, t.Series):
        index, high = right.index, right.high
        if right.kind != "product" or not isinstance(index, t.Sym) or high is None:
            return None
        if spelled(high) != spelled(end) or spelled(index) == spelled(end):
            return None
        name = spelled(index)
        return t.with_instead(
            t.ungrouped(right.body), lambda n: end if spelled(n) == name else None
        )
    factors = right.factors if isinstance(right, t.Mul) and not any(right.ops) else ()
    numbers = [f for f in factors if isinstance(f, t.Sym) and len(f.sub) == 1]
    middle = [f for f in factors if isinstance(f, t.Dots)]
    if len(middle) != 1 or len(numbers) != len(factors) - 1 or len(numbers) < 2:
        return None
    first, last = numbers[0], numbers[-1]
    alike = all(spelled(replace(f, sub=())) == spelled(replace(last, sub=())) for f in numbers)
    runs = isinstance(first.sub[0], t.Num) and spelled(last.sub[0]) == spelled(end)
    return last if alike and runs and factors[-1] is last else None
