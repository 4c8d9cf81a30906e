"""A node is filed as admitted with parts that nobody admitted: a draw that depends on itself."""

from sympy import Basic

from fmproof import Abs, Expect, Let, Rational, Real
from fmproof.kernel.equality import instantiate, symmetry, transitivity
from fmproof.kernel.integrals import substitute_draws
from fmproof.lang.node import from_admitted

s = Real("s")
itself = Basic.__new__(Expect, s, Basic.__new__(Let, s, s + 1))  # E[s] for s := s + 1
from_admitted(Abs(s), [itself])
theorem = substitute_draws(itself)  # = s + 1, whose s is free
six, seven = (instantiate(theorem, {s: Rational(n)}) for n in (5, 6))
print(transitivity(symmetry(six), seven))
