"""Right, but it takes more than the rule that is named: the hint says which."""

from fmproof import Derivation, Expect, Inner, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, joint, u_z, v

derivation = Derivation(
    "two-rules-in-one-step",
    hypotheses=[H1, H2],
    start=Expect(norm2(v - u_z), *joint),
    steps=[
        Step(
            "1",
            Expect(norm2(v), *joint)
            - 2 * Expect(Inner(v, u_z), *joint)
            + Expect(norm2(u_z), *joint),
            by="linearity",
        )
    ],
)
