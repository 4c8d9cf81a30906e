"""∇·∇f where f has a gradient everywhere; of log f where f is > 0 and smooth."""

from fmproof import (
    Derivation,
    Differentiable,
    Div,
    ForAll,
    Grad,
    Hypothesis,
    Log,
    Positive,
    Scalar,
    Step,
    Vec,
)

x = Vec("x")
f, g = Scalar("f", x), Scalar("g", x)

derivation = Derivation(
    "second-derivative",
    variables=[x],
    hypotheses=[
        Hypothesis("H1", ForAll(Differentiable(f(x), x), x), "f has a gradient"),
        Hypothesis("H2", Differentiable(Grad(f(x), x), x), "and the gradient a derivative at x"),
    ],
    start=Div(Grad(f(x), x), x) - 1,
    steps=[Step("1", -1 + Div(Grad(f(x), x), x), by="ring")],
)

of_a_logarithm = Derivation(
    "second-derivative-of-a-logarithm",
    variables=[x],
    hypotheses=[
        Hypothesis("H1", ForAll(Positive(g(x)), x), "g is positive"),
        Hypothesis("H2", ForAll(Differentiable(g(x), x), x), "g has a gradient"),
        Hypothesis("H3", Differentiable(Grad(Log(g(x)), x), x), "and its score a derivative at x"),
    ],
    start=Div(Grad(Log(g(x)), x), x) - 1,
    steps=[Step("1", -1 + Div(Grad(Log(g(x)), x), x), by="ring")],
)
