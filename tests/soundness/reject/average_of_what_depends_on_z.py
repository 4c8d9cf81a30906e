"""u_t(x|z) is replaced by u_t(x), although the other factor depends on z."""

from fmproof import Derivation, Expect, Inner, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, joint, u, u_z

derivation = Derivation(
    "average-of-what-depends-on-z",
    hypotheses=[H1, H2],
    start=Expect(norm2(u_z), *joint),
    steps=[Step("1", Expect(Inner(u_z, u), *joint), by="auto")],
)
