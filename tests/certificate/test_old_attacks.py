"""What Coq says of the theorems that attacks once made, from certificates of them.

``attacks/`` holds a certificate for each program that made a false theorem, as the kernel that it
fooled would have written it; its README says what is wrong in each, and which programs made none.
``attacks/verdicts.txt`` says who refuses it now: the kernel when it is replayed, the exporter
before Coq is asked, and Coq. ``FMPROOF_WRITE=1 pytest tests/certificate/test_old_attacks.py``
writes that anew; read the difference.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from attempts import Attempted

from fmproof import Vec, norm2, plus
from fmproof.certificate.certificate import Certificate, From, of_theorem, read_certificate
from fmproof.certificate.export.files import proof
from fmproof.certificate.export.statement.goal import goal
from fmproof.certificate.library import MISSING, compiled
from fmproof.certificate.replay import replay
from fmproof.errors import FmproofError, InputError
from fmproof.kernel.algebra import bilinearity
from fmproof.lang.node import shown

ATTACKS = Path(__file__).parent / "attacks"
PROGRAMS = Path(__file__).parents[1] / "soundness" / "attacks"
ANALYSIS = "/usr/lib/ocaml/coq/user-contrib/mathcomp/analysis"
needs_coq = pytest.mark.skipif(
    shutil.which("coqc") is None or not Path(ANALYSIS).is_dir(), reason=MISSING
)
WRITE = bool(os.environ.get("FMPROOF_WRITE"))
TRACES = sorted(file.stem for file in ATTACKS.glob("*.jsonl"))
VERDICTS = ATTACKS / "verdicts.txt"
NOT_ASKED = {"d14_duck_instance"}
"""A line of the proof is no term, so there is nothing to ask Coq."""


def trace(name: str) -> Certificate:
    return read_certificate((ATTACKS / f"{name}.jsonl").read_text("utf-8"))


def refusal(checker: Callable[[Certificate], object], certificate: Certificate) -> str:
    """What is said against a certificate; empty where nothing is."""
    try:
        checker(certificate)
    except FmproofError as error:
        return str(error)
    return ""


def recorded() -> dict[str, dict[str, str]]:
    """Who says what of each trace, from ``verdicts.txt``."""
    found: dict[str, dict[str, str]] = {}
    for block in VERDICTS.read_text("utf-8").strip().split("\n\n"):
        name, *lines = block.split("\n")
        found[name] = dict(line.strip().split(": ", 1) for line in lines)
    return found


@pytest.mark.parametrize("name", TRACES)
def test_the_kernel_refuses_it(name: str) -> None:
    with pytest.raises(InputError) as refused:
        replay(trace(name))
    if not WRITE:
        assert str(refused.value) == recorded()[name]["kernel"]


@pytest.mark.parametrize("name", TRACES)
def test_it_is_stated_for_coq(name: str) -> None:
    """The statement is written whatever it says; a proof, where there is one for each step."""
    assert "Definition theorem : Prop" in goal(trace(name))
    if not WRITE:
        assert exported(name) == recorded()[name]["exporter"]


@needs_coq
def test_coq_refuses_it() -> None:
    """All in one run of Coq; a step without translation is asked of Coq as it stands."""
    asked = {name: trace(name) for name in TRACES if name not in NOT_ASKED}
    found = answers({**asked, "right": right()})
    assert found.pop("right") == ""
    found |= dict.fromkeys(NOT_ASKED, "not asked")
    if WRITE:
        VERDICTS.write_text("\n\n".join(blocks(found)) + "\n", "utf-8")
    assert all(found.values()), {name for name, told in found.items() if not told}
    lemmas = {name: told.partition(":")[0] for name, told in found.items()}
    assert lemmas == {name: told["Coq"].partition(":")[0] for name, told in recorded().items()}


def right() -> Certificate:
    """A theorem that is true, with a step that the exporter leaves to Coq."""
    (step,) = of_theorem(bilinearity(norm2(plus(*Vec("a b")))), "right").steps
    return Certificate("right", (step, replace(step, rule="sections", arguments=(From(0),))))


def blocks(answered: dict[str, str]) -> Iterator[str]:
    for name in TRACES:
        told = claim(trace(name)), refusal(replay, trace(name)), exported(name), answered[name]
        lines = zip(("claims", "kernel", "exporter", "Coq"), told, strict=True)
        yield "\n".join([name, *(f"  {who}: {said}" for who, said in lines)])


def claim(certificate: Certificate) -> str:
    theorem = certificate.theorem
    given = ", ".join(map(shown, theorem.hypotheses))
    return f"{given} ⊢ {shown(theorem.conclusion)}".strip()


def exported(name: str) -> str:
    return refusal(proof, trace(name)) or "writes a proof"


def answers(certificates: dict[str, Certificate]) -> dict[str, str]:
    """At which lemma Coq refuses each, and with which words; empty where it accepts it."""
    texts = {name: proof(c, Attempted) for name, c in certificates.items()}
    heads = dict.fromkeys(line for text in texts.values() for line in head(text))
    script = ["Require Import String.", *heads]
    for name, text in texts.items():
        script += [f"Module {name}.", *commands(name, text), f"End {name}."]
    done = subprocess.run(
        ["coqtop", "-q", "-Q", str(compiled()), "FMProof"],
        input="\n".join(script) + "\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return {name: first_refusal(name, done.stdout) for name in texts}


def head(text: str) -> list[str]:
    return text[text.index("From ") : text.index("Section Derivation.")].splitlines()


def commands(name: str, text: str) -> Iterator[str]:
    """The proof's commands, each lemma after a line of its name and before a question for it."""
    body = text[text.index("Section Derivation.") :]
    for piece in re.split(r"(?=^(?:Lemma|Theorem) )", body, flags=re.MULTILINE):
        named = re.match(r"(?:Lemma|Theorem) (\w+)", piece)
        lemma, end, rest = piece.partition("Qed.\n")
        if named is None:
            yield piece
            continue
        yield f'Check "{name} {named[1]}"%string.'
        yield f"{lemma}{end}Abort All."
        yield rest


def first_refusal(name: str, told: str) -> str:
    """The first lemma of a trace that Coq refuses, and why; empty where it refuses none."""
    if f'"{name} proved"' not in told:
        return "Coq did not come to its end"
    for part in told.split(f'"{name} ')[1:]:
        lemma = part[: part.index('"')]
        before_next = part.split("%string")[1]
        error = re.search(r"Error:\s(.*?)(?=\n\n|\Z)", before_next, re.DOTALL)
        if error:
            return f"refuses {lemma}: {' '.join(error[1].split())[:200]}"
    return ""


def tables() -> list[dict[str, str]]:
    """The README's two tables: of the certificates, and of programs that have none."""
    found: list[dict[str, str]] = []
    for line in (ATTACKS / "README.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells and cells[0].startswith("---"):
            found.append({})
        elif cells and found and cells[0] not in ("certificate", "program"):
            found[-1][cells[0]] = cells[1]
    return found


def test_every_attack_is_in_one_table() -> None:
    certificates, none = tables()
    assert set(certificates) == set(TRACES) == set(recorded())
    programs = {file.stem for file in PROGRAMS.glob("*/*.py")}
    made = {p for p in programs for name in TRACES if name == p or name.startswith(f"{p}_")}
    assert made | set(none) == programs
    assert not made & set(none)
