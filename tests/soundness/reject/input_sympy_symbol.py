"""A SymPy symbol is not a variable of the language."""

from sympy import Symbol

from fmproof import Real

t = Real("t")
term = t + Symbol("s")
