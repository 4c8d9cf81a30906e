from fmproof import *

x = Vec("x")
f = Scalar("f", x)
for i in (5, 0):
    d = Derivation(f"plus-{i}", variables=[x], start=f(x), steps=[Step("1", f(x) + i, by="ring")])
