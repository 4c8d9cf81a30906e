"""A loss that may be infinite somewhere: its value there is 0 by convention only."""

from fmproof import ArgMin, Derivation, Step
from fmproof.derivations.fm_cfm import H2, L_CFM, C
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "minimisers-of-an-infinite-loss",
    hypotheses=[H2],
    start=ArgMin(L_CFM(theta) + C, theta),
    steps=[Step("1", ArgMin(L_CFM(theta), theta), by="minimisers")],
)
