"""A report as JSON; ``schema/documents-1.json`` describes the form."""

from __future__ import annotations

from typing import Any

from fmproof.documents.model import CheckReport, DocumentReport, NumericEvidence, RowReport
from fmproof.report.json import finite, json_text, schema_in

_SCHEMA = 1


def render(report: CheckReport) -> str:
    """``report`` as an indented JSON document."""
    document = {
        "schema": _SCHEMA,
        "version": report.version,
        "wrong": report.wrong,
        "documents": [_document(one) for one in report.documents],
    }
    return json_text(document)


def schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of what :func:`render` writes."""
    return schema_in("fmproof.documents", f"documents-{_SCHEMA}.json")


def _document(document: DocumentReport) -> dict[str, Any]:
    return {
        "file": document.file,
        "counts": document.counts,
        "notation": [
            {
                "symbol": s.symbol,
                "reading": s.reading,
                "why": s.why,
                "line": s.line,
                "guessed": s.guessed,
            }
            for s in document.symbols
        ],
        "rows": [_row(row) for row in document.rows],
        "problems": [{"line": line, "message": words} for line, words in document.problems],
    }


def _row(row: RowReport) -> dict[str, Any]:
    return {
        "line": row.line,
        "column": row.column,
        "latex": row.latex,
        "relation": row.relation,
        "verdict": row.verdict,
        "inline": row.inline,
        "by": list(row.by),
        "needs": list(row.needs),
        "message": row.message,
        "suggestion": row.suggestion,
        "numeric": None if row.numeric is None else _numeric(row.numeric),
        "reading": row.reading,
    }


def _numeric(evidence: NumericEvidence) -> dict[str, Any]:
    return {
        "status": evidence.status,
        "problems": evidence.problems,
        "worst": finite(evidence.worst),
        "counterexample": evidence.counterexample,
        "message": evidence.message,
    }
