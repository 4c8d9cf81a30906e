"""docs/theorems.md is what the built-in derivations say of themselves."""

from __future__ import annotations

import runpy
from pathlib import Path

from fmproof.derivations import BUILTIN, load

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_up_to_date() -> None:
    written = runpy.run_path(str(DOCS / "write_theorems.py"))["page"]()
    on_disk = (DOCS / "theorems.md").read_text(encoding="utf-8")
    assert on_disk == written, "run: python docs/write_theorems.py"


def test_every_theorem_has_a_source_and_words_for_its_hypotheses_and_symbols() -> None:
    for name in BUILTIN:
        derivation = load(name)
        assert derivation.source
        assert derivation.says
        assert all(hypothesis.meaning for hypothesis in derivation.hypotheses)
        assert derivation.meanings
