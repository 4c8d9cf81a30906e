"""Rectified flow and stochastic interpolants: the loss of a velocity, for any coupling.

The path x_t = I_t(x₀, x₁) is fixed by its ends, so given them it is a point mass: p_t(x|x₀, x₁)
has no density, and the theorem for probability paths with densities does not cover it.
"""

from __future__ import annotations

from fmproof.derivations.pythagoras import cross_terms, minimiser, pythagoras
from fmproof.lang.nodes import (
    CondExpect,
    Expect,
    Field,
    Law,
    Let,
    Param,
    Partial,
    Real,
    Scalar,
    Vec,
    norm2,
)
from fmproof.lang.props import Almost, Differentiable, Equals, ForAll, Integrable
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

t = Real("t")
x, x0, x1 = Vec("x x0 x1")
theta = Param("theta")
rho = Law("rho", (t, 0, 1))  #: any time law on [0, 1], also of finitely many times
q = Law("q", x0, x1)  #: any coupling
I = Field("I", x0, x1, sub=t)  # noqa: E741 - the field's name for it
velocity = Partial(I(t, x0, x1), t)
u = Field("u", x, sub=t, definition=CondExpect(velocity, x, q(x0, x1), Let(x, I(t, x0, x1))))
v = Field("v", x, sub=t, sup=theta)

law = (rho(t), q(x0, x1), Let(x, I(t, x0, x1)))
model, mean = v(t, theta, x), u(t, x)
L = Scalar("L", theta, definition=Expect(norm2(model - velocity), *law))

loss = Part(
    "The loss",
    start=L(theta),
    steps=[
        Step("L.1", Expect(norm2(model - velocity), *law), by="definition"),
        Step(
            "L.2",
            Expect(norm2(model - mean), *law) + Expect(norm2(mean - velocity), *law),
            by="lemma",
            using="decomposition",
        ),
    ],
    says="The second term is the part of the loss that no model can learn away.",
    result=True,
)

interpolant = Derivation(
    name="interpolant",
    title="The loss of rectified flow and stochastic interpolants, for any coupling",
    source="arXiv 2209.03003, theorem 3.3; arXiv 2303.08797, theorem 7",
    hypotheses=[
        Hypothesis(
            "H1",
            ForAll(Integrable(norm2(model), *law), theta),
            "the model is square integrable along the path",
        ),
        Hypothesis(
            "H2",
            Integrable(norm2(velocity), *law),
            "the velocity is square integrable; for (1 − t) x₀ + t x₁ it is x₁ − x₀",
        ),
        Hypothesis(
            "H3",
            Almost(Differentiable(I(t, x0, x1), t), rho(t), q(x0, x1)),
            "the path has a velocity at almost every time",
        ),
    ],
    parts=[
        *cross_terms(law, model, velocity, mean),
        pythagoras(law, model, velocity, mean),
        loss,
        minimiser(law, model, velocity, mean),
    ],
    statement=Equals(L(theta), loss.steps[-1].claim),
    says="The velocity field is the conditional expectation of the velocity of the path, and the "
    "loss is a regression on it.",
    meanings={
        rho: "any law of the time on [0, 1]",
        q: "any coupling of noise and data, which need not have a density",
        I: "the interpolant, such as (1 − t) x₀ + t x₁",
        u: "the velocity field: the mean velocity of the paths through x",
        v: "the model",
        L: "the training loss",
    },
)
