"""Other times: x_{t-1} by the recursion of x_t, ᾱ_t = ∏ α_s by its factors."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sympy import Expr, S

from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import times_of
from fmproof.lang.node import sort_of
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.definitions import Candidate
from fmproof.reading.notation.lacking import (
    NotYet,
)
from fmproof.reading.notation.symbols import key_of, readable, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


def at_another_time(elab: Elaborator, node: t.Sym) -> Expr | None:
    """α_{t-1}, α_s or α, where the document defines α_t: the definition at that time."""
    for candidate in elab.candidates.get(key_of(node), ()):
        left = candidate.left
        if not isinstance(left, t.Sym) or not left.sub or candidate.state in ("refused", "working"):
            continue
        if left.sup != node.sup or len(node.sub) not in (0, len(left.sub)):
            continue
        if not node.sub and key_of(node) in elab.evidence.apart:
            continue  # α and α_t are two things
        if not all(isinstance(s, t.Sym) and elab.is_time(spelled(s)) for s in left.sub):
            continue
        if any(isinstance(n, t.Sym) and key_of(n) == key_of(left) for n in t.walk(candidate.right)):
            continue  # a recursion
        times = dict(zip(map(spelled, left.sub), node.sub or left.sub, strict=True))
        state, candidate.state = candidate.state, "working"
        saved, elab.bound = elab.bound, []
        try:
            body = elab.term(at_times(candidate.right, times))
        except (NotYet, SortError, FmproofError):
            continue
        finally:
            candidate.state, elab.bound = state, saved
        if sort_of(body) is Sort.REAL:
            if not node.sub:
                short = f"short for {readable(key_of(left))} with a time"
                elab.note(spelled(node), short, "it is defined so", node.at, True)
            return body
    return None


def earlier_step(elab: Elaborator, node: t.Sym) -> tuple[Expr, str] | None:
    """x_{t-1} by the recursion of x_t, one step before, and where the document says that."""
    if len(node.sub) != 1 or not isinstance(node.sub[0], t.Add):
        return None
    for one in elab.candidates.get(key_of(node), ()):
        candidate = one.steps or one
        left = candidate.left
        if not isinstance(left, t.Sym) or len(left.sub) != 1 or candidate.state == "refused":
            continue
        (time,) = left.sub
        if not isinstance(time, t.Sym) or not elab.is_time(spelled(time)):
            continue
        try:
            body = elab.term(at_times(candidate.right, {spelled(time): node.sub[0]}))
        except (NotYet, SortError, FmproofError):
            continue
        if sort_of(body) is Sort.VEC and elab.variables.get(spelled(node)) not in free_vars(body):
            return body, candidate.place
    return None


def at_times(node: t.Node, times: dict[str, t.Node]) -> t.Node:
    """``node`` at other times: what is written at t stands at t − 1."""

    def visit(one: Any, script: bool = False) -> Any:
        if isinstance(one, tuple):
            return tuple(visit(part, script) for part in one)
        if isinstance(one, t.Sym) and spelled(one) in times:
            time = times[spelled(one)]
            return time if script or isinstance(time, t.Sym | t.Num) else t.Bracketed(time.at, time)
        if isinstance(one, t.Node):
            changed = {f.name: visit(getattr(one, f.name), f.name == "sub") for f in fields(one)}
            made = replace(one, **changed)
            return _counted(made) if script and isinstance(made, t.Add) else made
        return one

    made: t.Node = visit(node)
    return made


def _counted(time: t.Add) -> t.Node:
    """t − 1 − 1 as t − 2."""
    parts: list[tuple[int, t.Node]] = []
    for sign, part in time.parts:
        bare = t.ungrouped(part)
        inner = bare.parts if isinstance(bare, t.Add) else ((1, bare),)
        parts += [(sign * own, one) for own, one in inner]
    numbers = sum((sign * p.value for sign, p in parts if isinstance(p, t.Num)), Fraction(0))
    others = [(sign, p) for sign, p in parts if not isinstance(p, t.Num)]
    if numbers:
        others.append((1 if numbers > 0 else -1, t.Num(time.at, abs(numbers))))
    one_letter = len(others) == 1 and others[0][0] == 1
    return others[0][1] if one_letter else t.Add(time.at, tuple(others))


def running_product(elab: Elaborator, node: t.Sym) -> Expr | None:
    """ᾱ_t = ∏_{s ≤ t} α_s as α_t ᾱ_{t-1}, in a document that has ᾱ_{t-1}, too, or one before it;
    ᾱ_2 as α_1 α_2."""
    product = _product_of(elab, node)
    if product is None:
        return None
    (time,) = node.sub
    if isinstance(time, t.Num):
        return _few_factors(elab, product, time)
    letter, steps = _counted_from(time)
    there = [
        _counted_from(one.sub[0])
        for one in elab.evidence.spellings.values()
        if key_of(one) == key_of(node) and len(one.sub) == 1
    ]
    unrolled = letter == elab.unrolled and steps == 0
    known = any(name == letter and count < steps for name, count in there)
    if not letter or not (known or unrolled):
        return None
    before = t.Add(node.at, ((1, time), (-1, t.Num(node.at, Fraction(1)))))
    factor = _factor(elab, product, time)
    if sort_of(factor) is not Sort.REAL:
        return None
    product.state = "used"
    why = "it is the product of them"
    elab.note(spelled(node), "the last factor times the product before it", why, node.at, True)
    return times_of(factor, elab.term(replace(node, sub=(_counted(before),))))


def function_of_products(elab: Elaborator, node: t.Call) -> Expr | None:
    """SNR(t − 1) of SNR(t) = ᾱ_t/(1 − ᾱ_t), where ᾱ_t is taken apart: by its formula at t − 1, in
    which ᾱ_{t-1} stands whole."""
    if len(node.args) != 1 or node.given or node.after or node.head.sub:
        return None
    letter, steps = _counted_from(node.args[0])
    if not letter or not steps or not elab.is_time(letter):
        return None
    for candidate in elab.candidates.get(key_of(node.head), ()):
        left = candidate.left
        if not isinstance(left, t.Call) or left.head.sub or candidate.state == "refused":
            continue
        if len(left.args) != 1 or not isinstance(left.args[0], t.Sym):
            continue
        inside = [n for n in t.walk(candidate.right) if isinstance(n, t.Sym)]
        if any(_product_of(elab, n) is not None for n in inside):
            return elab.term(at_times(candidate.right, {spelled(left.args[0]): node.args[0]}))
    return None


def _product_of(elab: Elaborator, node: t.Sym) -> Candidate | None:
    """The row that says that ᾱ_t is ∏_{s=1}^t α_s."""
    if len(node.sub) != 1:
        return None
    for candidate in elab.candidates.get(key_of(node), ()):
        left, right = candidate.left, candidate.right
        if not (isinstance(left, t.Sym) and isinstance(right, t.Series) and len(left.sub) == 1):
            continue
        counted = isinstance(right.low, t.Num) and isinstance(right.index, t.Sym)
        if not (right.kind == "product" and counted) or right.high is None:
            continue
        if spelled(right.high) == spelled(left.sub[0]):
            return candidate
    return None


def _factor(elab: Elaborator, product: Candidate, time: t.Node) -> Expr:
    """The factor α_s of a product at a time."""
    series = product.right
    assert isinstance(series, t.Series)
    assert isinstance(series.index, t.Sym)
    return elab.term(at_times(series.body, {spelled(series.index): time}))


_FEW = 4
"""Products of so many factors are written out."""


def _few_factors(elab: Elaborator, product: Candidate, last: t.Num) -> Expr:
    """ᾱ_2 as α_1 α_2, ᾱ_0 as 1."""
    low = product.right.low.value  # type: ignore[attr-defined]
    count = last.value - low + 1
    if count.denominator != 1 or not 0 <= count <= _FEW:
        raise NotYet("a product of so many factors", last.at)
    product.state = "used"
    places = (t.Num(last.at, low + i) for i in range(int(count)))
    return times_of(S.One, *(_factor(elab, product, place) for place in places))


def _counted_from(time: t.Node) -> tuple[str, Fraction]:
    """(t, −1) of t − 1; ("", 0) of what is not so counted."""
    if isinstance(time, t.Sym):
        return spelled(time), Fraction(0)
    parts = time.parts if isinstance(time, t.Add) else ()
    letters = [part for sign, part in parts if sign > 0 and isinstance(part, t.Sym)]
    numbers = [sign * part.value for sign, part in parts if isinstance(part, t.Num)]
    if len(letters) != 1 or len(letters) + len(numbers) != len(parts):
        return "", Fraction(0)
    return spelled(letters[0]), sum(numbers, Fraction(0))
