"""Rows that could define a symbol, but say something of one that is known beside them."""

from __future__ import annotations

from fmproof.documents.items import Reading
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.chains import (
    is_at_a_time,
    is_closed_form,
    is_step,
    is_step_by_one,
)
from fmproof.reading.notation.elaborate import Candidate
from fmproof.reading.notation.symbols import head_of, key_of, spelled


def prefer_closed_forms(reading: Reading, chosen: dict[str, list[Candidate]]) -> None:
    """Where a document has a step of x_t and a closed form, x_t is what the closed form says."""
    left: t.Node | None = None
    for item in reading.items:
        left = item.left if item.left is not None else left
        if item.row.relation not in ("=", ":=") or item.restricted or item.denied:
            continue
        if not is_at_a_time(left) or item.right is None or not is_closed_form(left, item.right):
            continue
        known = chosen.get(key_of(left), [])
        same = [i for i, one in enumerate(known) if spelled(one.left) == spelled(left)]
        if len(same) != 1 or not is_step(known[same[0]].left, known[same[0]].right):
            continue
        steps = _first_step(reading, known[same[0]])
        closed = Candidate(left, item.right, item.row.at, item.place, True, steps=steps)
        known[same[0]] = closed
        if item.left is not None and not item.inline:
            item.candidate = closed


def _first_step(reading: Reading, step: Candidate) -> Candidate:
    """The recursion from x_{t-1}, where what was taken for it puts one step into the other."""
    rows = {id(item.candidate): item for item in reading.items if item.candidate is not None}
    taken = rows.get(id(step))
    for item in reading.items[: taken.index] if taken is not None else ():
        left, right = item.left, item.right
        if item.row.relation not in ("=", ":=") or item.denied or item.restricted:
            continue
        if left is None or right is None or spelled(left) != spelled(step.left):
            continue
        if is_step_by_one(left, right) and not is_step_by_one(step.left, step.right):
            taken.candidate = None  # type: ignore[union-attr]
            return Candidate(left, right, item.row.at, item.place, True)
    return step


def drop_solved(reading: Reading, chosen: dict[str, list[Candidate]]) -> None:
    """x_0 = (x_t − s ε)/a, where x_t = a x_0 + s ε is a definition: it says nothing new."""
    named = {
        spelled(one.left): one
        for options in chosen.values()
        for one in options
        if isinstance(one.left, t.Sym)
    }
    rows = {id(item.candidate): item for item in reading.items if item.candidate is not None}
    for item in rows.values():
        one = item.candidate
        if one is None or named.get(spelled(one.left)) is not one:
            continue
        for path in (named.get(spelled(n)) for n in t.walk(one.right) if isinstance(n, t.Sym)):
            made_of = path is not None and any(
                isinstance(n, t.Sym) and spelled(n) == spelled(one.left) for n in t.walk(path.right)
            )
            first = rows.get(id(path))
            if made_of and path is not None and (first is None or first.index < item.index):
                chosen[key_of(head_of(one.left))].remove(one)
                del named[spelled(one.left)]
                item.candidate = None
                break


def drop_short(reading: Reading, chosen: dict[str, list[Candidate]]) -> None:
    """μ_t = … behind μ_t(x, y) := …, of which the arguments are left out: it is a claim."""
    for item in reading.items:
        one = item.candidate
        if one is None or not isinstance(one.left, t.Sym) or item.row.relation != "=":
            continue
        known = chosen.get(key_of(one.left), [])
        long = [
            other
            for other in known
            if isinstance(other.left, t.Call) and spelled(other.left.head) == spelled(one.left)
        ]
        rows = [row.index for row in reading.items if any(row.candidate is c for c in long)]
        if one in known and rows and min(rows) < item.index:
            known.remove(one)
            item.candidate = None


def drop_values(reading: Reading, chosen: dict[str, list[Candidate]]) -> None:
    """ᾱ_1 = α_1, where ᾱ_t is a product up to t: it is a claim."""
    for item in reading.items:
        one = item.candidate
        if one is None or not isinstance(one.left, t.Sym) or not one.left.sub:
            continue
        known = chosen.get(key_of(one.left), [])
        product = any(isinstance(o.right, t.Series) and is_at_a_time(o.left) for o in known)
        if product and all(isinstance(s, t.Num) for s in one.left.sub) and one in known:
            known.remove(one)
            item.candidate = None
