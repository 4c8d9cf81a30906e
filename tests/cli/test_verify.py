"""``fmproof verify``: what is checked, what is printed, where it goes, the exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from fmproof.derivations.catalogue import BUILTIN
from fmproof.report.json import schema


def test_without_arguments_all_built_in_derivations(run) -> None:
    outcome = run("verify", "--quiet")
    assert (outcome.status, outcome.err) == (0, "")
    names = [line.split()[1] for line in outcome.out.splitlines()]
    assert names == list(BUILTIN)
    assert all(line.startswith("✓") for line in outcome.out.splitlines())


def test_every_step_is_printed(run) -> None:
    outcome = run("verify", "fm-cfm")
    assert outcome.status == 0
    for label in ("1.1", "1.4", "2.4a", "2.4b", "2.5a", "3.2a", "3.7"):
        assert f"  ✓ {label} " in outcome.out
    assert "C₁ = E_{t~U[0,1], x~p_t}[‖u_t(x)‖²]" in outcome.out
    assert outcome.out.splitlines()[-1].startswith("✓ proved: 1 derivation, 19 steps in ")
    assert max(map(len, outcome.out.splitlines())) <= 88


def test_the_same_source_twice_is_checked_once(run) -> None:
    assert len(run("verify", "-q", "gradient", "gradient").out.splitlines()) == 1


def test_a_file_of_the_users(run, files: Path) -> None:
    outcome = run("verify", "good.py", "--steps")
    assert outcome.status == 0
    assert "Theorem  E_{x~p}[‖u(x) − v(x)‖²]\n" in outcome.out
    assert "each mean is finite" in outcome.out
    assert "by Cauchy–Schwarz, H1, H2" in outcome.out


def test_a_wrong_step_is_named_and_explained(run, files: Path) -> None:
    outcome = run("verify", "wrong.py", "gradient")
    assert (outcome.status, outcome.err) == (1, "")
    assert "✓ 1  = " in outcome.out
    assert "✗ 2  = " in outcome.out
    assert "difference  E_{x~p}[u(x)·v(x)]\n" in outcome.out
    assert "written at  wrong.py:18\n" in outcome.out
    assert "✗ failed: 1 of 2 derivations, 1 of 6 steps in " in outcome.out


# --- formats --------------------------------------------------------------------------


def test_json(run) -> None:
    outcome = run("verify", "--format", "json")
    document = json.loads(outcome.out)
    jsonschema.validate(document, schema(), jsonschema.Draft202012Validator)
    assert (outcome.status, document["status"]) == (0, "proved")
    assert [d["name"] for d in document["derivations"]] == list(BUILTIN)
    first = document["derivations"][0]
    assert [h["name"] for h in first["hypotheses"]] == ["H1", "H2"]
    assert len(first["steps"]) == 19


def test_json_of_a_failure(run, files: Path) -> None:
    outcome = run("verify", "wrong.py", "--format", "json")
    document = json.loads(outcome.out)
    jsonschema.validate(document, schema(), jsonschema.Draft202012Validator)
    assert (outcome.status, document["status"]) == (1, "failed")
    assert "difference: E_{x~p}[u(x)·v(x)]" in document["derivations"][0]["steps"][1]["message"]


def test_junit(run, files: Path) -> None:
    outcome = run("verify", "good.py", "wrong.py", "--format", "junit")
    root = ET.fromstring(outcome.out.encode())
    assert outcome.status == 1
    assert (root.attrib["tests"], root.attrib["failures"]) == ("5", "1")


def test_github(run, files: Path) -> None:
    outcome = run("verify", "wrong.py", "--format", "github")
    assert outcome.status == 1
    assert outcome.out.startswith("::error file=wrong.py,line=18,title=mine%2C step 2 (linearity)")


def test_what_a_file_prints_stays_out_of_the_report(files: Path) -> None:
    source = (files / "good.py").read_text(encoding="utf-8")
    (files / "chatty.py").write_text("print('hello')\n" + source, encoding="utf-8")
    command = [sys.executable, "-m", "fmproof", "verify", "chatty.py", "--format", "json"]
    outcome = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(outcome.stdout)["status"] == "proved"
    assert outcome.stderr == "hello\n"


# --- output ---------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["text", "json", "junit", "github"])
def test_a_file_gets_what_standard_output_would(run, files: Path, format_: str) -> None:
    shown = run("verify", "-q", "good.py", "--format", format_)
    written = run("verify", "-q", "good.py", "--format", format_, "-o", "report")
    assert (written.status, written.out, written.err) == (0, "", "")
    content = (files / "report").read_text(encoding="utf-8")
    assert without_seconds(content) == without_seconds(shown.out)
    assert sorted(os.listdir(files)) == ["good.py", "report", "wrong.py"]


def without_seconds(text: str) -> str:
    import re

    return re.sub(r"\d+\.\d+", "", text)


def test_a_file_is_replaced_only_by_a_whole_one(run, files: Path) -> None:
    (files / "report").write_text("old", encoding="utf-8")
    assert run("verify", "missing.py", "-o", "report").status == 2
    assert (files / "report").read_text(encoding="utf-8") == "old"
    assert run("verify", "-q", "wrong.py", "-o", "report").status == 1
    assert "✗ mine" in (files / "report").read_text(encoding="utf-8")


# --- colour ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "options", "coloured"),
    [
        ({}, [], False),  # captured output is no terminal
        ({"FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"FORCE_COLOR": "", "NO_COLOR": ""}, [], False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, [], True),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
        ({"FORCE_COLOR": "1"}, ["--format", "json"], False),
    ],
)
def test_colour(
    run,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    options: list[str],
    coloured: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in run("verify", "gradient", *options).out) is coloured


def test_a_file_is_coloured_only_when_told(run, files: Path, monkeypatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    run("verify", "-q", "good.py", "-o", "plain")
    run("verify", "-q", "good.py", "-o", "coloured", "--color", "always")
    assert "\x1b[" not in (files / "plain").read_text(encoding="utf-8")
    assert "\x1b[" in (files / "coloured").read_text(encoding="utf-8")


@pytest.mark.parametrize(("columns", "limit"), [("70", 70), ("500", 100)])
def test_width_follows_the_terminal_within_reason(run, monkeypatch, columns, limit) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    widest = max(map(len, run("verify", "fm-cfm").out.splitlines()))
    assert limit - 12 < widest <= limit


def test_a_claim_that_cannot_be_read_is_one_line_at_its_step(run, files: Path) -> None:
    (files / "mine.py").write_text(
        "from fmproof import *\n"
        'x = Vec("x")\n'
        'p, f = Density("p", x), Field("f", x)\n'
        "mine = Derivation(\n"
        '    "mine",\n'
        "    symbols=[p, f],\n"
        r'    start=r"\mathbb{E}_{x \sim p}\|f(x)\|^2",' + "\n"
        "    steps=[\n"
        r'        Step("1", r"\mathbb{E}_{x \sim p}\|f(x)\|^2", by="ring"),' + "\n"
        r'        Step("2", r"\mathbb{E}_{x \sim p}\|g(x)\|^2", by="ring"),' + "\n"
        "    ],\n"
        ")\n"
    )
    outcome = run("verify", "mine.py")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("fmproof: mine.py:10: mine, step 2: no symbol is written g; ")
    assert outcome.err.count("\n") == 1
