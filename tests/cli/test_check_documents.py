"""``fmproof check`` on the command line: exit status, one clear line for what cannot be used."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TRUE = "$$\n\\|a - b\\|^2 = \\|a\\|^2 - 2 a^\\top b + \\|b\\|^2\n$$\n"
WRONG = (
    "$$\n\\mathbb{E}_{x \\sim p} \\|f(x) - g(x)\\|^2"
    " = \\mathbb{E}_{x \\sim p} [ \\|f(x)\\|^2 + \\|g(x)\\|^2 ]\n$$\n"
)
Run = Callable[..., Any]


def test_nothing_wrong_is_0_and_something_wrong_is_1(run: Run, files: Path) -> None:
    (files / "a.md").write_text(TRUE)
    (files / "b.md").write_text(WRONG)
    assert run("check", "a.md").status == 0
    done = run("check", files, "--quiet")
    assert done.status == 1
    assert "b.md:2:" in done.out
    assert "2 documents, 1 rows wrong" in done.out


def test_json_from_standard_input(run: Run, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b"\\[ \\|a\\|^2 = \\|a\\|^2 \\]"), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stdin)
    done = run("check", "-", "--as", "tex", "--format", "json")
    (document,) = json.loads(done.out)["documents"]
    assert [row["verdict"] for row in document["rows"]] == ["proved"]


UNUSABLE = {
    "binary": ("a.md", b"\x00\x01", "expected text, found binary data"),
    "UTF-16": ("a.md", "$x = 1$".encode("utf-16"), "looks like UTF-16"),
    "Latin-1": ("a.md", b"\n$x = \xfc$", "a.md:2: not UTF-8 (byte 0xfc)"),
    "no notebook": ("a.ipynb", b"{ nothing", "not a notebook"),
    "a list": ("a.ipynb", b"[1]", "no list of cells"),
    "nested without end": ("a.ipynb", b"[" * 100_000, "nested too deeply"),
    "no mathematics": ("a.md", b"words", "no mathematics in it"),
    "an input outside": ("a.tex", b"\\input{/etc/passwd}\\[ x = 1 \\]", "is refused"),
    "an input above": ("a.tex", b"\\input{../x}\\[ x = 1 \\]", "is refused"),
    "a role": ("a.md", b"<!-- fmproof: v nonsense -->\n$$\nx = 1\n$$", "is not understood"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_used_is_one_line_and_2(run: Run, files: Path, name: str) -> None:
    file, content, words = UNUSABLE[name]
    (files / file).write_bytes(content)
    done = run("check", file)
    assert done.status == 2
    assert done.err.count("\n") == 1
    assert words in done.err


def test_a_missing_file_and_an_empty_folder(run: Run, files: Path) -> None:
    assert "No such file" in run("check", "nothing.md").err
    (files / "empty").mkdir()
    assert "no document in this folder" in run("check", "empty").err


PATHOLOGICAL = {
    "a macro loop": ("a.tex", "\\def\\a{\\a\\a} \\[ \\a = 1 \\]", "never ends"),
    "doubling macros": (
        "a.tex",
        "".join(f"\\def\\{chr(97 + i)}{{\\{chr(98 + i)}\\{chr(98 + i)}}}" for i in range(24))
        + "\\[ \\a = 1 \\]",
        "never ends",
    ),
    "braces": ("a.md", "$$\n" + "{" * 10_000 + "x" + "}" * 10_000 + " = 1\n$$", "nested"),
    "an open display": ("a.md", "$$\nx = 1\n", "never closed"),
    "dollars": ("a.md", "$" * 50_001, "only the first"),
}


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_a_pathological_document_ends_with_a_message(run: Run, files: Path, name: str) -> None:
    file, content, words = PATHOLOGICAL[name]
    (files / file).write_text(content)
    done = run("check", file)
    assert done.status == (2 if "no rows" in done.out else 0)
    assert words in done.out


def test_what_stands_around_a_broken_display_is_read(run: Run, files: Path) -> None:
    (files / "a.md").write_text("$$\n{k = m\n$$\n\n" + TRUE)
    done = run("check", "a.md")
    assert done.status == 0
    assert "a brace is never closed" in done.out
    assert "1 proved" in done.out


def test_a_file_beside_corrects_the_notation(run: Run, files: Path) -> None:
    (files / "a.md").write_text("$$\n(k - m)^2 = k^2 - 2 k \\cdot m + m^2\n$$\n")
    (files / "a.fmproof").write_text("# both are points\nk vector; m vector\n")
    done = run("check", "a.md")
    assert "the author says so" in done.out
    assert "1 proved" in done.out
    (files / "a.fmproof").write_text("\nk nonsense\n")
    done = run("check", "a.md")
    assert done.status == 2
    assert done.err.count("\n") == 1
    assert "a.fmproof:2" in done.err


def test_the_script_that_was_checked_runs(run: Run, files: Path) -> None:
    (files / "a.md").write_text(TRUE + WRONG)
    run("check", "a.md", "--script", "rows.py")
    text = (files / "rows.py").read_text()
    assert "row_1 = Derivation(" in text
    assert "# row_2 = Derivation(" in text
    done = run("verify", "rows.py", "--no-numeric")
    assert done.status == 0
    (files / "rows.py").write_text(text.replace("norm2(b)", "2*norm2(b)", 1))
    assert run("verify", "rows.py", "--no-numeric").status == 1


def test_a_script_is_of_one_document(run: Run, files: Path) -> None:
    (files / "a.md").write_text(TRUE)
    (files / "b.md").write_text(TRUE)
    done = run("check", "a.md", "b.md", "--script", "rows.py")
    assert done.status == 2
    assert "one document" in done.err
    assert not (files / "rows.py").exists()
