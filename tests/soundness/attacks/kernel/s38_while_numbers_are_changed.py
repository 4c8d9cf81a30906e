"""x + 1 = −x − 1: what is remembered was worked out while 1 was −1, for the time of one call."""

from sympy import S

from fmproof import Density, Equals, Expect, Real
from fmproof.derived.restatements import reflexivity
from fmproof.derived.restatements import restate
from fmproof.kernel.integrals import reorder_draws
from fmproof.kernel.ring import polynomial
from fmproof.lang.node import admit
from fmproof.lang.scope import canon, free_vars

x = Real("x")
left, right = admit(x + 1), admit(-x - 1)
mean = admit(Expect(x, Density("p", x)(x)))
one = S.One
kind = type(one)
for remembered in (canon, polynomial, free_vars, admit):
    one.__class__ = type(S.NegativeOne)
    try:
        remembered(left)
    except Exception as error:
        print(type(error).__name__, error)
    finally:
        one.__class__ = kind


class Order:
    def __iter__(self):
        one.__class__ = type(S.NegativeOne)
        return iter((0,))


try:
    reorder_draws(mean, Order())
except Exception as error:
    print(type(error).__name__, error)
finally:
    one.__class__ = kind
print(restate(reflexivity(left), Equals(left, right)))
