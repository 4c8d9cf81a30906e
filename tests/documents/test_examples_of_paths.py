"""A path that is another one in an example, and the general one again behind it."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

GENERAL = r"""# Bridges

Let $(u, w) \sim \kappa$ be a pair of end points and let $\xi \sim \mathcal N(0, I)$ be independent
of it. A bridge is

$$ y_s = B(s, u, w) + \rho(s)\, \xi , $$

and it moves with

$$ c(s, y) = \mathbb E[ \partial_s B(s, u, w) + \dot\rho(s)\, \xi \mid y_s = y ] . $$

"""

EXAMPLE = r"""## The straight one

As an example let $y_s = (1 - s)\, u + s\, w$ with $u \sim \mathcal N(0, I)$ independent of $w$.
Then $c(s, y) = \mathbb E[w - u \mid y_s = y]$, and

$$ \mathbb E[ w \mid y_s = y ] = y + %s\, c(s, y) . $$

"""

BACK = r"""## All bridges

$$ Q(f) = \mathbb E \| f(y_s) - \partial_s B(s, u, w) - \dot\rho(s)\, \xi \|^2 $$

$$
\begin{aligned}
Q(f) &= \mathbb E \| f(y_s) \|^2 - 2\, \mathbb E\, f(y_s) \cdot c(s, y_s)
 + \mathbb E \| \partial_s B(s, u, w) + \dot\rho(s)\, \xi \|^2
\end{aligned}
$$
"""


def verdicts(text: str, inline: bool = False) -> list[str]:
    return [row.verdict for row in check_text(text, "x", ".md").rows if row.inline is inline]


def test_it_holds_in_its_section_and_no_further() -> None:
    text = GENERAL + EXAMPLE % "(1 - s)" + BACK
    assert verdicts(text) == ["definition", "definition", "proved", "definition", "proved"]
    assert verdicts(text, inline=True) == ["definition", "definition"]


@pytest.mark.parametrize("factor", ["s", "(s - 1)", "2 (1 - s)"])
def test_a_wrong_row_of_it_is_wrong(factor: str) -> None:
    assert verdicts(GENERAL + EXAMPLE % factor + BACK)[2] == "refuted"


def test_behind_it_nothing_follows_from_it() -> None:
    row = r"$$ \mathbb E[ w \mid y_s = y ] = y + (1 - s)\, c(s, y) $$"
    assert verdicts(GENERAL + EXAMPLE % "(1 - s)" + BACK + row)[-1] != "proved"


def test_where_the_general_path_goes_on_in_its_section_it_ends_there() -> None:
    text = GENERAL + EXAMPLE % "(1 - s)" + BACK.replace("## All bridges", "And in general")
    assert verdicts(text) == ["definition", "definition", "proved", "definition", "proved"]


def test_what_an_example_says_of_a_function_is_no_false_row() -> None:
    text = GENERAL + EXAMPLE % "(1 - s)"
    assert verdicts(text, inline=True) == ["definition", "definition"]
    assert verdicts(text)[-1] == "proved"
