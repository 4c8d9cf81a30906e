"""The theorem at u^θ := x, claimed for u^θ := 2x."""

from fmproof import Derivation, Expect, Hypothesis, Instance, Integrable, Part, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, C, fm_cfm, joint, marginal, u, u_z, v
from fmproof.derivations.symbols import u_model, x

derivation = Derivation(
    "wrong-instance",
    hypotheses=[H1, H2, Hypothesis("H3", Integrable(norm2(x), *marginal))],
    uses=[fm_cfm],
    parts=[
        Part(
            "Written out",
            start=Expect(norm2(v - u), *marginal),
            steps=[
                Step("1", fm_cfm.proposition.lhs, by="definition"),
                Step("2", fm_cfm.proposition.rhs, by="lemma", using="fm-cfm"),
                Step("3", Expect(norm2(v - u_z), *joint) + C, by="definition"),
            ],
        ),
        Part(
            "Instance",
            start=Expect(norm2(2 * x - u), *marginal),
            steps=[
                Step(
                    "4",
                    Expect(norm2(2 * x - u_z), *joint) + C,
                    by="lemma",
                    using=Instance("Written out", replace={u_model: x}),
                )
            ],
        ),
    ],
)
