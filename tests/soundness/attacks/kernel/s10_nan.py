from sympy import Add, Mul, Pow

from fmproof import *
from fmproof.kernel.equality import instantiate
from fmproof.kernel.ring import ring

s, t = Real("s t")
a = s + t
th = ring(0 * t, Add(1, Mul(-1, a, Pow(a, -1, evaluate=False), evaluate=False), evaluate=False))
print(th.conclusion.args)
print(instantiate(th, {s: -t}))
