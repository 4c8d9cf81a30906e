"""A theorem about any v, at a v that mentions the variable that the theorem integrates over."""

from fmproof import (
    Density,
    Derivation,
    Expect,
    Hypothesis,
    Inner,
    Instance,
    Integrable,
    Part,
    Step,
    Vec,
    norm2,
)

x, y, z = Vec("x y z")
q = Density("q", x)

derivation = Derivation(
    "captured-by-an-instance",
    variables=[y],
    hypotheses=[Hypothesis("H", Integrable(norm2(x), q(x)))],
    parts=[
        Part(
            "Linearity",
            start=Expect(Inner(x, y), q(x)),
            steps=[Step("1", Inner(Expect(x, q(x)), y), by="linearity")],
        ),
        Part(
            "Instance",
            start=Expect(norm2(x), q(x)),
            steps=[
                Step(
                    "2",
                    Inner(Expect(x, q(x)), Expect(x, q(x))),
                    by="lemma",
                    using=Instance("Linearity", at={y: Expect(x, q(x))}),
                )
            ],
        ),
    ],
)
