"""h'(0) = 0 for h(t) = f(t) t²: a node was kept with other parts than those it was filed under."""

from sympy import Mul

from fmproof import Partial, Real, Scalar
from fmproof.kernel.calculus import derivative
from fmproof.lang.scope import rename_bound

t = Real("t")
f = Scalar("f", t)
rename_bound(Partial(Mul(f(t), Mul(1, t**2, evaluate=False), evaluate=False), t, 0), [], [])
print(derivative(Partial(f(t) * t**2, t, 0)))
