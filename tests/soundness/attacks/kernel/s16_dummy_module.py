"""The seal asks for a module's name, which a class may give itself."""

from sympy import Expr

from fmproof import *
from fmproof.kernel.ring import ring
from fmproof.lang.sorts import Sort


class Anything(Expr):
    __module__ = "fmproof.lang.mine"
    sort = Sort.REAL

    def __eq__(self, other):
        return True

    __hash__ = Expr.__hash__


t = Real("t")
from fmproof.kernel.equality import symmetry, transitivity

print(transitivity(symmetry(ring(Anything(), Rational(0))), ring(Anything(), Rational(1))))
