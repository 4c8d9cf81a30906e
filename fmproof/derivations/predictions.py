"""What a network may predict: data, noise, velocity, v or score; conversions and their weights.

x = α_t z + σ_t ε is given, so a prediction of one of z, ε is one of the other, and of every other
target a(t) z + b(t) ε; the squared errors differ by a factor that depends on t alone.
"""

from __future__ import annotations

from sympy import Expr

from fmproof.lang.nodes import Field, Head, Partial, Ratio, Real, Scalar, Vec, norm2
from fmproof.lang.props import Differentiable, Equals, Positive
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

t = Real("t")
x, z = Vec("x z")
alpha, sigma = Scalar("alpha", sub=t), Scalar("sigma", sub=t)
a, b = alpha(t), sigma(t)
a_dot, b_dot = Partial(a, t), Partial(b, t)

data = Field("D", x, sub=t)  #: the prediction of z; the others are made of it
D = data(t, x)


def noise_of(point: Expr) -> Expr:
    """ε, where x = α z + σ ε."""
    return Ratio(1, b) * (x - a * point)


def velocity_of(point: Expr) -> Expr:
    """α̇ z + σ̇ ε."""
    return a_dot * point + b_dot * noise_of(point)


def v_of(point: Expr) -> Expr:
    """α ε − σ z, as in arXiv 2202.00512."""
    return a * noise_of(point) - b * point


def score_of(point: Expr) -> Expr:
    """−ε/σ: the score of the path of a point."""
    return -Ratio(1, b) * noise_of(point)


def _pair(name: str, made_of: object) -> tuple[Field, Field]:
    """A target, and its prediction from that of the data."""
    of = made_of  # a function of a point
    return (
        Field(name, x, sub=t, given=z, definition=of(z)),  # type: ignore[operator]
        Field(name, x, sub=t, definition=of(D)),  # type: ignore[operator]
    )


epsilon = _pair("epsilon", noise_of)
velocity = _pair("u", velocity_of)
v = _pair("v", v_of)
score = _pair("s", score_of)


def _weight(title: str, letter: str, pair: tuple[Field, Field], factor: Expr, words: str) -> Part:
    """‖prediction − target‖² as a multiple of ‖ẑ − z‖²."""
    target, predicted = pair[0](t, x, z), pair[1](t, x)
    return Part(
        title,
        start=norm2(predicted - target),
        steps=[
            Step(
                f"{letter}.1",
                norm2(pair[1].unfold((t, x)) - pair[0].unfold((t, x, z))),
                by="definition",
                note=["definition of ", predicted, " and ", target],
            ),
            Step(f"{letter}.2", factor * norm2(D - z), by=["square", "field"]),
        ],
        says=words,
        result=True,
    )


snr_noise = Ratio(a, b) ** 2
parts = [
    _weight("Noise", "E", epsilon, snr_noise, "Given x, an error in the data is one in the noise."),
    _weight(
        "Velocity",
        "U",
        velocity,
        (a_dot - Ratio(a * b_dot, b)) ** 2,
        "The velocity moves with the data and with the noise.",
    ),
    _weight(
        "v-prediction",
        "V",
        v,
        Ratio(a**2 + b**2, b) ** 2,
        "For a path that preserves the variance the numerator is one.",
    ),
    _weight("Score", "S", score, Ratio(a**2, b**4), "The score is the noise but for its scale."),
]

MEANINGS: dict[Head, str] = {
    alpha: "the scale of the data",
    sigma: "the standard deviation of the noise",
    data: "the prediction of the data",
    epsilon[0]: "the noise that makes x of z",
    epsilon[1]: "the prediction of the noise",
    velocity[0]: "the conditional velocity",
    velocity[1]: "the prediction of the velocity",
    v[0]: "the target of v-prediction",
    v[1]: "the prediction of v",
    score[0]: "the score of the path of z",
    score[1]: "the prediction of the score",
}

predictions = Derivation(
    name="predictions",
    title="Predictions of data, noise, velocity, v and score, and the weights between their losses",
    source="arXiv 2202.00512, section 4; arXiv 2303.00848, table 1",
    hypotheses=[
        Hypothesis("H1", Positive(b), "there is noise at this time"),
        Hypothesis("H2", Differentiable(a, t), "the scale of the data has a derivative"),
        Hypothesis("H3", Differentiable(b, t), "the noise level has a derivative"),
    ],
    variables=[t, x, z],
    parts=parts,
    statement=Equals(parts[0].start, parts[0].steps[-1].claim),
    says="Given x, all targets are lines in z, so their errors are multiples of each other.",
    meanings=MEANINGS,
)
