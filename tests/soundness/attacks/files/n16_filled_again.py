"""Steps that are filled again, or left half made: ✓ f(x) = g(x), and a ≤ that is shown as =."""

from fmproof import Derivation, Real, Scalar, Step

x = Real("x")
f, g, w = Scalar("f", x), Scalar("g", x), Scalar("w", x, nonneg=True)


class Relation(str):
    """Shown as =, and no relation when it is asked."""

    def __eq__(self, other):
        return other == "≤"

    def __ne__(self, other):
        return other != "≤"

    def __hash__(self):
        return hash("≤")


true = Derivation("true", variables=[x], start=f(x), steps=[Step("1", f(x), by="ring")])
true.parts[0].steps[0].__init__("1", g(x), by="ring")

half = object.__new__(Step)
for make in (Step.__init__, lambda step, *values: step.__init__(*values)):
    try:
        make(half, "1", f(x) + w(x), "nonnegative", (), Relation("="))
    except Exception:
        continue
try:
    less = Derivation("less", variables=[x], start=f(x), steps=[half])
except AttributeError as error:
    less = str(error)
