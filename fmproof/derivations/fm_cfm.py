"""L_FM(θ) = L_CFM(θ) + C: the flow matching loss equals the conditional one up to a constant.

Theorem 2 of Lipman et al., "Flow Matching for Generative Modeling" (arXiv 2210.02747), in the
form of Holderrieth & Erives (arXiv 2506.02070), section 3.
"""

from __future__ import annotations

from fmproof.derivations.settings import FlowMatching
from fmproof.derivations.symbols import (
    MEANINGS,
    p_cond,
    p_data,
    p_marg,
    t,
    theta,
    time,
    u_marg,
    x,
    z,
)
from fmproof.lang.arithmetic import plus
from fmproof.lang.nodes import Expect, Head, Inner, Integral, Ratio, norm2
from fmproof.lang.props import Equals
from fmproof.tactics.script import Derivation, Part, Step

flow = FlowMatching()
v, u, u_z = flow.model, flow.u, flow.target
marginal, joint, unit = flow.marginal, flow.joint, (t, 0, 1)
L_FM, L_CFM = flow.L_FM, flow.L_CFM
C_1, C_2, C = flow.constants
H1, H2 = flow.hypotheses

LOSSES: dict[Head, str] = {
    L_FM: "the flow matching loss",
    L_CFM: "the conditional flow matching loss",
}

model_term = Expect(norm2(v), *marginal)
cross_marginal = Expect(Inner(v, u), *marginal)
cross_joint = Expect(Inner(v, u_z), *joint)

part_1 = Part(
    "Part 1",
    start=L_FM(theta),
    steps=[
        Step(
            "1.1",
            Expect(norm2(v - u), *marginal),
            by="definition",
            note=["definition of ", L_FM(theta)],
        ),
        Step(
            "1.2",
            Expect(norm2(v) - 2 * Inner(v, u) + norm2(u), *marginal),
            by="square",
            note="expanding the square",
        ),
        Step(
            "1.3",
            model_term - 2 * cross_marginal + Expect(norm2(u), *marginal),
            by="linearity",
        ),
        Step(
            "1.4",
            model_term - 2 * cross_marginal + C_1,
            by="constant",
            note=["the last term is free of ", theta],
        ),
    ],
    statement=Equals(L_FM(theta), model_term - 2 * cross_marginal + C_1),
    says=[
        "We expand the square in ",
        L_FM(theta),
        ". Of the three terms the last does not depend on ",
        theta,
        ".",
    ],
)

part_2 = Part(
    "Part 2",
    start=cross_marginal,
    steps=[
        Step(
            "2.1",
            Integral(p_marg(t, x) * time(t) * Inner(v, u), x, unit),
            by="expectation",
            note="the expectation as an integral",
        ),
        Step(
            "2.2",
            Integral(p_marg(t, x) * Inner(v, u), x, unit),
            by="density",
            note=[time(t), " is 1 on [0, 1]"],
        ),
        Step(
            "2.3",
            Integral(p_marg(t, x) * Inner(v, u_marg.unfold((t, x))), x, unit),
            by="definition",
            note=["definition of ", u],
        ),
        Step(
            "2.4a",
            Integral(
                p_marg(t, x) * Inner(v, u_z) * Ratio(p_cond(t, x, z) * p_data(z), p_marg(t, x)),
                z,
                x,
                unit,
            ),
            by="linearity",
            note=["the integral over ", z, " moved out"],
        ),
        Step(
            "2.4b",
            Integral(Inner(v, u_z) * p_cond(t, x, z) * p_data(z), z, x, unit),
            by="cancel",
            note=[p_marg(t, x), " cancels"],
        ),
        Step(
            "2.5a",
            Integral(Inner(v, u_z) * p_cond(t, x, z) * p_data(z), x, z, unit),
            by="fubini",
        ),
        Step(
            "2.5b",
            cross_joint,
            by=("expectation", "density"),
            note="the integral as an expectation",
        ),
    ],
    statement=Equals(cross_marginal, cross_joint),
    says=[
        "We show that the cross term does not change when the marginal field ",
        u,
        " is replaced by the conditional one, ",
        u_z,
        ", and the point ",
        x,
        " is drawn given ",
        z,
        ".",
    ],
)

part_3 = Part(
    "Part 3",
    start=L_FM(theta),
    steps=[
        Step(
            "3.1",
            model_term - 2 * cross_joint + C_1,
            by="lemma",
            using=("Part 1", "Part 2"),
        ),
        Step(
            "3.2a",
            Expect(norm2(v), *joint) - 2 * cross_joint + C_1,
            by="marginalisation",
            note=["marginalisation over ", z],
        ),
        Step(
            "3.2b",
            Expect(norm2(v) - 2 * Inner(v, u_z), *joint) + C_1,
            by="linearity",
        ),
        Step(
            "3.3",
            Expect(plus(norm2(v), -2 * Inner(v, u_z), norm2(u_z), -norm2(u_z)), *joint) + C_1,
            by="ring",
            note="adding and subtracting",
        ),
        Step(
            "3.4",
            Expect(norm2(v - u_z) - norm2(u_z), *joint) + C_1,
            by="square",
            note="completing the square",
        ),
        Step(
            "3.5",
            Expect(norm2(v - u_z), *joint) + Expect(-norm2(u_z), *joint) + C_1,
            by="linearity",
        ),
        Step(
            "3.6",
            Expect(norm2(v - u_z), *joint) + C_2 + C_1,
            by="constant",
            note=["the second term is free of ", theta],
        ),
        Step(
            "3.7",
            L_CFM(theta) + C,
            by="definition",
            note=["definition of ", L_CFM(theta), " and ", C],
        ),
    ],
    statement=Equals(L_FM(theta), L_CFM(theta) + C),
    says=[
        "We put the two together and complete the square around ",
        u_z,
        ".",
    ],
)

fm_cfm = Derivation(
    name="fm-cfm",
    title="The flow matching loss is the conditional one plus a constant",
    source="arXiv 2506.02070, section 3; arXiv 2210.02747, theorem 2",
    hypotheses=[H1, H2],
    parts=[part_1, part_2, part_3],
    says="Both losses are means of squares. Their first terms agree by marginalisation, their "
    "cross terms by the definition of the marginal field, and their last terms do not depend on "
    "the parameters.",
    meanings={**MEANINGS, **LOSSES},
)
