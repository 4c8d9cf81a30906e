"""Reports of documents in each format."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import import_module
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from fmproof.documents.check import check_text
from fmproof.documents.formats.json import schema
from fmproof.documents.model import CheckReport

TEXT = """\
$$
\\|a - b\\|^2 = \\|a\\|^2 - 2 a^\\top b + \\|b\\|^2
$$

$$
\\mathbb{E}_{x \\sim p} \\|f(x) - g(x)\\|^2 = \\mathbb{E}_{x \\sim p} [\\|f(x)\\|^2 + \\|g(x)\\|^2]
$$

$$
a = \\foo
$$
"""


@pytest.fixture(scope="module")
def report() -> CheckReport:
    return CheckReport("1", (check_text(TEXT, "post.md", ".md"),), 0.1)


def rendered(name: str, report: CheckReport) -> str:
    return str(import_module(f"fmproof.documents.formats.{name}").render(report))


def test_the_verdicts(report: CheckReport) -> None:
    assert [r.verdict for r in report.documents[0].rows] == ["proved", "refuted", "unread"]
    assert report.wrong


def test_text(report: CheckReport) -> None:
    text = rendered("text", report)
    assert "post.md:2:13  ✓ proved" in text
    assert "post.md:6:41  ✗ refuted" in text
    assert "the numbers of both sides differ" in text


def test_text_is_cut_where_it_would_fill_a_page(report: CheckReport) -> None:
    (document,) = report.documents
    row = replace(document.rows[1], message="left over: " + "many words " * 99 + "the end")
    long = replace(report, documents=(replace(document, rows=(row,)),))
    render = import_module("fmproof.documents.formats.text").render
    assert "… (whole with --details)" in render(long)
    assert "the end" not in render(long)
    assert "the end" in render(long, details=True)


def test_json_fits_its_schema(report: CheckReport) -> None:
    document = json.loads(rendered("json", report))
    jsonschema.validate(document, schema())
    row = document["documents"][0]["rows"][1]
    assert (row["line"], row["verdict"], row["numeric"]["status"]) == ("6", "refuted", "refuted")


def test_sarif(report: CheckReport) -> None:
    (run,) = json.loads(rendered("sarif", report))["runs"]
    assert [(r["ruleId"], r["level"]) for r in run["results"]] == [
        ("refuted", "error"),
        ("unread", "note"),
    ]


def test_github(report: CheckReport) -> None:
    lines = rendered("github", report).splitlines()
    assert lines[0].startswith("::error file=post.md,line=6,col=41,title=refuted::")
    assert lines[1].startswith("::warning file=post.md,line=10")


def test_junit(report: CheckReport) -> None:
    suite = ET.fromstring(rendered("junit", report))[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")


def test_html_stands_alone_and_every_row_has_a_mark(report: CheckReport) -> None:
    page = rendered("html", report)
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    assert page.count('<details class="mark') == 3
    assert 'aria-label="line 6: refuted"' in page
    assert "<math" in page


def test_html_leaves_out_what_only_a_converter_reads() -> None:
    document = check_text("# A\n\n[TOC]\n\n$$\na = a\n$$\n", "post.md", ".md")
    assert "TOC" not in rendered("html", CheckReport("1", (document,), 0.1))


def test_html_escapes_what_the_author_wrote() -> None:
    document = check_text("<script>alert(1)</script>\n\n$$\na = \\foo{<b>}\n$$", "<x>.md", ".md")
    page = rendered("html", CheckReport("1", (document,), 0.1))
    assert "<script" not in page
    assert "<b>" not in page
