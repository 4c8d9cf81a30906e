"""The product rule without a condition: parts that were only passed on were taken as admitted."""

from sympy import Mul

from fmproof import Integral, Partial, Real, Scalar
from fmproof.kernel.calculus import derivative
from fmproof.kernel.integrals import with_body
from fmproof.lang.node import admit, rebuilt
from fmproof.lang.scope import rename_bound

t, s = Real("t s")
f, g = Scalar("f", t), Scalar("g", t)
product = Mul(f(t), Mul(1, g(t), evaluate=False), evaluate=False)
slope = Partial(f(t), t, s)
written = Partial(product, t, s)
for made in (rebuilt(slope, product, t, s), rename_bound(written, [], [])):
    print(admit(made) is made, derivative(made))
print(with_body(Integral(g(t), t), product))
