"""SymPy's switch, left off by the file, is off in the kernel too."""

from sympy.core.parameters import global_parameters

from fmproof import *

x = Vec("x")
p = Density("p", x)
px = p(x)
d = Derivation(
    "square", start=Expect(px + 1, px), steps=[Step("1", Expect(px, px) + 1, by="linearity")]
)
global_parameters.evaluate = False
