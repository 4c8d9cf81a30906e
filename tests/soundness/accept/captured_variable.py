"""The twin of the wrong one: the bound variable gets another name."""

from fmproof import Derivation, Hypothesis, Integrable, Integral, Lebesgue, Scalar, Step, Vec

w, x, y = Vec("w x y")
f = Scalar("f", x, y)
mean = Scalar("mean", x, definition=Integral(f(x, y), y))

derivation = Derivation(
    "captured-variable",
    variables=[y],
    hypotheses=[Hypothesis("H", Integrable(f(y, x), Lebesgue(x)))],
    start=mean(y),
    steps=[Step("1", Integral(f(y, w), w), by="definition")],
)
