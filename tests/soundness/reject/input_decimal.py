"""0.5 is not exact."""

from fmproof import Real

t = Real("t")
term = 0.5 * t
