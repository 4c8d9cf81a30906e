"""Forged nodes and liars, to rules that want a proposition: the message is spelled when it is read."""
from sympy import Basic, Expr
from fmproof import Inner, Ratio
from fmproof.errors import FmproofError
from fmproof.kernel.hypotheses import assume
from fmproof.kernel.slopes import integrable_between
from fmproof.lang.nodes import Apply
class Nameless(type):
    @property
    def __name__(cls):
        raise ValueError("asked for its name")
class Liar(metaclass=Nameless):
    def __repr__(self):
        raise ValueError("asked how it is shown")
for wrong in (Expr.__new__(Inner), Expr.__new__(Ratio), Basic.__new__(Apply), Liar()):
    for rule in (assume, integrable_between):
        try:
            print(rule(wrong))
        except FmproofError as error:
            print(error, repr(error), sep="\n")
