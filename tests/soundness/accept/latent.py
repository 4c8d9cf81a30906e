"""Conditioning on a point of an arbitrary space: a class, a graph, a string."""

from fmproof import (
    Density,
    Derivation,
    Expect,
    Field,
    Hypothesis,
    Inner,
    Integrable,
    Integral,
    Latent,
    Ratio,
    Step,
    Vec,
    norm2,
)

c = Latent("c")
x = Vec("x")
n = Density("n", c)
q = Density("q", x, given=c)
m = Density("m", x, definition=Integral(q(x, c) * n(c), c))
u = Field("u", x, given=c)
mean = Field("u", x, definition=Integral(u(x, c) * Ratio(q(x, c) * n(c), m(x)), c))
law = (n(c), q(x, c))

derivation = Derivation(
    "latent",
    hypotheses=[
        Hypothesis("H1", Integrable(norm2(u(x, c)), *law)),
        Hypothesis("H2", Integrable(norm2(x), m(x))),
    ],
    start=Expect(Inner(x, u(x, c)), *law),
    steps=[Step("1", Expect(Inner(x, mean(x)), m(x)), by="auto")],
)
