"""∇_θ L_FM = ∇_θ L_CFM, and the same minimisers: training on either loss is the same.

Only differentiability of the loss is assumed; gradient and expectation are never exchanged.
"""

from __future__ import annotations

from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM, C, fm_cfm
from fmproof.derivations.symbols import theta
from fmproof.lang.nodes import ArgMin, Grad
from fmproof.lang.props import Differentiable, Equals, ForAll
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

H3 = Hypothesis(
    "H3",
    ForAll(Differentiable(L_CFM(theta), theta), theta),
    "the training loss has a gradient",
)

gradients = Part(
    "Gradients",
    start=Grad(L_FM(theta), theta),
    steps=[
        Step("G.1", Grad(L_CFM(theta) + C, theta), by="lemma", using="fm-cfm"),
        Step("G.2", Grad(L_CFM(theta), theta), by="derivative"),
    ],
    says="A constant has no gradient.",
    result=True,
)

minimisers = Part(
    "Minimisers",
    start=ArgMin(L_FM(theta), theta),
    steps=[
        Step("M.1", ArgMin(L_CFM(theta) + C, theta), by="lemma", using="fm-cfm"),
        Step("M.2", ArgMin(L_CFM(theta), theta), by="minimisers"),
    ],
    says="Nor does a constant move a minimiser.",
    result=True,
)

gradient = Derivation(
    name="gradient",
    title="Both losses have the same gradient and the same minimisers",
    source="arXiv 2210.02747, theorem 2",
    hypotheses=[H1, H2, H3],
    parts=[gradients, minimisers],
    uses=[fm_cfm],
    says="The two losses differ by a constant, and neither a gradient nor a minimiser sees it.",
    meanings=fm_cfm.meanings,
    statement=Equals(Grad(L_FM(theta), theta), Grad(L_CFM(theta), theta)),
)
