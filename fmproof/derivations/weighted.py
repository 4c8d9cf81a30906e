"""Any weight of the time and any law of the time: the field that is learned is the same.

At a time t the point x and the training target y have a joint law q_t, with or without a density:
for a coupling with path I_t it is that of I_t(x₀, x₁) and ∂_t I_t(x₀, x₁). A weight and a time law
are two ways to write one thing; the last part says which makes up for which.
"""

from __future__ import annotations

from sympy import Expr

from fmproof.lang.arithmetic import plus
from fmproof.lang.nodes import (
    CondExpect,
    Density,
    Expect,
    Field,
    Inner,
    Integral,
    Law,
    Lebesgue,
    Param,
    Ratio,
    Real,
    Scalar,
    Vec,
    norm2,
)
from fmproof.lang.props import Almost, AtMost, Equals, ForAll, Integrable, VanishesWith
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

t = Real("t")
x, y = Vec("x y")
theta = Param("theta")
rho = Law("rho", (t, 0, 1))  #: any law of the time, also of finitely many times
q = Law("q", x, y, sub=t)  #: any joint law at each time
w = Scalar("w", t, nonneg=True)
outcome = (q(t, x, y),)  #: the rest of the draws, given t
u = Field("u", x, sub=t, definition=CondExpect(y, x, *outcome))  #: E[Y_t | X_t = x]
v = Field("v", x, sub=t, sup=theta)

model, mean, target = v(t, theta, x), u(t, x), y
law = (rho(t), *outcome)


def expect(term: Expr) -> Expr:
    """The weighted mean of a term."""
    return Expect(w(t) * term, *law)


L = Scalar("L_w", theta, definition=expect(norm2(model - target)))
distance, spread = expect(norm2(model - mean)), expect(norm2(mean - target))

cross = Part(
    "The cross term",
    name="cross",
    start=expect(Inner(model, mean)),
    steps=[
        Step(
            "X.1",
            expect(Inner(model, target)),
            by="pull-out",
            note="what the conditional expectation is",
        )
    ],
    says=[
        "Beside a function of the time and of the point, such as the weight and ",
        model,
        ", the conditional expectation ",
        mean,
        " stands for what it averages.",
    ],
)

square = Part(
    "The square",
    name="square",
    start=expect(norm2(mean)),
    steps=[Step("S.1", expect(Inner(mean, target)), by="pull-out")],
    says=["In the same way, beside itself."],
)

decomposition = Part(
    "The decomposition",
    name="decomposition",
    start=L(theta),
    steps=[
        Step(
            "W.1",
            expect(norm2(model - target)),
            by="definition",
            note=["definition of ", L(theta)],
        ),
        Step(
            "W.2",
            expect(norm2(plus(model - mean, mean - target))),
            by="ring",
            note=["adding and subtracting ", mean],
        ),
        Step(
            "W.3",
            distance + 2 * expect(Inner(model - mean, mean - target)) + spread,
            by=["square", "linearity"],
            note="expanding the square",
        ),
        Step(
            "W.4",
            distance
            + 2
            * (
                expect(Inner(model, mean))
                - expect(Inner(model, target))
                - expect(norm2(mean))
                + expect(Inner(mean, target))
            )
            + spread,
            by=["square", "linearity"],
            note="the cross term, multiplied out",
        ),
        Step(
            "W.5",
            distance + spread,
            by="lemma",
            using=["cross", "square"],
            note="the cross term vanishes",
        ),
    ],
    statement=Equals(L(theta), distance + spread),
    says=["We insert ", mean, " and expand; the weight stays as it is."],
    result=True,
)

minimiser = Part(
    "The minimiser",
    start=spread,
    steps=[
        Step(
            "M.1",
            distance + spread,
            by="nonnegative",
            relation="≤",
            note="weights and squares are not negative",
        ),
        Step("M.2", L(theta), by="lemma", using="decomposition"),
    ],
    statement=AtMost(spread, L(theta)),
    says=["So no model does better than ", mean, ", whatever the weight and the law of the time."],
    result=True,
)

p, pi = Density("p", (t, 0, 1)), Density("pi", (t, 0, 1))
loss = w(t) * norm2(model - target)


def over_time(density: Density, term: Expr) -> Expr:
    """A mean with the time drawn from a density."""
    return Expect(term, density(t), *outcome)


slice_loss = Expect(loss, *outcome)

time_law = Part(
    "Another time law",
    name="time law",
    start=over_time(p, loss),
    steps=[
        Step("T.1", Expect(slice_loss, p(t)), by="tower", note="the time is drawn first"),
        Step("T.2", Integral(p(t) * slice_loss, (t, 0, 1)), by="expectation"),
        Step(
            "T.3",
            Integral(pi(t) * Ratio(p(t), pi(t)) * slice_loss, (t, 0, 1)),
            by="cancel",
            note=["multiplying and dividing by ", pi(t)],
        ),
        Step("T.4", Expect(Ratio(p(t), pi(t)) * slice_loss, pi(t)), by="expectation"),
        Step(
            "T.5",
            Expect(Expect(Ratio(p(t), pi(t)) * loss, *outcome), pi(t)),
            by="linearity",
            note="the quotient depends on the time alone",
        ),
        Step("T.6", over_time(pi, Ratio(p(t), pi(t)) * loss), by="tower"),
    ],
    says=[
        "The time may be drawn from another density ",
        pi(t),
        " if the weight is multiplied by the quotient of the two.",
    ],
    result=True,
)

weighted = Derivation(
    name="weighted",
    title="Any weight and any law of the time",
    source="arXiv 2403.03206, section 2; arXiv 2303.00848",
    hypotheses=[
        Hypothesis(
            "H1",
            ForAll(Integrable(w(t) * norm2(model), *law), theta),
            "the model is square integrable, with the weight",
        ),
        Hypothesis(
            "H2",
            Integrable(w(t) * norm2(target), *law),
            "so is the target",
        ),
        Hypothesis(
            "H3",
            Almost(Integrable(target, *outcome), rho(t)),
            "the target has a mean at almost every time, also where the weight is 0",
        ),
        Hypothesis(
            "H4",
            ForAll(Integrable(loss, p(t), *outcome), theta),
            "the loss is finite when the time has the density p",
        ),
        Hypothesis(
            "H5",
            Almost(VanishesWith(p(t), pi(t)), Lebesgue(t, 0, 1)),
            "the other density is 0 only where p is",
        ),
    ],
    parts=[cross, square, decomposition, minimiser, time_law],
    statement=decomposition.statement,
    says="Given the time, the loss is a regression on the conditional expectation. A weight that "
    "depends on the time alone, and the law of the time, only decide how much each time counts.",
    meanings={
        rho: "the law of the time",
        q: "the joint law of the point and the training target at a time",
        w: "the weight",
        u: "the marginal field: the conditional expectation of the target",
        v: "the model",
        L: "the weighted training loss",
        p: "one density of the time",
        pi: "another density of the time",
    },
)
