"""The marginal path on meshes against its values point by point; layers against their masks."""

from itertools import product

import numpy as np
import pytest

from fmproof.losses.budget import Budget
from fmproof.losses.lattice import Boxes, Mesh, _Sums, integrate
from fmproof.losses.slices import Frames, Slices
from fmproof.models import CondOTPath, GaussianMixture, LinearVelocity, Problem
from fmproof.models.arrays import FloatArray

TIMES = np.array([0.2, 0.85])


def _problem(dim: int, kind: str) -> Problem:
    """Four components, one of them narrow and one far away."""
    rng = np.random.default_rng(dim)
    scales = rng.uniform(0.3, 1.0, size=(4, dim))
    scales[1] *= 1e-3
    if kind == "spheres":
        scales[:] = scales[:, :1]
    bases = np.broadcast_to(np.eye(dim), (4, dim, dim))
    if kind == "rotated":
        bases = np.linalg.qr(rng.normal(size=(4, dim, dim)))[0]
    covariances = np.einsum("kij,kj,klj->kil", bases, scales**2, bases)
    means = rng.normal(size=(4, dim))
    means[3] += 30
    data = GaussianMixture([0.4, 0.3, 0.2, 0.1], means, (covariances + covariances.mT) / 2)
    return Problem(data, CondOTPath(), LinearVelocity(np.eye(dim)))


@pytest.mark.parametrize("count", [4, 2])
@pytest.mark.parametrize(
    ("dim", "kind"),
    [(1, "spheres"), *product((2, 3), ("spheres", "axes", "rotated"))],
)
def test_a_mesh_is_its_points(dim: int, kind: str, count: int) -> None:
    """Of the sub-mixture of the first components, too."""
    problem = _problem(dim, kind)
    members, origins = np.array([[2, 1, 0, 3], [0, 1, 2, 3]]), np.array([2, 0])
    frames = Frames(Slices(problem, TIMES), np.arange(2), members, origins)
    mesh = Mesh(tuple(np.linspace(-3, 2, 3 + i) * np.ones((2, 1)) for i in range(dim)), None)
    found = frames.place(mesh).marginal(count, variance=True)
    without = frames.place(mesh).marginal(count, variance=False)
    np.testing.assert_array_equal(found.velocity, without.velocity)
    for i, t in enumerate(TIMES):
        data, chosen = problem.data, members[i, :count]
        weights = data.weights[chosen]
        part = GaussianMixture(
            weights / weights.sum(), data.means[chosen], data.covariances[chosen]
        )
        some = Problem(part, problem.path, problem.model)
        x = mesh.points()[i].T + t * data.means[origins[i]]
        density = weights.sum() * np.exp(some.marginal_log_density(t, x))
        np.testing.assert_allclose(found.density[i], density, rtol=1e-11, atol=1e-250)
        seen = density > 1e-200
        assert seen.any()
        u, variance = some.marginal_velocity(t, x), some.conditional_variance(t, x)
        np.testing.assert_allclose(found.velocity[:, i].T[seen], u[seen], rtol=1e-10, atol=1e-10)
        assert found.variance is not None
        np.testing.assert_allclose(found.variance[i][seen], variance[seen], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dim", [1, 3])
def test_far_away_there_is_no_density(dim: int) -> None:
    """Factors that are too small to be multiplied are 0: a floor of exp(-600) would not fall off,
    and the mass beyond a box that is wide for the smallest tolerances would be unknown."""
    problem = _problem(dim, "spheres")
    frames = Frames(
        Slices(problem, TIMES), np.arange(2), np.arange(4) * np.ones((2, 1), int), np.zeros(2, int)
    )
    mesh = Mesh(tuple(np.array([[200.0, 300.0]] * 2) for _ in range(dim)), None)
    found = frames.place(mesh).marginal(4, variance=True)
    assert not found.density.any()
    assert np.isfinite(found.velocity).all()


def test_components_that_are_not_near_a_mesh_are_left_out_and_missed_by_nothing() -> None:
    rng = np.random.default_rng(1)
    problem = Problem(
        GaussianMixture.points(rng.uniform(-50, 50, size=(200, 2))),
        CondOTPath(),
        LinearVelocity(np.eye(2)),
    )
    members = np.arange(200) * np.ones((2, 1), int)
    frames = Frames(Slices(problem, TIMES), np.arange(2), members, np.zeros(2, int))
    mesh = Mesh(tuple(np.linspace(-2, 1, 9)[None] for _ in range(2)), None)
    for row in (0, 1):
        near = frames.near(mesh, np.array([row]))
        assert 1 < len(near) < 150
        some = frames.of(np.array([row]), near).place(mesh).marginal(len(near), variance=True)
        every = frames.of(np.array([row]), np.arange(200)).place(mesh).marginal(200, variance=True)
        assert every.density.max() > 1e-4
        np.testing.assert_allclose(some.density, every.density, rtol=1e-12, atol=1e-33)
        for less, whole in ((some.velocity, every.velocity), (some.variance, every.variance)):
            assert less is not None
            assert whole is not None
            np.testing.assert_allclose(
                some.density * less, every.density * whole, rtol=1e-10, atol=1e-29
            )
    nowhere = Mesh(tuple(np.array([[1e4, 1e4 + 1]]) for _ in range(2)), None)
    assert len(frames.near(nowhere, np.array([0]))) == 1


def _gaussian(mesh: Mesh, rows: object) -> tuple[FloatArray, FloatArray]:
    """exp(-|x|^2 / 2), and minus that."""
    x = mesh.points()
    values = np.exp(-0.5 * (x**2).sum(axis=1))
    return np.stack([values, -values], axis=2), np.stack([values, 2 * values], axis=2)


@pytest.mark.parametrize("chunk", [10_000, 40, 7])
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_sums_do_not_depend_on_blocks_and_layers_are_those_of_the_depth(
    dim: int, chunk: int
) -> None:
    ones = np.ones((2, dim))
    boxes = Boxes(-3.0 * ones, np.array([[3.0], [4.0]]) * ones, 2.0 * ones, 0.5 * ones)
    sums = _Sums(_gaussian, boxes, chunk, Budget())
    levels, masses = sums.ladder(boxes.counts[0])
    mesh = Mesh(tuple(-3 + np.arange(12) * (7 / 12) * np.ones((1, 1)) for _ in range(dim)), None)
    x, width = mesh.points()[0], 7.0
    value, _ = (table[0] for table in _gaussian(mesh, None))
    depth = np.minimum(x + 3, width - (x + 3)).min(axis=0) / 0.5
    cell = (width / 12) ** dim
    for layer, mask in ((1, depth >= 0), (2, depth < 1), (3, (depth >= 1) & (depth < 2))):
        expected = cell * value[mask].sum(axis=0)[0]
        np.testing.assert_allclose(masses[1, layer], [expected, expected], rtol=1e-12)
    np.testing.assert_allclose(masses[1, 0], masses[1, 1] * [1, 2], rtol=1e-12)
    # Levels: the lattice with a quarter of the points along each axis, ..., all of them.
    every = value[:, 0].reshape((12,) * dim)
    np.testing.assert_allclose(
        levels[1, [0, -1], 0],
        [4**dim * cell * every[(slice(None, None, 4),) * dim].sum(), cell * every.sum()],
        rtol=1e-12,
    )


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_refinements_end_at_the_integral(dim: int) -> None:
    ones = np.ones((1, dim))
    boxes = Boxes(-9.0 * ones, 9.0 * ones, 8.0 * ones, ones)
    found = integrate(_gaussian, boxes, np.full((1, 2), 1e-9), Budget())
    exact = (2 * np.pi) ** (dim / 2)
    off = np.abs(found.value - [exact, -exact])
    assert (off <= found.error).all()
    assert (found.error < 1e-8).all()
