"""A slot's own setter asks no __setattr__; dataclass installs an __init__ before it refuses."""

import dataclasses

from fmproof import Equals, Scalar, Vec
from fmproof.kernel.hypotheses import assume
from fmproof.kernel.order import nonnegativity
from fmproof.kernel.rule import Rule, rules
from fmproof.lang.fixed import fixed
from fmproof.lang.node import Declaration, declaration
from fmproof.lang.nodes import Var
from fmproof.lang.numbers import number

five, x = number(-5), Vec("x")
f = Scalar("f", x)


def clear(node: object) -> bool:
    return True


def said(attempt: object) -> None:
    try:
        attempt()
    except (AttributeError, TypeError) as error:
        print(type(error).__name__, error)


said(lambda: Declaration.nonnegative.__set__(declaration(five), clear))
said(lambda: Scalar.nonneg.__set__(f, True))
said(lambda: Scalar.definition.__set__(f, five))
said(lambda: Var.name.__set__(x, "y"))
said(lambda: Rule.apply.__set__(rules()["ring"], assume))
said(lambda: assume(Equals(f(x), 2)).conclusion.__setattr__("_args", (five, five)))
for install in (dataclasses.dataclass(frozen=True), fixed):
    said(lambda install=install: install(Declaration))
    values = [getattr(declaration(five), field.name) for field in dataclasses.fields(Declaration)]
    said(lambda values=values: Declaration.__init__(declaration(five), *values[:4], clear, values[5]))
print(nonnegativity(five))
