"""The certificate of a derivation, built-in or from a user's file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import Basic

from fmproof.certificate.certificate import Certificate, of_theorem
from fmproof.errors import InputError, nearest
from fmproof.lang.scope import canon
from fmproof.sources import find
from fmproof.tactics.check import theorems

if TYPE_CHECKING:
    from fmproof.tactics.script import Derivation


def certificate_of(source: str) -> Certificate:
    """The certificate of the one derivation that ``source`` names.

    Raises:
        InputError: it names none or several, or the derivation is not proved.
    """
    return only_certificate(find(source.partition("::")[0]), source)


def only_certificate(found: Sequence[Derivation], source: str) -> Certificate:
    """The certificate of the one derivation of ``found`` that ``source`` names, with ``::NAME`` if
    there are several.

    Raises:
        InputError: it names none or several, or the derivation is not proved.
    """
    file, selects, label = source.partition("::")
    names = [derivation.name for derivation in found]
    if selects:
        found = [derivation for derivation in found if derivation.name == label]
        if not found:
            problem = f"{file} has no derivation {label!r}, and a certificate is of a whole one"
            raise InputError(f"{problem}; {nearest(label, names)}")
    if len(found) != 1:
        problem = f"{file} has several derivations ({', '.join(names)}): a certificate is of one"
        raise InputError(f"{problem}, such as {file}::{names[0]}")
    made = certificates_of(found)
    if not made:
        raise InputError(f"{found[0].name} is not proved: see fmproof verify {source}")
    return made[0]


def certificates_of(found: Sequence[Derivation]) -> list[Certificate]:
    """The certificates of those of these derivations that are proved.

    Raises:
        InputError: two derivations are called alike.
    """
    proved = theorems(found)
    return [labelled(of_theorem(proved[d.name], d.name), d) for d in found if d.name in proved]


def labelled(certificate: Certificate, derivation: Derivation) -> Certificate:
    """A certificate whose steps say which step of the derivation they are part of.

    A step of the certificate that concludes what a step of the derivation claims has its label, and
    so has what only that rests on. Steps of derivations that it uses are named with these.
    """
    told = dict(_claims(derivation, ""))
    steps = list(certificate.steps)
    last = {canon(step.conclusion): number for number, step in enumerate(steps)}
    labels: dict[int, str] = {}
    for number, label in sorted((last[c], label) for c, label in told.items() if c in last):
        waiting = [number]
        while waiting:
            here = waiting.pop()
            if here not in labels:
                labels[here] = label
                waiting.extend(steps[here].premises)
    return replace(
        certificate,
        steps=tuple(replace(step, label=labels.get(n, "")) for n, step in enumerate(steps)),
    )


def _claims(derivation: Derivation, prefix: str) -> Iterator[tuple[Basic, str]]:
    """What each step claims, in canonical form, with its label; those of what it uses first."""
    for used in derivation.uses:
        yield from _claims(used, f"{used.name} ")
    for part in derivation.parts:
        before = part.start
        for step in part.steps:
            yield canon(step.proposition(before)), f"{prefix}{step.id}"
            before = step.claim
