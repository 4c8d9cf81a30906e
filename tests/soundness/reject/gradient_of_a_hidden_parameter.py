"""A name hides θ: the gradient of C is not zero."""

from fmproof import Derivation, Differentiable, Grad, Hypothesis, Named, Scalar, Step
from fmproof.derivations.symbols import theta

L, M = Scalar("L", theta), Scalar("M", theta)
C = Named("C", M(theta))

derivation = Derivation(
    "gradient-of-a-hidden-parameter",
    hypotheses=[
        Hypothesis("H1", Differentiable(L(theta), theta)),
        Hypothesis("H2", Differentiable(M(theta), theta)),
    ],
    start=Grad(L(theta) + C, theta),
    steps=[Step("1", Grad(L(theta), theta), by="derivative")],
)
