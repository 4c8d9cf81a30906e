"""The checks as tests: ``pytest conformance``. Not part of the quick tests."""

from __future__ import annotations

import pytest

from conformance.adapters import load
from fmproof.testing.conformance import Check, parametrize_with_checks


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(load().values())
def test_library(check: Check) -> None:
    check()
