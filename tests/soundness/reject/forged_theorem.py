"""A theorem made by hand."""

from fmproof import Equals, Theorem
from fmproof.derivations.fm_cfm import L_CFM, L_FM
from fmproof.derivations.symbols import theta

theorem = Theorem(Equals(L_FM(theta), L_CFM(theta)))
