"""Part 1 uses Part 2, which comes later."""

from fmproof import Derivation, Part, Step
from fmproof.derivations.fm_cfm import H1, H2, cross_joint, cross_marginal

derivation = Derivation(
    "lemma-before-it-is-proved",
    hypotheses=[H1, H2],
    parts=[
        Part(
            "Part 1",
            start=cross_marginal,
            steps=[Step("1.1", cross_joint, by="lemma", using="Part 2")],
        ),
        Part("Part 2", start=cross_marginal, steps=[Step("2.1", cross_joint, by="auto")]),
    ],
)
