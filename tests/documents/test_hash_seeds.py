"""A document is read alike in every run, in whatever order sets are walked there."""

from __future__ import annotations

import os
import subprocess
import sys

TEXT = r"""
Let $p_t(x \mid y) = \mathcal{N}(x; m_t y, s_t^2 I)$ with $s_t > 0$, and $y \sim q$, $\epsilon \sim p(\epsilon)$ with
$p(\epsilon) = \mathcal{N}(\epsilon; 0, I)$.

$$ \mathbb{E}_{t, q(y), p_t(x \mid y)} \| v_\theta(x, t) - u(y, t) \|^2
 = \mathbb{E}_{t, q(y), p(\epsilon)} \| v_\theta(m_t y + s_t \epsilon, t) - u(y, t) \|^2 . $$

$$ \mathbb{E}_{t, q(y), p(\epsilon)} \| v_\theta(m_t y + s_t \epsilon, t) - u(y, t) \|^2
 = \mathbb{E}_{t, q(y), p_t(x \mid y)} \| v_\theta(x, t) \|^2 - 2\, \mathbb{E}_{t, q(y), p_t(x \mid y)}
 \langle v_\theta(x, t), u(y, t) \rangle + \mathbb{E}_{t, q(y)} \| u(y, t) \|^2 . $$

$$ \nabla_x \log p_t(x \mid y) = - \frac{x - m_t y}{s_t^2} . $$

$$ \int p_t(x \mid y) q(y) \nabla_x \log p_t(x \mid y)\, dy = \nabla_x \int p_t(x \mid y) q(y)\, dy . $$
"""
PROGRAM = """
import sys
from fmproof.documents.check import check_text
for row in check_text(sys.stdin.read()).rows:
    print(row.line, row.verdict, row.message, row.needs, row.by)
"""


def verdicts(seed: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=TEXT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_three_hash_seeds() -> None:
    first, *others = (verdicts(seed) for seed in ("1", "2", "3"))
    assert "proved" in first
    assert others == [first, first]
