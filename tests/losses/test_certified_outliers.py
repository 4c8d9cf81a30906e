"""The certified method where components lie far apart, and where it runs out of evaluations."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

pytest.importorskip("flint", reason="python-flint is not installed")

import numpy as np
from flint import arb, ctx

from fmproof.errors import InputError
from fmproof.losses import certified, quadrature
from fmproof.losses.budget import Budget
from fmproof.losses.certified import tails
from fmproof.losses.certified.cubature import Cell, integrate
from fmproof.losses.certified.frames import Frames
from fmproof.losses.certified.marginal import Marginal
from fmproof.losses.certified.panels import disjoint_places, stacks
from fmproof.models import (
    CondOTPath,
    GaussianMixture,
    LinearVelocity,
    PolynomialVelocity,
    Problem,
    VelocityTerm,
)

NAMES = ("fm", "C1", "floor")
MODEL = PolynomialVelocity([VelocityTerm(["1/2"], 0, [1])])
# One row in a million is 60 standard deviations away.
OUTLIER = Problem(
    GaussianMixture(
        ["599999/1000000", "2/5", "1/1000000"], [[-2], [2], [60]], [[["1/4"]], [["1/2"]], [[1]]]
    ),
    CondOTPath(),
    MODEL,
)


# The same beside five components that are close together, 2,000 standard deviations away.
CROWD = Problem(
    GaussianMixture(
        [*["999999/5000000"] * 5, "1/1000000"],
        [[-1], ["-1/2"], [0], ["1/2"], [1], [1000]],
        [[["1/4"]]] * 6,
    ),
    CondOTPath(),
    MODEL,
)


@pytest.fixture(autouse=True)
def _precision() -> Any:
    with ctx.workprec(106):
        yield


def test_places_of_components_far_apart_are_disjoint() -> None:
    found = disjoint_places(
        [(arb(5), arb(1)), (arb(0), arb(1)), (arb(1.5), arb(1)), (arb(60), arb(2))]
    )
    assert [tuple(map(round, place)) for place in found] == [(-1, 3), (4, 6), (58, 62)]
    assert found[0][0] < -1
    assert found[0][1] > 2.5


def test_places_in_frames_are_disjoint_and_hold_what_is_near() -> None:
    """At times of a panel, in x: whatever is near a component is in exactly one place."""
    frames = Frames(Marginal(CROWD, ("C1",)))
    marginal = frames.marginal
    for start, stop in ((0.25, 0.5), (0.0, 0.01), (0.0, 0.3)):
        places = frames.places(marginal.schedule(arb(start).union(arb(stop))), reach=3.0)
        assert len(places) == (2 if start else 1)
        for t in np.linspace(start, stop, 7):
            now = marginal.schedule(arb(float(t)))
            at = [float(now.alpha * frames.views[place.frame].origin) for place in places]
            found = sorted(
                (a + p.edges[0], a + p.edges[1]) for a, p in zip(at, places, strict=True)
            )
            assert all(one[1] < other[0] for one, other in pairwise(found))
            for part in marginal.components(now):
                centre, side = float(part.centre), 2.999 * float(part.variance.sqrt())
                for x in (centre - side, centre + side):
                    assert sum(low <= x <= high for low, high in found) == 1
    both = frames.places(marginal.schedule(arb(0.25).union(arb(0.5))), reach=3.0)
    assert sum(place.length for place in both) < 12  # and not the 250 that the outlier crosses


def test_a_frame_changes_nothing() -> None:
    marginal = Marginal(CROWD, (*NAMES, "fm_gradient", "G"))
    moved = marginal.seen_from(arb(7))
    for t, x in ((0.25, 0.3), (0.003, 3.0), (0.75, 749.5)):
        here = marginal.at(arb(t), lambda y: y)(arb(x))
        there = moved.at(arb(t), lambda y: y)(arb(x) - arb(t) * 7)
        assert all(a.overlaps(b) for a, b in zip(here, there, strict=True))
        assert all(float(a.rad()) < 1e-12 * abs(float(a)) + 1e-100 for a in there)


def test_stacks_count_no_time_twice() -> None:
    cells = [Cell((y, (0.0, 1.0))) for y in ((0.0, 0.25), (0.0, 0.5), (0.25, 0.5), (0.5, 1.0))]
    found = stacks(reversed(cells))
    assert [edges for edges, _ in found] == [(0.0, 0.5), (0.5, 1.0)]
    assert [len(above) for _, above in found] == [3, 1]


@pytest.mark.parametrize("edges", [(-3.0, 1.0), (8.0, 20.0), (26.0, 35.0)])
def test_what_components_have_in_a_cell_bounds_it(edges: tuple[float, float]) -> None:
    """Around the common components, in the void, and around the outlier."""
    marginal = Marginal(OUTLIER, (*NAMES, "fm_gradient"))
    now = marginal.schedule(arb(1) / 2)
    bounds = tails.in_a_cell(marginal, now, marginal.components(now), edges)
    cell = Cell((edges,))
    part = integrate(marginal.at(arb(1) / 2, lambda y: y), [cell], [1e-9] * 4, Budget(1e6))
    assert not part.leftover
    for bound, value in zip(bounds, part.values, strict=True):
        assert bound.overlaps(value)
    if edges[0] > 20:  # what is there is rare: E u^2 is some 0.01 of the whole
        assert float(bounds[1].abs_upper()) < 0.02
    if edges[0] == 8:
        assert float(bounds[1].abs_upper()) < 1e-9


def test_no_cell_is_bounded_when_time_is_up() -> None:
    """Of many points a bound takes 10 ms, and there are thousands of cells."""
    cells = [Cell(((float(k), k + 1.0),)) for k in range(50)]
    asked: list[Cell] = []

    def bound(cell: Cell) -> list[Any]:
        asked.append(cell)
        return [arb(0)]

    late = integrate(lambda y: [y], cells, [1.0], Budget(seconds=0.0), bound=bound)
    assert not asked
    assert sorted(late.leftover) == cells
    integrate(lambda y: [y], cells, [1.0], Budget(), bound=bound)
    assert len(asked) == 50


def test_an_enclosure_is_no_wider_with_a_tighter_tolerance() -> None:
    """With fewer evaluations than any of them needs; and it holds what quadrature finds."""
    known = quadrature.evaluate(OUTLIER, NAMES, 1e-9)
    before = None
    for tolerance in (1e-3, 1e-6):
        found = certified.evaluate(OUTLIER, NAMES, tolerance, max_evaluations=5e4)
        assert found["fm"].cost["unresolved"] > 0
        for name in NAMES:
            off = abs(found[name].value - known[name].value)
            assert off <= found[name].error + known[name].error
            if before is not None:
                assert found[name].error <= before[name].error * (1 + 1e-12)
        before = found


def test_an_outlier_does_not_take_the_enclosure() -> None:
    """Evaluations go where the largest bounds are, and what is left of the outlier is small."""
    found = certified.evaluate(OUTLIER, NAMES, 1e-3, max_evaluations=2e5)
    known = quadrature.evaluate(OUTLIER, NAMES, 1e-9)
    for name in NAMES:
        assert abs(found[name].value - known[name].value) <= found[name].error
        assert found[name].error < 0.01 * known[name].value, name


def test_an_outlier_far_from_a_crowd_does_not_take_the_enclosure() -> None:
    """In frames that stand still it crosses all boxes: L_FM was known to within 2."""
    found = certified.evaluate(CROWD, NAMES, 0.03, max_evaluations=2e5)
    known = quadrature.evaluate(CROWD, NAMES, 1e-9)
    for name in NAMES:
        assert abs(found[name].value - known[name].value) <= found[name].error
        assert found[name].error < 0.2 * known[name].value, name


def test_what_takes_longer_than_the_time_that_is_left_is_not_begun() -> None:
    points = np.linspace(-1, 1, 1000)[:, None]
    problem = Problem(GaussianMixture.points(points), CondOTPath(), LinearVelocity([[0.5]]))
    with pytest.raises(InputError, match=r"tails of 1,000 components would take .* 0.2 s"):
        certified.evaluate(problem, ["floor"], seconds=0.2)
    few = Problem(GaussianMixture.points(points[:2]), CondOTPath(), LinearVelocity([[0.5]]))
    found = certified.evaluate(few, ["floor"], 1e-2, seconds=0.2)["floor"]
    assert np.isfinite(found.error)
