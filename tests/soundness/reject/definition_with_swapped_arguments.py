"""A function of (x, y), unfolded as if of (y, x)."""

from fmproof import Derivation, Inner, Scalar, Step, Vec, norm2

x, y = Vec("x y")
f = Scalar("f", x, y, definition=norm2(x) + Inner(x, y))

derivation = Derivation(
    "definition-with-swapped-arguments",
    variables=[x, y],
    start=f(y, x),
    steps=[Step("1", norm2(x) + Inner(x, y), by="definition")],
)
