"""A hypothesis that is read as one thing by the prover and as another by the report: hidden assumption."""

import sys

from fmproof import *

t = Real("t")
u = uniform(t)
f, g = Scalar("f", t)(t), Scalar("g", t)(t)


class H(Hypothesis):
    def __getattribute__(self, name):
        if name == "prop" and "_hypotheses" in (
            sys._getframe(1).f_code.co_name,
            sys._getframe(2).f_code.co_name,
        ):
            return Integrable(0, u(t))
        return super().__getattribute__(name)


d = Derivation(
    "splits",
    hypotheses=[H("H1", Integrable(f, u(t))), H("H2", Integrable(g, u(t)))],
    start=Expect(f + g, u(t)),
    steps=[Step("1", Expect(f, u(t)) + Expect(g, u(t)), by="linearity")],
)
