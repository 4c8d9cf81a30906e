"""min_θ L(θ) ≥ c is L(θ) ≥ c for every θ; numbers at a few θ do not show it."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

BEGIN = r"""
Let $X_0 \sim p$ and $X_1 \sim q$ be independent with finite second moments, $t \sim U[0,1]$,
$X_t = (1-t) X_0 + t X_1$, $u_t(x) = E[X_1 - X_0 | X_t = x]$ and
$L(\theta) = E\|v_\theta(X_t, t) - (X_1 - X_0)\|^2$.
"""
FLOOR = r"E\|X_1 - X_0 - u_t(X_t)\|^2"
TRUE = {
    "a floor": rf"\min_\theta L(\theta) \ge {FLOOR}",
    "from the other side": rf"{FLOOR} \le \inf_{{\theta}} L(\theta)",
    "a sign": r"\inf_\theta L(\theta) \geq 0",
    "a maximum": r"\sup_\theta (-L(\theta)) \le 0",
}
FALSE = {
    "a floor": r"\min_\theta L(\theta) \ge E\|X_1 - X_0\|^2",
    "the other way round": rf"\min_\theta L(\theta) \le \tfrac12 {FLOOR}",
    "a sign": r"\inf_\theta L(\theta) \geq 1000 + E\|X_1 - X_0\|^2",
}


@pytest.mark.parametrize("name", TRUE)
def test_true_rows_are_proved(name: str) -> None:
    assert check_text(f"{BEGIN}\n$$ {TRUE[name]} $$").rows[-1].verdict == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_false_neighbours_are_not(name: str) -> None:
    assert check_text(f"{BEGIN}\n$$ {FALSE[name]} $$").rows[-1].verdict in ("refuted", "open")


def test_a_floor_that_is_too_high_is_refuted() -> None:
    assert check_text(f"{BEGIN}\n$$ {FALSE['a sign']} $$").rows[-1].verdict == "refuted"
