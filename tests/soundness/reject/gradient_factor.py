"""∇(2L) = ∇L."""

from fmproof import Derivation, Differentiable, Grad, Hypothesis, Scalar, Step
from fmproof.derivations.symbols import theta

L = Scalar("L", theta)

derivation = Derivation(
    "gradient-factor",
    hypotheses=[Hypothesis("H", Differentiable(L(theta), theta))],
    start=Grad(2 * L(theta), theta),
    steps=[Step("1", Grad(L(theta), theta), by="derivative")],
)
