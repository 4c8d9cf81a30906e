"""0 ≤ a does not make a = 0."""

from fmproof import Derivation, Step
from fmproof.derivations.fm_cfm import H1, H2, L_FM
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "equality-from-a-bound",
    hypotheses=[H1, H2],
    start=L_FM(theta),
    steps=[Step("1", 0, by="nonnegative")],
)
