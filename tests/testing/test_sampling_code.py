"""Steps, samplers, conversions, guidance, divergences and likelihoods: right code passes, reported
mistakes are caught with their sentence."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.models import CondOTPath, GaussianMixture, TablePath, TrigPath
from fmproof.testing import (
    CheckFailed,
    assert_conversion,
    assert_divergence,
    assert_guidance,
    assert_jacobian,
    assert_log_likelihood,
    assert_sampler,
    assert_step,
)

MIX = GaussianMixture(
    ["3/10", "7/10"],
    [[-2, 0], ["3/2", 1]],
    [[["1/4", 0], [0, "1/2"]], [["1/2", 0], [0, "1/4"]]],
)
POINT = GaussianMixture.points([[1, -0.5]])
BARS = np.cumprod(1 - np.linspace(1e-3, 0.3, 50))
TABLE = TablePath(BARS)


def complaint(check, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as caught:
        check(*args, **kwargs)
    return str(caught.value)


# --- steps ------------------------------------------------------------------------------


def ddim(predict, wrong=False, eta=0.0):
    def step(output, x, t, s, rng):
        a, a2 = BARS[t], BARS[s]
        if predict == "x1":
            data = output
            eps = output if wrong else (x - np.sqrt(a) * data) / np.sqrt(1 - a)
        else:
            eps = output
            data = (x - np.sqrt(1 - a) * eps) / np.sqrt(a)
        sigma = eta * np.sqrt((1 - a2) / (1 - a) * (1 - a / a2))
        mean = np.sqrt(a2) * data + np.sqrt(1 - a2 - sigma**2) * eps
        return mean + sigma * rng.standard_normal(x.shape)

    return step


@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("predict", ["eps", "x1"])
def test_ddim(predict, eta):
    for seed in range(3):
        assert_step(ddim(predict, eta=eta), TABLE, MIX, eta=eta, predict=predict, seed=seed)


def test_output_taken_for_noise():
    found = complaint(assert_step, ddim("x1", wrong=True), TABLE, MIX, predict="x1")
    assert "the model's output is taken for the noise" in found


def test_wrong_eta():
    found = complaint(assert_step, ddim("eps", eta=0.7), TABLE, MIX, eta=1.0)
    assert "expected" in found
    assert "variance" in found


def ddpm(wrong):
    """The posterior of the chain; the wrong one pads its table on the right."""
    betas = np.linspace(1e-3, 0.3, 50)
    before = np.append(BARS[1:], 1.0) if wrong else np.append(1.0, BARS[:-1])
    variance = betas * (1 - before) / (1 - BARS)
    c1 = betas * np.sqrt(before) / (1 - BARS)
    c2 = (1 - before) * np.sqrt(1 - betas) / (1 - BARS)

    def step(output, x, t, s, rng):
        data = (x - np.sqrt(1 - BARS[t]) * output) / np.sqrt(BARS[t])
        noise = np.sqrt(variance[t]) * rng.standard_normal(x.shape)
        return c1[t] * data + c2[t] * x + noise

    return step


def test_ddpm_with_its_table_padded_on_the_wrong_side():
    assert_step(ddpm(False), TABLE, MIX, eta=1.0)
    assert "does not have its law" in complaint(assert_step, ddpm(True), TABLE, MIX, eta=1.0)


def heun(model, x, t, s):
    first = model(x, t)
    second = model(x + (s - t) * first, s)
    return x + (s - t) * (first + second) / 2


def test_euler_and_heun():
    assert_step(heun, CondOTPath(), MIX, kind="heun")
    assert_step(lambda model, x, t, s: x + (s - t) * model(x, t), CondOTPath(), MIX, kind="euler")
    found = complaint(
        assert_step,
        lambda model, x, t, s: x - (s - t) * model(x, t),
        CondOTPath(),
        MIX,
        kind="euler",
    )
    assert "its sign is flipped" in found
    assert "is wrong from t" in complaint(assert_step, heun, CondOTPath(), MIX, kind="euler")


def em(model, x, t, s, rng, wrong=False, size=1.0):
    h, u = s - t, model(x, t)
    eps = x - t * u
    correction = 0.0 if wrong else -0.5 * eps
    noise = size * np.sqrt((1 - t) * h) * rng.standard_normal(x.shape)
    return x + h * (u + correction) + noise


def test_euler_maruyama():
    options = {"kind": "euler-maruyama", "noise": lambda t: np.sqrt(1 - t)}
    for seed in range(3):
        assert_step(em, CondOTPath(), MIX, seed=seed, **options)

    def without(model, x, t, s, rng):
        return em(model, x, t, s, rng, wrong=True)

    assert "drift is not corrected" in complaint(
        assert_step, without, CondOTPath(), MIX, pairs=[(0.4, 0.5)], **options
    )

    def quiet(model, x, t, s, rng):
        return em(model, x, t, s, rng, size=0.7)

    assert "but the noise is 0.70" in complaint(
        assert_step, quiet, CondOTPath(), MIX, pairs=[(0.4, 0.5)], **options
    )


# --- samplers ---------------------------------------------------------------------------


def euler(model, x, steps):
    for k in range(steps):
        x = x + model(x, k / steps) / steps
    return x


def sde(wrong):
    def sample(model, x, steps, rng):
        h = 0.99 / steps
        for k in range(steps):
            t = k * h
            u = model(x, t)
            eps = x - t * u
            x = x + h * u - (0 if wrong else 0.5 * h * eps)
            x = x + np.sqrt((1 - t) * h) * rng.standard_normal(x.shape)
        return x

    return sample


def test_samplers():
    assert_sampler(euler, CondOTPath(), MIX, order=1)
    assert_sampler(sde(False), CondOTPath(), MIX, steps=200)
    found = complaint(assert_sampler, sde(True), CondOTPath(), MIX, steps=200)
    assert "the drift lacks g²/2 times the score" in found
    assert "converge" in complaint(assert_sampler, euler, CondOTPath(), MIX, order=2)
    assert "returns the noise" in complaint(assert_sampler, lambda model, x: x, CondOTPath(), MIX)


def test_a_reverse_sampler_with_the_wrong_sign():
    def backwards(model, x, steps, sign=1.0):
        for k in range(steps):
            x = x - sign * model(x, 1 - k / steps) / steps
        return x

    options = {"direction": "data-to-noise"}
    assert_sampler(backwards, CondOTPath(), MIX, **options)
    found = complaint(
        assert_sampler,
        lambda model, x, steps: backwards(model, x, steps, -1.0),
        CondOTPath(),
        MIX,
        **options,
    )
    assert "runs away" in found or "variance" in found


# --- conversions and guidance -----------------------------------------------------------


def test_conversions():
    path = TrigPath()

    def eps_to_x1(output, x, t):
        a, b = path.alpha(t)[:, None], path.beta(t)[:, None]
        return (x - b * output) / a

    assert_conversion(eps_to_x1, "eps", "x1", path)

    def eps_to_score(output, x, t):
        return -output / path.beta(t)[:, None]

    assert_conversion(eps_to_score, "eps", "score", path)
    assert "sign is flipped" in complaint(
        assert_conversion, lambda output, x, t: -eps_to_score(output, x, t), "eps", "score", path
    )
    assert "returns its input" in complaint(
        assert_conversion, lambda output, x, t: output, "eps", "v", path
    )
    back = {"direction": "data-to-noise"}

    def v_to_data(output, x, t):  # the path runs from data to noise
        a, b = path.alpha(1 - t)[:, None], path.beta(1 - t)[:, None]
        return a * x - b * output

    assert_conversion(v_to_data, "v", "x0", path, **back)


def test_guidance():
    assert_guidance(lambda cond, uncond, scale: uncond + scale * (cond - uncond))
    assert_guidance(lambda cond, uncond, w: (1 + w) * cond - w * uncond, base="conditional")
    found = complaint(assert_guidance, lambda cond, uncond, scale: cond + scale * (cond - uncond))
    assert "starts from the conditional prediction" in found
    assert "exchanged" in complaint(assert_guidance, lambda c, u, s: c + s * (u - c))


# --- derivatives and likelihoods --------------------------------------------------------


def slope(field, t, x, z, h=1e-5):
    return (z * (field(t, x + h * z) - field(t, x - h * z))).sum(axis=1) / (2 * h)


def hutchinson(probes, wrong):
    def divergence(field, t, x, rng):
        signs = (rng.choice([-1.0, 1.0], x.shape) for _ in range(probes))
        total = sum(slope(field, t, x, z) for z in signs)
        return total if wrong else total / probes

    return divergence


def test_divergence():
    assert_divergence(
        lambda field, t, x: sum(slope(field, t, x, e) for e in np.eye(2)), CondOTPath(), MIX
    )
    assert_divergence(hutchinson(4, False), CondOTPath(), MIX)
    found = complaint(assert_divergence, hutchinson(8, True), CondOTPath(), MIX)
    assert "8 times the divergence: summed over probes, not averaged" in found
    assert "standard deviation" in found


def test_jacobian():
    def matrix(field, t, x, h=1e-5):
        columns = [(field(t, x + h * e) - field(t, x - h * e)) / (2 * h) for e in np.eye(2)]
        return np.stack(columns, axis=2)

    skew = GaussianMixture([1], [[1, 0]], [[[1, 0.5], [0.5, 2]]])
    both = GaussianMixture([0.5, 0.5], [[1, 0], [-1, 2]], [[[1, 0.5], [0.5, 2]]] * 2)
    for data in (skew, both):
        assert_jacobian(matrix, CondOTPath(), data)
    wrong = complaint(assert_jacobian, lambda f, t, x: 2 * matrix(f, t, x), CondOTPath(), both)
    assert "the Jacobian is wrong" in wrong


def likelihood(probes=1, wrong="", steps=60):
    def log_likelihood(model, x1):
        x, found = x1.copy(), np.zeros(len(x1))
        for k in range(steps):
            t = np.full(len(x), 1 - (k + 0.5) / steps)
            divergence = sum(slope(model, t, x, e) for e in np.eye(2))
            found = found - (8 if wrong == "summed" else 1) * divergence / steps
            x = x - model(t, x) / steps
        prior = -0.5 * (x**2).sum(axis=1) - (0 if wrong == "constant" else np.log(2 * np.pi))
        return prior + found

    return log_likelihood


def test_log_likelihood():
    options = {"tolerance": 0.1}
    wide = GaussianMixture([1], [[0.5, 0]], [[[0.5, 0], [0, 1.5]]])
    assert_log_likelihood(likelihood(), CondOTPath(), wide, **options)
    assert "normalisation d/2 log(2π)" in complaint(
        assert_log_likelihood, likelihood(wrong="constant"), CondOTPath(), wide, **options
    )
    found = complaint(
        assert_log_likelihood, likelihood(wrong="summed"), CondOTPath(), MIX, tolerance=0.2
    )
    assert "log-likelihood is wrong" in found
    with pytest.raises(InputError, match="density"):
        assert_log_likelihood(likelihood(), CondOTPath(), POINT)


def test_the_exact_model_can_be_differentiated():
    torch = pytest.importorskip("torch")
    from fmproof.testing import takes_tensors

    @takes_tensors
    def divergence(field, t, x):
        x = x.requires_grad_(True)
        value = field(t, x)
        parts = [torch.autograd.grad(value[:, i].sum(), x, retain_graph=True)[0] for i in range(2)]
        return sum(part[:, i] for i, part in enumerate(parts))

    assert_divergence(divergence, CondOTPath(), MIX)


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: assert_step(3, TABLE, MIX), "step: expected a callable"),
        (lambda: assert_step(heun, CondOTPath(), MIX, kind="rk"), "kind: expected one of"),
        (
            lambda: assert_step(heun, CondOTPath(), MIX, kind="euler-maruyama"),
            "noise: expected the function g",
        ),
        (lambda: assert_sampler(3, TABLE, MIX, predict="eps"), "sampler: expected a callable"),
        (
            lambda: assert_sampler(lambda model, x: x, CondOTPath(), MIX, order=1),
            "order: expected a sampler with a parameter steps",
        ),
        (lambda: assert_guidance(3), "guidance: expected a callable"),
        (lambda: assert_guidance(max, base="both"), "base: expected"),
        (lambda: assert_conversion(abs, "eps", "x2", TrigPath()), "target: expected one of"),
    ],
)
def test_misuse(check, message):
    with pytest.raises(InputError) as caught:
        check()
    assert message in str(caught.value)


def test_the_two_tests_of_a_sampler_share_its_level(monkeypatch):
    from fmproof.testing import sampler_ends
    from fmproof.testing.joint import JointTest
    from fmproof.testing.reference import Reference

    reference = Reference.of(CondOTPath(), MIX)
    ends = MIX.sample(2000, np.random.default_rng(0))
    for p_value, fails in ((0.03, False), (0.02, True)):
        monkeypatch.setattr(
            sampler_ends, "joint_test", lambda *_, p=p_value: JointTest(p, 0, 0.0, 1.0)
        )
        found = sampler_ends.wrong_law(reference, ends, 0.03, 0.05, 0)
        assert (found is not None) == fails
