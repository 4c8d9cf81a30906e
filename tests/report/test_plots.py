"""The plots: what they draw is what the methods find, and the files are files."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from math import isclose, pi
from pathlib import Path

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.losses.over_time import conditional_variance
from fmproof.models import (
    CallableVelocity,
    CondOTPath,
    GaussianMixture,
    LinearVelocity,
    PolynomialPath,
    Problem,
    TimeLaw,
    TrigPath,
    VPPath,
)
from fmproof.report import plots
from fmproof.report.plots.line import line

pytest.importorskip("matplotlib", reason="matplotlib is not installed")


def standard_normal(dim: int, **others: object) -> Problem:
    data = GaussianMixture([1], [[0] * dim], [np.eye(dim)])
    model = LinearVelocity((np.eye(dim) / 2).tolist(), [1] * dim)
    path = others.pop("path", CondOTPath())
    return Problem(data, path, model, **others)  # type: ignore[arg-type]


def points(dim: int, **others: object) -> Problem:
    rng = np.random.default_rng(1)
    data = GaussianMixture.points(rng.normal(size=(3, dim)).tolist())
    return Problem(
        data,
        others.get("path", CondOTPath()),  # type: ignore[arg-type]
        LinearVelocity((np.eye(dim) / 3).tolist()),
        others.get("time", TimeLaw.uniform()),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("dim", [1, 2, 5])
def test_the_variance_over_time_is_the_one_computed_by_hand(dim: int) -> None:
    t = np.linspace(0, 1, 21)
    found = conditional_variance(standard_normal(dim), t)
    by_hand = dim * (2 - (2 * t - 1) ** 2 / (t**2 + (1 - t) ** 2))
    assert found.method == ("quadrature" if dim <= 3 else "sampling")
    np.testing.assert_allclose(found.value, by_hand, atol=1e-5 * dim)
    assert (np.abs(found.value - by_hand) <= np.asarray(found.error) + 1e-12).all()


def test_the_variance_of_points_at_a_high_dimension_is_within_its_errors() -> None:
    problem = points(6)
    t = np.array([0.3, 0.6])
    found = conditional_variance(problem, t)
    rng = np.random.default_rng(7)
    z = problem.data.sample(40_000, rng)
    for time, value, error in zip(t, found.value, found.error, strict=True):
        eps = rng.standard_normal(z.shape)
        x = problem.interpolate(time, z, eps)
        residual = problem.target(time, z, eps) - problem.marginal_velocity(time, x)
        squares = (residual**2).sum(axis=1)
        bound = 5 * np.hypot(error, squares.std() / 200)  # level 1e-6
        assert abs(squares.mean() - value) < bound


def test_the_line_holds_both_sides_and_the_gap() -> None:
    found = line(standard_normal(1))
    s = np.array([-1.0, 0.0, 2.0])
    gap = found.cfm.along(found.step, s) - found.fm.along(found.step, s)
    np.testing.assert_allclose(gap, pi / 2, atol=1e-6)
    assert isclose(found.floor, pi / 2, abs_tol=1e-6)
    at_optimum = found.cfm.gradients(found.step, np.array([1.0]))
    np.testing.assert_allclose(at_optimum, 0, atol=1e-12)
    np.testing.assert_allclose(
        found.fm.gradients(found.step, s), found.cfm.gradients(found.step, s), atol=1e-6
    )


def test_losses_are_drawn_as_two_curves_with_the_gap_between_them() -> None:
    (axes,) = plots.figure(standard_normal(1), "losses").axes
    cfm, fm, floor = (np.asarray(curve.get_ydata()) for curve in axes.get_lines()[:3])
    np.testing.assert_allclose(cfm - fm, pi / 2, atol=1e-6)
    np.testing.assert_allclose(floor, pi / 2, atol=1e-6)


def test_gradients_are_drawn_on_the_diagonal() -> None:
    top, below = plots.figure(standard_normal(2), "gradients").axes
    _, *entries = top.get_lines()
    assert len(entries) == 6  # P = 4 + 2
    for entry in entries:
        np.testing.assert_allclose(entry.get_xdata(), entry.get_ydata(), atol=1e-6)
    assert below.get_yscale() == "log"


def test_the_mean_of_the_variance_curve_is_the_floor() -> None:
    (axes,) = plots.figure(standard_normal(1), "variance").axes
    label = axes.get_lines()[-1].get_label()
    assert isclose(float(re.search(r"approx ([\d.]+)", label)[1]), pi / 2, abs_tol=1e-3)


def test_under_another_time_law_the_curve_that_it_weighs_is_drawn_too() -> None:
    law = TimeLaw.logit_normal()
    (axes,) = plots.figure(standard_normal(1, time=law), "variance").axes
    curve, weighted, floor = (np.asarray(c.get_ydata()) for c in axes.get_lines())
    t = np.asarray(axes.get_lines()[0].get_xdata())
    np.testing.assert_allclose(weighted, curve * law.density(t))
    assert isclose(weighted.mean(), floor[0], rel_tol=1e-9)


@pytest.mark.parametrize("dim", [1, 2])
def test_trajectories_end_at_the_point_and_where_the_data_are(dim: int) -> None:
    problem = points(dim)
    conditional, marginal = plots.figure(problem, "fields").axes
    z = problem.data.means[0]
    curves = [[c.get_xydata() for c in a.get_lines() if len(c.get_xydata()) > 100] for a in
              (conditional, marginal)]  # fmt: skip
    assert len(curves[0]) == len(curves[1]) >= 15
    last = slice(1, None) if dim == 1 else slice(None)  # in one dimension x is drawn over t
    for left, right in zip(*curves, strict=True):
        np.testing.assert_allclose(left[0], right[0], atol=1e-9)  # the same noise
        np.testing.assert_allclose(left[-1][last], z, atol=0.01)
        assert np.abs(right[-1][last] - problem.data.means).max(axis=1).min() < 0.05


@pytest.mark.parametrize(
    ("problem", "kinds"),
    [
        (points(1), plots.PLOT_KINDS),
        (standard_normal(2, path=TrigPath(), time=TimeLaw.logit_normal()), plots.PLOT_KINDS[2:]),
        (points(2, path=VPPath(), time=TimeLaw.uniform(0, "99/100")), plots.PLOT_KINDS[2:]),
        (points(1, path=PolynomialPath("3/4")), plots.PLOT_KINDS[2:]),
    ],
    ids=["points", "trig", "vp", "singular at 0"],
)
def test_several_problems(problem: Problem, kinds: tuple[str, ...], tmp_path: Path) -> None:
    for kind in kinds:
        plots.plot(problem, tmp_path / "x.svg", kind)
        root = ET.parse(tmp_path / "x.svg").getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize(
    ("ending", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF-")]
)
def test_the_same_problem_gives_the_same_file(ending: str, start: bytes, tmp_path: Path) -> None:
    first, second = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    for file in (first, second):
        plots.plot(standard_normal(1), file, "variance")
    assert first.read_bytes().startswith(start)
    assert first.read_bytes() == second.read_bytes()
    assert not re.search(rb"20\d\d-\d\d", first.read_bytes())


def test_pictures_of_a_page_share_no_names_and_take_its_ink() -> None:
    found = plots.pictures(standard_normal(1))
    assert [p.title for p in found] == [
        "Both losses along a line", "One gradient against the other",
        "The conditional variance over time", "The conditional and the marginal field",
    ]  # fmt: skip
    names = [set(re.findall(r'\bid="([^"]+)"', p.svg)) for p in found]
    assert sum(map(len, names)) == len(set().union(*names)) > 50
    for picture, own in zip(found, names, strict=True):
        ET.fromstring(picture.svg)
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', picture.svg)) <= own
        assert "currentColor" in picture.svg
        assert "#1b1d22" not in picture.svg


def test_what_does_not_apply_is_left_out() -> None:
    titles = [p.title for p in plots.pictures(standard_normal(5))]
    assert titles == ["The conditional variance over time"]


@pytest.mark.parametrize(
    ("file", "kind", "message"),
    [
        ("x.gif", "losses", "expected a file ending in .svg, .png, .pdf, found x.gif"),
        ("x.svg", "loses", "unknown kind 'loses'; did you mean 'losses'?"),
        ("missing/x.svg", "losses", "cannot write missing/x.svg: .*no such directory"),
        ("x.svg", "fields", "fields are drawn for d = 1 and d = 2, found d = 3"),
    ],
)
def test_what_cannot_be_drawn(
    file: str, kind: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        plots.plot(standard_normal(3), file, kind)
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_is_not_linear_in_its_parameters_has_no_line() -> None:
    problem = Problem(
        GaussianMixture.points([[0]]), CondOTPath(), CallableVelocity(lambda t, x: np.tanh(x), 1)
    )
    with pytest.raises(InputError, match="a model that is linear in its coefficients"):
        plots.figure(problem, "gradients")
    assert len(plots.pictures(problem)) == 2


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(InputError, match=r"pip install 'fmproof\[plot\]'"):
        plots.figure(standard_normal(1))
