"""The minimisers of f + g are not those of f when g depends on θ."""

from fmproof import ArgMin, Derivation, Param, Scalar, Step

theta = Param("theta")
f, g = Scalar("f", theta), Scalar("g", theta)

derivation = Derivation(
    "minimisers",
    start=ArgMin(f(theta) + g(theta), theta),
    steps=[Step("1", ArgMin(f(theta), theta), by="minimisers")],
)
