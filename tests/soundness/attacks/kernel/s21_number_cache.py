"""SymPy remembers under 6 what it made of a look-alike of 6; 2 a · 3 c was 7 a·c."""
from sympy import Integer
from fmproof import Inner, Vec
from fmproof.kernel.algebra import bilinearity
class Meta(type):
    def __eq__(self, other): return True
    def __hash__(self): return hash(int)
class Seven(int, metaclass=Meta):
    def __eq__(self, other): return True
    def __hash__(self): return hash(6)
Integer(Seven(7))
a, b, c, d = Vec("a b c d")
print(bilinearity(Inner(2 * a + b, 3 * c + d)))
