"""The third mark: Coq's verdict in every report, and the labels of steps in certificates."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from fmproof.certificate.certificate import read_certificate, write
from fmproof.certificate.proved import certificate_of
from fmproof.cli import command
from fmproof.derivations.catalogue import load
from fmproof.errors import InputError
from fmproof.report import html, latex, markdown, text
from fmproof.report.json import render as as_json
from fmproof.report.json import schema
from fmproof.report.model import CoqVerdict, Report
from fmproof.tactics.check import check

ACCEPTED = CoqVerdict("accepted", 32, 1207, 3.2, ("choice", "extensionality"))
REFUSED = CoqVerdict("refused", 32, message="Coq refuses s7 of Proof.v, line 51")
UNCHECKED = CoqVerdict("unchecked", 32, message="coqc is not installed")
ASSUMING = replace(ACCEPTED, assumed=("version", "version_average"))
WORDS = "ccepted by Coq: 32 steps, 1,207 lines, 3 s; it rests on 2 axioms of classical reasoning"


@cache
def report() -> Report:
    return check([load("predictions")])


def marked(verdict: CoqVerdict | None) -> Report:
    (derivation,) = report().derivations
    return replace(report(), derivations=(replace(derivation, coq=verdict),))


def flat(page: str) -> str:
    return " ".join(page.split())


RENDERERS = [text.render, html.render, markdown.render, latex.render]


@pytest.mark.parametrize("render", RENDERERS, ids=["text", "html", "markdown", "latex"])
def test_every_report_has_the_mark(render: Callable[[Report], str]) -> None:
    assert WORDS in flat(render(marked(ACCEPTED)))
    refused = flat(render(marked(REFUSED)))
    assert "efused by Coq: Coq refuses s7 of Proof.v, line 51" in refused
    assert "ccepted by Coq" not in refused
    assert "ot checked by Coq: coqc is not installed" in flat(render(marked(UNCHECKED)))
    assert "by Coq" not in render(marked(None))


def test_assumptions_of_ours_are_named() -> None:
    assert f"{WORDS} and none of ours" in flat(text.render(marked(ACCEPTED)))
    told = f"{WORDS} and 2 assumptions of ours: version, version_average"
    assert told in flat(text.render(marked(ASSUMING)))
    assert told in flat(html.render(marked(ASSUMING)))


def test_the_mark_in_a_line() -> None:
    quiet = text.render(marked(ACCEPTED), text.Detail.QUIET)
    assert f"✓ predictions  a{WORDS}" in quiet
    assert "✗ predictions  refused by Coq" in text.render(marked(REFUSED), text.Detail.QUIET)


@pytest.mark.parametrize("verdict", [ACCEPTED, ASSUMING, REFUSED, UNCHECKED, None])
def test_the_mark_in_json(verdict: CoqVerdict | None) -> None:
    document = json.loads(as_json(marked(verdict)))
    jsonschema.validate(document, schema())
    (derivation,) = document["derivations"]
    if verdict is None:
        assert "coq" not in derivation
        return
    assert derivation["coq"] == {
        "status": verdict.status,
        "steps": 32,
        "lines": verdict.lines,
        "axioms": list(verdict.axioms),
        "assumed": list(verdict.assumed),
        "message": verdict.message,
    }


def test_a_document_without_coq_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    page = tmp_path / "page.html"
    asked = ["docs", "predictions", "--no-numeric"]
    done = CliRunner().invoke(command, [*asked, "--coq", "-o", str(page)])
    assert isinstance(done.exception, InputError)
    assert "Not checked by Coq: coqc is not installed" in flat(page.read_text("utf-8"))
    from_folder = [*asked, "fm-cfm", "--coq-from", str(tmp_path), "-o", str(page)]
    several = CliRunner().invoke(command, from_folder)
    assert several.exit_code == 2


def test_the_mark_is_of_what_was_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that says another thing when it is read again is read once."""
    monkeypatch.setenv("PATH", str(tmp_path))
    mine, log = tmp_path / "mine.py", tmp_path / "log"
    mine.write_text(
        "from fmproof import *\nx = Real('x')\n"
        f"with open({str(log)!r}, 'a') as log: log.write('read ')\n"
        "d = Derivation('d', variables=[x], start=x, steps=[Step('1', x, by='ring')])\n"
    )
    certificate = ["--certificate", str(tmp_path / "mine.jsonl")]
    CliRunner().invoke(command, ["verify", str(mine), "--no-numeric", "--coq", *certificate])
    assert log.read_text() == "read "
    assert read_certificate((tmp_path / "mine.jsonl").read_text("utf-8")).derivation == "d"


def test_labels_stay_in_certificates() -> None:
    certificate = certificate_of("gradient")
    assert read_certificate(write(certificate)) == certificate
    labels = {step.label for step in certificate.steps}
    assert {"G.1", "G.2", "fm-cfm 2.4a"} <= labels
    (derivative,) = (step for step in certificate.steps if step.rule == "derivative")
    assert derivative.label == "G.2"
