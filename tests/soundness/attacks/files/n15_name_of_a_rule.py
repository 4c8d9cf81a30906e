"""f(x) = g(x) "by ring": the name of the rule looked up one thing and printed another."""

from fmproof import Derivation, Equals, Hypothesis, Real, Scalar, Step

x = Real("x")
f, g = Scalar("f", x), Scalar("g", x)


class Name(str):
    def __str__(self):
        return "ring"

    __repr__ = __format__ = strip = lower = lambda self, *_: "ring"

    def __eq__(self, other):
        return other == "lemma"

    def __hash__(self):
        return hash("lemma")


step = Step("1", g(x), by=[Name("ring")], using="H1")
hidden = Derivation(
    "hidden", hypotheses=[Hypothesis("H1", Equals(f(x), g(x)))], start=f(x), variables=[x], steps=[step]
)
