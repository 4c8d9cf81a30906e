"""A derivation whose statement is read twice: conclude() sees one, formula() another."""

from fmproof import *

x = Vec("x")
f = Scalar("f", x)


class S(Step):
    n = 0

    def __getattribute__(self, name):
        v = super().__getattribute__(name)
        import sys

        if (
            name == "claim"
            and sys._getframe(1).f_code.co_name == "_step"
            and sys._getframe(1).f_lineno
        ):
            S.n += 1
            if S.n == 1:
                return f(x) + 1  # formula(step.claim)
        return v


d = Derivation("d", variables=[x], start=f(x), steps=[S("1", f(x), by="ring")])
