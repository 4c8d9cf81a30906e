"""−C ≤ L_CFM, not L_CFM ≤ −C."""

from fmproof import Derivation, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "bound-in-the-wrong-direction",
    hypotheses=[H1, H2],
    start=L_CFM(theta) + L_FM(theta),
    steps=[Step("1", L_CFM(theta), by="nonnegative", relation="≤")],
)
