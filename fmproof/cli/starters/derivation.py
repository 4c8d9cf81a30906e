"""A derivation to start from: E‖f + g‖² − E‖f − g‖² = 4 E[f·g].

Check it with        fmproof verify FILE
while you write      fmproof verify FILE --watch
as a document        fmproof docs FILE -o proof.pdf
"""

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

# Variables, a density, two vector fields. A field is applied to its variables: f(x).
x = Vec("x")
p = Density("p", x)
f, g = Field("f", x), Field("g", x)
a, b = f(x), g(x)

polarisation = Derivation(
    "polarisation",
    title="The polarisation identity",
    # What is assumed. The conditions of every step must follow from these; when one does not,
    # the report says which hypothesis is missing and how to write it.
    hypotheses=[
        Hypothesis("F", Integrable(norm2(a), p(x)), "f is square integrable"),
        Hypothesis("G", Integrable(norm2(b), p(x)), "g is square integrable"),
    ],
    # The chain: where it starts, then each line with the rule that gives it. A line is a term, or
    # LaTeX with the symbols from above. `fmproof list --rules` shows the rules; by="auto" lets
    # fmproof look for a proof of the line.
    start=r"\mathbb{E}_{x \sim p} \|f(x) + g(x)\|^2 - \mathbb{E}_{x \sim p} \|f(x) - g(x)\|^2",
    steps=[
        Step(
            "1",
            Expect(norm2(a) + 2 * Inner(a, b) + norm2(b), p(x))
            - Expect(norm2(a) - 2 * Inner(a, b) + norm2(b), p(x)),
            by="square",
            note="expanding both squares",
        ),
        Step("2", r"4 \mathbb{E}_{x \sim p}[f(x)^\top g(x)]", by="linearity"),
    ],
)
