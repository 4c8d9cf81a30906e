"""The JUnit renderer: what the common schema asks for, and characters that XML lacks."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

from fmproof.report.junit import render
from fmproof.report.model import Report

ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "time"},
    "testcase": {"name", "classname"},
    "failure": {"type", "message"},
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure"},
    "failure": set(),
}


def parsed(report: Report) -> ET.Element:
    """The document, after a look at what every consumer relies on."""
    root = ET.fromstring(render(report).encode("utf-8"))
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) == ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= CHILDREN[element.tag]
    for element in [root, *root.findall("testsuite")]:
        assert int(element.attrib["tests"]) == len(list(element.iter("testcase")))
        assert int(element.attrib["failures"]) == len(list(element.iter("failure")))
        assert float(element.attrib["time"]) >= 0
    return root


def test_a_proof(proved: Report) -> None:
    cases = list(parsed(proved).iter("testcase"))
    assert [case.attrib["name"] for case in cases] == ["1 square", "2 nonnegative", "statement"]
    assert {case.attrib["classname"] for case in cases} == {"mine"}
    assert not any(len(case) for case in cases)


def test_a_failure(failed: Report) -> None:
    step, statement = parsed(failed).iter("failure")
    assert step.attrib == {
        "type": "linearity",
        "message": "the claim is not what linearity gives",
    }
    assert step.text is not None
    assert "claim: = E_{x~p}[‖u(x)‖²] − E_{x~p}[u(x)·v(x)] + C₁\n" in step.text
    assert step.text.endswith("\nmine.py:12")
    assert statement.attrib["message"] == "no part proves the statement loss = wrong"


def test_a_failed_step_leaves_the_statement_open(failed: Report) -> None:
    (derivation,) = failed.derivations
    root = parsed(replace(failed, derivations=(replace(derivation, message=""),)))
    assert [case.attrib["name"] for case in root.iter("testcase")] == ["1 square", "2 linearity"]


def test_what_xml_cannot_write(failed: Report) -> None:
    (derivation,) = failed.derivations
    name = 'a<b>&"c\x00\x1b[31m\ud800\ufffe\U0001f600'
    root = parsed(replace(failed, derivations=(replace(derivation, name=name, message="\x07"),)))
    suite = root[0]
    assert suite.attrib["name"] == 'a<b>&"c\ufffd\ufffd[31m\ufffd\ufffd\U0001f600'
    assert suite[-1][0].attrib["message"] == "\ufffd"


def test_no_derivation_no_test() -> None:
    assert parsed(Report("1", (), 0.0)).attrib["tests"] == "0"
