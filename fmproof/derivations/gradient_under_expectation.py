"""∇_θ L_FM and ∇_θ L_CFM as means of gradients: what a stochastic gradient estimates.

A training step follows ∇_θ‖u_t^θ(x) − u_t(x|z)‖² at a sample. Where the gradient may be taken under
the expectation, its mean is ∇_θ L_CFM, which is ∇_θ L_FM. So it is the mean of
∇_θ‖u_t^θ(x) − u_t(x)‖², which nobody can sample.
"""

from __future__ import annotations

from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM, C, fm_cfm, joint, marginal, u, u_z, v
from fmproof.derivations.symbols import theta
from fmproof.lang.nodes import Expect, Grad, norm2
from fmproof.lang.props import Dominated, Equals, ForAll
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

loss, training_loss = norm2(v - u), norm2(v - u_z)
mean_gradient = Expect(Grad(loss, theta), *marginal)
mean_training_gradient = Expect(Grad(training_loss, theta), *joint)

H3 = Hypothesis(
    "H3",
    ForAll(Dominated(training_loss, theta, theta, *joint), theta),
    "near every θ the gradients at the samples are bounded by an integrable function",
)
H4 = Hypothesis(
    "H4",
    ForAll(Dominated(loss, theta, theta, *marginal), theta),
    "so are those of the loss against the marginal field",
)

training = Part(
    "The training loss",
    name="training",
    start=Grad(L_CFM(theta), theta),
    steps=[
        Step(
            "T.1",
            Grad(Expect(training_loss, *joint), theta),
            by="definition",
            note=["definition of ", L_CFM(theta)],
        ),
        Step(
            "T.2",
            mean_training_gradient,
            by="exchange",
            note="the gradient under the expectation",
        ),
    ],
    says="A stochastic gradient of the training loss is right on average.",
    result=True,
)

matching = Part(
    "The flow matching loss",
    name="matching",
    start=Grad(L_FM(theta), theta),
    steps=[
        Step(
            "M.1",
            Grad(Expect(loss, *marginal), theta),
            by="definition",
            note=["definition of ", L_FM(theta)],
        ),
        Step("M.2", mean_gradient, by="exchange", note="the gradient under the expectation"),
    ],
    says="So would one be of the loss that nobody can sample.",
    result=True,
)

both = Part(
    "Both gradients on average",
    start=mean_gradient,
    steps=[
        Step("G.1", Grad(L_FM(theta), theta), by="lemma", using="matching"),
        Step("G.2", Grad(L_CFM(theta) + C, theta), by="lemma", using="fm-cfm"),
        Step("G.3", Grad(L_CFM(theta), theta), by="derivative", note="a constant has no gradient"),
        Step("G.4", mean_training_gradient, by="lemma", using="training"),
    ],
    says="The two losses differ by a constant, so their gradients agree on average.",
)

gradient_under_expectation = Derivation(
    name="gradient-under-expectation",
    title="The stochastic gradients of both losses have the same mean",
    source="arXiv 2210.02747, theorem 2; Folland, Real Analysis, theorem 2.27",
    hypotheses=[H1, H2, H3, H4],
    parts=[training, matching, both],
    uses=[fm_cfm],
    statement=Equals(mean_gradient, mean_training_gradient),
    says="A gradient passes under an expectation where the gradients at a sample are bounded by an "
    "integrable function, in a neighbourhood of θ.",
    meanings=fm_cfm.meanings,
)
