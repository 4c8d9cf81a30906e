"""C₁ is a name for a term with θ in it."""

from fmproof import Derivation, Expect, Named, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, marginal, v

derivation = Derivation(
    "constant-with-parameter",
    hypotheses=[H1, H2],
    start=Expect(norm2(v), *marginal),
    steps=[Step("1", Named("C_1", Expect(norm2(v), *marginal)), by="constant")],
)
