"""C₂ without the minus sign in its definition."""

from fmproof import Derivation, Expect, Named, Step, norm2
from fmproof.derivations.fm_cfm import C_1, H1, H2, joint, u_z, v

C_2 = Named("C_2", Expect(norm2(u_z), *joint))

derivation = Derivation(
    "wrong-second-constant",
    hypotheses=[H1, H2],
    start=Expect(norm2(v - u_z), *joint) + Expect(-norm2(u_z), *joint) + C_1,
    steps=[Step("3.6", Expect(norm2(v - u_z), *joint) + C_2 + C_1, by="constant")],
)
