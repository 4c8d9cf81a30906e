"""The law for which a part holds almost surely obliged nothing."""

from fmproof import (
    Density,
    Derivation,
    Integral,
    Let,
    Log,
    Normal,
    Part,
    Real,
    Scalar,
    Step,
    Vec,
)

x, y, m = Vec("x y m")
a, v = Real("a v")
f, g = Scalar("f", x), Scalar("g", y)
k = Density("k", x, given=v)


def under(name: str, *law: object) -> Derivation:
    steps = [Step("1", f(x) ** 2 + f(x), by="ring")]
    parts = [Part("P", f(x) * (f(x) + 1), steps, almost=law)]
    return Derivation(name, variables=[m, v], parts=parts)


negative = under("negative", Normal(x, m, -1))
divergent = under("divergent", k(x, Integral(g(y), y)))
logarithm = under("logarithm", k(x, Log(v)))
point = under("point", Let(a, Integral(g(y), y)), k(x, a))
