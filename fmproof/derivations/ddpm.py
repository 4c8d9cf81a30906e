"""DDPM: the marginals of the forward process, its posterior, and the terms of the bound.

Ho, Jain & Abbeel, "Denoising Diffusion Probabilistic Models" (arXiv 2006.11239), sections 2 and 3.
At a step t, x is x_t, y is x_{t−1} and x₀ is the data. The paper has α_t = 1 − β_t and
ā_t = α_1 ⋯ α_t; here ā is given and α_t = ā_t/ā_{t−1}, which is the same. This is the step from
t − 1 to t, for t ≥ 2; for t = 1 the forward kernel itself is the marginal.
"""

from __future__ import annotations

from sympy import Rational

from fmproof.lang.arithmetic import plus
from fmproof.lang.nodes import (
    Expect,
    Field,
    Inner,
    Integral,
    Law,
    Log,
    Normal,
    Param,
    Ratio,
    Real,
    Scalar,
    Sqrt,
    Vec,
    dim,
    norm2,
    pi,
)
from fmproof.lang.props import Equals, ForAll, Integrable, Positive
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

half = Rational(1, 2)
t = Real("t")
x, y, x0 = Vec("x y x0")
theta = Param("theta")
q = Law("q", x0)  #: any law of the data

alpha_bar = Scalar("ā", sub=t, nonneg=True)
before, now = alpha_bar(t - 1), alpha_bar(t)
alpha = Scalar("alpha", sub=t, definition=Ratio(now, before))
beta = Scalar("beta", sub=t, definition=1 - alpha(t))

forward = Normal(x, Sqrt(alpha(t)) * y, beta(t))  #: q(x_t|x_{t−1})
previous = Normal(y, Sqrt(before) * x0, 1 - before)  #: q(x_{t−1}|x₀)
current = Normal(x, Sqrt(now) * x0, 1 - now)  #: q(x_t|x₀)

mu = Field(
    "mu",
    x,
    x0,
    sub=t,
    definition=Ratio(Sqrt(before) * beta(t), 1 - now) * x0
    + Ratio(Sqrt(alpha(t)) * (1 - before), 1 - now) * x,
)
variance = Scalar("b", sub=t, definition=Ratio(1 - before, 1 - now) * beta(t))
m, v = mu(t, x, x0), variance(t)
posterior = Normal(y, m, v)  #: q(x_{t−1}|x_t, x₀)

sigma = Scalar("sigma", sub=t)
mu_model = Field("mu", x, sub=t, sup=theta)
guess, s = mu_model(t, theta, x), sigma(t) ** 2
reverse = Normal(y, guess, s)  #: p_θ(x_{t−1}|x_t)

gap = Log(posterior) - Log(reverse)
data = (q(x0), current)
distance = Ratio(norm2(m - guess), 2 * s)
logarithms = half * dim * (Log(2 * pi * s) - Log(2 * pi * v))
L = Scalar("L", theta, sub=t, definition=Expect(Expect(gap, posterior), *data))
C = Scalar(
    "C",
    sub=t,
    definition=half * dim * (Ratio(v, s) - 1 + Log(2 * pi * s) - Log(2 * pi * v)),
)

scale = Part(
    "The scale after one more step",
    name="scale",
    start=Sqrt(alpha(t)) * Sqrt(before) * x0,
    steps=[
        Step("A.1", Sqrt(alpha(t) * before) * x0, by="root"),
        Step(
            "A.2",
            Sqrt(now) * x0,
            by=["definition", "cancel"],
            note=["definition of ", alpha(t)],
        ),
    ],
    says="One more step multiplies the scale of the data.",
)

noise = Part(
    "The variance after one more step",
    name="noise",
    start=(1 - before) * Sqrt(alpha(t)) ** 2 + beta(t),
    steps=[
        Step("V.1", (1 - before) * alpha(t) + beta(t), by="root"),
        Step("V.2", 1 - alpha(t) * before, by="definition", note=["definition of ", beta(t)]),
        Step(
            "V.3",
            1 - now,
            by=["definition", "cancel"],
            note=["definition of ", alpha(t)],
        ),
    ],
    says="It shrinks the noise that was there, and adds to it.",
)

product = Part(
    "Completing the square",
    name="product",
    start=forward * previous,
    steps=[
        Step(
            "G.1",
            current
            * Normal(
                y,
                Ratio(1, 1 - now)
                * (Sqrt(before) * beta(t) * x0 + Sqrt(alpha(t)) * (1 - before) * x),
                Ratio(beta(t) * (1 - before), 1 - now),
            ),
            by=["gaussian-product", "lemma"],
            using=["scale", "noise"],
            note="a product of Gaussian densities is one in each variable",
        ),
        Step(
            "G.2",
            current * posterior,
            by="definition",
            note=["definition of ", m, " and ", v],
        ),
    ],
    says=["The joint density of ", x, " and ", y, " is the marginal times the posterior."],
)

marginal = Part(
    "The marginal",
    name="marginal",
    start=Expect(forward, previous),
    steps=[
        Step("M.1", Integral(forward * previous, y), by="expectation"),
        Step("M.2", Integral(current * posterior, y), by="lemma", using="product"),
        Step("M.3", Expect(current, posterior), by="expectation"),
        Step("M.4", current, by="drop", note=["it does not depend on ", y]),
    ],
    says=["If ", y, " has its marginal law given ", x0, ", so has ", x, " one step later."],
    result=True,
)

bayes = Part(
    "The posterior",
    name="posterior",
    start=Ratio(forward * previous, current),
    steps=[
        Step("B.1", Ratio(current * posterior, current), by="lemma", using="product"),
        Step("B.2", posterior, by="field", note="a Gaussian density is positive"),
    ],
    says=["By Bayes, the density of ", y, " given ", x, " and ", x0, " is a quotient."],
    result=True,
)

second_moment = Part(
    "A second moment",
    name="second moment",
    start=Expect(norm2(y - guess), posterior),
    steps=[
        Step(
            "S.1",
            Expect(norm2(plus(y - m, m - guess)), posterior),
            by="ring",
            note=["adding and subtracting ", m],
        ),
        Step(
            "S.2",
            Expect(norm2(y - m), posterior)
            + 2 * Inner(Expect(y, posterior) - m, m - guess)
            + norm2(m - guess),
            by=["square", "linearity"],
        ),
        Step("S.3", v * dim + norm2(m - guess), by="moments"),
    ],
    says=["The mean of ", y, " under its posterior is ", m, ", so the cross term vanishes."],
)

divergence = Part(
    "The divergence of two Gaussians",
    name="divergence",
    start=Expect(gap, posterior),
    steps=[
        Step(
            "K.1",
            Expect(
                Ratio(1, 2 * s) * norm2(y - guess) - Ratio(1, 2 * v) * norm2(y - m) + logarithms,
                posterior,
            ),
            by=["gaussian", "log"],
            note="the densities written out",
        ),
        Step(
            "K.2",
            Ratio(1, 2 * s) * Expect(norm2(y - guess), posterior)
            - Ratio(1, 2 * v) * Expect(norm2(y - m), posterior)
            + logarithms,
            by="linearity",
        ),
        Step(
            "K.3",
            Ratio(1, 2 * s) * (v * dim + norm2(m - guess))
            - Ratio(1, 2 * v) * (v * dim)
            + logarithms,
            by=["lemma", "moments"],
            using="second moment",
        ),
        Step(
            "K.4",
            distance + half * dim * (Ratio(v, s) - 1) + logarithms,
            by="field",
            note=[v, " cancels"],
        ),
        Step("K.5", distance + C(t), by="definition", note=["definition of ", C(t)]),
    ],
    says=["Of the divergence only the distance of the means depends on ", theta, "."],
    result=True,
)

bound = Part(
    "A term of the bound",
    start=L(t, theta),
    steps=[
        Step(
            "L.1",
            Expect(Expect(gap, posterior), *data),
            by="definition",
            note=["definition of ", L(t, theta)],
        ),
        Step("L.2", Expect(distance + C(t), *data), by="lemma", using="divergence"),
        Step("L.3", Expect(distance, *data) + C(t), by="linearity"),
    ],
    says="So each term of the bound is a regression on the mean of the posterior.",
)

ddpm = Derivation(
    name="ddpm",
    title="DDPM: marginals, posterior and the terms of the bound",
    source="arXiv 2006.11239, sections 2 and 3, equations 4 to 8",
    hypotheses=[
        Hypothesis("H1", Positive(before), "some of the signal was left before the step"),
        Hypothesis("H2", Positive(1 - before), "there was noise before the step"),
        Hypothesis("H3", Positive(1 - now), "there is noise after it"),
        Hypothesis("H4", Positive(beta(t)), "the step adds noise"),
        Hypothesis("H5", Positive(sigma(t)), "so does a step of the model"),
        Hypothesis(
            "H6",
            ForAll(Integrable(norm2(m - guess), *data), theta),
            "the model's mean is at a finite mean square distance from that of the posterior",
        ),
    ],
    variables=[t, x, y, x0],
    parts=[scale, noise, product, marginal, bayes, second_moment, divergence, bound],
    statement=Equals(L(t, theta), Expect(distance, *data) + C(t)),
    says="Completing the square turns the joint density of two steps into marginal times "
    "posterior. The divergence of the posterior from the model is then that of two Gaussians.",
    meanings={
        q: "the law of the data",
        alpha: "the share of the signal that a step keeps",
        beta: "the variance of the noise that a step adds",
        alpha_bar: "the share of the signal that all steps so far keep",
        mu: "the mean of the posterior",
        variance: "the variance of the posterior",
        mu_model: "the model of that mean",
        sigma: "the standard deviation of a step of the model",
        L: "a term of the bound: the mean divergence of the posterior from the model",
        C: "a constant of each step",
    },
)
