"""The certificate of a derivation, built-in or from a user's file."""

from __future__ import annotations

from fmproof.certificate.certificate import Certificate, of_theorem
from fmproof.errors import InputError
from fmproof.sources import find
from fmproof.tactics.check import theorems


def certificate_of(source: str) -> Certificate:
    """The certificate of the one derivation that ``source`` names.

    Raises:
        InputError: it names none or several, or the derivation is not proved.
    """
    found = find(source)
    if len(found) != 1:
        names = ", ".join(d.name for d in found)
        raise InputError(f"{source} has several derivations ({names}): a certificate is of one")
    theorem = theorems(found).get(found[0].name)
    if theorem is None:
        raise InputError(f"{found[0].name} is not proved: see fmproof verify {source}")
    return of_theorem(theorem, found[0].name)
