"""One name stands for two constants."""

from fmproof import Derivation, Expect, Named, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, joint, marginal, u, u_z

first = Named("C", Expect(norm2(u), *marginal))
second = Named("C", Expect(norm2(u_z), *joint))

derivation = Derivation(
    "two-meanings",
    hypotheses=[H1, H2],
    start=Expect(norm2(u), *marginal),
    steps=[Step("1", first, by="constant"), Step("2", second, by="constant")],
)
