"""No rewrite of a true document is called wrong."""

from __future__ import annotations

import pytest
from examples import times
from rewrites import DOCUMENTS, rewritten

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

REWRITES = times(10)
"""In all: 10 in the quick profile, 200 in the nightly one."""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_as_it_stands_every_row_is_proved(name: str) -> None:
    document = rewritten(name, 0)
    rows = check_text(document.text, "x", ".tex").rows
    shown = [row for row in rows if not row.inline]
    assert {row.verdict for row in shown} <= {"proved", "definition"}, document.text
    assert "proved" in {row.verdict for row in shown}


@pytest.mark.parametrize("seed", range(1, REWRITES + 1))
def test_a_rewrite_is_never_called_wrong(seed: int) -> None:
    name = list(DOCUMENTS)[seed % len(DOCUMENTS)]
    document = rewritten(name, seed)
    rows = check_text(document.text, "x", ".tex").rows
    wrong = [(row.line, row.reading) for row in rows if row.verdict in WRONG]
    assert not wrong, document.text


def test_a_wrong_document_is_called_wrong_in_every_spelling() -> None:
    """Otherwise the test before would say nothing."""
    for seed in range(3):
        document = rewritten("the square", seed)
        assert document.text.count("- 2 ") == 2
        rows = check_text(document.text.replace("- 2 ", "+ 2 ", 1), "x", ".tex").rows
        assert [row.verdict for row in rows if row.verdict in WRONG] == ["refuted"], document.text
