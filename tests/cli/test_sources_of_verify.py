"""Where derivations come from: folders, standard input, a step of a file; and watching."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from fmproof.cli import watch
from fmproof.report.selection import only


def test_a_folder_is_all_its_derivations(run, files: Path) -> None:
    (files / "notes.py").write_text("raise SystemExit  # says no word of what it would define\n")
    (files / "deep").mkdir()
    (files / "deep" / "more.py").write_text((files / "good.py").read_text())
    (files / ".hidden").mkdir()
    (files / ".hidden" / "more.py").write_text("Derivation = nothing")
    outcome = run("verify", ".", "-q", "--no-numeric")
    assert outcome.status == 1
    assert [line.split()[0] for line in outcome.out.splitlines()] == ["✓", "✓", "✗"]


def test_standard_input_is_a_file(run, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO((files / "wrong.py").read_text()))
    outcome = run("verify", "-", "--no-numeric", "--format", "lines")
    assert outcome.status == 1
    assert outcome.out.startswith("<stdin>:18: error: mine, step 2 (linearity): the claim is not")


@pytest.mark.parametrize(
    ("source", "status", "step"),
    [("wrong.py::1", 0, "✓ 1"), ("wrong.py::2", 1, "✗ 2"), ("fm-cfm::2.4a", 0, "✓ 2.4a")],
)
def test_a_step_alone(run, files: Path, source: str, status: int, step: str) -> None:
    outcome = run("verify", source, "--no-numeric")
    assert outcome.status == status
    assert [line.strip()[: len(step)] for line in outcome.out.splitlines()].count(step) == 1
    assert "1 step" in outcome.out.splitlines()[-1]
    assert f"::{step.split()[1]}: Step" in outcome.out


def test_a_derivation_of_a_file_by_its_name(run, files: Path) -> None:
    assert run("verify", "wrong.py::mine", "-q", "--no-numeric").out.startswith("✗ mine ")


def test_no_such_step(run, files: Path) -> None:
    outcome = run("verify", "good.py::11", "--no-numeric")
    assert outcome.status == 2
    assert outcome.err.startswith("fmproof: there is no derivation and no step '11'; did you mean")


def test_a_step_is_no_better_than_the_results_that_it_uses() -> None:
    from dataclasses import replace

    from fmproof import check
    from fmproof.derivations import load

    theorem = load("fm-cfm")
    first = theorem.parts[0]
    shorter = replace(first, steps=first.steps[1:], statement=None)  # no longer proves its part
    broken = replace(theorem, parts=[shorter, *theorem.parts[1:]])
    (selected,) = only(check([broken]), "3.1").derivations
    assert selected.status == "failed"


def test_a_change_ends_the_wait(files: Path) -> None:
    seen = watch.stamps([files])
    assert set(seen) == {files / "good.py", files / "wrong.py"}
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            (files / "new.py").write_text("")

    assert set(watch.wait_for_change([files], seen, pause)) - set(seen) == {files / "new.py"}
    assert len(pauses) == 3


def test_watching_checks_again_after_each_change(
    run, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = iter(["not python(", (files / "wrong.py").read_text()])

    def wait(*_: object) -> None:
        try:
            (files / "good.py").write_text(next(contents))
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr(watch, "wait_for_change", wait)
    outcome = run("verify", "good.py", "--watch", "-q", "--no-numeric")
    assert outcome.status == 1
    assert [line.split()[0] for line in outcome.out.splitlines()] == ["✓", "✗"]
    assert "is not valid Python" in outcome.err
    assert outcome.err.count("waiting for a change") == 3


def test_there_must_be_something_to_watch(run) -> None:
    outcome = run("verify", "fm-cfm", "--watch")
    assert outcome.status == 2
    assert "--watch waits for files to change; name a file or a folder" in outcome.err


def test_sarif(run, files: Path) -> None:
    outcome = run("verify", "wrong.py", "--format", "sarif", "--no-numeric")
    document = json.loads(outcome.out)
    (only_run,) = document["runs"]
    (result,) = only_run["results"]
    assert document["version"] == "2.1.0"
    assert result["ruleId"] == "linearity"
    assert result["ruleId"] in {rule["id"] for rule in only_run["tool"]["driver"]["rules"]}
    (place,) = result["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "wrong.py"
    assert place["physicalLocation"]["region"]["startLine"] == 18
    proved = json.loads(run("verify", "good.py", "--format", "sarif", "--no-numeric").out)
    assert proved["runs"][0]["results"] == []


def test_lines_for_an_editor(run, files: Path) -> None:
    outcome = run("verify", "wrong.py", "--format", "lines", "--no-numeric")
    first, last = outcome.out.splitlines()
    assert first.startswith("wrong.py:18: error: mine, step 2 (linearity): the claim is not what")
    assert "difference: " in first
    assert last.startswith("fmproof: failed: 1 of 1 derivation")
