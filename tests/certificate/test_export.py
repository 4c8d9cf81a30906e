"""A second checker: theorems accepted by Coq, and what is no proof refused with its reason."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from examples import times

from fmproof import (
    Density,
    Derivation,
    Equals,
    Expect,
    Field,
    Inner,
    Integral,
    Named,
    Real,
    Scalar,
    Step,
    Vec,
)
from fmproof.certificate.certificate import Certificate, of_theorem
from fmproof.certificate.export.check import check_folder, check_with_coq
from fmproof.certificate.export.commands import require_known_commands
from fmproof.certificate.export.files import proof
from fmproof.certificate.export.folder import write_folder
from fmproof.certificate.export.scripts import SCRIPTS
from fmproof.certificate.export.statement.goal import goal
from fmproof.certificate.export.statement.sorts import NotExported
from fmproof.certificate.export.statement.symbols import CoqSymbols
from fmproof.certificate.library import FILES, MISSING, axioms, compiled
from fmproof.certificate.proved import certificate_of
from fmproof.cli import command
from fmproof.derivations.fm_cfm import fm_cfm
from fmproof.derived.restatements import reflexivity
from fmproof.errors import InputError
from fmproof.kernel.rule import rules
from fmproof.lang.nodes import norm2
from fmproof.tactics.check import theorems

ANALYSIS = "/usr/lib/ocaml/coq/user-contrib/mathcomp/analysis"
needs_coq = pytest.mark.skipif(
    shutil.which("coqc") is None or not Path(ANALYSIS).is_dir(), reason=MISSING
)
x = Vec("x")


@cache
def certificate(name: str) -> Certificate:
    return certificate_of(name)


@cache
def small() -> Certificate:
    """‖a + b‖² = ‖a‖² + 2 a·b + ‖b‖², in two steps of the kernel."""
    a, b = Field("a", x)(x), Field("b", x)(x)
    square = Derivation(
        "square",
        variables=[x],
        start=norm2(a + b),
        steps=[Step("1", norm2(a) + 2 * Inner(a, b) + norm2(b), by="square")],
    )
    return of_theorem(theorems([square])["square"], "square")


# --- what Coq accepts ---------------------------------------------------------------------


@needs_coq
def test_coq_accepts_the_theorem_of_flow_matching(tmp_path: Path) -> None:
    """By the command; :func:`check` compares the axioms with those that are allowed."""
    folder = str(tmp_path / "out")
    written = CliRunner().invoke(command, ["export", "fm-cfm", "--to", "coq", "-o", folder])
    assert written.exit_code == 0, written.output
    given = ["verify", "fm-cfm", "--no-numeric", "-q", "--coq-from", folder]
    done = CliRunner().invoke(command, given)
    assert done.exit_code == 0, done.output
    steps = len(certificate("fm-cfm").steps)
    assert f"fm-cfm  accepted by Coq: {steps} steps" in done.output
    assert re.search(r"rests on \d+ axioms of classical reasoning and none of ours", done.output)
    assert (tmp_path / "out" / "Proof.v").read_text("utf-8") == proof(certificate("fm-cfm"))


def test_each_step_is_a_lemma_with_its_rule() -> None:
    text = proof(certificate("fm-cfm"))
    told = re.findall(
        r"^\(\* (\d+), (\w+)(?:, for ([\w.]+))?: .*\*\)\nLemma s(\d+)[ \n]", text, re.MULTILINE
    )
    steps = certificate("fm-cfm").steps
    assert [(int(n), rule, label, int(m)) for n, rule, label, m in told] == [
        (i, step.rule, step.label, i) for i, step in enumerate(steps)
    ]
    labels = {step.id for part in fm_cfm.parts for step in part.steps}
    assert {label for _, _, label, _ in told} == {*labels, ""}
    assert "(fun (t : R) (z : vec d) (x : vec d) =>" in text
    assert not re.search(r"\b(Axiom|Admitted|admit|Parameter|Conjecture|Abort)\b", text)


def test_the_statement_has_the_hypotheses_and_no_proof() -> None:
    text = goal(certificate("fm-cfm"))
    assert "forall theta : Theta, ((L_FM theta) = ((L_CFM theta) + C))" in text
    assert text.count("-> (forall theta : Theta, (Integrable") == 1
    assert "Density (Rn d l) (fun (x : vec d) => (p_t_given_z t x z))" in text
    for word in ("Proof", "Lemma", "Hypothesis", "Axiom"):
        assert word not in text.split()


def test_the_rules_are_rules_of_the_kernel() -> None:
    """A transfer is by the rule that made the laws equal; the exporter restates for itself."""
    known = {*rules(), "restate"}
    assert {name.split(" by ")[0] for name in SCRIPTS} <= known
    assert {name.split(" by ")[-1] for name in SCRIPTS} <= known


# --- what it refuses ----------------------------------------------------------------------


def edited(folder: Path, name: str, change: Callable[[str], str]) -> None:
    write_folder(small(), folder)
    before = (folder / name).read_text("utf-8")
    after = change(before)
    assert after != before
    (folder / name).write_text(after, "utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(InputError) as refused:
        check_folder(small(), folder, compiled())
    return str(refused.value)


SMUGGLED = {
    "version": "Axiom version : False.",
    "Conditional.version": "Module Conditional. Axiom version : False. End Conditional.",
}


@needs_coq
@pytest.mark.parametrize("name", sorted(SMUGGLED))
def test_what_is_assumed_is_told(name: str, tmp_path: Path) -> None:
    """A step that is admitted, and a theorem from an axiom, called as an assumption of ours."""

    def cheat(text: str) -> str:
        text = re.sub(r"(Lemma s0[^.]*\.)\nProof\. .*? Qed\.", r"\1\nAdmitted.", text, count=1)
        text = text.replace("Section ", f"{SMUGGLED[name]}\nSection ", 1)
        return re.sub(r"using All\. exact .*? Qed\.", f"using All. destruct {name}. Qed.", text)

    edited(tmp_path, "Proof.v", cheat)
    told = refusal(tmp_path)
    assert "version" in told
    assert "assumed, not proved" in told


def stated_after(cheat: str, tactic: str) -> Callable[[str], str]:
    """A Proof.v that states the text of Goal.v, when the words in it mean something else."""
    told = goal(small()).replace("Section Goal.", f"{cheat}\nSection Goal.")
    proved = f"Theorem proved : theorem.\nProof. unfold theorem, statement; {tactic} Qed.\n"
    return lambda _: told + proved


@needs_coq
@pytest.mark.parametrize(
    ("cheat", "tactic"),
    [
        ("Definition ip {d : nat} (a b : vec d) : R := 0.", "unfold ip; intros; ring."),
        ('Notation "x = y" := (let _ := y in x = x) : type_scope.', "intros; exact eq_refl."),
    ],
    ids=["a shadowed name", "a notation"],
)
def test_other_words_prove_another_statement(tmp_path: Path, cheat: str, tactic: str) -> None:
    edited(tmp_path, "Proof.v", stated_after(cheat, tactic))
    assert "proves another statement than Goal.v" in refusal(tmp_path)


@needs_coq
def test_a_smuggled_hypothesis_proves_another_statement(tmp_path: Path) -> None:
    section = "Section Derivation."
    edited(
        tmp_path, "Proof.v", lambda t: t.replace(section, f"{section}\nHypothesis gift : False.")
    )
    assert "proves another statement than Goal.v" in refusal(tmp_path)


def test_a_replaced_goal_is_refused(tmp_path: Path) -> None:
    easier = "Definition theorem : Prop := True.\nDefinition other :"
    edited(tmp_path, "Goal.v", lambda t: t.replace("Definition theorem :", easier))
    with pytest.raises(InputError, match="does not state the theorem of square"):
        check_folder(small(), tmp_path, tmp_path)


OUTSIDE = {
    'Declare ML Module "anything".': "Declare ML",
    'Declare (* a (* b *) *) ML Module "anything".': "Declare ML",
    'Load "anything".': "Load",
    'Check "(*". Load "anything". Check "*)".': "Load",
    'Redirect "file" Check I.': "Redirect",
    'Time Redirect "file" Check I.': "Time",
    'Print Universes "file".': "Print Universes",
    "Elpi Command anything.": "Elpi",
    "#[local] Elpi Command anything.": "Elpi",
    "#[bypass_check(guard)] Fixpoint f (n : nat) : False := f n.": "bypass_check",
    "Lemma a : True. Proof. { Elpi anything.": "Elpi",
    "Lemma a : True. Proof. 1: { Drop.": "Drop",
    "Definition a := ltac:(elpi anything).": "elpi",
    "Local Set NativeCompute Profiling.": "Profiling",
    "HB.instance Definition _ := a.": "HB",
    'Program Definition a := 1. Cd "..".': "Cd",
}
"""Commands that write files, run programs or load plug-ins; Elpi comes with mathcomp."""


@pytest.mark.parametrize("added", sorted(OUTSIDE))
def test_a_command_that_reaches_outside_is_refused(tmp_path: Path, added: str) -> None:
    edited(tmp_path, "Proof.v", lambda t: f"{t}{added}\n")
    with pytest.raises(InputError, match=rf"the command {OUTSIDE[added]}\b.*may reach outside"):
        check_folder(small(), tmp_path, tmp_path)


def test_commands_of_a_proof_are_known() -> None:
    """Also those of one that somebody edits, and where comments and strings name others."""
    require_known_commands(proof(certificate("fm-cfm")))
    require_known_commands(
        'From Coq Require Import Lia. (* Load "a". *) Ltac by_ring := ring.\n'
        "Local Notation \"x 'Load' y\" := (x + y).\n"
        "Lemma a : 1 = 1. Proof. - { 1: { all: trivial. } } + reflexivity... Qed."
    )


def test_a_name_does_not_end_the_comment_that_it_stands_in() -> None:
    name = 'x *) Notation "1" := 2. (* y'
    certificate = replace(small(), derivation=name)
    for written in (goal(certificate), proof(certificate)):
        outside = re.sub(r"\(\*.*?\*\)", "", written, flags=re.DOTALL)
        assert "Notation" in written
        assert "Notation" not in outside


@needs_coq
def test_a_wrong_step_is_refused_at_its_lemma(tmp_path: Path) -> None:
    edited(tmp_path, "Proof.v", lambda t: t.replace("(2 * ", "(3 * "))
    told = refusal(tmp_path)
    assert re.search(r"Coq refuses (fact_\d+|s\d+|proved) of Proof\.v, line \d+", told)


KINDS = ("conclusion", "rule", "hypotheses", "arguments")


def mutated(rng: random.Random, original: Certificate, *kinds: str) -> Certificate:
    """Another conclusion, rule, premise or hypotheses in one step."""
    steps = list(original.steps)
    at = rng.randrange(len(steps))
    step, other = steps[at], steps[rng.randrange(len(steps))]
    kind = rng.choice(kinds)
    if kind == "hypotheses":
        change: dict[str, Any] = {"hypotheses": step.hypotheses[1:]}
    else:
        change = {kind: getattr(other, kind)}
    steps[at] = replace(step, **change)
    return Certificate(original.derivation, tuple(steps))


def told_by(attempt: Callable[[], object]) -> str | None:
    """What a refusal says; None where there is none."""
    try:
        attempt()
    except InputError as error:
        return str(error)
    return None


def test_mutations_without_a_proof_are_told_before_coq_is_asked() -> None:
    """Hypotheses that are missing and rules that do not fit."""
    rng, original = random.Random(13), certificate("fm-cfm")
    changed = [mutated(rng, original, *KINDS) for _ in range(12)]
    told = [message for c in changed if (message := told_by(lambda c=c: proof(c)))]  # type: ignore[misc]
    assert len(told) >= 3
    assert all(re.match(r"step \d+", message) for message in told)


@needs_coq
def test_coq_refuses_mutations() -> None:
    """The proof of a certificate with another line proves the right theorem or is refused.

    One here, twenty in the nightly profile.
    """
    original, rng, refused = small(), random.Random(5), []
    right, tried = without_comments(proof(original)), 0
    while tried < times(1):
        changed = mutated(rng, original, "conclusion")
        if told_by(lambda c=changed: proof(c)):  # type: ignore[misc]
            continue
        if without_comments(proof(changed)) != right:
            message = told_by(lambda c=changed: check_with_coq(original, proof(c), compiled()))  # type: ignore[misc]
            refused.extend([message] if message else [])
            tried += 1
    assert refused
    assert all("Proof.v" in message for message in refused)


def without_comments(text: str) -> str:
    return re.sub(r"\(\*.*?\*\)", "", text)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("", "does not tell"),
        ("Axioms:\nfoo is assumed to be guarded.\n", "more than axioms"),
        ("Axioms:\nfoo : False\nrelies on an unsafe hierarchy\n", "more than axioms"),
    ],
)
def test_checks_that_are_switched_off_show(told: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        axioms(told)


def test_axioms_are_read() -> None:
    assert axioms("Closed under the global context\n") == frozenset()
    assert axioms("Axioms:\na.b : forall x,\n  x = x\nc\n  : True\n") == {"a.b", "c"}


# --- what has no translation --------------------------------------------------------------


def test_what_has_no_translation_is_said() -> None:
    t = Real("t")
    line = reflexivity(Integral(Scalar("a", t)(t), t))
    with pytest.raises(NotExported, match="an integral over t has no translation to Coq yet"):
        proof(of_theorem(line, "a line"))


def test_names_do_not_capture_each_other() -> None:
    """Symbols and variables that Coq, the library or the generated proof has the names of."""
    pt, h = Vec("pt h")
    head = Scalar("Int", pt)
    assert CoqSymbols((Scalar("by")(),)).heads[Scalar("by")] != "by"
    symbols = CoqSymbols((Expect(head(pt) * Field("fun", pt)(pt) @ h, Density("p", pt)(pt)),))
    names = set(symbols.heads.values())
    assert len(names) == 3
    assert not names & {"Int", "fun", "pt"}
    assert symbols.local(pt, {}) != "pt"
    assert symbols.local(h, {Vec("g"): "(f h_)"}) not in ("h", "h_")
    one = Named("C", Equals(Real("t"), Real("t")).lhs)
    assert CoqSymbols((one,)).named[one] == "C"


# --- the command --------------------------------------------------------------------------


def test_the_command_without_coq(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    given = ["verify", "predictions", "log-density", "--no-numeric", "-q", "--coq"]
    done = CliRunner().invoke(command, given)
    assert isinstance(done.exception, InputError)
    assert "apt-get install coq" in str(done.exception)
    for name in given[1:3]:
        assert f"{name}  not checked by Coq: coqc is not installed" in done.output
    two = CliRunner().invoke(command, [*given, "--coq-from", str(tmp_path)])
    assert two.exit_code == 2
    assert "--coq-from is for one derivation" in two.output


def test_what_is_exported(tmp_path: Path) -> None:
    """Whole, with what the Makefile says of each file; never over files of somebody else."""
    folder = tmp_path / "out"
    asked = ["export", "predictions", "--to", "coq", "-o", str(folder)]
    for _ in range(2):
        done = CliRunner().invoke(command, asked)
        assert done.exit_code == 0, done.output
        assert done.output.startswith("predictions: 30 steps for Coq in ")
    files = {str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()}
    library = {f"library/{name}.v" for name in FILES}
    assert files == {"Goal.v", "Proof.v", "Check.v", "Makefile", *library}
    assert (folder / "Goal.v").read_text("utf-8") == goal(certificate("predictions"))
    (folder / "Proof.v").write_text("(* mine *)")
    done = CliRunner().invoke(command, asked)
    assert isinstance(done.exception, InputError)
    assert "Proof.v is something else already" in str(done.exception)
    assert (folder / "Proof.v").read_text() == "(* mine *)"


def test_what_is_not_proved_is_not_exported(tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text(
        "from fmproof import *\nx = Real('x')\n"
        "d = Derivation('d', variables=[x], start=x, steps=[Step('1', x + 1, by='ring')])\n"
    )
    done = CliRunner().invoke(command, ["export", str(mine), "--to", "coq", "-o", str(tmp_path)])
    assert "d is not proved" in str(done.exception)
    assert [f.name for f in tmp_path.iterdir()] == ["mine.py"]


@needs_coq
@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_checks_what_is_exported(tmp_path: Path) -> None:
    """The library is compiled already, as a second ``make`` finds it."""
    write_folder(small(), tmp_path)
    for name in FILES:  # in the order in which they were made
        shutil.copy(compiled() / f"{name}.vo", tmp_path / "library")
    done = subprocess.run(["make"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Measure.v" not in done.stdout
    assert "Axioms:" in done.stdout or "Closed under the global context" in done.stdout
    proof_file = tmp_path / "Proof.v"
    proof_file.write_text(proof_file.read_text("utf-8").replace("(2 * ", "(3 * "), "utf-8")
    again = subprocess.run(["make"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode != 0
