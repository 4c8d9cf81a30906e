"""Implicit score matching: the score of the data leaves the loss by an integration by parts.

No decay at infinity is assumed: that the flux is integrable is enough.
"""

from __future__ import annotations

from fmproof.lang.nodes import (
    Density,
    Div,
    Expect,
    Field,
    Grad,
    Inner,
    Integral,
    Log,
    Param,
    Vec,
    norm2,
)
from fmproof.lang.props import Differentiable, Equals, ForAll, Integrable
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

x = Vec("x")
theta = Param("theta")
p = Density("p", x)
s = Field("s", x, sup=theta)
model, score = s(theta, x), Grad(Log(p(x)), x)
slope, divergence = Grad(p(x), x), Div(model, x)

by_parts = Part(
    "Integration by parts",
    name="by parts",
    start=Expect(Inner(model, score), p(x)),
    steps=[
        Step(
            "B.1",
            Integral(Inner(model, slope), x),
            by=["expectation", "log-derivative"],
            note=["the score times ", p(x), " is the gradient of ", p(x)],
        ),
        Step(
            "B.2",
            Integral(Div(p(x) * model, x) - p(x) * divergence, x),
            by="derivative",
            note="the product rule",
        ),
        Step(
            "B.3",
            Integral(Div(p(x) * model, x), x) - Integral(p(x) * divergence, x),
            by="linearity",
        ),
        Step(
            "B.4",
            -Integral(p(x) * divergence, x),
            by="parts",
            note="the integral of a divergence is 0",
        ),
        Step("B.5", -Expect(divergence, p(x)), by=["expectation", "linearity"]),
    ],
    says="We write the expectation as an integral and move the derivative to the model.",
    result=True,
)

matching = Part(
    "The loss",
    start=Expect(norm2(model - score), p(x)),
    steps=[
        Step(
            "L.1",
            Expect(norm2(model) - 2 * Inner(model, score) + norm2(score), p(x)),
            by="square",
            note="expanding the square",
        ),
        Step(
            "L.2",
            Expect(norm2(model), p(x))
            - 2 * Expect(Inner(model, score), p(x))
            + Expect(norm2(score), p(x)),
            by="linearity",
        ),
        Step(
            "L.3",
            Expect(norm2(model), p(x)) + 2 * Expect(divergence, p(x)) + Expect(norm2(score), p(x)),
            by="lemma",
            using="by parts",
        ),
        Step(
            "L.4",
            Expect(norm2(model) + 2 * divergence, p(x)) + Expect(norm2(score), p(x)),
            by="linearity",
        ),
    ],
    says="The last term is free of the model, and the first needs no score of the data.",
    result=True,
)

implicit_score_matching = Derivation(
    name="implicit-score-matching",
    title="Implicit score matching is explicit score matching plus a constant",
    source="Hyvärinen, Estimation of non-normalized statistical models, JMLR 2005",
    hypotheses=[
        Hypothesis("H1", ForAll(Differentiable(p(x), x), x), "the density is differentiable"),
        Hypothesis(
            "H2",
            ForAll(ForAll(Differentiable(model, x), x), theta),
            "the model is differentiable in x",
        ),
        Hypothesis(
            "H3",
            ForAll(Integrable(norm2(model), p(x)), theta),
            "the model is square integrable",
        ),
        Hypothesis("H4", Integrable(norm2(score), p(x)), "the score is square integrable"),
        Hypothesis(
            "H5",
            ForAll(Integrable(divergence, p(x)), theta),
            "the divergence of the model is integrable",
        ),
    ],
    parts=[by_parts, matching],
    statement=Equals(matching.start, matching.steps[-1].claim),
    says="The cross term is integrated by parts.",
    meanings={p: "the density of the data", s: "the model of the score"},
)
