"""dx/dt beside x = y + n, in which nothing moves: an equation of motion for another x."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

GIVEN = r"""
The perturbed data is $x = y + n$ with $y\sim p$ and $n\sim\mathcal N(0,\sigma^2 I)$, and
$D(x;\sigma) = \mathbb E[y\mid x]$.
"""
FLOW = r"""
With $\sigma(t)=t$ the flow is
$$ \frac{dx}{dt} = {first} = \frac{x-D(x;t)}{t}. $$
"""


@pytest.mark.parametrize(
    "first", [r"-t\,\nabla_x\log p(x;t)", r"-\dot\sigma(t)\,\operatorname{score}[x](t)"]
)
def test_what_follows_is_not_compared_with_a_point_at_rest(first: str) -> None:
    rows = check_text(GIVEN + FLOW.replace("{first}", first)).rows
    assert not {"refuted", "constant", "scope"} & {row.verdict for row in rows}


def test_a_second_equation_of_a_motion_that_is_understood_is_compared() -> None:
    text = GIVEN + r"$$ \frac{dz}{dt} = v(z,t) $$" + "\nso\n" + r"$$ \frac{dz}{dt} = 2 v(z,t) $$"
    assert [row.verdict for row in check_text(text).rows][-1] == "refuted"
