"""Denoising score matching, at one noise level, for any data law.

The kernel is Gaussian, so the gradient passes under the expectation without a further condition,
and the score of the noisy data is the conditional expectation of the score of the kernel.
"""

from __future__ import annotations

from fmproof.derivations.pythagoras import cross_terms, minimiser, pythagoras
from fmproof.derivations.settings import Noising
from fmproof.derivations.symbols import alpha, data, s_model, sigma, t, x, z
from fmproof.lang.nodes import Expect, Grad, Ratio, norm2
from fmproof.lang.props import Equals
from fmproof.tactics.script import Derivation, Part, Step

noising = Noising()
q = noising.data
law, kernel, p = noising.law, noising.kernel, noising.p
score, target, mean_field = noising.score, noising.target, noising.mean_score
model, mean = noising.model, mean_field(t, x)
H1, H2 = noising.hypotheses

kernel_score = Part(
    "The score of the kernel",
    name="kernel score",
    start=target,
    steps=[
        Step(
            "K.1",
            -Ratio(1, sigma(t) ** 2) * (x - alpha(t) * z),
            by=["derivative", "cancel"],
            note="the derivative of the exponent",
        )
    ],
    almost=law,
    says="The kernel is Gaussian, so its score is a line.",
)

marginal_score = Part(
    "The score of the noisy data",
    name="marginal score",
    start=score,
    steps=[
        Step(
            "E.1",
            Ratio(1, p(t, x)) * Grad(p(t, x), x),
            by="derivative",
            note="the derivative of the logarithm",
        ),
        Step(
            "E.2",
            Ratio(1, p(t, x)) * Grad(Expect(kernel, q), x),
            by="definition",
            note=["definition of ", p(t, x)],
        ),
        Step(
            "E.3",
            Ratio(1, p(t, x)) * Expect(Grad(kernel, x), q),
            by="exchange",
            note="the gradient passes under the expectation: that of the kernel is bounded",
        ),
        Step("E.4", Expect(Ratio(1, p(t, x)) * Grad(kernel, x), q), by="linearity"),
        Step(
            "E.5",
            Expect(target * Ratio(kernel, p(t, x)), q),
            by=["derivative", "cancel"],
            note="the derivative of the logarithm, backwards",
        ),
        Step("E.6", mean, by=["bayes", "definition"], note="Bayes"),
    ],
    almost=law,
    says="The gradient of the mixture is the mixture of the gradients; divided by the density "
    "it is a conditional expectation.",
    result=True,
)

matching = Part(
    "Denoising and explicit score matching",
    name="matching",
    start=noising.dsm,
    steps=[
        Step(
            "D.1",
            Expect(norm2(model - mean), *law) + Expect(norm2(mean - target), *law),
            by="lemma",
            using="decomposition",
        ),
        Step(
            "D.2",
            Expect(norm2(model - score), *law) + Expect(norm2(mean - target), *law),
            by="lemma",
            using="marginal score",
            note="the conditional expectation is the score",
        ),
        Step(
            "D.3",
            Expect(norm2(model - score), p(t, x)) + Expect(norm2(mean - target), *law),
            by="marginalisation",
            note="the first term does not see z",
        ),
        Step("D.4", noising.split, by="lemma", using="marginal score"),
    ],
    says="The two objectives differ by a term that is free of the model.",
    result=True,
)

denoising_score_matching = Derivation(
    name="denoising-score-matching",
    title="Denoising score matching is explicit score matching plus a constant",
    source="Vincent, A connection between score matching and denoising autoencoders, 2011; "
    "arXiv 2011.13456, section 2",
    hypotheses=[H1, H2],
    variables=[t],
    parts=[
        kernel_score,
        marginal_score,
        *cross_terms(law, model, target, mean),
        pythagoras(law, model, target, mean),
        matching,
        minimiser(law, model, target, mean),
    ],
    statement=Equals(matching.start, matching.steps[-1].claim),
    says="The score of the noisy data is the conditional expectation of the score of the kernel, "
    "so the loss is a regression on it.",
    meanings={
        alpha: "the scale of the data",
        sigma: "the standard deviation of the noise",
        data: "any law of the data, which need not have a density",
        p: "the density of the noisy data",
        s_model: "the model of the score",
        mean_field: "the conditional expectation of the score of the kernel",
    },
)
