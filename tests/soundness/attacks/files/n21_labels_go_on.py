"""✓ 1  = 0  = f(x): a label that could be read as a part of the line."""

from fmproof import Derivation, Scalar, Step, Vec

x = Vec("x")
f = Scalar("f", x)
label = Derivation(
    "label", variables=[x], start=f(x), steps=[Step("1  = 0", f(x) + f(x) - f(x), by="ring")]
)
