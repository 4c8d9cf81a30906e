"""'Almost every' is exchanged for sets that need not be measurable (∀θ over a non-separable space)."""

from fmproof import *
from fmproof.derived.null_sets import reorder_almost
from fmproof.kernel.almost import everywhere
from fmproof.kernel.equality import specialise
from fmproof.kernel.hypotheses import assume

s, t = Real("s t")
theta = Param("theta")
k = Scalar("k", s, t, sup=theta)
P = ForAll(Equals(k(theta, s, t), 0), theta)
S, T = Lebesgue(s, 0, 1), Lebesgue(t, 0, 1)
th = specialise(assume(ForAll(Almost(P, T), s)), s)
th = everywhere(th, [S])
print(th)
print(reorder_almost(th, (1, 0)))
