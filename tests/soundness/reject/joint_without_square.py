"""Cauchy–Schwarz needs both squares: one of them is not assumed."""

from fmproof import Derivation, Expect, Inner, Step, norm2
from fmproof.derivations.fm_cfm import H2, joint, u_z, v

derivation = Derivation(
    "joint-without-square",
    hypotheses=[H2],
    start=Expect(norm2(v - u_z), *joint),
    steps=[Step("1", Expect(norm2(v) - 2 * Inner(v, u_z) + norm2(u_z), *joint), by="square")],
)
