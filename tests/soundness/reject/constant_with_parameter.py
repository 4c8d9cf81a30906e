"""A "constant" that contains θ."""

from fmproof import Derivation, Expect, Named, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, marginal, u, v

C_1 = Named("C_1", Expect(norm2(v), *marginal))

derivation = Derivation(
    "constant-with-parameter",
    hypotheses=[H1, H2],
    start=Expect(norm2(v), *marginal) + Expect(norm2(u), *marginal),
    steps=[Step("1", C_1 + Expect(norm2(u), *marginal), by="constant")],
)
