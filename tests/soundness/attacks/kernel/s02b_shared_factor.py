from fmproof import *
from fmproof.kernel.integrability import finite_measure

x, y = Vec("x y")
p = Density("p", x)
q = Density("q", y, given=x)
px = p(x)
m = Density("m", x, definition=Integral(px * q(y, x), y))
k = Density("k", x, definition=Integral(px * q(y, x), y))
for a, b in ((m(x), m(x)), (m(x), k(x)), (k(x), m(x)), (m(x), px)):
    try:
        print(finite_measure(Integrable(a, b)))
    except Exception as e:
        print(e)
