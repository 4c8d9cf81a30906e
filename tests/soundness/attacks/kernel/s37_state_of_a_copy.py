"""0 ≤ −5: what copies an object puts a state into whatever the object says that it is made by."""

import copy

from fmproof import Rational, Real, Scalar
from fmproof.derived.restatements import reflexivity
from fmproof.kernel.order import nonnegativity
from fmproof.kernel.rule import rules
from fmproof.lang.node import declaration


class Copied:
    def __init__(self, target, state):
        self.target, self.state = target, state

    def __reduce_ex__(self, protocol):
        return (lambda: self.target), (), self.state


five = Rational(-5, 1)
x = Real("x")
theorem = reflexivity(Scalar("f", x)(x))
known = declaration(five)
lies = {
    known: [getattr(known, "sort")] * 4 + [lambda node: True, known.rebuild],
    rules()["ring"]: ["ring", "", "", "", rules()["nonnegativity"].apply],
    theorem.trace: ["ring", ()],
    theorem: [theorem.conclusion],
    theorem.rhs: [()],
}
for target, values in lies.items():
    names = getattr(type(target), "__slots__", ())
    for state in (values, dict(zip(names, values)), (None, dict(zip(names, values)))):
        try:
            copy.copy(Copied(target, state))
        except (AttributeError, TypeError):
            continue
        print("written:", type(target).__name__)
print(nonnegativity(five))
