"""The instantaneous change of variables: d/dt log p_t(x_t) = −div u_t(x_t) along the flow."""

from __future__ import annotations

from fmproof.lang.nodes import Density, Div, Field, Grad, Inner, Log, Partial, Ratio, Real, Vec
from fmproof.lang.props import Differentiable, Equals, ForAll, Positive
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

s, t = Real("s t")
x = Vec("x")
p = Density("p", x, sub=t)
u = Field("u", x, sub=t)
X = Field("X", sub=t)
place = X(t)
change = Partial(p(s, place), s, t)  #: ∂_t p at the place, which is held fixed
slope = Grad(p(t, x), x, place)
divergence = Div(u(t, x), x, place)

log_density = Derivation(
    name="log-density",
    title="The log-density along the flow",
    source="Chen et al., arXiv 1806.07366, theorem 1; arXiv 2210.02747, appendix C",
    hypotheses=[
        Hypothesis(
            "H1",
            ForAll(Equals(Partial(p(s, x), s, t), -Div(p(t, x) * u(t, x), x)), x),
            "the continuity equation at this time",
        ),
        Hypothesis("H2", Equals(Partial(X(t), t), u(t, place)), "X moves along the field"),
        Hypothesis(
            "H3",
            Differentiable(p(s, x), s, t, x, place),
            "the density is differentiable in time and space together",
        ),
        Hypothesis("H4", Positive(p(t, place)), "there is mass at X"),
        Hypothesis("H5", Differentiable(u(t, x), x, place), "the field is differentiable at X"),
        Hypothesis("H6", Differentiable(X(t), t), "X has a velocity"),
    ],
    variables=[t],
    parts=[
        Part(
            "Along the flow",
            start=Partial(Log(p(t, place)), t),
            steps=[
                Step(
                    "F.1",
                    Ratio(1, p(t, place)) * (change + Inner(slope, Partial(X(t), t))),
                    by="derivative",
                    note="the chain rule",
                ),
                Step(
                    "F.2",
                    Ratio(1, p(t, place)) * (change + Inner(slope, u(t, place))),
                    by="lemma",
                    using="H2",
                    note="X moves along the field",
                ),
                Step(
                    "F.3",
                    Ratio(1, p(t, place))
                    * (-Div(p(t, x) * u(t, x), x, place) + Inner(slope, u(t, place))),
                    by="lemma",
                    using="H1",
                    note="the continuity equation",
                ),
                Step(
                    "F.4",
                    Ratio(1, p(t, place)) * -(p(t, place) * divergence),
                    by="derivative",
                    note="the product rule; the slopes cancel",
                ),
                Step("F.5", -divergence, by="field", note=["divided by ", p(t, place)]),
            ],
            says="The density changes by what it does at a fixed place, and by moving.",
        )
    ],
    statement=Equals(Partial(Log(p(t, place)), t), -divergence),
    says="Mass is kept, so the density falls at the rate at which the field spreads.",
    meanings={
        p: "the probability path",
        u: "a field that moves it",
        X: "a point that moves along the field",
    },
)
