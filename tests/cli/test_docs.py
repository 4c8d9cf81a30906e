"""fmproof docs: every target, from names and files, and what cannot be written."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from fmproof.derivations.catalogue import BUILTIN

FULL = {"tex": ["--style", "full"]}  # the others know no other style
STARTS = {
    "tex": r"\documentclass",
    "html": "<!DOCTYPE html>",
    "md": "# Expanding a mean square",
    "ipynb": "{",
}


@pytest.mark.parametrize("target", STARTS)
def test_each_target_to_a_file_and_to_standard_output(run, files: Path, target: str) -> None:
    by_name = run("docs", "good.py", "-o", f"x.{target}", *FULL.get(target, []))
    assert (by_name.status, by_name.out, by_name.err) == (0, "", "")
    written = (files / f"x.{target}").read_text(encoding="utf-8")
    assert written.startswith(STARTS[target])
    printed = run("docs", "good.py", "--to", target, *FULL.get(target, []))
    assert (printed.status, printed.err) == (0, "")
    assert printed.out == written
    assert "each mean is finite" in written


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_a_pdf(run, files: Path) -> None:
    assert run("docs", "good.py", "-o", "x.pdf").status == 0
    assert (files / "x.pdf").read_bytes().startswith(b"%PDF-")
    assert sorted(p.name for p in files.iterdir()) == ["good.py", "wrong.py", "x.pdf"]


def test_latex_is_a_proof_unless_asked(run, files: Path) -> None:
    plain = run("docs", "good.py", "--to", "tex").out
    assert r"\begin{proof}" in plain
    assert "Numeric evidence" not in plain
    full = run("docs", "good.py", "--to", "tex", "--style", "full").out
    assert full.index(r"\begin{proof}") < full.index("Numeric evidence")
    fragment = run("docs", "good.py", "--to", "tex", "--fragment", "--columns", "2").out
    assert r"\begin{proof}" in fragment
    assert "{-}{-}columns~" in fragment
    every = run("docs", "--all", "--no-numeric", "--to", "tex", "--style", "statements").out
    assert every.count(r"\begin{theorem}") == len(BUILTIN)


def test_the_document_says_which_command_made_it(run, files: Path) -> None:
    shown = run("docs", "good.py", "--to", "tex", "--fragment").out
    command = "fmproof docs good.py {-}{-}to tex {-}{-}fragment".replace(" ", r"~\allowbreak{}")
    assert command in shown
    assert r"\documentclass" not in shown


@pytest.mark.parametrize("target", STARTS)
def test_a_failing_derivation_is_written_and_the_status_says_so(run, files, target: str) -> None:
    outcome = run("docs", "wrong.py", "-o", f"x.{target}")
    assert outcome.status == 1
    written = (files / f"x.{target}").read_text(encoding="utf-8")
    assert "not proved" in written.lower()
    assert "the claim is not what linearity gives" in written


@pytest.mark.parametrize("target", STARTS)
def test_the_numbers_stand_in_it_unless_they_are_refused(run, files: Path, target: str) -> None:
    both = run("docs", "good.py", "--to", target, *FULL.get(target, []))
    alone = run("docs", "good.py", "--to", target, "--no-numeric", *FULL.get(target, []))
    assert "Numeric evidence" in both.out
    assert "Numeric evidence" not in alone.out


@pytest.mark.parametrize("target", STARTS)
def test_the_rules_are_appended_on_request(run, target: str) -> None:
    from fmproof.catalogue import catalogue

    plain = run("docs", "uniform", "--to", target).out
    full = run("docs", "uniform", "--to", target, "--rules").out
    titles = [rule.title for rule in catalogue() if re.fullmatch(r"[\w ,]+", rule.title)]
    assert len(titles) > 10
    assert all(title in full for title in titles)
    assert not all(title in plain for title in titles)


@pytest.mark.parametrize("folder", [None, "notebooks"])
def test_a_notebook_finds_its_source_again(
    run, files: Path, monkeypatch: pytest.MonkeyPatch, folder: str | None
) -> None:
    if folder is None:
        written = run("docs", "good.py", "--to", "ipynb").out
    else:
        (files / folder).mkdir()
        assert run("docs", "good.py", "uniform", "-o", f"{folder}/x.ipynb").status == 0
        monkeypatch.chdir(files / folder)
        written = Path("x.ipynb").read_text(encoding="utf-8")
    cells = json.loads(written)["cells"]
    program = "".join("".join(c["source"]) + "\n" for c in cells if c["cell_type"] == "code")
    names: dict[str, object] = {}
    exec(program, names)
    assert names["report"].status == "proved"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "htm"], "cannot write 'htm'; did you mean 'html'?"),
        (["-o", "x.xyz"], "the name x.xyz does not say what to write; give it one of the endings"),
        (["-o", "x"], "the name x does not say what to write"),
        ([], "say what to write with --to"),
        (["--to", "pdf"], "a PDF does not go to standard output; name a file with -o"),
        (
            ["--to", "md", "--style", "full"],
            "--style is for --to tex and --to pdf, not",
        ),
        (["--to", "tex", "--columns", "2"], "--columns is for --fragment; an article has one"),
        (["--all", "--to", "md"], "--all names every built-in derivation; leave out good.py"),
        (["--to", "md", "--tagged"], "--tagged is for --to tex and --to pdf, not for --to md"),
        (["--to", "tex", "--fragment", "--tagged"], "--tagged is for --to tex and --to pdf, not"),
        (["--to", "md", "--fragment"], "--fragment is for --to tex, not for --to md"),
        (["-o", "missing/x.md"], "cannot write missing/x.md: "),
        (["--to", "md", "-o", "."], "cannot write .: it is a directory"),
        (["nosuch.py", "--to", "md"], "nosuch.py: no such file"),
        (["fm-cfn", "--to", "md"], "no derivation is called 'fm-cfn'; did you mean 'fm-cfm'?"),
    ],
)
def test_what_cannot_be_written(run, files: Path, arguments: list[str], message: str) -> None:
    outcome = run(
        "docs", *([] if arguments[:1] in (["nosuch.py"], ["fm-cfn"]) else ["good.py"]), *arguments
    )
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("fmproof: " + message)
    assert outcome.err.count("\n") == 1
    assert sorted(p.name for p in files.iterdir()) == ["good.py", "wrong.py"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unwritable for root")
def test_an_unwritable_folder(run, files: Path) -> None:
    files.chmod(0o500)
    try:
        assert run("docs", "good.py", "-o", "x.md").status == 2
    finally:
        files.chmod(0o700)


def test_nothing_is_left_where_tex_is_missing(run, files, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "")
    outcome = run("docs", "good.py", "-o", "x.pdf")
    assert outcome.status == 2
    assert "apt-get install texlive-latex-base" in outcome.err
    assert not (files / "x.pdf").exists()


def test_a_notebook_draws_the_problem_again(run, files: Path) -> None:
    pytest.importorskip("IPython")
    assert run("init", "problem.toml").status == 0
    (files / "sub").mkdir()
    arguments = ("docs", "good.py", "--no-numeric", "--plots", "problem.toml")
    assert run(*arguments, "-o", "sub/x.ipynb").status == 0
    cells = json.loads((files / "sub" / "x.ipynb").read_text(encoding="utf-8"))["cells"]
    sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    (loads,) = [source for source in sources if "load_problem(" in source]
    assert "load_problem('../problem.toml')" in loads
    assert any("slider(problem)" in source for source in sources)
    quick = 'evaluate(problem, ["exact", "quadrature"], 1e-6)'
    sources = [source.replace("\nevaluate(problem)", f"\n{quick}") for source in sources]
    shown = _executed(sources, files / "sub")
    assert shown.count("<svg") == 4 + 2  # a picture of each kind, and the slider's two
    assert "No model can bring L_CFM below" in shown
    assert shown.count("E_{x~p}[‖u(x) − v(x)‖²]") == 0  # the derivation stands in the text above
    refused = run(*arguments, "--to", "md")
    assert "--plots is for --to html and --to ipynb" in refused.err


def _executed(sources: list[str], folder: Path) -> str:
    """What the cells of a notebook show, as HTML."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    here = os.getcwd()
    os.chdir(folder)
    try:
        with capture_output() as captured:
            results = [shell.run_cell(source) for source in sources]
    finally:
        os.chdir(here)
        InteractiveShell.clear_instance()
    assert all(result.success for result in results)
    shown = [output.data.get("text/html", "") for output in captured.outputs]
    shown += [result.result._repr_html_() for result in results if result.result is not None]
    return "".join(shown)


def test_verify_writes_the_same_page(run, files: Path) -> None:
    assert run("verify", "good.py", "--format", "html", "-o", "x.html").status == 0
    page = (files / "x.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "Expanding a mean square" in page
