"""argmin(−L) is not argmin L."""

from fmproof import ArgMin, Derivation, Scalar, Step
from fmproof.derivations.symbols import theta

L = Scalar("L", theta)

derivation = Derivation(
    "minimisers-of-a-multiple",
    start=ArgMin(1 - L(theta), theta),
    steps=[Step("1", ArgMin(L(theta), theta), by="minimisers")],
)
