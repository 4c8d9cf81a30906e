"""A number that prints 1 and is 2, as the end of a density's range."""
from sympy import Expr, Integer
from fmproof import Density, Real
class One(int):
    def __str__(self): return "1"
t, end = Real("t"), Expr.__new__(Integer)
end.p = One(2)
print(Density("p", (t, 0, end)) == Density("p", (t, 0, 1)))
