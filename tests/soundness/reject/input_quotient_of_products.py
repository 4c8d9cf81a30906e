"""SymPy would cancel s·t/(s·t) to 1 without a word."""

from fmproof import Real

s, t = Real("s t")
term = (s * t) / (s * t)
