"""The floor against brute force in float64, and against what is known exactly."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brute import SCHEDULES, brute_force, posterior_variance

from fmproof.errors import FmproofWarning, InputError
from fmproof.floor import Rows, Setting, compute_floor
from fmproof.floor.engine import Engine
from fmproof.floor.options import read_path, read_time
from fmproof.floor.population import Population
from fmproof.floor.rows import summarise
from fmproof.floor.targets import TARGETS, coefficients, gain
from fmproof.floor.variance import conditional_variance
from fmproof.models import CondOTPath, TimeLaw, TrigPath

TIME = TimeLaw.uniform()
SHORT = TimeLaw.uniform(0, "9/10")


def points(n: int, d: int, seed: int = 0, dtype: Any = np.float32) -> Any:
    return np.random.default_rng(seed).standard_normal((n, d)).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("n", "d"), [(100, 1), (300, 2), (70, 64), (40, 784)])
def test_each_variance_is_within_its_bound(n: int, d: int, dtype: Any) -> None:
    """Every sample, not only their mean, by differences in the same x."""
    z = points(n, d, dtype=dtype)
    rows = Rows(z)
    rng = np.random.default_rng(1)
    samples = 200
    t = rng.uniform(0.01, 0.999, samples)
    index = rng.integers(n, size=samples)
    noise = rng.standard_normal((samples, d))
    found, bound, _ = conditional_variance(
        Population(rows, summarise(rows)), t / (1 - t), index, noise, np.dtype(dtype)
    )
    exact = z.astype(np.float64)
    alpha, beta = t, 1 - t
    x = alpha[:, None] * exact[index] + beta[:, None] * noise
    truth = posterior_variance(exact, alpha, beta, x, np.ones_like(t), np.zeros_like(t))
    assert (np.abs(found - truth) <= bound + 1e-12 * truth).all()
    if dtype is np.float64:
        assert (bound <= 1e-8 * truth + 1e-12).all()


@pytest.mark.parametrize("path", ["cond-ot", "trig", "linear-vp"])
@pytest.mark.parametrize("target", TARGETS)
def test_targets_and_paths(path: str, target: str) -> None:
    """Every target on every path, the floor and its bins, at the level 99.9 % with fixed seeds."""
    z = points(60, 2)
    setting = Setting(read_path(path), SHORT, target)
    truth = brute_force(z, setting.path, SHORT, target, samples=4000)
    for seed in range(2):
        found = compute_floor(Rows(z), setting, seed=seed, bins=5, tolerance=0.06)
        assert found.error <= 0.06 * found.value
        assert abs(found.value - truth.value) <= found.error + 3.3 * truth.error
        for part, value, error in zip(found.bins, truth.bins, truth.bin_errors, strict=True):
            assert abs(part.value - value) <= part.error + 3.3 * error


def test_a_weight_and_a_time_law() -> None:
    z = points(60, 2)
    law = TimeLaw.logit_normal("1/2", 1)
    setting = Setting(TrigPath(), law, "velocity", "(1-t)^2")
    truth = brute_force(z, setting.path, law, weight=lambda t: (1 - t) ** 2, samples=4000)
    found = compute_floor(Rows(z), setting, tolerance=0.03)
    assert abs(found.value - truth.value) <= found.error + 3.3 * truth.error


def test_labels() -> None:
    labels = np.repeat([0, 1, 2], [50, 30, 1])
    z = points(81, 3) + 2 * labels[:, None]
    truth = brute_force(z, CondOTPath(), TIME, labels=labels, samples=4000)
    found = compute_floor(Rows(z), labels=labels, tolerance=0.03)
    assert abs(found.value - truth.value) <= found.error + 3.3 * truth.error
    assert found.value < 0.9 * compute_floor(Rows(z)).value


def test_two_points_exactly() -> None:
    """z = ± L in one dimension: tr Cov is L^2 sech^2(r L (r L z + eps)), integrated by a rule."""
    from scipy.special import roots_hermitenorm

    size = 3.0
    t, weights = np.polynomial.legendre.leggauss(400)
    t, weights = (t + 1) / 2, weights / 2
    r = t / (1 - t)
    nodes, normal = roots_hermitenorm(150)
    normal = normal / normal.sum()
    with np.errstate(over="ignore"):
        sech = 1 / np.cosh(size * r[:, None] * (size * r[:, None] + nodes))
    exact = float((size**2 / (1 - t) ** 2 * (sech**2 @ normal)) @ weights)
    found = compute_floor(Rows(np.array([[-size], [size]])), tolerance=0.03)
    assert abs(found.value - exact) <= found.error
    assert found.error < 0.03 * exact


@pytest.mark.parametrize("shift", [0.0, 1e3])
def test_a_shift_changes_nothing(shift: float) -> None:
    z = points(200, 8, dtype=np.float64)
    found = compute_floor(Rows(z + shift), seed=3)
    assert found.value == pytest.approx(compute_floor(Rows(z), seed=3).value, rel=1e-3)


def test_a_factor_is_that_of_the_data() -> None:
    z = np.random.default_rng(0).integers(0, 255, (150, 12)).astype(np.uint8)
    found = compute_floor(Rows(z, factor=2 / 255), seed=1)
    scaled = compute_floor(Rows(z.astype(np.float64) * 2 / 255 - 1), seed=1)
    assert abs(found.value - scaled.value) <= found.error + scaled.error
    assert found.total == pytest.approx(scaled.total)


def test_one_far_row_is_seen() -> None:
    """One row of 200 at the distance 1e5 makes up most of the floor, at t < 1e-4."""
    z = points(200, 2, dtype=np.float64)
    near = compute_floor(Rows(z), tolerance=0.1).value
    z[7] = 1e5
    # In brute force's place: strata of t that are as narrow as the far row is far.
    edges = np.concatenate([np.linspace(0, 2e-4, 21), np.linspace(2e-4, 1, 11)[1:]])
    pieces = [
        brute_force(z, CondOTPath(), TimeLaw.uniform(a, b), samples=400, bins=1)
        for a, b in pairwise(edges)
    ]
    widths = np.diff(edges)
    truth = widths @ [p.value for p in pieces]
    error = np.sqrt(widths**2 @ [p.error**2 for p in pieces])
    found = compute_floor(Rows(z), tolerance=0.15)
    assert found.value - found.error > 1.5 * near
    assert abs(found.value - truth) <= found.error + 3.3 * error
    assert found.error <= 0.15 * found.value


def test_the_result_depends_on_the_seed_alone() -> None:
    z = points(100, 4)
    first, again, other = (compute_floor(Rows(z), seed=s) for s in (5, 5, 6))
    assert first.estimate == again.estimate
    assert first.bins == again.bins
    assert other.value != first.value


def test_the_time_limit_and_a_run_that_is_stopped() -> None:
    z = points(2000, 32)
    found = compute_floor(Rows(z), tolerance=1e-5, time_limit=0.2)
    assert found.stopped == "time limit"
    assert found.cost.seconds < 5
    assert found.error > 1e-5 * found.value

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    stopped = compute_floor(Rows(z), tolerance=1e-5, progress=stop)
    assert stopped.stopped == "interrupted"
    assert abs(stopped.value - found.value) <= stopped.error + found.error


def test_memory_does_not_grow_with_the_queries() -> None:
    import tracemalloc

    z = points(1000, 64)
    peaks = []
    for rounds in (1, 4):
        engine = Engine(Rows(z))
        first = engine.plan(200)[0]
        engine.add(first, engine.evaluate(first, 1.0))
        engine.close_round()
        engine.estimate()  # imports what it needs
        tracemalloc.start()
        for _ in range(rounds):
            for batch in engine.plan(1900):  # always one batch: two would be smaller
                engine.add(batch, engine.evaluate(batch, 1.0))
            engine.close_round()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]


def test_float32_data_stay_float32_and_are_not_copied_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four times the rows, 12 MB more: what is allocated grows by some numbers a row alone."""
    import tracemalloc

    pytest.importorskip("scipy.cluster.vq")  # its modules, once, are no numbers a row
    monkeypatch.setattr("fmproof.floor.rows.BLOCK_BYTES", 2**20)
    peaks = []
    for n in (4000, 16_000):
        np.save(tmp_path / "z.npy", points(n, 256))
        stored = np.load(tmp_path / "z.npy", mmap_mode="r")
        rows = Rows(stored)
        assert rows.dtype == np.float32
        assert np.shares_memory(rows.block(5, 900), stored)
        tracemalloc.start()
        engine = Engine(rows)
        batch = replace(engine.plan(64)[0], t=np.linspace(0.1, 0.9, 64))
        engine.add(batch, engine.evaluate(batch, 1.0))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 4 * 2**20


@pytest.mark.parametrize("count", [1, 5])
def test_equal_rows_have_no_floor(count: int) -> None:
    with pytest.warns(FmproofWarning, match="the floor is 0"):
        found = compute_floor(Rows(np.ones((count, 3))))
    assert found.value == 0
    assert found.error == 0


def test_repeated_rows_count_as_often_as_they_are_there() -> None:
    z = points(50, 2, dtype=np.float64)
    with pytest.warns(FmproofWarning, match="50 of 100 rows repeat an earlier one"):
        twice = compute_floor(Rows(np.concatenate([z, z])), tolerance=0.03)
    once = compute_floor(Rows(z), tolerance=0.03)
    assert abs(twice.value - once.value) <= twice.error + once.error


def test_constant_columns_are_named() -> None:
    z = points(50, 4)
    z[:, 2] = 1
    with pytest.warns(FmproofWarning, match="1 of 4 columns are constant"):
        summarise(Rows(z))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.array([[1.0, np.nan], [0, 1]]), "row 0 has nan in column 1"),
        (np.array([[1.0, 2], [np.inf, 1]]), "row 1 has inf in column 0"),
        (np.array([["a"]]), "expected real numbers"),
        (np.zeros((0, 3)), r"expected rows of numbers, found the shape \(0, 3\)"),
        (np.zeros((3, 2), dtype=complex), "expected real numbers, found complex128"),
        (np.full((2, 2), 1e200) * [[1], [-1]], "overflow"),
    ],
)
def test_data_that_cannot_be_used(array: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        compute_floor(Rows(array))


@pytest.mark.parametrize("path", SCHEDULES)
def test_the_gain_is_that_of_the_coefficients(path: str) -> None:
    t = np.linspace(0.05, 0.95, 7)
    alpha, beta, _, _ = SCHEDULES[path](t)
    for target in TARGETS:
        a, b = coefficients(read_path(path), target, t)
        assert gain(read_path(path), target, t) == pytest.approx(np.abs(a - b * alpha / beta))


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_path, "condot", "did you mean 'cond-ot'"),
        (read_path, "polynomial", "does not take 0 parameters"),
        (read_path, "vp:a", "expected numbers after 'vp:'"),
        (read_time, "normal", "did you mean 'logit-normal'"),
        (read_time, "uniform:1,0", "expected 0 <= low < high <= 1"),
        (lambda text: Setting(weight=text), "1/(t-1/2)", "expected a value ≥ 0"),
        (lambda text: Setting(weight=text), "-1", "expected no negative value"),
        (lambda text: Setting(target=text), "nose", "target: unknown 'nose'"),
    ],
)
def test_settings_that_cannot_be_used(read: Any, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(text)


def test_a_model_that_ignores_x() -> None:
    """The loss of the mean: tr Cov(z) + d for cond-ot, whose target is z - eps."""
    z = points(100, 3, dtype=np.float64)
    found = compute_floor(Rows(z))
    assert found.trivial == pytest.approx(z.var(axis=0).sum() + 3)
    assert math.isclose(found.total, z.var(axis=0).sum(), rel_tol=1e-9)


@pytest.mark.parametrize("scale", [1e-16, 1e-18, 1e-30])
def test_data_that_are_nothing_beside_the_noise(scale: float) -> None:
    """A floor in times that float64 does not tell from 1: two rows at D have that of D times what
    two rows at 1 have."""
    near = compute_floor(Rows(scale * points(2, 3, dtype=np.float64)), time_limit=1)
    one = compute_floor(Rows(points(2, 3, dtype=np.float64)), tolerance=0.05)
    assert abs(near.value - scale * one.value) <= near.error + scale * one.error


@pytest.mark.parametrize("gap", [1e-6, 1e-8, 1e-10])
def test_rows_that_only_differences_tell_apart(gap: float) -> None:
    """Pairs at a distance that products of matrices do not see, each with a label of its own."""
    centres = points(30, 3, dtype=np.float64)
    z = np.concatenate([centres, centres + gap * np.eye(3)[0]])
    labels = np.tile(np.arange(30), 2)
    found = compute_floor(Rows(z), labels=labels, time_limit=1)
    pair = compute_floor(Rows(gap * np.eye(3)[:2, :1]), tolerance=0.05)
    assert abs(found.value - pair.value) <= found.error + pair.error
    assert summarise(Rows(z), labels).variance == pytest.approx(gap**2 / 4, rel=1e-4)


def test_a_label_for_each_row_leaves_nothing() -> None:
    found = compute_floor(Rows(points(40, 3)), labels=np.arange(40))
    assert (found.value, found.error) == (0, 0)
