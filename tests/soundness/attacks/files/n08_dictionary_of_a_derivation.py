"""f(x) = g(x), under the printed hypothesis f(x) = f(x): a derivation's dictionary was written to."""

from fmproof import Derivation, Equals, Hypothesis, Real, Scalar, Step

x = Real("x")
f, g = Scalar("f", x), Scalar("g", x)


class LookAlike:
    name, meaning, asked = "H1", "", 0
    equation = Equals(f(x), g(x))

    @property
    def prop(self):
        LookAlike.asked += 1
        return Equals(f(x), g(x)) if LookAlike.asked <= 4 else Equals(f(x), f(x))


false = Derivation(
    "false",
    hypotheses=[Hypothesis("H1", Equals(f(x), g(x)))],
    variables=[x],
    start=f(x),
    steps=[Step("1", g(x), by="lemma", using="H1")],
)
for part in (false, false.parts[0], false.parts[0].steps[0], false.hypotheses[0]):
    try:
        vars(part)["hypotheses"] = (LookAlike(),)
    except TypeError:
        continue
    print("written:", type(part).__name__)
