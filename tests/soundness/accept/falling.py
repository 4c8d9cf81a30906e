"""A chain with ≥ and =."""

from fmproof import AtMost, Derivation, Expect, Step, norm2, plus
from fmproof.derivations.fm_cfm import H1, H2, joint, u_z, v

a, b = Expect(norm2(v), *joint), Expect(norm2(u_z), *joint)

derivation = Derivation(
    "falling",
    hypotheses=[H1, H2],
    statement=AtMost(a, a + b),
    start=plus(b, a),
    steps=[
        Step("1", plus(a, b), by="ring"),
        Step("2", a, by="nonnegative", relation=">="),
        Step("3", plus(a, b, -b), by="ring"),
    ],
)
