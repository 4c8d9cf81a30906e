"""A cross term is taken to be nonnegative."""

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

x = Vec("x")
p, f, g = Density("p", x), Field("f", x)(x), Field("g", x)(x)

derivation = Derivation(
    "not-nonnegative",
    hypotheses=[
        Hypothesis("F", Integrable(norm2(f), p(x))),
        Hypothesis("G", Integrable(norm2(g), p(x))),
    ],
    start=Expect(norm2(f), p(x)),
    steps=[
        Step(
            "1", Expect(norm2(f), p(x)) + Expect(Inner(f, g), p(x)), by="nonnegative", relation="≤"
        )
    ],
)
