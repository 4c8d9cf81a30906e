from fmproof import *

x, y = Vec("x y")
p = Density("p", x)
q = Density("q", y, given=x)
m = Density("m", x, definition=Integral(p(x) * q(y, x), y))
k = Density("k", x, definition=Integral(p(x) * q(y, x), y))
d = Derivation(
    "splits",
    start=Expect(m(x) + 1, k(x)),
    steps=[Step("1", Expect(m(x), k(x)) + 1, by="linearity")],
)
