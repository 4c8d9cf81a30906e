"""Terms one edit away from a wrong one: a sign, a factor, a swapped symbol, a draw."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Rational

from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import Add, coefficient, plus_of, summands, times_of
from fmproof.lang.nodes import Apply, Expect, Inner
from fmproof.lang.spelling.text import text

_MOST = 40


def neighbours(claim: Expr) -> Iterator[tuple[str, Expr]]:
    """(what to change, the changed term), the likeliest first, at most forty."""
    for i, found in enumerate(_edits(claim)):
        if i >= _MOST:
            return
        yield found


def _edits(term: Expr) -> Iterator[tuple[str, Expr]]:
    yield from _signs(term)
    if isinstance(term, Expect):
        for words, body in _signs(term.body):
            yield from _made(words, lambda b=body: Expect(b, *term.measure))
        return
    if isinstance(term, Add):
        for i, part in enumerate(term.args):
            number, core = coefficient(part)
            if isinstance(core, Expect):
                for words, body in _signs(core.body):
                    others = [*term.args[:i], *term.args[i + 1 :]]
                    yield from _made(
                        words,
                        lambda b=body, c=core, n=number, o=others: plus_of(
                            *o, n * Expect(b, *c.measure)
                        ),
                    )


def _made(words: str, build: object) -> Iterator[tuple[str, Expr]]:
    try:
        yield words, build()  # type: ignore[operator]
    except FmproofError:
        return


def _signs(term: Expr) -> Iterator[tuple[str, Expr]]:
    """One summand with another sign or factor."""
    parts = list(summands(term))
    for i, part in enumerate(parts):
        number, core = coefficient(part)
        others = [*parts[:i], *parts[i + 1 :]]
        for factor in (-number, 2 * number, -2 * number, number / 2):
            changed = times_of(Rational(factor), core)
            words = f"{_signed(changed)}, not {_signed(part)}"
            yield words, plus_of(*others, changed)
    for i, part in enumerate(parts):
        number, core = coefficient(part)
        if isinstance(core, Inner | Apply):
            others = [*parts[:i], *parts[i + 1 :]]
            if others:
                yield f"without {_signed(part)}", plus_of(*others)


def _signed(part: Expr) -> str:
    shown = text(part)
    return shown if shown.startswith("−") else f"+{shown}"
