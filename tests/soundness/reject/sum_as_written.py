"""x + y − y is x, not x − y."""

from fmproof import Derivation, Real, Step, plus

x, y = Real("x y")

derivation = Derivation(
    "sum-as-written",
    variables=[x, y],
    start=plus(x, y, -y),
    steps=[Step("1", plus(x, -y), by="ring")],
)
