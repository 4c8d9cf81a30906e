"""The theorem of fm-cfm as short as it gets: its own symbols, claims in LaTeX, auto."""

from fmproof import (
    Density,
    Derivation,
    Expect,
    Field,
    Hypothesis,
    Integral,
    Named,
    Param,
    Real,
    Step,
    Vec,
    norm2,
    uniform,
)

t, theta = Real("t"), Param("theta")
x, z = Vec("x z")
time, q, k = uniform(t), Density("p_data", z), Density("p", x, sub=t, given=z)
joint = k(t, x, z) * q(z)
p = Density("p", x, sub=t, definition=Integral(joint, z))
w = Field("u", x, sub=t, given=z)
u = Field("u", x, sub=t, definition=Integral(w(t, x, z) * (joint / p(t, x)), z))
v = Field("u", x, sub=t, sup=theta)
law = time(t), q(z), k(t, x, z)
C = Named("C", Expect(norm2(u(t, x)), time(t), p(t, x)) - Expect(norm2(w(t, x, z)), *law))

M = r"\mathbb{E}_{t \sim U[0,1], x \sim p_t}"
J = r"\mathbb{E}_{t \sim U[0,1], z \sim p_{data}, x \sim p_t(\cdot|z)}"
fm_cfm = Derivation(
    "fm-cfm-short",
    symbols=[C, v],
    hypotheses=[
        Hypothesis("H1", rf"{M} \|u_t^\theta(x)\|^2 < \infty \;\forall\theta"),
        Hypothesis("H2", rf"{J} \|u_t(x|z)\|^2 < \infty"),
    ],
    start=rf"{M} \|u_t^\theta(x) - u_t(x)\|^2",
    steps=[Step("1", rf"{J} \|u_t^\theta(x) - u_t(x|z)\|^2 + C", by="auto")],
)
