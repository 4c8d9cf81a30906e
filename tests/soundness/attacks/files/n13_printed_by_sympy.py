"""2 x − 7 x = −8 x: what was checked is −5 x, which SymPy's cache printed as −8 x."""

import sympy
from sympy.core.cache import clear_cache

from fmproof import Derivation, Real, Step, plus


class Like(type):
    def __eq__(cls, other):
        return other is int or other is cls

    def __hash__(cls):
        return hash(int)


class Five(int, metaclass=Like):
    def __int__(self):
        return 8

    __index__ = __trunc__ = __int__


clear_cache()
sympy.Integer(Five(5))

x = Real("x")
wrong = Derivation(
    "wrong", variables=[x], start=plus(2 * x, -7 * x), steps=[Step("1", -5 * x, by="ring")]
)
