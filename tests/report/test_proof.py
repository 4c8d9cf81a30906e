"""The style of a paper: what a proof shows, what it abbreviates, and that it compiles anywhere."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from report_cases import failing, hostile, numeric, odd_names, proved
from test_tex import ENGINES, compiled, complaints, needs

from fmproof import check
from fmproof.derivations import BUILTIN, load
from fmproof.report import latex
from fmproof.report.laws import Laws
from fmproof.report.model import Report
from fmproof.report.paper.reasons import REASONS, SAID, TACIT

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
PACKAGES = r"\usepackage{amsmath,amssymb,amsthm,graphicx}"


@cache
def everything_proved() -> Report:
    return check([load(name) for name in BUILTIN])


@cache
def family() -> Report:
    """The derivations of flow matching, which share their symbols and hypotheses."""
    return check([load(n) for n in ("fm-cfm", "gradient", "constant", "general", "uniform")])


@cache
def source_of(style: latex.Style) -> str:
    return latex.render(everything_proved(), "x", style=style)


def body(source: str) -> str:
    return source[source.index(r"\begin{document}") :]


def test_a_proof_is_made_of_environments_that_a_person_writes() -> None:
    source = body(latex.render(proved(), style="proof"))
    used = set(re.findall(r"\\begin\{([^}]*)\}", source)) - {"document", "center"}
    assert used == {"align*", "enumerate", "proof", "theorem"}
    assert "minipage" not in source
    assert source.count("fmproofmath") == 0


def test_the_full_evidence_is_editable_too() -> None:
    source = body(latex.render(numeric(), style="full"))
    used = set(re.findall(r"\\begin\{([^}]*)\}", source)) - {"document", "center"}
    assert used == {
        "align*", "enumerate", "proof", "theorem", "tabular",
        "fmproofnotation", "fmproofconditions",
    }  # fmt: skip
    for made in ("minipage", "fmproofmath", "resizebox", "fmprooffit"):
        assert made not in source
    # The evidence follows the proof, and each row of the proof has its label.
    proof = source[source.index(r"\begin{proof}") : source.index(r"\end{proof}")]
    (derivation,) = numeric().derivations
    for step in derivation.steps:
        assert rf"{{fmproof:fm-cfm:{step.id}}}{{{step.id}}}}}" in proof
    assert "S12" not in proof
    assert source.index("Appendix: what each step rests on") > source.index(r"\end{proof}")


def test_one_table_of_notation_for_all_derivations() -> None:
    source = body(latex.render(family(), style="full"))
    assert source.count(r"\begin{fmproofnotation}") == 1
    table = source[
        source.index(r"\begin{fmproofnotation}") : source.index(r"\end{fmproofnotation}")
    ]
    names = re.findall(r"\\item\[(.*?)\] ", table)
    assert "$t$" in names
    assert "$x, x_0, x_1, z$" in names
    # What is not the same everywhere says where it is what.
    twice = {name for name in names if names.count(name) > 1}
    assert twice
    for name, row in re.findall(r"\\item\[(.*?)\] (.*)", table):
        assert (r"(in Theorem" in row) == (name in twice), name
    assert r"\tableofcontents" in source
    assert "probability density in $z$" in table


def test_what_is_not_proved_says_why_where_the_row_stands() -> None:
    source = body(latex.render(hostile(), style="full"))
    assert r"\begin{fmproofclaim}" in source
    row = source.index(r"\fmprooffailed{$\times$")
    assert source.index("is not accepted:") > row
    assert "The difference is" in source
    assert r"\end{align*}" in source[row : source.index("is not accepted:")]


def test_every_line_stands_in_the_proof_with_a_reason() -> None:
    source = body(latex.render(proved(), style="proof"))
    (derivation,) = proved().derivations
    rows = re.findall(r"% (\S+): .*\n.*(?:\n(?!  %).*)*?\\tag\*\{\((.*)\)\}", source)
    assert [label for label, _ in rows] == [step.id for step in derivation.steps]
    assert all(reason for _, reason in rows)
    for part in derivation.parts:
        assert rf"\emph{{{part.title}.}}" in source
    assert "We expand the square in $\\mathcal{L}_{\\mathrm{FM}}(\\theta)$." in source
    assert "This follows from (H1) and (H2) by" in source


def test_a_law_is_written_out_where_it_is_defined_and_short_afterwards() -> None:
    source = body(latex.render(proved(), style="proof"))
    setting, rest = source.split(r"\begin{theorem}")
    assert setting.count(r"z \sim p_{\mathrm{data}}") == 2  # the definition, the abbreviation
    assert r"\sim" not in rest
    assert rest.count(r"\mathbb{E}_{t,z,x}") > 10


def test_laws_of_the_same_variables_are_not_abbreviated() -> None:
    one, two = r"\mathbb{E}_{x \sim p}\bigl[x\bigr]", r"\mathbb{E}_{x \sim q}\bigl[x\bigr]"
    assert Laws([one, one, two, two]).short == {}
    laws = Laws([one, one])
    assert laws.shorten(one) == r"\mathbb{E}_{x}\bigl[x\bigr]"
    assert laws.shorten(two) == two
    assert Laws([one]).short == {}  # not worth a sentence


def test_a_theorem_states_all_results_and_only_the_constants_in_it() -> None:
    source = body(latex.render(proved("gradient"), style="proof"))
    theorem = source[source.index(r"\begin{theorem}") : source.index(r"\end{theorem}")]
    assert r"\nabla_{\theta}" in theorem
    assert "min" in theorem
    assert "C_1" not in theorem
    proof = source[source.index(r"\begin{proof}") :]
    assert "C_1 = " in proof  # the proof uses it, so it says what it is
    constant = body(latex.render(proved("constant"), style="proof"))
    assert r"{-}C \le \mathcal{L}_{\mathrm{CFM}}(\theta)\quad\text{for every }\theta" in constant


def test_what_is_not_proved_is_never_set_as_a_proof() -> None:
    for report in (failing(), hostile()):
        for style in ("proof", "statements"):
            source = body(latex.render(report, style=style))
            assert r"\begin{proof}" not in source
            assert r"\begin{theorem}" not in source
            assert "This derivation is not proved." in source
            assert "is not accepted" in source


def test_statements_have_no_proof_and_cite_what_they_share() -> None:
    source = body(latex.render(family(), style="statements"))
    assert r"\begin{proof}" not in source
    assert source.count(r"\begin{theorem}") == 5
    assert r"Assume (H1) and (H2) of Theorem~\ref{fmproof:fm-cfm:theorem}" in source
    assert r"with $C$ as in Theorem~\ref{fmproof:fm-cfm:theorem}" in source


def test_a_later_proof_cites_the_theorem_of_the_same_document() -> None:
    assert r"by Theorem~\ref{fmproof:fm-cfm:theorem}" in latex.render(
        everything_proved(), style="proof"
    )
    alone = latex.render(proved("gradient"), style="proof")
    assert r"\ref{" not in body(alone)
    assert r"by \texttt{fm-cfm}" in alone


@pytest.mark.parametrize("style", latex.STYLES)
def test_no_mathematics_comes_out_as_words(style: latex.Style) -> None:
    source = re.sub(r"\\texttt\{.*\}|fmproof\w*|%.*", "", body(source_of(style)))
    words = re.sub(
        r"\$[^$]*\$|\\begin\{align\*\}.*?\\end\{align\*\}|\\\[.*?\\\]", "", source, flags=re.S
    )
    for raw in (r"\_", "^", "textasciicircum", "textsubscript", "ensuremath", "ā"):
        assert raw not in words, raw
    assert re.findall(r"\b(?:a|an) (?:a|an|the|what|one|another|any)\b", words) == []
    assert r"\text{\=" not in source  # an accent on a letter of a formula


def test_each_rule_has_the_words_of_a_mathematician() -> None:
    from fmproof.tactics.methods import METHODS

    assert set(REASONS) == set(METHODS)
    derivations = everything_proved().derivations
    facts = {
        fact
        for derivation in derivations
        for step in derivation.steps
        for condition in step.conditions
        for fact in str(condition.discharged_by).split(", ")
        if fact not in {h.name for h in derivation.hypotheses}
    }
    assert facts - set(SAID) - TACIT == {"an earlier result"}


def test_results_are_called_as_the_reader_sees_them() -> None:
    source = body(source_of("proof"))
    reasons = re.findall(r"\\tag\*\{(.*)\}", source)
    cited = {found for reason in reasons for found in re.findall(r"by (\S[^,)]*)", reason)}
    assert r"\emph{The cross term}" in cited
    titles = {part.title for d in everything_proved().derivations for part in d.parts}
    for name in cited:
        for title in re.findall(r"\\emph\{(.*?)\}", name):
            assert title.replace("'", "'") in titles
    names = {part.name for d in everything_proved().derivations for part in d.parts}
    assert not cited & (names - {""})


@pytest.mark.parametrize("style", latex.STYLES)
@pytest.mark.parametrize("engine", ENGINES)
def test_all_derivations_compile(engine: str, style: latex.Style, tmp_path: Path) -> None:
    assert complaints(compiled(source_of(style), engine, tmp_path, runs=3)) == []


@needs["pdflatex"]
def test_hostile_names_do_nothing(tmp_path: Path) -> None:
    log = compiled(latex.render(odd_names(), style="proof"), "pdflatex", tmp_path)
    assert [line for line in complaints(log) if line.startswith("!")] == []


@needs["pdflatex"]
@pytest.mark.parametrize(
    ("page", "columns"),
    [
        ("{article}", 1),
        ("[11pt,a4paper]{article}", 1),
        ("[twocolumn]{article}", 2),
        ("{amsart}", 1),
        ("{beamer}", 2),
    ],
)
def test_fragments_fit_on_any_page(page: str, columns: int, tmp_path: Path) -> None:
    # All of them on one frame would be higher than TeX can count.
    shown = family() if "beamer" in page else everything_proved()
    fragment = latex.render(shown, fragment=True, style="proof", columns=columns)
    (tmp_path / "proof.tex").write_text(fragment)
    frame = ("\\begin{frame}[allowframebreaks]", "\\end{frame}") if "beamer" in page else ("", "")
    source = (
        rf"\documentclass{page}{PACKAGES}\begin{{document}}{frame[0]}\input{{proof}}"
        rf"{frame[1]}\end{{document}}"
    )
    found = complaints(compiled(source, "pdflatex", tmp_path, runs=3))
    assert [line for line in found if not line.startswith("Overfull \\vbox")] == []


@needs["pdflatex"]
def test_the_theorem_and_its_proof_take_two_pages_at_most(tmp_path: Path) -> None:
    log = compiled(latex.render(proved(), style="proof"), "pdflatex", tmp_path)
    pages = re.search(r"Output written on x\.pdf \((\d+) page", log)
    assert pages is not None
    assert int(pages[1]) <= 2


@needs["pdflatex"]
def test_the_page_by_hand_that_it_is_held_against_compiles(tmp_path: Path) -> None:
    source = (EXAMPLES / "fm-cfm-by-hand.tex").read_text(encoding="utf-8")
    log = compiled(source, "pdflatex", tmp_path)
    assert complaints(log) == []
    assert "Output written on x.pdf (1 page" in log


@needs["pdflatex"]
def test_the_statements_fit_on_one_page_and_what_fails_in_its_lines(tmp_path: Path) -> None:
    log = compiled(latex.render(family(), style="statements"), "pdflatex", tmp_path)
    assert "Output written on x.pdf (1 page" in log
    log = compiled(latex.render(failing(), style="proof"), "pdflatex", tmp_path)
    assert complaints(log) == []
