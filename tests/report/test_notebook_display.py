"""What a notebook shows of terms, derivations, theorems and reports."""

from __future__ import annotations

from report_cases import proved

from fmproof import latex
from fmproof.derivations import load
from fmproof.derivations.fm_cfm import H1, L_FM, theta
from fmproof.kernel.theorem import assume
from fmproof.report import markdown


def test_terms_and_propositions() -> None:
    for node in (L_FM(theta), L_FM(theta) + 1, H1.prop):
        assert r"\mathcal{L}_{\mathrm{FM}}(\theta)" in node._repr_latex_() or node is H1.prop
        assert node._repr_latex_().startswith("$")
        assert node._repr_latex_().endswith("$")


def test_derivations_and_theorems_show_their_statement() -> None:
    derivation = load("fm-cfm")
    assert latex(derivation.proposition) in derivation._repr_latex_()
    shown = assume(H1.prop)._repr_latex_()
    assert shown.count(latex(H1.prop)) == 2
    assert r"\vdash" in shown


def test_a_report_shows_itself_as_the_markdown_document() -> None:
    assert proved()._repr_markdown_() == markdown.render(proved())
