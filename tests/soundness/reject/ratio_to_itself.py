"""a/a = 1 is false where a = 0."""

from fmproof import Density, Derivation, Expect, Ratio, Step, Vec

x, y = Vec("x y")
q, r = Density("q", x), Density("r", y)

derivation = Derivation(
    "ratio-to-itself",
    start=Expect(Ratio(q(x), q(x)), r(x)),
    steps=[Step("1", 1, by=("cancel", "drop"))],
)
