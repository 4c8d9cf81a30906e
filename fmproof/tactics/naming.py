"""One printed name, one meaning: a reader must not be shown two symbols that look the same."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from sympy import Basic

from fmproof.errors import InputError
from fmproof.lang.heads import Density, Head
from fmproof.lang.scope import alpha_equal
from fmproof.lang.terms import Apply, Named, Var
from fmproof.lang.text import text


def check_names(owner: str, nodes: Iterable[Basic]) -> None:
    """Raise :class:`InputError` if two different things in ``nodes`` print the same.

    Definitions are looked into. The variables that a definition binds are its own affair.
    """
    meaning: dict[str, Basic] = {}
    for key, symbol in _symbols(nodes):
        other = meaning.setdefault(key, symbol)
        if not _same(other, symbol):
            first, second = _describe(other), _describe(symbol)
            if first == second:
                first, second = f"{first} over {_ranges(other)}", f"{second} over {_ranges(symbol)}"
            name = text(symbol) if isinstance(symbol, Var) else symbol.name
            raise InputError(
                f"{owner}: the name {name} stands for two things: {first}, and {second}"
            )


def _symbols(nodes: Iterable[Basic]) -> Iterator[tuple[str, Basic]]:
    """Each symbol in ``nodes`` once, under what a reader sees of it."""
    waiting = deque((node, True) for node in nodes)
    seen = set()
    while waiting:
        item = waiting.popleft()
        if item in seen:
            continue
        seen.add(item)
        node, shown = item
        if isinstance(node, Named) or (isinstance(node, Var) and shown):
            yield text(node), node
        if isinstance(node, Apply):
            yield _shape(node.head), node.head
            if node.head.definition is not None:
                waiting.append((node.head.definition, False))
        waiting.extend((arg, shown) for arg in node.args)


def _shape(head: Head) -> str:
    """The printed name with the number and the sorts of the arguments in each place."""
    groups = (head.sub, head.sup, head.main, head.given)
    places = ";".join(",".join(v.sort.value for v in group) for group in groups)
    return f"{text(head)}({places})" if head.params else text(head)


def _same(a: Basic, b: Basic) -> bool:
    return a == b or (isinstance(a, Named) and isinstance(b, Named) and alpha_equal(a, b))


def _describe(symbol: Basic) -> str:
    if isinstance(symbol, Var):
        return f"a {symbol.sort.value}"
    definition = symbol.definition
    kind = "a constant" if isinstance(symbol, Named) else f"a {type(symbol).__name__.lower()}"
    return f"{kind} without a definition" if definition is None else f"{kind}, {text(definition)}"


def _ranges(symbol: Basic) -> str:
    if not isinstance(symbol, Density):
        return "other values"
    return ", ".join(f"[{item.low}, {item.high}]" for item in symbol.over)
