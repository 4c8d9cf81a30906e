"""docs/rules.md is what the rule catalogue gives."""

from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_up_to_date() -> None:
    written = runpy.run_path(str(DOCS / "write_rules.py"))["page"]()
    on_disk = (DOCS / "rules.md").read_text(encoding="utf-8")
    assert on_disk == written, "run: python docs/write_rules.py"
