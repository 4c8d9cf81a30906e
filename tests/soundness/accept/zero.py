"""A sum as written that is zero, under an integral and as a vector."""

from fmproof import Derivation, Expect, Inner, Step, norm2, plus
from fmproof.derivations.fm_cfm import H1, H2, joint, u, u_z, v

derivation = Derivation(
    "zero",
    hypotheses=[H1, H2],
    start=Expect(norm2(v), *joint),
    steps=[
        Step("1", Expect(norm2(v), *joint) + Expect(Inner(v, plus(u_z, -u_z)), *joint), by="ring"),
        Step("2", Expect(norm2(v), *joint) + Expect(norm2(plus(u, -u)), *joint), by="ring"),
    ],
)
