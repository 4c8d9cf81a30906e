"""The draw of z is dropped, though x is drawn given z."""

from fmproof import Derivation, Expect, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, joint, marginal, v

derivation = Derivation(
    "dropped-draw-in-use",
    hypotheses=[H1, H2],
    start=Expect(norm2(v), *joint),
    steps=[Step("1", Expect(norm2(v), *marginal), by="drop")],
)
