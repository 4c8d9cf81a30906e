"""A false derivation whose name is assigned again, in a file that silences warnings."""

import warnings

from fmproof import Derivation, Real, Scalar, Step

warnings.simplefilter("ignore")
x = Real("x")
f, g = Scalar("f", x), Scalar("g", x)
proof = Derivation("false", variables=[x], start=f(x), steps=[Step("1", g(x), by="ring")])
proof = Derivation("true", variables=[x], start=f(x), steps=[Step("1", f(x), by="ring")])
