"""``fmproof init``: what it writes is what it says, and works as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["mine.py", "problem.toml", "test_flow.py", "paper.tex"])
def test_each_kind_is_commented_and_names_itself(run, files: Path, name: str) -> None:
    outcome = run("init", name)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == f"wrote {name}; its first lines say what to do with it\n"
    text = (files / name).read_text(encoding="utf-8")
    assert "FILE" not in text
    assert len(text.splitlines()) > 10


def test_the_derivation_is_proved(run, files: Path) -> None:
    run("init", "mine.py")
    assert run("verify", "mine.py", "-q").status == 0


def test_the_problem_is_evaluated(run, files: Path) -> None:
    run("init", "mine.toml")
    outcome = run("evaluate", "mine.toml", "--method", "quadrature")
    assert outcome.status == 0
    assert "holds" in outcome.out


def test_the_tests_pass(run, files: Path) -> None:
    run("init", "test_flow.py")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_flow.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
    wrong = (files / "test_flow.py").read_text().replace("return t, 1 - t", "return 1 - t, t")
    (files / "test_flow.py").write_text(wrong)
    again = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_flow.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("good.py", "good.py is there already; name a new file"),
        ("x.docx", "the name x.docx does not say what to write; .py is a derivation"),
        ("nowhere/x.py", "cannot write nowhere/x.py: "),
    ],
)
def test_what_cannot_be_written(run, files: Path, name: str, message: str) -> None:
    before = (files / "good.py").read_text()
    outcome = run("init", name)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("fmproof: " + message)
    assert (files / "good.py").read_text() == before
    assert sorted(p.name for p in files.iterdir()) == ["good.py", "wrong.py"]
