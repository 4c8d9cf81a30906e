"""What a newcomer gets wrong on the command line: one line that says what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

TWO = """\
from fmproof import *

x = Vec("x")
p, f = Density("p", x), Field("f", x)
H = [Hypothesis("F", Integrable(norm2(f(x)), p(x)))]
one = Derivation("one", hypotheses=H, start=Expect(norm2(f(x)), p(x)),
                 steps=[Step("1", Expect(Inner(f(x), f(x)), p(x)), by="ring")])
two = Derivation("two", hypotheses=H, start=Expect(norm2(f(x)), p(x)),
                 steps=[Step("1", 2 * Expect(norm2(f(x)), p(x)), by="ring")])
"""


@pytest.fixture
def here(files: Path) -> Path:
    (files / "two.py").write_text(TWO)
    (files / "note.jsonl").write_text("hello\n")
    (files / "folder").mkdir()
    return files


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("verify two.py::three", "no derivation and no step 'three'; known: 1, one, two"),
        ("verify two.py::", "after :: comes the name of a derivation"),
        ("verify two.py:one", "one derivation of a file is two.py::one"),
        ("verify note.jsonl", "a certificate is for fmproof replay note.jsonl"),
        ("verify folder", "no Python file in this folder defines a derivation"),
        ("verify fm-cmf", "did you mean 'fm-cfm'?"),
        ("verify tow.py", "no such file; did you mean two.py?"),
        ("verify square", "is a rule, not a derivation; fmproof explain square shows it"),
        ("verify --nonumeric", "Did you mean '--no-numeric'?"),
        ("verify --steps -q one", "choose one"),
        ("verify two.py fm-cfm --certificate c.jsonl", "--certificate is for one derivation"),
        ("verify fm-cfm --certificate no/c.jsonl", "no: there is no such directory"),
        ("replay none.jsonl", "none.jsonl: no such file"),
        ("replay two.py", "this is no certificate"),
        ("replay note.jsonl", "fmproof verify NAME --certificate FILE writes one"),
        ("replay folder", "cannot read folder"),
        ("export two.py --to coq -o out", "of one, such as two.py::one"),
        ("export two.py::two --to coq -o out", "two is not proved: see fmproof verify two.py::two"),
        ("export two.py::three --to coq -o out", "two.py has no derivation 'three'"),
        ("export note.jsonl --to coq -o out", "expected a Python file"),
        ("export fm-cfm -o out", "Missing option '--to'. Choose from: coq"),
        ("export fm-cfm --to lean -o out", "'lean' is not 'coq'"),
        ("docs fm-cfm", "say what to write with --to"),
        ("docs fm-cfm -o x.docx", "give it one of the endings"),
        ("docs nope -o x.html", "no derivation is called 'nope'"),
        ("docs fm-cfm -o no/x.html", "no: there is no such directory"),
        ("explain lineraity", "did you mean 'linearity'?"),
        ("explain", "Missing argument"),
        ("init two.py", "two.py is there already; name a new file"),
        ("init mine.txt", "does not say what to write"),
        ("init no/mine.py", "no: there is no such directory"),
        ("verfy fm-cfm", "no command is called 'verfy'; did you mean 'verify'?"),
    ],
)
def test_one_line_says_what_to_write(run, here: Path, command: str, message: str) -> None:  # type: ignore[no-untyped-def]
    outcome = run(*command.split())
    assert outcome.status == 2
    assert message in outcome.err
    assert outcome.err.startswith("fmproof: ")
    assert len(outcome.err.strip().splitlines()) == 1


def test_nothing_is_no_name(run, here: Path) -> None:  # type: ignore[no-untyped-def]
    assert "found nothing between the quotes" in run("verify", "").err


def test_a_certificate_is_of_one_derivation_of_a_file(run, here: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("verify", "two.py::one", "--no-numeric", "--certificate", "one.jsonl").status == 0
    assert run("replay", "one.jsonl").out.startswith("one: ")


def test_what_is_not_proved_is_said(run, here: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = run("verify", "two.py::two", "--no-numeric", "--certificate", "two.jsonl")
    assert outcome.status == 1
    assert outcome.err == "fmproof: two.jsonl is not written, for not all is proved\n"
    assert not Path("two.jsonl").exists()
    outcome = run("docs", "two.py", "--no-numeric", "-o", "two.html")
    assert outcome.status == 1
    assert outcome.err == "fmproof: the document says that two is not proved\n"
