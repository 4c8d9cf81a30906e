"""Powers of powers: what cannot be multiplied out, and what is too long to be a term."""
from sympy import Pow, Rational
from fmproof import Real
from fmproof.errors import FmproofError
from fmproof.kernel.ring import ring
t = Real("t")
print(ring(t**65, t**65))
for power in (Pow(Pow(t, 10000, evaluate=False), 10000, evaluate=False), Pow(10, 10000, evaluate=False)):
    try:
        print(ring(power, power))
    except FmproofError as error:
        print(error)
