"""Numbers as documents write them: thousands set apart, a decimal comma."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

ROWS = {
    "thousands set apart": (r"10\,000\, s + s", r"10\,001\, s", r"10\,100\, s"),
    "a thin space before two digits": (r"2\,10\, s", r"20\, s", r"210\, s"),
    "a decimal comma": (r"0{,}5\, s + s", r"1{,}5\, s", r"5{,}1\, s"),
    "a number behind a subscript": (r"s_1\,100", r"100\, s_1", r"101\, s_1"),
}


@pytest.mark.parametrize("name", ROWS)
def test_true_and_false(name: str) -> None:
    before, true, false = ROWS[name]
    said = "<!-- fmproof: s real; s_1 real -->\n\n"
    found = [
        check_text(f"{said}$$ {before} = {right} $$").rows[-1].verdict for right in (true, false)
    ]
    assert found == ["proved", "refuted"]


def test_a_comma_before_three_digits_has_two_meanings() -> None:
    """Thousands in English, decimals in German."""
    assert check_text(r"$$ 10{,}000\, s = 10 s $$").rows[-1].verdict == "unread"
