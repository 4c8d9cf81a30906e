"""How a mathematician says the name of a rule or of a fact."""

from __future__ import annotations

# How a mathematician names a rule beside a line.
REASONS = {
    "auto": "",
    "bayes": "Bayes",
    "cancel": "cancelling",
    "conditional-linearity": "linearity of the conditional expectation",
    "constant": "constant",
    "definition": "by definition",
    "density": "the density inserted",
    "derivative": "differentiating",
    "drop": "an unused variable dropped",
    "exchange": "the derivative under the integral",
    "exp": "exponents",
    "expectation": "expectation as integral",
    "field": "algebra",
    "fubini": "Fubini",
    "fundamental": "the fundamental theorem of calculus",
    "gaussian": "the Gaussian density written out",
    "gaussian-product": "a product of Gaussian densities",
    "lemma": "",
    "linear-derivative": "linearity of the derivative",
    "linearity": "linearity",
    "log": "logarithms",
    "log-derivative": "the derivative of the logarithm",
    "marginalisation": "marginalisation",
    "minimisers": "a constant moves no minimiser",
    "moments": "moments of the Gaussian",
    "nonnegative": "a mean of squares is nonnegative",
    "parts": "integration by parts",
    "pull-out": "what the conditional expectation is",
    "reorder": "order of drawing",
    "reparametrisation": "reparametrisation",
    "ring": "algebra",
    "root": "roots",
    "square": "multiplying out",
    "substitution": "substitution",
    "take-out": "what is given is taken out",
    "tower": "tower property",
    "trace": "the trace by a random probe",
}
# What no reader asks about: arithmetic of finite integrals, signs, and what is written there.
TACIT = frozenset(
    (
        "absolute value", "almost surely", "bilinearity", "cancelling", "chain", "congruence",
        "constant factors", "definition", "derivatives", "equality", "finite measure",
        "for every", "hypotheses", "instance", "logarithms", "minimum", "nonnegative", "nonzero",
        "positive", "roots", "second moments", "sums",
    )
)  # fmt: skip
SAID = {
    "Cauchy–Schwarz": "the Cauchy–Schwarz inequality",
    "Fubini": "Fubini's theorem",
    "Gaussian": "the moments of Gaussian densities",
    "Gaussian moments": "the moments of Gaussian densities",
    "Gaussian noise": "the moments of Gaussian densities",
    "Jensen": "Jensen's inequality",
    "Tonelli": "Tonelli's theorem",
    "absolute continuity": "absolute continuity of the marginal",
    "bounded": "boundedness",
    "bounded gradients": "the boundedness of Gaussian gradients",
    "conditional expectation": "the contraction of conditional expectations",
    "domination": "dominated convergence",
    "parallelogram": "the parallelogram law",
    "support of the law": "the support of the law",
}
