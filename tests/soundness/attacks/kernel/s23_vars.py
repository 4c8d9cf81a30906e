"""The attributes of a symbol, by way of vars()."""
from sympy import Rational
from fmproof import Scalar
from fmproof.kernel.equality import transitivity, unfold
f = Scalar("f", definition=1)
one = unfold(f())
vars(one.lhs.head)["definition"] = Rational(2)
print(transitivity(one, unfold(one.lhs)))
