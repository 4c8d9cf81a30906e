"""f (x + y) = f x + f y for a number f, which was shown as a real function."""

from fmproof import Derivation, Real, Scalar, Step

x, y = Real("x y")
f, g = Scalar("f")(), Scalar("f", x)

linear = Derivation(
    "linear", start=f * (x + y), variables=[x, y], steps=[Step("1", f * x + f * y, by="ring")]
)
both = Derivation(
    "both", start=f * (x + y) + g(x), variables=[x, y], steps=[Step("1", f * x + f * y + g(x), by="ring")]
)
