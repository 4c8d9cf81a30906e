"""``fmproof list`` and ``fmproof explain``."""

from __future__ import annotations

from pathlib import Path

import pytest

from fmproof.catalogue import catalogue
from fmproof.derivations.catalogue import BUILTIN
from fmproof.tactics.methods import METHODS


def test_list(run) -> None:
    outcome = run("list")
    assert outcome.status == 0
    names = [line.split("  ")[0] for line in outcome.out.splitlines()]
    assert [name for name in names if name] == list(BUILTIN)  # titles may be wrapped
    words = " ".join(outcome.out.split())
    assert "fm-cfm The flow matching loss is the conditional one plus a constant" in words


def test_list_of_rules(run) -> None:
    shown = run("list", "--rules").out
    for rule in catalogue():
        assert f"  {rule.code} " in shown
        assert f"  {rule.name} " in shown
    assert "\nIntegrals and expectations\n" in shown


def test_explain_a_derivation(run) -> None:
    assert (
        run("explain", "fm-cfm").out
        == """\
fm-cfm: The flow matching loss is the conditional one plus a constant
arXiv 2506.02070, section 3; arXiv 2210.02747, theorem 2

  Theorem  L_FM(θ) = L_CFM(θ) + C

  Hypotheses
  H1  E_{t~U[0,1], x~p_t}[‖u_t^θ(x)‖²] < ∞ for every θ
      the model is square integrable along the probability path
  H2  E_{t~U[0,1], z~p_data, x~p_t(·|z)}[‖u_t(x|z)‖²] < ∞
      the conditional vector field is square integrable

  Definitions
  L_FM(θ)  = E_{t~U[0,1], x~p_t}[‖u_t^θ(x) − u_t(x)‖²]
  u_t(x)   = ∫ u_t(x|z) (p_t(x|z) p_data(z) / p_t(x)) dz
  p_t(x)   = ∫ p_t(x|z) p_data(z) dz
  p(t)     = 1
  C₁       = E_{t~U[0,1], x~p_t}[‖u_t(x)‖²]
  C₂       = E_{t~U[0,1], z~p_data, x~p_t(·|z)}[−‖u_t(x|z)‖²]
  L_CFM(θ) = E_{t~U[0,1], z~p_data, x~p_t(·|z)}[‖u_t^θ(x) − u_t(x|z)‖²]
  C        = C₁ + C₂

  Part 1
  L_FM(θ)
  = E_{t~U[0,1], x~p_t}[‖u_t^θ(x)‖²] − 2 E_{t~U[0,1], x~p_t}[u_t^θ(x)·u_t(x)] + C₁
  by definition, square, linearity, constant

  Part 2
  E_{t~U[0,1], x~p_t}[u_t^θ(x)·u_t(x)]
  = E_{t~U[0,1], z~p_data, x~p_t(·|z)}[u_t^θ(x)·u_t(x|z)]
  by expectation, density, definition, linearity, cancel, fubini

  Part 3
  L_FM(θ) = L_CFM(θ) + C
  by lemma, marginalisation, linearity, ring, square, constant, definition
"""
    )


def test_explain_a_file(run, files: Path) -> None:
    shown = run("explain", "good.py").out
    assert shown.startswith("mine: Expanding a mean square\n")
    assert "  H2  E_{x~p}[‖v(x)‖²] < ∞\n" in shown
    assert "Definitions" not in shown


def test_explain_a_rule(run) -> None:
    shown = run("explain", "square").out
    assert shown.startswith("A1 square: Expand an inner product, or complete a square\n")
    assert "  ⊢ ⟨Σ aᵢ, Σ bⱼ⟩ = ΣΣ ⟨aᵢ, bⱼ⟩, where a side is a sum;" in shown
    assert "No condition: " in shown
    assert shown == run("explain", "A1").out == run("explain", "a1").out


def test_explain_shows_every_condition_with_its_counterexample(run) -> None:
    for rule in catalogue():
        shown = " ".join(run("explain", rule.code).out.split())
        for condition in rule.conditions:
            for text in (condition.text, condition.why, condition.counterexample):
                assert " ".join(text.split()) in shown
        assert max(map(len, run("explain", rule.code).out.splitlines())) <= 88


@pytest.mark.parametrize("name", METHODS)
def test_whatever_a_step_may_name_can_be_explained(run, name: str) -> None:
    outcome = run("explain", name)
    assert outcome.status == 0
    assert f" {name}: " in outcome.out


def test_a_name_of_both_kinds_gives_both(run) -> None:
    shown = run("explain", "constant").out
    assert shown.startswith("constant: The constant is minus the conditional variance")
    assert "\n\nE2 constant: Give a name to a term without free variables\n" in shown


def test_a_word_of_reports_is_found(run) -> None:
    shown = run("explain", "domination").out
    assert shown.startswith("D3 exchange: ")
    assert "\nAlso: domination, bounded gradients\n" in shown


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("fubinni", "did you mean 'fubini'?"),
        ("fm-cmf", "did you mean 'fm-cfm'?"),
        ("zzzzz", "fmproof list shows the derivations, fmproof list --rules the rules"),
    ],
)
def test_an_unknown_name(run, name: str, hint: str) -> None:
    outcome = run("explain", name)
    assert (outcome.status, outcome.out) == (2, "")
    assert (
        outcome.err
        == f"fmproof: no derivation, rule, hypothesis or step is called {name!r}; {hint}\n"
    )


def test_a_missing_file(run, files: Path) -> None:
    assert run("explain", "goood.py").err == (
        "fmproof: goood.py: no such file; did you mean good.py?\n"
    )


def test_a_hypothesis_is_explained_wherever_it_stands(run) -> None:
    outcome = run("explain", "H2")
    assert outcome.status == 0
    assert "H2, a hypothesis of fm-cfm\n" in outcome.out
    assert "H2, a hypothesis of general\n" in outcome.out
    assert "H2, a hypothesis of gradient" not in outcome.out  # it reads like that of fm-cfm
    assert "used by 1.1, 1.2" in outcome.out
    alone = run("explain", "fm-cfm::H2").out
    assert alone.count("a hypothesis of") == 1


def test_a_step_is_explained(run) -> None:
    outcome = run("explain", "fm-cfm::2.4b")
    assert outcome.status == 0
    assert "needs p_t(x) = 0" in outcome.out
    assert "More: fmproof explain cancel" in outcome.out
    assert "2.4b: Step 2.4b of" in run("explain", "2.4b").out
    assert "did you mean 'H2'?" in run("explain", "fm-cfm::H3").err


def test_names_in_ascii_are_known(run) -> None:
    assert run("explain", "Cauchy-Schwarz").out.startswith("C2 Cauchy–Schwarz")


def test_it_is_said_which_rules_a_step_may_name(run) -> None:
    from fmproof.catalogue import catalogue
    from fmproof.cli.describe import is_named
    from fmproof.tactics.methods import METHODS

    assert {rule.name for rule in catalogue() if is_named(rule)} == set(METHODS)
    assert 'In a step: by="cancel"' in run("explain", "cancel").out
    assert "In a step: it is not named" in run("explain", "Jensen").out
    assert "fmproof explain RULE says whether a step names it" in run("list", "--rules").out
