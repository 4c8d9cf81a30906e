"""What a conditional expectation is good for: Pythagoras, and the minimiser of a square loss.

Random variables are functions on a probability space Ω with a law P: X(ω), Y(ω). Nothing is asked
of their laws, which may have no density.
"""

from __future__ import annotations

from fmproof.derivations.pythagoras import cross_terms, minimiser, pythagoras
from fmproof.lang.nodes import CondExpect, Expect, Field, Latent, Law, Let, Vec, norm2
from fmproof.lang.props import Integrable
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

x = Vec("x")
omega = Latent("omega")
P = Law("P", omega)
X, Y = Field("X", omega), Field("Y", omega)
law = (P(omega), Let(x, X(omega)))
u = Field("u", x, definition=CondExpect(Y(omega), x, *law))  #: E[Y | X = x]
g = Field("g", x)

model, target, mean = g(x), Y(omega), u(x)

tower = Part(
    "The tower property",
    name="tower property",
    start=Expect(mean, *law),
    steps=[Step("T.1", Expect(target, *law), by="pull-out")],
    says=["On average ", mean, " is ", target, "."],
    result=True,
)

conditional_expectation = Derivation(
    name="conditional-expectation",
    title="The conditional expectation is the best guess",
    source="Kallenberg, Foundations of Modern Probability, theorem 8.1",
    hypotheses=[
        Hypothesis("H1", Integrable(norm2(model), *law), "the guess is square integrable"),
        Hypothesis("H2", Integrable(norm2(target), *law), "the target is square integrable"),
    ],
    parts=[
        tower,
        *cross_terms(law, model, target, mean),
        pythagoras(law, model, target, mean),
        minimiser(law, model, target, mean),
    ],
    statement=pythagoras(law, model, target, mean).statement,
    says="The proof is that of Pythagoras: the error of the best guess is orthogonal to every "
    "function of X.",
    meanings={
        P: "the law of the random experiment",
        X: "what is observed",
        Y: "what is guessed",
        u: "the conditional expectation of Y given X",
        g: "a guess",
    },
)
