r"""Claims as LaTeX: read against the derivation's symbols, printed back, errors that say where."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Basic

from fmproof import (
    Almost,
    Density,
    Derivation,
    Equals,
    Expect,
    Field,
    Hypothesis,
    Integrable,
    Part,
    Step,
    Vec,
    alpha_equal,
    check,
    latex,
    norm2,
    text,
)
from fmproof.derivations import BUILTIN, load
from fmproof.errors import FmproofError, InputError
from fmproof.lang.props import Dominated, ForAll

x = Vec("x")
p = Density("p", x)
f, g = Field("f", x), Field("g", x)
FINITE = [
    Hypothesis("F", Integrable(norm2(f(x)), p(x))),
    Hypothesis("G", Integrable(norm2(g(x)), p(x))),
]
START = r"\mathbb{E}_{x \sim p} \|f(x) + g(x)\|^2 - \mathbb{E}_{x \sim p} \|f(x) - g(x)\|^2"
CLAIM = r"4 \, \mathbb{E}_{x \sim p}[f(x)^\top g(x)]"


def polarisation(claim: object = CLAIM, **more: object) -> Derivation:
    step = Step("1", claim, by=["square", "linearity"])
    return Derivation("p", hypotheses=FINITE, start=START, steps=[step], **more)


def test_text_becomes_the_term_that_is_checked_and_printed() -> None:
    made = polarisation()
    (step,) = made.parts[0].steps
    assert isinstance(step.claim, Basic)
    assert text(step.claim) == "4 E_{x~p}[f(x)·g(x)]"
    assert step.location is not None
    assert step.location.file == __file__
    report = check([made])
    assert report.status == "proved"
    shown = report.derivations[0].parts[0].steps[0].claim
    assert (shown.text, shown.latex) == (text(step.claim), latex(step.claim))


def test_a_wrong_claim_is_refused_as_the_term_would_be() -> None:
    (found,) = check([polarisation(CLAIM.replace("4", "2"))]).derivations
    failure = found.steps[0].failure
    assert failure is not None
    assert failure.difference is not None
    assert failure.difference.text == "2 E_{x~p}[f(x)·g(x)]"


def by_latex(prop: Basic) -> object:
    """A proposition as LaTeX, unless there is none for it."""
    core = prop
    while isinstance(core, ForAll | Almost):
        core = core.body
    return prop if isinstance(core, Dominated) or len(core.args) > 3 else latex(prop)


@pytest.mark.parametrize("name", BUILTIN)
def test_a_built_in_derivation_is_the_same_when_it_is_written_in_latex(name: str) -> None:
    known = load(name)
    parts = [
        Part(
            part.title,
            latex(part.start),
            [replace(step, claim=latex(step.claim)) for step in part.steps],
            statement=None if part.statement is None else latex(part.statement),
            name=part.name,
            almost=part.almost,
        )
        for part in known.parts
    ]
    hypotheses = [Hypothesis(h.name, by_latex(h.prop)) for h in known.hypotheses]
    written = Derivation(
        name,
        hypotheses=hypotheses,
        parts=parts,
        uses=known.uses,
        variables=known.variables,
        statement=None if known.statement is None else latex(known.statement),
        symbols=known,
    )
    assert alpha_equal(written.proposition, known.proposition)
    for one, other in zip(written.hypotheses, known.hypotheses, strict=True):
        assert alpha_equal(one.prop, other.prop)
    for one, other in zip(written.parts, known.parts, strict=True):
        assert alpha_equal(one.start, other.start)
        for step, same in zip(one.steps, other.steps, strict=True):
            assert alpha_equal(step.claim, same.claim), text(step.claim)


def test_symbols_come_from_terms_and_from_what_is_given() -> None:
    with pytest.raises(InputError, match="no symbol is written h"):
        polarisation(CLAIM.replace("g(x)", "h(x)"))
    h = Field("h", x)
    made = polarisation(CLAIM.replace("g(x)", "h(x)"), symbols=[h])
    assert made.parts[0].steps[0].claim == 4 * Expect(f(x) @ h(x), p(x))


def test_its_own_symbols_go_before_those_of_what_it_uses() -> None:
    other = Field("f", x, definition=2 * x)
    term = Expect(norm2(other(x)), p(x))
    used = Derivation(
        "used",
        hypotheses=[Hypothesis("H", Integrable(norm2(x), p(x)))],
        start=term,
        steps=[Step("1", 4 * Expect(norm2(x), p(x)), by=["definition", "linearity"])],
    )
    assert polarisation(uses=[used]).parts[0].start == polarisation().parts[0].start
    alone = Derivation(
        "alone",
        hypotheses=[Hypothesis("H", r"\mathbb{E}_{x \sim p}[\|x\|^2] < \infty")],
        uses=[used],
        start=r"\mathbb{E}_{x \sim p}[\|f(x)\|^2]",
        steps=[Step("1", r"4 \mathbb{E}_{x \sim p} \|x\|^2", by="lemma", using="used")],
    )
    assert alone.parts[0].start == term
    assert check([alone]).status == "proved"


def test_two_symbols_that_look_alike_are_not_guessed_between() -> None:
    other = Field("f", x, definition=2 * x)
    with pytest.raises(InputError, match=r"start of 'p': f may be more than one of the symbols"):
        polarisation(symbols=[other])


def test_a_part_with_text_in_it_can_be_a_chain() -> None:
    part = Part("A", START, [Step("1", CLAIM, by=["square", "linearity"])], statement=None)
    said = Part(
        "B",
        CLAIM,
        [Step("2", START, by="lemma", using="A")],
        statement=rf"{CLAIM} = {START}",
    )
    made = Derivation("d", hypotheses=FINITE, parts=[part, said])
    assert isinstance(made.proposition, Equals)
    assert check([made]).status == "proved"


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        (r"4 \mathbb{E}_{x \sim p}[f(x)^\top h(x)]", r"p, step 1: no symbol is written h; known: "),
        (r"4 \mathbb{E}_{x \sim p}[f(x)^\top g(x)", r"ends too early; .* \(at its end, after "),
        (r"4 f(x)", "cannot equate a real and a vector|step 1: .*vector"),
        ("", "step 1: expected a formula, found empty text"),
        (
            "4 \theta",
            r"step 1: Python took the \\t of \\theta… for a control character; write an r",
        ),
        ("\nabla_x \\|x\\|^2", r"step 1: Python took the \\n of \\nabla_x… for a control"),
        ("\frac12", r"step 1: Python took the \\f of \\frac12… for a control"),
    ],
)
def test_an_error_names_the_step_the_piece_and_the_mend(claim: str, message: str) -> None:
    with pytest.raises(FmproofError, match=message):
        polarisation(claim)


def test_a_notebook_shows_text_that_is_not_read_yet() -> None:
    assert r"= \theta \qquad" in str(Step("1", r"\theta", by="ring")._repr_latex_())
    assert r"& \theta" in str(Part("A", r"\theta", [Step("1", "t", by="ring")])._repr_latex_())
    assert r"\colon\; t = t$" in str(Hypothesis("H", "t = t")._repr_latex_())


def test_text_that_pretends_is_no_text() -> None:
    class Pretends(str):
        pass

    with pytest.raises(FmproofError, match="expected a term"):
        Step("1", Pretends("x"), by="ring")
    with pytest.raises(FmproofError, match="must be a proposition"):
        Hypothesis("H", Pretends("x = x"))
