"""A vector plus a number."""

from fmproof import Vec, norm2

x = Vec("x")
term = x + norm2(x)
