"""Matrices by letters and Jacobians between vectors, their traces, random probes."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

NOISE = (
    "<!-- fmproof: u vector; v vector -->\n\n"
    "Let $n \\sim \\mathcal N(0, I)$ and let $M$ be a fixed matrix.\n\n"
)
PROBE = (
    "Let $w_t$ be a field, $\\|w_t(x)\\| < 7$, and $\\zeta$ a random vector with\n\n"
    "$$\n\\mathbb E[\\zeta \\zeta^\\top] = I .\n$$\n\n"
)
FIELD = "Let $n \\sim \\mathcal N(0, I)$, and $w_t$ be a field with $\\|w_t(x)\\| < 7$.\n\n"
TRUE = {
    "a probe by its law": (NOISE, r"\mathbb E[ n^\top M n ] = \operatorname{tr} M"),
    "a probe, the trace inside": (
        NOISE,
        r"\mathbb E[ n^\top M n ] = \mathbb E[ \operatorname{Tr}(M\, n n^\top) ]",
    ),
    "a probe, the average inside": (
        NOISE,
        r"\mathbb E[ n^\top M n ] = \operatorname{tr}\big( M\, \mathbb E[n n^\top] \big)",
    ),
    "a trace and a form": (NOISE, r"\operatorname{tr}( M u v^\top ) = v^\top M u"),
    "a transposed matrix": (NOISE, r"u^\top M^\top v = v^\top M u"),
    "the trace of a transposed matrix": (
        NOISE,
        r"\operatorname{tr}(M^\top) = \operatorname{tr}(M)",
    ),
    "a probe of a Jacobian": (
        FIELD,
        r"\mathbb E\big[ n^\top D w_t(x)\, n \big] = \nabla \cdot w_t(x)",
    ),
    "a probe of a gradient of a field": (
        FIELD,
        r"\mathbb E\big[ n^\top \nabla w_t(x)\, n \big] = \nabla \cdot w_t(x)",
    ),
    "a probe by its second moments": (
        PROBE,
        r"\mathbb E\big[ \zeta^\top D w_t(x)\, \zeta \big] = \nabla \cdot w_t(x)",
    ),
    "the trace of a Jacobian": (FIELD, r"\operatorname{tr} D w_t(x) = \nabla \cdot w_t(x)"),
    "a second moment in a direction": (FIELD, r"\mathbb E \langle u, n \rangle^2 = \|u\|^2"),
    "a second moment in two directions": (
        FIELD,
        r"\mathbb E[ \langle u, n \rangle \langle v, n \rangle ] = \langle u, v \rangle",
    ),
}
FALSE = {
    "a factor": (NOISE, r"\mathbb E[ n^\top M n ] = 2 \operatorname{tr} M"),
    "a form turned round": (NOISE, r"\operatorname{tr}( M u v^\top ) = u^\top M v"),
    "a matrix for its transposed": (NOISE, r"u^\top M^\top v = u^\top M v"),
    "a sign": (FIELD, r"\mathbb E\big[ n^\top D w_t(x)\, n \big] = - \nabla \cdot w_t(x)"),
    "a dimension": (FIELD, r"\mathbb E \langle u, n \rangle^2 = d\, \|u\|^2"),
    "no dimension": (FIELD, r"\mathbb E \| n \|^2 = 1"),
    "other moments": (
        PROBE.replace("= I", "= 2 I"),
        r"\mathbb E\big[ \zeta^\top D w_t(x)\, \zeta \big] = \nabla \cdot w_t(x)",
    ),
}


def verdict(before: str, row: str) -> str:
    return check_text(f"{before}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict


@pytest.mark.parametrize("name", TRUE)
def test_what_holds_of_any_matrix_is_proved(name: str) -> None:
    assert verdict(*TRUE[name]) == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_what_does_not_is_refuted(name: str) -> None:
    if name == "other moments":  # no random world has just these
        assert verdict(*FALSE[name]) not in ("proved", "agrees")
    else:
        assert verdict(*FALSE[name]) == "refuted"


def test_second_moments_of_a_law_are_chosen_once() -> None:
    report = check_text(PROBE + "$$\n\\mathbb E[\\zeta \\zeta^\\top] = 3 I\n$$\n", "x", ".md")
    assert report.rows[-2].verdict == "hypothesis"
    assert report.rows[-1].verdict not in ("hypothesis", "proved", "agrees")


NO_NUMBER = {
    "a matrix that multiplies a vector": r"\| M u \|^2 + \operatorname{tr} M = \operatorname{tr} M"
    r" + M^2 \|u\|^2",
    "the Jacobian of what has no such name": r"\mathbb E[ n^\top J_g(x)\, n ] = J_g(x)\, d",
}


@pytest.mark.parametrize("name", NO_NUMBER)
def test_a_matrix_is_no_number(name: str) -> None:
    assert verdict(NOISE, NO_NUMBER[name]) not in ("proved", "agrees", *WRONG)


@pytest.mark.parametrize(
    "words", ["In one dimension", "Let $d = 1$, and", "With $x \\in \\mathbb R$"]
)
def test_on_a_line_a_dimension_may_be_left_out(words: str) -> None:
    assert (
        verdict(f"{words}, $n \\sim \\mathcal N(0, I)$.\n\n", r"\mathbb E \| n \|^2 = 1")
        not in WRONG
    )
