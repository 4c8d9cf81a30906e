"""Functions of the time that an equation defines, dv/dt = f(v, t) with v(0) = c, and rows behind it
that say what they are, v(t) = …: such a row claims that it solves the equation."""

from __future__ import annotations

from dataclasses import replace

from fmproof.documents.context import Context, report
from fmproof.documents.items import Item
from fmproof.documents.judge.claims import judge_claim
from fmproof.documents.model import RowReport
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import head_of, key_of


def judge_growth(context: Context, item: Item) -> RowReport | None:
    """A row that says how a function grows, or where it starts, whose closed form comes later.

    Whether the closed form fits is found here, and said there; None for other rows.
    """
    key = _grown(item) or _started(context, item)
    solution = _solution(context, item, key) if key else None
    if solution is None:
        return None
    chain = context.chain
    found = judge_claim(context, item, "=")
    if item.inline:
        context.chain = chain
    context.grown.setdefault(solution.index, []).append(found)
    context.growing.add(key)
    words = "how it grows" if _grown(item) else "where it starts"
    return report(item, "hypothesis", f"{words}: line {solution.place} says what it is")


def judge_solution(context: Context, item: Item, defined: RowReport) -> RowReport:
    """A closed form behind such equations: wrong if it breaks one, proved if it keeps all of them
    and the start is among them; else it says what the function is, as other definitions do."""
    found = context.grown.get(item.index, [])
    if defined.verdict != "definition" or not found:
        return defined
    broken = next((one for one in found if one.verdict == "refuted"), None)
    if broken is not None:
        words = f"with it the equation in line {broken.line} does not hold"
        return replace(
            defined,
            verdict="refuted",
            message=words,
            reading=broken.reading,
            numeric=broken.numeric,
        )
    if len(found) < 2 or any(one.verdict != "proved" for one in found):
        return defined
    return replace(
        defined,
        verdict="proved",
        by=tuple(dict.fromkeys(by for one in found for by in one.by)),
        needs=tuple(dict.fromkeys(need for one in found for need in one.needs)),
        message="it solves the equation in line " + found[0].line,
    )


def _grown(item: Item) -> str:
    """The key of the v of a displayed row dv/dt = f(v, t), v' = …, by its form; or ""."""
    if item.inline or item.left is None or item.right is None or item.row.left is None:
        return ""
    left = t.ungrouped(item.left)
    if isinstance(left, t.Derivative) and left.kind == "total":
        body = t.ungrouped(left.body)
    elif isinstance(left, t.Sym | t.Call):
        head = head_of(left)
        if head.primes == 1:
            undone = replace(head, primes=0)
        elif head.accents[-1:] == ("dot",):
            undone = replace(head, accents=head.accents[:-1])
        else:
            return ""
        body = undone if isinstance(left, t.Sym) else replace(left, head=undone)
    else:
        return ""
    if not isinstance(body, t.Sym | t.Call):
        return ""
    key = key_of(head_of(body))
    places = [arg for n in t.walk(item.right) if isinstance(n, t.Call) for arg in n.args]
    if any(_has(place, key) for place in places):
        return ""  # dx/dt = u(x, t) says how a point moves
    return key if _has(item.right, key) else ""


def _has(node: t.Node, key: str) -> bool:
    return any(isinstance(n, t.Sym) and key_of(n) == key for n in t.walk(node))


def _started(context: Context, item: Item) -> str:
    """The key of the v of v(0) = c, or v_0 = c, of a v that grows; or ""."""
    left = item.left
    if not isinstance(left, t.Sym | t.Call) or item.right is None or item.candidate is not None:
        return ""
    key = key_of(head_of(left))
    places = left.args if isinstance(left, t.Call) else left.sub
    at_a_time = len(places) == 1 and isinstance(places[0], t.Num)
    return key if at_a_time and key in context.growing else ""


def _solution(context: Context, item: Item, key: str) -> Item | None:
    """The displayed row behind ``item`` that defines the function, where it is the only one."""
    known = context.elab.candidates.get(key, ())
    if len(known) != 1 or _is_drawn(context, known[0].left):
        return None
    rows = context.reading.items[item.index + 1 :]
    found = next((other for other in rows if other.candidate is known[0]), None)
    return None if found is None or found.inline or found.row.relation != "=" else found


def _is_drawn(context: Context, left: t.Node) -> bool:
    """Whether it is a path, which has random values."""
    return isinstance(left, t.Sym) and context.elab.path(left) is not None
