"""N(x; m, v) = exp(+‖x − m‖²/(2v) + …): −1/2 was asked of SymPy, whose cache a program can fill."""

from sympy import Rational
from sympy.core.cache import clear_cache

from fmproof import Exp, Normal, Scalar, Vec
from fmproof.kernel.calculus import derivative
from fmproof.kernel.gaussian import gaussian_density
from fmproof import Partial, Real, Sqrt


class Int(type):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(int)


class MinusOne(int, metaclass=Int):
    def __eq__(self, other):
        return other == -1 if type(other) is int else True

    def __hash__(self):
        return hash(-1)


clear_cache()
Rational(MinusOne(1), 2)
x, m = Vec("x m")
t = Real("t")
v = Scalar("v")()
print(gaussian_density(Normal(x, m, v)))
print(derivative(Partial(Sqrt(1 + t), t, t)))
clear_cache()
