"""The theorem of interpolant as short as it gets: its own symbols, claims in LaTeX, auto."""

from fmproof import (
    CondExpect,
    Derivation,
    Field,
    Hypothesis,
    Law,
    Let,
    Param,
    Partial,
    Real,
    Step,
    Vec,
)

t, theta = Real("t"), Param("theta")
x, x0, x1 = Vec("x x0 x1")
rho, q, I = Law("rho", (t, 0, 1)), Law("q", x0, x1), Field("I", x0, x1, sub=t)  # noqa: E741
path = I(t, x0, x1)
u = Field("u", x, sub=t, definition=CondExpect(Partial(path, t), x, q(x0, x1), Let(x, path)))
v = Field("v", x, sub=t, sup=theta)

E = r"\mathbb{E}_{t \sim \rho, (x_0, x_1) \sim q, x := I_t(x_0, x_1)}"
interpolant = Derivation(
    "interpolant-short",
    symbols=[rho, u, v],
    hypotheses=[
        Hypothesis("H1", rf"{E} \|v_t^\theta(x)\|^2 < \infty \;\forall\theta"),
        Hypothesis("H2", rf"{E} \|\partial_t I_t(x_0, x_1)\|^2 < \infty"),
        Hypothesis(
            "H3",
            r"t \mapsto I_t(x_0, x_1) \text{ is differentiable at } t"
            r"\text{for almost every } t \sim \rho, (x_0, x_1) \sim q",
        ),
    ],
    start=rf"{E} \|v_t^\theta(x) - \partial_t I_t(x_0, x_1)\|^2",
    steps=[
        Step(
            "1",
            rf"{E} \|v_t^\theta(x) - u_t(x)\|^2 + {E} \|u_t(x) - \partial_t I_t(x_0, x_1)\|^2",
            by="auto",
        )
    ],
)
