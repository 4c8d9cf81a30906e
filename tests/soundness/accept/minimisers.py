"""A shift free of θ moves no minimiser."""

from fmproof import ArgMin, Derivation, Named, Scalar, Step, Vec, norm2
from fmproof.derivations.symbols import theta

x = Vec("x")
L, M = Scalar("L", theta), Scalar("M", theta)
C = Named("C", norm2(x))

derivation = Derivation(
    "minimisers",
    variables=[x],
    start=ArgMin(L(theta) + M(theta) + C - 1, theta),
    steps=[Step("1", ArgMin(M(theta) + L(theta), theta), by="minimisers")],
)
