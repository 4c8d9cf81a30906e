"""Adapters, checks, strict expected failures, and the table of results."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.models import CondOTPath
from fmproof.testing import CheckFailed
from fmproof.testing.conformance import Adapter, checks_of, parametrize_with_checks, run, table


def adapter(**options):
    found = Adapter("numpy", **options)  # a library that is there

    @found.offer("schedule", "straight")
    def straight():
        return (lambda t: (t, 1 - t, 1 + 0 * t, -1 + 0 * t), CondOTPath()), {}

    @found.offer("schedule", "bent")
    def bent():
        return (lambda t: (t**2, 1 - t, 1 + 0 * t, -1 + 0 * t), CondOTPath()), {}

    @found.offer("guidance", "raises")
    def raises():
        return (1 / 0,), {}

    return found


def test_verdicts():
    verdicts = {r.check: r.verdict for r in run(adapter())}
    assert verdicts == {
        "schedule: straight": "passed",
        "schedule: bent": "failed",
        "guidance: raises": "error",
    }
    expected = adapter(
        expected_failures={"schedule: bent": "it is", "schedule: straight": "it is not"}
    )
    verdicts = {r.check: r.verdict for r in run(expected)}
    assert verdicts["schedule: bent"] == "expected failure"
    assert verdicts["schedule: straight"] == "passed unexpectedly"
    assert not all(r.fine for r in run(expected))


def test_a_library_that_is_not_there():
    absent = Adapter("no-such-library-of-anybody")
    absent.offer("guidance", "any")(lambda: ((None,), {}))
    assert [r.verdict for r in run(absent)] == ["not installed"]


def test_names_are_checked():
    with pytest.raises(InputError, match="has no check 'schedule: curved'"):
        checks_of(adapter(expected_failures={"schedule: curved": ""}))
    with pytest.raises(InputError, match="kind: expected one of"):
        adapter().offer("colour", "red")
    twice = adapter()
    twice.offer("schedule", "bent")(lambda: ((), {}))
    with pytest.raises(InputError, match="two checks"):
        checks_of(twice)


def test_the_table():
    page = table(run(adapter()))
    assert f"| numpy | {np.__version__} | schedule: straight | passed |" in page
    assert "alpha" in page


only = adapter(expected_failures={"schedule: bent": "alpha is squared"})
only.offers = only.offers[:2]


@parametrize_with_checks([only])
def test_the_decorator(check):
    check()


def test_a_check_raises():
    with pytest.raises(CheckFailed, match="alpha"):
        checks_of(adapter())[1]()
