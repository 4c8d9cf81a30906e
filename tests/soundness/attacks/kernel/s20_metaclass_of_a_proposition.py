"""A metaclass says that a program's own class is an equation."""
from sympy import Rational
from fmproof import Equals
from fmproof.derived.restatements import reflexivity
from fmproof.derived.restatements import restate
class Meta(type):
    def __eq__(self, other): return True
    def __hash__(self): return hash(Equals)
class Like(metaclass=Meta):
    args = (); lhs = Rational(1); rhs = Rational(0)
    def __eq__(self, other): return True
    def __hash__(self): return 0
print(restate(reflexivity(Rational(1)), Like()))
