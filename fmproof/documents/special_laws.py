"""Laws that words say of what was drawn from a coupling so far: "let A ~ N(0, I) be independent".

A document speaks of any coupling first, (A, B) ~ κ, and of a special one later. What words say of
A and B by themselves holds from there on; the losses and averages that were defined so far are read
anew. Where they say it of some of them only, numbers do not refute what has κ in it from there on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fmproof.documents.items import Reading
from fmproof.documents.reach import used_before_heading
from fmproof.documents.terms import heads_in
from fmproof.lang.nodes import Apply
from fmproof.lang.nodes.measure import drawn_by
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Elaborator
from fmproof.reading.notation.symbols import spelled
from fmproof.reading.notation.words import (
    opens_a_case,
    says_from_here,
    says_independent_of,
    says_moments,
    says_more_of_moments,
    speaks_of_independence,
    ties_variables,
)


@dataclass(frozen=True)
class SpecialLaws:
    """Draws that specialise a coupling, and the row in front of which words say so.

    Attributes:
        apart: whether words say that what is drawn is independent of the rest of the coupling.
    """

    row: int
    coupling: t.Draw
    draws: tuple[t.Draw, ...]
    apart: bool = False

    @property
    def whole(self) -> bool:
        """Whether all that the coupling draws has a law of its own now; what has no law that is
        said has any."""
        drawn = {one for draw in self.draws for one in _letters(draw)}
        return self.apart or _letters(self.coupling) <= drawn

    def begin(self, elab: Elaborator) -> list[Apply]:
        """From here on the laws are those of ``draws``; returned are the ones they replace."""
        names = _letters(self.coupling)
        old = [law for name in sorted(names) for law in elab.laws.get(name, ())]
        if not self.whole:
            return list(dict.fromkeys(old))
        if len(names) > 1 and not self.apart:
            elab.coupled |= names
        replaced = {law.head for law in old}
        drawn = {elab.spelling(v) for law in elab.joint for v in drawn_by(law)}
        if drawn & names:  # what still has no law has another one together
            replaced |= {law.head for law in elab.joint}
            elab.joint.clear()
            elab.joint_laws_made += 1
        for name in names:
            elab.laws[name] = []
        for key, meaning in list(elab.meanings.items()):
            body = meaning.body if meaning.head is None else meaning.head.definition
            if body is not None and heads_in([body]) & replaced:
                elab.forget(key[0].split("@")[0])
        elab.constants = {
            name: made
            for name, made in elab.constants.items()
            if not heads_in([made.definition]) & replaced
        }
        elab.drawn_meanings.clear()
        elab.turned_meanings.clear()
        return []


def special_laws(reading: Reading) -> list[SpecialLaws]:
    """The couplings of a document, each with laws that words say later of what it draws."""
    found: dict[tuple[int, int], SpecialLaws] = {}
    couplings = [
        (row, draw)
        for row, draw in zip(reading.law_rows, reading.law_draws, strict=True)
        if len(draw.drawn) > 1 and isinstance(draw.law, t.Sym)
    ]
    for start, coupling in couplings:
        for row, draw in _later(reading, start, coupling):
            known = found.get((start, row))
            draws = (*(known.draws if known is not None else ()), draw)
            apart = _is_apart(reading, draw, coupling)
            found[start, row] = SpecialLaws(row, coupling, draws, apart)
    return [*found.values(), *_another_law(reading), *_from_here_on(reading)]


def _is_apart(reading: Reading, draw: t.Draw, coupling: t.Draw) -> bool:
    """Whether words behind "x ~ N(0, I)" say that it is independent of the other letter of a pair,
    or before it that both are."""
    sources = {id(item.source): item.source for item in reading.items}
    others = _letters(coupling) - _letters(draw)
    if len(sources) != 1 or len(others) != 1:
        return False
    (source,) = sources.values()
    return says_independent_of(source.text, draw.at, *others)


def _another_law(reading: Reading) -> Iterator[SpecialLaws]:
    """Draws of a letter that was drawn from another law before."""
    last: dict[str, t.Draw] = {}
    for row, draw in zip(reading.law_rows, reading.law_draws, strict=True):
        if len(draw.drawn) != 1 or draw.law is None or _is_conditional(draw.law):
            continue
        (name,) = _letters(draw)
        before = last.get(name)
        if before is not None and before.law is not None:
            if _spelled_law(before.law) == _spelled_law(draw.law):
                continue
            yield SpecialLaws(row, before, (draw,))
        last[name] = draw


def _from_here_on(reading: Reading) -> Iterator[SpecialLaws]:
    """Draws of a letter that had no law before: "from here on, X ~ N(0, I)"; or, in a section
    behind one that uses the letter, "if X ~ N(0, I), then"."""
    source = reading.items[0].source if reading.items else None
    if any(item.source is not source for item in reading.items):
        return
    seen: set[str] = set()
    for row, draw in zip(reading.law_rows, reading.law_draws, strict=True):
        names = _letters(draw)
        said = (
            source is not None
            and (
                says_from_here(source.text, draw.at)
                or (
                    isinstance(
                        draw.law, t.Normal | t.Other
                    )  # a letter's law is any law with a density
                    and opens_a_case(source.text, draw.at)
                    and used_before_heading(reading.items[:row], names, source, draw.at)
                )
            )
        )
        if said and row and not names & seen and not _is_conditional(draw.law or draw.drawn[0]):
            yield SpecialLaws(row, draw, (draw,))
        seen |= names


def _is_conditional(law: t.Node) -> bool:
    return isinstance(law, t.Call) and bool(law.given)


def _spelled_law(law: t.Node) -> str:
    """p for p(x) and p, which say the same of x."""
    return spelled(law.head if isinstance(law, t.Call) else law)


def _later(reading: Reading, start: int, coupling: t.Draw) -> Iterator[tuple[int, t.Draw]]:
    """Draws of one letter of a coupling, behind rows about it."""
    for row, draw in zip(reading.law_rows, reading.law_draws, strict=True):
        if row > start and len(draw.drawn) == 1 and _letters(draw) <= _letters(coupling):
            yield row, draw


def _letters(draw: t.Draw) -> set[str]:
    return set(map(spelled, draw.drawn))


def speaks_of_independent_draws(reading: Reading) -> bool:
    """Whether words say anywhere that what is drawn together may be independent, or ⊗ does."""
    return any(
        speaks_of_independence(words) if piece.kind == "prose" else "\\otimes" in words
        for _, piece, words, _ in reading.pieces
    )


def special_moments(reading: Reading) -> list[tuple[str, str]]:
    """What words say of the moments of data anywhere, "normalised to unit variance", and where."""
    return _said_anywhere(reading, says_moments)


def standard_at_most(reading: Reading) -> bool:
    """Whether a standard normal law has all that words say of moments: zero mean, unit variance.

    Not so in a document that speaks of other variances, which may be those of the same law.
    """
    words = [words for _, piece, words, _ in reading.pieces if piece.kind == "prose"]
    return not any(map(says_more_of_moments, words))


def tied_variables(reading: Reading) -> list[tuple[str, str]]:
    """Where words say anywhere that random variables are tied, "of the same law"."""
    return _said_anywhere(reading, ties_variables)


def _said_anywhere(reading: Reading, heard: Callable[[str], str]) -> list[tuple[str, str]]:
    found = []
    for source, piece, words, _ in reading.pieces:
        word = heard(words) if piece.kind == "prose" else ""
        if word:
            found.append((word, source.place(piece.start)))
    return found
