"""Shares of a whole: the weights π_k of a mixture, which are a density of their index.

Where they sum to one, Σ_k π_k p_k(x) is an average over k drawn from π, and a mixture is seen to be
a density. All sums over the same range are then over the values of k, as integrals over them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import head_of, key_of, spelled


def range_of(node: t.Series, indices: Mapping[str, t.Sym | None]) -> str | None:
    """What a sum runs through: its last index where it has one, else the letter that runs; None
    where its index is no letter."""
    if not isinstance(node.index, t.Sym):
        return None
    name = spelled(node.index)
    last = node.high if isinstance(node.high, t.Sym) else indices.get(name)
    return name if last is None else spelled(last)


def of_index(node: t.Node, index: str) -> bool:
    """Whether something is y_i, or y_i(x), one of several by its index alone."""
    return isinstance(node, t.Sym | t.Call) and [spelled(s) for s in head_of(node).sub] == [index]


def density_of_index(node: t.Sym | t.Call) -> t.Call:
    """π_k as π(k), and w_k(x) as w(k | x)."""
    head = head_of(node)
    given = (*node.args, *node.given, *node.after) if isinstance(node, t.Call) else ()
    return t.Call(node.at, replace(head, sub=()), head.sub, given)


def shares(
    equated: Iterable[tuple[t.Node, t.Node]],
    indices: Mapping[str, t.Sym | None],
    is_density: Callable[[str], bool],
) -> dict[str, str]:
    """The letters of shares, with what their index runs through.

    Σ_k π_k = 1 says so, and so does p(x) = Σ_k π_k p_k(x) with densities on both sides. What has a
    formula, w_k = 1/K, is no unknown share.
    """
    pairs = list(equated)
    defined = {
        key_of(head_of(left))
        for left, right in pairs
        if isinstance(left, t.Sym | t.Call) and head_of(left).sub and not isinstance(right, t.Num)
    }
    found: dict[str, str] = {}
    for left, right in pairs:
        for one, other in ((left, right), (right, left)):
            if not isinstance(one, t.Series) or one.kind != "sum":
                continue
            run = range_of(one, indices)
            share = _share_of(one, other, is_density)
            if run is not None and share is not None and key_of(head_of(share)) not in defined:
                found.setdefault(key_of(head_of(share)), run)
    return found


def says_what_is_shared(
    left: t.Node | None, right: t.Node | None, shared: Mapping[str, str]
) -> bool:
    """Whether a row says that shares sum to one, Σ_k π_k = 1, which is what makes them shares."""
    if not (isinstance(left, t.Series) and isinstance(right, t.Num) and right.value == 1):
        return False
    body = t.ungrouped(left.body)
    return (
        isinstance(body, t.Sym | t.Call)
        and of_index(body, _index(left))
        and key_of(head_of(body)) in shared
    )


def _share_of(
    total: t.Series, equal: t.Node, is_density: Callable[[str], bool]
) -> t.Sym | t.Call | None:
    """π_k of Σ_k π_k, where it is 1, and of Σ_k π_k p_k(x), where it is a density."""
    index = _index(total)
    body = t.ungrouped(total.body)
    if isinstance(equal, t.Num) and equal.value == 1:
        return body if isinstance(body, t.Sym | t.Call) and of_index(body, index) else None
    if not (isinstance(equal, t.Call) and is_density(key_of(equal.head))):
        return None
    factors = [t.ungrouped(f) for f in body.factors] if isinstance(body, t.Mul) else []
    share = [f for f in factors if isinstance(f, t.Sym) and of_index(f, index)]
    rest = [f for f in factors if f not in share]
    if len(share) != 1 or len(rest) != 1:
        return None
    part = rest[0]
    density = isinstance(part, t.Normal) or (
        isinstance(part, t.Call) and is_density(key_of(part.head))
    )
    return share[0] if density else None


def _index(node: t.Series) -> str:
    """The letter that runs; "" where it is no letter."""
    return spelled(node.index) if isinstance(node.index, t.Sym) else ""


def summed_values(
    roots: Iterable[t.Node],
    indices: Mapping[str, t.Sym | None],
    is_density: Callable[[str], bool],
) -> set[str]:
    """The ranges of sums over what densities are of: Σ_k p(k) p(x | k)."""
    found: set[str] = set()
    for root in roots:
        for node in t.walk(root):
            if not isinstance(node, t.Series) or node.kind != "sum":
                continue
            run = range_of(node, indices)
            calls = (
                n for n in t.walk(node.body) if isinstance(n, t.Call) and is_density(key_of(n.head))
            )
            if run is not None and any(_index(node) in map(spelled, call.args) for call in calls):
                found.add(run)
    return found
