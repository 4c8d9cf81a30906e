"""Two nodes of one number: a fraction copies the parts of another number as they are."""

from fractions import Fraction
from numbers import Rational

from fmproof.lang.node import as_term


class Ratio(Rational):
    def __init__(self, numerator, denominator):
        self.parts = numerator, denominator

    numerator = property(lambda self: self.parts[0])
    denominator = property(lambda self: self.parts[1])

    def _no(self, *others):
        raise NotImplementedError  # what is read of it are its two parts alone

    __abs__ = __add__ = __ceil__ = __eq__ = __floor__ = __floordiv__ = __le__ = __lt__ = _no
    __mod__ = __mul__ = __neg__ = __pos__ = __pow__ = __radd__ = __rfloordiv__ = __rmod__ = _no
    __rmul__ = __round__ = __rpow__ = __rtruediv__ = __truediv__ = __trunc__ = _no
    __hash__ = object.__hash__


print(as_term(Fraction(Ratio(2, 4))) is as_term(Fraction(1, 2)))
for parts in ((1, 0), (1, -2)):
    try:
        print(as_term(Fraction(Ratio(*parts))))
    except Exception as error:
        print(type(error).__name__, error)
