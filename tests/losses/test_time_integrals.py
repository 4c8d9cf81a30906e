"""Integrals against the time law."""

from __future__ import annotations

import itertools
from fractions import Fraction

import mpmath
import pytest

from fmproof.errors import InputError
from fmproof.losses.time_integrals import (
    Monomial,
    RationalTimeIntegrals,
    TimeIntegrals,
    TrapezoidTimeIntegrals,
)
from fmproof.models import (
    CondOTPath,
    CustomPath,
    LinearVPPath,
    LogitNormalTime,
    PolynomialPath,
    TimeLaw,
    TrigPath,
    UniformTime,
    VPPath,
)

MONOMIALS = [
    Monomial(),
    Monomial(t=3),
    Monomial(alpha=2, beta=2),
    Monomial(t=1, alpha=5, beta=4),
    Monomial(alpha=3, dalpha=1),
    Monomial(t=2, alpha=1, beta=1, dbeta=1),
    Monomial(dalpha=2),
    Monomial(dbeta=2),
    Monomial(alpha=24),
    Monomial(t=24, beta=24),
]


@pytest.mark.parametrize(
    "time", [UniformTime(), UniformTime("1/4", "2/3"), UniformTime(0, "999/1000")], ids=repr
)
@pytest.mark.parametrize("path", [CondOTPath(), PolynomialPath(4)], ids=repr)
def test_the_two_methods_agree_within_the_radius(path, time):
    rational, trapezoid = TimeIntegrals.of(path, time), TrapezoidTimeIntegrals(path, time)
    assert isinstance(rational, RationalTimeIntegrals)
    for monomial in MONOMIALS:
        expected, found = rational[monomial], trapezoid[monomial]
        assert expected.radius == 0
        assert abs(found.centre - expected.centre) <= Fraction(found.radius)
        assert found.radius <= 1e-18 * abs(expected.centre)


@pytest.mark.parametrize("n", ["11/20", "3/4", "3/2"])
def test_singular_end_points_agree_within_the_radius(n):
    path = PolynomialPath(n)
    rational, trapezoid = (
        TimeIntegrals.of(path, UniformTime()),
        TrapezoidTimeIntegrals(path, UniformTime()),
    )
    assert isinstance(rational, RationalTimeIntegrals)
    for monomial in MONOMIALS:
        found = trapezoid[monomial]
        assert abs(found.centre - rational[monomial].centre) <= Fraction(found.radius)
        assert found.radius <= 1e-18 * abs(found.centre)


def by_mpmath(path, time, monomial):
    t = mpmath.mpf
    n = monomial
    if isinstance(path, TrigPath):
        alpha, beta = (
            lambda s: mpmath.sin(mpmath.pi * s / 2),
            lambda s: mpmath.cos(mpmath.pi * s / 2),
        )
    else:
        alpha, beta = lambda s: s, lambda s: mpmath.sqrt((1 - s) * (1 + s))

    def integrand(s):
        value = s**n.t * alpha(s) ** n.alpha * beta(s) ** n.beta
        if n.dalpha:
            value *= mpmath.diff(alpha, s) ** n.dalpha
        if n.dbeta:
            value *= mpmath.diff(beta, s) ** n.dbeta
        return value

    if isinstance(time, UniformTime):
        low, high = time.support
        return mpmath.quad(integrand, [low, (t(low) + high) / 2, high]) / (t(high) - low)

    def normal(u):
        return integrand(1 / (1 + mpmath.exp(-(time.mean + time.std * u)))) * mpmath.npdf(u)

    return mpmath.quad(normal, [-15, -8, -4, 0, 4, 8, 15])


@pytest.mark.parametrize(
    ("path", "time"),
    [
        (TrigPath(), UniformTime()),
        (TrigPath(), UniformTime(0.25, 0.5)),
        (LinearVPPath(), UniformTime(0, 0.75)),
        (TrigPath(), LogitNormalTime()),
        (LinearVPPath(), LogitNormalTime(0.5, 0.5)),
    ],
    ids=repr,
)
def test_against_mpmath(path, time):
    integrals = TimeIntegrals.of(path, time)
    for monomial in MONOMIALS[:8]:
        found = integrals[monomial]
        with mpmath.workdps(30):
            expected = by_mpmath(path, time, monomial)
            centre = mpmath.mpf(found.centre.numerator) / found.centre.denominator
            assert abs(centre - expected) <= found.radius + 1e-15 * abs(expected)


def test_closed_forms():
    trig = TimeIntegrals.of(TrigPath(), UniformTime())
    for monomial, expected in [
        (Monomial(), 1),
        (Monomial(alpha=1), 2 / mpmath.pi),
        (Monomial(alpha=1, beta=1), 1 / mpmath.pi),
        (Monomial(dbeta=2), mpmath.pi**2 / 8),
    ]:
        assert float(trig[monomial].centre) == pytest.approx(float(expected), rel=1e-15)
    # E t/(1-t) = E exp(s) = exp(mean + std^2/2); the mass lies 100 standard deviations out, where
    # a float t would have been rounded to 1.
    time = LogitNormalTime(0, 10)
    vp = TimeIntegrals.of(CustomPath("t", "sqrt(1 - t)"), time)
    # dbeta^2 = 1/(4 (1 - t)) and 1/(1 - t) = 1 + exp(s)
    expected = (1 + mpmath.exp(50)) / 4
    assert float(vp[Monomial(dbeta=2)].centre) == pytest.approx(float(expected), rel=1e-14)


def test_steps_are_halved_until_the_error_is_small():
    """A schedule with a fast oscillation: the first step is far too wide."""
    path = CustomPath("t + sin(60*pi*t)/200", "1 - t")
    found = TimeIntegrals.of(path, UniformTime())[Monomial(dalpha=2)]
    expected = 1 + mpmath.mpf("0.5") * (60 * mpmath.pi / 200) ** 2
    assert float(found.centre) == pytest.approx(float(expected), rel=1e-15)
    assert found.radius <= 1e-18


def test_barely_integrable_velocities_are_refused():
    path = CustomPath("t", "(1 - t)^(5001/10000)")
    with pytest.raises(InputError) as error:
        TimeIntegrals.of(path, UniformTime())
    assert str(error.value) == (
        "not available: the schedule's velocity is too close to infinite for H2"
    )


def test_vp_near_its_singularity():
    """The published clip at 1 - 1e-5; the integral grows like beta_min/4 log(1/eps)."""
    values = [
        float(
            TimeIntegrals.of(VPPath(), TimeLaw.uniform(0, 1 - Fraction(1, 10**k)))[
                Monomial(dbeta=2)
            ].centre
        )
        for k in (5, 7, 9)
    ]
    for first, second in itertools.pairwise(values):
        assert second - first == pytest.approx(0.1 / 4 * float(mpmath.log(100)), rel=1e-3)
