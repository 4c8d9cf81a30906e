"""A field that words call marginal is the mean of the conditional one."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

TEXT = r"""The network $v^\theta_t(X_t)$ learns from $v_t(X_t \mid Z)$, of which %s. So

$$
\mathbb E \| v^\theta_t(X_t) - v_t(X_t \mid Z) \|^2
= \mathbb E \| v^\theta_t(X_t) - v_t(X_t) \|^2 %s \mathbb E \| v_t(X_t) - v_t(X_t \mid Z) \|^2 .
$$
"""


def verdict(words: str, sign: str = "+") -> str:
    return check_text(TEXT % (words, sign), "x", ".md").rows[-1].verdict


@pytest.mark.parametrize(
    "words",
    [
        "$v_t(X_t)$ is the marginal version",
        "the marginal field $v_t(X_t)$ is the mean",
        "$v_t(X_t)$, the marginal velocity, is left",
    ],
)
def test_by_words(words: str) -> None:
    assert verdict(words) == "proved"
    assert verdict(words, "-") == "refuted"


@pytest.mark.parametrize(
    "words", ["$v_t(X_t)$ is another version", "the marginal law of $X_t$ is that of $v_t(X_t)$"]
)
def test_without_such_words_it_is_any_field(words: str) -> None:
    assert verdict(words) != "proved"
