"""The rules about derivatives and Gaussian densities, by numbers that know no rule.

Symbols stand for smooth functions of two-dimensional vectors, derivatives are central differences,
and expectations under Gaussian densities Gauss-Hermite sums. Where the hypotheses hold, and here
all of them do, the two sides have to agree.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from sympy import Rational, S

from fmproof import (
    Abs,
    Div,
    Exp,
    Expect,
    Field,
    Grad,
    Inner,
    Let,
    Log,
    Normal,
    Partial,
    Ratio,
    Real,
    Scalar,
    Sqrt,
    Theorem,
    Vec,
    dim,
    norm2,
)
from fmproof.derived import derivatives_inside, gaussian_products
from fmproof.kernel import calculus, gaussian, slopes
from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.nodes import Apply, Constant, Gaussian, Var

t, s = Real("t s")
x, y, z, e = Vec("x y z e")
f, g, h = Scalar("f", x), Scalar("g", x), Scalar("h", t)
k, w = Scalar("k", x, z), Scalar("w", t, nonneg=True)
a, c = Field("a", x), Field("c", x, given=z)
timed = Scalar("m", x, z, sub=t)

MEANING: dict[Any, Callable[..., Any]] = {
    f: lambda v: 2 + np.sin(v[0] + 2 * v[1]),
    g: lambda v: 1.5 + np.cos(v[0] - v[1]),
    h: lambda r: 1.3 + 0.5 * np.sin(2 * r),
    k: lambda v, u: np.exp(-0.3 * v @ v) * (1 + u[0]) + v[1] * u[1],
    w: lambda r: 3 + r * r,
    a: lambda v: np.array([v[0] * v[1], np.sin(v[0])]),
    c: lambda v, u: np.array([v[0] * u[1], v[1] ** 2 + u[0]]),
    timed: lambda r, v, u: np.sin(r) * v[0] + r * r * u @ v,
}
POINT = {
    t: 0.4, s: 1.1, x: np.array([0.3, -0.8]), y: np.array([1.2, 0.5]), z: np.array([-0.4, 0.9]),
}  # fmt: skip
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(24)
STEP = 1e-4


def value(term: Any, at: dict[Var, Any]) -> Any:
    """A term as written, with numbers and arrays for the variables."""
    if isinstance(term, Rational):
        return float(term)
    if isinstance(term, Var):
        return at[term]
    if isinstance(term, Constant):
        return 2.0 if term is dim else np.pi
    parts = [value(arg, at) for arg in term.args] if type(term) in OPERATIONS else []
    if parts:
        return OPERATIONS[type(term)](*parts)
    if isinstance(term, Apply):
        arguments = [value(arg, at) for arg in term.arguments]
        if isinstance(term.head, Gaussian):
            return density(*arguments)
        return MEANING[term.head](*arguments)
    if isinstance(term, Grad | Partial | Div):
        return derivative(term, at)
    if isinstance(term, Expect):
        return expectation(term.body, term.measure, at)
    # The samples of this file have no other kind of term; one that comes is to fail here.
    raise NotImplementedError(type(term).__name__)


OPERATIONS: dict[type, Callable[..., Any]] = {
    Add: lambda *parts: sum(parts),
    Mul: lambda *parts: np.multiply.reduce(
        np.broadcast_arrays(*parts) if any(np.ndim(p) for p in parts) else parts
    ),
    Pow: lambda base, power: base**power,
    Ratio: lambda top, bottom: top / bottom if bottom else 0.0,
    Inner: lambda left, right: float(left @ right),
    Exp: np.exp,
    Log: lambda r: np.log(r) if r > 0 else 0.0,
    Sqrt: lambda r: np.sqrt(r) if r > 0 else 0.0,
    Abs: abs,
}


def density(where: Any, mean: Any, variance: float) -> float:
    """In two dimensions; a mean that is 0 is the zero vector."""
    r = np.asarray(where) - mean
    return float(np.exp(-(r @ r) / (2 * variance)) / (2 * np.pi * variance))


def derivative(term: Any, at: dict[Var, Any]) -> Any:
    place = np.asarray(value(term.at, at), float)

    def slope(direction: Any) -> Any:
        ends = [
            value(term.body, {**at, term.var: place + sign * STEP * direction}) for sign in (1, -1)
        ]
        return (ends[0] - ends[1]) / (2 * STEP)

    if isinstance(term, Partial):
        return slope(1.0)
    columns = [slope(direction) for direction in np.eye(2)]
    return (
        np.array(columns)
        if isinstance(term, Grad)
        else sum(col[i] for i, col in enumerate(columns))
    )


def expectation(body: Any, measure: tuple[Any, ...], at: dict[Var, Any]) -> Any:
    if not measure:
        return value(body, at)
    first, *rest = measure
    if isinstance(first, Let):
        return expectation(body, tuple(rest), {**at, first.var: value(first.value, at)})
    var, mean, variance = first.arguments
    centre, scale = value(mean, at), np.sqrt(value(variance, at))
    total: Any = 0.0
    for i, j in product(range(len(NODES)), repeat=2):
        drawn = centre + scale * np.array([NODES[i], NODES[j]])
        mass = WEIGHTS[i] * WEIGHTS[j] / (2 * np.pi)
        total = total + mass * expectation(body, tuple(rest), {**at, var: drawn})
    return total


d = calculus.derivative
N = Normal(x, h(t) * z + a(y), w(t))
EQUATIONS: dict[str, Callable[[], Theorem]] = {
    "a sum": lambda: d(Grad(2 * f(x) - h(t) * g(x) + 1, x)),
    "a product": lambda: d(Grad(f(x) * g(x), x, y)),
    "a scalar and a vector": lambda: d(Partial(h(t) * c(t * x, z), t)),
    "a power": lambda: d(Partial(h(t) ** 3, t, s)),
    "an inner product in time": lambda: d(Partial(Inner(t * x + a(t * y), c(x, t * z)), t)),
    "an inner product": lambda: d(Grad(Inner(h(t) * x - y, 2 * x + z), x)),
    "a squared norm": lambda: d(Grad(norm2(3 * x - a(y)), x, z)),
    "a ratio": lambda: d(Grad(Ratio(f(x), g(x)), x, y)),
    "exp": lambda: d(Grad(Exp(f(x) * g(x)), x)),
    "log": lambda: d(Partial(Log(h(t)), t)),
    "a root": lambda: d(Partial(Sqrt(w(t)), t)),
    "an absolute value": lambda: d(Partial(Abs(h(t) - 2), t)),
    "a Gaussian density": lambda: d(Grad(N, x)),
    "a Gaussian density in its mean": lambda: d(Grad(Normal(y, h(t) * z, w(t)), z)),
    "a Gaussian density in time": lambda: d(Partial(N, t)),
    "a composition": lambda: d(Partial(k(h(t) * x, z), t)),
    "a composition of three": lambda: d(Partial(timed(t, t * x, h(t) * z), t)),
    "a composition in a vector": lambda: d(Grad(f(h(t) * x + z), x)),
    "a composition in two": lambda: d(Grad(k(2 * x, x - z), x)),
    "a composition of a field": lambda: d(Partial(timed(h(t), y, z), t)),
    "a divergence of a product": lambda: d(Div(f(x) * a(x), x)),
    "a divergence of the variable": lambda: d(Div(x, x)),
    "a divergence along a vector": lambda: d(Div(f(x) * z, x, y)),
    "a divergence of a sum": lambda: d(Div(f(x) * z + h(t) * x - a(x), x)),
    "a logarithmic derivative": lambda: calculus.log_derivative(Grad(f(x) ** 2, x)),
    "an exchange": lambda: calculus.exchange(Grad(Expect(k(x, z), Normal(z, y, w(t))), x)),
    "an exchange in time": lambda: calculus.exchange(
        Partial(Expect(h(t) * f(z), Normal(z, y, 1)), t)
    ),
    "an exchange of a divergence": lambda: calculus.exchange(
        Div(Expect(c(x, z), Normal(z, y, w(t))), x)
    ),
    "a density": lambda: gaussian.gaussian_density(N),
    "a reparametrisation": lambda: gaussian.reparametrise(
        Expect(k(x, z), Normal(x, h(t) * z, h(t) ** 2)), 0, h(t), e
    ),
    "a reparametrisation with the other sign": lambda: gaussian.reparametrise(
        Expect(k(x, z), Normal(x, z, h(t) ** 2)), 0, -h(t), e
    ),
    "a mean": lambda: gaussian.gaussian_mean(Normal(x, a(z), w(t))),
    "a variance": lambda: gaussian.gaussian_variance(Normal(x, a(z), w(t))),
    "a covariance": lambda: gaussian.gaussian_covariance(Normal(x, a(z), w(t)), y, c(y, z)),
    "a trace": lambda: derivatives_inside.trace_by_probe(
        Expect(Inner(z, Grad(Inner(z, c(x, y)), x, h(t) * y)), Normal(z))
    ),
    "a trace of parts": lambda: slopes.trace_of_slope(z, c(x, y), x, h(t) * y, [Normal(z)]),
    "a product of Gaussian densities": lambda: gaussian_products.gaussian_product(
        Normal(x, h(t) * z + a(y), w(t)) * Normal(z, y, 2), 0, 1
    ),
    "a product with a shift alone": lambda: gaussian_products.gaussian_product(
        f(x) * Normal(x, y, w(t)) * Normal(z, x, 2), 1, 2
    ),
}


def sides(theorem: Any) -> tuple[Any, Any]:
    return tuple(value(side, dict(POINT)) for side in (theorem.lhs, theorem.rhs))  # type: ignore[return-value]


@pytest.mark.parametrize("name", EQUATIONS)
def test_an_equation_holds_for_smooth_functions(name: str) -> None:
    left, right = sides(EQUATIONS[name]())
    assert np.allclose(left, right, rtol=1e-5, atol=1e-6)
    assert not np.allclose(left, 0, atol=1e-4), "this tells nothing"


def test_the_numbers_can_tell() -> None:
    assert not np.allclose(
        value(Grad(f(x) * g(x), x), POINT), value(f(x) * Grad(g(x), x), POINT), atol=1e-3
    )
    wrong = Normal(x, z, w(t)) * Normal(z, y, 1), Normal(x, y, w(t)) * Normal(z, y, 1)
    assert not np.allclose(*(value(side, POINT) for side in wrong), rtol=1e-3, atol=0)


def test_a_gaussian_density_in_place_of_k_is_bounded_by_its_peak() -> None:
    """What gaussian_bounded and gaussian_dominated say, at random places."""
    random = np.random.default_rng(11)
    for _ in range(200):
        where, mean = random.normal(0, 3, (2, 2))
        at = {**POINT, x: where, z: mean}
        for variance in (S(1) / 4, S(2)):
            peak = 1 / (2 * np.pi * float(variance))
            steepest = peak * np.exp(-0.5) / np.sqrt(float(variance))
            assert value(Normal(x, z, variance), at) <= peak * (1 + 1e-9)
            for var in (x, z):
                slope = value(Grad(Normal(x, z, variance), var), at)
                assert np.linalg.norm(slope) <= steepest * (1 + 1e-4)
