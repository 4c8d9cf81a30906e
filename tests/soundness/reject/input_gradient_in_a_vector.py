"""∇ is taken in a parameter."""

from fmproof import Grad, norm2
from fmproof.derivations.symbols import x

term = Grad(norm2(x), x)
