r"""Breaking long formulas where a person would break them.

A person breaks before a relation, then before a plus or minus outside all brackets, then before
one inside, after the opening of an expectation only when needed, and between factors last.
Widths are estimated, in em of the formula's own size, so that every renderer breaks alike and
none has to run TeX.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

_TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|\s+|:=|.", re.DOTALL)
_OPEN = frozenset(("(", "[", r"\lVert", r"\lvert"))
_CLOSE = frozenset((")", "]", r"\rVert", r"\rvert"))
_RELATIONS = frozenset(("=", ":=", "<", r"\le", r"\ge", r"\Rightarrow", r"\quad"))
_OPENING, _IN_NORM, _FACTOR = 50, 60, 100
_WIDOW = 4.0  #: a last line narrower than this, in em, is given company
_TIGHT = 1.05  #: how far a line may go beyond its room to spare a bracket


@dataclass(frozen=True)
class Break:
    """A place where a formula may be broken; the smaller the cost, the sooner it is."""

    at: int  #: index into the tokens
    depth: int  #: how many brackets are open there
    cost: int


@dataclass(frozen=True)
class BrokenLine:
    """A line of a broken formula, indented by that many quads."""

    latex: str
    indent: int


def lines(latex: str, room: float) -> tuple[BrokenLine, ...]:
    """``latex`` broken into lines of at most ``room`` em, as far as that is possible."""
    tokens = tokenised(latex)
    places = [Break(0, 0, 0), *_breaks(tokens)]
    ends = [p.at for p in places[1:]] + [len(tokens)]
    # Width is additive between breaks, so a running sum gives that of every candidate.
    reach = [
        0.0,
        *accumulate(_width(tokens[p.at : end]) for p, end in zip(places, ends, strict=True)),
    ]
    found: list[BrokenLine] = []
    here = 0
    while here < len(places):
        start = places[here]
        indent = 1 + start.depth if here else 0
        after = _next(places, reach, here, room - indent)
        prefix = r"\times " if start.cost >= _FACTOR else ""
        line = _join(tokens[start.at : ends[after - 1]]).removesuffix(r" \,")
        found.append(BrokenLine(prefix + (line if here else _signed(line)), indent))
        here = after
    return tuple(found)


def _signed(latex: str) -> str:
    """A formula that may stand after an empty group: a minus that begins it stays a sign."""
    return "{-}" + latex[1:] if latex.startswith("-") else latex


def _next(places: list[Break], reach: list[float], here: int, free: float) -> int:
    """Where the line that starts at ``here`` should end: the cheapest break that fits."""
    if reach[-1] - reach[here] <= free:
        return len(places)
    last = here + 1
    while last < len(places) - 1 and reach[last + 1] - reach[here] <= free:
        last += 1
    if last == len(places):
        return last
    candidates = range(here + 1, last + 1)
    in_company = [i for i in candidates if reach[-1] - reach[i] >= _WIDOW]
    best = min(in_company or candidates, key=lambda i: (places[i].cost, -i))
    # A little too wide (LaTeX makes it smaller) is better than a bracket opened at a line's end.
    tight = places[best].cost >= _OPENING and reach[-1] - reach[here] <= _TIGHT * free
    return len(places) if tight else best


_NARROW = 15.0  #: em of a piece that may also be broken between factors
_PHONE = 20.0  #: em of a line on a phone, in which every place will do


def breakable_pieces(latex: str) -> tuple[str, ...]:
    """The pieces of a formula between which a narrow page may break it."""
    tokens = tokenised(latex)
    return tuple(_join(tokens[a:b]) for a, b in piece_bounds(tokens))


@lru_cache(maxsize=20_000)
def piece_bounds(tokens: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Where those pieces begin and end: at relations and signs, two brackets deep at most.

    A piece that is wide even so comes apart between factors, and then wherever it can.
    """
    breaks = _breaks(tokens)
    cuts = [p.at for p in breaks if p.cost < _OPENING and p.depth <= 2]
    found = tuple((a, b) for a, b in pairwise([0, *cuts, len(tokens)]) if a < b)
    for wide, more in (
        (_NARROW, [p.at for p in breaks if p.cost >= _FACTOR]),
        (_PHONE, [p.at for p in breaks]),
    ):
        found = tuple(
            bounds
            for start, end in found
            for bounds in (
                pairwise([start, *(at for at in more if start < at < end), end])
                if _width(tokens[start:end]) > wide
                else [(start, end)]
            )
        )
    return found


def formula_width(latex: str) -> float:
    """The estimated width of a formula in display style, in em."""
    return _width(tokenised(latex))


def tokenised(latex: str) -> tuple[str, ...]:
    """The commands, letters and spaces of a formula."""
    return tuple(_TOKEN.findall(latex.strip()))


def _join(tokens: tuple[str, ...]) -> str:
    return "".join(tokens).strip()


@lru_cache(maxsize=20_000)
def _breaks(tokens: tuple[str, ...]) -> list[Break]:
    found = []
    braces = depth = norms = 0
    for i, token in enumerate(tokens):
        if token in "{}":
            braces += 1 if token == "{" else -1
        elif braces:
            continue
        elif token in _OPEN:
            depth += 1
            norms += token == r"\lVert"
            if i > 1 and tokens[i - 1] in _SIZED and tokens[i - 2] == "}":
                found.append(Break(i + 1, depth, _OPENING + depth))
        elif token in _CLOSE:
            depth -= 1
            norms -= token == r"\rVert"
        elif i == 0:
            continue
        elif token in _RELATIONS or (token == r"\text" and _begins_words(tokens, i)):
            found.append(Break(i, depth, depth))
        elif tokens[i : i + 3] == (r"\text", "{", ","):
            found.append(Break(tokens.index("}", i) + 1, depth, 2 + depth))
        elif token == "," and not depth and tokens[i + 1 : i + 2] == (" ",):
            found.append(Break(i + 1, depth, 3))  # between draws
        elif token in "+-" and tokens[i - 1].isspace() and not _is_sign(tokens, i):
            found.append(Break(i, depth, 1 + depth + (_IN_NORM if norms else 0)))
        elif token == r"\," and tokens[i - 1].isspace() and tokens[i + 1].isspace():
            found.append(Break(i + 2, depth, _FACTOR + depth))
    return found


def _begins_words(tokens: tuple[str, ...], at: int) -> bool:
    """Whether words begin at ``at`` that say something of the formula before them."""
    follows_words = tokens[at - 2 : at] == ("}", " ")
    begun = "".join(tokens[at + 1 : at + 3])
    return not follows_words and tokens[at - 1] not in _RELATIONS and begun == "{ "


def _is_sign(tokens: tuple[str, ...], at: int) -> bool:
    """Whether the plus or minus at ``at``, after a space, is a sign and not an operation."""
    return at == 1 or tokens[at - 2] in _OPEN | _RELATIONS


# Widths of Latin Modern's glyphs at 10 pt, rounded up, in em.
_WIDTHS = (
    dict.fromkeys("abcdefghijklmnopqrstuvwxyz0123456789", 0.53)
    | dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0.75)
    | dict.fromkeys("()", 0.39)
    | {"[": 0.28, "]": 0.28, ",": 0.45, "'": 0.25, "m": 0.88, "w": 0.72, "|": 0.28}
    | {r"\lVert": 0.5, r"\rVert": 0.5, r"\lvert": 0.28, r"\rvert": 0.28, r"\infty": 1.0}
    | {r"\,": 0.17, r"\!": -0.17, r"\;": 0.28, r"\quad": 1.0, r"\int": 1.05, r"\cdot": 0.28}
    | {":=": 1.06, r"\nabla": 0.83, r"\mapsto": 1.0, r"\Rightarrow": 1.0, r"\mid": 0.28}
    | dict.fromkeys((r"\top", r"\sim", r"\times", "=", "<", r"\le", r"\ge", "+", "-"), 0.78)
)
_SPACE = (  # on both sides together, which is left out in scripts
    dict.fromkeys(
        ("=", ":=", "<", r"\le", r"\ge", r"\sim", r"\mid", r"\mapsto", r"\Rightarrow"), 0.56
    )
    | dict.fromkeys(("+", "-", r"\times"), 0.45)
)
_SCRIPT = 0.73  #: size of a script
_LETTER, _WORD_SPACE = 0.47, 0.34  #: of words, on average
_SIZED = frozenset(f"\\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in "lr")
_SILENT = _SIZED | {r"\mathrm", r"\mathcal", r"\mathbb", r"\operatorname*", "{", "}"}


@lru_cache(maxsize=100_000)
def _width(tokens: tuple[str, ...], in_script: bool = False) -> float:
    total, i = 0.0, 0
    below = above = 0.0  # scripts of the symbol before, which stand on top of each other
    while i < len(tokens):
        token = tokens[i]
        if token in ("_", "^"):
            inside, i = _argument(tokens, i + 1)
            script = (1 if in_script else _SCRIPT) * _width(inside, True)
            below, above = (script, above) if token == "_" else (below, script)
            continue
        total, below, above = total + max(below, above), 0.0, 0.0
        i += 1
        if token == r"\text":
            words, i = _argument(tokens, i)
            total += sum(_WORD_SPACE if word.isspace() else _LETTER for word in words)
        elif token in (r"\frac", r"\dfrac"):
            top, i = _argument(tokens, i)
            bottom, i = _argument(tokens, i)
            total += 0.3 + max(_width(top, in_script), _width(bottom, in_script))
        elif token == r"\tfrac":
            top, i = _argument(tokens, i)
            bottom, i = _argument(tokens, i)
            total += 0.3 + _SCRIPT * max(_width(top, True), _width(bottom, True))
        elif not token.isspace() and token not in _SILENT:
            total += _WIDTHS.get(token, 0.65) + (0 if in_script else _SPACE.get(token, 0))
            if i > 1 and tokens[i - 2] in _SIZED:
                total += 0.2
    return total + max(below, above)


def _argument(tokens: tuple[str, ...], i: int) -> tuple[tuple[str, ...], int]:
    """The token or braced group at ``i``, and where it ends."""
    while i < len(tokens) and tokens[i].isspace():
        i += 1
    if i >= len(tokens) or tokens[i] != "{":
        return tokens[i : i + 1], i + 1
    depth, start = 0, i
    while i < len(tokens):
        depth += {"{": 1, "}": -1}.get(tokens[i], 0)
        i += 1
        if not depth:
            break
    return tokens[start + 1 : i - 1], i
