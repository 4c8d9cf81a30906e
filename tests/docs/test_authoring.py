"""A theorem takes at most three times the characters of its LaTeX, and is proved as it stands."""

from __future__ import annotations

import runpy

import pytest
from pages import ROOT

from fmproof import alpha_equal, check
from fmproof.derivations import load
from fmproof.sources import load_file

MEASURE = runpy.run_path(str(ROOT / "benchmarks" / "authoring.py"))


@pytest.mark.parametrize(("name", "module"), MEASURE["NAMES"].items())
def test_a_theorem_is_as_short_as_three_times_its_latex(name: str, module: str) -> None:
    path = ROOT / "benchmarks" / "short" / f"{module}.py"
    (short,) = load_file(path)
    assert MEASURE["of_script"](path) <= 3 * MEASURE["of_theorem"](short)
    assert check([short]).status == "proved"
    known = load(name)
    for one, other in zip(short.hypotheses, known.hypotheses, strict=True):
        assert alpha_equal(one.prop, other.prop)


def test_what_counts_and_what_does_not() -> None:
    assert MEASURE["characters"](r"\bigl[ a \, b \bigr]") == len("[ab]")
    assert MEASURE["characters"](r"\left( \theta \right) \quad x") == len(r"(\theta)x")
