"""Affine Gaussian paths x = α_t z + σ_t ε: conditional velocity, score, continuity equation."""

from __future__ import annotations

from fmproof.derivations.settings import Noising
from fmproof.derivations.symbols import alpha, sigma, t, x, z
from fmproof.lang.nodes import Div, Grad, Log, Partial, Ratio
from fmproof.lang.props import Differentiable, Equals, Positive
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

noising = Noising()
kernel, velocity = noising.kernel, noising.velocity
alpha_dot, sigma_dot = Partial(alpha(t), t), Partial(sigma(t), t)
rest = x - alpha(t) * z  #: σ ε
u = velocity(t, x, z)

POSITIVE = Hypothesis("H1", Positive(sigma(t)), "there is noise at this time")
ALPHA = Hypothesis("H2", Differentiable(alpha(t), t), "the scale of the data has a derivative")
SIGMA = Hypothesis("H3", Differentiable(sigma(t), t), "the noise level has a derivative")

score = Part(
    "The score of the path",
    name="score",
    start=Grad(Log(kernel), x),
    steps=[
        Step(
            "S.1",
            -Ratio(1, sigma(t) ** 2) * rest,
            by=["derivative", "cancel"],
            note="the derivative of the exponent",
        )
    ],
    says="The path is Gaussian, so its score is a line.",
    result=True,
)

divergence = Part(
    "The divergence of the velocity",
    name="divergence",
    start=Div(u, x),
    steps=[
        Step(
            "D.1",
            Div(alpha_dot * z + Ratio(sigma_dot, sigma(t)) * rest, x),
            by="definition",
            note=["definition of ", u],
        ),
        Step("D.2", Ratio(sigma_dot, sigma(t)) * Div(x, x), by="derivative"),
    ],
    says="The velocity is a line in x.",
)

continuity = Part(
    "The continuity equation of the path",
    name="continuity",
    start=Partial(kernel, t),
    steps=[
        Step("C.1", -Div(kernel * u, x), by=["definition", "derivative", "square", "field"]),
    ],
    says="Both sides are computed: the path is moved by its velocity.",
    result=True,
)

affine_path = Derivation(
    name="affine-path",
    title="Affine Gaussian paths: velocity, score and continuity equation",
    source="arXiv 2210.02747, theorem 3; arXiv 2506.02070, section 3",
    hypotheses=[POSITIVE, ALPHA, SIGMA],
    variables=[t, x, z],
    parts=[score, divergence, continuity],
    statement=Equals(continuity.start, continuity.steps[-1].claim),
    says="The path of a point z is Gaussian with mean α_t z and standard deviation σ_t.",
    meanings={
        alpha: "the scale of the data",
        sigma: "the standard deviation of the noise",
        velocity: "the conditional velocity: it moves x = α_t z + σ_t ε along with t",
    },
)
