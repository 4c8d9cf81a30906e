"""Two derivations of one name, one shown and one used; the names differ by a dash."""

from fmproof import Derivation, Field, Step, Vec

x = Vec("x")
f, g = Field("f", x, definition=0 * x), Field("g", x)
shown = Derivation("sum-rule", start=g(x), variables=[x], steps=[Step("1", g(x), by="ring")])
used = Derivation("sum‑rule", start=f(x), variables=[x], steps=[Step("1", 0 * x, by="definition")])
d = Derivation(
    "uses-a-sum-rule",
    variables=[x],
    uses=[used],
    start=f(x) + g(x),
    steps=[Step("1", g(x), by="lemma", using="sum‑rule")],
)
