"""A report as SARIF 2.1.0, for code scanning and editors."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any

from fmproof.documents.formats.text import summary
from fmproof.documents.model import MEANING, WRONG, CheckReport

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(report: CheckReport) -> str:
    """``report`` as one run; proved rows and definitions are no results."""
    results = []
    for document in report.documents:
        uri = PurePath(document.file).as_posix()
        for row in document.rows:
            if row.verdict in WRONG:
                level = "error"
            elif row.verdict in ("unread", "open") and not row.inline:
                level = "note"
            else:
                continue
            results.append(_result(row.verdict, level, summary(row), uri, row.line, row.column))
        for line, words in document.problems:
            results.append(_result("unread", "warning", words, uri, line, 1))
    rules = [{"id": name, "shortDescription": {"text": words}} for name, words in MEANING.items()]
    driver = {"name": "fmproof", "version": report.version, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _result(
    rule: str, level: str, message: str, uri: str, line: str, column: int
) -> dict[str, Any]:
    region = {"startLine": int(line.rpartition(":")[2]), "startColumn": column}
    place = {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
    return {"ruleId": rule, "level": level, "message": {"text": message}, "locations": [place]}
