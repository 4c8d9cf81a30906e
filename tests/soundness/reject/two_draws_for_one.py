"""Two independent draws of one law are not the same draw."""

from fmproof import (
    Density,
    Derivation,
    Expect,
    Field,
    Hypothesis,
    Inner,
    Integrable,
    Step,
    Vec,
    norm2,
)

x, y = Vec("x y")
q = Density("q", x)
f = Field("f", x)

derivation = Derivation(
    "two-draws-for-one",
    hypotheses=[Hypothesis("H", Integrable(norm2(f(x)), q(x)))],
    start=Expect(Inner(f(x), f(y)), q(x), q(y)),
    steps=[Step("1", Expect(Inner(f(x), f(x)), q(x)), by="drop")],
)
