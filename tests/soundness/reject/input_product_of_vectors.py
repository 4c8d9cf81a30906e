"""x·y by the star."""

from fmproof import Vec

x, y = Vec("x y")
term = x * y
