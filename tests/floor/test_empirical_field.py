"""The optimal model against `Problem`, in the arrays that it was given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.floor import EmpiricalField, Rows
from fmproof.models import CondOTPath, GaussianMixture, Problem, TrigPath
from fmproof.models.velocity import LinearVelocity


def problem(z: Any, path: Any) -> Problem:
    d = z.shape[1]
    return Problem(GaussianMixture.points(z), path, LinearVelocity(np.zeros((d, d))))


@pytest.mark.parametrize("offset", [0.0, 100.0])
@pytest.mark.parametrize("path", [CondOTPath(), TrigPath()])
def test_against_the_closed_form(path: Any, offset: float) -> None:
    rng = np.random.default_rng(0)
    z = rng.standard_normal((300, 5)) + offset
    t = rng.uniform(0.05, 0.95, 400)
    x = path.alpha(t)[:, None] * z[rng.integers(300, size=400)]
    x = x + path.beta(t)[:, None] * rng.standard_normal((400, 5))
    exact = problem(z, path)
    found = EmpiricalField(z, path)(t, x)
    assert found.velocity == pytest.approx(exact.marginal_velocity(t, x), abs=1e-7)
    weights = exact.responsibilities(t, x)
    assert found.x1 == pytest.approx(weights @ z, abs=1e-9)
    spread = (weights @ (z**2) - (weights @ z) ** 2).sum(axis=1)
    assert found.variance == pytest.approx(spread, abs=1e-8)
    # The score is the gradient of the log density.
    step = 1e-4
    for j in range(5):
        shift = step * np.eye(5)[j]
        up, down = (exact.marginal_log_density(t, x + s * shift) for s in (1, -1))
        assert found.score[:, j] == pytest.approx((up - down) / (2 * step), abs=2e-3)


def test_float32_and_far_points() -> None:
    z = np.random.default_rng(0).standard_normal((500, 3)).astype(np.float32)
    x = np.array([[0.1, 0.2, 0.3], [500, 0, 0]], dtype=np.float32)
    found = EmpiricalField(z, dtype=np.float32)(0.5, x)
    exact = EmpiricalField(z)(0.5, x)
    assert found.velocity.dtype == np.float32
    assert found.x1 == pytest.approx(exact.x1, abs=1e-3)
    assert exact.x1[1] == pytest.approx(z[np.argmax(z[:, 0])], abs=1e-6)


def test_rows_of_any_shape_and_a_factor() -> None:
    z = np.random.default_rng(0).integers(0, 255, (40, 4, 4)).astype(np.uint8)
    x = np.random.default_rng(1).standard_normal((7, 4, 4))
    found = EmpiricalField(Rows(z, factor=1 / 255))(0.3, x)
    exact = problem(z.reshape(40, 16) / 255, CondOTPath())
    assert found.velocity.shape == (7, 4, 4)
    flat = exact.marginal_velocity(0.3, x.reshape(7, 16))
    assert found.velocity.reshape(7, 16) == pytest.approx(flat)


def test_torch() -> None:
    torch = pytest.importorskip("torch")
    z = torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    x = torch.zeros(4, 3, dtype=torch.float64)
    found = EmpiricalField(z)(torch.tensor(0.2), x)
    assert isinstance(found.velocity, torch.Tensor)
    assert found.velocity.dtype == torch.float64
    exact = EmpiricalField(z.numpy())(0.2, x.numpy())
    assert found.x1.numpy() == pytest.approx(exact.x1)


def test_jax() -> None:
    jnp = pytest.importorskip("jax.numpy")
    z = np.random.default_rng(0).standard_normal((50, 3)).astype(np.float32)
    found = EmpiricalField(jnp.asarray(z))(0.2, jnp.zeros((4, 3)))
    assert type(found.score) is type(jnp.zeros(1))
    assert np.asarray(found.x1) == pytest.approx(
        EmpiricalField(z)(0.2, np.zeros((4, 3))).x1, abs=1e-5
    )


def test_the_distance_of_a_model() -> None:
    """A model that is off by a constant is |constant|^2 away, at every time."""
    z = np.random.default_rng(0).standard_normal((200, 2))
    field = EmpiricalField(z)
    for part in field.distance(lambda t, x: field(t, x).velocity + 0.5, samples=200, bins=4):
        assert part.value == pytest.approx(0.5)
    for part in field.distance(lambda t, x: field(t, x).x1, target="x1", samples=200, bins=4):
        assert part.value == pytest.approx(0, abs=1e-12)
    far = field.distance(lambda t, x: 0 * x, samples=400, bins=4)
    assert all(part.value > part.error > 0 for part in far)


@pytest.mark.parametrize(
    ("t", "x", "message"),
    [
        (1.0, np.zeros((1, 2)), "no density at t = 1"),
        (1.5, np.zeros((1, 2)), r"expected times in \[0, 1\]"),
        (0.5, np.zeros((1, 3)), "expected points of 2 numbers"),
        ([0.5, 0.5], np.zeros((3, 2)), "expected a number or 3 times"),
        (0.5, np.full((1, 2), np.nan), "expected finite numbers"),
    ],
)
def test_what_has_no_field(t: Any, x: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        EmpiricalField(np.eye(2))(t, x)


def test_a_model_of_another_shape() -> None:
    field = EmpiricalField(np.eye(2))
    with pytest.raises(InputError, match="expected the shape"):
        field.distance(lambda t, x: t)
    with pytest.raises(InputError, match="is not finite"):
        field.distance(lambda t, x: x * np.nan)
