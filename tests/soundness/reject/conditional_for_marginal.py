"""The conditional field where the marginal one belongs, by marginalising the law."""

from fmproof import Derivation, Expect, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, joint, marginal, u, u_z, v

derivation = Derivation(
    "conditional-for-marginal",
    hypotheses=[H1, H2],
    start=Expect(norm2(v - u), *marginal),
    steps=[Step("1", Expect(norm2(v - u_z), *joint), by="marginalisation")],
)
