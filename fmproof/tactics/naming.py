"""One printed name, one meaning: a reader must not be shown two things that look the same."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from sympy import Basic

from fmproof.errors import InputError
from fmproof.lang.arithmetic import Pow
from fmproof.lang.names import split_name
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Constant,
    Expect,
    Given,
    Head,
    Law,
    Lebesgue,
    Let,
    Named,
    Var,
    dim,
)
from fmproof.lang.nodes.heads import gaussian
from fmproof.lang.nodes.name import Label
from fmproof.lang.props import Almost, Dominated, Integrable
from fmproof.lang.scope import alpha_equal
from fmproof.lang.spelling.latex import latex
from fmproof.lang.spelling.text import draw_text, text


def check_names(owner: str, nodes: Iterable[Basic]) -> None:
    """Raise :class:`InputError` if two different things in ``nodes`` print the same.

    Definitions are looked into. The variables that a definition binds are its own affair.
    """
    nodes = list(nodes)
    symbols = list(_symbols(nodes))
    _check_symbols(owner, symbols)
    _check_subscripts(owner, [symbol for _, symbol in symbols])
    _check_parts(owner, nodes)


def _check_symbols(owner: str, symbols: Iterable[tuple[str, Basic]]) -> None:
    meaning: dict[str, Basic] = {}
    applied = {text(s) for _, s in symbols if isinstance(s, Head) and s.params}
    applied -= {text(gaussian)}  # N(x; m, v) looks like no product
    for key, symbol in symbols:
        if key in applied:  # f (x + y) is a product, f(x + y) a value
            raise InputError(
                f"{owner}: {key} stands for two things: {_describe(symbol)}, and a function or "
                f"density that is applied to arguments; give one of them another name"
            )
        other = meaning.setdefault(key, symbol)
        if not _same(other, symbol):
            first, second = _describe(other), _describe(symbol)
            if first == second:
                first, second = f"{first} over {_ranges(other)}", f"{second} over {_ranges(symbol)}"
            name = text(symbol) if isinstance(symbol, Var) else symbol.name
            raise InputError(
                f"{owner}: the name {name} stands for two things: {first}, and {second}"
            )


def _check_subscripts(owner: str, symbols: Iterable[Basic]) -> None:
    """No name has a subscript that looks like a dependence on a variable: L_θ, p_t, u_x."""
    variables = {text(symbol) for symbol in symbols if isinstance(symbol, Var)}
    for symbol in symbols:
        variables |= {text(v) for v in getattr(symbol, "params", ())}
    for symbol in symbols:
        _, subscript, _ = split_name(symbol.name)
        if subscript and not subscript.isdigit() and text(Label(subscript)) in variables:
            raise InputError(
                f"{owner}: the subscript of {text(symbol)} looks like the variable {subscript}, on "
                f"which it does not depend; give it another name, or declare the dependence with "
                f"sub="
            )


def _check_parts(owner: str, nodes: Iterable[Basic]) -> None:
    """No two parts of what is shown print alike, in the terminal or typeset, and differ."""
    meaning: dict[tuple[str, str], Basic] = {}
    for part, spell in _parts(nodes):
        written = re.sub(r"\{(.)\}", r"\1", spell(part))  # v^{2} and v^2 are typeset alike
        other = meaning.setdefault((spell.__name__, written), part)
        if other is not part and not alpha_equal(other, part):
            raise InputError(
                f"{owner}: {written} stands for two things in it, "
                f"{_meaning(other)} and {_meaning(part)}; rename one of the symbols"
            )


def _parts(nodes: Iterable[Basic]) -> Iterator[tuple[Basic, Callable[[Basic], str]]]:
    """Each part of each node with a way in which it is spelled."""
    seen: set[Basic] = set()  # what is equal prints alike
    waiting = deque(nodes)
    while waiting:
        node = waiting.popleft()
        if node in seen:
            continue
        seen.add(node)
        if isinstance(node, Expect | CondExpect | Integrable | Dominated | Almost):
            yield from ((item, draw_text) for item in node.measure)
        if not isinstance(
            node, Lebesgue | Let | Given
        ):  # its range stands at the sign of the integral
            yield node, text
        if isinstance(node, Apply | Var | Named | Pow):  # what is typeset by names and scripts
            yield node, latex
        if isinstance(node, Apply) and node.head.definition is not None:
            waiting.append(node.head.definition)
        waiting.extend(arg for arg in node.args if arg.args or isinstance(arg, Var | Constant))


def _meaning(part: Basic) -> str:
    """What tells a part apart from another that prints the same."""
    if isinstance(part, Apply):
        over = f" over {_ranges(part.head)}" if isinstance(part.head, Law) else ""
        return _describe(part.head) + over
    if isinstance(part, Var | Head | Named):
        return _describe(part)
    return f"a {type(part).__name__}"


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
        if isinstance(node, Named | Constant) or (isinstance(node, Var) and shown):
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
    if isinstance(symbol, Constant):
        return "the dimension" if symbol is dim else "the number π"
    definition = symbol.definition
    kind = "a constant" if isinstance(symbol, Named) else f"a {type(symbol).__name__.lower()}"
    return f"{kind} without a definition" if definition is None else f"{kind}, {text(definition)}"


def _ranges(symbol: Basic) -> str:
    if not isinstance(symbol, Law):
        return "other values"
    return ", ".join(f"[{item.low}, {item.high}]" for item in symbol.over)
