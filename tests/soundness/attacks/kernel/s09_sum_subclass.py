"""An equation with 0 is not sort-checked on the other side: a subclass of SymPy's sum gets in."""

from sympy import Add

from fmproof import *
from fmproof.kernel.ring import ring


class Sum(Add):
    def __eq__(self, other):
        return True

    __hash__ = Add.__hash__


t = Real("t")
f, g = Scalar("f", t), Scalar("g", t)
print(ring(Sum(f(t), g(t)), Rational(0)))
print(ring(Sum(Rational(1), t), Rational(0)))
