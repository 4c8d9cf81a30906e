"""Symbols that stand for something else further on, and equations that define nothing."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text


def verdicts(text: str, ending: str = ".md") -> list[str]:
    return [row.verdict for row in check_text(text, "x", ending).rows if not row.inline]


FIRST = "$$\nz_t = (1 - t) x_0 + t x_1\n$$\n\n{between}\n\n$$\nz_t = t x_0 + (1 - t) x_1\n$$\n\n"

BETWEEN = {
    "instead": "Some people use the opposite direction instead,",
    "now let": "Now let",
    "from here on": "From here on, the ends are swapped. Their path is",
    "a section": "## The other direction",
    "german": "Von nun an sei",
    "french": "Désormais,",
    "chinese": "从现在起，",
    "spanish": "En adelante,",
}


@pytest.mark.parametrize("name", BETWEEN)
def test_a_symbol_gets_another_meaning(name: str) -> None:
    text = "Let $x_0$ and $x_1$ be vectors.\n\n" + FIRST.format(between=BETWEEN[name])
    right, wrong = (f"$$\nz_t - x_1 = {sign}t (x_0 - x_1)\n$$\n" for sign in ("", "-"))
    assert verdicts(text + right) == ["definition", "definition", "proved"]
    assert verdicts(text + wrong) == ["definition", "definition", "refuted"]


@pytest.mark.parametrize("between", ["Hence", "Recall the definition,", "We now get", ""])
def test_without_such_words_it_is_a_claim(between: str) -> None:
    text = "Let $x_0$ and $x_1$ be vectors.\n\n" + FIRST.format(between=between)
    assert verdicts(text) == ["definition", "refuted"]


def test_what_is_made_of_it_is_made_anew() -> None:
    text = (
        "$$\nz_t = (1 - t) x_0 + t x_1\n$$\n\n$$\nw_t = 2 z_t\n$$\n\n"
        "In this section we take\n\n$$\nz_t = x_0 + t x_1\n$$\n\n"
    )
    right, wrong = (f"$$\nw_t - 2 x_0 = {value}\n$$\n" for value in ("2 t x_1", "2 t (x_1 - x_0)"))
    assert verdicts(text + right)[-1] == "proved"
    assert verdicts(text + wrong)[-1] == "refuted"


def test_points_of_a_list_have_their_own_paths() -> None:
    text = (
        "\\begin{itemize}\n\\item Lines: \\[ z_t = (1 - t) x_0 + t x_1 \\]\n"
        "\\item Parabolas: \\[ z_t = (1 - t^2) x_0 + t^2 x_1 \\]\n\\end{itemize}\n"
    )
    assert verdicts(text, ".tex") == ["definition", "definition"]


def test_a_loss_in_another_section_is_the_same_loss() -> None:
    loss = "$$\nL(\\theta) = \\mathbb E_{{x \\sim p}} \\|v_\\theta(x){more}\\|^2\n$$\n\n"
    text = loss.format(more="") + "## Training\n\n" + loss.format(more=" - u(x)")
    assert verdicts(text) == ["definition", "refuted"]


# --- what is made of a symbol does not define it ------------------------------------------------

NOISED = "$$\nz = \\alpha x + \\beta y\n$$\n\n$$\nw = \\alpha y - \\beta x\n$$\n\n"


def test_a_symbol_is_not_defined_by_what_is_made_of_it() -> None:
    text = "Let $x$ and $y$ be vectors.\n\n" + NOISED
    inverse = r"(\alpha^2 + \beta^2)\, x = \alpha z - \beta w"
    assert verdicts(text + f"$$\n{inverse}\n$$\n")[-1] == "proved"
    wrong = "$$\nx = \\alpha z + \\beta w\n$$\n\n"
    assert verdicts(text + wrong)[-1] != "definition"
    assert verdicts(text + wrong + f"$$\n{inverse}\n$$\n")[-1] == "proved"


def test_nor_is_a_coefficient_by_a_ratio_of_it() -> None:
    ratio = "$$\nr(t) = \\alpha_t^2 / \\sigma_t^2\n$$\n\n"
    wrong = "$$\n\\alpha_t^2 = \\frac{1}{1 + r(t)}\n$$\n\n"
    assert verdicts(ratio + wrong)[-1] != "definition"


def test_a_multiple_of_an_unknown_function_says_what_it_is() -> None:
    text = "$$\n(t - r)\\, u(z, r, t) = \\int_r^t v(z, s) \\,ds\n$$\n"
    assert verdicts(text)[-1] not in ("refuted", "constant", "scope")


GENERAL = r"""Let $z \sim q(z)$ and let $p_t(x \mid z)$ be densities with velocities
$u_t(x \mid z)$.

$$ u_t(x) = \int u_t(x \mid z)\, \frac{p_t(x \mid z)\, q(z)}{p_t(x)}\, dz $$

HEADING

Let $z = (x_0, x_1)$ with a coupling of $p_0$ and $p_1$, and set $x_t = (1-t) x_0 + t x_1$.
The marginal velocity is then $u_t(x) = \mathbb E[x_1 - x_0 \mid x_t = x]$, and

$$ \mathbb E[ u_t(x_t) ] = ROW $$
"""


def test_a_field_is_the_mean_of_the_path_that_a_section_introduces() -> None:
    def verdict(heading: str, row: str) -> str:
        text = GENERAL.replace("HEADING", heading).replace("ROW", row)
        return check_text(text, "x", ".md").rows[-1].verdict

    row = r"\mathbb E[x_1] - \mathbb E[x_0]"
    assert verdict("## Pairs", row) == "proved"
    assert verdict("", row) != "proved"
    assert verdict("## Pairs", row.replace("-", "+")) != "proved"
