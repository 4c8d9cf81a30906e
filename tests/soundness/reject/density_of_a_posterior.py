"""p(x|z) as a function of z is not a density of z."""

from fmproof import Density, Integral
from fmproof.derivations.symbols import p_cond, p_data, t, x, z

posterior = Density("r", z, sub=t, definition=Integral(p_cond(t, x, z) * p_data(x), x))
