"""The certified method: its intervals hold the truth, and what they are made of does."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

pytest.importorskip("flint", reason="python-flint is not installed")

import mpmath
from flint import acb, arb, ctx

from fmproof.errors import InputError
from fmproof.losses import certified, quadrature
from fmproof.losses.budget import Budget
from fmproof.losses.certified import overlap, tails
from fmproof.losses.certified.cubature import (
    Cell,
    _bounds,
    _ellipse,
    _Memo,
    by_range,
    integrate,
)
from fmproof.losses.certified.joint import JointColumns
from fmproof.losses.certified.logarithms import Logarithms
from fmproof.losses.certified.marginal import Marginal
from fmproof.losses.certified.over_time import OverTime
from fmproof.losses.certified.panels import whole
from fmproof.losses.certified.schedule import Schedule, time_axis
from fmproof.losses.exact import ExactCFM
from fmproof.losses.over_time import conditional_variance
from fmproof.models import (
    CallableVelocity,
    CondOTPath,
    CustomPath,
    GaussianMixture,
    LinearVPPath,
    LogitNormalTime,
    PolynomialPath,
    PolynomialVelocity,
    Problem,
    TimeLaw,
    TrigPath,
    VelocityTerm,
    VPPath,
)

MODEL = PolynomialVelocity(
    [VelocityTerm(["1/2"], 0, [1]), VelocityTerm(["-1/5"], 1, [0]), VelocityTerm(["1/10"], 0, [0])]
)
DATA = GaussianMixture(["3/10", "7/10"], [[-2], ["3/2"]], [[["1/4"]], [["1/2"]]])
R1 = Problem(DATA, CondOTPath(), MODEL)
LATE = TimeLaw.uniform("999/1000", 1)
POINTS = GaussianMixture.points([[-1], [1]])


@pytest.fixture(autouse=True)
def _precision() -> Any:
    with ctx.workprec(106):
        yield


def _holds(estimate: Any, value: Any, slack: Any = 0.0) -> bool:
    off = np.abs(np.asarray(estimate.value) - np.asarray(value))
    return bool(np.all(off <= np.asarray(estimate.error) + np.asarray(slack)))


# --- whole results -----------------------------------------------------------------------


def test_reference_problem_over_time() -> None:
    """R1 of the project's mathematics page, known to about 14 digits."""
    found = certified.evaluate(R1, ["fm", "cfm", "C", "floor", "C1", "C2"], 1e-7)
    known = {"fm": 0.97427319466546, "C1": 1.72843986133213, "C": -2.47156013866787,
             "floor": 2.47156013866787, "cfm": 827 / 240, "C2": -4.2}  # fmt: skip
    for name, value in known.items():
        assert _holds(found[name], value, 1e-14), name
        assert float(found[name].error) <= 2e-7 * abs(value), name
        assert found[name].method == "certified"
        assert found[name].cost["unresolved"] == 0


@pytest.mark.parametrize(
    "problem",
    [
        Problem(POINTS, CondOTPath(), MODEL),
        Problem(DATA, TrigPath(), MODEL, LogitNormalTime(0, 1)),
        Problem(DATA, LinearVPPath(), MODEL, TimeLaw.uniform(0, "9/10")),
        Problem(DATA, PolynomialPath("3/2"), MODEL),
        Problem(DATA, VPPath(), MODEL, TimeLaw.uniform("1/2", "9/10")),
        Problem(DATA, CustomPath("t", "(1 - t) * cosh(t) * exp(-t)"), MODEL),
    ],
    ids=["points", "trig-logit-normal", "linear-vp", "polynomial", "vp", "custom"],
)
def test_enclosures_hold_what_quadrature_finds(problem: Problem) -> None:
    names = ("fm", "cfm", "C1", "C2", "floor", "G")
    found = certified.evaluate(problem, names, 1e-2, max_evaluations=3e4)
    other = quadrature.evaluate(problem, names, 1e-9)
    for name in names:
        assert _holds(found[name], other[name].value, other[name].error), name
        assert np.all(np.isfinite(found[name].error)), name
    for name in ("cfm", "C2"):
        assert float(found[name].error) <= 1e-2 * abs(float(other[name].value)), name


def test_enclosures_decide_what_a_rule_in_floats_cannot() -> None:
    """Points near the time of the data: quadrature's error of 1e-13 is honest."""
    problem = Problem(GaussianMixture.points([[-1], [2]]), CondOTPath(), MODEL, LATE)
    names = ("C1", "fm", "fm_gradient", "C")
    found = certified.evaluate(problem, names, 1e-15)
    other = quadrature.evaluate(problem, names, 1e-9)
    for name in names:
        assert np.all(np.asarray(found[name].error) <= 0.1 * np.asarray(other[name].error)), name
        assert _holds(other[name], found[name].value, found[name].error), name


def test_gradients_of_both_sides() -> None:
    names = ("fm_gradient", "cfm_gradient", "G", "fm_b", "cfm_b", "C")
    found = certified.evaluate(R1, names, 1e-4)
    other = quadrature.evaluate(R1, names, 1e-9)
    for name in names:
        assert _holds(found[name], other[name].value, other[name].error), name
        largest = np.max(np.abs(other[name].value))
        assert np.all(np.asarray(found[name].error) <= 2e-4 * largest), name


def test_a_budget_that_ends_early_widens_the_enclosure_and_keeps_the_truth() -> None:
    names = ("fm", "C1", "floor", "fm_gradient", "G", "fm_b")
    other = quadrature.evaluate(R1, names, 1e-9)
    for budget in (10, 4_000):
        found = certified.evaluate(R1, names, 1e-9, max_evaluations=budget)
        assert found["fm"].cost["unresolved"] > 0
        for name in names:
            assert _holds(found[name], other[name].value, other[name].error), (name, budget)
            assert np.all(np.isfinite(found[name].error)), (name, budget)


@pytest.mark.parametrize(
    "problem",
    [
        Problem(
            GaussianMixture(["1/2", "1/2"], [[0], [1]], [[[Fraction(1, 10**12)]], [[10**12]]]),
            CondOTPath(),
            MODEL,
        ),
        Problem(DATA, CondOTPath(), PolynomialVelocity([VelocityTerm([1], 0, [12])])),
        Problem(GaussianMixture.points([[0], ["1/1000"], [5]]), TrigPath(), MODEL),
    ],
    ids=["wide", "degree 12", "close points"],
)
def test_extremes_are_never_wrong(problem: Problem) -> None:
    found = certified.evaluate(problem, ("fm", "cfm", "C1", "C2", "floor"), 1e-6, 5e3)
    other = quadrature.evaluate(problem, ("fm", "C1", "floor"), 1e-6, 1e8)
    exact = ExactCFM(problem)
    for name, estimate in {**other, "cfm": exact.loss(), "C2": exact.c2()}.items():
        assert not np.isnan(found[name].error)
        if np.isfinite(found[name].error) and np.isfinite(estimate.error):
            assert _holds(found[name], estimate.value, estimate.error), name
    assert float(found["C2"].error) <= 1e-5 * abs(float(found["C2"].value))


@pytest.mark.parametrize(
    ("t", "data"),
    [("1/7", DATA), ("99/100", DATA), ("1/2", POINTS)],
    ids=["early", "late", "points"],
)
def test_one_time_against_many_digits(t: str, data: GaussianMixture) -> None:
    """The definitions once more, in 22 digits, by mpmath's quadrature."""
    problem = Problem(data, CondOTPath(), MODEL)
    found = certified.at_time(problem, ("C1", "fm", "floor"), t)
    for name, value in _by_mpmath(problem, Fraction(t)).items():
        assert _holds(found[name], value, 4 * np.spacing(abs(value))), name
        assert float(found[name].error) <= 1e-11 * max(1.0, abs(value)), name


def _by_mpmath(problem: Problem, time: Fraction) -> dict[str, float]:
    weights, means, covariances = problem.data.exact()
    with mpmath.workdps(22):
        t = mpmath.mpf(time.numerator) / time.denominator
        rows = [
            (mpmath.mpf(w.numerator) / w.denominator, mpmath.mpf(m.numerator) / m.denominator,
             mpmath.mpf(v.numerator) / v.denominator)
            for w, (m,), ((v,),) in zip(weights, means, covariances, strict=True)
        ]  # fmt: skip
        parts = []
        for w, m, v in rows:
            var = t**2 * v + (1 - t) ** 2
            slope = (t * v - (1 - t)) / var
            rest = v + 1 - (t * v - (1 - t)) ** 2 / var
            parts.append((w, t * m, var, m, slope, rest))

        def point(x: Any) -> tuple[Any, Any, Any]:
            """p_t(x), u_t(x) and the variance of u_t(x given Z)."""
            terms = [w * mpmath.npdf(x, c, mpmath.sqrt(var)) for w, c, var, *_ in parts]
            u = [m + slope * (x - c) for _, c, _, m, slope, _ in parts]
            p = sum(terms)
            mean = sum(a * b for a, b in zip(terms, u, strict=True)) / p
            spread = [q[5] + (b - mean) ** 2 for q, b in zip(parts, u, strict=True)]
            return p, mean, sum(a * s for a, s in zip(terms, spread, strict=True)) / p

        def model(x: Any) -> Any:
            return x / 2 - t / 5 + mpmath.mpf(1) / 10

        edges = sorted(
            {c + k * mpmath.sqrt(var) for _, c, var, *_ in parts for k in range(-12, 13)}
        )

        def expect(f: Callable[[Any, Any, Any], Any]) -> float:
            def integrand(x: Any) -> Any:
                p, u, s = point(x)
                return p * f(x, u, s)

            return float(mpmath.quad(integrand, edges))

        return {
            "C1": expect(lambda x, u, s: u**2),
            "fm": expect(lambda x, u, s: (model(x) - u) ** 2),
            "floor": expect(lambda x, u, s: s),
        }


# --- rules -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "edges", "value"),
    [
        (lambda x: [x.exp()], [(0.0, 1.0)], lambda: arb(1).exp() - 1),
        (lambda x: [1 / (1 + 25 * x * x)], [(-1.0, 1.0)], lambda: arb(2) / 5 * arb(5).atan()),
        (lambda x: [(-x * x / 2).exp()], [(-9.0, 9.0)],
         lambda: (2 * arb.pi()).sqrt() * (9 / arb(2).sqrt()).erf()),
        (lambda x: lambda y: [(x * y).exp() * x], [(0.0, 1.0), (0.0, 1.0)],
         lambda: arb(1).exp() - 2),
    ],
    ids=["exp", "poles", "bell", "two axes"],
)  # fmt: skip
def test_integrals_that_are_known(function: Any, edges: Any, value: Any) -> None:
    found = integrate(function, [Cell(tuple(edges))], [1e-20], Budget(1e6))
    assert not found.leftover
    assert found.values[0].overlaps(value())
    assert float(found.values[0].rad()) <= 2e-20


@pytest.mark.parametrize("rho", [2.0, 4.0])
@pytest.mark.parametrize("parts", [1, 2, 4])
def test_the_boxes_hold_the_ellipse(rho: float, parts: int) -> None:
    """Points of the Bernstein ellipse, from its definition, lie in the boxes of the upper half."""
    edges = (0.25, 1.5)
    for upper in (True, False):
        boxes = _ellipse(edges, rho, parts, upper=upper)
        for angle in np.linspace(0, np.pi if upper else 2 * np.pi, 60)[1:-1]:
            for radius in (1.0, 1 + (rho - 1) * 0.5, rho * (1 - 1e-9)):
                w = radius * np.exp(1j * angle)
                z = 0.875 + 0.625 * (w + 1 / w) / 2
                assert any(box.contains(acb(z.real, z.imag)) for box in boxes), (upper, angle)


def test_bounds_are_bounds() -> None:
    """The largest value seen on both ellipses is below the bound that the plan rests on."""
    memo = _Memo(lambda t: lambda x: [(t * x).exp() / (3 + t * x), t - x], 2)
    cell = Cell(((0.0, 1.0), (-0.5, 0.5)))
    bounds = _bounds(memo, cell, [2.0, 2.0], [2, 2])
    assert bounds is not None
    sharp = [0.0, 0.0]
    for a in np.linspace(0, 2 * np.pi, 40):
        for b in np.linspace(0, 2 * np.pi, 40):
            v, w = 2 * np.exp(1j * a), 2 * np.exp(1j * b)
            t, x = 0.5 + 0.5 * (v + 1 / v) / 2, 0.5 * (w + 1 / w) / 2
            found = abs(np.exp(t * x) / (3 + t * x)), abs(t - x)
            sharp = [max(p, q) for p, q in zip(sharp, found, strict=True)]
    for largest, bound in zip(sharp, bounds, strict=True):
        assert largest <= float(bound) <= 4 * largest


def test_a_pole_on_the_path_is_left_over() -> None:
    cell = Cell(((-1.0, 1.0),))
    found = integrate(lambda x: [1 / x], [cell], [1e-6], Budget(1e4))
    assert found.leftover
    assert not by_range(lambda x: [1 / x], cell)[0].is_finite()


def test_the_error_of_a_rule_that_is_too_short_is_in_the_enclosure() -> None:
    """At every target the enclosure holds the value, and is not far wider than asked."""
    for target in (1e-2, 1e-5, 1e-10):
        found = integrate(
            lambda x: [1 / (1 + x * x)], [Cell(((-2.0, 3.0),))], [target], Budget(1e6)
        )
        assert found.values[0].overlaps(arb(2).atan() + arb(3).atan())
        assert float(found.values[0].rad()) <= 2 * target


PATHS = [
    CondOTPath(),
    TrigPath(),
    PolynomialPath("3/2"),
    LinearVPPath(),
    VPPath(),
    CustomPath("sin(asin(t)^2) / sin(pi^2/4)", "log(2 - t) / log(2) * (1 + tanh(t) * (1 - t))"),
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_schedules_hold_their_values(path: Any) -> None:
    schedule = Schedule(path)
    for t in (Fraction(1, 3), Fraction(9, 10)):
        box = schedule(acb(arb(float(t), 0.01), arb(0, 0.01)))
        now = schedule(arb(float(t)))
        for name in ("alpha", "beta", "dalpha", "dbeta"):
            value = float(getattr(path, name)(float(t)))
            assert float((getattr(now, name) - value).abs_upper()) <= 1e-12 * (1 + abs(value)), name
            assert getattr(box, name).contains(getattr(now, name)), name


def test_a_branch_cut_is_not_crossed() -> None:
    now = Schedule(LinearVPPath())(acb(arb(1, 0.1), arb(0, 0.1)))
    assert not now.beta.is_finite()


@pytest.mark.parametrize("path", [CondOTPath(), TrigPath(), VPPath()], ids=lambda p: p.name)
def test_logarithms_over_a_box_hold_those_at_its_points(path: Any) -> None:
    marginal = Marginal(Problem(DATA, path, MODEL, TimeLaw.uniform(0, "9/10")), ("C1",))
    rng = np.random.default_rng(5)
    for _ in range(20):
        t, x = rng.uniform(0.1, 0.85), rng.uniform(-5, 5)
        wide = acb(arb(t, 0.02), arb(0, 0.02)), acb(arb(x, 0.3), arb(0, 0.3))
        over = Logarithms(marginal, wide[0], lambda y: y).around(wide[1])
        inside = acb(*(arb(c + r * rng.uniform(-1, 1)) for c, r in ((t, 0.02), (0, 0.02))))
        place = acb(*(arb(c + r * rng.uniform(-1, 1)) for c, r in ((x, 0.3), (0, 0.3))))
        exact = _logarithms(marginal, inside, place)
        top = over.others.index(None)
        assert over.leading.contains(exact[top])
        for k, log in enumerate(over.others):
            if log is not None:
                assert log.contains(exact[k] - exact[top])


def _logarithms(marginal: Marginal, t: Any, x: Any) -> list[Any]:
    now = marginal.schedule(t)
    found = []
    for atom in marginal.atoms:
        variance = now.alpha * now.alpha * atom.variance + now.beta * now.beta
        c = x - now.alpha * atom.mean
        found.append(atom.weight.log() - (2 * arb.pi() * variance).log() / 2 - c * c / variance / 2)
    return found


def test_tails_are_bounded() -> None:
    """Beyond 3 standard deviations of every component, against mpmath's integrals."""
    marginal = Marginal(R1, ("C1", "fm", "floor"))
    now = marginal.schedule(arb(1) / 2)
    bounds = tails.beyond(marginal, now, marginal.components(now), 3.0)
    inside = certified.at_time(R1, ("C1", "fm", "floor"), "1/2")
    reach = [(float(p.centre.mid()), 3 * math.sqrt(float(p.variance.mid())))
             for p in marginal.components(now)]  # fmt: skip
    low, high = min(c - s for c, s in reach), max(c + s for c, s in reach)
    part = integrate(
        marginal.at(arb(1) / 2, lambda y: y), [Cell(((low, high),))], [1e-12] * 3, Budget(1e6)
    )
    for name, bound, value in zip(("C1", "fm", "floor"), bounds, part.values, strict=True):
        missing = float(inside[name].value) - float(value.mid())
        assert 0 < missing <= float(bound.abs_upper())


def test_a_range_of_x_that_is_too_short_widens_the_enclosure() -> None:
    run = OverTime(R1, ("C1",), 1e-2, Budget(2e5), None)
    run.reach = 2.0
    (ball,) = run.to(1e-2)["C1"]
    assert ball.contains(arb(1.72843986133213))
    assert float(ball.rad()) > 0.05


@pytest.mark.parametrize("t", [0.8, 0.9])
def test_overlap_is_bounded(t: float) -> None:
    problem = Problem(GaussianMixture.points([[-1], [0], [1]]), CondOTPath(), MODEL)
    names = ("fm", "C1", "floor", "fm_gradient", "G", "fm_b")
    marginal, joint = Marginal(problem, names), JointColumns(problem, ())
    now = marginal.schedule(arb(t))
    bounds = overlap.bounds(marginal, now)
    assert bounds is not None
    alone = overlap.without_overlap(marginal, joint, now)
    found = certified.at_time(problem, names, Fraction(t), 1e-14)
    values = np.concatenate([np.ravel(found[name].value) for name in names])
    errors = np.concatenate([np.ravel(found[name].error) for name in names])
    nonzero = 0
    for value, error, ball, bound in zip(values, errors, alone, bounds, strict=True):
        missing = abs(value - float(ball.real.mid()))
        assert missing <= float(bound.abs_upper()) + error + 1e-14
        nonzero += missing > 1e-9
    assert nonzero >= 3 or t > 0.85  # at 0.8 there is something to bound


def test_overlap_is_not_bounded_where_points_are_close() -> None:
    problem = Problem(GaussianMixture.points([[0], ["1/100"]]), CondOTPath(), MODEL)
    marginal = Marginal(problem, ("C1",))
    assert overlap.bounds(marginal, marginal.schedule(arb(1) / 2)) is None


def test_time_laws_have_all_their_probability() -> None:
    for law in (TimeLaw.uniform("1/3", "2/3"), LogitNormalTime("1/2", 2)):
        axis = time_axis(law, 1e-12)
        found = integrate(
            lambda y, axis=axis: [axis.density(y)], [Cell((axis.edges,))], [1e-14], Budget(1e5)
        )
        mass = found.values[0] + axis.beyond
        assert mass.overlaps(arb(1))
        assert float(axis.beyond.abs_upper()) <= 1e-12


# --- bad input ---------------------------------------------------------------------------


def test_what_has_no_certified_form_is_said() -> None:
    two = GaussianMixture([1], [[0, 0]], [[[1, 0], [0, 1]]])
    planar = PolynomialVelocity([VelocityTerm([1, 1])])
    with pytest.raises(InputError, match="works in dimension 1, found 2; use quadrature"):
        certified.evaluate(Problem(two, CondOTPath(), planar), ["C1"])
    called = Problem(DATA, CondOTPath(), CallableVelocity(lambda t, x: x, 1))
    with pytest.raises(InputError, match="needs a polynomial velocity model"):
        certified.evaluate(called, ["C1"])
    with pytest.raises(InputError, match="tolerance: expected a number between 0 and 1"):
        certified.evaluate(R1, ["C1"], 0.0)
    for t in ("3/2", 0.5, "half"):
        with pytest.raises(InputError, match=r"^t: expected"):
            certified.at_time(R1, ["C1"], t)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"p_t has no density at t = 1"):
        certified.at_time(Problem(POINTS, CondOTPath(), MODEL), ["C1"], 1)


@pytest.mark.parametrize("tolerance", [0, 1, -1, math.nan])
def test_aims_that_cannot_be_met(tolerance: float) -> None:
    with pytest.raises(InputError, match="tolerance: expected a number between 0 and 1"):
        certified.at_time(R1, ["C1"], "1/3", tolerance)
    with pytest.raises(InputError, match="tolerance: expected a number between 0 and 1"):
        certified.evaluate(R1, ["C1"], tolerance)
    with pytest.raises(InputError, match="max_evaluations: expected a positive number"):
        certified.at_time(R1, ["C1"], "1/3", max_evaluations=math.nan)


@pytest.mark.parametrize("points", [False, True], ids=["mixture", "points"])
@pytest.mark.parametrize("t", [0.1, 0.5, 0.9, 0.999])
def test_the_floor_is_bracketed_where_it_is_not_resolved(points: bool, t: float) -> None:
    """Between what is left when the component is known and what a linear guess from x leaves."""
    data = GaussianMixture.points([[-2], [1]]) if points else R1.data
    problem = Problem(data, R1.path, R1.model)
    marginal, joint = Marginal(problem, ("floor",)), JointColumns(problem, ())
    (ball,) = whole(marginal, joint, marginal.schedule(arb(t)))
    found = conditional_variance(problem, np.array([t]), 1e-9)
    value = float(np.ravel(found.value)[0])
    assert float(ball.lower()) <= value + 1e-9
    assert value - 1e-9 <= float(ball.upper())
    assert (float(ball.lower()) > 0) is not points
    field = float(joint.target_square(marginal.schedule(arb(t))).upper())
    assert float(ball.upper()) < field


def test_what_is_out_of_reach_is_said_at_once() -> None:
    """Where a velocity is infinite no bound is finite, and x^500 has moments without end."""
    singular = Problem(DATA, PolynomialPath("3/5"), MODEL)
    with pytest.raises(InputError, match="derivative of alpha is infinite at t = 0"):
        certified.evaluate(singular, ["C1"])
    high = Problem(
        GaussianMixture.points([[-1], [1]]),
        CondOTPath(),
        PolynomialVelocity([VelocityTerm([1], 500, [500])]),
    )
    with pytest.raises(InputError, match="models up to degree 60, found 500"):
        certified.evaluate(high, ["fm", "cfm_gradient"])
    found = certified.evaluate(high, ["cfm", "cfm_gradient", "C2", "C1"], 1e-2, 2000)
    assert np.isnan(float(found["cfm"].value))
    assert np.isinf(np.asarray(found["cfm_gradient"].error)).all()
    assert abs(float(found["C2"].value) + 2) <= float(found["C2"].error)
    assert np.isfinite(float(found["C1"].error))
