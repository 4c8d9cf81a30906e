"""b·b·(a/b) is integrable when a is: both b's are dropped (they are one object)."""

from sympy import Mul

from fmproof import *
from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.integrability import (finite_measure)
from fmproof.derived.ratios import cancelled_ratio

t = Real("t")
b = Ratio(1, t)
L = Lebesgue(t, 0, 1)
th = cancelled_ratio(Integrable(Mul(b, b, Ratio(1, b), evaluate=False), L))
th = discharge(th, finite_measure(Integrable(1, L)))
print(th)  # (1/t)² · (1/(1/t)) = 1/t on (0,1]
