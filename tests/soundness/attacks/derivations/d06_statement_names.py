"""The statement is not searched for names that print alike: a bound x may be called θ there."""

from fmproof import *

x, tv = Vec("x theta")
theta = Param("theta")
c = Scalar("c", theta)
p = Density("p", x)
d = Derivation(
    "mean",
    start=Expect(c(theta), p(x)),
    steps=[Step("1", c(theta), by="drop")],
    statement=Equals(Expect(c(theta), p(tv)), c(theta)),
)
