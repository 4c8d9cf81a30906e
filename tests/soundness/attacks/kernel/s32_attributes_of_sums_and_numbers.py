"""A theorem's own sums, products, powers and numbers, given other values and other types."""

import sympy

from fmproof import Rational, Real, Scalar
from fmproof.derived.restatements import reflexivity

x = Real("x")
f = Scalar("f", x)
theorem = reflexivity(3 * f(x) + x**2 + Rational(2, 7) * x)


def parts(node):
    yield node
    for arg in node.args:
        yield from parts(arg)


for node in sorted(set(parts(theorem.rhs)), key=str):
    for attribute, value in (
        ("p", -5),
        ("q", 3),
        ("__class__", sympy.Mul),
        ("__class__", type(theorem.rhs)),
        ("__class__", type(sympy.S.Zero)),
        ("args", ()),
        ("base", 1),
        ("exp", 1),
        ("is_commutative", False),
    ):
        try:
            setattr(node, attribute, value)
        except (AttributeError, TypeError):
            continue
        print("written:", type(node).__name__, attribute)
print(theorem)
