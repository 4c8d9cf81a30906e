"""Rows in clusters: none that matters is left out, and results are those of all rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmproof.floor import EmpiricalField, compute_floor
from fmproof.floor import population as population_module
from fmproof.floor.population import Population
from fmproof.floor.rows import Rows, summarise
from fmproof.floor.variance import conditional_variance
from fmproof.models.moments import NEGLIGIBLE

pytestmark = pytest.mark.filterwarnings("ignore:.*repeat an earlier one")


@pytest.fixture
def from_the_first_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clusters for small data, too, and used wherever they leave something out."""
    monkeypatch.setattr(population_module, "FEWEST", 8)
    monkeypatch.setattr(population_module, "_SPARSE", 1.1)
    monkeypatch.setattr("fmproof.floor.clusters._FETCH", 0)
    monkeypatch.setattr("fmproof.floor.clusters._BEGIN", 0)


def made(kind: str, count: int, dim: int, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((count, dim))
    if kind == "groups":
        z = 0.1 * z + 5 * rng.standard_normal((7, dim))[rng.integers(7, size=count)]
    elif kind == "twice":
        z[count // 2 :] = z[: count - count // 2]
    elif kind == "far":
        z[0] += 1e4
        z += 100
    return z


KINDS = ("spread", "groups", "twice", "far")


@pytest.mark.usefixtures("from_the_first_row")
@pytest.mark.parametrize("kind", KINDS)
@given(
    seed=st.integers(0, 2**16),
    ratio=st.sampled_from([0.0, 1e-3, 0.3, 1.0, 4.0, 30.0, 1e4, 1e9]),
    dim=st.integers(1, 6),
    known=st.booleans(),
)
def test_no_member_that_matters_is_left_out(
    kind: str, seed: int, ratio: float, dim: int, known: bool
) -> None:
    """Against all distances: those left out weigh less than exp(-40) of the nearest."""
    z = made(kind, 90, dim, seed)
    rows = Rows(z)
    population = Population(rows, summarise(rows)).in_clusters()
    clusters = population.clusters
    assert clusters is not None
    rng = np.random.default_rng(seed)
    index, noise = rng.integers(90, size=12), rng.standard_normal((12, dim))
    index[0] = 0  # the far row
    centred = z - population.summary.centre
    y = ratio * centred[index] + noise
    lengths = np.sqrt((noise**2).sum(axis=1))
    ratios = np.full(12, ratio)
    nearest = lengths if known else population._nearest(clusters, y, ratios)
    reached = clusters.reached(y, ratios, nearest)
    seen = np.zeros((12, 90), dtype=bool)
    for start, stop in zip(reached.start.T, reached.stop.T, strict=True):
        for i, (a, b) in enumerate(zip(start, stop, strict=True)):
            seen[i, clusters.order[a:b]] = True
    # About the row that x was drawn around, so that large ratios lose no digits.
    gaps = ratio * (centred[index][:, None] - centred) + noise[:, None]
    squares = (gaps**2).sum(axis=2)
    best = lengths**2 if known else squares.min(axis=1)
    assert (nearest**2 >= squares.min(axis=1) * (1 - 1e-9)).all()
    left_out = np.where(seen, np.inf, squares)
    assert (left_out >= best[:, None] + 2 * NEGLIGIBLE - 1e-6).all()
    assert seen[np.arange(12), index].all()


def test_most_members_are_left_out_where_x_tells_the_row() -> None:
    z = made("groups", 5000, 4, 0)
    rows = Rows(z)
    population = Population(rows, summarise(rows)).in_clusters()
    assert population.clusters is not None
    rng = np.random.default_rng(1)
    index, noise = rng.integers(5000, size=64), rng.standard_normal((64, 4))
    y = 1000 * (z[index] - population.summary.centre) + noise
    reached = population.clusters.reached(y, np.full(64, 1000.0), np.sqrt((noise**2).sum(axis=1)))
    assert 64 <= reached.pairs < 0.02 * 64 * 5000


@pytest.mark.usefixtures("from_the_first_row")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("t", [0.01, 0.3, 0.6, 0.9, 0.99, 0.9999])
def test_the_variance_is_that_of_all_members(kind: str, t: float, dtype: Any) -> None:
    z = made(kind, 400, 5, 3).astype(dtype)
    rows = Rows(z)
    everyone = Population(rows, summarise(rows))
    rng = np.random.default_rng(4)
    index = rng.integers(400, size=100)
    noise = rng.standard_normal((100, 5)).astype(dtype)
    ratio = np.full(100, t / (1 - t))
    whole, error, far = conditional_variance(everyone, ratio, index, noise, dtype)
    found = conditional_variance(everyone.in_clusters(), ratio, index, noise, dtype)
    assert (np.abs(found[0] - whole) <= error + found[1]).all()
    assert found[2] == pytest.approx(far, rel=1e-3, abs=1e-6)


@pytest.mark.usefixtures("from_the_first_row")
@pytest.mark.parametrize("labelled", [False, True])
def test_the_floor_is_that_without_them(labelled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    z = made("groups", 300, 3, 5)
    labels = np.arange(300) % 3 if labelled else None
    found = compute_floor(Rows(z), labels=labels, seed=2, tolerance=0.05)
    monkeypatch.setattr(population_module, "FEWEST", 10**9)
    without = compute_floor(Rows(z), labels=labels, seed=2, tolerance=0.05)
    assert found.value == pytest.approx(without.value, rel=1e-9)
    assert found.cost.samples == without.cost.samples


@pytest.mark.usefixtures("from_the_first_row")
@pytest.mark.parametrize("kind", KINDS)
def test_the_field_is_that_without_them(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    z = made(kind, 300, 3, 6)
    rng = np.random.default_rng(7)
    t = np.concatenate([rng.uniform(0.01, 0.99, 150), np.full(50, 0.999)])
    x = t[:, None] * z[rng.integers(300, size=200)] + (1 - t)[:, None] * rng.standard_normal(
        (200, 3)
    )
    x[:3] *= 50  # far from all rows
    found = EmpiricalField(z)(t, x)
    monkeypatch.setattr(population_module, "FEWEST", 10**9)
    without = EmpiricalField(z)(t, x)
    assert found.x1 == pytest.approx(without.x1, rel=1e-9, abs=1e-7)
    assert found.variance == pytest.approx(without.variance, rel=1e-6, abs=1e-6)
