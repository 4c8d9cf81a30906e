"""A law that draws x twice."""

from fmproof import Expect, norm2
from fmproof.derivations.symbols import p_data, p_marg, t, x

term = Expect(norm2(x), p_data(x), p_marg(t, x))
