"""One slip is reported once: the next step goes on from the claim."""

from fmproof import Derivation, Expect, Inner, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, joint, u_z, v

derivation = Derivation(
    "one-slip",
    hypotheses=[H1, H2],
    start=Expect(norm2(v - u_z), *joint),
    steps=[
        Step("1", Expect(norm2(v) - Inner(v, u_z) + norm2(u_z), *joint), by="square"),
        Step(
            "2",
            Expect(norm2(v), *joint) - Expect(Inner(v, u_z), *joint) + Expect(norm2(u_z), *joint),
            by="linearity",
        ),
    ],
)
