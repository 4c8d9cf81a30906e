"""A real number is claimed to equal a vector."""

from fmproof import Derivation, Expect, Step, norm2
from fmproof.derivations.symbols import p_data, x

derivation = Derivation(
    "another-sort",
    start=Expect(norm2(x), p_data(x)),
    steps=[Step("1", Expect(x, p_data(x)), by="ring")],
)
