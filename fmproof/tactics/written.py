"""What an author wrote as LaTeX or plain text, read against the symbols of its derivation.

A claim that is text is read once, when its derivation is made, into the term that is checked; from
then on the text is forgotten. So what a report prints is the term that was checked, never the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fmproof.errors import InputError

if TYPE_CHECKING:
    from fmproof.reading.symbols import Symbols
    from fmproof.report.model import Location
    from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

_LOST = re.compile("[\a\b\f\v\r]|\t(?=heta|ext|frac|op|au|imes|ilde)|\n(?=abla|eq?[^a-z])")
_ESCAPES = {"\a": "a", "\b": "b", "\f": "f", "\v": "v", "\r": "r", "\t": "t", "\n": "n"}
_SHOWN = 24  #: characters of the LaTeX that an error shows


def is_latex(item: Any) -> bool:
    """Whether ``item`` is text that is still to be read."""
    return type(item) is str


def require_latex(text: str, where: str) -> None:
    """Raise :class:`InputError` where Python has taken a backslash of ``text`` for its own."""
    lost = _LOST.search(text)
    if lost is not None:
        command = "\\" + _ESCAPES[lost[0]] + text[lost.end() :][:6].split(" ")[0]
        raise InputError(
            f"{where}: Python took the \\{_ESCAPES[lost[0]]} of {command}… for a control "
            'character; write an r before the text: r"\\theta"'
        )
    if not text.strip():
        raise InputError(f"{where}: expected a formula, found empty text")


def read_script(derivation: Derivation, symbols: Any) -> dict[str, Any]:
    """The fields of a derivation that have text in them, with terms in its place.

    Args:
        derivation: its fields are as given, but for ``start`` and ``steps``, which are a part.
        symbols: what the author gives beside the symbols that occur in it.

    Raises:
        InputError: a text cannot be read; the message names the piece, and ``location`` says where
            the step is written.
    """
    hypotheses, parts = list(derivation.hypotheses), list(derivation.parts)
    statement = derivation.statement
    if not any(map(is_latex, _written(hypotheses, parts, statement))):
        return {}
    reader = _Reader(derivation.name, _symbols(derivation, symbols))
    return {
        "hypotheses": tuple(map(reader.hypothesis, hypotheses)),
        "parts": tuple(map(reader.part, parts)),
        "statement": reader.statement(statement, "the statement"),
    }


def _written(
    hypotheses: Sequence[Hypothesis], parts: Sequence[Part], statement: Any
) -> Iterator[Any]:
    """Everything that may be text or a term."""
    yield from (h.prop for h in hypotheses)
    for part in parts:
        yield from (part.start, part.statement, *part.almost)
        yield from (step.claim for step in part.steps)
    yield statement


def _symbols(derivation: Derivation, more: Any) -> Symbols:
    """Those that are given or occur in it; behind them those of what it uses."""
    from fmproof.reading.symbols import Symbols

    own = _written(derivation.hypotheses, derivation.parts, derivation.statement)
    terms = [item for item in own if item is not None and not is_latex(item)]
    return Symbols(
        [more, *terms, *derivation.variables, *derivation.meanings], behind=derivation.uses
    )


class _Reader:
    """Reads with one table of symbols; errors say whose text it is."""

    def __init__(self, name: str, symbols: Symbols) -> None:
        self.name = name
        self.symbols = symbols

    def hypothesis(self, item: Hypothesis) -> Hypothesis:
        if not is_latex(item.prop):
            return item
        return replace(item, prop=self.statement(item.prop, f"hypothesis {item.name}"))

    def part(self, part: Part) -> Part:
        return replace(
            part,
            start=self.term(part.start, f"the start of {part.title!r}"),
            steps=[self.step(step) for step in part.steps],
            statement=self.statement(part.statement, f"the statement of {part.title!r}"),
        )

    def step(self, step: Step) -> Step:
        if not is_latex(step.claim):
            return step
        claim = self.term(step.claim, f"step {step.id}", step.location)
        made = replace(step, claim=claim)
        object.__setattr__(made, "location", step.location)
        return made

    def term(self, item: Any, where: str, location: Location | None = None) -> Any:
        from fmproof.reading.latex import parse_latex
        from fmproof.reading.text import parse_text

        return self._read(parse_text, parse_latex, item, where, location)

    def statement(self, item: Any, where: str) -> Any:
        from fmproof.reading.statement import parse_statement
        from fmproof.reading.text import parse_plain_statement

        return self._read(parse_plain_statement, parse_statement, item, where, None)

    def _read(
        self,
        parse_plain: Callable[..., Any],
        parse: Callable[..., Any],
        item: Any,
        where: str,
        location: Location | None,
    ) -> Any:
        from fmproof.reading.text import LatexError, is_plain

        if not is_latex(item):
            return item
        try:
            return (parse_plain if is_plain(item) else parse)(item, self.symbols)
        except LatexError as error:
            piece = " ".join(item[error.at :].split())
            shown = piece if len(piece) <= _SHOWN else piece[:_SHOWN] + "…"
            place = f"at its end, after {item.strip()[-_SHOWN:]}" if not shown else f"at {shown}"
            raise _located(f"{self.name}, {where}: {error.problem} ({place})", location) from None


def _located(message: str, location: Location | None) -> InputError:
    error = InputError(message)
    error.location = location
    return error
