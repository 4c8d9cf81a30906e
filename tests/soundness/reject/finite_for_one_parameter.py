"""Square integrable for this θ, differentiated in θ."""

from fmproof import Derivation, Differentiable, Grad, Hypothesis, Integrable, Step, norm2
from fmproof.derivations.fm_cfm import H2, L_CFM, C, marginal, v
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "finite-for-one-parameter",
    hypotheses=[
        Hypothesis("H1", Integrable(norm2(v), *marginal)),
        H2,
        Hypothesis("H3", Differentiable(L_CFM(theta), theta)),
    ],
    start=Grad(L_CFM(theta) + C, theta),
    steps=[Step("1", Grad(L_CFM(theta), theta), by="derivative")],
)
