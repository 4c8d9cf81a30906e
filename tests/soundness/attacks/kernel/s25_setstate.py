"""A conclusion is given other sides by the method that unpickling uses."""
from sympy import Rational
from fmproof.kernel.equality import reflexivity
theorem = reflexivity(Rational(1))
theorem.conclusion.__setstate__({"_args": (Rational(1), Rational(2))})
print(theorem)
