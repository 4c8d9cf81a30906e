"""✓ a^2 = 2 a^1, where 2 and 1 are arguments."""

from fmproof import Derivation, Real, Scalar, Step

s = Real("s")
a = Scalar("a", sup=s, definition=s)
above = Derivation(
    "above",
    start=a(2),
    steps=[Step("1", 2, by="definition"), Step("2", 2 * a(1), by="definition")],
)
