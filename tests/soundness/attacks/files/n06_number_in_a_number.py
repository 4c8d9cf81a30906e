"""x (3 + y) + x (1/2 − y) = 7 x: a fraction whose parts say now this and now that."""

from fractions import Fraction

from fmproof import Derivation, Real, Step


class Two(int):
    def __eq__(self, other):
        return other is self or other in (1, 2)

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(2)


class Seven(int):
    denominator = property(lambda self: Two(2))


x, y = Real("x y")
x * Fraction(Seven(7))

false = Derivation(
    "false",
    start=x * (3 + y) + x * (Fraction(1, 2) - y),
    variables=[x, y],
    steps=[Step("1", 7 * x, by="ring")],
)
