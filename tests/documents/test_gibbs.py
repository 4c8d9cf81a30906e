"""Gibbs densities e^{−U}/Z: Langevin's equation, Stein's identity, and their false neighbours."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

MODELS = {
    "without arguments": r"Let $\pi=e^{-U}/Z$ with $Z=\int e^{-U(x)}\,dx$. Then",
    "with arguments": r"Let $\pi(x)=\frac{1}{Z} e^{-U(x)}$, where $Z=\int e^{-U(x)}\,dx$. Then",
    "displayed": r"$$ \pi(x) = \frac{\exp(-U(x))}{Z}, \qquad Z = \int \exp(-U(y))\,dy $$",
}
ROWS = {
    "the score": (r"\nabla\log\pi(x)=-\nabla U(x)", r"\nabla\log\pi(x)=\nabla U(x)"),
    "the slope": (r"\nabla\pi(x)=-\pi(x)\nabla U(x)", r"\nabla\pi(x)=-\nabla U(x)"),
    "parts": (
        r"\int\pi(x)\,\nabla\cdot f(x)\,dx=\int\pi(x)\,f(x)\cdot\nabla U(x)\,dx",
        r"\int\pi(x)\,\nabla\cdot f(x)\,dx=-\int\pi(x)\,f(x)\cdot\nabla U(x)\,dx",
    ),
    "Stein": (
        r"\mathbb E_{x\sim\pi}[\nabla\cdot f(x)]=\mathbb E_{x\sim\pi}[f(x)\cdot\nabla U(x)]",
        r"\mathbb E_{x\sim\pi}[\nabla\cdot f(x)]=-\mathbb E_{x\sim\pi}[f(x)\cdot\nabla U(x)]",
    ),
}


def verdict(model: str, row: str) -> str:
    return check_text(f"{model}\n\n$$ {row} $$\n").rows[-1].verdict


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", ROWS)
def test_a_row_is_proved_and_its_neighbour_refuted(name: str, model: str) -> None:
    right, wrong = ROWS[name]
    assert verdict(MODELS[model], right) in ("proved", "agrees")
    if name == "the slope":  # it may say what π is
        assert verdict(MODELS[model], wrong) not in ("proved", "agrees")
    else:
        assert verdict(MODELS[model], wrong) == "refuted"


def test_a_case_at_the_end_is_no_claim() -> None:
    text = f"{MODELS['with arguments']}\n\n$$ \\nabla\\log\\pi(x)=-\\nabla U(x) $$\n\n"
    case = "For $U(x)=\\frac12 \\|x\\|^2$ a step is $$ X' = (1-h) X + h Z. $$\n"
    rows = check_text(text + case).rows
    assert rows[2].verdict == "proved"
    assert not any(row.verdict == "refuted" for row in rows)
    after = case + "\n$$ \\nabla\\log\\pi(x) = -x $$\n"
    assert not any(row.verdict == "refuted" for row in check_text(text + after).rows)


def test_an_energy_that_is_said_otherwise_is_that() -> None:
    text = "Let $U(x) = \\|x\\|^2$ and $\\pi(x) = e^{-U(x)}/Z$.\n\n"
    assert verdict(text, r"\nabla U(x) = 2 x") == "proved"
    assert verdict(text, r"\nabla U(x) = x") == "refuted"
