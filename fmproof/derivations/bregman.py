"""Bregman divergences: whichever is the loss, the best guess is the conditional expectation.

D(a, b) = φ(a) − φ(b) − ⟨∇φ(b), a − b⟩; for φ = ‖·‖² it is ‖a − b‖². Proposition 1 of the guide to
flow matching (arXiv 2412.06264). That φ is convex makes D ≥ 0; the theorem does not need it.
"""

from __future__ import annotations

from sympy import Expr

from fmproof.lang.nodes import (
    ArgMin,
    CondExpect,
    Expect,
    Field,
    Grad,
    Inner,
    Law,
    Named,
    Param,
    Scalar,
    Vec,
)
from fmproof.lang.props import Almost, Differentiable, Equals, ForAll, Integrable
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

x, y, a, b = Vec("x y a b")
theta = Param("theta")
q = Law("q", x, y)  #: any joint law
law = (q(x, y),)
u = Field("u", x, definition=CondExpect(y, x, *law))  #: E[Y | X = x]
v = Field("v", x, sup=theta)
target, mean, model = y, u(x), v(theta, x)

phi = Scalar("phi", a)
D = Scalar("D", a, b, definition=phi(a) - phi(b) - Inner(Grad(phi(a), a, b), a - b))
slope = Grad(phi(a), a, model)  #: ∇φ at the model


def expect(term: Expr) -> Expr:
    """The mean of a term."""
    return Expect(term, *law)


L_u = Scalar("L_u", theta, definition=expect(D(mean, model)))
L_Y = Scalar("L_Y", theta, definition=expect(D(target, model)))
C = Named("C", expect(phi(mean)) - expect(phi(target)))


def written_out(first: Expr) -> Expr:
    """D(first, model) by its definition."""
    return phi(first) - phi(model) - Inner(slope, first - model)


def separated(first: Expr) -> Expr:
    """E D(first, model), each term by itself."""
    return (
        expect(phi(first))
        - expect(phi(model))
        - expect(Inner(slope, first))
        + expect(Inner(slope, model))
    )


cross = Part(
    "The cross term",
    name="cross",
    start=expect(Inner(slope, mean)),
    steps=[
        Step(
            "X.1",
            expect(Inner(slope, target)),
            by="pull-out",
            note="what the conditional expectation is",
        )
    ],
    says=[
        "The gradient of ",
        phi(a),
        " at the model is a function of ",
        x,
        ", so beside it ",
        target,
        " may stand for its conditional expectation.",
    ],
)

losses = Part(
    "The two losses",
    name="losses",
    start=L_u(theta),
    steps=[
        Step("B.1", expect(D(mean, model)), by="definition", note=["definition of ", L_u(theta)]),
        Step("B.2", expect(written_out(mean)), by="definition", note=["definition of ", D(a, b)]),
        Step("B.3", separated(mean), by=["square", "linearity"]),
        Step(
            "B.4",
            expect(phi(mean))
            - expect(phi(model))
            - expect(Inner(slope, target))
            + expect(Inner(slope, model)),
            by="lemma",
            using="cross",
        ),
        Step(
            "B.5",
            expect(written_out(target)) + expect(phi(mean)) - expect(phi(target)),
            by=["square", "linearity"],
        ),
        Step(
            "B.6",
            expect(D(target, model)) + expect(phi(mean)) - expect(phi(target)),
            by="definition",
            note=["definition of ", D(a, b)],
        ),
        Step(
            "B.7",
            L_Y(theta) + C,
            by="definition",
            note=["definition of ", L_Y(theta), " and ", C],
        ),
    ],
    says=[
        "In its first argument ",
        D(a, b),
        " is linear but for ",
        phi(a),
        ", where no model stands.",
    ],
)

gradients = Part(
    "Gradients",
    start=Grad(L_u(theta), theta),
    steps=[
        Step("G.1", Grad(L_Y(theta) + C, theta), by="lemma", using="losses"),
        Step("G.2", Grad(L_Y(theta), theta), by="derivative"),
    ],
    says="A constant has no gradient.",
    result=True,
)

minimisers = Part(
    "Minimisers",
    start=ArgMin(L_u(theta), theta),
    steps=[
        Step("M.1", ArgMin(L_Y(theta) + C, theta), by="lemma", using="losses"),
        Step("M.2", ArgMin(L_Y(theta), theta), by="minimisers"),
    ],
    says="Nor does a constant move a minimiser.",
    result=True,
)

bregman = Derivation(
    name="bregman",
    title="With any Bregman divergence the best guess is the conditional expectation",
    source="arXiv 2412.06264, proposition 1",
    hypotheses=[
        Hypothesis("H1", Integrable(target, *law), "the target has a mean"),
        Hypothesis("H2", Integrable(phi(target), *law), "φ of the target has a mean"),
        Hypothesis(
            "H3", Integrable(phi(mean), *law), "φ of its conditional expectation has a mean"
        ),
        Hypothesis("H4", ForAll(Integrable(phi(model), *law), theta), "φ of the model has a mean"),
        Hypothesis(
            "H5",
            ForAll(Integrable(Inner(slope, model), *law), theta),
            "so has the product of the gradient of φ at the model and the model",
        ),
        Hypothesis(
            "H6",
            ForAll(Integrable(Inner(slope, target), *law), theta),
            "so has the product of the gradient of φ at the model and the target",
        ),
        Hypothesis(
            "H7",
            ForAll(Almost(Differentiable(phi(a), a, model), *law), theta),
            "φ is differentiable where the model takes its values",
        ),
        Hypothesis(
            "H8",
            ForAll(Differentiable(L_Y(theta), theta), theta),
            "the training loss has a gradient",
        ),
    ],
    parts=[cross, losses, gradients, minimisers],
    statement=Equals(L_u(theta), L_Y(theta) + C),
    says="A divergence is linear in its first argument but for one term, in which the model does "
    "not occur. So the target may be replaced by its conditional expectation, up to a constant.",
    meanings={
        q: "the joint law of what is observed and the target",
        u: "the conditional expectation of the target",
        v: "the model",
        phi: "the function that the divergence is made from",
        D: "the Bregman divergence",
        L_u: "the loss against the conditional expectation",
        L_Y: "the training loss",
    },
)
