from fmproof import *
from fmproof.kernel.equality import symmetry, transitivity, unfold

a = Scalar("f", definition=1)
b = Scalar("f", definition=1, unfold=lambda args: Rational(0))
print(transitivity(symmetry(unfold(b())), unfold(a())))
