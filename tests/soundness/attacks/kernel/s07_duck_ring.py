from fmproof import *
from fmproof.kernel.ring import ring


class Duck:
    args = ()

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1

    def _sympy_(self):
        return Rational(1)


print(ring(Duck(), Rational(0)))
