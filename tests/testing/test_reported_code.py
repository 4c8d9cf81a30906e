"""Every reported mistake is caught with the sentence that its author needed; its right twin passes
in every precision."""

from __future__ import annotations

import pytest
from reported import CASES, Kit

from fmproof.testing import CheckFailed

NUMPY = ("float64", "float32")
TORCH = ("torch float32", "torch bfloat16")


@pytest.mark.parametrize("name", CASES)
def test_the_mistake_is_caught_and_named(name):
    check, words = CASES[name]
    with pytest.raises(CheckFailed) as caught:
        check(Kit.of("float64"), wrong=True)
    assert words in str(caught.value)


@pytest.mark.parametrize("precision", [*NUMPY, *TORCH])
@pytest.mark.parametrize("name", CASES)
def test_the_right_twin_passes(name, precision):
    if precision in TORCH:
        pytest.importorskip("torch")
    check, _ = CASES[name]
    options = {} if name.startswith("16") else {"samples": 1_000}
    check(Kit.of(precision), wrong=False, **options)
