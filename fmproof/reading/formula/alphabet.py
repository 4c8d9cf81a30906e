"""The control words and signs that formulas are written with, by what they do."""

from __future__ import annotations

GREEK = {
    f"\\{name}"
    for name in (
        "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu "
        "xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta "
        "Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar varnothing emptyset "
        "aleph imath jmath mathbb1"
    ).split()
}
UNICODE = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "varepsilon",
    "η": "eta",
    "θ": "theta",
    "λ": "lambda",
    "μ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "φ": "phi",
    "ϕ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
    "Φ": "Phi",
    "Ψ": "Psi",
    "Σ": "Sigma",
    "Δ": "Delta",
    "∅": "varnothing",
}
FONTS = {
    "\\mathbf": "bf",
    "\\boldsymbol": "bf",
    "\\bm": "bf",
    "\\bf": "bf",
    "\\pmb": "bf",
    "\\mathcal": "cal",
    "\\mathscr": "cal",
    "\\mathfrak": "frak",
    "\\mathbb": "bb",
    "\\mathrm": "rm",
    "\\rm": "rm",
    "\\mathsf": "sf",
    "\\mathit": "it",
    "\\mathtt": "tt",
    "\\operatorname": "op",
    "\\operatorname*": "op",
    "\\cal": "cal",
    "\\symbf": "bf",
}
ACCENTS = {
    "\\hat": "hat",
    "\\widehat": "hat",
    "\\tilde": "tilde",
    "\\widetilde": "tilde",
    "\\bar": "bar",
    "\\overline": "bar",
    "\\dot": "dot",
    "\\ddot": "ddot",
    "\\vec": "vec",
    "\\check": "check",
    "\\breve": "breve",
    "\\mathring": "ring",
}
FUNCTIONS = {
    "\\log": "log",
    "\\ln": "log",
    "\\exp": "exp",
    "\\sin": "sin",
    "\\cos": "cos",
    "\\tan": "tan",
    "\\tanh": "tanh",
    "\\cosh": "cosh",
    "\\sinh": "sinh",
    "\\det": "det",
    "\\dim": "dim",
    "\\lim": "lim",
    "\\Pr": "Pr",
    "\\arctan": "arctan",
    "\\arccos": "arccos",
    "\\arcsin": "arcsin",
}
NAMED = {
    "tr",
    "Tr",
    "Cov",
    "Var",
    "KL",
    "log",
    "exp",
    "det",
    "diag",
    "sign",
    "softmax",
    "erf",
    "cov",
    "var",
    "Id",
    "rank",
    "vec",
    "trace",
    "id",
    "Law",
    "ess",
    "arctanh",
    "sech",
    "span",
}
SPELLINGS = {"Tr": "tr", "trace": "tr", "cov": "Cov", "var": "Var"}
"""Names of functions that are spelled in several ways, and the one that is kept."""
EXTREMA = {"\\min": "min", "\\max": "max", "\\inf": "inf", "\\sup": "sup"}
ARG = {"argmin": "argmin", "argmax": "argmax", "arg min": "argmin"}
DOT = {
    "\\cdot": "·",
    "⋅": "·",
    "·": "·",
    "\\bullet": "·",
    "\\times": "×",
    "*": "∗",
    "/": "/",
    "\\circ": "∘",
}
DOTS = {"\\dots", "\\ldots", "\\cdots", "\\vdots", "\\ddots", "…"}
PLUS = {"+": 1, "-": -1, "−": -1, "–": -1}
OPEN = {
    "(": ")",
    "[": "]",
    "\\{": "\\}",
    "\\lbrace": "\\rbrace",
    "\\lbrack": "\\rbrack",
    "\\lparen": "\\rparen",
}
CLOSE = set(OPEN.values())
BAR = {"|", "\\vert"}
GIVEN = {"\\mid", "|", "\\vert", "∣"}
NORMS = {"\\|", "\\Vert", "‖", "\\lVert"}
BETWEEN = NORMS | {"\\parallel", "∥"}
"""What stands between the two densities of a divergence."""
INTEGRALS = {"\\int": 1, "\\iint": 2, "\\iiint": 3, "∫": 1}
TRANSPOSE = {"\\top", "T", "\\intercal", "\\mathsf{T}", "⊤", "\\mathsfT", "\\mathrmT", "'T"}
DEPTH = 120
MARKS = {
    "*": "star",
    "\\ast": "star",
    "\\star": "star",
    "⋆": "star",
    "\\dagger": "dagger",
    "\\prime": "prime",
    "\\infty": "infty",
    "∞": "infty",
}
"""Signs that are words when they stand in a script, and no terms."""
SIGNS = {"+": "plus", "-": "minus", "−": "minus"}
"""These are words when they stand alone above or below a letter: b^+, b_+."""
SPACES = {"bb:R", "cal:X", "cal:Y", "cal:Z"}
"""Names of whole spaces, below an integral sign."""
DIMENSIONS = {"d", "n", "D"}
"""Subscripts of 𝒩 that say nothing else than the dimension."""
LAYOUT = {"\\limits", "\\nolimits", "\\substack", "\\scriptstyle", "\\textstyle"}
