"""Terms and statements from plain text: the other half of :func:`fmproof.text`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sympy import Expr

from fmproof.reading.items import LatexError
from fmproof.reading.reader import Reader
from fmproof.reading.statement import parse_statement
from fmproof.reading.symbols import Symbols, without_commands

__all__ = ["LatexError", "is_plain", "parse_plain_statement", "parse_text"]

T = TypeVar("T")


def parse_text(source: str, symbols: Any) -> Expr:
    """The term that ``source`` writes in plain text.

    ``parse_text(text(term), term)`` is ``term`` up to the names of bound variables. A run of
    letters is one name where there is such a symbol; spaces tell ``2 |t|`` from ``p(x|z)``, and
    ``a b / c`` with spaces is (a b)/c.

    Args:
        source: one formula, such as ``"E_{x~p}[‖u(x)‖²]"``.
        symbols: what its letters stand for, as for :func:`fmproof.parse_latex`.

    Raises:
        LatexError: with the line and column of the piece that cannot be read.
    """
    table = symbols if isinstance(symbols, Symbols) else Symbols([symbols])
    reader = Reader(source, table, plain=True)
    return _in_its_words(source, lambda: reader.sum(reader.read()))


def parse_plain_statement(source: str, symbols: Any) -> Any:
    """The proposition that ``source`` writes in plain text, such as ``"w(t) > 0 for every t"``.

    See :func:`fmproof.reading.statement.parse_statement` for what it may be.
    """
    return _in_its_words(source, lambda: parse_statement(source, symbols, plain=True))


def is_plain(source: str) -> bool:
    """Whether a claim is plain text and not LaTeX: it has no command."""
    return "\\" not in source


def _in_its_words(source: str, read: Callable[[], T]) -> T:
    """What ``read`` gives; an error says what to write in plain text."""
    try:
        return read()
    except LatexError as error:
        raise LatexError(without_commands(error.problem), source, error.at) from None
