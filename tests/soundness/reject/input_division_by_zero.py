"""t/0."""

from fmproof import Real

t = Real("t")
term = t / 0
