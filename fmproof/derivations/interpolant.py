"""Rectified flow and stochastic interpolants: the loss of a velocity, for any coupling.

The path x_t = I_t(x₀, x₁) is fixed by its ends, so given them it is a point mass: p_t(x|x₀, x₁)
has no density, and the theorem for probability paths with densities does not cover it.
"""

from __future__ import annotations

from fmproof.derivations.settings import Path
from fmproof.derivations.symbols import I, q, rho, t, theta, v_model, x0, x1
from fmproof.lang.nodes import Expect, norm2
from fmproof.lang.props import Equals
from fmproof.tactics.script import Derivation, Part, Step

path = Path(I(t, x0, x1))
law, model, velocity, u, L = path.law, path.model, path.velocity, path.u, path.L
cross, square, decomposition, best = path.parts

loss = Part(
    "The loss",
    start=L(theta),
    steps=[
        Step("L.1", Expect(norm2(model - velocity), *law), by="definition"),
        Step(
            "L.2",
            path.split,
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
    hypotheses=path.hypotheses,
    parts=[cross, square, decomposition, loss, best],
    statement=Equals(L(theta), loss.steps[-1].claim),
    says="The velocity field is the conditional expectation of the velocity of the path, and the "
    "loss is a regression on it.",
    meanings={
        rho: "any law of the time on [0, 1]",
        q: "any coupling of noise and data, which need not have a density",
        I: "the interpolant, such as (1 − t) x₀ + t x₁",
        u: "the velocity field: the mean velocity of the paths through x",
        v_model: "the model",
        L: "the training loss",
    },
)
