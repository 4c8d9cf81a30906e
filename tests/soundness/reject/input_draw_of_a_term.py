"""A law draws variables."""

from fmproof import Expect, norm2
from fmproof.derivations.symbols import p_data, x

term = Expect(norm2(x), p_data(2 * x))
