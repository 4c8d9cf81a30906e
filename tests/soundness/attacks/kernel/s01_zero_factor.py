"""Every function is integrable: a factor 0 in an unevaluated product counts as 'a nonzero number'."""

from sympy import Mul

from fmproof import *
from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.integrability import finite_measure, tonelli

t = Real("t")
f = Ratio(1, t)  # 1/t on [0, 1]
L = Lebesgue(t, 0, 1)
th = tonelli(Integrable(f, L), Integrable(Mul(0, f, evaluate=False), L), (0,))
print(th)
th = discharge(th, finite_measure(Integrable(0, L)))
print(th)
