"""Tonelli: integrability for one value of x gives it for x drawn (the drawn x is left free in the joint form)."""

from fmproof import *
from fmproof.kernel.integrability import joint_form, tonelli

x, y, z, w = Vec("x y z w")
q = Density("q", x, given=z)
r = Density("r", y, given=x)
s = Density("s", w, given=x)
pi = Density("pi", z)
qx = q(x, z)
m = Density("m", x, given=z, definition=Integral(qx * r(y, x), y))
k = Density("k", x, given=z, definition=Integral(qx * s(w, x), w))
g = Scalar("g", z)
goal = Integrable(m(x, z) * g(z), pi(z), k(x, z))
print(joint_form(goal))
th = tonelli(goal, Integrable(q(x, z) * g(z), pi(z)), (0, 1))
print(th)
from fmproof.kernel.equality import instantiate

print(instantiate(th, {x: Rational(0)}))
