"""instantiate_head does not ask whether the symbol is one."""

from fmproof import *
from fmproof.kernel.equality import instantiate_head
from fmproof.kernel.order import nonnegativity
from fmproof.lang.sorts import Sort

t = Real("t")
w = Scalar("w", t, nonneg=True)


class Alike:
    definition = None
    name = "w"
    params = (t,)
    result = Sort.REAL

    def __eq__(self, other):
        return other == w


print(instantiate_head(nonnegativity(w(t)), Alike(), (t,), Rational(-1)))
