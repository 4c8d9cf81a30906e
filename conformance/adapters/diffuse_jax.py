"""diffuse-jax: schedules against their own stochastic differential equations, noisy points."""

from __future__ import annotations

from typing import Any

from conformance.common import MIX
from fmproof.models import CondOTPath, DiscreteTime
from fmproof.testing import takes_jax
from fmproof.testing.conformance import Adapter

ADAPTER = Adapter(
    "diffuse-jax",
    "0.1.0",
    expected_failures={
        "schedule: SDE(CosineSchedule)": "beta(t) is clipped to b_max, its integral is not",
        "schedule: EDM": "sigma is t and the diffusion coefficient 1, which goes with sqrt(t)",
    },
)
MODELS: dict[str, tuple[Any, float]] = {
    "SDE(LinearSchedule)": (
        lambda m: m.SDE(m.LinearSchedule(b_min=0.1, b_max=10.0, t0=0.0, T=1.0)),
        0.98,
    ),
    "SDE(CosineSchedule)": (
        lambda m: m.SDE(m.CosineSchedule(b_min=0.1, b_max=20.0, t0=0.0, T=1.0)),
        0.98,
    ),
    "Flow": (lambda m: m.Flow(tf=1.0), 0.98),
    "EDM": (lambda m: m.EDM(tf=1.0), 0.98),
}


def model(name: str) -> Any:
    from diffuse.diffusion import sde

    return MODELS[name][0](sde)


def offer_schedule(name: str, high: float) -> None:
    @ADAPTER.offer("schedule", name)
    def schedule() -> Any:
        made = model(name)

        @takes_jax
        def four(t: Any) -> Any:
            """Signal and noise, and their derivatives by dx = f x dt + g dW."""
            alpha, beta = made.signal_level(t), made.noise_level(t)
            f, g = made.sde_coefficients(t)
            return alpha, beta, f * alpha, f * beta + g**2 / (2 * beta)

        return (four,), {"low": 0.02, "high": high, "tolerance": 1e-3}


for _name, (_, _high) in MODELS.items():
    offer_schedule(_name, _high)


@ADAPTER.offer("sampler", "Flow.path")
def points() -> Any:
    import jax
    import jax.numpy as jnp
    from diffuse.diffusion.sde import SDEState

    made = model("Flow")

    @takes_jax
    def sample(x0: Any, t: Any, key: Any) -> Any:
        def one(key: Any, x: Any, t: Any) -> Any:
            state, noise = made.path(key, SDEState(x, jnp.zeros_like(t)), t, return_noise=True)
            return state.position, noise

        x, noise = jax.vmap(one)(jax.random.split(key, len(x0)), x0, t)
        return {"x_t": x, "u_t": noise - x0, "t": t}

    times = DiscreteTime([k / 50 for k in range(1, 50)])
    return (sample, CondOTPath(), MIX), {"direction": "data-to-noise", "time": times}


def offer_score(name: str) -> None:
    @ADAPTER.offer("conversion", f"{name}.tweedie, score to data")
    def conversion() -> Any:
        import jax
        from diffuse.diffusion.sde import SDEState

        made = model(name)

        @takes_jax
        def convert(prediction: Any, x: Any, t: Any) -> Any:
            def one(score: Any, x: Any, t: Any) -> Any:
                return made.tweedie(SDEState(x, t), lambda x, t: score).position

            return jax.vmap(one)(prediction, x, t)

        options = {"direction": "data-to-noise", "time": DiscreteTime([0.1, 0.3, 0.5, 0.7, 0.9])}
        return (convert, "score", "x0", CondOTPath()), options


offer_score("Flow")
