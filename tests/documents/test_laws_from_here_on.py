"""Laws that words say from some row on: before it, the variables have any joint law."""

from __future__ import annotations

from fmproof.documents.check import check_text


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(text, "x", ".md").rows if not row.inline]


NORM = r"$$ \mathbb E \|z\|^2 = d $$"
TWICE = r"$$ \mathbb E \|2 z\|^2 = 4\, \mathbb E \|z\|^2 $$"
GAUSSIAN = r"Let $z \sim \mathcal N(0, I)$."


def test_another_law_in_words_holds_from_there_on() -> None:
    text = [GAUSSIAN, NORM, "From here on, $z$ is drawn from $q$.", NORM, TWICE]
    found = verdicts("\n\n".join(text))
    assert (found[0], found[2]) == ("proved", "proved")
    assert found[1] != "proved"


def test_so_does_another_law_in_a_formula() -> None:
    text = [GAUSSIAN, NORM, r"Now let $z \sim \mathcal N(0, 4 I)$.", NORM, NORM.replace("d", "4 d")]
    assert verdicts("\n\n".join(text)) == ["proved", "refuted", "proved"]


def test_the_same_law_again_changes_nothing() -> None:
    text = [GAUSSIAN, NORM, r"As above, $z \sim \mathcal N(0, I)$.", NORM]
    assert verdicts("\n\n".join(text)) == ["proved", "proved"]


PAIR = r"Let $(A, B)$ be any pair of random vectors, and $m(A) = \mathbb E[B \mid A]$."
TOWER = r"$$ \mathbb E[f(A)^\top B] = \mathbb E[f(A)^\top m(A)] $$"
PRODUCT = r"$$ \mathbb E[A^\top B] = 0 $$"
LENGTH = r"$$ \mathbb E\|A\|^2 = d $$"
FROM = r"From here on $A \sim \mathcal N(0, I)$ is independent of $B$."


def test_what_is_said_of_a_pair_before_is_shown_for_any_pair() -> None:
    found = verdicts("\n\n".join([PAIR, TOWER, PRODUCT, LENGTH, FROM, TOWER, PRODUCT, LENGTH]))
    assert found[0] == "proved"
    assert "proved" not in found[1:3]
    assert found[3] in ("proved", "agrees")  # with B apart from A, who draws B is left out
    assert found[4:] == ["proved", "proved"]
