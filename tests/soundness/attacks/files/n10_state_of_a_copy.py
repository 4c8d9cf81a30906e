"""f(x) = g(x), under the printed hypothesis f(x) = f(x): a copy put a state into a derivation."""

import copy

from fmproof import Derivation, Equals, Hypothesis, Real, Scalar, Step

x = Real("x")
f, g = Scalar("f", x), Scalar("g", x)


class LookAlike:
    name, meaning, asked = "H1", "", 0
    equation = Equals(f(x), g(x))

    @property
    def prop(self):
        LookAlike.asked += 1
        return Equals(f(x), g(x)) if LookAlike.asked <= 4 else Equals(f(x), f(x))


class Copied:
    def __init__(self, target, state):
        self.target, self.state = target, state

    def __reduce_ex__(self, protocol):
        return (lambda: self.target), (), self.state


false = Derivation(
    "false",
    hypotheses=[Hypothesis("H1", Equals(f(x), g(x)))],
    variables=[x],
    start=f(x),
    steps=[Step("1", g(x), by="lemma", using="H1")],
)
state = {"hypotheses": (LookAlike(),)}
for state in (list(state.values()), state, (None, state)):
    try:
        copy.copy(Copied(false, state))
    except (AttributeError, TypeError):
        continue
    print("written")
