"""free_vars is public and remembers what it was told about a look-alike."""

from fmproof import *
from fmproof.derived.derivatives_inside import minimisers_of_shift

theta = Param("theta")
L, M = Scalar("L", theta), Scalar("M", theta)


class Alike:
    args = ()

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(M(theta))


free_vars(Alike())
print(minimisers_of_shift(ArgMin(L(theta) + M(theta), theta)))
