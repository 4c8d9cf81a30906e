"""A conclusion is given other sides by the method that unpickling uses."""
from sympy import Rational
from fmproof.derived.restatements import reflexivity
theorem = reflexivity(Rational(1))
theorem.conclusion.__setstate__({"_args": (Rational(1), Rational(2))})
print(theorem)
