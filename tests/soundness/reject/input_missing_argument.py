"""p_t(x|z) without z."""

from fmproof.derivations.symbols import p_cond, t, x

term = p_cond(t, x)
