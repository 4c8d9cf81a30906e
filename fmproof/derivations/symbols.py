"""The objects of the field, as the derivations write them.

p_t(x|z) is a conditional probability path, u_t(x|z) its conditional vector field; p_t(x) and
u_t(x) are the marginal path and field, defined from them; u_t^θ(x) is the model.
"""

from __future__ import annotations

from fmproof.lang.nodes import (
    Density,
    Field,
    Head,
    Integral,
    Law,
    Param,
    Ratio,
    Real,
    Scalar,
    Vec,
    uniform,
)

t, s = Real("t s")
x, y, z, x0, x1 = Vec("x y z x0 x1")
theta = Param("theta")

time = uniform(t)  #: t ~ U[0, 1]
rho = Law("rho", (t, 0, 1))  #: any time law on [0, 1], also of finitely many times
w = Scalar("w", t, nonneg=True)  #: any weight of the time
q = Law("q", x0, x1)  #: any coupling of noise and data
data = Law("q", z)  #: any law of the data, q(z)
alpha, sigma = Scalar("alpha", sub=t), Scalar("sigma", sub=t)  #: scale of the data, of the noise
I = Field("I", x0, x1, sub=t)  # noqa: E741 - an interpolant, I_t(x₀, x₁)

p_data = Density("p_data", z)
p_cond = Density("p", x, sub=t, given=z)  #: p_t(x|z)
p_marg = Density("p", x, sub=t, definition=Integral(p_cond(t, x, z) * p_data(z), z))  #: p_t(x)

v_model = Field("v", x, sub=t, sup=theta)  #: v_t^θ(x), a model of the velocity
s_model = Field("s", x, sub=t, sup=theta)  #: s_t^θ(x), a model of the score
e_model = Field("epsilon", x, sub=t, sup=theta)  #: ε_t^θ(x), a model of the noise
d_model = Field("D", x, sub=t, sup=theta)  #: D_t^θ(x), a model of the data, a denoiser

u_model = Field("u", x, sub=t, sup=theta)  #: u_t^θ(x)
u_cond = Field("u", x, sub=t, given=z)  #: u_t(x|z)
u_marg = Field(
    "u",
    x,
    sub=t,
    definition=Integral(
        u_cond(t, x, z) * Ratio(p_cond(t, x, z) * p_data(z), p_marg(t, x)),
        z,
    ),
)  #: u_t(x)

MEANINGS: dict[Head, str] = {
    time: "the uniform density on [0, 1]",
    p_data: "the density of the data",
    p_cond: "the conditional probability path",
    p_marg: "the marginal probability path",
    u_model: "the model",
    u_cond: "the conditional vector field",
    u_marg: "the marginal vector field",
}
"""What the symbols are, in the words of the field."""
