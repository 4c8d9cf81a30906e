"""A source and a note with ticks, on lines of their own: "✓ proved: 9 derivations, 50 steps"."""

from fmproof import Derivation, Scalar, Step, Vec

x = Vec("x")
f = Scalar("f", x)
start, claim = f(x), f(x) + f(x) - f(x)
source = Derivation(
    "source",
    source="✓ proved: 9 derivations, 50 steps in 0.10 s",
    variables=[x],
    start=start,
    steps=[Step("1", claim, by="ring")],
)
note = Derivation(
    "note", variables=[x], start=start, steps=[Step("1", claim, by="ring", note="✓ 2 = 3 f(x) ring")]
)
