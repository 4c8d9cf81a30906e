"""Nodes made past their constructors, with parts that they cannot have."""
from sympy import Add, Atom, Basic, Expr, Rational
from fmproof import Inner, Ratio, Real
from fmproof.errors import FmproofError
from fmproof.derived.restatements import reflexivity
from fmproof.lang.nodes import Apply, Named, Scalar, Var
from fmproof.lang.nodes.name import Label
t = Real("t")
for forged in (
    Expr.__new__(Inner, t), Expr.__new__(Ratio, t), Expr.__new__(Apply, t), Expr.__new__(Named, t, t),
    Atom.__new__(Label), Atom.__new__(Scalar), Atom.__new__(Var), object.__new__(Add),
    Expr.__new__(Rational), Basic.__new__(Inner, t, t), Expr.__new__(Add, t, t, t.sort),
):
    try:
        print(reflexivity(forged))
    except FmproofError as error:
        print(type(forged).__name__, type(error).__name__)
