"""Evaluations: reference problems, consistency, rendering."""

from __future__ import annotations

import json
from fractions import Fraction
from math import cos, pi, sin

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.evaluation import Evaluation, evaluate
from fmproof.losses.estimate import Estimate
from fmproof.models import (
    CondOTPath,
    GaussianMixture,
    LinearVelocity,
    PolynomialPath,
    PolynomialVelocity,
    Problem,
    VelocityTerm,
)
from fmproof.report.evaluation import number, render_json, render_text

# Reference values of the project's mathematics page: two grids that agree to 1e-14.
R1 = Problem(
    GaussianMixture(["3/10", "7/10"], [[-2], ["3/2"]], [[["1/4"]], [["1/2"]]]),
    CondOTPath(),
    PolynomialVelocity(
        [
            VelocityTerm(["1/2"], 0, [1]),
            VelocityTerm(["-1/5"], 1, [0]),
            VelocityTerm(["1/10"], 0, [0]),
        ]
    ),
)
R1_VALUES = {
    "fm": 0.97427319466546,
    "cfm": 3.44583333333333,
    "C1": 1.72843986133213,
    "C2": -4.2,
    "C": -2.47156013866787,
}
R2 = Problem(
    GaussianMixture(
        ["1/8"] * 8,
        [[2 * cos(k * pi / 4), 2 * sin(k * pi / 4)] for k in range(8)],
        [[[0.09, 0], [0, 0.09]]] * 8,
    ),
    CondOTPath(),
    LinearVelocity([[[0.3, -0.2], [0.1, 0.4]]], [[0.1, -0.1]]),
)
R2_VALUES = {
    "fm": 1.64822860073089,
    "cfm": 5.746,
    "C1": 2.08222860073089,
    "C2": -6.18,
    "C": -4.09777139926911,
}


@pytest.mark.parametrize(
    ("problem", "values"), [(R1, R1_VALUES), (R2, R2_VALUES)], ids=["R1", "R2"]
)
def test_reference_values_to_twelve_digits(problem: Problem, values: dict[str, float]) -> None:
    found = evaluate(problem, ["quadrature"], 1e-12, time_limit=100)
    for quantity, value in values.items():
        estimate = found.estimates[quantity]["quadrature"]
        assert float(estimate.value) == pytest.approx(value, rel=1e-12)
        assert abs(float(estimate.value) - value) <= float(estimate.error) + 1e-14 * abs(value)
    assert float(found.estimates["floor"]["quadrature"].value) == pytest.approx(-values["C"])
    assert found.identity is not None
    assert found.identity.holds
    assert found.gradient is not None
    assert found.gradient.holds


def test_a_schedule_that_is_singular_where_time_begins() -> None:
    """alpha = t^(3/4): alpha'(0) is infinite, its mean square is not."""
    points = GaussianMixture.points([[-1], [0], [1]])
    problem = Problem(
        points, PolynomialPath("3/4"), PolynomialVelocity([VelocityTerm([1], 0, [1])])
    )
    found = evaluate(problem, ["exact", "quadrature"], 1e-4)
    c2 = found.estimates["C2"]
    assert c2["exact"].exact == Fraction(-15, 8)
    assert abs(float(c2["quadrature"].value) + 15 / 8) <= float(c2["quadrature"].error) <= 1e-3
    assert found.identity is not None
    assert found.identity.holds
    assert found.identity.bound <= 1e-2


def test_exact_values_of_r1_are_rational() -> None:
    found = evaluate(R1, ["exact"])
    assert found.estimates["cfm"]["exact"].exact == Fraction(827, 240)
    assert found.estimates["C2"]["exact"].exact == Fraction(-21, 5)


def test_a_broken_identity_is_seen() -> None:
    found = evaluate(R1, ["quadrature"], 1e-9)
    row = found.estimates["fm"]["quadrature"]
    wrong = Estimate(float(row.value) + 1e-6, row.error, "quadrature")
    broken = Evaluation(R1, {**found.estimates, "fm": {"quadrature": wrong}})
    assert broken.identity is not None
    assert not broken.identity.holds
    assert "L_FM = L_CFM + C: DOES NOT HOLD" in render_text(broken)


def test_optimum_is_where_the_gradient_vanishes() -> None:
    found = evaluate(R1, ["exact"])
    assert found.optimum is not None
    assert isinstance(R1.model, PolynomialVelocity)
    best = Problem(R1.data, R1.path, R1.model.with_theta(found.optimum.value), R1.time)
    at_optimum = evaluate(best, ["quadrature"], 1e-9)
    gradient = at_optimum.estimates["fm_gradient"]["quadrature"]
    assert np.all(np.abs(gradient.value) <= np.asarray(gradient.error) + 1e-9)


def test_json_has_the_documented_shape() -> None:
    data = json.loads(render_json(evaluate(R1, ["exact", "quadrature"], 1e-9)))
    assert set(data["quantities"]) == {"fm", "cfm", "C1", "C2", "C", "floor"}
    assert set(data["quantities"]["cfm"]) == {"exact", "quadrature"}
    assert data["quantities"]["cfm"]["exact"]["exact"] == "827/240"
    assert data["best"]["cfm"]["method"] == "exact"
    assert len(data["gradient"]["fm"]) == len(data["gradient"]["cfm"]) == 3
    assert data["identity"]["holds"] is True
    assert data["identity"]["residual"] <= data["identity"]["bound"]


def test_an_interrupt_keeps_what_is_known() -> None:
    def interrupt(method: str, done: int, total: int, note: str) -> None:
        raise KeyboardInterrupt

    found = evaluate(R1, ["exact", "certified"], 1e-3, progress=interrupt)
    assert set(found.estimates["cfm"]) == {"exact"}
    assert found.skipped["certified"] == "interrupted"
    found = evaluate(R1, ["exact", "sampling", "certified"], 1e-3, progress=interrupt)
    assert "certified" not in found.skipped  # it had not begun
    assert set(found.estimates["cfm"]) == {"exact", "sampling"}
    assert "sampling: interrupted after 1,024 samples; above is what they" in render_text(found)
    assert "The tolerance 0.001 was not reached for L_FM" in render_text(found)
    with pytest.raises(KeyboardInterrupt):
        evaluate(R1, ["certified"], 1e-3, progress=interrupt)


def test_lengths_whose_squares_are_beyond_the_range_of_floats() -> None:
    data = GaussianMixture(["1/2", "1/2"], [[1e-200], [0]], [[[1e-300]], [[1]]])
    found = evaluate(Problem(data, CondOTPath(), R1.model), ["quadrature"], 1e-6)
    c2 = found.estimates["C2"]["quadrature"]
    assert abs(float(c2.value) + 1.5) <= float(c2.error)


def test_errors_of_wide_enclosures_are_shown() -> None:
    wide = {
        "cfm": Estimate(5.2, 1e-9, "certified"),
        "floor": Estimate(5.7, 1.8, "certified"),
        "fm_gradient": Estimate(np.array([1.78, 0.1]), np.array([4.3, 0.1]), "certified"),
        "cfm_gradient": Estimate(np.array([1.93, 0.1]), np.array([1e-9, 1e-9]), "certified"),
    }
    text = render_text(Evaluation(R1, {name: {"certified": e} for name, e in wide.items()}))  # type: ignore[misc]
    assert "No model can" not in text
    assert "How far L_CFM is above the floor: inconclusive" in text
    assert "∇L_FM     (1.78, 0.1) ± 4.3e+00 (certified)" in text
    assert "∇L_CFM    (1.93, 0.1) (certified)" in text


def test_nothing_known_is_said_without_numbers() -> None:
    nothing = Estimate(float("nan"), float("inf"), "certified")
    row = Estimate(np.full(3, np.nan), np.full(3, np.inf), "certified")
    overflow = Estimate(float("inf"), float("inf"), "certified")
    estimates = {"fm": overflow, "cfm": overflow, "C": nothing, "floor": nothing}
    estimates |= {"fm_gradient": row, "cfm_gradient": row}
    found = Evaluation(R1, {name: {"certified": e} for name, e in estimates.items()})  # type: ignore[misc]
    text = render_text(found)  # without a warning, which would be an error here
    assert "nan" not in text
    assert "∇L_FM        inconclusive (certified)" in text


def test_unknown_method_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'quadrature'"):
        evaluate(R1, ["quadratur"])


@pytest.mark.parametrize(
    ("value", "error", "shown"),
    [
        (1.2345678, 1e-3, "1.2346 ± 1.0e-03"),
        (-4.2, 0.0, "-4.2"),
        (float("nan"), 1.0, "inconclusive"),
        (1.0, float("inf"), "inconclusive"),
        (3e12, 5.0, "3000000000000 ± 5.0e+00"),
    ],
)
def test_numbers_show_the_digits_that_their_error_leaves(
    value: float, error: float, shown: str
) -> None:
    assert number(value, error) == shown


def test_quantities_on_request_are_the_only_ones() -> None:
    found = evaluate(R1, ["quadrature", "exact"], 1e-6, quantities=["cfm", "floor"])
    assert set(found.estimates) == {"cfm", "floor"}
    assert found.optimum is None
    assert found.estimates["cfm"]["exact"].exact == Fraction(827, 240)
    floor = evaluate(R1, ["quadrature"], 1e-6, quantities=["floor"])
    assert render_text(floor).startswith("No model can bring L_CFM below 2.47156")
    assert floor.verdict is None
    assert float(floor.estimates["floor"]["quadrature"].value) == pytest.approx(2.47156, abs=1e-5)
    assert "exact" in evaluate(R1, None, 1e-3, quantities=["floor"]).skipped


def test_a_quantity_on_request_that_is_not_known_is_inconclusive() -> None:
    high = PolynomialVelocity([VelocityTerm([1], 0, [200])])
    problem = Problem(R1.data, R1.path, high)
    found = evaluate(problem, ["sampling"], 1e-3, quantities=["fm"], time_limit=1)
    assert found.verdict == "inconclusive"


def test_an_unknown_quantity_names_the_nearest() -> None:
    with pytest.raises(InputError, match="quantity: unknown name 'flor'; did you mean 'floor'"):
        evaluate(R1, quantities=["flor"])


def test_the_method_that_takes_all_its_time_takes_its_turn_last() -> None:
    """And is shown in the order of the table; the others' time is not its to keep."""
    begun: list[str] = []

    def note(method: str, done: int, total: int, text: str) -> None:
        begun.append(method)

    found = evaluate(R1, None, 1e-2, progress=note, time_limit=6)
    assert begun[0] == "sampling"
    assert begun[-1] == "certified"
    assert list(found.estimates["cfm"]) == ["exact", "certified", "quadrature", "sampling"]
    plane = Problem(
        GaussianMixture.points([[0, 0], [1, 0]]), CondOTPath(), LinearVelocity([[0, 0]] * 2)
    )
    assert list(evaluate(plane, None, 1e-2).skipped) == ["certified"]


def test_points_that_are_all_the_same_have_no_floor_and_no_contradiction() -> None:
    """Their velocities differ by round-off, whose square is not 0."""
    for dim, count in ((1, 3), (2, 5), (8, 40)):
        place = np.random.default_rng(dim).normal(size=dim) * 5
        data = GaussianMixture.points(np.tile(place, (count, 1)))
        problem = Problem(data, CondOTPath(), LinearVelocity(0.5 * np.eye(dim)))
        found = evaluate(problem, None, 1e-3, time_limit=3)
        assert not found.contradictions
        assert found.verdict == "holds"
        for estimate in found.estimates["floor"].values():
            assert 0 <= estimate.value <= estimate.error
        assert found.estimates["floor"]["sampling"].error < 1e-24
