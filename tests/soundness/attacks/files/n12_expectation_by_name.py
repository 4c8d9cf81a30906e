"""E_q (g(x) + …): a number whose name looks like an expectation."""

from fmproof import Derivation, Real, Scalar, Step

x = Real("x")
g, mean = Scalar("g", x), Scalar("E_q")()

false = Derivation("false", start=mean * g(x), variables=[x], steps=[Step("1", g(x) * mean, by="ring")])
