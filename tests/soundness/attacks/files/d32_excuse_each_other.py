"""Two divergent integrals, each a weight of the other."""
from sympy import Mul, Pow
from fmproof import *
from fmproof import plus
t, s = Real("t s"); x, y, z = Vec("x y z"); theta = Param("theta")
T = uniform(t); q = Density("q", x); m = Density("m", x, given=s)
f = Scalar("f", x); h = Scalar("h", s); L = Scalar("L", theta); M = Scalar("M", theta)
DIV = Expect(1 / t, T(t))
def D(start, claim, by, *hypotheses, **more):
    named = [Hypothesis(f"H{i}", prop) for i, prop in enumerate(hypotheses)]
    return Derivation("d", start=start, steps=[Step("1", claim, by=by)], hypotheses=named, **more)
g = Scalar("g", x)
A = Scalar("A", x, t, definition=f(x) / t); B = Scalar("B", x, t, definition=g(x) / t)
a, b = Expect(A(x, t), T(t)), Expect(B(x, t), T(t))
d = D(Expect(a * b, q(x)), Expect(b * a, q(x)), "ring", Integrable(a * B(x, t), q(x), T(t)), Integrable(b * A(x, t), q(x), T(t)))
