"""What a notebook shows of terms, derivations, theorems and reports."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
from math_core import LatexToMathML
from report_cases import proved

from fmproof import latex
from fmproof.derivations import load
from fmproof.derivations.fm_cfm import H1, L_FM, theta
from fmproof.derivations.symbols import u_cond
from fmproof.evaluation import evaluate
from fmproof.kernel.hypotheses import assume
from fmproof.losses.estimate import Estimate
from fmproof.models import (
    CallableVelocity,
    CondOTPath,
    GaussianMixture,
    LinearVelocity,
    PolynomialVelocity,
    Problem,
    TimeLaw,
    TrigPath,
    VelocityTerm,
    VPPath,
)
from fmproof.report import markdown


def test_terms_and_propositions() -> None:
    for node in (L_FM(theta), L_FM(theta) + 1, H1.prop):
        assert r"\mathcal{L}_{\mathrm{FM}}(\theta)" in node._repr_latex_() or node is H1.prop
        assert node._repr_latex_().startswith("$")
        assert node._repr_latex_().endswith("$")


def test_a_declared_symbol_shows_its_parameters_and_its_definition() -> None:
    assert u_cond._repr_latex_() == r"$\displaystyle u_t(x \mid z)$"
    shown = L_FM._repr_latex_()
    assert shown.startswith(rf"$\displaystyle {latex(L_FM(theta))} = \mathbb{{E}}_")
    assert latex(L_FM.definition) in shown


def test_derivations_and_theorems_show_their_statement() -> None:
    derivation = load("fm-cfm")
    whole = derivation._repr_latex_()
    assert latex(derivation.proposition) in whole
    assert all(latex(h.prop) in whole and h.name in whole for h in derivation.hypotheses)
    shown = assume(H1.prop)._repr_latex_()
    assert shown.count(latex(H1.prop)) == 2
    assert r"\vdash" in shown


def test_parts_steps_and_hypotheses_show_their_lines() -> None:
    part = load("fm-cfm").parts[0]
    whole = part._repr_latex_()
    for step in part.steps:
        assert latex(step.claim) in whole
        assert latex(step.claim) in step._repr_latex_()
        assert all(rule in step._repr_latex_() for rule in step.rules)
    assert latex(H1.prop) in H1._repr_latex_()


def problem() -> Problem:
    return Problem(
        GaussianMixture(["3/10", "7/10"], [[-2], ["3/2"]], [[["1/4"]], [["1/2"]]]),
        CondOTPath(),
        PolynomialVelocity(
            [VelocityTerm(["1/2"], 0, [1]), VelocityTerm(["-1/5"], 1), VelocityTerm(["1/10"])]
        ),
    )


def points() -> Problem:
    return Problem(
        GaussianMixture.points([[1, 2], [3, -4]]),
        VPPath(),
        CallableVelocity(lambda t, x: x, 2),
        TimeLaw.uniform(0, "1/2"),
    )


def many() -> Problem:
    eye = np.eye(9).tolist()
    time = TimeLaw.logit_normal()
    return Problem(GaussianMixture.points(eye), TrigPath(), LinearVelocity(eye), time)


def test_what_is_shown_is_mathematics() -> None:
    """A converter that refuses unknown commands and wrong brackets accepts it."""
    derivation = load("fm-cfm")
    part = derivation.parts[1]
    things: list[Any] = [derivation, part, *part.steps, H1, problem(), points(), many()]
    for thing in things:
        source = thing._repr_latex_()
        assert (source[0], source[-1]) == ("$", "$")
        converter = LatexToMathML(fancy_error=False)
        converter.convert_with_local_state(source[1:-1], displaystyle=True)


def test_a_problem_shows_its_laws() -> None:
    shown = problem()._repr_latex_()
    for piece in (
        r"\tfrac{3}{10}\, \mathcal{N}\bigl(-2, \tfrac{1}{4}\bigr)",
        r"x_t &= t\, z + \bigl(1 - t\bigr)\, \varepsilon",
        r"t &\sim \mathcal{U}[0, 1]",
        r"\tfrac{1}{2}\, x - \tfrac{1}{5}\, t + \tfrac{1}{10}",
    ):
        assert piece in shown
    assert r"\delta_{\begin{pmatrix} 3 \\ -4 \end{pmatrix}}" in points()._repr_latex_()
    assert r"\sum_{k=1}^{9} w_k\, \delta_{m_k}" in many()._repr_latex_()


def test_an_evaluation_shows_its_table() -> None:
    found = evaluate(problem(), ["exact", "quadrature"], 1e-6)
    shown = found._repr_html_()
    root = ET.fromstring(shown.replace("<br>", "<br/>"))
    cells = ["".join(cell.itertext()) for cell in root.iter("td")]
    assert "827/240 = 3.44583333333333" in cells
    assert "L_FM = L_CFM + C: holds" in shown


def test_estimates_show_value_and_error() -> None:
    exact = evaluate(problem(), ["exact"]).estimates["cfm"]["exact"]
    assert exact._repr_latex_() == r"$\tfrac{827}{240} = 3.44583333333$"
    assert Estimate(2.5, 1e-9, "quadrature")._repr_latex_() == r"$2.5 \pm 1.0 \cdot 10^{-9}$"
    assert "inconclusive" in Estimate(float("nan"), float("inf"), "quadrature")._repr_latex_()
    vector = Estimate(np.array([1.0, 2.0]), np.array([0.1, 0.3]), "sampling")._repr_latex_()
    assert vector == r"$\begin{pmatrix} 1 \\ 2 \end{pmatrix} \pm 3.0 \cdot 10^{-1}$"
    assert "shape" in Estimate(np.zeros(99), np.zeros(99), "sampling")._repr_latex_()


def test_a_report_shows_itself_as_the_markdown_document() -> None:
    assert proved()._repr_markdown_() == markdown.render(proved())


def test_a_report_prints_as_in_the_terminal() -> None:
    from fmproof.report.text import render

    assert str(proved()) == render(proved())
    assert len(str(proved())) < len(repr(proved())) / 3


def test_a_report_shows_itself_as_mathml_that_needs_nothing() -> None:
    from report_cases import hostile

    shown = proved()._repr_html_()
    assert shown.count("<math") > 20
    assert "✓ proved" in shown
    assert "<script" not in shown
    assert "http" not in shown.replace("http://www.w3.org/1998/Math/MathML", "")
    wrong = hostile()._repr_html_()
    assert "✗ not proved" in wrong
    assert "<script" not in wrong
    assert "Missing hypothesis" in wrong
