"""A hypothesis must be something that can hold."""

from fmproof import Expect, Hypothesis, norm2
from fmproof.derivations.symbols import p_data, x

H = Hypothesis("H", Expect(norm2(x), p_data(x)))
