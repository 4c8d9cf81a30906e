"""A theorem's 0 <= 5 is given the class of an equation."""
from sympy import Rational
from fmproof import Equals
from fmproof.kernel.order import nonnegativity
theorem = nonnegativity(Rational(5))
theorem.conclusion.__class__ = Equals
print(theorem)
