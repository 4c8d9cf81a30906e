"""``auto`` alone: from the first line of a theorem to its last, and what it says when it fails."""

from __future__ import annotations

from collections.abc import Sequence
from time import thread_time
from typing import Any

import pytest

from fmproof import Derivation, Hypothesis, Part, Step, check
from fmproof.derivations import denoising_score_matching as dsm
from fmproof.derivations import fm_cfm as fm
from fmproof.derivations import interpolant, tweedie
from fmproof.report.model import DerivationReport
from fmproof.tactics.check import PATIENCE
from fmproof.verify import verify

THEOREMS = {
    "fm-cfm": (fm.fm_cfm, fm.L_FM(fm.theta), fm.L_CFM(fm.theta) + fm.C, ()),
    "interpolant": (
        interpolant.interpolant,
        interpolant.L(interpolant.theta),
        interpolant.loss.steps[-1].claim,
        (),
    ),
    "denoising-score-matching": (
        dsm.denoising_score_matching,
        dsm.matching.start,
        dsm.matching.steps[-1].claim,
        (),
    ),
    "tweedie": (tweedie.tweedie, tweedie.D, tweedie.tweedie_part.steps[-1].claim, tweedie.law),
}


def in_one_step(
    name: str, claim: Any = None, hypotheses: Sequence[Hypothesis] | None = None
) -> Derivation:
    derivation, start, end, almost = THEOREMS[name]
    return Derivation(
        "one-step",
        hypotheses=derivation.hypotheses if hypotheses is None else hypotheses,
        variables=derivation.variables,
        parts=[
            Part(
                "one",
                start,
                [Step("1", end if claim is None else claim, by="auto")],
                almost=almost,
            )
        ],
    )


def checked(derivation: Derivation) -> DerivationReport:
    (found,) = check([derivation]).derivations
    return found


@pytest.mark.parametrize("name", THEOREMS)
def test_first_line_to_last_in_one_step(name: str) -> None:
    assert checked(in_one_step(name)).status == "proved"


@pytest.mark.parametrize("name", THEOREMS)
def test_twice_the_last_line_is_refused(name: str) -> None:
    assert checked(in_one_step(name, 2 * THEOREMS[name][2])).status == "failed"


@pytest.mark.parametrize("name", THEOREMS)
def test_no_theorem_without_its_first_hypothesis(name: str) -> None:
    kept = THEOREMS[name][0].hypotheses[1:]
    assert checked(in_one_step(name, hypotheses=kept)).status == "failed"


def test_what_fails_is_given_up_in_time() -> None:
    """Also where each condition that is missing would be looked for until the patience is over."""
    started = thread_time()
    checked(in_one_step("denoising-score-matching", dsm.matching.start * 3))
    kept = dsm.denoising_score_matching.hypotheses[1:]
    checked(in_one_step("denoising-score-matching", hypotheses=kept))
    assert thread_time() - started < 2 * PATIENCE


def test_a_wrong_claim_is_called_wrong() -> None:
    (found,) = verify([in_one_step("fm-cfm", fm.L_CFM(fm.theta) - fm.C)], problems=2).derivations
    assert found.steps[0].verdict == "wrong: the numbers refute it"


def test_a_missing_hypothesis_is_not_called_wrong() -> None:
    (found,) = verify([in_one_step("fm-cfm", hypotheses=[fm.H1])], problems=2).derivations
    assert found.steps[0].verdict == "proved, but for a hypothesis that is not declared"
    codes = [missing.code or "" for missing in found.missing]
    assert any(code.startswith('Hypothesis("H2", Integrable(norm2(u(t, x') for code in codes)


def test_what_agrees_and_is_not_proved_is_called_so() -> None:
    step = Step("1", fm.L_CFM(fm.theta) + fm.C, by="ring")
    derivation = Derivation(
        "by-ring", hypotheses=[fm.H1, fm.H2], start=fm.L_FM(fm.theta), steps=[step]
    )
    (found,) = verify([derivation], problems=2).derivations
    assert found.steps[0].verdict == "not proved, though the numbers agree"
    assert checked(derivation).steps[0].verdict == ""
