"""Input that cannot be used: one clear line on standard error, exit status 2, no traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fmproof.derivations.catalogue import BUILTIN
from fmproof.errors import InputError

RUNS = {
    "a statement after an open bracket": (
        b"a = (1,\nb = 2\n",
        "bad.py:1:5: is not valid Python: '(' was never closed",
    ),
    "no Python at all": (
        b"\x00\x01",
        "bad.py: is not valid Python: source code string cannot contain null bytes",
    ),
    "not UTF-8": (
        b"a = 1\nb = '\xe9'\n",
        "bad.py:2: is not UTF-8 text: byte 0xe9; save the file as UTF-8",
    ),
    "an unknown encoding": (
        b"# coding: klingon\n",
        "bad.py:1: unknown encoding: klingon; save the file as UTF-8",
    ),
    "nested too deeply": (
        b"a = " + b"(" * 300 + b")" * 300,
        "bad.py:1:205: is not valid Python: too many nested parentheses",
    ),
    "an exception": (
        b"def f():\n    raise ValueError('two\\nlines')\n\nf()\n",
        "bad.py:2: ValueError: two lines",
    ),
    "an exception without words": (b"raise ValueError\n", "bad.py:1: ValueError"),
    "a missing module": (
        b"import nosuchmodule\n",
        "bad.py:1: ModuleNotFoundError: No module named 'nosuchmodule'",
    ),
    "endless recursion": (
        b"def f(): f()\nf()\n",
        "bad.py:1: RecursionError: maximum recursion depth exceeded",
    ),
    "leaving": (
        b"import sys\nsys.exit(3)\n",
        "bad.py:2: calls sys.exit(3); a derivation file must run to its end",
    ),
    "leaving without a status": (
        b"raise SystemExit\n",
        "bad.py:1: calls sys.exit(); a derivation file must run to its end",
    ),
    "asking for input": (
        b"name = input()\n",
        "bad.py:1: reads standard input; a derivation file must say all by itself",
    ),
    "reading input": (
        b"import sys\nfor line in sys.stdin: pass\n",
        "bad.py:2: reads standard input; a derivation file must say all by itself",
    ),
    "reading input as bytes": (
        b"import sys\nsys.stdin.buffer.read()\n",
        "bad.py:2: reads standard input; a derivation file must say all by itself",
    ),
    "nothing": (
        b"",
        "bad.py: defines no derivation; assign a Derivation(...) to a name at the top level "
        "(an imported one is not the file's own)",
    ),
    "a borrowed derivation only": (
        b"from fmproof.derivations.fm_cfm import fm_cfm\n",
        "bad.py: defines no derivation; assign a Derivation(...) to a name at the top level "
        "(an imported one is not the file's own)",
    ),
    "vector plus scalar": (
        b"from fmproof import Real, Vec\nt, x = Real('t'), Vec('x')\ny = x + t\n",
        "bad.py:3: cannot add a vector and a real: x (vector) + t (real)",
    ),
    "a free variable": (
        b"from fmproof import *\nx = Vec('x')\nu = Field('u', x)\n"
        b"m = Derivation('m', start=norm2(u(x)), steps=[Step('1', norm2(u(x)), by='ring')])\n",
        "bad.py:4: m, the start of 'm': the variable x is free in ‖u(x)‖²; bind it by an "
        "integral, draw it in the law, or declare it with variables=[x]",
    ),
    "an unknown rule": (
        b"from fmproof import *\nx = Vec('x')\nu = Field('u', x)\n\n"
        b"s = Step('1', norm2(u(x)), by='sqare')\n",
        "bad.py:5: step 1: unknown rule 'sqare'; did you mean 'square'?",
    ),
    "an unknown lemma": (
        b"from fmproof import *\nx = Vec('x')\nE = Expect(1, Density('p', x)(x))\n"
        b"m = Derivation('m', start=E, steps=[Step('1', E, by='lemma', using='Part 7')])\n",
        "bad.py:4: m, step 1: no earlier part or used derivation is called 'Part 7'; "
        "there are none; is uses=[...] missing?",
    ),
}


@pytest.mark.parametrize("case", RUNS)
def test_a_file_that_cannot_be_used(run, files: Path, case: str) -> None:
    content, message = RUNS[case]
    (files / "bad.py").write_bytes(content)
    outcome = run("verify", "bad.py", "-o", "report")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == f"fmproof: {message}\n"
    assert not (files / "report").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verify", "missing.py"], "missing.py: no such file"),
        (["verify", "goood.py"], "goood.py: no such file; did you mean good.py?"),
        (["verify", "folder"], "folder: no Python file in this folder defines a derivation"),
        (
            ["verify", "notes.txt"],
            "notes.txt: expected a Python file, whose name ends in .py",
        ),
        (["verify", "fm-cmf"], "no derivation is called 'fm-cmf'; did you mean 'fm-cfm'?"),
        (
            ["verify", "zzz"],
            f"no derivation is called 'zzz'; known: {', '.join(sorted(BUILTIN))}",
        ),
        (["verify", "good"], "no derivation is called 'good'; did you mean the file good.py?"),
        (["verify", "-o", "folder", "gradient"], "cannot write folder: it is a directory; "
         "give the name of a file"),
        (
            ["verify", "-o", "nowhere/report", "gradient"],
            "cannot write nowhere/report: {here}/nowhere: there is no such directory",
        ),
        (
            ["verify", "-o", "good.py/report", "gradient"],
            "cannot write good.py/report: {here}/good.py: it is not a directory",
        ),
        (
            ["verify", "--format", "yaml"],
            "Invalid value for '--format': 'yaml' is not one of "
            "'text', 'json', 'junit', 'github', 'lines', 'sarif', 'html'.",
        ),
        (["verify", "--qiet"], "No such option '--qiet'. Did you mean '--quiet'?"),
        (["verfy"], "no command is called 'verfy'; did you mean 'verify'?"),
        (["good.py"], "no command is called 'good.py'; did you mean 'fmproof verify good.py'?"),
        (["fm-cfm"], "no command is called 'fm-cfm'; did you mean 'fmproof verify fm-cfm'?"),
        (["explain"], "Missing argument 'NAME'."),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be_used(
    run, files: Path, arguments: list[str], message: str
) -> None:
    (files / "folder").mkdir()
    (files / "notes.txt").write_text("notes", encoding="utf-8")
    outcome = run(*arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == f"fmproof: {message.format(here=files)}\n"


def test_permissions(run, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert run("verify", "good.py").err == "fmproof: good.py: cannot be read: Permission denied\n"
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    outcome = run("verify", "-o", "report", "gradient")
    assert (outcome.status, outcome.err) == (
        2,
        "fmproof: cannot write report: permission denied\n",
    )


def test_an_unwritable_output_is_found_before_the_work(run, files: Path, monkeypatch) -> None:
    monkeypatch.delattr("fmproof.tactics.check.check")
    assert run("verify", "gradient", "-o", "nowhere/report").status == 2


def test_one_bad_source_spoils_the_run(run, files: Path) -> None:
    """Nothing is reported of a run that could not be done as asked."""
    outcome = run("verify", "good.py", "missing.py")
    assert (outcome.status, outcome.out) == (2, "")


def test_a_message_is_one_line(run, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise InputError("a term\nof many   lines")

    monkeypatch.setattr("fmproof.tactics.check.check", refuse)
    assert run("verify", "gradient", "--no-numeric").err == "fmproof: a term of many lines\n"


def test_a_defect_of_fmproof_is_not_a_failed_step(run, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise AttributeError("oops")

    monkeypatch.setattr("fmproof.tactics.check.check", broken)
    outcome = run("verify", "gradient", "--no-numeric")
    assert outcome.status == 3
    assert "AttributeError: oops" in outcome.err
    assert "please report" in outcome.err


def test_a_file_that_interrupts_itself(run, files: Path) -> None:
    (files / "bad.py").write_text("raise KeyboardInterrupt\n", encoding="utf-8")
    outcome = run("verify", "bad.py")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("fmproof: bad.py: raises KeyboardInterrupt; ")
