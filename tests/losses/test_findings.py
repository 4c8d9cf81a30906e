"""What is concluded from several methods: contradictions, the best value, verdicts."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fmproof.losses.estimate import Estimate
from fmproof.losses.findings import Findings, NumericMethod
from fmproof.losses.quantities import Quantity
from fmproof.models import (
    CondOTPath,
    GaussianMixture,
    PolynomialVelocity,
    Problem,
    VelocityTerm,
)
from fmproof.report.evaluation import render_html, render_json, render_text

PROBLEM = Problem(
    GaussianMixture.points([[-1], [1]]),
    CondOTPath(),
    PolynomialVelocity([VelocityTerm([0], 0, [0])]),
)
Row = dict[NumericMethod, tuple[float, float]]


def findings(**rows: Row) -> Findings:
    """With value and error of each method."""
    estimates: dict[Quantity, dict[NumericMethod, Estimate]] = {
        name: {m: Estimate(value, error, m) for m, (value, error) in row.items()}
        for name, row in rows.items()
    }  # type: ignore[misc]
    return Findings(PROBLEM, estimates)


def test_methods_that_contradict_each_other_are_said_first_and_none_is_best() -> None:
    found = findings(
        fm={"certified": (0.85, 1e-3), "quadrature": (0.75, 1e-13)},
        cfm={"certified": (3.5, 1e-3), "quadrature": (3.2, 1e-13)},
        C={"certified": (-2.65, 1e-3), "quadrature": (-2.45, 1e-13)},
    )
    assert [c.quantity for c in found.contradictions] == ["fm", "cfm", "C"]
    assert found.refuted == {"quadrature"}
    assert found.best("fm") is None
    assert found.verdict == "fails"
    # The identity is looked at by what was not refuted, and holds there.
    assert found.identity is not None
    assert found.identity.bound > 1e-3
    lines = render_text(found).splitlines()
    assert lines[0].startswith("CONTRADICTION: L_FM by certified and by quadrature differ ")
    assert "quadrature is wrong here and is not used" in " ".join(lines[:3])
    assert "<b>CONTRADICTION" in render_html(found)
    data = json.loads(render_json(found))
    assert data["contradictions"][0]["methods"] == ["certified", "quadrature"]
    assert "fm" not in data["best"]
    assert data["verdict"] == "fails"


def test_a_method_refuted_on_one_quantity_is_not_used_for_another() -> None:
    """Sampling that misses an outlier in C2 has missed it in L_FM, where nothing refutes it."""
    found = findings(
        C2={"exact": (-2.35, 0.0), "sampling": (-2.2498, 1.3e-3)},
        cfm={"exact": (2.35, 0.0), "sampling": (2.2498, 1.3e-3)},
        fm={"sampling": (6.6e-10, 5.6e-10)},
        C={"sampling": (-2.2498, 1.3e-3)},
    )
    assert found.refuted == {"sampling"}
    assert found.best("fm") is None
    assert found.identity is not None
    assert found.identity.verdict == "inconclusive"


def test_two_estimates_that_contradict_each_other_are_both_left_out() -> None:
    found = findings(C1={"quadrature": (1.0, 1e-9), "sampling": (2.0, 1e-3)},
                     fm={"quadrature": (1.0, 1e-9), "sampling": (1.0, 1e-3)})  # fmt: skip
    assert found.refuted == {"quadrature", "sampling"}
    assert found.best("fm") is None


def test_a_confidence_interval_is_left_by_chance_and_contradicts_only_far_off() -> None:
    near = findings(C2={"exact": (-2.0, 0.0), "sampling": (-2.002, 1e-3)})
    assert not near.contradictions
    far = findings(C2={"exact": (-2.0, 0.0), "sampling": (-2.004, 1e-3)})
    assert far.contradictions


def test_the_best_is_not_the_smallest_claim() -> None:
    found = findings(fm={"certified": (1.0, 1e-10), "quadrature": (1.0, 1e-14)})
    best = found.best("fm")
    assert best is not None
    assert best[0] == "certified"
    wide = findings(fm={"certified": (1.0, 1e-2), "quadrature": (1.0, 1e-10)})
    best = wide.best("fm")
    assert best is not None
    assert best[0] == "quadrature"


@pytest.mark.parametrize(
    ("fm", "cfm", "c", "verdict"),
    [
        ((1.0, 1e-9), (3.0, 1e-9), (-2.0, 1e-9), "holds"),
        ((1.0, 1e-9), (3.0, 1e-9), (-2.1, 1e-9), "fails"),
        ((0.01, 1e-3), (3.0, 1e-2), (-2.99, 2e-2), "inconclusive"),  # more than the whole of L_FM
        ((0.0, 1e-12), (3.0, 1e-12), (-3.0, 1e-12), "holds"),  # a perfect model
        ((1.0, np.inf), (3.0, 1e-9), (-2.0, 1e-9), "inconclusive"),
    ],
)
def test_verdicts(fm: tuple, cfm: tuple, c: tuple, verdict: str) -> None:
    found = findings(fm={"quadrature": fm}, cfm={"quadrature": cfm}, C={"quadrature": c})
    assert found.identity is not None
    assert found.identity.verdict == verdict
    assert found.verdict == verdict


def test_chance_does_not_break_the_identity() -> None:
    sides = {"fm": (1.0, 1e-3), "cfm": (3.0, 1e-3), "C": (-2.005, 1e-3)}
    drawn = findings(**{name: {"sampling": row} for name, row in sides.items()})
    assert drawn.identity is not None
    assert drawn.identity.verdict == "inconclusive"
    computed = findings(**{name: {"quadrature": row} for name, row in sides.items()})
    assert computed.identity is not None
    assert computed.identity.verdict == "fails"


def test_json_has_the_errors_of_gradients_and_what_it_cost() -> None:
    gradient = Estimate(np.array([1.0, 2.0]), np.array([1e-3, 2e-3]), "sampling",
                        cost={"samples": 1024, "seed": 7, "seconds": 0.5})  # fmt: skip
    found = Findings(PROBLEM, {"fm_gradient": {"sampling": gradient}})
    data = json.loads(render_json(found))
    assert data["gradients"]["fm"]["sampling"]["error"] == [1e-3, 2e-3]
    assert data["costs"]["sampling"] == {"samples": 1024, "seed": 7, "seconds": 0.5}


def test_what_a_method_does_not_know_is_not_the_best() -> None:
    """NaN with an infinite error met every tolerance: infinity is not more than infinity."""
    nothing = (np.nan, np.inf)
    found = findings(
        fm={"certified": nothing, "quadrature": (0.85, 1e-13)},
        cfm={"certified": nothing, "quadrature": (3.5, 1e-13)},
        C={"certified": nothing, "quadrature": (-2.65, 1e-13)},
    )
    best = found.best("fm")
    assert best is not None
    assert best[0] == "quadrature"
    assert found.verdict == "holds"
