"""Between parametrisations: is a converted prediction the one it should be? And guidance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray
from fmproof.models.targets import target_of
from fmproof.testing.conversion_mistakes import looks_like
from fmproof.testing.diagnosis import NAMES
from fmproof.testing.evidence import check_count
from fmproof.testing.exact import call_with, convert_for, numbers_of, times_for
from fmproof.testing.failure import CheckFailed, call_text, chosen_seed, code_of, name_of
from fmproof.testing.precision import COARSE, alike, precision_of, precision_shown, units
from fmproof.testing.reference import Latents, Reference


def assert_conversion(
    convert: Callable[..., Any],
    source: Any,
    target: Any,
    path: Any,
    *,
    time: Any = None,
    direction: str = "noise-to-data",
    dim: int = 3,
    points: int = 512,
    seed: int | None = None,
) -> None:
    """Assert that ``convert`` turns a prediction of one kind into one of another.

    Args:
        convert: the user's function of (prediction, x, t) -> prediction, by these names (``output``
            or ``model_output`` will do) or in this order.
        source, target: what it takes and returns: "eps", "x1", "v", "velocity", "score" or (a, b).
        path: a ``fmproof.models.Path``.
        time, direction, seed: as in ``assert_conditional_velocity``.
        dim: the dimension of the predictions that are tried.
        points: how many.

    Raises:
        CheckFailed: with the worst row, and what it is instead where that is known.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    seed = chosen_seed(seed)
    check_count("points", points, 8)
    check_count("dim", dim, 1)
    if source == target:
        raise InputError(f"target: expected another prediction than the source, found {target!r}")
    backwards = direction == "data-to-noise"
    normal = np.eye(dim).tolist()
    from fmproof.models import GaussianMixture

    data = GaussianMixture([1], [[0] * dim], [normal])
    known = {"path": path, "data": data, "time": time, "direction": direction}
    reference = Reference.of(**known, target=target)
    taken = Reference.of(**known, target=source)
    joint = reference.draw(points, np.random.default_rng(seed))
    latents = Latents(joint.t, joint.z, joint.eps)
    given = taken.velocity(latents)
    to = convert_for(convert)
    values = {
        "prediction": to(given),
        "x": to(joint.x),
        "t": times_for(convert, reference, joint.t),
    }
    names = {
        "prediction": {"output", "model_output", "out", "pred", str(source)},
        "x": {"x_t", "xt", "sample", "z_t"},
        "t": {"time", "timestep", "timesteps"},
    }
    result = call_with(convert, "conversion", values, names, seed)
    found = numbers_of(result, given.shape, f"the conversion {name_of(convert)}")
    rounding = max(precision_of(result), precision_shown(found))
    expected = joint.u
    size = 1 + np.abs(np.hstack([joint.x, given, expected])).max(axis=1)
    gain = _gain(taken, reference, joint.t)
    slack = (units(rounding) * rounding * size * gain)[:, None] + 0 * given
    if rounding > COARSE:
        slack = np.minimum(
            slack, _of_its_terms(taken, reference, joint.x, given, joint.t, rounding)
        )
    row = int((np.abs(found - expected) / slack).max(axis=1).argmax())
    if (np.abs(found[row] - expected[row]) <= slack[row]).all():
        return
    wide = 10.0 if rounding < COARSE else 1.0
    failure = CheckFailed(
        f"the conversion from {_name(source, backwards)} does not give {_name(target, backwards)}",
        expected=f"{expected[row]} at t = {joint.t[row]:.6g}, x_t = {joint.x[row]}",
        found=f"{found[row]}",
        hint=looks_like(reference, joint, given, expected, found, wide * slack, rounding),
    )
    failure.reproduce = call_text(
        assert_conversion,
        code_of(convert, "convert"),
        repr(source),
        repr(target),
        repr(path),
        time=time,
        direction=direction if backwards else None,
        dim=dim,
        points=points,
        seed=seed,
    )
    raise failure


def _of_its_terms(
    source: Reference,
    target: Reference,
    x: FloatArray,
    given: FloatArray,
    t: FloatArray,
    rounding: float,
) -> FloatArray:
    """How far coarse rounding may throw a conversion, (N, d): in proportion to the terms of the
    data and the noise that it may pass through, and to 1/beta for their factors."""
    a, b, c, d = (v[:, None] for v in (*source.coefficients(t), *target.coefficients(t)))
    alpha, beta = source.alpha(t)[:, None], source.beta(t)[:, None]
    x, given = np.abs(x), np.abs(given)
    with np.errstate(divide="ignore", invalid="ignore"):
        determinant = np.abs(alpha * b - beta * a)
        data = (np.abs(b) * x + beta * given) / determinant
        noise = (np.abs(a) * x + alpha * given) / determinant
        terms = np.abs(c) * data + np.abs(d) * noise
    steep = 1 / np.maximum(beta, np.sqrt(rounding))
    slack = units(rounding) * rounding * ((1 + steep) * terms + rounding)
    return np.asarray(np.where(np.isfinite(slack), slack, np.inf))


def _gain(source: Reference, target: Reference, t: FloatArray) -> FloatArray:
    """How much a conversion enlarges the rounding of what it is given, (N,)."""
    a, b = source.coefficients(t)
    c, d = target.coefficients(t)
    alpha, beta = source.alpha(t), source.beta(t)
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = (np.abs(alpha) + np.abs(beta) + np.abs(a) + np.abs(b)) / np.abs(
            alpha * b - beta * a
        )
    steep = 1 / np.maximum(beta, 1e-8)
    gain = (1 + np.abs(c) + np.abs(d)) * (1 + inverse) * (1 + steep)
    return np.where(np.isfinite(gain), gain, 1e300)


def _name(target: Any, backwards: bool) -> str:
    return NAMES.get(str(target_of(target, backwards)), "the target given")


def assert_guidance(
    guide: Callable[..., Any],
    *,
    base: str = "unconditional",
    dim: int = 3,
    seed: int | None = None,
) -> None:
    """Assert that ``guide`` is classifier-free guidance, uncond + scale (cond − uncond).

    Args:
        guide: the user's function of (cond, uncond, scale) -> prediction, by these names or in this
            order.
        base: "unconditional", or "conditional" for the convention of Ho & Salimans (arXiv
            2207.12598), cond + scale (cond − uncond), where scale 0 is no guidance.
        dim: the dimension of the predictions that are tried.
        seed: as in ``assert_conditional_velocity``.

    Raises:
        CheckFailed: with a scale at which it is wrong, and what it is instead.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    if base not in ("unconditional", "conditional"):
        raise InputError(f"base: expected 'unconditional' or 'conditional', found {base!r}")
    seed = chosen_seed(seed)
    check_count("dim", dim, 1)
    rng = np.random.default_rng(seed)
    cond, uncond = rng.standard_normal((2, 64, dim))
    to = convert_for(guide)
    names = {
        "cond": {"conditional", "c", "cond_pred", "noise_pred_text"},
        "uncond": {"unconditional", "u", "uncond_pred", "noise_pred_uncond"},
        "scale": {"guidance_scale", "w", "s", "weight", "guidance"},
    }
    rows, outputs, scales = [], [], (0.0, 1.0, 3.0, 7.5)
    for scale in scales:
        values = {"cond": to(cond), "uncond": to(uncond), "scale": scale}
        result = call_with(guide, "guidance", values, names, seed)
        outputs.append(numbers_of(result, cond.shape, f"the guidance {name_of(guide)}"))
        rounding = max(precision_of(result), precision_shown(outputs[-1]))
        start = uncond if base == "unconditional" else cond
        expected = start + scale * (cond - uncond)
        slack = units(rounding) * rounding * (1 + scale) * 8
        off = np.abs(outputs[-1] - expected)
        if (off > slack).any():
            rows.append((scale, int(off.max(axis=1).argmax()), expected, outputs[-1]))
    if not rows:
        return
    scale, row, expected, found = rows[0]
    forms: dict[str, Callable[[float], FloatArray]] = {
        "it starts from the conditional prediction, cond + s (cond - uncond): its scale s is the "
        "usual one less 1": lambda s: cond + s * (cond - uncond),
        "it starts from the unconditional prediction, uncond + s (cond - uncond)": lambda s: (
            uncond + s * (cond - uncond)
        ),
        "cond and uncond are exchanged": lambda s: cond + s * (uncond - cond),
        "it subtracts the guidance: uncond - s (cond - uncond)": lambda s: (
            uncond - s * (cond - uncond)
        ),
        "it ignores the scale": lambda s: outputs[1],
    }
    wrong = f"{'un' if base == 'unconditional' else ''}cond + scale (cond - uncond)"
    hint = next(
        (
            words
            for words, form in forms.items()
            if all(
                np.abs(form(s) - out).max() < alike(1e-2, 4 * rounding) * (1 + s)
                for s, out in zip(scales, outputs, strict=True)
            )
        ),
        "",
    )
    hint = hint or _combination(cond, uncond, outputs, scales, rounding)
    raise CheckFailed(
        f"the guidance is not {wrong}",
        expected=f"{expected[row]} for scale = {scale:g}, cond = {cond[row]}, "
        f"uncond = {uncond[row]}",
        found=f"{found[row]}",
        hint=hint,
        reproduce=call_text(
            assert_guidance,
            code_of(guide, "guide"),
            base=None if base == "unconditional" else base,
            dim=dim,
            seed=seed,
        ),
    )


def _combination(
    cond: FloatArray,
    uncond: FloatArray,
    outputs: list[FloatArray],
    scales: tuple[float, ...],
    rounding: float,
) -> str:
    """What a wrong guidance is made of, at the first scale that tells."""
    design = np.column_stack([cond.ravel(), uncond.ravel()])
    for scale, out in zip(scales[::-1], outputs[::-1], strict=True):
        (a, b), *_ = np.linalg.lstsq(design, out.ravel(), rcond=None)
        left = float((out.ravel() - design @ np.array([a, b])).std())
        if left > alike(1e-3, 4 * rounding) * (1 + scale):
            return (
                "it is no sum of multiples of cond and uncond: a rescaling by their standard "
                "deviations, or clipping, has to be switched off here"
            )
        return (
            f"for scale = {scale:g} it is {a:.4g} cond {'-' if b < 0 else '+'} {abs(b):.4g} uncond"
        )
    return ""
