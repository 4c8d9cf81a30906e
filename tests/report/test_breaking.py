"""Long formulas are broken where a person would break them."""

from __future__ import annotations

import pytest
from report_cases import proved

from fmproof.report.breaking import breakable_pieces, formula_width, lines

E = r"\mathbb{E}_{x \sim p}"


def broken(latex: str, room: float) -> list[str]:
    return ["~" * line.indent + line.latex for line in lines(latex, room)]


@pytest.mark.parametrize(
    ("latex", "room", "expected"),
    [
        ("a + b", 10, ["a + b"]),
        ("abcdef + bcdefg - cdefgh", 8, ["abcdef + bcdefg", "~- cdefgh"]),
        # A last line is not left with a single letter when there is another place.
        ("abcdef + bcdefg - c", 8.5, ["abcdef", "~+ bcdefg - c"]),
        # Outside the brackets before inside them.
        (rf"{E}\bigl[aaaa + bbbb\bigr] + {E}\bigl[cccc\bigr]", 10,
         [rf"{E}\bigl[aaaa + bbbb\bigr]", rf"~+ {E}\bigl[cccc\bigr]"]),
        (rf"{E}\bigl[aaaaaaaa + bbbbbbbb\bigr]", 9,
         [rf"{E}\bigl[aaaaaaaa", r"~~+ bbbbbbbb\bigr]"]),
        # After an expectation's opening only when nothing else helps.
        (rf"{E}\bigl[abcdefghijklm\bigr]", 8.5, [rf"{E}\bigl[", r"~~abcdefghijklm\bigr]"]),
        # Rather a little tight than so.
        (rf"{E}\bigl[abcdefghijklm\bigr]", 9.9, [rf"{E}\bigl[abcdefghijklm\bigr]"]),
        # A minus that begins what stands in brackets is a sign, too.
        (rf"{E}\Bigl[\bigl\lvert -abcdefghijklm\bigr\rvert\Bigr]", 9,
         [rf"{E}\Bigl[", r"~~\bigl\lvert -abcdefghijklm\bigr\rvert\Bigr]"]),
        ("abcdef = -bcdefg", 6, ["abcdef", "~= -bcdefg"]),
        ("abcdef := bcdefg", 6, ["abcdef", "~:= bcdefg"]),
        # A unary minus and a sign in braces or in a name are no places.
        (r"-abcdef_{a + b} \frac{a + b}{c}", 2, [r"{-}abcdef_{a + b} \frac{a + b}{c}"]),
        (r"abcdefghi \, bcdefghij", 6, ["abcdefghi", r"~\times bcdefghij"]),
        ("abcdef = bcdefg + c", 6, ["abcdef", "~= bcdefg", "~+ c"]),
    ],
)  # fmt: skip
def test_where_a_formula_is_broken(latex: str, room: float, expected: list[str]) -> None:
    assert broken(latex, room) == expected


def test_nothing_is_lost_and_lines_fit() -> None:
    for step in proved().derivations[0].steps:
        for room in (10.0, 20.0, 30.0):
            shown = lines(step.claim.latex, room)
            joined = " ".join(line.latex.removeprefix(r"\times ") for line in shown)
            assert squeezed(joined) == squeezed(step.claim.latex)
            if room == 30.0:
                assert all(formula_width(line.latex) + line.indent <= room for line in shown)


def test_pieces_join_to_the_formula() -> None:
    for step in proved().derivations[0].steps:
        assert squeezed(" ".join(breakable_pieces(step.claim.latex))) == squeezed(step.claim.latex)


def squeezed(latex: str) -> str:
    return latex.replace(r"\,", "").replace(" ", "")
