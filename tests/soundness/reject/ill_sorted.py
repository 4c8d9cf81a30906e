"""A vector is added to a number."""

from fmproof import Real, Vec

t, x = Real("t"), Vec("x")
claim = x + t
