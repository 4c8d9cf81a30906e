"""Wrong derivations are rejected with the message beside them, right ones are proved."""

from __future__ import annotations

from pathlib import Path

import pytest

from .corpus import FOLDER, verdict

REJECT = sorted(FOLDER.glob("reject/*.py"))
ACCEPT = sorted(FOLDER.glob("accept/*.py"))


def _name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", REJECT, ids=_name)
def test_rejected_with_its_message(path: Path) -> None:
    found = verdict(path)
    assert "proved\n" not in found.splitlines(keepends=True)
    assert found == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ACCEPT, ids=_name)
def test_accepted(path: Path) -> None:
    assert verdict(path) == "proved\n"


def test_the_corpus_is_there() -> None:
    assert len(REJECT) >= 25
    assert len(ACCEPT) >= 4
