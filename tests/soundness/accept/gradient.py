"""A gradient of a sum, a multiple and a constant, with everything differentiable."""

from fmproof import Derivation, Differentiable, Grad, Hypothesis, Named, Scalar, Step, Vec, norm2
from fmproof.derivations.symbols import theta

x = Vec("x")
L, M = Scalar("L", theta), Scalar("M", theta)
C = Named("C", norm2(x))

derivation = Derivation(
    "gradient",
    variables=[x],
    hypotheses=[
        Hypothesis("H1", Differentiable(L(theta), theta)),
        Hypothesis("H2", Differentiable(M(theta), theta)),
    ],
    start=Grad(2 * L(theta) - M(theta) + C, theta),
    steps=[Step("1", 2 * Grad(L(theta), theta) - Grad(M(theta), theta), by="derivative")],
)
