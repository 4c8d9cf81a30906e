"""0 ≤ −1: a side was compared with Python's 0, which SymPy converts by a table that is public."""

from sympy.core.sympify import converter

from fmproof import Real
from fmproof.kernel.order import from_difference, nonnegativity
from fmproof.lang.node import admit

x = Real("x")
low, zero = admit(-(x**2) - 1), admit(x - x)
true = from_difference(nonnegativity(admit(x**2)), low, admit(x - x - 1))
print(true)
converter[int] = lambda value: low
try:
    print(from_difference(true, zero, true.rhs))
except Exception as error:
    print(type(error).__name__, error)
finally:
    del converter[int]
