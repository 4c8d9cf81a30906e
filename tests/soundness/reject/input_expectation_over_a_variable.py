"""An expectation is over laws, not over variables."""

from fmproof import Expect, norm2
from fmproof.derivations.symbols import x

term = Expect(norm2(x), x)
