"""g(x) ≠ 0 for one fixed x became "for almost every x" in a part, and nobody looked."""

from fmproof import Density, Derivation, Hypothesis, Part, Ratio, Scalar, Step, VanishesWith, Vec

x = Vec("x")
g = Scalar("g", x)
p = Density("p", x)
c = Scalar("c")()
at_x = Part("At x", g(x) * Ratio(c, g(x)), [Step("1", c, by="cancel")])
everywhere = Part(
    "Everywhere",
    g(x) * Ratio(c, g(x)),
    [Step("2", c, by="lemma", using="At x")],
    almost=[p(x)],
    result=True,
)
last = Part("Last", c * (c + 1), [Step("3", c * c + c, by="ring")])
leftover = Derivation(
    "leftover",
    variables=[x],
    hypotheses=[Hypothesis("H", VanishesWith(1, g(x)))],
    parts=[at_x, everywhere, last],
)
