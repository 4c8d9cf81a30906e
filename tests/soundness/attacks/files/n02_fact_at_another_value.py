"""A hypothesis about one time t served another time s."""

from fmproof import (
    Almost,
    Density,
    Derivation,
    Expect,
    Hypothesis,
    Integrable,
    Log,
    Part,
    Positive,
    Ratio,
    Real,
    Scalar,
    Step,
    VanishesWith,
    Vec,
)

x = Vec("x")
s, t = Real("s t")
g = Scalar("g", t, x)
p = Density("p", x)
c = Scalar("c")()
false = Part(
    "False",
    Expect(g(s, x) * Ratio(1, g(s, x)), p(x)),
    [Step("1", 1, by=["cancel", "linearity"])],
    result=True,
)
last = Part("Last", c * (c + 1), [Step("2", c * c + c, by="ring")])
cancelled = Derivation(
    "cancelled",
    variables=[s, t],
    hypotheses=[Hypothesis("H", Almost(VanishesWith(1, g(t, x)), p(x)))],
    parts=[false, last],
)
hollow = Derivation(
    "hollow",
    variables=[s, t],
    hypotheses=[
        Hypothesis("H", Almost(Positive(g(t, x)), p(x))),
        Hypothesis("I", Integrable(Log(g(s, x)), p(x))),
    ],
    start=Expect(2 * Log(g(s, x)), p(x)),
    steps=[Step("1", 2 * Expect(Log(g(s, x)), p(x)), by="linearity")],
)
