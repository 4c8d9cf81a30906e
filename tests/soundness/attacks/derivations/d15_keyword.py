from fmproof import *

a = Scalar("f", definition=1)
b = Scalar("f", definition=1, unfold=lambda args: Rational(0))
d = Derivation(
    "zero-is-one",
    start=Rational(0),
    steps=[Step("1", b(), by="definition"), Step("2", Rational(1), by="definition")],
)
f = Field(
    "f",
    Vec("x"),
    result=Rational(0).__class__ and __import__("fmproof.lang.sorts", fromlist=["Sort"]).Sort.REAL,
    nonneg=True,
    definition=-1,
)
x = Vec("x")
e = Derivation(
    "minus-one",
    variables=[x],
    start=Rational(0),
    steps=[
        Step("1", f(x), by="nonnegative", relation="<="),
        Step("2", Rational(-1), by="definition"),
    ],
)
