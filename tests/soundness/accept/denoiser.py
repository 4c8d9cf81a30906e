"""Denoising is regression on the posterior mean: x-prediction in one step."""

from fmproof import (
    Density,
    Derivation,
    Expect,
    Field,
    ForAll,
    Hypothesis,
    Integrable,
    Integral,
    Param,
    Real,
    Step,
    Vec,
    norm2,
    uniform,
)

t, theta = Real("t"), Param("theta")
x, z = Vec("x z")
time, data = uniform(t), Density("p_data", z)
path = Density("p", x, sub=t, given=z)
marg = Density("p", x, sub=t, definition=Integral(path(t, x, z) * data(z), z))
mean = Field("m", x, sub=t, definition=Integral(z * (path(t, x, z) * data(z) / marg(t, x)), z))(
    t, x
)
model = Field("D", x, sub=t, sup=theta)(t, theta, x)
joint, marginal = (time(t), data(z), path(t, x, z)), (time(t), marg(t, x))

derivation = Derivation(
    "denoiser",
    hypotheses=[
        Hypothesis("H1", ForAll(Integrable(norm2(model), *marginal), theta)),
        Hypothesis("H2", Integrable(norm2(z), *joint)),
    ],
    start=Expect(norm2(model - z), *joint),
    steps=[
        Step(
            "1",
            Expect(norm2(model - mean), *joint) + Expect(norm2(z - mean), *joint),
            by="auto",
        )
    ],
)
