"""✓ π = 3, where pi is what its definition says."""

from fmproof import Derivation, Scalar, Step

pi = Scalar("pi", definition=3)
three = Derivation("three", start=pi(), steps=[Step("1", 3, by="definition")])
