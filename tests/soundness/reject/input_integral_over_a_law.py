"""An integral runs over variables, not over laws."""

from fmproof import Integral, norm2
from fmproof.derivations.symbols import p_data, x

term = Integral(norm2(x), p_data(x))
