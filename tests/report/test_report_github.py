"""The GitHub renderer: one workflow command a failure, safely escaped."""

from __future__ import annotations

from dataclasses import replace

from fmproof.report.github import render
from fmproof.report.model import Location, Report


def test_a_proof_is_a_notice(proved: Report) -> None:
    assert render(proved) == ("::notice title=fmproof::proved: 1 derivation, 2 steps in 0.75 s\n")


def test_each_failure_is_an_error_at_its_line(failed: Report) -> None:
    step, statement = render(failed).splitlines()
    assert step.startswith(
        "::error file=mine.py,line=12,title=mine%2C step 2 (linearity)::"
        "the claim is not what linearity gives%0Arule gives: E_{x~p}["
    )
    assert statement == (
        "::error file=mine.py,line=9,title=mine is not proved::"
        "no part proves the statement loss = wrong"
    )


def test_escaping(failed: Report) -> None:
    (derivation,) = failed.derivations
    hostile = replace(
        derivation,
        name="50%:,\r\n::error::x",
        message="100%\r\n::warning::injected, a:b",
        location=Location("C:\\a,b.py", 1),
        parts=(),
    )
    (line,) = render(replace(failed, derivations=(hostile,))).splitlines()
    assert line == (
        "::error file=C%3A\\a%2Cb.py,line=1,title=50%25%3A%2C%0D%0A%3A%3Aerror%3A%3Ax"
        " is not proved::100%25%0D%0A::warning::injected, a:b"
    )


def test_without_a_place(failed: Report) -> None:
    (derivation,) = failed.derivations
    report = replace(failed, derivations=(replace(derivation, parts=(), location=None),))
    assert render(report).startswith("::error title=mine is not proved::")


def test_nothing_checked_is_an_error() -> None:
    assert render(Report("1", (), 0.0)).startswith("::error title=fmproof::failed: 0 of 0")
