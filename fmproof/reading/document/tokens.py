r"""LaTeX to tokens with places, and the macros of a document expanded.

A token that a macro puts there stands at the place of the macro, so that every message points at
what the author wrote. Expansion is bounded: a macro that never ends is an error, not a hang.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_EXPANSIONS = 20_000
"""Macro calls in one formula."""
MAX_TOKENS = 200_000
"""Tokens of one formula after expansion."""
MAX_MACROS = 5_000
MAX_DEPTH = 200
"""How deeply braces may be nested."""

_WHOLE = r"(?:(?<![\d_^])\d{1,3}(?:\\,\d{3})+(?!\d)|\d+)"  # 10\,000 is one number
_PLACES = r"(?:\.\d+|\{,\}(?!\d{3}(?!\d))\d+)"  # 0{,}5 is 0.5; 10{,}000 has two meanings
_TOKEN = re.compile(rf"\\[A-Za-z@]+\*?|\\.|{_WHOLE}{_PLACES}?|\s+|.", re.DOTALL)
_TEXT = (
    "\\text",
    "\\textrm",
    "\\textit",
    "\\textbf",
    "\\textsf",
    "\\mbox",
    "\\textnormal",
    "\\hbox",
)


class Unreadable(Exception):
    """A piece of mathematics that cannot be read, with its offset."""

    def __init__(self, problem: str, at: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.at = at


class Token(NamedTuple):
    """What stands at an offset; ``words`` of a text command, ``end`` behind it in the source.

    ``glued``: no blank stands before it in the source; ``spaced``: a space that shows, such as
    ``\\,``, stands before it.
    """

    text: str
    at: int
    words: str = ""
    end: int = 0
    glued: bool = False
    spaced: bool = False


@dataclass(frozen=True)
class Macro:
    """``\newcommand``: how many arguments, a default for the first, what it stands for."""

    arguments: int
    default: tuple[Token, ...] | None
    body: tuple[Token, ...]


@dataclass
class Macros:
    """The macros of a document, in the order of their definitions.

    Attributes:
        unclear: those that the text defines in two ways. Which one a formula means depends on
            its place and its groups, so the formula is not read.
    """

    known: dict[str, Macro] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)
    _written: dict[str, set[str]] = field(default_factory=dict)

    def learn(self, latex: str, before_the_text: bool = False) -> None:
        """All definitions in ``latex``; what is malformed is passed over.

        Args:
            before_the_text: in a preamble the last definition is the one that counts.
        """
        spans = definition_spans(latex)
        for found, (_, stop) in zip(_DEFINITION.finditer(latex), spans, strict=True):
            if len(self.known) >= MAX_MACROS:
                return
            name = found.group(2) or found.group(3)
            before = self._written.setdefault(name, set())
            written = "".join(latex[found.end() : stop].split())
            if written in before or (found.group(1) == "providecommand" and name in self.known):
                continue
            if before and not before_the_text:
                self.unclear.add(name)
            before.add(written)
            self._one(latex, found)

    def _one(self, latex: str, found: re.Match[str]) -> None:
        kind, name = found.group(1), found.group(2) or found.group(3)
        at = found.end()
        if kind == "let":
            target = re.compile(r"\s*=?\s*(\\[A-Za-z]+|\\.)").match(latex, at)
            if target is not None and target.group(1) != name:
                other = self.known.get(target.group(1))
                self.known[name] = other or Macro(0, None, tuple(tokens(target.group(1))))
            return
        if kind in _PAIRED or kind.endswith("DocumentCommand"):
            made = _paired(kind, latex, at) if kind in _PAIRED else _with_signature(latex, at)
            if made is not None:
                self.known[name] = made
                self.known.setdefault(name + "*", made)
            return
        count, default = 0, None
        if kind == "def":
            places = re.compile(r"\s*((?:#\d)*)\s*").match(latex, at)
            count = len(places.group(1)) // 2 if places else 0
            at = places.end() if places else at
        elif "Operator" not in kind:
            number = re.compile(r"\s*\[(\d)\]").match(latex, at)
            if number is not None:
                count, at = int(number.group(1)), number.end()
                option = re.compile(r"\s*\[([^\[\]]*)\]").match(latex, at)
                if option is not None:
                    default, at = tuple(tokens(option.group(1))), option.end()
        body = _braced(latex, at)
        if body is None:
            return
        if "Operator" in kind:
            body = rf"\operatorname{{{body}}}"
        self.known[name] = Macro(count, default, tuple(tokens(body)))


_DEFINITION = re.compile(
    r"\\(newcommand|renewcommand|providecommand|def|gdef|let|DeclareMathOperator|"
    r"DeclarePairedDelimiterXPP|DeclarePairedDelimiterX|DeclarePairedDelimiter|"
    r"DeclareRobustCommand|(?:New|Renew|Provide|Declare)DocumentCommand)\*?\s*"
    r"(?:\{\s*(\\[A-Za-z]+|\\.)\s*\}|(\\[A-Za-z]+|\\.))"
)
_PAIRED = {
    "DeclarePairedDelimiter": 2,
    "DeclarePairedDelimiterX": 3,
    "DeclarePairedDelimiterXPP": 5,
}
"""How many braced groups follow the name."""
_SIZE = re.compile(r"\s*(?:\[\s*(\d)?\s*\])?")


def _groups(latex: str, at: int, count: int) -> tuple[list[str], int] | None:
    """What stands in the next ``count`` pairs of braces, and where the last one ends."""
    found: list[str] = []
    for _ in range(count):
        at += len(latex[at:]) - len(latex[at:].lstrip())
        stop = _closing(latex, at)
        if stop is None:
            return None
        found.append(latex[at + 1 : stop - 1])
        at = stop
    return found, at


def _paired(kind: str, latex: str, at: int) -> Macro | None:
    """``\\norm[\\big]{x}`` of mathtools: delimiters whose size an option may give, which is left
    out here, around what is inside."""
    size = _SIZE.match(latex, at)
    groups = _groups(latex, size.end() if size else at, _PAIRED[kind])
    if groups is None:
        return None
    found = groups[0]
    if len(found) < 5:  # nothing in front of the delimiters, and nothing behind them
        found = ["", *found[:2], "", found[2] if len(found) > 2 else "#1"]
    before, left, right, behind, body = found
    count = int(size.group(1)) if size and size.group(1) else 1
    later = re.sub(r"#(\d)", lambda place: f"#{int(place.group(1)) + 1}", body)
    later = later.replace(r"\delimsize", r"\middle")
    written = rf"{before}\left{left} {later} \right{right}{behind}"
    return Macro(count + 1, (), tuple(tokens(written)))


def _with_signature(latex: str, at: int) -> Macro | None:
    """``\\NewDocumentCommand{\\E}{m}{…}``: arguments in braces, the first of them an option."""
    groups = _groups(latex, at, 2)
    if groups is None:
        return None
    signature, body = groups[0]
    found = re.fullmatch(r"\s*(?:(o)|O\s*\{([^{}]*)\})?((?:\s*m)*)\s*", signature)
    if found is None:
        return None
    option = "" if found.group(1) else found.group(2)
    count = found.group(3).count("m") + (option is not None)
    return Macro(count, None if option is None else tuple(tokens(option)), tuple(tokens(body)))


def definition_spans(latex: str) -> list[tuple[int, int]]:
    """Where ``latex`` defines macros: those stretches are no formulas."""
    spans = []
    for found in _DEFINITION.finditer(latex):
        at = found.end()
        skip = re.compile(r"\s*(?:\[[^\[\]]*\]\s*)*(?:#\d)*").match(latex, at)
        at = skip.end() if skip else at
        if found.group(1) == "let":
            target = re.compile(r"\s*=?\s*(?:\\[A-Za-z]+|\\.)").match(latex, at)
            spans.append((found.start(), target.end() if target else at))
            continue
        more = 2 if found.group(1).endswith("DocumentCommand") else _PAIRED.get(found.group(1), 0)
        groups = _groups(latex, at, more) if more else None
        if groups is not None:
            spans.append((found.start(), groups[1]))
            continue
        end = _closing(latex, at)
        spans.append((found.start(), end if end is not None else at))
    return spans


def _closing(latex: str, at: int) -> int | None:
    if at >= len(latex) or latex[at] != "{":
        return None
    depth = 0
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(latex, at):
        depth += {"{": 1, "}": -1}.get(found.group(0), 0)
        if depth == 0:
            return found.end()
    return None


def _braced(latex: str, at: int) -> str | None:
    while at < len(latex) and latex[at] in " \t\n":
        at += 1
    if at < len(latex) and latex[at] == "\\":
        found = re.compile(r"\\[A-Za-z]+|\\.").match(latex, at)
        return found.group(0) if found else None
    stop = _closing(latex, at)
    return None if stop is None else latex[at + 1 : stop - 1]


def tokens(latex: str, offset: int = 0) -> list[Token]:
    """The tokens of ``latex``; blanks are left out, a comment to its line's end too."""
    found: list[Token] = []
    at, blank_before = 0, True
    while at < len(latex):
        match = _TOKEN.match(latex, at)
        if match is None:  # pragma: no cover - the pattern takes any character
            break
        text, start = match.group(0), at
        at = match.end()
        if text[0].isdigit():
            text = text.replace("\\,", "").replace("{,}", ".")
        if text[0].isspace():
            blank_before = True
            continue
        if text == "%":
            newline = latex.find("\n", at)
            at = len(latex) if newline < 0 else newline
            continue
        if text in _TEXT:
            words = _braced(latex, at)
            stop = _closing(latex, at + len(latex[at:]) - len(latex[at:].lstrip()))
            if words is not None and stop is not None:
                if words.strip() == "d":  # a differential
                    for part in ("\\mathrm", "{", "d", "}"):
                        found.append(Token(part, offset + start, "", offset + stop))
                    at, blank_before = stop, False
                    continue
                found.append(Token("\\text", offset + start, words, offset + stop))
                at, blank_before = stop, False
                continue
        found.append(Token(text, offset + start, "", offset + at, not blank_before))
        blank_before = False
    return found


def macros_expanded(source: Sequence[Token], macros: Macros) -> list[Token]:
    """``source`` with every macro of the document replaced by what it stands for.

    Raises:
        Unreadable: macros that never end, too many tokens, a missing argument.
    """
    known = macros.known
    if not known:
        return list(source)
    waiting = list(reversed(source))
    done: list[Token] = []
    calls = 0
    while waiting:
        token = waiting.pop()
        macro = known.get(token.text)
        if macro is None:
            done.append(token)
            if len(done) > MAX_TOKENS:
                raise Unreadable(
                    f"more than {MAX_TOKENS:,} tokens after expanding macros", token.at
                )
            continue
        if token.text in macros.unclear:
            raise Unreadable(f"the macro {token.text} has two definitions", token.at)
        calls += 1
        if calls > MAX_EXPANSIONS or len(waiting) > MAX_TOKENS:
            raise Unreadable(f"the macro {token.text} never ends: it calls itself", token.at)
        arguments: list[list[Token]] = []
        end = token.end
        for place in range(macro.arguments):
            if place == 0 and macro.default is not None:
                if waiting and waiting[-1].text == "[":
                    given, end = _until(waiting, "]")
                    arguments.append(given)
                else:
                    arguments.append(list(macro.default))
                continue
            if not waiting:
                raise Unreadable(f"the macro {token.text} misses an argument", token.at)
            given, end = _argument(waiting)
            arguments.append(given)
        put: list[Token] = []
        body = iter(macro.body)
        for part in body:
            if part.text == "#":
                number = next(body, None)
                if number is not None and number.text.isdecimal():
                    place = int(number.text[0]) - 1
                    if place < len(arguments):
                        put.extend(arguments[place])
                        put.extend(_rest(number, token, end))
                continue
            put.append(Token(part.text, token.at, part.words, end, part.glued))
        waiting.extend(reversed(put))
    return done


def _rest(number: Token, call: Token, end: int) -> Iterable[Token]:
    """``#12`` is the first argument and a 2."""
    if len(number.text) > 1:
        yield Token(number.text[1:], call.at, "", end)


def _until(waiting: list[Token], closing: str) -> tuple[list[Token], int]:
    waiting.pop()
    found: list[Token] = []
    while waiting:
        token = waiting.pop()
        if token.text == closing:
            return found, token.end
        found.append(token)
    return found, found[-1].end if found else 0


def _argument(waiting: list[Token]) -> tuple[list[Token], int]:
    """One token, or what stands in braces."""
    first = waiting.pop()
    if first.text != "{":
        return [first], first.end
    depth, found = 1, list[Token]()
    while waiting:
        token = waiting.pop()
        if token.text == "{":
            depth += 1
        elif token.text == "}":
            depth -= 1
            if depth == 0:
                return found, token.end
        found.append(token)
    raise Unreadable("a brace is never closed", first.at)
