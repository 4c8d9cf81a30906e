"""A report as JUnit XML, for the test views of continuous integration services.

A derivation is a test suite, a step a test case. One case more, "statement", says whether the
steps together prove what the derivation states; it is there unless a step has failed.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from fmproof.report.model import DerivationReport, Report, StepReport
from fmproof.report.words import failure_message

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """``report`` as an XML document; what XML cannot say is replaced by U+FFFD."""
    suites = [_suite(derivation) for derivation in report.derivations]
    root = ET.Element("testsuites", {"name": "fmproof", **_totals(suites, report.seconds)})
    root.extend(suites)
    ET.indent(root)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ET.tostring(root, encoding='unicode')}\n"


def _totals(suites: list[ET.Element], seconds: float) -> dict[str, str]:
    counts = {key: str(sum(int(s.attrib[key]) for s in suites)) for key in ("tests", "failures")}
    return {**counts, "errors": "0", "time": f"{seconds:.3f}"}


def _suite(derivation: DerivationReport) -> ET.Element:
    cases = [_step(derivation, step) for step in derivation.steps]
    if derivation.message or derivation.status == "proved":
        cases.append(_statement(derivation))
    suite = ET.Element(
        "testsuite",
        name=_clean(derivation.name),
        tests=str(len(cases)),
        failures=str(sum(len(case.findall("failure")) for case in cases)),
        errors="0",
        time=f"{derivation.seconds:.3f}",
    )
    suite.extend(cases)
    return suite


def _case(derivation: DerivationReport, name: str) -> ET.Element:
    return ET.Element("testcase", classname=_clean(derivation.name), name=_clean(name))


def _statement(derivation: DerivationReport) -> ET.Element:
    case = _case(derivation, "statement")
    if derivation.message:
        _fail(case, "statement", derivation.message, derivation.statement.text)
    return case


def _step(derivation: DerivationReport, step: StepReport) -> ET.Element:
    case = _case(derivation, f"{step.id} {step.rule}")
    if step.failure is not None:
        claim = f"claim: {step.relation} {step.claim.text}"
        place = f"\n{step.location.file}:{step.location.line}" if step.location else ""
        _fail(case, step.rule, step.failure.summary, f"{claim}\n{failure_message(step)}{place}")
    return case


def _fail(case: ET.Element, kind: str, message: str, details: str) -> None:
    failure = ET.SubElement(case, "failure", type=_clean(kind), message=_clean(message))
    failure.text = _clean(details)


def _clean(text: str) -> str:
    """``text`` without the characters that XML has no way to write."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
