"""Files that have to be refused, each with the exact message beside it, and files that must not.

To write the messages anew after a change of wording: ``FMPROOF_WRITE=1 pytest tests/soundness``,
and read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from messages import outcome

HERE = Path(__file__).parent
REJECTED = sorted((HERE / "reject").glob("*.py"))
ACCEPTED = sorted((HERE / "accept").glob("*.py"))
WRITE = bool(os.environ.get("FMPROOF_WRITE"))


def names(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", REJECTED, ids=names)
def test_rejected(path: Path) -> None:
    report, message = outcome(path)
    if report is not None:
        assert report.status == "failed"
        assert all(derivation.status == "failed" for derivation in report.derivations)
    expected = path.with_suffix(".txt")
    if WRITE:
        expected.write_text(message, encoding="utf-8")
    assert message == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ACCEPTED, ids=names)
def test_accepted(path: Path) -> None:
    report, message = outcome(path)
    assert message == ""
    assert report is not None
    assert report.status == "proved"


def test_the_corpus_is_whole() -> None:
    assert len(REJECTED) >= 80
    assert len(ACCEPTED) >= 15
    messages = {path.with_suffix(".txt") for path in REJECTED}
    assert messages == set((HERE / "reject").glob("*.txt"))
    assert all(path.read_text(encoding="utf-8").strip() for path in messages)
