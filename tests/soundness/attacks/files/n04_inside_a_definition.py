"""A density is finite almost everywhere; what is in its definition at every x is asked for."""

from fmproof import (
    Density,
    Derivation,
    Expect,
    Hypothesis,
    Integrable,
    Integral,
    Law,
    Log,
    Normal,
    Real,
    Scalar,
    Step,
    Vec,
)

x, y, z = Vec("x y z")
a, t, v = Real("a t v")
f = Scalar("f", x)
q = Law("q", z)
k = Density("k", x, given=z)
given_v = Density("Q", z, given=v)
mixture = Density("M", x, definition=Expect(Normal(x, z, -1), q(z)))
scaled = Density("S", x, given=a, definition=Integral(k(x, z) * given_v(z, Log(a)), z))
diagonal = Density("m", x, given=y, definition=Integral(k(x, z) * Density("r", z, given=y)(z, y), z))
in_time = Density("k", (t, 0, 1), given=z)
short = Density("n", (t, 0, 1), definition=Integral(in_time(t, z) * Density("r", z)(z), z))
long = Density("l", t)


def doubled(name: str, body: object, *law: object, variables: tuple = ()) -> Derivation:
    return Derivation(
        name,
        variables=variables,
        hypotheses=[Hypothesis("H", Integrable(body, *law))],
        start=Expect(2 * body, *law),
        steps=[Step("1", 2 * Expect(body, *law), by="linearity")],
    )


variance = doubled("variance", f(x), mixture(x))
sign = doubled("sign", f(x), scaled(x, a), variables=(a,))
on_the_diagonal = doubled("on the diagonal", diagonal(x, x), Density("s", x)(x))
out_of_range = doubled("out of range", short(t), long(t))
