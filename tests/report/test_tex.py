"""The LaTeX compiles with a real TeX: no error, no overfull box, no character missing."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from report_cases import everything, hostile, numeric, proved

from fmproof.errors import InputError
from fmproof.report import latex, pdf, tex
from fmproof.report.breaking import formula_width

needs = {
    engine: pytest.mark.skipif(
        shutil.which(engine) is None, reason=f"{engine} is not installed: apt-get install {package}"
    )
    for engine, package in (("pdflatex", pdf.PACKAGES), ("lualatex", "texlive-luatex"))
}
ENGINES = [pytest.param(engine, marks=mark) for engine, mark in needs.items()]


def compiled(source: str, engine: str, folder: Path, runs: int = 2) -> str:
    """What the last of several runs wrote to its log."""
    (folder / "x.tex").write_text(source, encoding="utf-8")
    line = [engine, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "x.tex"]
    for _ in range(runs):
        done = subprocess.run(line, cwd=folder, capture_output=True, timeout=120, check=False)
        log = (folder / "x.log").read_text("utf-8", "replace")
        assert done.returncode == 0, log[-3000:]
    return log


def complaints(log: str) -> list[str]:
    """Errors, overfull boxes, and warnings other than the call for another run."""
    found = re.findall(r"^(?:!|Overfull|Missing character|.*Warning).*", log, re.MULTILINE)
    return [line for line in found if not re.search("Rerun|changed", line)]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_article_compiles_without_complaint(engine: str, tmp_path: Path) -> None:
    assert complaints(compiled(latex.render(everything(), "x"), engine, tmp_path)) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_fragments_compile_in_another_document(engine: str, tmp_path: Path) -> None:
    (tmp_path / "one.tex").write_text(latex.render(proved(), fragment=True))
    (tmp_path / "two.tex").write_text(latex.render(hostile(), fragment=True))
    log = compiled(
        r"\documentclass{article}\usepackage{amsmath,amssymb,amsthm,graphicx}"
        r"\begin{document}By theorem~\ref{fmproof:fm-cfm:theorem} and"
        r" step~\ref{fmproof:fm-cfm:2.4a} under~\ref{fmproof:fm-cfm:H1}."
        r"\input{one}\input{two}\end{document}",
        engine,
        tmp_path,
    )
    assert complaints(log) == []
    aux = (tmp_path / "x.aux").read_text("utf-8")
    assert r"\newlabel{fmproof:fm-cfm:2.4a}{{2.4a}" in aux


@needs["pdflatex"]
@pytest.mark.parametrize(
    ("before", "after", "columns"),
    [
        (r"\documentclass[12pt]{amsart}\usepackage{amssymb,graphicx}\begin{document}", "", 1),
        (
            r"\documentclass{beamer}\usepackage{amsmath,amssymb,amsthm,graphicx}\begin{document}"
            r"\begin{frame}[allowframebreaks]",
            r"\end{frame}",
            2,
        ),
        (
            r"\documentclass[twocolumn]{article}\usepackage{amsmath,amssymb,amsthm,graphicx}"
            r"\begin{document}",
            "",
            2,
        ),
    ],
    ids=["a narrow page", "slides", "two columns"],
)
def test_a_fragment_fits_elsewhere(before: str, after: str, columns: int, tmp_path: Path) -> None:
    (tmp_path / "proof.tex").write_text(latex.render(numeric(), fragment=True, columns=columns))
    log = compiled(rf"{before}\input{{proof}}{after}\end{{document}}", "pdflatex", tmp_path)
    found = complaints(log)
    assert [line for line in found if not line.startswith("Overfull \\vbox")] == []


@needs["pdflatex"]
def test_estimated_widths_are_within_a_tenth_of_the_real_ones(tmp_path: Path) -> None:
    (derivation,) = proved().derivations
    formulas = [step.claim.latex for step in derivation.steps]
    formulas += [c.formula.latex for step in derivation.steps for c in step.conditions]
    boxes = "".join(rf"\sbox0{{$\displaystyle {f}$}}\typeout{{W\the\wd0}}" for f in formulas)
    log = compiled(
        rf"\documentclass{{article}}\usepackage{{amsmath,amssymb}}\begin{{document}}{boxes}x"
        r"\end{document}",
        "pdflatex",
        tmp_path,
        runs=1,
    )
    real = [float(points) / 10 for points in re.findall(r"^W([\d.]+)pt", log, re.MULTILINE)]
    assert len(real) == len(formulas) > 30
    for formula, em in zip(formulas, real, strict=True):
        assert abs(formula_width(formula) - em) < 0.1 * em, formula


@pytest.mark.parametrize("engine", ENGINES)
def test_every_character_compiles(engine: str, tmp_path: Path) -> None:
    from pylatexenc.latexencode import get_builtin_uni2latex_dict

    known = [chr(n) for n in sorted(get_builtin_uni2latex_dict())]
    others = list("日本語עברית🎉ⵣ\ue000\u200b")
    lines = [tex.escape(char) + tex.escape(f"a{char}b") for char in [*known, *others]]
    article = latex.render(proved())
    before, _ = article.split(r"\begin{document}")
    body = "\n\n".join(lines)
    source = rf"{before}\begin{{document}}{body}\end{{document}}"
    log = compiled(source, engine, tmp_path, runs=1)
    assert [line for line in complaints(log) if line.startswith("!")] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_a_long_command_is_broken(engine: str, tmp_path: Path) -> None:
    command = "fmproof docs " + " ".join(f"folder/derivation-{n}.py" for n in range(20))
    assert complaints(compiled(latex.render(numeric(), command), engine, tmp_path)) == []


@needs["pdflatex"]
def test_a_pdf_is_made() -> None:
    assert pdf.render(hostile()).startswith(b"%PDF-")


@needs["pdflatex"]
def test_more_runs_change_nothing_in_the_pdf(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("SOURCE_DATE_EPOCH", "FORCE_SOURCE_DATE"):
        monkeypatch.setenv(name, "1")
    source, runs = latex.render(everything(), "x"), pdf.RUNS
    compiled(source, "pdflatex", tmp_path, runs=runs)
    once = (tmp_path / "x.pdf").read_bytes()
    assert rb"/Outlines" in once or rb"/ObjStm" in once
    compiled(source, "pdflatex", tmp_path, runs=1)
    assert (tmp_path / "x.pdf").read_bytes() == once


@needs["pdflatex"]
@pytest.mark.parametrize(("body", "runs"), [("text", 1), (r"\ref{a}\section{A}\label{a}", 2)])
def test_tex_runs_again_only_for_references(
    monkeypatch: pytest.MonkeyPatch, body: str, runs: int
) -> None:
    source = rf"\documentclass{{article}}\begin{{document}}{body}\end{{document}}"
    monkeypatch.setattr(latex, "render", lambda *_, **__: source)
    counted = []
    run = subprocess.run
    monkeypatch.setattr(
        subprocess, "run", lambda *args, **options: counted.append(1) or run(*args, **options)
    )
    assert pdf.render(proved()).startswith(b"%PDF-")
    assert len(counted) == runs


def test_without_tex_the_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(InputError, match="apt-get install texlive-latex-base"):
        pdf.render(proved())


@needs["pdflatex"]
def test_a_missing_style_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = r"\documentclass{article}\usepackage{nosuchstyle}\begin{document}\end{document}"
    monkeypatch.setattr(latex, "render", lambda *_, **__: broken)
    with pytest.raises(InputError, match=r"TeX misses nosuchstyle\.sty"):
        pdf.render(proved())


@needs["pdflatex"]
def test_tex_can_read_nothing_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret.tex"
    secret.write_text("secret")
    stealing = rf"\documentclass{{article}}\begin{{document}}\input{{{secret}}}\end{{document}}"
    monkeypatch.setattr(latex, "render", lambda *_, **__: stealing)
    with pytest.raises(InputError, match=r"secret|could not make"):
        pdf.render(proved())


@needs["lualatex"]
def test_a_tagged_pdf_has_a_structure(tmp_path: Path) -> None:
    source = latex.render(proved(), style="proof", tagged=True)
    assert complaints(compiled(source, "lualatex", tmp_path)) == []
    made = pdf.render(proved(), style="proof", tagged=True)
    assert b"/MarkInfo" in made or b"/StructTreeRoot" in made or b"/ObjStm" in made
    if shutil.which("pdfinfo"):
        (tmp_path / "x.pdf").write_bytes(made)
        asked = ["pdfinfo", "-struct-text", tmp_path / "x.pdf"]
        shown = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        assert "We expand the square in" in shown
        facts = subprocess.run(asked[::2], capture_output=True, text=True, check=True).stdout
        assert re.search(r"Tagged:\s+yes", facts)
