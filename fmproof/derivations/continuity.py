"""The marginal field moves the marginal path, if the conditional field moves its own."""

from __future__ import annotations

from fmproof.lang.nodes import Density, Div, Expect, Field, Law, Partial, Ratio, Real, Vec
from fmproof.lang.props import Almost, Dominated, Equals, ForAll, Positive
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

s, t = Real("s t")
x, y, z = Vec("x y z")
p_data = Law("p_data", z)  #: any law of the data
p_cond = Density("p", x, sub=t, given=z)
p_marg = Density("p", x, sub=t, definition=Expect(p_cond(t, x, z), p_data(z)))
u_cond = Field("u", x, sub=t, given=z)
u_marg = Field(
    "u",
    x,
    sub=t,
    definition=Expect(Ratio(p_cond(t, x, z), p_marg(t, x)) * u_cond(t, x, z), p_data(z)),
)
flux = p_cond(t, x, z) * u_cond(t, x, z)  #: of the conditional path
mean_flux = Expect(flux, p_data(z))

continuity = Derivation(
    name="continuity",
    title="The marginal field generates the marginal path",
    source="arXiv 2210.02747, theorem 1; arXiv 2506.02070, theorem 10",
    hypotheses=[
        Hypothesis(
            "H1",
            ForAll(Almost(Equals(Partial(p_cond(t, x, z), t), -Div(flux, x)), p_data(z)), x),
            "the conditional field moves the conditional path",
        ),
        Hypothesis(
            "H2",
            ForAll(Dominated(p_cond(s, x, z), s, t, p_data(z)), x),
            "the derivative in time passes under the expectation",
        ),
        Hypothesis(
            "H3",
            ForAll(Dominated(p_cond(t, y, z) * u_cond(t, y, z), y, x, p_data(z)), x),
            "so does the divergence",
        ),
        Hypothesis("H4", ForAll(Positive(p_marg(t, x)), x), "there is mass everywhere"),
    ],
    variables=[t, x],
    parts=[
        Part(
            "The flux",
            name="flux",
            start=p_marg(t, x) * u_marg(t, x),
            steps=[
                Step(
                    "F.1",
                    p_marg(t, x) * u_marg.unfold((t, x)),
                    by="definition",
                    note=["definition of ", u_marg(t, x)],
                ),
                Step(
                    "F.2",
                    mean_flux,
                    by=["linearity", "cancel"],
                    note=[p_marg(t, x), " cancels"],
                ),
            ],
            says="The marginal field is the mean of the conditional ones, weighted by their mass.",
        ),
        Part(
            "The continuity equation",
            start=Partial(p_marg(t, x), t),
            steps=[
                Step(
                    "C.1",
                    Partial(Expect(p_cond(t, x, z), p_data(z)), t),
                    by="definition",
                    note=["definition of ", p_marg(t, x)],
                ),
                Step(
                    "C.2",
                    Expect(Partial(p_cond(t, x, z), t), p_data(z)),
                    by="exchange",
                    note="under the expectation",
                ),
                Step(
                    "C.3",
                    Expect(-Div(flux, x), p_data(z)),
                    by="lemma",
                    using="H1",
                    note="the conditional equation",
                ),
                Step(
                    "C.4",
                    -Div(mean_flux, x),
                    by=["exchange", "linearity"],
                    note="out of the expectation",
                ),
                Step(
                    "C.5",
                    -Div(p_marg(t, x) * u_marg(t, x), x),
                    by="lemma",
                    using="flux",
                    note="the flux of the marginal path",
                ),
            ],
            says="Mass that is kept for every z is kept on the whole.",
        ),
    ],
    says="We differentiate under the expectation, use the equation of the conditional path, and "
    "pull the divergence out again.",
    meanings={
        p_data: "the law of the data",
        p_cond: "the conditional probability path",
        p_marg: "the marginal probability path",
        u_cond: "the conditional vector field",
        u_marg: "the marginal vector field",
    },
)
