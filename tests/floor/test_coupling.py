"""Noise paired with the data in batches, against exact densities of the pairs."""

from __future__ import annotations

from itertools import product
from math import comb
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from scipy.special import ndtr

from fmproof.errors import InputError
from fmproof.floor import Rows, Setting, compute_floor
from fmproof.floor.coupling import BatchCoupling, _Likely
from fmproof.floor.rows import summarise
from fmproof.models import CondOTPath, TimeLaw


def density_on_the_line(values: Any, shares: Any, z: float, eps: Any, size: int) -> Any:
    """h(z, eps) in one dimension, where batches are paired by rank: B times the probability that as
    many of the others' noises are below eps as of the others' rows are below z, ties shared."""
    below, equal = shares[values < z].sum(), shares[values == z].sum()
    above = max(1 - below - equal, 0.0)
    p, n = ndtr(eps), size - 1
    ranks = [comb(n, r) * p**r * (1 - p) ** (n - r) for r in range(size)]
    found = np.zeros_like(eps)
    for low, same in product(range(size), repeat=2):
        high = n - low - same
        if high >= 0:
            ways = comb(n, low) * comb(n - low, same)
            chance = ways * below**low * equal**same * above**high / (same + 1)
            found += chance * sum(ranks[low : low + same + 1])
    return size * found


def variance_on_the_line(z: Any, size: int, t: float) -> tuple[float, float]:
    """E Var(z given x) of cond-ot at t by the trapezoidal rule, and the mass of x, which is 1."""
    values, counts = np.unique(z, return_counts=True)
    shares = counts / len(z)
    x = np.linspace(t * values[0] - 9 * (1 - t), t * values[-1] + 9 * (1 - t), 2001)
    eps = (x - t * values[:, None]) / (1 - t)
    h = [density_on_the_line(values, shares, *pair, size) for pair in zip(values, eps, strict=True)]
    joint = shares[:, None] * np.exp(-(eps**2) / 2) / np.sqrt(2 * np.pi) / (1 - t) * h
    law = joint.sum(axis=0)
    posterior = joint / np.maximum(law, 1e-300)
    variance = values**2 @ posterior - (values @ posterior) ** 2
    step = x[1] - x[0]
    return float((law * variance).sum()) * step, float(law.sum()) * step


def floor_on_the_line(z: Any, size: int, high: float) -> float:
    """The floor of the velocity of cond-ot for t in U[0, high]."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    times = high * (nodes + 1) / 2
    values = [variance_on_the_line(z, size, t)[0] / (1 - t) ** 2 for t in times]
    return float(weights @ values / 2)


LINES = {
    "three points": np.array([-1.0, 0.2, 2.0]),
    "repeated points": np.array([-1.0, -1.0, -1.0, 0.5, 0.5, 2.0]),
}


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("size", [2, 5])
@pytest.mark.filterwarnings("ignore:.*rows repeat")
def test_the_variance_at_a_time(name: str, size: int) -> None:
    z = LINES[name]
    rows, rng = Rows(z[:, None]), np.random.default_rng(3)
    coupling = BatchCoupling(rows, summarise(rows), size, None, 0)
    for t in (0.1, 0.5, 0.7):
        exact, mass = variance_on_the_line(z, size, t)
        assert mass == pytest.approx(1, abs=1e-6), "h is a density"
        index = rng.integers(len(z), size=1500)
        found, spread = coupling.variance(index, np.full(1500, t / (1 - t)), 32 * size, rng)
        assert abs(found.mean() - exact) <= 3.3 * found.std() / 1500**0.5 + spread.mean()
        assert spread.mean() < 0.1 * exact


def test_the_floor_on_the_line() -> None:
    z = LINES["three points"]
    law = TimeLaw.uniform(0, "9/10")
    exact = floor_on_the_line(z, 4, 0.9)
    setting = Setting(CondOTPath(), law, batch=4)
    found = compute_floor(Rows(z[:, None]), setting, tolerance=0.4)
    assert abs(found.value - exact) <= found.error <= 0.4 * found.value
    independent = compute_floor(Rows(z[:, None]), Setting(time=law), tolerance=0.05)
    assert found.value < 0.75 * independent.value


def test_the_share_of_batches_that_pair_them() -> None:
    """h itself, point by point, in the plane: with batches of two it is known exactly."""
    z = np.random.default_rng(0).standard_normal((5, 2))
    rows = Rows(z)
    rng = np.random.default_rng(1)
    coupling = BatchCoupling(rows, summarise(rows), 2, None, 0)
    x, r, draws = rng.standard_normal((4, 2)) * 2, np.array([0.0, 0.3, 1.0, 3.0]), 4000
    each = np.array([draws, draws // 2, draws, draws // 4])
    centred = z - summarise(rows).centre
    likely = _Likely(np.repeat(range(4), 5), np.tile(range(5), 4), np.ones(20))
    points = coupling._points
    order = [int(np.argmin(((centred - p) ** 2).sum(axis=1))) for p in points]
    counted = coupling._counted(x, r, likely, each, rng).reshape(4, 5)
    for i in range(4):
        for k in range(5):
            own = centred[order[k]]
            eps = x[i] - r[i] * own
            gaps = own - np.delete(centred, order[k], axis=0)
            chances = ndtr(gaps @ eps / np.sqrt((gaps**2).sum(axis=1)))
            exact = 2 * (chances.sum() + 0.5) / 5
            assert abs(counted[i, k] - exact) <= 5 * 2 * 0.5 / each[i] ** 0.5


def test_an_x_that_many_points_may_have_made_needs_fewer_batches() -> None:
    likely = _Likely(np.repeat([0, 1], [1024, 2]), np.arange(1026), np.ones(1026))
    assert likely.needed(256, 2).tolist() == [16, 256]
    assert likely.needed(8, 2).tolist() == [8, 8]


def test_whether_a_batch_pairs_two_is_read_off_its_own_pairing() -> None:
    """Against the assignment of the batch with both, for 400 pairs in the plane."""
    rows, rng = Rows(np.random.default_rng(0).standard_normal((50, 2))), np.random.default_rng(1)
    coupling = BatchCoupling(rows, summarise(rows), 9, None, 0)
    paired = 0
    for _ in range(400):
        others = coupling._others(rng)
        z, eps = rng.standard_normal((2, 2))
        eps = z + 0.7 * eps
        score = np.vstack([others.rows, z]) @ np.vstack([others.noise, eps]).T
        together = linear_sum_assignment(score, maximize=True)[1][-1] == 8
        best = (others.threshold(z[None])[0] + others.rows @ eps).max()
        assert (z @ eps >= best) == together
        paired += together
    assert 50 < paired < 350


def test_pairs_are_those_of_batches() -> None:
    """The mean of z·eps against batches that are paired by trying all permutations."""
    from itertools import permutations

    z = np.random.default_rng(0).standard_normal((6, 3))
    rows, size = Rows(z), 4
    rng = np.random.default_rng(1)
    coupling = BatchCoupling(rows, summarise(rows), size, None, 0)
    centred = z - summarise(rows).centre
    index = rng.integers(6, size=2000)
    ours = (centred[index] * coupling.noise(index, rng)).sum(axis=1)
    theirs = []
    for _ in range(800):
        some, noise = centred[rng.integers(6, size=size)], rng.standard_normal((size, 3))
        best = max(permutations(range(size)), key=lambda p: (some * noise[list(p)]).sum())
        theirs.append((some * noise[list(best)]).sum() / size)
    error = np.hypot(ours.std() / 2000**0.5, np.std(theirs) / 800**0.5)
    assert abs(ours.mean() - np.mean(theirs)) <= 3.3 * error
    assert abs(coupling.covariance - ours.mean()) <= 3.3 * ours.std() / 8


def test_labels_are_known_to_the_model_and_not_to_the_pairing() -> None:
    """Each label has one point: nothing is left to guess."""
    z = np.array([[-1.0], [0.2], [2.0]])
    found = compute_floor(Rows(z), Setting(batch=3), np.arange(3), tolerance=0.2)
    assert found.value == 0
    exact = floor_on_the_line(z[:, 0], 3, 0.9)
    setting = Setting(time=TimeLaw.uniform(0, "9/10"), batch=3)
    same = compute_floor(Rows(z), setting, np.zeros(3, dtype=int), tolerance=0.4)
    assert abs(same.value - exact) <= same.error


@pytest.mark.parametrize(
    ("rows", "size", "message"),
    [
        (Rows(np.eye(3)), 1, "batch size: expected 2 or more for optimal transport, found 1"),
        (Rows(np.broadcast_to(np.float32(0), (2**20, 256))), 8, "too many for the coupling ot"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*all rows are equal")
def test_what_cannot_be_coupled(rows: Rows, size: int, message: str) -> None:
    summary = summarise(Rows(np.eye(3)))
    with pytest.raises(InputError, match=message):
        BatchCoupling(rows, summary, size, None, 0)
