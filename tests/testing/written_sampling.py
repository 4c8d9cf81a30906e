"""Usual mistakes of samplers, steps, conversions, guidance, likelihoods and tables, each with its
right twin, as ``reported`` has them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
from reported import MIX, POINTS, Kit, col, square
from reported_sampling import BARS, BETAS

from fmproof.models import (
    CondOTPath,
    FunctionPath,
    LinearVPPath,
    LogitNormalTime,
    TablePath,
    TrigPath,
    UniformTime,
)
from fmproof.testing import (
    assert_conditional_velocity,
    assert_conversion,
    assert_divergence,
    assert_guidance,
    assert_log_likelihood,
    assert_losses_differ_by_constant,
    assert_same_gradient,
    assert_sampler,
    assert_step,
)

INNER = UniformTime("1/20", "19/20")


def sigma(t: Any) -> Any:
    return 10 * (1 - t) + 0.02


EXPLODING = FunctionPath(1, sigma)


# --- steps


def ancestral(kit: Kit, wrong: bool, **options: Any) -> None:
    """Ancestral Euler in sigma; the wrong one adds its noise at sigma_to, not sigma_down."""

    def step(output: Any, x: Any, t: float, s: float) -> Any:
        output, x = kit.cast(output), kit.cast(x)
        s1, s2 = sigma(t), sigma(s)
        up = (s2**2 * (s1**2 - s2**2) / s1**2) ** 0.5
        down = s2 if wrong else (s2**2 - up**2) ** 0.5
        d = (x - output) / s1
        return x + (down - s1) * d + up * kit.randn(x)

    assert_step(
        kit.mark(step),
        EXPLODING,
        MIX,
        predict="x1",
        eta=1.0,
        pairs=[(0.3, 0.4), (0.7, 0.75)],
        samples=1_000,
        **options,
    )


def log_variance(kit: Kit, wrong: bool, **options: Any) -> None:
    """DDPM's noise from the log-variance without the half."""

    def step(output: Any, x: Any, t: int, s: int) -> Any:
        output, x = kit.cast(output), kit.cast(x)
        a, p, b = float(BARS[t]), float(BARS[t - 1]), float(BETAS[t])
        mean = (x - b / (1 - a) ** 0.5 * output) / (1 - b) ** 0.5
        logvar = float(np.log(b * (1 - p) / (1 - a)))
        return mean + float(np.exp(logvar if wrong else 0.5 * logvar)) * kit.randn(x)

    assert_step(
        kit.mark(step),
        TablePath(BARS),
        MIX,
        eta=1.0,
        pairs=[(40, 39), (20, 19)],
        samples=1_000,
        **options,
    )


def heun_old_time(kit: Kit, wrong: bool, **options: Any) -> None:
    """Heun's second slope at the old time."""

    def step(model: Any, x: Any, t: float, s: float) -> Any:
        x = kit.cast(x)
        d = kit.cast(model(x, t))
        d2 = kit.cast(model(x + (s - t) * d, t if wrong else s))
        return x + (s - t) * (d + d2) / 2

    assert_step(kit.mark(step), CondOTPath(), MIX, kind="heun", samples=200, **options)


def heun_old_point(kit: Kit, wrong: bool, **options: Any) -> None:
    """A whole Heun sampler whose second slope is at the old point."""

    def sample(model: Any, x: Any, steps: int) -> Any:
        x = kit.cast(x)
        h = 1 / steps
        for k in range(steps):
            t = k * h
            d = kit.cast(model(x, t))
            d2 = kit.cast(model(x if wrong else x + h * d, min(1.0, t + h)))
            x = x + h * (d + d2) / 2
        return x

    given: dict[str, Any] = {"order": 2, "steps": 32, "samples": 1_000}
    assert_sampler(kit.mark(sample), CondOTPath(), MIX, **given, **options)


def model_time_ahead(kit: Kit, wrong: bool, **options: Any) -> None:
    """Euler in sigma, the model seeing the time of the end of the step."""

    def step(model: Any, x: Any, t: float, s: float) -> Any:
        x = kit.cast(x)
        x1 = kit.cast(model(x, s if wrong else t))
        return x + (sigma(s) / sigma(t) - 1) * (x - x1)

    assert_step(kit.mark(step), EXPLODING, MIX, predict="x1", eta=0.0, samples=200, **options)


def lambda_ratio(kit: Kit, wrong: bool, **options: Any) -> None:
    """DPM-Solver++(2M) with the ratio of its steps upside down."""

    def lam(t: int) -> float:
        return float(0.5 * np.log(BARS[t] / (1 - BARS[t])))

    def step(output: Any, x: Any, t: int, s: int, previous: Any, times: Any) -> Any:
        output, x, before = kit.cast(output), kit.cast(x), kit.cast(previous[0])
        h, last = lam(s) - lam(t), lam(t) - lam(times[0])
        r = h / last if wrong else last / h
        d = output + (output - before) / (2 * r)
        a, b1, b2 = float(BARS[s]) ** 0.5, float(1 - BARS[t]) ** 0.5, float(1 - BARS[s]) ** 0.5
        return b2 / b1 * x - a * float(np.expm1(-h)) * d

    assert_step(
        kit.mark(step),
        TablePath(BARS),
        MIX,
        kind="dpm++2m",
        samples=200,
        pairs=[(40, 30, 25), (20, 18, 10)],
        **options,
    )


def langevin(kit: Kit, wrong: bool, **options: Any) -> None:
    """Reverse VP SDE with the ODE's half score and the SDE's noise."""
    path = LinearVPPath()

    def sample(model: Any, x: Any, steps: int) -> Any:
        x = kit.cast(x)
        h = 0.99 / steps
        for k in range(steps):
            t = 1 - k * h
            a = float(path.alpha(1 - t))
            # dx = -beta(t)/2 x dt + sqrt(beta(t)) dW with a = alpha: beta = -2 a'/a
            b = float(2 * path.dalpha(1 - t)) / max(a, 1e-6)
            b = min(b, 30.0 * steps / 100)
            score = kit.cast(model(x, t))
            x = (
                x
                + h * (0.5 * b * x + (0.5 if wrong else 1.0) * b * score)
                + (b * h) ** 0.5 * kit.randn(x)
            )
        return x

    assert_sampler(
        kit.mark(sample),
        path,
        MIX,
        predict="score",
        direction="data-to-noise",
        steps=400,
        samples=1_000,
        tolerance=0.06,
        **options,
    )


# --- whole samplers over tables


def previous_of_the_table(kit: Kit, wrong: bool, **options: Any) -> None:
    """DDIM over every fifth step; the wrong one takes the step before t in the full table."""

    def sample(model: Any, x: Any) -> Any:
        x = kit.cast(x)
        times = list(range(49, -1, -3))
        for i, t in enumerate(times):
            a = float(BARS[t])
            s = t - 1 if wrong else (times[i + 1] if i + 1 < len(times) else -1)
            a2 = float(BARS[s]) if s >= 0 else 1.0
            eps = kit.cast(model(x, t))
            x1 = (x - (1 - a) ** 0.5 * eps) / a**0.5
            x = a2**0.5 * x1 + (1 - a2) ** 0.5 * eps
        return x

    assert_sampler(
        kit.mark(sample),
        TablePath(BARS),
        MIX,
        predict="eps",
        samples=1_000,
        tolerance=0.1,
        **options,
    )


def index_for_time(kit: Kit, wrong: bool, **options: Any) -> None:
    """The model is given the number of the step, not the time of the table."""

    def sample(model: Any, x: Any) -> Any:
        x = kit.cast(x)
        times = list(range(49, -1, -2))
        for i, t in enumerate(times):
            a = float(BARS[t])
            a2 = float(BARS[times[i + 1]]) if i + 1 < len(times) else 1.0
            eps = kit.cast(model(x, len(times) - 1 - i if wrong else t))
            x1 = (x - (1 - a) ** 0.5 * eps) / a**0.5
            x = a2**0.5 * x1 + (1 - a2) ** 0.5 * eps
        return x

    assert_sampler(
        kit.mark(sample),
        TablePath(BARS),
        MIX,
        predict="eps",
        samples=1_000,
        tolerance=0.08,
        **options,
    )


def shift_of_sigma_only(kit: Kit, wrong: bool, **options: Any) -> None:
    """A shifted grid of sigmas, whose times the model is not told."""

    def sample(model: Any, x: Any, steps: int) -> Any:
        x = kit.cast(x)
        grid = np.linspace(1, 0, steps + 1)
        shifted = 3 * grid / (1 + 2 * grid)
        for k in range(steps):
            t = float(grid[k] if wrong else shifted[k])
            x = x + float(shifted[k + 1] - shifted[k]) * kit.cast(model(x, t))
        return x

    assert_sampler(
        kit.mark(sample),
        CondOTPath(),
        MIX,
        direction="data-to-noise",
        steps=64,
        samples=1_000,
        **options,
    )


def noise_at_the_end(kit: Kit, wrong: bool, **options: Any) -> None:
    """DDPM that adds noise in its last step too, which points show, and wide data hide."""
    betas = np.linspace(0.03, 0.3, 30)
    bars = np.cumprod(1 - betas)

    def sample(model: Any, x: Any) -> Any:
        x = kit.cast(x)
        for t in range(29, -1, -1):
            b, a = float(betas[t]), float(bars[t])
            eps = kit.cast(model(x, t))
            x = (x - b / (1 - a) ** 0.5 * eps) / (1 - b) ** 0.5
            if t > 0:
                x = x + (b * float(1 - bars[t - 1]) / (1 - a)) ** 0.5 * kit.randn(x)
            elif wrong:
                x = x + 2 * b**0.5 * kit.randn(x)
        return x

    assert_sampler(
        kit.mark(sample), TablePath(bars), POINTS, predict="eps", samples=2_000, **options
    )


# --- conversions


def score_sign(kit: Kit, wrong: bool, **options: Any) -> None:
    def convert(eps: Any, x: Any, t: Any) -> Any:
        eps, t = kit.cast(eps), kit.cast(t)
        s = kit.xp.cos(np.pi / 2 * col(t))
        return eps / s if wrong else -eps / s

    assert_conversion(kit.mark(convert), "eps", "score", TrigPath(), time=INNER, **options)


def v_to_data(kit: Kit, wrong: bool, **options: Any) -> None:
    def convert(v: Any, x: Any, t: Any) -> Any:
        v, x, t = kit.cast(v), kit.cast(x), kit.cast(t)
        a, s = kit.xp.sin(np.pi / 2 * col(t)), kit.xp.cos(np.pi / 2 * col(t))
        return a * x + s * v if wrong else a * x - s * v

    assert_conversion(kit.mark(convert), "v", "x1", TrigPath(), time=INNER, **options)


def velocity_to_score(kit: Kit, wrong: bool, **options: Any) -> None:
    def convert(u: Any, x: Any, t: Any) -> Any:
        u, x, t = kit.cast(u), kit.cast(x), kit.cast(t)
        top = col(t) * u - x
        return top if wrong else top / (1 - col(t))

    assert_conversion(kit.mark(convert), "velocity", "score", CondOTPath(), time=INNER, **options)


def preconditioning(kit: Kit, wrong: bool, **options: Any) -> None:
    """EDM's c_out without its square root."""
    sd = 0.5

    def skip(t: Any) -> Any:
        return sd**2 / (sigma(t) ** 2 + sd**2)

    def out(t: Any) -> Any:
        return sigma(t) * sd / (sigma(t) ** 2 + sd**2) ** 0.5

    raw = (lambda t: (1 - skip(t)) / out(t), lambda t: -skip(t) * sigma(t) / out(t))

    def convert(output: Any, x: Any, t: Any) -> Any:
        output, x, t = kit.cast(output), kit.cast(x), kit.cast(t)
        s = col(t)
        c_out = sigma(s) * sd / (sigma(s) ** 2 + sd**2) if wrong else out(s)
        return skip(s) * x + c_out * output

    assert_conversion(kit.mark(convert), raw, "x1", EXPLODING, time=INNER, **options)


# --- guidance


def halves_exchanged(kit: Kit, wrong: bool, **options: Any) -> None:
    def guide(cond: Any, uncond: Any, scale: float) -> Any:
        cond, uncond = kit.cast(cond), kit.cast(uncond)
        if wrong:
            cond, uncond = uncond, cond
        return uncond + scale * (cond - uncond)

    assert_guidance(kit.mark(guide), **options)


def one_plus_scale(kit: Kit, wrong: bool, **options: Any) -> None:
    def guide(cond: Any, uncond: Any, scale: float) -> Any:
        cond, uncond = kit.cast(cond), kit.cast(uncond)
        return (1 + scale) * cond - scale * uncond if wrong else scale * cond + (1 - scale) * uncond

    assert_guidance(kit.mark(guide), **options)


# --- likelihood and divergence


def likelihood(kit: Kit, wrong: str, **options: Any) -> None:
    """Log-likelihood by Euler backwards, with Hutchinson's estimate of many probes."""
    h = 1e-4 if kit.dtype is np.float64 else 1e-2
    probes = 32

    def log_likelihood(model: Any, x1: Any) -> Any:
        x = kit.cast(x1)
        steps, total = 64, 0.0
        for k in range(steps, 0, -1):
            t = (k - 0.5) / steps
            first = kit.cast(model(x, min(k / steps, 1 - 1e-3)))
            mid = x - first / (2 * steps)
            div = 0.0
            for _ in range(probes):
                z = kit.randn(x)
                z = kit.xp.sign(z)
                if wrong == "uniform probes":
                    z = z * col(kit.rand(len(z)))
                move = kit.cast(h * z)
                up, dn = kit.cast(model(mid + move, t)), kit.cast(model(mid - move, t))
                div = div + ((up - dn) * z).sum(1) / (2 * h) / probes
            x = x - kit.cast(model(mid, t)) / steps
            total = total - div / steps
        base = x1 if wrong == "prior of the data" else x
        prior = -0.5 * square(kit.cast(base)) - float(np.log(2 * np.pi))
        total = -total if wrong == "sign" else total
        return prior + total

    few: dict[str, Any] = {"points": 8, "tolerance": 0.6}
    assert_log_likelihood(kit.mark(log_likelihood), CondOTPath(), MIX, **few, **options)


def likelihood_sign(kit: Kit, wrong: bool, **options: Any) -> None:
    likelihood(kit, "sign" if wrong else "", **options)


def likelihood_probes(kit: Kit, wrong: bool, **options: Any) -> None:
    likelihood(kit, "uniform probes" if wrong else "", **options)


def likelihood_prior(kit: Kit, wrong: bool, **options: Any) -> None:
    likelihood(kit, "prior of the data" if wrong else "", **options)


def unit_probes(kit: Kit, wrong: bool, **options: Any) -> None:
    """Probes of length one, where sqrt(d) is due."""
    h = 1e-5 if kit.dtype is np.float64 else 1e-2

    def divergence(field: Any, t: Any, x: Any) -> Any:
        t, x = kit.cast(t), kit.cast(x)
        z = kit.randn(x)
        z = z / col(square(z)) ** 0.5
        if not wrong:
            z = z * 2**0.5
        move = kit.cast(h * z)
        return (z * (kit.cast(field(t, x + move)) - kit.cast(field(t, x - move)))).sum(1) / (2 * h)

    rough = {} if kit.dtype is np.float64 else {"tolerance": 0.05}
    assert_divergence(
        kit.mark(divergence), CondOTPath(), MIX, points=8, repeats=200, **rough, **options
    )


# --- training: EMA, latent scaling, tables, time laws


def ema_is_trained(kit: Kit, wrong: bool, **options: Any) -> None:
    """The loss evaluates an averaged copy, which has no gradient."""
    theta = np.array([0.3, 1.0, 0.1])

    def family(theta: Any, t: Any, x: Any) -> Any:
        return theta[0] * x + theta[1] * np.tanh(t[:, None] * x) + theta[2]

    def loss(model: Any, x1: Any) -> Any:
        x1 = kit.cast(x1)
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        x = col(t) * x1 + (1 - col(t)) * x0
        if not wrong:
            out = model(t, x)
        elif kit.torch:
            out = copy.deepcopy(model).requires_grad_(False)(t, x)
        else:
            out = family(theta, t, x)
        return square(out - (x1 - x0)).mean()

    options = {"samples": 1_000, **options}
    if not kit.torch:
        assert_same_gradient(family, CondOTPath(), MIX, loss, theta=theta, **options)
        return

    class Net(kit.xp.nn.Module):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.f = kit.xp.nn.Linear(3, 2).to(kit.dtype)

        def forward(self, t: Any, x: Any) -> Any:
            return self.f(kit.xp.cat([x, t[:, None]], 1))

    kit.xp.manual_seed(0)
    assert_same_gradient(Net(), CondOTPath(), MIX, loss, **options)


SCALE = 0.18215


def latent_scale(kit: Kit, wrong: bool, **options: Any) -> None:
    """Latents that are scaled in x_t, and not in the target."""
    path = FunctionPath(lambda t: SCALE * t, lambda t: 1 - t)

    def sampler(x1: Any) -> Any:
        raw = kit.cast(x1)
        x1 = SCALE * raw
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        s = col(t)
        return s * x1 + (1 - s) * x0, (raw if wrong else x1) - x0, t

    assert_conditional_velocity(kit.mark(sampler), path, MIX, **{"samples": 1_000, **options})


def latent_scale_in_the_loss(kit: Kit, wrong: bool, **options: Any) -> None:
    """Latents divided by their scale where they are to be multiplied."""
    path = FunctionPath(lambda t: SCALE * t, lambda t: 1 - t)

    def error(model: Any, x1: Any) -> Any:
        x1 = x1 / SCALE if wrong else x1 * SCALE
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        s = col(t)
        return square(model(t, s * x1 + (1 - s) * x0) - (x1 - x0))

    assert_losses_differ_by_constant(
        kit.model(), path, MIX, kit.loss(error), **{"samples": 1_000, **options}
    )


def rescaled_table(kit: Kit, wrong: bool, **options: Any) -> None:
    """Zero terminal SNR: sqrt(bar) shifted to 0 at the end; the wrong one is not rescaled."""
    root = np.sqrt(BARS)
    shifted = root - root[-1]
    right = shifted * root[0] / (root[0] - root[-1])
    right[-1] = 1e-3
    used = np.maximum(shifted, 1e-3) if wrong else right

    def error(model: Any, x1: Any) -> Any:
        k, eps = np.random.randint(50, size=len(x1)), kit.randn(x1)
        a, b = used[k], np.sqrt(1 - used[k] ** 2)
        if kit.torch:
            a, b, k = kit.xp.as_tensor(a), kit.xp.as_tensor(b), kit.xp.as_tensor(k)
        a, b = col(kit.cast(a)), col(kit.cast(b))
        return square(model(k, a * x1 + b * eps) - (a * eps - b * x1))

    def model(t: Any, x: Any) -> Any:
        return 0.3 * x + kit.xp.tanh(x)

    assert_losses_differ_by_constant(
        kit.mark(model),
        TablePath(right**2),
        MIX,
        kit.loss(error),
        target="v",
        **{"samples": 1_000, **options},
    )


def logit_normal_inside_out(kit: Kit, wrong: bool, **options: Any) -> None:
    """A logit-normal law whose mean is added after the sigmoid (and clipped)."""

    def sampler(x1: Any) -> Any:
        x1 = kit.cast(x1)
        x0 = kit.randn(x1)
        z = kit.randn(x1)[:, 0]
        if wrong:
            t = 1 / (1 + kit.xp.exp(-z)) * 0.8 + 0.2
        else:
            t = 1 / (1 + kit.xp.exp(-(0.8 * z + 0.2)))
        s = col(t)
        return s * x1 + (1 - s) * x0, x1 - x0, t

    assert_conditional_velocity(
        kit.mark(sampler),
        CondOTPath(),
        MIX,
        time=LogitNormalTime("1/5", "4/5"),
        **{"samples": 2_000, **options},
    )


CASES: dict[str, tuple[Callable[..., None], str]] = {
    "ancestral": (ancestral, "which is not shortened"),
    "log variance": (log_variance, "it has the variance for a factor"),
    "heun old time": (heun_old_time, "the other slope is due at"),
    "heun old point": (heun_old_point, "does not converge at its order"),
    "model time ahead": (model_time_ahead, "the model is told t = 0.15, where t = 0.1 is due"),
    "lambda ratio": (lambda_ratio, "the ratio of the steps in log(alpha/beta) is upside down"),
    "langevin": (langevin, "the drift lacks g²/2 times the score"),
    "previous of the table": (previous_of_the_table, "the steps before lead there"),
    "index for time": (index_for_time, "in call 1 of the model t is 24"),
    "shift of sigma only": (shift_of_sigma_only, "the steps before lead there"),
    "noise at the end": (noise_at_the_end, "noise is added after the last step"),
    "score sign": (score_sign, "its sign is flipped"),
    "v to data": (v_to_data, "its term in the prediction has the wrong sign"),
    "velocity to score": (velocity_to_score, "it is beta times what it should be"),
    "preconditioning": (preconditioning, "times the prediction, expected"),
    "halves exchanged": (halves_exchanged, "cond and uncond are exchanged"),
    "one plus scale": (one_plus_scale, "its scale s is the usual one less 1"),
    "likelihood sign": (likelihood_sign, "the integral of the divergence has the wrong sign"),
    "likelihood probes": (likelihood_probes, "the integral of the divergence counts 0.33"),
    "likelihood prior": (likelihood_prior, "the density of the noise is taken at the data"),
    "unit probes": (unit_probes, "times the divergence"),
    "ema is trained": (ema_is_trained, "does not call the model"),
    "latent scale": (latent_scale, "x1 - 1 x0, expected 0.182 x1 - 1 x0"),
    "latent scale in the loss": (latent_scale_in_the_loss, "the data in x_t have 30"),
    "rescaled table": (rescaled_table, "near t = "),
    "logit normal inside out": (logit_normal_inside_out, "the law of t fits"),
}
