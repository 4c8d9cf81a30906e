"""Two fields print as u_t(x), one with a definition and one without."""

from fmproof import Derivation, Expect, Field, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, marginal, u
from fmproof.derivations.symbols import t, x

other = Field("u", x, sub=t)

derivation = Derivation(
    "one-name-for-two-fields",
    hypotheses=[H1, H2],
    start=Expect(norm2(u), *marginal),
    steps=[Step("1", Expect(norm2(other(t, x)), *marginal), by="definition")],
)
