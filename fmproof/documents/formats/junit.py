"""A report as JUnit XML: a document is a suite, a row a case; what is not decided is skipped."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from fmproof.documents.formats.text import told
from fmproof.documents.model import WRONG, CheckReport

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNDECIDED = ("agrees", "open", "unread")


def render(report: CheckReport) -> str:
    """``report`` as an XML document."""
    root = ET.Element("testsuites", name="fmproof check", time=f"{report.seconds:.3f}")
    for document in report.documents:
        rows = document.rows
        suite = ET.SubElement(
            root,
            "testsuite",
            name=_clean(document.file),
            tests=str(len(rows)),
            failures=str(len(document.wrong)),
            errors="0",
            skipped=str(sum(row.verdict in _UNDECIDED for row in rows)),
        )
        for row in rows:
            name = f"{row.line}:{row.column} {row.relation} {row.latex}"
            case = ET.SubElement(
                suite, "testcase", classname=_clean(document.file), name=_clean(name)
            )
            words = _clean("\n".join(told(row)))
            if row.verdict in WRONG:
                failure = ET.SubElement(
                    case, "failure", type=row.verdict, message=_clean(row.message)
                )
                failure.text = words
            elif row.verdict in _UNDECIDED:
                ET.SubElement(case, "skipped", message=_clean(f"{row.verdict}: {row.message}"))
    ET.indent(root)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ET.tostring(root, encoding='unicode')}\n"


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
