"""t⁻¹."""

from fmproof import Real

t = Real("t")
term = t**-1
