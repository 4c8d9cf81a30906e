"""Which built-in theorems Coq accepts from their certificates, and what that takes.

    python benchmarks/coq.py [NAME | STEPS ...]

A number stands for a derivation of as many steps (chain.py). A row a theorem: steps of the
certificate, lines of Proof.v, seconds of processor time that Coq takes for proof and check, and the
axioms that the theorem rests on; or what has no translation yet. The library is compiled once
before, into the user's cache.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from chain import chain

from fmproof.certificate.certificate import Certificate, of_theorem
from fmproof.certificate.export.check import check
from fmproof.certificate.export.files import proof
from fmproof.certificate.export.statement.sorts import NotExported
from fmproof.certificate.library import compiled
from fmproof.certificate.proved import certificate_of
from fmproof.derivations.catalogue import BUILTIN
from fmproof.errors import InputError
from fmproof.tactics.check import theorems


def spent() -> float:
    """Seconds of processor time of the programs that were run."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def certificate_for(name: str) -> Certificate:
    """Of a built-in theorem, or of a derivation of a number of steps."""
    if not name.isdigit():
        return certificate_of(name)
    derivation = chain(int(name))
    return of_theorem(theorems([derivation])[derivation.name], derivation.name)


def row(name: str, library: Path) -> str:
    """A line of the table."""
    certificate = certificate_for(name)
    before = spent()
    try:
        found = check(certificate, proof(certificate), library)
    except NotExported as missing:
        return f"| {name} | {len(certificate.steps)} | not yet: {missing} | | |"
    except InputError as refused:
        return f"| {name} | {len(certificate.steps)} | REFUSED: {refused} | | |"
    return (
        f"| {name} | {found.steps} | {found.lines:,} | {spent() - before:.0f} | "
        f"{len(found.axioms)} classical, {', '.join(sorted(found.assumed)) or 'none of ours'} |"
    )


def main() -> int:
    """Print the table; the status says whether Coq refused what was translated."""
    library = compiled()
    print("| theorem | steps | lines | seconds | assumptions |\n|---|---|---|---|---|")
    status = 0
    for name in sys.argv[1:] or BUILTIN:
        told = row(name, library)
        print(told, flush=True)
        status |= "REFUSED" in told
    return status


if __name__ == "__main__":
    sys.exit(main())
