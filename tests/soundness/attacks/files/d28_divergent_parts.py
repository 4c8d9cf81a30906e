"""Divergent parts that cancel, below the top of a line."""
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
d = D(Rational(0), Ratio(plus(DIV, -DIV), 3), "ring")
