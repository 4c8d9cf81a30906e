"""(a + b)/(c + d) is not a/c + b/d."""

from fmproof import Derivation, Ratio, Real, Step

a, b, c, d = Real("a b c d")

derivation = Derivation(
    "ratio-split",
    variables=[a, b, c, d],
    start=Ratio(a + b, c + d),
    steps=[Step("1", Ratio(a, c) + Ratio(b, d), by="ring")],
)
