"""The loss of a model at another field, L(v*), and at the field that is 0."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

BEGIN = r"""
Let $x_t = (1-t) x_0 + t x_1$ with $x_0 \sim p_0$ and $x_1 \sim p_1$ independent, and
$$ L({of}) = \mathbb E\|{model}(x_t, t) - (x_1 - x_0)\|^2 . $$
With $v^*(x, t) = \mathbb E[x_1 - x_0 \mid x_t = x]$,
$$ {row} $$
"""
TRUE = {
    "the best one": r"L({of}) = L(v^*) + \mathbb E\|{model}(x_t, t) - v^*(x_t, t)\|^2",
    "nothing predicted": r"L(0) = \mathbb E\|x_1 - x_0\|^2",
    "what is gained": r"L(0) - L(v^*) = \mathbb E\|v^*(x_t, t)\|^2",
}
FALSE = {
    "a sign": r"L({of}) = L(v^*) - \mathbb E\|{model}(x_t, t) - v^*(x_t, t)\|^2",
    "the best one is not perfect": r"L(v^*) = 0",
    "nothing predicted is not the best one": r"L(0) = L(v^*)",
    "another square": r"L(0) - L(v^*) = \mathbb E\|v^*(x_t, t) - (x_1 - x_0)\|^2",
}
MODELS = [(r"\theta", r"v_\theta"), ("v", "v")]


def verdict(of: str, model: str, row: str) -> str:
    text = BEGIN.replace("{row}", row).replace("{of}", of).replace("{model}", model)
    return check_text(text).rows[-1].verdict


@pytest.mark.parametrize(("of", "model"), MODELS)
@pytest.mark.parametrize("name", TRUE)
def test_true_rows_are_proved(of: str, model: str, name: str) -> None:
    assert verdict(of, model, TRUE[name]) == "proved"


@pytest.mark.parametrize(("of", "model"), MODELS)
@pytest.mark.parametrize("name", FALSE)
def test_false_neighbours_are_refuted(of: str, model: str, name: str) -> None:
    assert verdict(of, model, FALSE[name]) == "refuted"
