"""Messages that help: what is wrong, and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from fmproof import (
    Density,
    Derivation,
    Expect,
    Field,
    Hypothesis,
    Inner,
    Integrable,
    Step,
    Vec,
    check,
    norm2,
    parse_latex,
)
from fmproof.derivations import symbols
from fmproof.errors import FmproofError, InputError, nearest
from fmproof.models.problem_file import problem_from_toml
from fmproof.report.text import Detail, render
from fmproof.tactics.spelling import hypothesis

x = Vec("x")
p, f, g = Density("p", x), Field("f", x)(x), Field("g", x)(x)

TWO_FAIL = """\
from fmproof import *

x = Vec("x")
p, f, g = Density("p", x), Field("f", x), Field("g", x)
a, b = f(x), g(x)
mine = Derivation(
    "mine",
    hypotheses=[Hypothesis("F", Integrable(norm2(a), p(x)))],
    start=Expect(norm2(a - b), p(x)),
    steps=[
        Step("1", Expect(norm2(a) - 2 * Inner(a, b) + norm2(b), p(x)), by="square"),
        Step("2", Expect(norm2(a) - 2 * Inner(a, b), p(x)) + Expect(norm2(b), p(x)), by="I1"),
    ],
)
"""


def test_a_missing_hypothesis_is_said_once_with_a_line_that_mends_it(run, files: Path) -> None:
    (files / "two.py").write_text(TWO_FAIL)
    outcome = run("verify", "two.py", "--no-numeric")
    assert outcome.status == 1
    assert outcome.out.count("Missing hypothesis\n") == 1
    assert outcome.out.count("E_{x~p}[‖g(x)‖²] < ∞\n") == 1
    assert "it would follow from" not in outcome.out
    assert "needed by " in outcome.out
    (line,) = [row for row in outcome.out.splitlines() if "declare it: " in row]
    code = line.split("declare it: ")[1]
    assert code == 'Hypothesis("H1", Integrable(norm2(g(x)), p(x)))'
    mended = TWO_FAIL.replace("hypotheses=[", f"hypotheses=[{code}, ")
    (files / "two.py").write_text(mended)
    assert run("verify", "two.py", "--no-numeric").status == 0


def test_every_hypothesis_of_the_built_in_ones_can_be_written_down() -> None:
    from fmproof.derivations.fm_cfm import H1, H2

    assert hypothesis("H1", H1.prop) == (
        'Hypothesis("H1", ForAll(Integrable(norm2(u(t, theta, x)), p(t), p(t, x)), theta))'
    )
    assert hypothesis("H2", H2.prop) is not None


def test_what_has_no_spelling_is_not_spelled() -> None:
    primed = Field("u'", x)
    assert hypothesis("H", Integrable(norm2(primed(x)), p(x))) is None


def test_a_step_without_a_rule_says_which_field() -> None:
    with pytest.raises(InputError, match=r'step 1: by= is missing; .* by="linearity"'):
        Step("1", Expect(1, p(x)))


@pytest.mark.parametrize("by", ["square, linearity", "square,linearity", ["square", "I1"]])
def test_rules_with_commas_and_codes(by: str) -> None:
    assert set(Step("1", Expect(1, p(x)), by=by).rules) == {"square", "linearity"}


def test_a_rule_for_conditions_cannot_be_named() -> None:
    with pytest.raises(
        InputError, match="Jensen is not named in a step, fmproof applies it by itself"
    ):
        Step("1", Expect(1, p(x)), by="Jensen")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verify", "FM-CFM"], "no derivation is called 'FM-CFM'; did you mean 'fm-cfm'?"),
        (["verify", "linearity"], "'linearity' is a rule, not a derivation; fmproof explain"),
        (["verify", "I1"], "'I1' is a rule, not a derivation; fmproof explain I1 shows it"),
        (["verify", "-q", "--steps"], "--quiet prints a line a derivation, --steps all of it"),
        (["evaluate", "fm-cfm"], "fm-cfm is a derivation; evaluate takes a problem in a TOML file"),
        (["evaluate", "good.py"], "good.py is a derivation; evaluate takes a problem in a TOML"),
    ],
)
def test_one_line_that_says_what_to_do(run, files, arguments: list[str], message: str) -> None:
    outcome = run(*arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(f"fmproof: {message}")
    assert outcome.err.count("\n") == 1


def test_suggestions_do_not_mind_capitals() -> None:
    assert nearest("FUBINI", ["fubini", "tower"]) == "did you mean 'fubini'?"


TOML = """\
dim = 1
[data]
kind = "gaussian-mixture"
weights = [1]
means = [[0]]
covariances = [[[1]]]
[path]
kind = "cond-ot"
[time]
law = "uniform"
low = {low}
high = {high}
[model]
kind = "linear"
A = [[1]]
"""


@pytest.mark.parametrize(
    ("low", "high", "blamed"), [(0, 2.0, "high"), (0.5, 0.25, "high"), (-1, 1, "low")]
)
def test_the_field_that_is_wrong_is_blamed(low: float, high: float, blamed: str) -> None:
    with pytest.raises(InputError, match=rf"^time\.{blamed}: expected 0 <= low < high <= 1"):
        problem_from_toml(TOML.format(low=low, high=high))


def test_a_variable_without_a_law_is_named() -> None:
    source = r"\mathbb{E}_{t, z \sim p_{\mathrm{data}}}\bigl[1\bigr]"
    with pytest.raises(FmproofError) as error:
        parse_latex(source, symbols=[symbols.p_data, symbols.t])
    assert "p_data is the law of z, found t, z drawn from it; each variable needs a law" in str(
        error.value
    )
    assert "did you mean" not in str(error.value)


def test_a_star_import_brings_nothing_to_check(run, files: Path) -> None:
    (files / "theirs.py").write_text("from good import *\n")
    outcome = run("verify", "theirs.py")
    assert outcome.status == 2
    assert "defines no derivation" in outcome.err
    (files / "both.py").write_text("from good import *\nagain = mine\n")
    assert run("verify", "-q", "both.py", "--no-numeric").out.startswith("✓ mine")


def test_a_difference_has_one_sign_in_every_format() -> None:
    from fmproof.report import html, json, latex, markdown

    hypotheses = [
        Hypothesis("F", Integrable(norm2(f), p(x))),
        Hypothesis("G", Integrable(norm2(g), p(x))),
    ]
    wrong = Derivation(
        "wrong",
        hypotheses=hypotheses,
        start=Expect(norm2(f + g), p(x)),
        steps=[Step("1", Expect(norm2(f) + Inner(f, g) + norm2(g), p(x)), by="square")],
    )
    report = check([wrong])
    (failure,) = [step.failure for d in report.derivations for step in d.steps]
    assert failure is not None
    assert failure.difference is not None
    assert failure.difference.text == "f(x)·g(x)"  # 2 f·g, which the rule gives, − f·g
    assert "difference  f(x)·g(x)" in render(report, Detail.NORMAL)
    assert "difference: f(x)·g(x)" in json.render(report)
    for module in (latex, markdown):
        shown = module.render(report)
        assert "rule gives" in shown.lower()
        assert "claim gives" in shown.lower() or "found" not in shown.lower()
        assert "difference" in shown.lower()
        assert "minus" not in shown
    assert "<dt>difference</dt>" in html.render(report)
