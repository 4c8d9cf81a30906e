"""A look-alike of a derivation has hypotheses until the checker has used them."""

from fmproof import Derivation, Equals, Hypothesis, Rational, Step, check

real = Derivation(
    "one",
    hypotheses=[Hypothesis("H", Equals(1, 2))],
    start=Rational(1),
    steps=[Step("1", 2, by="lemma", using="H")],
)


class Fake:
    asked = 0

    def __getattr__(self, name: str) -> object:
        if name == "hypotheses":
            Fake.asked += 1
            return real.hypotheses if Fake.asked < 4 else ()
        return getattr(real, name)


try:
    report = check([Fake()]).derivations[0]
    print(report.status, report.statement.text, report.hypotheses)
except Exception as error:
    print(type(error).__name__, error)
