"""What authors of derivations are told when something is not as it should be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fmproof import (
    Density,
    Derivation,
    Equals,
    Expect,
    Field,
    Hypothesis,
    Inner,
    Instance,
    Integrable,
    Part,
    Step,
    Vec,
    check,
    norm2,
)
from fmproof.errors import FmproofError, InputError

x = Vec("x")
p = Density("p", x)
f, g = Field("f", x)(x), Field("g", x)(x)
start = Expect(norm2(f), p(x))
same = Step("1", start, by="ring")
finite = Integrable(norm2(f), p(x))

MISTAKES: list[tuple[Callable[[], object], str]] = [
    (lambda: Step(1, start, by="ring"), "label of a step must be text, found 1"),
    (lambda: Step("1", start, by="rign"), "unknown rule 'rign'; did you mean 'ring'"),
    (lambda: Step("1", start, by=[]), "by= is missing"),
    (lambda: Step("1", start, by="ring", relation="<"), "relation must be =, ≤ or ≥, found '<'"),
    (lambda: Step("1", start, by="lemma"), "needs to know which"),
    (lambda: Step("1", start, by="ring", using="a"), "using= is for the rules lemma and auto"),
    (lambda: Step("1", start, by="lemma", using=[same]), "names of earlier results or Instance"),
    (lambda: Step("1", 0.5, by="ring"), r"write Rational\(1, 2\)"),
    (lambda: Step("1", norm2(Field("f", x)), by="ring"), r"apply it to its arguments: f\("),
    (lambda: Hypothesis("", finite), "name of a hypothesis must be text, found ''"),
    (lambda: Hypothesis("H", start), "must be a proposition such as Integrable"),
    (lambda: Part("A", start, same), "found a single one; put it in brackets"),
    (lambda: Part("A", start, [start]), r"must be a list of Step\(...\), found"),
    (lambda: Part("A", start, []), "part 'A' has no steps"),
    (lambda: Derivation("d", [finite], start=start, steps=[same]), "the title must be text"),
    (lambda: Derivation("d", hypotheses=[finite], start=start, steps=[same]), "list of Hypothesis"),
    (lambda: Derivation("d", hypotheses=finite, start=start, steps=[same]), "list of Hypothesis"),
    (lambda: Derivation("d", uses=["a"], start=start, steps=[same]), "list of Derivation"),
    (lambda: Derivation("d", uses="a", start=start, steps=[same]), "list of Derivation"),
    (lambda: Derivation(["d"], start=start, steps=[same]), "name of a derivation must be text"),
    (lambda: Derivation("d", start=f, steps=[Step("1", f, by="ring")]), "the variable x is free"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES, ids=[m for _, m in MISTAKES])
def test_a_mistake_is_named(mistake: Callable[[], object], message: str) -> None:
    with pytest.raises(FmproofError, match=message):
        mistake()


def test_a_relation_may_be_typed_with_ordinary_keys() -> None:
    up = Step("1", start, by="nonnegative", relation="<=")
    down = Step("1", start, by="nonnegative", relation=">=")
    assert (up.relation, down.relation) == ("≤", "≥")


def test_names_of_bound_variables_survive_in_a_failed_inequality() -> None:
    claim = start + Expect(Inner(f, g), p(x))
    step = Step("1", claim, by="nonnegative", relation="<=")
    failure = check([Derivation("d", start=start, steps=[step])]).derivations[0].steps[0].failure
    assert failure is not None
    assert failure.difference is not None
    assert failure.difference.text == "E_{x~p}[f(x)·g(x)]"


def test_an_unknown_lemma_is_bad_input() -> None:
    other = Step("1", start, by="lemma", using=Instance("nothing"))
    with pytest.raises(FmproofError, match="no earlier part or used derivation"):
        check([Derivation("d", start=start, steps=[other])])


def test_a_missing_hypothesis_is_suggested_without_unused_draws() -> None:
    z = Vec("z")
    q, noisy = Density("q", z), Density("p", x, given=z)
    law = (q(z), noisy(x, z))
    step = Step("1", Expect(norm2(f) - 2 * Inner(f, z) + norm2(z), *law), by="square")
    model = Hypothesis("H", Integrable(norm2(f), *law))
    derivation = Derivation("d", hypotheses=[model], start=Expect(norm2(f - z), *law), steps=[step])
    failure = check([derivation]).derivations[0].steps[0].failure
    assert failure is not None
    assert failure.hint is not None
    assert "would follow from E_{z~q}[‖z‖²] < ∞;" in failure.hint


@pytest.mark.parametrize(
    "label", ["1 ＝ 0", "1 ⩵ 0", "1 ꞊ 0", "1⠀⠀᐀ 0", "1ㅤ0", "✔", "1 ≔ 2", "✓ 1", "x → y", "a\u0305"]
)
def test_labels_have_no_signs_and_no_letters_that_show_as_none(label: str) -> None:
    with pytest.raises(FmproofError, match="label of a step"):
        Step(label, x, by="ring")


@pytest.mark.parametrize(
    "label", ["2.4a", "∗", "⋆", "A′", "Schritt 2", "第二步", "β-1", "1–2", "†"]
)
def test_labels_that_people_use(label: str) -> None:
    assert Step(label, x, by="ring").id == label


@pytest.mark.parametrize(
    "title", ["3   = 0      fubini", "✓ proved, 3 steps", "3\u2003\u2003= 0", "✔ done", "part⠀⠀one"]
)
def test_titles_do_not_look_like_steps(title: str) -> None:
    with pytest.raises(FmproofError, match="title of a part"):
        Part(title, x, [Step("1", x, by="ring")])


def test_titles_may_have_formulas_in_them() -> None:
    title = "Part 2: L_FM(θ) = L_CFM(θ) + C, ∇_θ L ≤ 0 → 0"
    assert Part(title, x, [Step("1", x, by="ring")]).title == title


@pytest.mark.parametrize("tick", ["✓", "✔", "✅", "☑", "✗", "✘", "❌", "✕"])
def test_prose_has_no_ticks(tick: str) -> None:
    words = f"{tick} proved: 9 derivations, 50 steps"
    for make in (
        lambda: Step("1", x, by="ring", note=words),
        lambda: Step("1", x, by="ring", note=[x, words]),
        lambda: Hypothesis("A", Equals(x, x), words),
        lambda: Derivation("d", source=words, start=x, steps=[Step("1", x, by="ring")]),
    ):
        with pytest.raises(InputError, match="how a report marks what it checked"):
            make()
    assert Step("1", x, by="ring", note="as √2 × 3 ≠ 0, ☺ and 20°").note
