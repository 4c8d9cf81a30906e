"""A field that rows have by its name alone before it is defined by conditional ones."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

BEFORE = r"""
A network $f_\theta(x,t)$ is to match a field $w_t(x)$ that generates a path $p_t(x)$:
$$ J(\theta) = \mathbb E_{t\sim U[0,1],\,x\sim p_t(x)}\|f_\theta(x,t) - w_t(x)\|^2. $$
"""
FIELD = r"""
With data $z\sim q$ put $p_t(x) = \int p_t(x|z) q(z)\,dz$ and
$$ w_t(x) = \int w_t(x|z)\,\frac{p_t(x|z) q(z)}{p_t(x)}\,dz. $$
"""
AFTER = r"""
The conditional objective is
$$ K(\theta) = \mathbb E_{t\sim U[0,1],\,z\sim q,\,x\sim p_t(x|z)}\|f_\theta(x,t) - w_t(x|z)\|^2 $$
and
$$ \nabla_\theta J(\theta) = {factor}\nabla_\theta K(\theta). $$
"""


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(text).rows if not row.inline]


def test_it_is_known_in_the_rows_before() -> None:
    found = verdicts(BEFORE + FIELD + AFTER.replace("{factor}", ""))
    assert found == ["definition", "definition", "definition", "proved"]


@pytest.mark.parametrize(
    ("field", "factor"),
    [(FIELD, "2\\,"), (FIELD.replace(r"\frac{p_t(x|z) q(z)}{p_t(x)}", r"p_t(x|z) q(z)"), "")],
)
def test_a_wrong_row_or_mixture_proves_nothing(field: str, factor: str) -> None:
    assert verdicts(BEFORE + field + AFTER.replace("{factor}", factor))[-1] == "refuted"
