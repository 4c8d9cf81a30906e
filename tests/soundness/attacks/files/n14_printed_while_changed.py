"""x − x = 1: what is printed was remembered while SymPy's 0 was 1."""

from sympy import S

from fmproof import Derivation, Real, SortError, Step, plus
from fmproof.lang.spelling.latex import latex
from fmproof.lang.spelling.text import text

x = Real("x")
zero = type(S.Zero)
for show in (text, latex):
    S.Zero.__class__ = type(S.One)
    try:
        show(S.Zero)
    except SortError:
        pass
    finally:
        S.Zero.__class__ = zero

nothing = Derivation(
    "nothing", variables=[x], start=plus(x, -x), steps=[Step("1", S.Zero, by="ring")]
)
