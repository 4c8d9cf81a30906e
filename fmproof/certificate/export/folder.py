"""What Coq checks, as a folder of files that needs nothing of fmproof.

``Goal.v`` states the theorem, ``Proof.v`` proves it over the library of the rules, ``Check.v`` asks
Coq whether the one is a proof of the other and on what it rests. ``make`` has Coq do all of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from fmproof.certificate.certificate import Certificate
from fmproof.certificate.export.files import proof
from fmproof.certificate.export.statement.goal import goal
from fmproof.certificate.library import ALLOWED, ASSUMED, ASSUMING, sources
from fmproof.errors import InputError
from fmproof.files import write_whole

CHECK = f"""From FMProof Require Import {" ".join(ASSUMING)}.
Require Certificate.Proof.
Definition accepted : theorem := Certificate.Proof.proved.
Print Assumptions accepted.
"""
"""The question, after what ``Goal.v`` says; ``Proof.v`` is required by name only here."""

_MAKEFILE = """\
# Have Coq check the theorem of {derivation}.
#
# make builds the library of the rules, the statement in Goal.v and its proof in Proof.v, and
# prints what the theorem rests on. Axioms of classical reasoning are
#   {classical}
# What the library assumes, of which the theorem may use some, is
#   {assumed}
# The theorem is proved if make succeeds, prints no other names, and Goal.v says what you mean.
#
# It needs Coq 8.16 and mathcomp-analysis 0.6, on Debian by
#   apt-get install coq libcoq-mathcomp-analysis

COQC ?= coqc
OPTIONS = -w -overriding-logical-loadpath -Q . Certificate -Q library FMProof
LIBRARY = {library}

check: Goal.vo Proof.vo
\t$(COQC) $(OPTIONS) Check.v

Goal.vo Proof.vo: %.vo: %.v $(LIBRARY:%=library/%.vo)
\t$(COQC) $(OPTIONS) $<

library/%.vo: library/%.v
\t$(COQC) -Q library FMProof $<

{needs}

clean:
\trm -f *.vo *.vok *.vos *.glob .*.aux library/*.vo library/*.vok library/*.vos \\
\t  library/*.glob library/.*.aux

.PHONY: check clean
"""
_REQUIRED = re.compile(r"From FMProof Require (?:Import|Export) ([^.]*)\.")


def exported_files(certificate: Certificate) -> dict[str, str]:
    """The files by their names.

    Raises:
        NotExported: the certificate uses something that has no translation yet.
    """
    library = sources()
    return {
        "Goal.v": goal(certificate),
        "Proof.v": proof(certificate),
        "Check.v": f"Require Import Certificate.Goal.\n{CHECK}",
        "Makefile": _makefile(certificate.derivation, library),
        **{f"library/{name}.v": text for name, text in library.items()},
    }


def write_folder(certificate: Certificate, where: Path) -> None:
    """Write these files into a folder, which is made if need be.

    Raises:
        InputError: the certificate has no translation yet, nothing can be written there, or a
            file with one of these names says something else.
    """
    files = exported_files(certificate)
    for name, text in files.items():
        file = where / name
        if file.exists() and (not file.is_file() or file.read_bytes() != text.encode()):
            raise InputError(
                f"{file} is something else already; name a new folder, or delete that file"
            )
    try:
        (where / "library").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {where}: {error.strerror}") from None
    for name, text in files.items():
        write_whole(where / name, text.encode())


def _makefile(derivation: str, library: Mapping[str, str]) -> str:
    needs = []
    for name, text in library.items():
        used = [f"library/{other}.vo" for line in _REQUIRED.findall(text) for other in line.split()]
        if used:
            needs.append(f"library/{name}.vo: {' '.join(used)}")
    return _MAKEFILE.format(
        derivation=" ".join(derivation.split()),
        classical="\n#   ".join(sorted(ALLOWED)),
        assumed="\n#   ".join(sorted(ASSUMED)),
        library=" ".join(library),
        needs="\n".join(needs),
    )
