"""A "density" defined as a sum of two densities has mass two."""

from fmproof import Density, Vec

x = Vec("x")
q, r = Density("q", x), Density("r", x)
mixture = Density("m", x, definition=q(x) + r(x))
