"""7 654 321 = 5: a fraction's numerator is whatever another number says that it is."""

from fractions import Fraction

from fmproof import Equals, Real
from fmproof.derived.restatements import reflexivity
from fmproof.derived.restatements import restate
from fmproof.lang.arithmetic import plus


class Whole(int):
    numerator = property(lambda self: self)

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(int(self) + 0)

    def __abs__(self):
        return 7_654_321


x = Real("x")
try:
    x * Fraction(Whole(7_654_321))
except Exception as error:
    print(type(error).__name__, error)
theorem = reflexivity(plus(7_654_320 * x, x) / x)
print(theorem)
print(restate(reflexivity(Equals(7_654_321, 7_654_321).lhs), Equals(7_654_321, 5)))
