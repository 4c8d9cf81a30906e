"""A hypothesis speaks of "the" x that an expectation draws."""

from fmproof import Derivation, Expect, Hypothesis, Step, VanishesWith, norm2, plus
from fmproof.derivations.symbols import p_data, x

derivation = Derivation(
    "hypothesis-about-a-bound-variable",
    hypotheses=[Hypothesis("H", VanishesWith(norm2(x), p_data(x)))],
    start=Expect(norm2(x), p_data(x)),
    steps=[Step("1", Expect(plus(norm2(x), 1, -1), p_data(x)), by="ring")],
)
