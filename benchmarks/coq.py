"""Which built-in theorems Coq accepts from their certificates, and what that takes.

    python benchmarks/coq.py [NAME | STEPS ...]

A number stands for a derivation of as many steps (chain.py). A row a theorem: steps of the
certificate, lines of Proof.v, seconds of processor time to write it and for Coq to check it, and
the axioms that the theorem rests on; or what has no translation yet. The library is compiled once
before, into the user's cache. Of numbers it also says how the cost grows with the steps.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from chain import chain

from fmproof.certificate.certificate import Certificate, of_theorem
from fmproof.certificate.export.check import check_with_coq
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


@dataclass(frozen=True)
class Cost:
    """What a certificate takes: its steps, and seconds of processor time to write and to check."""

    steps: int
    writing: float
    checking: float


def row(name: str, library: Path) -> tuple[str, Cost | None]:
    """A line of the table, and the cost of what was accepted."""
    certificate = certificate_for(name)
    steps = len(certificate.steps)
    try:
        began, before = time.process_time(), spent()
        text = proof(certificate)
        writing = time.process_time() - began
        found = check_with_coq(certificate, text, library)
    except NotExported as missing:
        return f"| {name} | {steps} | not yet: {missing} | | | |", None
    except InputError as refused:
        return f"| {name} | {steps} | REFUSED: {refused} | | | |", None
    cost = Cost(steps, writing, spent() - before)
    return (
        f"| {name} | {steps:,} | {found.lines:,} | {writing:.1f} | {cost.checking:.0f} | "
        f"{len(found.axioms)} classical, {', '.join(sorted(found.assumed)) or 'none of ours'} |"
    ), cost


def main() -> int:
    """Print the table; the status says whether Coq refused what was translated."""
    library = compiled()
    print(
        "| theorem | steps | lines | to write | to check | assumptions |\n|---|---|---|---|---|---|"
    )
    names, status = sys.argv[1:] or [*BUILTIN], 0
    costs = []
    for name in names:
        told, cost = row(name, library)
        print(told, flush=True)
        status |= "REFUSED" in told
        costs += [cost] if cost is not None and name.isdigit() else []
    for small, large in pairwise(costs):
        print(
            f"from {small.steps:,} to {large.steps:,} steps: {large.steps / small.steps:.1f} times "
            f"the steps, {large.writing / small.writing:.1f} times the seconds to write, "
            f"{large.checking / small.checking:.1f} times the seconds to check"
        )
    return status


if __name__ == "__main__":
    sys.exit(main())
