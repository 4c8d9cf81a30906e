"""The symbols that the counterexamples are written with."""

from __future__ import annotations

from fmproof.lang.nodes import Density, Field, Lebesgue, Param, Real, Scalar, Vec, uniform
from fmproof.lang.props import Integrable

s, t = Real("s t")
x, z = Vec("x z")
theta = Param("theta")

unit_s, unit_t = (s, 0, 1), (t, 0, 1)
over_s, over_t = Lebesgue(*unit_s), Lebesgue(*unit_t)

time = uniform(t)
p = Density("p", x)
q = Density("q", z)

f = Scalar("f", t)
g = Scalar("g", t)
a = Field("a", t)
b = Field("b", t)

dipole = Scalar("f", s, t)
DIPOLE = "(s**2 - t**2) / (s**2 + t**2)**2"
"""Its two iterated integrals over the unit square are π/4 and −π/4; it isn't integrable there."""
on_square = Integrable(dipole(s, t), over_s, over_t)
