"""The numbers of the field's language against closed forms and mpmath."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy import integrate, stats

from fmproof import Expect, Field, Grad, InputError, Scalar, norm2
from fmproof.lang.nodes import (
    Abs,
    CondExpect,
    Div,
    Exp,
    Inner,
    Integral,
    Let,
    Log,
    Normal,
    Partial,
    Ratio,
    Real,
    Sqrt,
    Var,
    Vec,
    dim,
    norm,
    pi,
    uniform,
)
from fmproof.losses.estimate import Estimate
from fmproof.meaning.denote import denote
from fmproof.meaning.interpretation import Interpretation

t, s = Real("t s")
x, y, z, w, e = Vec("x y z w e")
U = uniform(t)


def world(size: int = 1, **functions: Callable[..., Any]) -> Interpretation:
    heads = {HEADS[name]: function for name, function in functions.items()}
    return Interpretation(size, 1, np.zeros((1, 0)), {}, heads)


HEADS = {"g": Scalar("g", x), "a": Field("a", x), "step": Scalar("step", x)}


def value(term: Any, size: int = 1, at: Mapping[Var, Any] | None = None, **kw: Any) -> Estimate:
    return denote(term, world(size), at or {}, **kw)


def close(found: Estimate, truth: Any, accurate: float = 1e-9) -> None:
    """Within the error, which itself is at most ``accurate``."""
    off = np.abs(np.asarray(found.value) - np.asarray(truth, dtype=float))
    assert (off <= found.error).all(), (found, truth)
    assert np.max(found.error) <= accurate, found


# --- functions, constants, Gaussians ----------------------------------------------------------


def test_functions_and_their_conventions() -> None:
    for at in (0.3, 2.5, -1.25):
        close(value(Exp(t), at={t: at}), mpmath.exp(at))
        close(value(Log(t), at={t: at}), mpmath.log(at) if at > 0 else 0)
        close(value(Sqrt(t), at={t: at}), mpmath.sqrt(at) if at > 0 else 0)
        close(value(Abs(t), at={t: at}), abs(at))
    assert value(Log(t), at={t: 0.0}).value == 0
    assert value(Sqrt(t), at={t: 0.0}).value == 0
    close(value(norm(x), 2, {x: [3, 4]}), 5)
    close(value(dim * pi, 3), 3 * np.pi)


def test_a_sign_that_round_off_decides_has_no_logarithm() -> None:
    cancelled = (t + 1) ** 2 - t**2 - 2 * t - 1
    assert value(Log(cancelled), at={t: 0.3}).error == np.inf


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("variance", [0.25, 3.0, -2.0, 0.0])
def test_the_gaussian_density(size: int, variance: float) -> None:
    at, mean = np.linspace(-1, 1.2, size), np.linspace(0.3, 0.9, size)
    scale = variance if variance > 0 else 1.0  # by convention
    truth = stats.multivariate_normal(mean, scale * np.eye(size)).pdf(at)
    close(value(Normal(x, y, t), size, {x: at, y: mean, t: variance}), truth)


def test_gaussian_draws_with_any_mean_and_variance() -> None:
    law = (Normal(y, x, t), Normal(z, 2 * y - x, 1 + norm2(x)))
    found = value(Expect(norm2(z), *law), at={x: [0.7], t: 0.5})
    close(found, 0.7**2 + 4 * 0.5 + (1 + 0.7**2), 1e-6)
    close(value(Expect(norm2(z), Normal(z, 0, 2)), 2), 4, 1e-6)


# --- derivatives ------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_score_and_its_divergence(size: int) -> None:
    at, mean, variance = np.linspace(-1, 1.5, size), np.linspace(0.2, 0.5, size), 0.3
    given = {x: at, y: mean, t: variance}
    close(value(Grad(Log(Normal(x, y, t)), x), size, given), -(at - mean) / variance)
    close(value(Div(Grad(Log(Normal(x, y, t)), x), x), size, given), -size / variance, 1e-7)
    heat = Partial(Normal(x, y, t), t) - Ratio(1, 2) * Div(Grad(Normal(x, y, t), x), x)
    close(value(heat, size, given), 0, 1e-7)


def test_a_derivative_is_taken_at_its_place() -> None:
    close(value(Grad(norm2(x), x, 3 * y), 2, {y: [1, -2]}), [6, -12])
    close(value(Grad(norm2(x - y), x, 0), 2, {y: [1, -2]}), [-2, 4])
    close(value(Partial(t**3, t, s + 1), at={s: 1.0}), 12)
    close(value(Div(Inner(x, y) * x, x, y), 2, {y: [1, -2]}), 5 + 2 * 5)


@pytest.mark.parametrize(("time", "point"), [(0.2, 0.4), (0.7, -1.3), (0.95, 0.9)])
def test_derivatives_of_a_mixture_against_mpmath(time: float, point: float) -> None:
    """p_t(x) = E_{z~N(1, 1/4)}[N(x; t z, (1 − t)² )] + ..., as it is written, with its integral."""
    kernel = Normal(x, t * z, (1 - t) ** 2)
    marginal = Integral(kernel * Normal(z, y, Ratio(1, 4)), z)

    def p(t: Any, x: Any) -> Any:
        v = t**2 / 4 + (1 - t) ** 2
        return mpmath.exp(-((x - t) ** 2) / (2 * v)) / mpmath.sqrt(2 * mpmath.pi * v)

    given = {t: time, x: [point], y: [1.0]}
    with mpmath.workdps(40):
        at = mpmath.mpf(time), mpmath.mpf(point)
        truths = {
            Partial(marginal, t): mpmath.diff(p, at, (1, 0)),
            Grad(Log(marginal), x): mpmath.diff(lambda x: mpmath.log(p(at[0], x)), at[1]),
            Div(Grad(marginal, x), x): mpmath.diff(p, at, (0, 2)),
            Partial(Inner(y, Grad(marginal, x)), t): mpmath.diff(p, at, (1, 1)),
        }
    for term, truth in truths.items():
        close(value(term, at=given), truth, 1e-5)


def test_the_error_of_differences_is_honest() -> None:
    """A third derivative of what varies on a scale of 1/50."""
    rough = Exp(-norm2(x) * 1250)

    def truth(u: Any) -> Any:
        return mpmath.exp(-1250 * u**2)

    for point in (0.01, -0.04):
        found = value(Grad(Div(Grad(rough, x), x), x), at={x: [point]}, budget=1e6)
        with mpmath.workdps(60):
            off = abs(found.value[0] - float(mpmath.diff(truth, mpmath.mpf(point), 3)))
        assert off <= found.error[0]


def test_what_has_no_derivative_has_no_number() -> None:
    """The language says 0; where the numbers cannot see that, they say nothing."""
    close(value(Partial(t * t, t), at={t: 0.0}), 0)
    for kink in (Abs(t), Sqrt(t), Log(t), Sqrt(t**2) + 3 * t, Ratio(1, t), Ratio(t, t**2)):
        assert value(Partial(kink, t), at={t: 0.0}).error == np.inf
    assert value(Grad(norm(x), x), at={x: [0.0]}).error == np.inf
    assert value(Partial(Normal(x, 0, t), t), at={x: [1.0], t: 0.0}).error == np.inf
    twice = Partial(Partial(Abs(t) * t, t) + 3 * t, t)  # 2 |t| has no derivative at 0
    assert value(twice, at={t: 0.0}).error == np.inf
    close(value(Partial(Partial(Exp(-(t**2)), t) + Exp(-(t**2)), t), at={t: 0.0}), -2, 1e-8)
    close(value(Partial(Abs(t), t), at={t: -0.5}), -1)


def test_cancellation_in_a_derivative_is_counted() -> None:
    big = 10**9
    found = value(Partial((t + big) ** 2 - t**2 - 2 * big * t, t), at={t: 0.7})
    assert abs(found.value) <= found.error
    assert found.error > 1e-7


def test_functions_that_take_no_complex_numbers_are_differentiated_by_differences() -> None:
    step = HEADS["step"]

    def real_only(arguments: Any) -> Any:
        (points,) = arguments
        return np.sin(np.asarray(points, dtype=float)).sum(axis=-1, keepdims=True)

    meaning = Interpretation(1, 1, np.zeros((1, 0)), {}, {step: real_only}, rough=frozenset({step}))
    close(denote(Grad(step(x), x), meaning, {x: [0.3]}), [np.cos(0.3)])


# --- deterministic draws and conditional expectations -------------------------------------------


def test_deterministic_draws() -> None:
    law = (Normal(z, x, 2), Let(y, t * z), Let(w, y - x))
    close(value(Expect(norm2(y), *law), at={x: [0.5], t: 0.3}), 0.09 * (2 + 0.25), 1e-6)
    close(value(Expect(norm2(w), *law), at={x: [0.5], t: 0.3}), 0.09 * 2 + 0.35**2, 1e-6)
    close(value(Expect(norm2(y), Let(y, 2 * x)), 2, {x: [1, 2]}), 20)
    close(value(Expect(Inner(y, z), Normal(z), Let(y, t * z)), 2, {t: 0.3}), 0.6, 1e-6)


PATH = (Normal(z, y, 2), Normal(e), Let(x, t * z + (1 - t) * e))


def posterior(time: float, mean: Any, point: Any) -> tuple[Any, float]:
    """Mean and variance of z given t z + (1 − t) e, for z ~ N(mean, 2 I)."""
    total = 2 * time**2 + (1 - time) ** 2
    return mean + 2 * time / total * (point - time * mean), 2 * (1 - time) ** 2 / total


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("time", [0.3, 0.9, -0.5])
def test_conditional_expectations_of_affine_draws(size: int, time: float) -> None:
    point, mean = np.linspace(0.4, -1.1, size), np.linspace(0.2, 0.8, size)
    given = {t: time, w: point, y: mean}
    centre, variance = posterior(time, mean, point)
    close(value(CondExpect(z, (x, w), *PATH), size, given), centre, 1e-6)
    noise = (point - time * centre) / (1 - time)
    close(value(CondExpect(e, (x, w), *PATH), size, given), noise, 1e-6)
    square = (centre**2).sum() + size * variance
    close(value(CondExpect(norm2(z), (x, w), *PATH), size, given), square, 1e-6)
    kernel = (Normal(z, y, 2), Normal(x, t * z, (1 - t) ** 2))
    close(value(CondExpect(z, (x, w), *kernel), size, given), centre, 1e-6)


def test_conditional_expectations_given_several_terms() -> None:
    """Two noisy looks at z."""
    looks = (Normal(z), Normal(e), Let(x, z + e), Normal(y, z, Ratio(1, 2)))
    found = value(CondExpect(z, [(x, w), (y, 2 * w)], *looks), at={w: [0.6]})
    close(found, [(0.6 + 2 * 1.2) / (1 + 1 + 2)], 1e-6)


@pytest.mark.parametrize("size", [1, 2])
def test_the_change_of_variables_has_its_factor(size: int) -> None:
    """x := (1 + t) z with a random t: weights (1 + t)^(−d) φ(x/(1 + t))."""
    point = np.full(size, 0.8)
    law = (U(t), Normal(z), Let(x, (1 + t) * z))

    def weight(t: float) -> float:
        square = (point**2).sum() / (1 + t) ** 2
        return float(np.exp(-square / 2) / (1 + t) ** size)

    below, _ = integrate.quad(weight, 0, 1)
    above, _ = integrate.quad(lambda t: weight(t) / (1 + t), 0, 1)
    close(value(CondExpect(z, (x, w), *law), size, {w: point}), point * above / below, 1e-8)


def test_conditional_expectations_are_functions_that_can_be_derived_and_averaged() -> None:
    """The slope of the posterior mean is tr cov / variance (Tweedie), and the tower property."""
    given = {t: 0.6, y: [0.2], w: [0.5]}
    total = 2 * 0.36 + 0.16
    slope = value(Div(CondExpect(z, (x, w), *PATH), w), at=given)
    close(slope, 2 * 0.6 / total, 1e-6)
    inner = CondExpect(z, x, *PATH)
    tower = value(Expect(Inner(inner, x), *PATH), at={t: 0.6, y: [0.2]})
    direct = value(Expect(Inner(z, x), *PATH), at={t: 0.6, y: [0.2]})
    assert abs(tower.value - direct.value) <= tower.error + direct.error
    assert tower.error < 1e-5


def test_conditional_expectations_are_sampled_in_many_dimensions() -> None:
    size = 4
    point, mean = np.linspace(0.4, -1.1, size), np.linspace(0.2, 0.8, size)
    term = CondExpect(norm2(z - e), (x, w), *PATH)
    found = value(term, size, {t: 0.6, w: point, y: mean}, method="sampling", budget=1e7)
    centre, variance = posterior(0.6, mean, point)
    # z − e = (z − x)/(1 − t), since x = t z + (1 − t) e
    truth = (((centre - point) ** 2).sum() + size * variance) / 0.16
    assert found.method == "sampling"
    close(found, truth, 0.5)


def test_no_number_rather_than_a_wrong_one() -> None:
    for law in (
        (Normal(z), Let(x, norm2(z) * z)),  # not affine
        (Normal(z), Let(x, y)),  # constant
    ):
        with pytest.raises(InputError, match=r"no numbers for E_\{z~N"):
            value(CondExpect(z, (x, w), *law) + y, at={w: [0.3], y: [0.1]})
    scaled = CondExpect(z, (x, w), Normal(z), Let(x, t * z))
    assert value(scaled, at={t: 0.0, w: [0.3]}).error == np.inf  # t = 0 has no inverse
    close(value(scaled, at={t: 0.5, w: [0.3]}), [0.6], 1e-8)
