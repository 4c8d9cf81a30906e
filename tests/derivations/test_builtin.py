"""The built-in derivations: proved, complete, from the declared hypotheses and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fmproof import (
    Derivation,
    Instance,
    Latent,
    Step,
    Vec,
    alpha_equal,
    check,
)
from fmproof.derivations import BUILTIN, load
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM, C, fm_cfm
from fmproof.derivations.general import general, matching, rho, w
from fmproof.derivations.symbols import p_data, t, theta, time, z
from fmproof.lang.nodes import Density

ROWS = ("1.1 1.2 1.3 1.4 2.1 2.2 2.3 2.4a 2.4b 2.5a 2.5b 3.1 3.2a 3.2b 3.3 3.4 3.5 3.6 3.7").split()


@pytest.mark.parametrize("name", BUILTIN)
def test_proved(name: str) -> None:
    report = check([load(name)])
    (found,) = report.derivations
    assert report.status == "proved"
    assert found.title == BUILTIN[name][0]
    assert all(h.declared and h.used_by for h in found.hypotheses)
    for step in found.steps:
        assert all(condition.discharged_by for condition in step.conditions)


def test_fm_cfm_has_every_display_and_exactly_two_hypotheses() -> None:
    (found,) = check([fm_cfm]).derivations
    assert [step.id for step in found.steps] == ROWS
    assert [h.name for h in found.hypotheses] == ["H1", "H2"]
    assert found.statement.text == "L_FM(θ) = L_CFM(θ) + C"


@pytest.mark.parametrize("missing", ["H1", "H2"])
def test_each_hypothesis_is_needed(missing: str) -> None:
    kept = [h for h in fm_cfm.hypotheses if h.name != missing]
    (found,) = check([replace(fm_cfm, hypotheses=kept)]).derivations
    assert found.status == "failed"
    assert any(not h.declared for h in found.hypotheses)


@pytest.mark.parametrize("given", [Vec("a b c"), (Latent("c"),), (z,)])
def test_general_holds_for_any_conditioning_variables(given: tuple) -> None:
    assert check([matching("any", "", *given)]).status == "proved"


def test_fm_cfm_is_an_instance_of_the_general_theorem() -> None:
    q = Density("q", z)
    conditioned_on_z = matching("on-z", "", z)
    derivation = Derivation(
        "instance",
        hypotheses=[H1, H2],
        uses=[conditioned_on_z],
        start=L_FM(theta),
        steps=[
            Step(
                "1",
                L_CFM(theta) + C,
                by="lemma",
                using=Instance("on-z", replace={rho: time(t), w: 1, q: p_data(z)}),
            )
        ],
    )
    assert check([derivation]).status == "proved"
    assert alpha_equal(derivation.proposition, fm_cfm.proposition)


@pytest.mark.parametrize("derivation", [load(name) for name in BUILTIN], ids=list(BUILTIN))
def test_auto_decides_every_step(derivation: Derivation) -> None:
    parts = [
        replace(
            part,
            steps=[replace(s, by="auto") if s.relation == "=" else s for s in part.steps],
        )
        for part in derivation.parts
    ]
    report = check([replace(derivation, parts=parts)])
    assert [s.id for s in report.derivations[0].steps if s.status == "failed"] == []


def test_auto_proves_the_theorem_in_one_step() -> None:
    derivation = Derivation(
        "one-step",
        hypotheses=[H1, H2],
        start=L_FM(theta),
        steps=[Step("1", L_CFM(theta) + C, by="auto")],
    )
    assert check([derivation]).status == "proved"


def test_auto_says_what_is_left_over() -> None:
    derivation = Derivation(
        "lost-constant",
        hypotheses=[H1, H2],
        start=L_FM(theta),
        steps=[Step("1", L_CFM(theta), by="auto")],
    )
    (step,) = check([derivation]).derivations[0].steps
    assert step.status == "failed"
    assert step.failure is not None
    assert "left over: E_{t~U[0,1], z" in step.failure.summary


def test_general_is_stated_for_a_coupling() -> None:
    assert "(x₀,x₁)~q" in check([general]).derivations[0].hypotheses[1].formula.text
