"""One term or proposition of every type of node, with what its type declares, written out.

A declaration that is wrong is a hole in the trusted base, so it stands twice: here for people to
read, in the node's file for the kernel to use.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import sympy
from sympy import Basic, S
from sympy.core.numbers import Half, NegativeOne, One, Zero

from fmproof import (
    Abs,
    Almost,
    ArgMin,
    AtMost,
    CondExpect,
    Density,
    Differentiable,
    Div,
    Dominated,
    Equals,
    Exp,
    Expect,
    Field,
    ForAll,
    Grad,
    Inner,
    Integrable,
    IntegralOver,
    Law,
    Lebesgue,
    Let,
    Log,
    Named,
    Normal,
    Param,
    Partial,
    Positive,
    Ratio,
    Real,
    Scalar,
    Sqrt,
    VanishesWith,
    Vec,
    dim,
    norm2,
    pi,
)
from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.nodes import Apply, Constant, Gaussian, Var
from fmproof.lang.nodes.conditional import Given
from fmproof.lang.nodes.heads import gaussian
from fmproof.lang.nodes.name import Label
from fmproof.lang.numbers import Integer, Rational
from fmproof.lang.sorts import Sort

t = Real("t")
x, y, z = Vec("x y z")
theta = Param("theta")
f, g = Scalar("f", x), Scalar("g", y)
w = Scalar("w", t, nonneg=True)
h = Scalar("h", x, y)
field = Field("u", x, definition=IntegralOver(h(x, y) * y, Lebesgue(y)))
loss = Scalar("L", theta)
risk = Scalar("R", theta, definition=Expect(Scalar("k", theta, x)(theta, x), Density("p", x)(x)))
p = Density("p", x)
q = Density("q", x, given=z)
law = Law("P", x)
v = Field("v", x)
c = Density("c", y, given=x)
inner = IntegralOver(g(y), Lebesgue(y))
moved = IntegralOver(h(x, y) * y, Lebesgue(y))  # depends on x


class Sample(NamedTuple):
    """A node and its declarations.

    Attributes:
        sort: None for what is no term.
        bound: the names of what it binds.
        places: where an equation may be used, and how it must hold there.
        obliges: what makes it an honest finite value, in words.
        nonnegative: whether its form shows that it is ≥ 0.
    """

    node: Basic
    sort: Sort | None = None
    bound: str = ""
    places: Mapping[int, str] = MappingProxyType({})
    obliges: tuple[str, ...] = ()
    nonnegative: bool = False


_HERE = {0: "HERE", 1: "HERE"}
_FINITE = "∫ |g(y)| dy < ∞"

SAMPLES: dict[type, list[Sample]] = {
    Var: [Sample(t, Sort.REAL), Sample(theta, Sort.PARAM)],
    Add: [
        Sample(f(x) + inner, Sort.REAL, "", _HERE, (_FINITE,)),
        Sample(w(t) + norm2(x), Sort.REAL, "", _HERE, nonnegative=True),
    ],
    Mul: [
        Sample(f(x) * inner, Sort.REAL, "", _HERE, (_FINITE,)),
        Sample(w(t) * p(x), Sort.REAL, "", _HERE, nonnegative=True),
        Sample(w(t) * x, Sort.VEC, "", _HERE),
    ],
    Pow: [
        Sample(f(x) ** 2, Sort.REAL, "", {0: "HERE"}, nonnegative=True),
        Sample(inner**3, Sort.REAL, "", {0: "HERE"}, (_FINITE,)),
    ],
    sympy.Add: [
        Sample(sympy.Add(f(x), inner), Sort.REAL, "", _HERE, (_FINITE,)),
        Sample(sympy.Add(w(t), norm2(x)), Sort.REAL, "", _HERE, nonnegative=True),
    ],
    sympy.Mul: [
        Sample(sympy.Mul(f(x), inner), Sort.REAL, "", _HERE, (_FINITE,)),
        Sample(sympy.Mul(w(t), p(x)), Sort.REAL, "", _HERE, nonnegative=True),
        Sample(sympy.Mul(w(t), x), Sort.VEC, "", _HERE),
    ],
    sympy.Pow: [
        Sample(sympy.Pow(f(x), 2), Sort.REAL, "", {0: "HERE"}, nonnegative=True),
        Sample(sympy.Pow(inner, 3), Sort.REAL, "", {0: "HERE"}, (_FINITE,)),
    ],
    Rational: [Sample(Rational(2, 3), Sort.REAL, nonnegative=True)],
    sympy.Rational: [Sample(sympy.Rational(2, 3), Sort.REAL, nonnegative=True)],
    sympy.Integer: [
        Sample(sympy.Integer(-2), Sort.REAL),
        Sample(sympy.Integer(5), Sort.REAL, nonnegative=True),
    ],
    Integer: [Sample(Integer(-2), Sort.REAL), Sample(Integer(5), Sort.REAL, nonnegative=True)],
    Zero: [Sample(S.Zero, Sort.REAL, nonnegative=True)],
    One: [Sample(S.One, Sort.REAL, nonnegative=True)],
    NegativeOne: [Sample(S.NegativeOne, Sort.REAL)],
    Half: [Sample(S.Half, Sort.REAL, nonnegative=True)],
    Inner: [
        Sample(Inner(x, y), Sort.REAL, "", _HERE),
        Sample(norm2(x), Sort.REAL, "", _HERE, nonnegative=True),
        Sample(
            Inner(x, IntegralOver(g(y) * y, Lebesgue(y))),
            Sort.REAL,
            "",
            _HERE,
            ("∫ ‖g(y) y‖ dy < ∞",),
        ),
    ],
    Ratio: [
        Sample(Ratio(f(x), g(y)), Sort.REAL, "", _HERE),
        Sample(Ratio(p(x), w(t)), Sort.REAL, "", _HERE, nonnegative=True),
        Sample(Ratio(1, inner), Sort.REAL, "", _HERE, (_FINITE,)),
        Sample(Ratio(inner, f(x)), Sort.REAL, "", _HERE, (_FINITE,)),
    ],
    Label: [Sample(Label("C"))],
    Named: [
        Sample(Named("C", inner), Sort.REAL, obliges=(_FINITE,)),
        Sample(Named("C", norm2(x)), Sort.REAL, nonnegative=True),
    ],
    Constant: [
        Sample(dim, Sort.REAL, nonnegative=True),
        Sample(pi, Sort.REAL, nonnegative=True),
    ],
    Exp: [
        Sample(Exp(f(x)), Sort.REAL, "", {0: "HERE"}, nonnegative=True),
        Sample(Exp(inner), Sort.REAL, "", {0: "HERE"}, (_FINITE,), nonnegative=True),
    ],
    Log: [
        Sample(Log(p(x)), Sort.REAL, "", {0: "HERE"}, ("p(x) > 0",)),
        Sample(Log(inner), Sort.REAL, "", {0: "HERE"}, (_FINITE, "∫ g(y) dy > 0")),
    ],
    Sqrt: [
        Sample(Sqrt(f(x)), Sort.REAL, "", {0: "HERE"}, ("0 ≤ f(x)",), nonnegative=True),
        Sample(Sqrt(w(t)), Sort.REAL, "", {0: "HERE"}, nonnegative=True),
        Sample(
            Sqrt(inner), Sort.REAL, "", {0: "HERE"}, (_FINITE, "0 ≤ ∫ g(y) dy"), nonnegative=True
        ),
    ],
    Abs: [
        Sample(Abs(f(x)), Sort.REAL, "", {0: "HERE"}, nonnegative=True),
        Sample(Abs(inner), Sort.REAL, "", {0: "HERE"}, (_FINITE,), nonnegative=True),
    ],
    Field: [Sample(Field("v", x))],
    Scalar: [Sample(f)],
    Law: [Sample(law), Sample(Law("pair", x, (t, 0, 1), given=y))],
    Density: [Sample(p)],
    Gaussian: [Sample(gaussian)],
    Apply: [
        Sample(
            Normal(x, moved, w(t)),
            Sort.REAL,
            "",
            {1: "HERE", 2: "HERE", 3: "HERE"},
            ("w(t) > 0", "∫ ‖h(x,y) y‖ dy < ∞"),
            nonnegative=True,
        ),
        Sample(f(x), Sort.REAL, "", {1: "HERE"}),
        Sample(w(inner), Sort.REAL, "", {1: "HERE"}, (_FINITE,), nonnegative=True),
        Sample(field(x), Sort.VEC, "", {1: "HERE"}, ("∫ ‖h(x,y) y‖ dy < ∞",)),
    ],
    Lebesgue: [Sample(Lebesgue(t, 0, 1))],
    Let: [Sample(Let(y, x)), Sample(Let(t, inner))],
    IntegralOver: [
        Sample(
            IntegralOver(h(x, y), Lebesgue(x)),
            Sort.REAL,
            "x",
            {0: "ALMOST"},
            ("∫ |h(x,y)| dx < ∞",),
        ),
        Sample(
            IntegralOver(p(x) * IntegralOver(h(x, y), Lebesgue(y)), Lebesgue(x)),
            Sort.REAL,
            "x",
            {0: "ALMOST"},
            (
                "∫ |p(x) [∫ h(x,y) dy]| dx < ∞",
                "∫ |h(x,y) p(x)| dy < ∞ for almost every x",
            ),
        ),
        Sample(
            IntegralOver(w(t), Lebesgue(t, 0, 1)),
            Sort.REAL,
            "t",
            {0: "ALMOST"},
            ("∫₀¹ w(t) dt < ∞",),
            nonnegative=True,
        ),
    ],
    Expect: [
        Sample(
            Expect(f(x) + inner, p(x)),
            Sort.REAL,
            "x",
            {0: "ALMOST"},
            ("E_{x~p}[|f(x) + [∫ g(y) dy]|] < ∞", _FINITE),
        ),
        Sample(
            Expect(norm2(field(x)), p(x)),
            Sort.REAL,
            "x",
            {0: "ALMOST"},
            ("E_{x~p}[‖u(x)‖²] < ∞", "∫ ‖h(x,y) y‖ dy < ∞ for almost every x~p"),
            nonnegative=True,
        ),
        Sample(
            Expect(f(y), law(x), Let(y, moved)),
            Sort.REAL,
            "x y",
            {0: "ALMOST"},
            (
                "E_{x~P, y:=∫ h(x,y) y dy}[|f(y)|] < ∞",
                "∫ ‖h(x,y) y‖ dy < ∞ for almost every x~P",
            ),
        ),
    ],
    Given: [Sample(Given(x, y)), Sample(Given(t, inner))],
    CondExpect: [
        Sample(
            CondExpect(h(x, y), (x, z), p(x), c(y, x)),
            Sort.REAL,
            "x y",
            {0: "ALMOST"},
            ("E_{x~p, y~c(·|x)}[|h(x,y)|] < ∞",),
        ),
        Sample(
            CondExpect(norm2(field(y)) * x, y, law(x), Let(y, x + z)),
            Sort.VEC,
            "x y'",
            {0: "ALMOST"},
            (
                "E_{x~P, y':=x + z}[‖x ‖u(y')‖²‖] < ∞",
                "∫ ‖h(y',y) y‖ dy < ∞ for almost every x~P, y':=x + z",
            ),
        ),
        Sample(
            CondExpect(f(x), [(x, moved)], p(x)),
            Sort.REAL,
            "x'",
            {0: "ALMOST"},
            ("∫ ‖h(x,y) y‖ dy < ∞", "E_{x'~p}[|f(x')|] < ∞"),
        ),
    ],
    Grad: [
        Sample(
            Grad(risk(theta), theta),
            Sort.GRADIENT,
            "theta'",
            {0: "EVERY", 2: "HERE"},
            ("θ ↦ R(θ) is differentiable at θ", "E_{x~p}[|k(θ',x)|] < ∞ for every θ'"),
        ),
        Sample(
            Grad(f(x), x, y),
            Sort.VEC,
            "x",
            {0: "EVERY", 2: "HERE"},
            ("y ↦ f(y) is differentiable at y",),
        ),
        Sample(
            Grad(f(x), x, moved),
            Sort.VEC,
            "x'",
            {0: "EVERY", 2: "HERE"},
            ("x' ↦ f(x') is differentiable at ∫ h(x,y) y dy", "∫ ‖h(x,y) y‖ dy < ∞"),
        ),
    ],
    Partial: [
        Sample(
            Partial(h(t * x, y) + inner, t),
            Sort.REAL,
            "t'",
            {0: "EVERY", 2: "HERE"},
            ("t ↦ h(t x,y) + [∫ g(y) dy] is differentiable at t", _FINITE),
        ),
        Sample(
            Partial(t * field(x), t, 0),
            Sort.VEC,
            "t",
            {0: "EVERY", 2: "HERE"},
            ("t ↦ t u(x) is differentiable at 0", "∫ ‖h(x,y) y‖ dy < ∞"),
        ),
    ],
    Div: [
        Sample(
            Div(field(x), x),
            Sort.REAL,
            "x'",
            {0: "EVERY", 2: "HERE"},
            ("∇_x (h(x,y) y) exists and is dominated near x, over y",),
        ),
        Sample(
            Div(v(x), x, z),
            Sort.REAL,
            "x",
            {0: "EVERY", 2: "HERE"},
            ("z ↦ v(z) is differentiable at z",),
        ),
    ],
    ArgMin: [
        Sample(
            ArgMin(risk(theta), theta),
            Sort.SET,
            "theta",
            {0: "EVERY"},
            ("E_{x~p}[|k(θ,x)|] < ∞ for every θ",),
        )
    ],
    Equals: [Sample(Equals(f(x), g(y)))],
    AtMost: [Sample(AtMost(f(x), g(y)), places=_HERE)],
    VanishesWith: [Sample(VanishesWith(f(x), g(y)), places=_HERE)],
    Positive: [Sample(Positive(f(x)), places={0: "HERE"})],
    Integrable: [Sample(Integrable(f(x), p(x)), bound="x", places={0: "ALMOST"})],
    Almost: [Sample(Almost(Equals(f(x), 0), p(x)), bound="x")],
    Differentiable: [
        Sample(Differentiable(loss(theta), theta), bound="theta'", places={0: "EVERY"}),
        Sample(Differentiable(h(x, y), x, z, y, x + y), bound="x' y'", places={0: "EVERY"}),
    ],
    Dominated: [
        Sample(Dominated(h(x, y), x, z, c(y, z)), bound="x y"),
        Sample(Dominated(h(x, y), x, x + y, p(y)), bound="x' y'"),
    ],
    ForAll: [Sample(ForAll(Equals(f(x), 0), x), bound="x")],
}
