"""Counterexamples to the conditions of the rules about integrals and expectations."""

from __future__ import annotations

from sympy import Rational

from fmproof.catalogue.cases.symbols import (
    DIPOLE,
    a,
    dipole,
    f,
    g,
    on_square,
    p,
    q,
    s,
    t,
    time,
    unit_s,
    unit_t,
    x,
    z,
)
from fmproof.catalogue.record import Case
from fmproof.lang.nodes import Density, Expect, Field, Inner, Integral, Vec, norm2, uniform
from fmproof.lang.props import Equals, Integrable

_GAUSS = "exp(-{0}**2 / 2) / sqrt(2 * pi)"


def summand_not_integrable() -> Case:
    return Case(
        Equals(Expect(f(t) + g(t), time(t)), Expect(f(t), time(t)) + Expect(g(t), time(t))),
        {f: "1 / t", g: "1 - 1 / t"},
        sides=("1", "diverges"),
        by=("linearity",),
        given=(Integrable(f(t) + g(t), time(t)),),
        missing=(Integrable(f(t), time(t)), Integrable(g(t), time(t))),
    )


def component_not_integrable() -> Case:
    fixed = Field("c")()
    return Case(
        Equals(Inner(fixed, Integral(a(t), unit_t)), Integral(Inner(fixed, a(t)), unit_t)),
        {fixed.head: "(1, 0)", a: "(1, 1 / t)"},
        sides=("diverges", "1"),
        by=("linearity",),
        given=(Integrable(Inner(fixed, a(t)), over_t := time.over[0]),),
        missing=(Integrable(a(t), over_t),),
        dim=2,
    )


def factor_with_bound_variable() -> Case:
    return Case(
        Equals(Expect(t * f(t), time(t)), t * Expect(f(t), time(t))),
        {f: "t"},
        sides=("1 / 3", "1 / 2"),
        by=("linearity",),
        given=(Integrable(f(t), time(t)), Integrable(t * f(t), time(t))),
        at={t: 1},
    )


def _law() -> tuple[Density, Density]:
    return uniform(s), uniform(t)


def expectation_not_integrable() -> Case:
    first, second = _law()
    return Case(
        Equals(
            Expect(dipole(s, t), first(s), second(t)),
            Integral(first(s) * second(t) * dipole(s, t), unit_t, unit_s),
        ),
        {dipole: DIPOLE},
        sides=("diverges", "pi / 4"),
        by=("expectation",),
        missing=(Integrable(dipole(s, t), first(s), second(t)),),
    )


def iterated_not_integrable() -> Case:
    first, second = _law()
    return Case(
        Equals(
            Expect(Expect(dipole(s, t), second(t)), first(s)),
            Expect(Expect(dipole(s, t), first(s)), second(t)),
        ),
        {dipole: DIPOLE},
        sides=("pi / 4", "-pi / 4"),
        by=("tower", "reorder"),
        missing=(Integrable(dipole(s, t), first(s), second(t)),),
    )


def order_of_integration() -> Case:
    return Case(
        Equals(
            Integral(dipole(s, t), unit_t, unit_s),
            Integral(dipole(s, t), unit_s, unit_t),
        ),
        {dipole: DIPOLE},
        sides=("pi / 4", "-pi / 4"),
        by=("fubini",),
        missing=(on_square,),
    )


_kernel = Density("p", x, given=z)
_KERNEL = "exp(-(x - z)**2 / 2) / sqrt(2 * pi)"


def draw_still_used() -> Case:
    field = Field("f", x)
    return Case(
        Equals(
            Expect(norm2(field(x)), q(z), _kernel(x, z)),
            Expect(norm2(field(x)), _kernel(x, z)),
        ),
        {q: _GAUSS.format("z"), _kernel: _KERNEL, field: "x"},
        sides=("2", "1"),
        by=("drop",),
        given=(
            Integrable(norm2(field(x)), q(z), _kernel(x, z)),
            Integrable(norm2(field(x)), _kernel(x, z)),
        ),
        at={z: 0},
    )


def mass_of_a_part() -> Case:
    rho = Density("ρ", (t, 0, 1))
    part = Integral(rho(t), (t, 0, Rational(1, 2)))
    return Case(
        Equals(part, Rational(1)),
        {rho: "1"},
        sides=("1 / 2", "1"),
        by=("drop",),
    )


def dependent_draws_swapped() -> Case:
    w = Vec("w")
    apart = norm2(x - z)
    return Case(
        Equals(
            Expect(apart, q(z), _kernel(x, z)),
            Expect(apart, _kernel(x, w), q(z)),
        ),
        {q: _GAUSS.format("z"), _kernel: _KERNEL},
        sides=("1", "2"),
        by=("reorder",),
        given=(Integrable(apart, q(z), _kernel(x, z)), Integrable(apart, _kernel(x, w), q(z))),
        at={w: 0},
    )


def law_not_the_marginal() -> Case:
    field = Field("f", x)
    return Case(
        Equals(
            Expect(norm2(field(x)), p(x)),
            Expect(norm2(field(x)), q(z), _kernel(x, z)),
        ),
        {p: _GAUSS.format("x"), q: _GAUSS.format("z"), _kernel: _KERNEL, field: "x"},
        sides=("1", "2"),
        by=("marginalisation",),
        given=(
            Integrable(norm2(field(x)), p(x)),
            Integrable(norm2(field(x)), q(z), _kernel(x, z)),
        ),
    )


def density_not_constant() -> Case:
    law = Density("p", unit_t)
    return Case(
        Equals(Integral(law(t) * f(t), unit_t), Integral(f(t), unit_t)),
        {law: "2 * t", f: "t"},
        sides=("2 / 3", "1 / 2"),
        by=("density",),
        given=(Integrable(f(t), law.over[0]), Integrable(law(t) * f(t), law.over[0])),
    )
