from fmproof import *
from fmproof.kernel.equality import (symmetry)
from fmproof.derived.restatements import reflexivity
from fmproof.kernel.hypotheses import assume, discharge


class Alike:
    args = ()
    lhs = Rational(0)
    rhs = Rational(1)
    __class__ = Equals

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(Equals(0, 0))


print(symmetry(discharge(assume(Alike()), reflexivity(Rational(0)))))
