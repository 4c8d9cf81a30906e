"""x is drawn given z before z is drawn."""

from fmproof import Expect, norm2
from fmproof.derivations.fm_cfm import t, u_z, v, x, z
from fmproof.derivations.symbols import p_cond, p_data, time

claim = Expect(norm2(v - u_z), time(t), p_cond(t, x, z), p_data(z))
