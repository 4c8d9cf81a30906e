"""The same without any shared object in the author's file: SymPy's cache shares them."""

from fmproof import *
from fmproof.kernel.integrability import finite_measure

x, y = Vec("x y")
p = Density("p", x)
q = Density("q", y, given=x)
m = Density("m", x, definition=Integral(p(x) * q(y, x), y))
k = Density("k", x, definition=Integral(p(x) * q(y, x), y))
print(finite_measure(Integrable(m(x), k(x))))
