"""The theorem for any time law, any weight w(t) ≥ 0 and any conditioning variable.

Written for a coupling (x₀, x₁) ~ q as in rectified flow and OT-CFM; :func:`matching` takes
any conditioning variables, vectors or points of an arbitrary space.
"""

from __future__ import annotations

from sympy import Expr

from fmproof.derivations import symbols
from fmproof.derivations.symbols import MEANINGS, t, theta, u_model, x
from fmproof.lang.arithmetic import plus
from fmproof.lang.nodes import (
    Density,
    Expect,
    Field,
    Inner,
    Integral,
    IntegralOver,
    Lebesgue,
    Named,
    Ratio,
    Scalar,
    Var,
    Vec,
    norm2,
)
from fmproof.lang.props import Equals, ForAll, Integrable
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

rho = Density("rho", (t, 0, 1))  #: any time law on [0, 1]
w = Scalar("w", t, nonneg=True)  #: any weight


def matching(
    name: str,
    title: str,
    *given: Var,
    time_law: Density = rho,
    prior: Density | None = None,
    weight: Expr | None = None,
) -> Derivation:
    """The derivation with the conditioning variables ``given``, drawn jointly from ``prior``.

    Args:
        given: vectors, or points of an arbitrary space.
        time_law: a density of t on [0, 1].
        prior: a density of ``given``; by default an arbitrary q.
        weight: a term ≥ 0 in t; by default an arbitrary w(t).
    """
    q = Density("q", *given) if prior is None else prior
    weight = w(t) if weight is None else weight
    p_cond = Density("p", x, sub=t, given=given)
    joint_density = p_cond(t, x, *given) * q(*given)
    over = [Lebesgue(var) for var in given]
    p_marg = Density("p", x, sub=t, definition=IntegralOver(joint_density, *over))
    u_cond = Field("u", x, sub=t, given=given)
    u_marg = Field(
        "u",
        x,
        sub=t,
        definition=IntegralOver(u_cond(t, x, *given) * Ratio(joint_density, p_marg(t, x)), *over),
    )
    v, u, u_c = u_model(t, theta, x), u_marg(t, x), u_cond(t, x, *given)
    marginal = (time_law(t), p_marg(t, x))
    joint = (time_law(t), q(*given), p_cond(t, x, *given))
    unit = (t, 0, 1)

    L_FM = Scalar("L_FM", theta, definition=Expect(weight * norm2(v - u), *marginal))
    L_CFM = Scalar("L_CFM", theta, definition=Expect(weight * norm2(v - u_c), *joint))
    C_1 = Named("C_1", Expect(weight * norm2(u), *marginal))
    C_2 = Named("C_2", Expect(-weight * norm2(u_c), *joint))
    C = Named("C", C_1 + C_2)

    model_term = Expect(weight * norm2(v), *marginal)
    cross_marginal = Expect(weight * Inner(v, u), *marginal)
    cross_joint = Expect(weight * Inner(v, u_c), *joint)
    density = time_law(t) * p_marg(t, x) * weight
    inside = weight * time_law(t) * Inner(v, u_c)

    part_1 = Part(
        "Part 1",
        start=L_FM(theta),
        steps=[
            Step(
                "1.1",
                Expect(weight * norm2(v - u), *marginal),
                by="definition",
                note=["definition of ", L_FM(theta)],
            ),
            Step(
                "1.2",
                Expect(weight * (norm2(v) - 2 * Inner(v, u) + norm2(u)), *marginal),
                by="square",
                note="expanding the square",
            ),
            Step(
                "1.3",
                model_term - 2 * cross_marginal + Expect(weight * norm2(u), *marginal),
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
        says=["We expand the square in ", L_FM(theta), ". The last term is free of ", theta, "."],
    )
    part_2 = Part(
        "Part 2",
        start=cross_marginal,
        steps=[
            Step(
                "2.1",
                Integral(density * Inner(v, u), x, unit),
                by="expectation",
                note="the expectation as an integral",
            ),
            Step(
                "2.3",
                Integral(density * Inner(v, u_marg.unfold((t, x))), x, unit),
                by="definition",
                note=["definition of ", u],
            ),
            Step(
                "2.4a",
                Integral(
                    IntegralOver(
                        density * Inner(v, u_c) * Ratio(joint_density, p_marg(t, x)), *over
                    ),
                    x,
                    unit,
                ),
                by="linearity",
                note="the inner integral moved out",
            ),
            Step(
                "2.4b",
                Integral(IntegralOver(inside * joint_density, *over), x, unit),
                by="cancel",
                note=[p_marg(t, x), " cancels"],
            ),
            Step(
                "2.5a",
                Integral(IntegralOver(Integral(inside * joint_density, x), *over), unit),
                by="fubini",
            ),
            Step("2.5b", cross_joint, by="expectation", note="the integral as an expectation"),
        ],
        statement=Equals(cross_marginal, cross_joint),
        says=["We replace ", u, " by ", u_c, " in the cross term. The weight stays as it is."],
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
                Expect(weight * norm2(v), *joint) - 2 * cross_joint + C_1,
                by="marginalisation",
            ),
            Step(
                "3.2b",
                Expect(weight * (norm2(v) - 2 * Inner(v, u_c)), *joint) + C_1,
                by="linearity",
            ),
            Step(
                "3.3",
                Expect(
                    weight * plus(norm2(v), -2 * Inner(v, u_c), norm2(u_c), -norm2(u_c)),
                    *joint,
                )
                + C_1,
                by="ring",
                note="adding and subtracting",
            ),
            Step(
                "3.4",
                Expect(weight * (norm2(v - u_c) - norm2(u_c)), *joint) + C_1,
                by="square",
                note="completing the square",
            ),
            Step(
                "3.5",
                Expect(weight * norm2(v - u_c), *joint)
                + Expect(-weight * norm2(u_c), *joint)
                + C_1,
                by="linearity",
            ),
            Step(
                "3.6",
                Expect(weight * norm2(v - u_c), *joint) + C_2 + C_1,
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
        says=["We put the two together and complete the square around ", u_c, "."],
    )

    return Derivation(
        name=name,
        title=title,
        source="arXiv 2210.02747, theorem 2; couplings: arXiv 2209.03003, 2302.00482",
        hypotheses=[
            Hypothesis(
                "H1",
                ForAll(Integrable(weight * norm2(v), *marginal), theta),
                "the model is square integrable along the probability path",
            ),
            Hypothesis(
                "H2",
                Integrable(weight * norm2(u_c), *joint),
                "the conditional vector field is square integrable",
            ),
        ],
        parts=[part_1, part_2, part_3],
        statement=Equals(L_FM(theta), L_CFM(theta) + C),
        says="The proof is that of the theorem for the uniform law: nothing in it uses how the "
        "time is drawn, how it is weighted, or what the path is conditioned on.",
        meanings={
            **MEANINGS,
            time_law: MEANINGS.get(time_law, "a density of the time on [0, 1]"),
            w: "a weight",
            q: "the joint density of what the path is conditioned on",
            p_cond: MEANINGS[symbols.p_cond],
            p_marg: MEANINGS[symbols.p_marg],
            u_cond: MEANINGS[symbols.u_cond],
            u_marg: MEANINGS[symbols.u_marg],
            L_FM: "the flow matching loss",
            L_CFM: "the conditional flow matching loss",
        },
    )


x0, x1 = Vec("x0 x1")

general = matching(
    "general",
    "Any time law, any weight, any coupling",
    x0,
    x1,
)
