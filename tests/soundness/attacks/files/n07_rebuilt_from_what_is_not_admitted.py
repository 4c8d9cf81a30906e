"""h(t) := f(t) t² is differentiable at 0, so h'(0) = 0: not for f(t) = 1/t, where h(t) = t."""

from sympy import Integer, Mul

from fmproof import Derivation, Differentiable, Hypothesis, Partial, Real, Scalar, Step
from fmproof.lang.node import rebuilt

t = Real("t")
f = Scalar("f", t)
product = Mul(f(t), Mul(1, t**2, evaluate=False), evaluate=False)
body = rebuilt(Partial(f(t), t, 0), product, t, Integer(0)).args[0]
h = Scalar("h", t, definition=body)

false = Derivation(
    "false",
    hypotheses=[Hypothesis("H1", Differentiable(h(t), t, 0))],
    start=Partial(h(t), t, 0),
    steps=[Step("1", 0, by=["definition", "derivative"])],
)
