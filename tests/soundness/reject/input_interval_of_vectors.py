"""A vector has no interval."""

from fmproof import Integral, Vec, norm2

x = Vec("x")
term = Integral(norm2(x), (x, 0, 1))
