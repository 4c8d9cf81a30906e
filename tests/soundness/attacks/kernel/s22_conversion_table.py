"""SymPy's table of conversions says that 0 is -100 where a number is compared."""
from sympy import Integer, Rational
from sympy.core.sympify import converter
from fmproof.kernel.order import nonnegativity
five, known = Rational(-5), dict(converter)
converter[int] = lambda n: Integer(-100) if n == 0 else Integer(n)
try:
    print(nonnegativity(five))
finally:
    converter.clear()
    converter.update(known)
