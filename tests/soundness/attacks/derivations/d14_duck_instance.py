"""Instance(replace={look-alike: ...}): the look-alike of a weight is replaced by -1; 0 = 1 at derivation level."""

from fmproof import *
from fmproof.lang.sorts import Sort

x = Vec("x")
p = Density("p", x)


class Fake:
    definition = None
    name = "p"
    params = (x,)
    result = Sort.REAL

    def __eq__(self, other):
        return other is p

    def __hash__(self):
        return 0

    def __call__(self, *a):
        return p(*a)


mass = Derivation(
    "mass",
    start=Rational(1),
    steps=[
        Step("1", Expect(Rational(1), p(x)), by="drop"),
        Step("2", Integral(p(x), x), by="expectation"),
    ],
)
d = Derivation(
    "one-is-zero",
    uses=[mass],
    start=Rational(1),
    steps=[Step("1", Rational(0), by="lemma", using=Instance("mass", replace={Fake(): 0}))],
)
