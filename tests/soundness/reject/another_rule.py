"""Right, but by another rule than the one that is named: the hint says which."""

from fmproof import Derivation, Expect, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, joint, marginal, v

derivation = Derivation(
    "another-rule",
    hypotheses=[H1, H2],
    start=Expect(norm2(v), *marginal),
    steps=[Step("1", Expect(norm2(v), *joint), by="fubini")],
)
