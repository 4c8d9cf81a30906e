"""A name stands for one derivation, in all that is checked together.

Steps cite what their derivation uses by name, and so do reports: "by Theorem fm-cfm". So two
derivations of one name, or of names that look alike, cannot meet, and what is used under the name
of a built-in derivation is that one. Derivations arrive from other processes as data, so they are
compared by what is in them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fmproof.builtin import BUILTIN, builtin
from fmproof.errors import InputError

if TYPE_CHECKING:
    from fmproof.tactics.script import Derivation


def require_one_of_each_name(derivations: Iterable[Derivation]) -> None:
    """Raise :class:`InputError` if a name does not say which derivation is meant.

    Of the derivations and all that they use, no two different ones have names that a reader could
    take for each other. One that is used by a name of the catalogue is the one there. A derivation
    that nothing else uses may have such a name: its report shows all of it.
    """
    known: dict[str, tuple[Derivation, str]] = {}
    for derivation, user in _with_all_that_they_use(derivations):
        here = f"{derivation.name!r}{_place(derivation)}" + (f", used by {user!r}" if user else "")
        other, there = known.setdefault(as_seen(derivation.name).casefold(), (derivation, here))
        if not _same(other, derivation):
            words = (
                "have one name" if other.name == derivation.name else "have names that look alike"
            )
            raise InputError(
                f"two different derivations {words}: {there}, and {here}; give one of them another "
                "name"
            )
        kept = _builtin_like(derivation.name) if user else None
        if kept is not None and not _same(kept, derivation):
            raise InputError(
                f"{here}, is not the built-in derivation {kept.name!r}; give it another name, "
                f'or use the built-in one: uses=[load("{kept.name}")]'
            )


def as_seen(label: str) -> str:
    """``label`` with look-alikes in ASCII, such as a dash for a hyphen: what is alike is equal."""
    if label.isascii():
        return label
    return "".join(map(_letter, unicodedata.normalize("NFKC", label)))


def _with_all_that_they_use(
    derivations: Iterable[Derivation],
) -> Iterator[tuple[Derivation, str]]:
    """Each once, with the name of one that uses it, or ""."""
    waiting = [(derivation, "") for derivation in derivations]
    seen: set[tuple[int, bool]] = set()  # all are held by those that were given
    for derivation, user in waiting:
        if (id(derivation), bool(user)) not in seen:
            seen.add((id(derivation), bool(user)))
            yield derivation, user
            waiting.extend((used, derivation.name) for used in derivation.uses)


def _same(one: Derivation, other: Derivation) -> bool:
    """Whether two derivations say the same, to the words, wherever and however they are written.

    What they use is compared by its names, which are looked at themselves.
    """
    return one is other or _content(one) == _content(other)


def _content(derivation: Derivation) -> tuple[object, ...]:
    d = derivation
    words = d.name, d.title, d.source, d.says, d.meanings, [used.name for used in d.uses]
    return *words, d.hypotheses, d.parts, d.variables, d.statement


def _place(derivation: Derivation) -> str:
    location = derivation.location
    return "" if location is None else f" ({location.file}:{location.line})"


def _builtin_like(name: str) -> Derivation | None:
    """The built-in derivation that a reader could take ``name`` for."""
    seen = as_seen(name).casefold()
    return builtin(seen) if seen in BUILTIN else None


def _letter(char: str) -> str:
    """A letter, a dash, a space or a quotation mark as it looks in ASCII; others as they are."""
    if char.isascii():
        return char
    if char in _TWINS:
        return _TWINS[char]
    plain = {"Pd": "-", "Zs": " ", "Pi": "'", "Pf": "'"}.get(unicodedata.category(char))
    words = unicodedata.name(char, "").split()
    if plain is None and words[:1] == ["LATIN"] and len(words[-1]) == 1:  # DOTLESS I, SCRIPT G
        small = char.islower() or "SMALL" in words
        plain = words[-1].lower() if small else words[-1]
    return plain or char


_TWINS = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХЬаеѕіјкмнорстухһԁԛԝӏѵΑΒΕΖΗΙΚΜΝΟΡΤΥΧονυɑɩ−‑′ʹʼ",
        "ABESIJKMHOPCTYXbaesijkmhopctyxhdqwlvABEZHIKMNOPTYXovuai--'''",
        strict=True,
    )
)
