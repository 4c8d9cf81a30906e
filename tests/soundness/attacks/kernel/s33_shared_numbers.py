"""SymPy's 0 and 1 given other types, and its registry other numbers: refused while it is so."""

import sympy
from sympy import S

from fmproof import Real, Scalar
from fmproof.derived.restatements import reflexivity
from fmproof.kernel.ring import ring

x = Real("x")
f = Scalar("f", x)
zero, one = S.Zero, S.One
try:
    one.__class__ = type(zero)
    ring(f(x), f(x) + f(x))
except Exception as error:
    print(type(error).__name__, error)
finally:
    one.__class__ = sympy.core.numbers.One
try:
    S.Zero = f(x)
    reflexivity(f(x))
except Exception as error:
    print(type(error).__name__, error)
finally:
    S.Zero = zero
print(reflexivity(f(x)))
