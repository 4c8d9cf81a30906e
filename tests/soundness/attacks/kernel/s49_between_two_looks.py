"""SymPy's 1 is another number while a substitution makes a sum; what it made is remembered.

The sum of the same parts is then what was remembered, after everything is put back.
"""

from sympy import S

from fmproof import Real
from fmproof.kernel.ring import ring
from fmproof.lang.node import admit, sort_of
from fmproof.lang.numbers import number
from fmproof.lang.scope import canon, free_vars, substitute

w, x, y = Real("w x y")
total = admit(x + y)
for known in (total, w, x, y):
    free_vars(known), canon(known), sort_of(known)

one, nothing = S.One, number(0)
S.One = nothing
try:
    substitute(total, {x: w})
finally:
    S.One = one

print(ring(w + y, number(0)))
