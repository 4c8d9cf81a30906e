"""A kind of theorem that says what one likes."""

from fmproof import Equals, Theorem


class Mine(Theorem):
    conclusion = Equals(0, 1)
