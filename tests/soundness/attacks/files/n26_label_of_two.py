"""A hypothesis and a part have one label: a paper said "by (H1)" where the part was used."""

from fmproof import Derivation, Equals, Field, Hypothesis, Part, Step, Vec

x = Vec("x")
f, g, h = (Field(name, x)(x) for name in "fgh")
d = Derivation(
    "cites-two",
    variables=[x],
    hypotheses=[Hypothesis("H1", Equals(f, g)), Hypothesis("H2", Equals(g, h))],
    parts=[
        Part("One", 2 * g, [Step("1", 2 * h, by="lemma", using="H2")], name="H1"),
        Part("Two", 2 * g + f, [Step("2", 2 * h + f, by="lemma", using="H1")]),
    ],
)
