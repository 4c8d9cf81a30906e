"""a ≥ b ≤ c says nothing about a and c."""

from fmproof import Derivation, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "both-directions",
    hypotheses=[H1, H2],
    start=L_FM(theta) + L_CFM(theta),
    steps=[
        Step("1", L_FM(theta), by="nonnegative", relation="≥"),
        Step("2", 2 * L_FM(theta), by="nonnegative", relation="≤"),
    ],
)
