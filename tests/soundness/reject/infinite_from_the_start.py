"""Adding 0 proves nothing about a number that may be infinite."""

from fmproof import Derivation, Expect, Step, norm2, plus
from fmproof.derivations.fm_cfm import joint, u_z

a = Expect(norm2(u_z), *joint)

derivation = Derivation(
    "infinite-from-the-start",
    start=a,
    steps=[Step("1", plus(a, a, -a), by="ring")],
)
