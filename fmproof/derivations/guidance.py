"""Guidance: Bayes for scores, and the guided vector field.

The path given a label y is p_t(x|y), the label has the law p(y), and the classifier p_t(y|x) is
their posterior. Section 5 of Holderrieth & Erives (arXiv 2506.02070), after Dhariwal & Nichol
(arXiv 2105.05233) and Ho & Salimans (arXiv 2207.12598).
"""

from __future__ import annotations

from fmproof.lang.nodes import (
    Density,
    Field,
    Grad,
    Integral,
    Latent,
    Lebesgue,
    Log,
    Ratio,
    Real,
    Scalar,
    Vec,
)
from fmproof.lang.props import Differentiable, Equals, ForAll, Integrable, Positive
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

t = Real("t")
x = Vec("x")
y = Latent("y")
p_label = Density("p", y)
p_cond = Density("p", x, sub=t, given=y)  #: p_t(x|y)
p_marg = Density("p", x, sub=t, definition=Integral(p_cond(t, x, y) * p_label(y), y))  #: p_t(x)
posterior = Scalar(
    "p", y, sub=t, given=x, definition=Ratio(p_cond(t, x, y) * p_label(y), p_marg(t, x))
)  #: p_t(y|x), the classifier
s_cond = Field("s", x, sub=t, given=y, definition=Grad(Log(p_cond(t, x, y)), x))
s_marg = Field("s", x, sub=t, definition=Grad(Log(p_marg(t, x)), x))
slope = Grad(Log(posterior(t, y, x)), x)  #: ∇_x log p_t(y|x)

a, b = Scalar("a", t), Scalar("b", t)
u_cond = Field("u", x, sub=t, given=y, definition=a(t) * x + b(t) * s_cond(t, x, y))
u_marg = Field("u", x, sub=t, definition=a(t) * x + b(t) * s_marg(t, x))
w = Real("w")  #: the guidance scale
guided = Field(
    "u", x, sub=t, sup=w, given=y, definition=u_marg(t, x) + w * b(t) * slope
)  #: u_t^w(x|y), with a classifier

scores = Part(
    "Bayes for scores",
    name="scores",
    start=slope,
    steps=[
        Step(
            "B.1",
            Grad(Log(Ratio(p_cond(t, x, y) * p_label(y), p_marg(t, x))), x),
            by="definition",
            note=["definition of ", posterior(t, y, x), ", by Bayes"],
        ),
        Step(
            "B.2",
            Grad(Log(p_cond(t, x, y)), x) - Grad(Log(p_marg(t, x)), x),
            by=["derivative", "field"],
            note=["the law ", p_label(y), " of the label does not depend on ", x],
        ),
        Step(
            "B.3", s_cond(t, x, y) - s_marg(t, x), by="definition", note="definition of the scores"
        ),
    ],
    says=["The gradient of the log-likelihood of the label is the difference of two scores."],
    result=True,
)

fields = Part(
    "Bayes for vector fields",
    name="fields",
    start=u_cond(t, x, y),
    steps=[
        Step("F.1", a(t) * x + b(t) * s_cond(t, x, y), by="definition"),
        Step(
            "F.2",
            a(t) * x + b(t) * (s_marg(t, x) + slope),
            by="lemma",
            using="scores",
        ),
        Step(
            "F.3",
            u_marg(t, x) + b(t) * slope,
            by="definition",
            note=["definition of ", u_marg(t, x)],
        ),
    ],
    says="A vector field of a Gaussian path is linear in the score, so the same holds for it.",
    result=True,
)

guidance_part = Part(
    "Guidance without a classifier",
    name="guidance",
    start=guided(t, w, x, y),
    steps=[
        Step(
            "G.1",
            u_marg(t, x) + w * b(t) * slope,
            by="definition",
            note=["definition of ", guided(t, w, x, y)],
        ),
        Step(
            "G.2",
            u_marg(t, x) + w * (u_cond(t, x, y) - u_marg(t, x)),
            by="lemma",
            using="fields",
        ),
        Step("G.3", (1 - w) * u_marg(t, x) + w * u_cond(t, x, y), by="ring"),
    ],
    says="No classifier is needed: two vector fields are enough.",
)

guidance = Derivation(
    name="guidance",
    title="Bayes for scores, and the guided vector field",
    source="arXiv 2506.02070, section 5; arXiv 2105.05233; arXiv 2207.12598",
    hypotheses=[
        Hypothesis("H1", Positive(p_cond(t, x, y)), "the path of the label reaches the point"),
        Hypothesis("H2", Positive(p_label(y)), "the label has positive probability"),
        Hypothesis("H3", Positive(p_marg(t, x)), "the marginal path reaches the point"),
        Hypothesis(
            "H4", Differentiable(p_cond(t, x, y), x), "the path of the label has a score there"
        ),
        Hypothesis("H5", Differentiable(p_marg(t, x), x), "the marginal path has a score there"),
        Hypothesis(
            "H6",
            ForAll(Integrable(p_cond(t, x, y) * p_label(y), Lebesgue(y)), x),
            "the marginal density is finite at every point",
        ),
    ],
    variables=[t, w, x, y],
    parts=[scores, fields, guidance_part],
    statement=Equals(guided(t, w, x, y), (1 - w) * u_marg(t, x) + w * u_cond(t, x, y)),
    says="By Bayes the classifier is a quotient of densities. The gradient of its logarithm is the "
    "difference of their scores, at every point where they are positive and differentiable.",
    meanings={
        p_label: "the law of the labels",
        p_cond: "the probability path of one label",
        p_marg: "the probability path of all labels",
        posterior: "the classifier",
        s_cond: "the score given a label",
        s_marg: "the score",
        a: "the coefficient of x in the vector field of a Gaussian path",
        b: "the coefficient of the score in it",
        u_cond: "the vector field given a label",
        u_marg: "the vector field",
        guided: "the guided vector field, with the scale w",
    },
)
