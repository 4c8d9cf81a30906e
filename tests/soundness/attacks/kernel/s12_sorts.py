from fmproof import *
from fmproof.derived.restatements import reflexivity
from fmproof.kernel.integrability import finite_measure
from fmproof.lang.nodes import Var
from fmproof.lang.sorts import Sort

x = Vec("x")
theta = Param("theta")
G, M = Var("G", Sort.GRADIENT), Var("M", Sort.SET)
k = Scalar("k", x, sup=theta)
h = Scalar("h", G)
h2 = Scalar("h2", M)
p = Density("p", x)
print(reflexivity(Expect(h(Grad(k(theta, x), theta)) + h2(ArgMin(k(theta, x), theta)), p(x))))
print(Density("d", M), finite_measure(Integrable(1, Density("d", M)(M))))
print(reflexivity(G + G), Equals(M, ArgMin(k(theta, x), theta)))
