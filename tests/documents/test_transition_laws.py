"""What lines and densities say of a chain: laws of X_t given X_0, Bayes' rule, L_{t-1}."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

LINE = r"""
Let $p_t$ be the density of $X_t$. Then
 $X_t \mid X_0 = x_0 \sim \mathcal{N}(m(t)\,x_0, s(t)^2 I)$, where
$x, x_0 \in \mathbb{R}^d$, and

$$
\nabla_x \log p_t(x \mid x_0) = ROW
$$
"""

BAYES = r"""
One step is $q(x_t \mid x_{t-1}) = \mathcal{N}(x_t; \sqrt{1-\beta_t}\,x_{t-1}, \beta_t \mathbf{I})$
in $\mathbb{R}^d$. By Bayes' rule

$$
q(x_{t-1}\mid x_t, x_0) = ROW
$$
"""

SOLVED = r"""
Let $x_t = a_t\,x_0 + s_t\,\epsilon$ with $x_0 \sim q$ and $\epsilon \sim \mathcal{N}(0,\mathbf{I})$
independent of $x_0$. Solving,

$$
ROW
$$
"""

UPDATE = r"""
Let $x_t = a_t\,x_0 + s_t\,\epsilon$ with $x_0 \sim q$ and
$\epsilon \sim \mathcal{N}(0,\mathbf{I})$. One gets a deterministic update,

$$
\begin{aligned}
y &= a_r \frac{x_t - s_t\,\epsilon_\theta(x_t)}{a_t} + s_r\,\epsilon_\theta(x_t) \\
&= ROW
\end{aligned}
$$
"""

LOSS = r"""
Let $x_0 \sim q$ and $\epsilon \sim \mathcal{N}(0,\mathbf{I})$ be independent,
$x_t = a_t\,x_0 + s_t\,\epsilon$.

$$
L_{t-1} = \mathbb{E}_{x_0,\epsilon}\big[w_t \|\epsilon - \epsilon_\theta(x_t,t)\|^2\big]
$$

With $\hat x_\theta = (x_t - s_t\,\epsilon_\theta(x_t,t))/a_t$ this is

$$
L_{t-1} = ROW
$$
"""

CASES = {
    "a law of a line": (LINE, r"-\frac{x - m(t)\,x_0}{s(t)^2}", "proved"),
    "not its root": (LINE, r"-\frac{x - m(t)\,x_0}{s(t)}", "refuted"),
    "nor another sign": (LINE, r"\frac{x - m(t)\,x_0}{s(t)^2}", "refuted"),
    "Bayes' rule": (
        BAYES,
        r"\frac{q(x_t\mid x_{t-1})\,q(x_{t-1}\mid x_0)}{q(x_t\mid x_0)}",
        "proved",
    ),
    "not turned round": (
        BAYES,
        r"\frac{q(x_t\mid x_{t-1})\,q(x_t\mid x_0)}{q(x_{t-1}\mid x_0)}",
        "open",
    ),
    "noise": (SOLVED, r"\epsilon = \frac{x_t - a_t\,x_0}{s_t}", "proved"),
    "noise of another scale": (SOLVED, r"\epsilon = \frac{x_t - a_t\,x_0}{s_t^2}", "refuted"),
    "data": (SOLVED, r"x_0 = \frac{x_t - s_t\,\epsilon}{a_t}", "proved"),
    "data with another sign": (SOLVED, r"x_0 = \frac{x_t + s_t\,\epsilon}{a_t}", "refuted"),
    "an update": (
        UPDATE,
        r"\frac{a_r}{a_t}\,x_t + \Big(s_r - \frac{a_r s_t}{a_t}\Big)\,\epsilon_\theta(x_t)",
        "proved",
    ),
    "an update that is upside down": (
        UPDATE,
        r"\frac{a_r}{a_t}\,x_t + \Big(s_r - \frac{a_t s_t}{a_r}\Big)\,\epsilon_\theta(x_t)",
        "refuted",
    ),
    "a term of the bound": (
        LOSS,
        r"\frac{a_t^2\,w_t}{s_t^2}\,\mathbb{E}_{x_0,\epsilon}\|x_0 - \hat x_\theta\|^2",
        "proved",
    ),
    "a term of another weight": (
        LOSS,
        r"\frac{s_t^2\,w_t}{a_t^2}\,\mathbb{E}_{x_0,\epsilon}\|x_0 - \hat x_\theta\|^2",
        "refuted",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_row_of_a_chain(name: str) -> None:
    text, claim, due = CASES[name]
    rows = check_text(text.replace("ROW", claim), "x", ".md").rows
    assert [r.verdict for r in rows if not r.inline][-1] == due
