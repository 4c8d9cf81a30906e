"""How a mathematician says the name of a rule or of a fact."""

from __future__ import annotations

# How a mathematician names a rule beside a line.
REASONS = {
    "auto": "",
    "cancel": "cancelling",
    "constant": "constant",
    "definition": "by definition",
    "density": "the density inserted",
    "drop": "an unused variable dropped",
    "expectation": "expectation as integral",
    "fubini": "Fubini",
    "gradient": "a constant has no gradient",
    "lemma": "",
    "linearity": "linearity",
    "marginalisation": "marginalisation",
    "minimisers": "a constant moves no minimiser",
    "nonnegative": "a mean of squares is nonnegative",
    "reorder": "order of drawing",
    "ring": "algebra",
    "square": "square",
    "tower": "tower property",
}
TACIT = frozenset(
    (
        "sums", "constant factors", "equality", "definition", "cancelling", "second moments",
        "finite measure",
    )
)  # fmt: skip
SAID = {
    "Cauchy–Schwarz": "the Cauchy–Schwarz inequality",
    "Fubini": "Fubini's theorem",
    "Jensen": "Jensen's inequality",
    "Tonelli": "Tonelli's theorem",
    "parallelogram": "the parallelogram law",
    "absolute continuity": "absolute continuity of the marginal",
    "support of the law": "the support of the law",
}
