"""A symbol that the words of a theorem name, "the loss $L = …$", is what they say: rows of the
proof are claims about it."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

TEXT = r"""
\documentclass{{article}}
\begin{{document}}
Let $X_0 \sim p$ and $X_1 \sim q$ be independent with finite second moments, $t \sim U[0,1]$ and
$X_t = (1-t) X_0 + t X_1$.
\begin{{theorem}}
The loss $L(\theta) = E\|v_\theta(X_t, t) - (X_1 - X_0)\|^2$ is at least as large as
\begin{{equation}}
L(\theta) \ge 0.
\end{{equation}}
\end{{theorem}}
Indeed
\begin{{equation}}
L(\theta) = {}.
\end{{equation}}
\end{{document}}
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"E\|v_\theta(X_t, t) - X_1 + X_0\|^2", "proved"),
        (r"E\|v_\theta(X_t, t) - X_1 - X_0\|^2", "refuted"),
    ],
)
def test_rows_of_the_proof_are_claims(claim: str, verdict: str) -> None:
    rows = check_text(TEXT.format(claim), ending=".tex").rows
    assert [row.verdict for row in rows][-3:] == ["definition", "proved", verdict]
