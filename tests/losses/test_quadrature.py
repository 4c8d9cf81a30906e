"""What quadrature does when it cannot: too small a budget, numbers beyond the range of floats."""

import math
from dataclasses import replace

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.losses import quadrature, sampling
from fmproof.losses.over_time import conditional_variance
from fmproof.models import (
    CondOTPath,
    CustomPath,
    GaussianMixture,
    LinearVelocity,
    LinearVPPath,
    LogitNormalTime,
    PolynomialPath,
    PolynomialVelocity,
    Problem,
    TrigPath,
    UniformTime,
    VelocityTerm,
)
from fmproof.models.paths import Path
from fmproof.models.time import TimeLaw

R1 = Problem(
    GaussianMixture([0.3, 0.7], [[-2.0], [1.5]], [[[0.25]], [[0.5]]]),
    CondOTPath(),
    PolynomialVelocity(
        [VelocityTerm([0.5], 0, [1]), VelocityTerm([-0.2], 1, [0]), VelocityTerm([0.1], 0, [0])]
    ),
)
NARROW = replace(R1, data=GaussianMixture([0.3, 0.7], [[-2.0], [1.5]], [[[1e-6]], [[1e-6]]]))
NAMES = ("fm", "cfm", "C")


@pytest.mark.parametrize("problem", [R1, NARROW], ids=["R1", "narrow"])
def test_a_budget_that_is_too_small_ends_in_a_value_or_in_an_honest_unknown(
    problem: Problem,
) -> None:
    """Where some panels are resolved and others are not, the unknown stays unknown."""
    full = quadrature.evaluate(problem, NAMES, 1e-9)
    unknown = 0
    for budget in np.geomspace(100, 1e5, 13):
        found = quadrature.evaluate(problem, NAMES, 1e-9, max_evaluations=budget)
        assert found["fm"].cost["evaluations"] <= budget + 100  # the joint side's are few
        for name in NAMES:
            if math.isinf(found[name].error):
                unknown += 1
                continue
            off = abs(found[name].value - full[name].value)
            assert off <= found[name].error + full[name].error
        assert math.isfinite(found["cfm"].error)  # needs next to nothing
    assert unknown


def test_a_loss_beyond_the_range_of_floats_leaves_the_constants_known() -> None:
    huge = replace(R1, model=PolynomialVelocity([VelocityTerm([1e200], 0, [1])]))
    found = quadrature.evaluate(huge, ("fm", "cfm", "C", "fm_gradient"), 1e-9)
    constant = quadrature.evaluate(R1, ["C"], 1e-9)["C"]
    assert math.isinf(found["fm"].error)
    assert math.isinf(found["cfm"].error)
    assert abs(found["C"].value - constant.value) <= found["C"].error + constant.error
    # Refining lattices would use up the 1e9 evaluations that are allowed.
    assert found["fm"].cost["evaluations"] < 1e5
    assert found["fm_gradient"].value == pytest.approx([2.8e200], rel=1e-9)  # 2e200 E x^2


@pytest.mark.parametrize("covariance", [1e200, 1e300])
def test_a_variance_near_the_range_of_floats(covariance: float) -> None:
    data = GaussianMixture([0.3, 0.7], [[-2.0], [1.5]], [[[covariance]], [[0.5]]])
    found = quadrature.evaluate(replace(R1, data=data), ("cfm", "fm", "C2"), 1e-9)
    # E u^2 = E z^2 + E eps^2, and v = 0.5 x + ... takes t/2 of z off.
    second = 0.3 * covariance
    assert found["C2"].value == pytest.approx(-second, rel=1e-9)
    assert found["cfm"].value == pytest.approx(second * (1 - 1 / 2 + 1 / 12), rel=1e-9)
    assert found["fm"].value == pytest.approx(second * (1 - 1 / 2 + 1 / 12), rel=1e-9)
    assert found["fm"].cost["evaluations"] < 1e6


def test_what_no_float_resolves_ends() -> None:
    """An aim that rounds to zero made every error a nan, and no panel was refined or done."""
    found = quadrature.evaluate(R1, ("fm", "cfm"), 5e-324)
    assert found["fm"].value == pytest.approx(0.97427319466546, rel=1e-13)
    assert 0 < found["fm"].error < 1e-11
    model = PolynomialVelocity([VelocityTerm([1], 315, [1])])
    small = quadrature.evaluate(
        Problem(R1.data, CondOTPath(), model, UniformTime(0, "1/10")), ["G"]
    )
    assert 0 <= small["G"].value < 1e-300
    assert small["G"].error < 1e-300


@pytest.mark.parametrize("budget", [float("nan"), 0, -1])
def test_a_budget_that_is_none_is_refused(budget: float) -> None:
    with pytest.raises(InputError, match="max_evaluations: expected a positive number, found"):
        quadrature.evaluate(R1, ["fm"], max_evaluations=budget)
    with pytest.raises(InputError, match="max_samples: expected a positive number, found"):
        sampling.evaluate(R1, ["fm"], max_samples=budget)


NEXT_TO_ONE = UniformTime(0, 1 - 1e-15)


@pytest.mark.parametrize(
    ("path", "law", "squares"),
    [  # E dalpha^2 and E dbeta^2 in closed form
        (CustomPath("t", "(1-t)^(3/4)"), UniformTime(), (1, 9 / 8)),
        (CustomPath("t", "(1-t)^(11/20)"), UniformTime(), (1, 0.55**2 / 0.1)),
        (PolynomialPath("51/100"), UniformTime(), (0.51**2 / 0.02, 0.51**2 / 0.02)),
        # t^2 / (1 - t^2) = -1 + (1 / (1 - t) + 1 / (1 + t)) / 2
        (
            LinearVPPath(),
            NEXT_TO_ONE,
            (1, -1 + 0.5 * (math.log(2) - math.log(1 - NEXT_TO_ONE.support[1]))),
        ),
        # High-precision integrals against the normal law.
        (LinearVPPath(), LogitNormalTime(0, 3), (1, 48.06379905990851 - 3.2)),
        (LinearVPPath(), LogitNormalTime(0, 7), (1, 21836589551.888657 - 3.2)),
    ],
    ids=["power-3/4", "power-11/20", "polynomial-51/100", "next-to-1", "std-3", "std-7"],
)
def test_times_too_close_to_a_singular_end_to_be_floats_count_as_error(
    path: Path, law: TimeLaw, squares: tuple[float, float]
) -> None:
    moment = 0.3 * 4.25 + 0.7 * 2.75
    exact = squares[0] * moment + squares[1]
    problem = Problem(R1.data, path, R1.model, law)
    found = quadrature.evaluate(problem, ["C2"], 1e-9)["C2"]
    assert abs(found.value + exact) <= found.error + 1e-14 * exact
    assert found.error < 2 * exact or exact > 1e9


def test_slices_at_once_are_slices_one_by_one() -> None:
    """Clusters of one shape are integrated together, whatever times they are from."""
    rng = np.random.default_rng(3)
    scales = 10 ** rng.uniform(-2, 0, size=(5, 2))
    bases = np.linalg.qr(rng.normal(size=(5, 2, 2)))[0]
    covariances = np.einsum("kij,kj,klj->kil", bases, scales**2, bases)
    data = GaussianMixture(np.full(5, 0.2), 2 * rng.normal(size=(5, 2)), covariances)
    model = PolynomialVelocity([VelocityTerm([1, 0], 0, [1, 0])])
    problem = Problem(data, CondOTPath(), model)
    times = np.array([0.0, 0.3, 0.31, 0.9, 0.95])
    together = conditional_variance(problem, times)
    for i, time in enumerate(times):
        alone = conditional_variance(problem, times[i : i + 1])
        # Together they may have more points, but no fewer.
        assert together.value[i] == pytest.approx(alone.value[0], rel=1e-9), time
        assert together.error[i] < 2 * alone.error[0], time


def test_an_overlap_beyond_all_boxes_is_within_the_error() -> None:
    """Points 22 noises apart: all of the floor is half-way between them, out of the boxes."""
    data = GaussianMixture.points([[0], [9]], weights=["3/4", "1/4"])
    law = TimeLaw.uniform("3/4", "4/5")
    problem = Problem(data, TrigPath(), R1.model, law)
    for tolerance in (1e-2, 1e-4, 1e-9):
        found = quadrature.evaluate(problem, ["floor", "C1"], tolerance)
        floor, error = found["floor"].value, found["floor"].error
        assert abs(floor - 2.971e-26) < error < 1e-13 * found["C1"].value  # by mpmath

    # One component has no other to overlap with, and boxes that grow would be in vain.
    alone = replace(problem, data=GaussianMixture.points([[9]]))
    found = quadrature.evaluate(alone, ["floor"], 1e-9)["floor"]
    assert 0 <= found.value <= found.error < 1e-25
    assert found.cost["evaluations"] < 2_000


@pytest.mark.parametrize("t", [0.5, 0.97, 0.9995])
def test_many_points_on_a_line(t: float) -> None:
    """Against a plain grid over all of them; all overlap, or some do, or few and twins."""
    points = np.random.default_rng(3).normal(size=(300, 1))
    points[:4] = points[4:8] + 1e-6
    problem = Problem(GaussianMixture.points(points), CondOTPath(), LinearVelocity([[0.5]]))
    found = conditional_variance(problem, np.array([t]), 1e-9)
    beta = 1 - t
    places = np.unique((t * points + beta * np.linspace(-9, 9, 181)).round(12))
    steps = np.gradient(places)
    total = 0.0
    for x, step in zip(np.array_split(places, 60), np.array_split(steps, 60), strict=True):
        terms = np.exp(-0.5 * ((x[:, None] - t * points[:, 0]) / beta) ** 2)
        density = terms.sum(axis=1)
        u = (points[:, 0] - x[:, None]) / beta
        mean = (terms * u).sum(axis=1) / np.maximum(density, 1e-300)
        total += float(step @ (terms * (u - mean[:, None]) ** 2).sum(axis=1))
    total /= 300 * beta * math.sqrt(2 * math.pi)
    assert found.value[0] == pytest.approx(total, abs=2e-3 * total + float(found.error[0]))
    assert found.error[0] < 1e-8


def test_many_points_on_a_line_are_cheap() -> None:
    """Those near a place count, and those that do not touch are on their own."""
    points = np.random.default_rng(4).normal(size=(400, 1))
    problem = Problem(GaussianMixture.points(points), CondOTPath(), LinearVelocity([[0.5]]))
    found = quadrature.evaluate(problem, ["floor", "C"], 1e-4, max_evaluations=1e8)
    assert found["floor"].error < 1e-4 * found["floor"].value
    assert found["floor"].value == pytest.approx(-found["C"].value, rel=1e-4)
