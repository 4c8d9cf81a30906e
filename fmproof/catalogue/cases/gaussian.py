"""Counterexamples to the conditions of the rules about Gaussian densities.

Most are kernels of variance zero, which by convention are N(m, I).
"""

from __future__ import annotations

from sympy import Rational

from fmproof.catalogue.cases.symbols import f, over_t, t, x, z
from fmproof.catalogue.record import Case
from fmproof.derived import gaussian_products, gaussians
from fmproof.kernel import gaussian
from fmproof.lang.nodes import (
    Exp,
    Expect,
    Field,
    Inner,
    Let,
    Log,
    Normal,
    Ratio,
    Scalar,
    Vec,
    dim,
    norm2,
    pi,
)
from fmproof.lang.props import Equals, Integrable, Positive, VanishesWith

_v, _w, _k = Scalar("v")(), Scalar("w")(), Scalar("k")()
_a, _b = Field("a"), Field("b")
_e = Vec("e")


def formula_without_variance() -> Case:
    left = Normal(x, 0, _v)
    exponent = Rational(-1, 2) * norm2(x) * Ratio(1, _v) - Rational(1, 2) * dim * Log(2 * pi * _v)
    return Case(
        Equals(left, Exp(exponent)),
        {_v.head: "0"},
        sides=("1 / sqrt(2 * pi)", "1"),
        missing=(Positive(_v),),
        at={x: 0},
        kernel=lambda: gaussian.gaussian_density(left),
    )


def scale_is_zero() -> Case:
    left = Expect(norm2(x), Normal(x, 0, _k * _k))
    return Case(
        Equals(left, Expect(norm2(x), Normal(_e), Let(x, _k * _e))),
        {_k.head: "0"},
        sides=("1", "0"),
        missing=(VanishesWith(1, _k),),
        kernel=lambda: gaussian.reparametrise(left, 0, _k, _e),
    )


def scale_is_the_variance() -> Case:
    left = Expect(norm2(x), Normal(x, 0, 4))
    return Case(
        Equals(left, Expect(norm2(x), Normal(_e), Let(x, 4 * _e))),
        {},
        sides=("4", "16"),
        kernel=lambda: gaussian.reparametrise(left, 0, Rational(4), _e),
    )


def second_moment_without_variance() -> Case:
    draw = Normal(x, 0, _v)
    return Case(
        Equals(Expect(norm2(x), draw), _v * dim),
        {_v.head: "0"},
        sides=("1", "0"),
        missing=(Positive(_v),),
        kernel=lambda: gaussian.gaussian_variance(draw),
    )


def covariance_without_variance() -> Case:
    draw, a, b = Normal(x, 0, _v), _a(), _b()
    return Case(
        Equals(Expect(Inner(a, x) * Inner(b, x), draw), _v * Inner(a, b)),
        {_v.head: "0", _a: "1", _b: "1"},
        sides=("1", "0"),
        missing=(Positive(_v),),
        kernel=lambda: gaussian.gaussian_covariance(draw, a, b),
    )


def direction_is_drawn() -> Case:
    draw = Normal(x)
    return Case(
        Equals(Expect(norm2(x) ** 2, draw), norm2(x)),
        {},
        sides=("3", "1"),
        right_at={x: 1},
        kernel=lambda: gaussian.gaussian_covariance(draw, x, x),
    )


def not_a_polynomial() -> Case:
    goal = Integrable(Ratio(1, norm2(x)), Normal(x))
    return Case(goal, {}, kernel=lambda: gaussian.gaussian_moments(goal))


def weight_not_integrable() -> Case:
    goal = Integrable(f(t) * Normal(x), over_t)
    return Case(
        goal,
        {f: "1 / t"},
        missing=(Integrable(f(t), over_t),),
        at={x: 1},
        kernel=lambda: gaussians.gaussian_bounded(goal),
    )


def variance_falls_to_zero() -> Case:
    goal = Integrable(Normal(x, 0, t * t), over_t)
    return Case(goal, {}, at={x: 0}, kernel=lambda: gaussians.gaussian_bounded(goal))


def _product(v: str, w: str, missing: Positive, at: float, sides: tuple[str, str]) -> Case:
    left = Normal(x, z, _v) * Normal(z, 0, _w)
    s = _w + _v
    posterior = Normal(z, Ratio(1, s) * _w * x, Ratio(_v * _w, s))
    given = Positive(_w) if missing == Positive(_v) else Positive(_v)
    first = left.args.index(Normal(x, z, _v))
    return Case(
        Equals(left, Normal(x, 0, s) * posterior),
        {_v.head: v, _w.head: w},
        sides=sides,
        given=(given,),
        missing=(missing,),
        at={x: at, z: 1},
        kernel=lambda: gaussian_products.gaussian_product(left, first, 1 - first),
    )


def likelihood_without_variance() -> Case:
    return _product("0", "1", Positive(_v), 0, ("exp(-1) / (2 * pi)", "exp(-1 / 2) / (2 * pi)"))


def prior_without_variance() -> Case:
    return _product("1", "0", Positive(_w), 1, ("exp(-1 / 2) / (2 * pi)", "exp(-1) / (2 * pi)"))
