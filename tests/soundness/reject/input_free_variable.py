"""A claim about an x that nothing binds."""

from fmproof import Derivation, Expect, Step, norm2
from fmproof.derivations.symbols import p_data, x

derivation = Derivation(
    "free-variable",
    start=Expect(norm2(x), p_data(x)),
    steps=[Step("1", norm2(x), by="drop")],
)
