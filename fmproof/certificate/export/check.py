"""Whether Coq accepts a proof of the theorem of a certificate.

``Goal.v`` is made anew from the statement, and ``Proof.v`` is required by name only after it. So a
proof cannot change what is stated, whatever it defines or notates.
"""

from __future__ import annotations

import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from fmproof.certificate.certificate import Certificate
from fmproof.certificate.export.commands import require_known_commands
from fmproof.certificate.export.folder import CHECK
from fmproof.certificate.export.statement.goal import goal
from fmproof.certificate.library import ALLOWED, ASSUMED, axioms, coqc, last_words
from fmproof.errors import InputError

_SECONDS, _SECONDS_A_LINE = 600.0, 0.05
"""What Coq is given at the most: about thirty times what it takes."""


@dataclass(frozen=True)
class Accepted:
    """A theorem that Coq accepts.

    Attributes:
        derivation: its name.
        steps: of the certificate.
        lines: of Proof.v.
        seconds: that Coq took.
        axioms: of classical reasoning, which the theorem rests on besides Coq's logic.
        assumed: what else it rests on: the library's own assumptions.
    """

    derivation: str
    steps: int
    lines: int
    seconds: float
    axioms: frozenset[str]
    assumed: frozenset[str] = frozenset()


def check_folder(certificate: Certificate, folder: Path, library: Path) -> Accepted:
    """Have Coq check the ``Proof.v`` of a folder, beside a ``Goal.v`` that states the theorem.

    Raises:
        InputError: ``Goal.v`` states something else, or as for :func:`check`.
    """
    if _text(folder / "Goal.v") != goal(certificate):
        raise InputError(
            f"{folder / 'Goal.v'} does not state the theorem of {certificate.derivation}; "
            f"fmproof export writes what does into a new folder"
        )
    return check_with_coq(certificate, _text(folder / "Proof.v"), library)


def check_with_coq(certificate: Certificate, given: str, library: Path) -> Accepted:
    """Have Coq check the text of a ``Proof.v`` against the theorem of a certificate.

    Args:
        library: the compiled library, :func:`fmproof.certificate.library.compiled`.

    Raises:
        InputError: Coq refuses it; the message says which lemma, or what else is wrong.
    """
    began, lines = time.monotonic(), len(given.splitlines())
    require_known_commands(given)
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        (here / "Proof.v").write_text(given, encoding="utf-8")
        options = ["-Q", str(library), "FMProof", "-Q", ".", "Certificate"]
        done = coqc([*options, "Proof.v"], here, _SECONDS + _SECONDS_A_LINE * lines)
        if done.returncode != 0:
            raise InputError(f"Coq refuses {_where(given, done.stderr)}: {last_words(done.stderr)}")
        (here / "Check.v").write_text(goal(certificate) + CHECK, encoding="utf-8")
        done = coqc([*options, "Check.v"], here, _SECONDS + _SECONDS_A_LINE * lines)
    if done.returncode != 0:
        told = last_words(done.stderr)
        raise InputError(f"Proof.v proves another statement than Goal.v: {told}")
    used = axioms(done.stdout)
    extra = sorted(used - ALLOWED - ASSUMED.keys())
    if extra:
        raise InputError(f"Proof.v rests on {', '.join(extra)}, which is assumed, not proved")
    return Accepted(
        certificate.derivation,
        len(certificate.steps),
        lines,
        time.monotonic() - began,
        used & ALLOWED,
        used - ALLOWED,
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {file}: {error}") from None


def _where(text: str, told: str) -> str:
    """The lemma that an error of Coq is in, with the comment above it."""
    line = re.search(r"line (\d+), characters", told)
    if line is None:
        return "Proof.v"
    before = text.splitlines()[: int(line[1])]
    for number in range(len(before) - 1, -1, -1):
        named = re.match(r"(?:Lemma|Theorem|Definition) (\w+)", before[number])
        if named:
            comment = before[number - 1] if before[number - 1].startswith("(* ") else ""
            return f"{named[1]} of Proof.v, line {line[1]} {comment}".strip()
    return f"line {line[1]} of Proof.v"
