"""∇·∇f where f is known to have a gradient at x alone: beside x the inner one may be a stand-in.

Of ‖y − x‖² where y has rational coordinates, and 0 elsewhere, the gradient at x is 0, and beside it
there is none. By the convention that it is 0 then, ∇f is differentiable at x.
"""

from fmproof import Derivation, Differentiable, Div, Grad, Hypothesis, Scalar, Step, Vec

x = Vec("x")
f = Scalar("f", x)

derivation = Derivation(
    "second-derivative-at-one-place",
    variables=[x],
    hypotheses=[
        Hypothesis("H1", Differentiable(f(x), x), "f has a gradient at x"),
        Hypothesis("H2", Differentiable(Grad(f(x), x), x), "and the gradient a derivative"),
    ],
    start=Div(Grad(f(x), x), x) - 1,
    steps=[Step("1", -1 + Div(Grad(f(x), x), x), by="ring")],
)
