"""A name that is used stands for one derivation, in all that is checked together.

Steps cite what their derivation uses by name, and so do reports: "by Theorem fm-cfm". So no other
derivation with that name, or with one that looks alike, is beside it, and what is used under the
name of a built-in derivation is that one. Derivations arrive from other processes as data, so they
are compared by what is in them.
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

    A name that is used stands for one of the derivations and all that they use, also for a reader
    who takes it for one that looks alike; one of the catalogue stands for what is there. A name
    that nothing uses may be that of several, in several files, or of a built-in one: the report on
    each shows all of it.
    """
    met: dict[str, list[tuple[Derivation, str]]] = {}
    for derivation, user in _with_all_that_they_use(derivations):
        met.setdefault(as_seen(derivation.name).casefold(), []).append((derivation, user))
    for name, found in met.items():
        used = next((item for item in found if item[1]), None)
        if used is None:
            continue
        for item in found:
            if not _same(item[0], used[0]):
                first, second = (_told(*i) for i in found if i is item or i is used)
                words = "one name" if item[0].name == used[0].name else "names that look alike"
                raise InputError(
                    f"two different derivations have {words}: {first}, and {second}; give one of "
                    "them another name"
                )
        kept = builtin(name) if name in BUILTIN else None
        if kept is not None and not _same(kept, used[0]):
            raise InputError(
                f"{_told(*used)}, is not the built-in derivation {kept.name!r}; give it another "
                f'name, or use the built-in one: uses=[load("{kept.name}")]'
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


def _told(derivation: Derivation, user: str) -> str:
    """A derivation by its name, its place and who uses it."""
    location = derivation.location
    place = "" if location is None else f" ({location.file}:{location.line})"
    return f"{derivation.name!r}{place}" + (f", used by {user!r}" if user else "")


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
