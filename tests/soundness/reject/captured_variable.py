"""A function of x, defined by an integral over y, taken at y: its y is another one."""

from fmproof import Derivation, Hypothesis, Integrable, Integral, Lebesgue, Scalar, Step, Vec

x, y = Vec("x y")
f = Scalar("f", x, y)
mean = Scalar("mean", x, definition=Integral(f(x, y), y))

derivation = Derivation(
    "captured-variable",
    variables=[y],
    hypotheses=[
        Hypothesis("H1", Integrable(f(y, x), Lebesgue(x))),
        Hypothesis("H2", Integrable(f(y, y), Lebesgue(y))),
    ],
    start=mean(y),
    steps=[Step("1", Integral(f(y, y), y), by="definition")],
)
