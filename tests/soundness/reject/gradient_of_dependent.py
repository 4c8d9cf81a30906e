"""A term with θ in it is treated as a constant under the gradient."""

from fmproof import Derivation, Differentiable, Grad, Hypothesis, Param, Scalar, Step

theta = Param("theta")
f, g = Scalar("f", theta), Scalar("g", theta)

derivation = Derivation(
    "gradient",
    hypotheses=[
        Hypothesis("F", Differentiable(f(theta), theta)),
        Hypothesis("G", Differentiable(g(theta), theta)),
    ],
    start=Grad(f(theta) + g(theta), theta),
    steps=[Step("1", Grad(f(theta), theta), by="gradient")],
)
