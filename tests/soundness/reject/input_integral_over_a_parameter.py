"""θ is not integrated over."""

from fmproof import Integral
from fmproof.derivations.fm_cfm import L_FM
from fmproof.derivations.symbols import theta

term = Integral(L_FM(theta), theta)
