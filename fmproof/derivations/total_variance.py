"""The law of total variance: what X explains of the spread of Y, and what it leaves.

The floor of a regression is the second of the two, E‖Y − E[Y|X]‖². Nothing is asked of the joint
law of X and Y: it may have no density.
"""

from __future__ import annotations

from fmproof.lang.arithmetic import plus
from fmproof.lang.nodes import (
    CondExpect,
    Expect,
    Field,
    Inner,
    Law,
    Named,
    Vec,
    norm2,
)
from fmproof.lang.props import AtMost, Equals, Integrable
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

x, y = Vec("x y")
q = Law("q", x, y)  #: any joint law
law = (q(x, y),)
u = Field("u", x, definition=CondExpect(y, x, *law))  #: E[Y | X = x]
target, mean = y, u(x)
m = Named("m", Expect(target, *law))  #: E[Y]

explained = Expect(norm2(mean - m), *law)
unexplained = Expect(norm2(target - mean), *law)
total = Expect(norm2(target - m), *law)

averages = Part(
    "The average",
    name="average",
    start=Expect(mean, *law),
    steps=[
        Step("A.1", Expect(target, *law), by="pull-out", note="the tower property"),
        Step("A.2", m, by="definition", note=["definition of ", m]),
    ],
    says=["On average ", mean, " is ", target, ", so both have the mean ", m, "."],
)

square = Part(
    "The square",
    name="square",
    start=Expect(Inner(target, mean), *law),
    steps=[
        Step(
            "S.1",
            Expect(norm2(mean), *law),
            by="pull-out",
            note="what the conditional expectation is",
        )
    ],
    says=["Beside a function of ", x, ", also beside itself, ", mean, " stands for ", target, "."],
)

variance = Part(
    "The law of total variance",
    name="total variance",
    start=total,
    steps=[
        Step(
            "V.1",
            Expect(norm2(plus(target - mean, mean - m)), *law),
            by="ring",
            note=["adding and subtracting ", mean],
        ),
        Step(
            "V.2",
            unexplained + 2 * Expect(Inner(target - mean, mean - m), *law) + explained,
            by=["square", "linearity"],
            note="expanding the square",
        ),
        Step(
            "V.3",
            unexplained
            + 2
            * (
                Expect(Inner(target, mean), *law)
                - Expect(norm2(mean), *law)
                - Inner(Expect(target, *law), m)
                + Inner(Expect(mean, *law), m)
            )
            + explained,
            by=["square", "linearity"],
            note="the cross term, multiplied out",
        ),
        Step(
            "V.4",
            unexplained
            + 2 * (Inner(Expect(mean, *law), m) - Inner(Expect(target, *law), m))
            + explained,
            by="lemma",
            using="square",
        ),
        Step(
            "V.5",
            explained + unexplained,
            by=["lemma", "definition"],
            using="average",
            note="the cross term vanishes",
        ),
    ],
    statement=Equals(total, explained + unexplained),
    says=["We insert ", mean, " and expand. The cross term vanishes by the two parts before."],
    result=True,
)

floor = Part(
    "What is left is never more than the whole",
    start=unexplained,
    steps=[
        Step(
            "F.1",
            explained + unexplained,
            by="nonnegative",
            relation="≤",
            note="a square is not negative",
        ),
        Step("F.2", total, by="lemma", using="total variance"),
    ],
    statement=AtMost(unexplained, total),
    says=["Knowing ", x, " never makes the spread larger on average."],
    result=True,
)

total_variance = Derivation(
    name="total-variance",
    title="The law of total variance",
    source="Kallenberg, Foundations of Modern Probability, theorem 8.1",
    hypotheses=[
        Hypothesis("H1", Integrable(norm2(target), *law), "the target is square integrable")
    ],
    parts=[averages, square, variance, floor],
    statement=variance.statement,
    says="The spread of the target around its mean has two parts: what its conditional expectation "
    "varies, and what varies around that. The second is the floor of a regression.",
    meanings={
        q: "the joint law of what is observed and the target",
        u: "the conditional expectation of the target",
    },
)
