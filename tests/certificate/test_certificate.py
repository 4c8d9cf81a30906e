"""Certificates: written, read and replayed; changed ones refused."""

from __future__ import annotations

import json
import random
import re
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from fmproof import Inner, Scalar, Vec
from fmproof.certificate.certificate import of_theorem, read_certificate, schema, write
from fmproof.certificate.proved import labelled
from fmproof.certificate.replay import replay
from fmproof.cli import command
from fmproof.derivations.catalogue import BUILTIN, load
from fmproof.errors import FmproofError, InputError
from fmproof.kernel.equality import congruence, symmetry, transitivity, unfold
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import add
from fmproof.lang.scope import canon
from fmproof.rows import read_row
from fmproof.tactics.check import theorems

x = Vec("x")


@cache
def proved(name: str) -> Theorem:
    return theorems([load(name)])[name]


@cache
def lines(name: str) -> tuple[str, ...]:
    theorem = proved(name)
    return tuple(write(labelled(of_theorem(theorem, name), load(name))).splitlines())


@pytest.mark.parametrize("name", BUILTIN)
def test_a_certificate_replays_to_the_theorem(name: str) -> None:
    text = "\n".join(lines(name)) + "\n"
    certificate = read_certificate(text)
    theorem = replay(certificate)
    original = proved(name)
    assert canon(theorem.conclusion) == canon(original.conclusion)
    assert set(map(canon, theorem.hypotheses)) == set(map(canon, original.hypotheses))
    assert write(certificate) == text


@pytest.mark.parametrize("name", BUILTIN)
def test_each_line_fits_the_schema(name: str) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    for line in lines(name):
        validator.validate(json.loads(line))


def test_the_schema_refuses_what_is_no_line() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    for line in ({}, {"step": 0}, {"row": 0, "kind": "Axiom"}, {"theorem": -1}):
        assert not validator.is_valid(line)


def test_a_certificate_is_pruned() -> None:
    """Every step but the last is used by a later one, and each once."""
    steps = read_certificate("\n".join(lines("fm-cfm"))).steps
    used = {premise for step in steps for premise in step.premises}
    assert used == set(range(len(steps) - 1))


def mutated(rng: random.Random, rows: list[dict[str, object]]) -> None:
    """Change one thing: a term, a rule's name, a premise, a hypothesis, the order of steps."""
    steps = [i for i, row in enumerate(rows) if "step" in row]
    terms = [i for i, row in enumerate(rows) if "row" in row]
    at = rows[rng.choice(steps)]
    kind = rng.choice(["term", "rule", "premise", "hypothesis", "conclusion", "order", "argument"])
    if kind == "term":
        row = rows[rng.choice([i for i in terms if rows[i].get("args")])]
        row["args"][rng.randrange(len(row["args"]))] = rng.randrange(len(terms))  # type: ignore
    elif kind == "rule":
        at["rule"] = rows[rng.choice(steps)]["rule"]
    elif kind == "premise":
        text = json.dumps(at["args"])
        old = rng.choice(at["from"] or [0])  # type: ignore[call-overload]
        new = rng.randrange(len(steps))
        at["args"] = json.loads(text.replace(f'{{"from": {old}}}', f'{{"from": {new}}}'))
        at["from"] = [new if p == old else p for p in at["from"]]  # type: ignore[attr-defined]
    elif kind == "hypothesis" and at["hyps"]:
        at["hyps"].pop(rng.randrange(len(at["hyps"])))  # type: ignore[attr-defined, arg-type]
    elif kind == "conclusion":
        at["concl"] = rng.choice(terms) - 1
    elif kind == "order":
        i, j = rng.sample(steps, 2)
        for key in ("rule", "args", "from", "concl", "hyps"):
            rows[i][key], rows[j][key] = rows[j][key], rows[i][key]
    elif at["args"]:
        at["args"].reverse()  # type: ignore[attr-defined]


def test_500_mutations_give_no_other_theorem() -> None:
    rng = random.Random(13)
    originals = {
        name: replay(read_certificate("\n".join(lines(name)))) for name in ("fm-cfm", "general")
    }
    refused = 0
    for _ in range(500):
        name = rng.choice(list(originals))
        rows = [json.loads(line) for line in lines(name)]
        mutated(rng, rows)
        try:
            theorem = replay(read_certificate("\n".join(map(json.dumps, rows))))
        except FmproofError:
            refused += 1
            continue
        claimed = originals[name]
        assert canon(theorem.conclusion) == canon(claimed.conclusion)
        assert set(map(canon, theorem.hypotheses)) == set(map(canon, claimed.hypotheses))
    assert refused > 400


ONE_ROW = re.compile(r'"args": \[\{"row": \d+\}\]')
"""The arguments of a step that takes one term."""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: "", "no certificate"),
        (lambda t: t.replace('"version": 2', '"version": 1', 1), "version 1; this fmproof reads 2"),
        (lambda t: t.replace('"version"', '"version', 1), "no certificate"),
        (  # a density of a variable without a range
            lambda t: t.replace('"sup": [], "main": [5]', '"sup": [], "main": [0]', 1),
            "is no term: a law of what is no variable",
        ),
        (lambda t: t.replace('"row"', '"row', 1), "line 2 of the certificate is not JSON"),
        (lambda t: "[]\n" + t, "line 1 of the certificate is not a JSON object"),
        (
            lambda t: t.replace('"sort": "VEC"', '"sort": "VECTOR"', 1),
            "'VECTOR' is no sort; did you",
        ),
        (
            lambda t: t.replace('"name": "t", ', "", 1),
            "line 2 .* row 0 is no term: it has no 'name'",
        ),
        (lambda t: t.replace('"rule": ', '"rul": ', 1), "of the certificate has no 'rule'"),
        (lambda t: t.replace('{"row": 52}', '{"line": 0}', 1), r"argument \{'line': 0\}, expected"),
        (
            lambda t: ONE_ROW.sub('"args": []', t, 1),
            r"no arguments of [a-z_]+\([a-z, ]+\)",
        ),
        (
            lambda t: ONE_ROW.sub('"args": [7]', t, 1),
            "must be a term, found an int; write Rational\\(7\\)",
        ),
        (lambda t: t.replace('"version": 2', '"version": 2.0', 1), r"of version 2\.0; this"),
        (lambda t: t.replace('"version": 2', '"version": true', 1), "of version True; this"),
        (lambda t: t.replace('"fmproof": ', '"author": "me", "fmproof": ', 1), "it has 'author'"),
        (lambda t: t.replace('"row": 1,', '"row": 1.0,', 1), "expected the next row or the next"),
        (lambda t: t.replace('"row": 1,', '"row": true,', 1), "expected the next row or the next"),
        (lambda t: t.replace('"step": 0,', '"step": 0.0,', 1), "expected the next row or the next"),
        (lambda t: t.replace('"step": 0,', '"step": 0, "by": 1,', 1), "it has 'by'"),
        (lambda t: t.replace('"rule": "', '"rule": 1, "note": "', 1), "'rule' is no text"),
        (lambda t: t.replace('"hyps": [', '"hyps": "1", "note": [', 1), "'hyps' is no list"),
        (lambda t: t.replace('"rule": "', '"rule": "ring", "rule": "', 1), "it has 'rule' twice"),
        (lambda t: t.replace('"kind": "Apply",', '"kind": "Apply", "name": "g",', 1), "has 'name'"),
        (lambda t: t.replace('"kind": "Field",', '"kind": "Field", "args": [0],', 1), "has 'args'"),
        (lambda t: t.replace('"kind": "Var",', '"kind": "Var", "of": 1,', 1), "it has 'of'"),
        (
            lambda t: t.replace('"kind": "Scalar",', '"kind": "Scalar", "nonneg": 1,', 1),
            "'nonneg' is true where it is",
        ),
        (
            lambda t: t.replace('{"row": 52}', '{"row": 52, "from": 0}', 1),
            "has the argument .*, expected",
        ),
        (
            lambda t: re.sub(r'"from": \[(\d+)\]', r'"from": [\1.0]', t, count=1),
            "its premises are not",
        ),
        (lambda t: re.sub(r'"theorem": (\d+)', r'"theorem": \1.0', t), "ends with its theorem"),
        (lambda t: t.replace('"linearity"', '"magic"'), "no rule"),
        (lambda t: t.rsplit("\n", 2)[0], "ends with its theorem"),
        (
            lambda t: t.replace('"kind": "Inner"', '"kind": "Iner"', 1),
            "no kind of term; did you mean 'In",
        ),
        (lambda t: t.replace('"fm-cfm"', "7", 1), "must name the derivation"),
        (lambda t: t.replace('"fm-cfm"', '"a\\nb"', 1), "must name the derivation"),
        (lambda t: t.replace('"fm-cfm"', '"\\u001b[8m"', 1), "must name the derivation"),
    ],
)
def test_what_is_wrong_is_said(change, message: str) -> None:  # type: ignore[no-untyped-def]
    text = "\n".join(lines("fm-cfm")) + "\n"
    with pytest.raises(InputError, match=message):
        replay(read_certificate(change(text)))


@pytest.mark.parametrize(
    "value",
    [["print('read')"], "print('read')", "1/0", "0.5", 2, None, "9" * 5000, "٣", "1e3"],
    ids=lambda value: repr(value)[:20],
)
def test_a_number_is_read_and_never_run(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="is no term"):
        read_row({"kind": "Number", "value": value}, [])
    assert capsys.readouterr().out == ""


def test_what_is_replayed_is_shown_with_what_its_symbols_stand_for(tmp_path: Path) -> None:
    f = Scalar("f", x, definition=Inner(x, x))
    hollow = transitivity(unfold(f(x)), symmetry(unfold(f(x))))
    file = tmp_path / "proof.jsonl"
    file.write_text(write(of_theorem(hollow, "squares")), encoding="utf-8")
    shown = CliRunner().invoke(command, ["replay", str(file)])
    assert "f(x)  := ‖x‖²" in shown.output
    other = Scalar("f", x, definition=Inner(x, x) + 1)
    two = congruence(add(f(x), other(x)), {})
    file.write_text(write(of_theorem(two, "two")), encoding="utf-8")
    refused = CliRunner().invoke(command, ["replay", str(file)])
    assert isinstance(refused.exception, InputError)
    assert "the name f stands for two things" in str(refused.exception)


def test_the_commands(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "proof.jsonl"
    run = CliRunner().invoke
    made = run(command, ["verify", "fm-cfm", "--no-numeric", "-q", "--certificate", str(file)])
    assert made.exit_code == 0
    assert file.read_text(encoding="utf-8").splitlines() == list(lines("fm-cfm"))
    again = run(command, ["replay", str(file)])
    assert again.exit_code == 0
    assert "steps replayed" in again.output
    assert "L_FM" in again.output
    two = run(command, ["verify", "fm-cfm", "general", "--certificate", str(file)])
    assert two.exit_code == 2
