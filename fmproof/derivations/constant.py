"""What the constant is: C = −E‖u_t(x) − u_t(x|z)‖², so −C is the floor of the training loss.

The theorem is put to work at u^θ := u, the marginal field itself, where L_FM vanishes.
"""

from __future__ import annotations

from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM, C, fm_cfm, joint, marginal, u, u_z, v
from fmproof.derivations.symbols import t, theta, u_marg, u_model, x
from fmproof.lang.arithmetic import plus
from fmproof.lang.nodes import Expect, norm2
from fmproof.lang.props import AtMost, Equals
from fmproof.tactics.script import Derivation, Instance, Part, Step

spread = Expect(norm2(u - u_z), *joint)  #: the variance of u_t(x|z) that x does not explain

written_out = Part(
    "The theorem, with both losses written out",
    name="written out",
    start=Expect(norm2(v - u), *marginal),
    steps=[
        Step("W.1", L_FM(theta), by="definition", note=["definition of ", L_FM(theta)]),
        Step("W.2", L_CFM(theta) + C, by="lemma", using="fm-cfm"),
        Step(
            "W.3",
            Expect(norm2(v - u_z), *joint) + C,
            by="definition",
            note=["definition of ", L_CFM(theta)],
        ),
    ],
    statement=Equals(Expect(norm2(v - u), *marginal), Expect(norm2(v - u_z), *joint) + C),
    says="We write both losses out, so that the theorem can be read for any vector field.",
)

value = Part(
    "The constant",
    name="value",
    start=C,
    steps=[
        Step("C.1", plus(spread, C, -spread), by="ring", note="adding and subtracting"),
        Step(
            "C.2",
            Expect(norm2(plus(u, -u)), *marginal) - spread,
            by="lemma",
            using=Instance("written out", replace={u_model: u_marg(t, x)}),
            note=["the theorem at ", Equals(v, u)],
        ),
        Step("C.3", -spread, by="linearity", note="the first term is zero"),
    ],
    statement=Equals(C, -spread),
    says=["The theorem holds for every model, so also for the marginal field ", u, " itself."],
)

floor = Part(
    "The floor of the training loss",
    start=-C,
    steps=[
        Step(
            "F.1",
            L_FM(theta) - C,
            by="nonnegative",
            relation="≤",
            note="a mean of squares is not negative",
        ),
        Step("F.2", L_CFM(theta), by="lemma", using="fm-cfm"),
    ],
    statement=AtMost(-C, L_CFM(theta)),
    says=[
        "Since ",
        L_FM(theta),
        " is a mean of squares, no model can bring the training loss below ",
        -C,
        ".",
    ],
    result=True,
)

attained = Part(
    "It is attained at the marginal field",
    start=spread,
    steps=[Step("E.1", -C, by="lemma", using="value", note="by what we showed of the constant")],
    says=["The model ", Equals(v, u), " has this loss."],
)

constant = Derivation(
    name="constant",
    title="The constant is minus the conditional variance, the floor of the training loss",
    source="arXiv 2210.02747, theorem 2, at the marginal field",
    hypotheses=[H1, H2],
    parts=[written_out, value, floor, attained],
    uses=[fm_cfm],
    says=["We read the theorem at the marginal field, where ", L_FM(theta), " vanishes."],
    meanings=fm_cfm.meanings,
    statement=Equals(C, -spread),
)
