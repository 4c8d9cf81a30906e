"""Reports made by hand: one that proves, one in which everything that can go wrong does."""

from __future__ import annotations

import pytest

from fmproof.report.model import (
    DerivationReport,
    Failure,
    Formula,
    HypothesisReport,
    Location,
    PartReport,
    Report,
    ShownConstant,
    SideCondition,
    StepReport,
)


def formula(text: str, latex: str = "") -> Formula:
    return Formula(text, latex or text)


FINITE = formula("E_{x~p}[‖u(x)‖²] < ∞", r"\mathbb{E}\|u\|^2 < \infty")
LOSS = formula("E_{x~p}[‖u(x) − v(x)‖²]")
EXPANDED = formula("E_{x~p}[‖u(x)‖² − 2 u(x)·v(x) + ‖v(x)‖²]")
WRONG = formula("E_{x~p}[‖u(x)‖²] − E_{x~p}[u(x)·v(x)] + C₁")

SQUARE = StepReport(
    id="1",
    part="Part 1",
    rule="square",
    relation="=",
    claim=EXPANDED,
    status="proved",
    conditions=(SideCondition(FINITE, "Cauchy–Schwarz, H1"),),
    note="the square of a difference",
    location=Location("mine.py", 11),
)
BELOW = StepReport("2", "Part 1", "nonnegative", "≥", formula("0"), "proved")


@pytest.fixture
def proved() -> Report:
    """One derivation of two steps, proved in 0.5 s."""
    part = PartReport("Part 1", LOSS, formula("0 ≤ loss"), "proved", (SQUARE, BELOW))
    derivation = DerivationReport(
        name="mine",
        title="Expanding a mean square",
        source="arXiv 2210.02747",
        status="proved",
        statement=formula("0 ≤ loss", r"0 \le \mathcal{L}"),
        hypotheses=(
            HypothesisReport("H1", FINITE, True, ("1",), "the field is square integrable"),
        ),
        constants=(ShownConstant(formula("C₁", "C_1"), formula("E_{x~p}[‖v(x)‖²]")),),
        parts=(part,),
        message="",
        seconds=0.5,
    )
    return Report("1.2.3", (derivation,), 0.75)


@pytest.fixture
def failed() -> Report:
    """A step that failed, a condition that was not derived, and a statement nobody showed."""
    wrong = StepReport(
        id="2",
        part="Part 1",
        rule="linearity",
        relation="=",
        claim=WRONG,
        status="failed",
        conditions=(SideCondition(FINITE, None),),
        failure=Failure(
            "the claim is not what linearity gives",
            expected=formula("E_{x~p}[‖u(x)‖²] − 2 E_{x~p}[u(x)·v(x)] + E_{x~p}[‖v(x)‖²]"),
            found=formula("found"),
            difference=formula("−E_{x~p}[u(x)·v(x)]"),
            where="under E_{x~p}",
            hint="the factor is 2",
        ),
        location=Location("mine.py", 12),
    )
    part = PartReport("Part 1", LOSS, formula("loss = wrong"), "failed", (SQUARE, wrong))
    derivation = DerivationReport(
        name="mine",
        title="Expanding a mean square",
        source="",
        status="failed",
        statement=formula("loss = wrong"),
        hypotheses=(HypothesisReport("assumed", FINITE, False, ("2",)),),
        constants=(),
        parts=(part,),
        message="no part proves the statement loss = wrong",
        seconds=0.5,
        location=Location("mine.py", 9),
    )
    return Report("1.2.3", (derivation,), 0.75)
