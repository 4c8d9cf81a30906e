"""The gradient of a sum is that of its parts only where they have one."""

from fmproof import Derivation, Differentiable, Grad, Hypothesis, Scalar, Step
from fmproof.derivations.symbols import theta

L, M = Scalar("L", theta), Scalar("M", theta)

derivation = Derivation(
    "gradient-without-differentiability",
    hypotheses=[Hypothesis("H", Differentiable(L(theta) + M(theta), theta))],
    start=Grad(L(theta) + M(theta), theta),
    steps=[Step("1", Grad(L(theta), theta) + Grad(M(theta), theta), by="derivative")],
)
