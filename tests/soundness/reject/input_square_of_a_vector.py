"""x² for a vector."""

from fmproof import Vec

x = Vec("x")
term = x**2
