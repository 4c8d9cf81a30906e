"""argmin(L + M) = argmin L only for M free of θ."""

from fmproof import ArgMin, Derivation, Scalar, Step
from fmproof.derivations.symbols import theta

L, M = Scalar("L", theta), Scalar("M", theta)

derivation = Derivation(
    "minimisers-of-a-moving-shift",
    start=ArgMin(L(theta) + M(theta), theta),
    steps=[Step("1", ArgMin(L(theta), theta), by="minimisers")],
)
