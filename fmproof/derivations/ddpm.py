"""DDPM: the marginals of the forward process, its posterior, and the terms of the bound.

Ho, Jain & Abbeel, "Denoising Diffusion Probabilistic Models" (arXiv 2006.11239), sections 2 and 3. At
a step t, x is x_t, y is x_{t−1} and x₀ is the data; ā_t = α_1 ⋯ α_t with α_t = 1 − β_t.
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
from fmproof.lang.props import AtMost, Equals, ForAll, Integrable, Positive
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

t = Real("t")
x, y, x0 = Vec("x y x0")
theta = Param("theta")
alpha = Scalar("alpha", sub=t)
beta = Scalar("beta", sub=t, definition=1 - alpha(t))
alpha_bar = Scalar("ā", sub=t)
before, now = alpha_bar(t - 1), alpha_bar(t)

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
beta_post = Scalar("b", sub=t, definition=Ratio(1 - before, 1 - now) * beta(t))
m, v = mu(t, x, x0), beta_post(t)
posterior = Normal(y, m, v)  #: q(x_{t−1}|x_t, x₀)

roots = Part(
    "The mean after one more step",
    name="mean",
    start=Sqrt(alpha(t)) * Sqrt(before) * x0,
    steps=[
        Step("S.1", Sqrt(alpha(t) * before) * x0, by="root"),
        Step("S.2", Sqrt(now) * x0, by="lemma", using="H1"),
    ],
)

variance = Part(
    "The variance after one more step",
    name="variance",
    start=(1 - before) * Sqrt(alpha(t)) ** 2 + beta(t),
    steps=[
        Step("V.1", (1 - before) * alpha(t) + beta(t), by="root"),
        Step("V.2", 1 - alpha(t) * before, by="definition"),
        Step("V.3", 1 - now, by="lemma", using="H1"),
    ],
)

product = Part(
    "Completing the square",
    name="product",
    start=forward * previous,
    steps=[
        Step(
            "P.1",
            current
            * Normal(
                y,
                Ratio(1, 1 - now)
                * (Sqrt(before) * beta(t) * x0 + Sqrt(alpha(t)) * (1 - before) * x),
                Ratio(beta(t) * (1 - before), 1 - now),
            ),
            by=["gaussian-product", "lemma"],
            using=["mean", "variance"],
        ),
        Step("P.2", current * posterior, by="definition"),
    ],
)

marginal = Part(
    "The marginal",
    name="marginal",
    start=Expect(forward, previous),
    steps=[
        Step("M.1", Integral(forward * previous, y), by="expectation"),
        Step("M.2", Integral(current * posterior, y), by="lemma", using="product"),
        Step("M.3", Expect(current, posterior), by="expectation"),
        Step("M.4", current, by="drop"),
    ],
)

bayes = Part(
    "The posterior",
    name="posterior",
    start=Ratio(forward * previous, current),
    steps=[
        Step("B.1", Ratio(current * posterior, current), by="lemma", using="product"),
        Step("B.2", posterior, by="field"),
    ],
)

q = Law("q", x0)
sigma = Scalar("sigma", sub=t)
mu_model = Field("mu", x, sub=t, sup=theta)
guess = mu_model(t, theta, x)
reverse = Normal(y, guess, sigma(t) ** 2)  #: p_θ(x_{t−1}|x_t)
C = Scalar(
    "C",
    sub=t,
    definition=Rational(1, 2)
    * dim
    * (Ratio(v, sigma(t) ** 2) - 1 + Log(2 * pi * sigma(t) ** 2) - Log(2 * pi * v)),
)
gap = Log(posterior) - Log(reverse)
L = Scalar("L", theta, sub=t, definition=Expect(Expect(gap, posterior), q(x0), current))
distance = Ratio(norm2(m - guess), 2 * sigma(t) ** 2)
logs = Rational(1, 2) * dim * (Log(2 * pi * sigma(t) ** 2) - Log(2 * pi * v))

second_moment = Part(
    "A second moment",
    name="second moment",
    start=Expect(norm2(y - guess), posterior),
    steps=[
        Step("Q.1", Expect(norm2(plus(y - m, m - guess)), posterior), by="ring"),
        Step(
            "Q.2",
            Expect(norm2(y - m), posterior)
            + 2 * Inner(Expect(y, posterior) - m, m - guess)
            + norm2(m - guess),
            by=["square", "linearity"],
        ),
        Step("Q.3", v * dim + norm2(m - guess), by="moments"),
    ],
)

divergence = Part(
    "The divergence of two Gaussians",
    name="divergence",
    start=Expect(gap, posterior),
    steps=[
        Step(
            "K.1",
            Expect(
                Ratio(1, 2 * sigma(t) ** 2) * norm2(y - guess)
                - Ratio(1, 2 * v) * norm2(y - m)
                + logs,
                posterior,
            ),
            by=["gaussian", "log"],
        ),
        Step(
            "K.2",
            Ratio(1, 2 * sigma(t) ** 2) * Expect(norm2(y - guess), posterior)
            - Ratio(1, 2 * v) * Expect(norm2(y - m), posterior)
            + logs,
            by="linearity",
        ),
        Step(
            "K.3",
            Ratio(1, 2 * sigma(t) ** 2) * (v * dim + norm2(m - guess))
            - Ratio(1, 2 * v) * (v * dim)
            + logs,
            by=["lemma", "moments"],
            using="second moment",
        ),
        Step(
            "K.4",
            distance + Rational(1, 2) * dim * (Ratio(v, sigma(t) ** 2) - 1) + logs,
            by="field",
        ),
        Step("K.5", distance + C(t), by="definition"),
    ],
)

bound = Part(
    "A term of the bound",
    start=L(t, theta),
    steps=[
        Step("L.1", Expect(Expect(gap, posterior), q(x0), current), by="definition"),
        Step("L.2", Expect(distance + C(t), q(x0), current), by="lemma", using="divergence"),
        Step("L.3", Expect(distance, q(x0), current) + C(t), by="linearity"),
    ],
)

ddpm = Derivation(
    name="ddpm",
    title="",
    source="arXiv 2006.11239",
    hypotheses=[
        Hypothesis("H1", Equals(alpha(t) * before, now)),
        Hypothesis("H2", AtMost(0, alpha(t))),
        Hypothesis("H3", AtMost(0, before)),
        Hypothesis("H4", Positive(beta(t))),
        Hypothesis("H5", Positive(1 - before)),
        Hypothesis("H6", Positive(1 - now)),
        Hypothesis("H7", Positive(sigma(t))),
        Hypothesis("H8", ForAll(Integrable(norm2(m - guess), q(x0), current), theta)),
    ],
    variables=[t, x, y, x0],
    parts=[roots, variance, product, marginal, bayes, second_moment, divergence, bound],
)
