"""Any keyword of a head is stored: nonneg beside a definition, unfold, result..."""

from fmproof import *
from fmproof.kernel.equality import transitivity, unfold
from fmproof.kernel.order import nonnegativity
from fmproof.lang.nodes import Head

f = Head("f", nonneg=True, definition=-1)
print(transitivity(nonnegativity(f()), unfold(f())))
