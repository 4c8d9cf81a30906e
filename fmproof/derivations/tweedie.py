"""Tweedie's formula: the mean of the data given the noisy data, from the score of the latter."""

from __future__ import annotations

from fmproof.derivations.denoising_score_matching import (
    H1,
    kernel_score,
    law,
    marginal_score,
    mean,
    mean_field,
    noising,
    p,
    score,
    target,
)
from fmproof.derivations.symbols import alpha, data, sigma, t, x, z
from fmproof.lang.nodes import CondExpect, Ratio
from fmproof.lang.props import Almost, Equals, Integrable, VanishesWith
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

precision = Ratio(1, sigma(t) ** 2)
denoiser, noise = noising.denoiser, noising.mean_noise
D, eps = denoiser(t, x), noise(t, x)

score_of_mean = Part(
    "The score and the denoiser",
    name="score",
    start=score,
    steps=[
        Step(
            "T.1",
            mean,
            by="lemma",
            using="marginal score",
            note="the score is a conditional expectation",
        ),
        Step("T.2", CondExpect(target, x, *law), by="definition", note=["definition of ", mean]),
        Step(
            "T.3",
            CondExpect(-precision * x + precision * alpha(t) * z, x, *law),
            by=["derivative", "cancel"],
            note="the score of the kernel",
        ),
        Step(
            "T.4",
            -precision * CondExpect(x, x, *law) + precision * alpha(t) * CondExpect(z, x, *law),
            by="conditional-linearity",
            note="linearity",
        ),
        Step(
            "T.5",
            -precision * x + precision * alpha(t) * D,
            by=["take-out", "definition"],
            note=["given x, x is known; definition of ", D],
        ),
    ],
    almost=law,
    says="Given x, the score of the kernel is a line in z.",
)

tweedie_part = Part(
    "Tweedie's formula",
    name="tweedie",
    start=D,
    steps=[
        Step(
            "D.1",
            Ratio(1, alpha(t)) * (x + sigma(t) ** 2 * (-precision * x + precision * alpha(t) * D)),
            by="field",
        ),
        Step(
            "D.2",
            Ratio(1, alpha(t)) * (x + sigma(t) ** 2 * score),
            by="lemma",
            using="score",
            note="the part before",
        ),
    ],
    almost=law,
    says="Solved for the denoiser.",
    result=True,
)

noise_part = Part(
    "The mean of the noise",
    name="noise",
    start=eps,
    steps=[
        Step(
            "N.1",
            CondExpect(Ratio(1, sigma(t)) * (x - alpha(t) * z), x, *law),
            by="definition",
            note=["definition of ", eps],
        ),
        Step(
            "N.2",
            CondExpect(-sigma(t) * (-precision * x + precision * alpha(t) * z), x, *law),
            by="field",
        ),
        Step(
            "N.3",
            CondExpect(-sigma(t) * target, x, *law),
            by=["derivative", "cancel"],
            note="the score of the kernel",
        ),
        Step(
            "N.4",
            -sigma(t) * mean,
            by=["conditional-linearity", "definition"],
        ),
        Step("N.5", -sigma(t) * score, by="lemma", using="marginal score"),
    ],
    almost=law,
    says="The noise is the score of the kernel but for its scale, so its mean is the score.",
    result=True,
)

tweedie = Derivation(
    name="tweedie",
    title="Tweedie's formula",
    source="Efron, Tweedie's formula and selection bias, 2011; arXiv 2011.13456",
    hypotheses=[
        H1,
        Hypothesis("H2", VanishesWith(1, alpha(t)), "the data are still there"),
        Hypothesis("H3", Integrable(z, data(z)), "the data have a mean"),
    ],
    variables=[t],
    parts=[kernel_score, marginal_score, score_of_mean, tweedie_part, noise_part],
    statement=Almost(Equals(D, tweedie_part.steps[-1].claim), *law),
    says="The score of the noisy data is the conditional expectation of the score of the kernel, "
    "which is a line in the data.",
    meanings={
        alpha: "the scale of the data",
        sigma: "the standard deviation of the noise",
        data: "any law of the data, which need not have a density",
        p: "the density of the noisy data",
        mean_field: "the conditional expectation of the score of the kernel",
        denoiser: "the denoiser: the mean of the data given the noisy data",
        noise: "the mean of the noise given the noisy data",
    },
)
