"""Is a sampler's u_t the training target of its x_t?

Where the sampler gives the data or the noise that x_t was made of, u_t is determined by them and is
compared row by row. Then, for every sampler, moments: u_t must have the mean and the variance given
(t, x_t) that the path and the data imply, and x_t must have its law. The means of the
user's draws are compared with those of as many draws of the reference: the difference is symmetric
about zero when the user is right, which makes the level of the test exact. Last, x_t and u_t
determine data and noise, and given the data the noise must be standard normal; the laws of t, of
the noise and of the data are tested as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.coarse_rows import coarse_fit, coarse_means
from fmproof.testing.coupling import compare_coupled
from fmproof.testing.epochs import EPOCH_ROWS, check_epochs, reused_over_epochs
from fmproof.testing.evidence import (
    StatisticalEvidence,
    check_options,
    first_failure,
    look_sizes,
    strongest,
)
from fmproof.testing.failure import CheckFailed, call_text, chosen_seed, code_of
from fmproof.testing.joint import joint_test
from fmproof.testing.labels import (
    check_dropout,
    check_labels,
    dropped_together,
    share_left_out,
)
from fmproof.testing.made_of import Made, made_of
from fmproof.testing.moments import differences, resemblance
from fmproof.testing.noise import Scores, noise_test, scores
from fmproof.testing.reference import Reference
from fmproof.testing.reuse import reused_numbers, same_times
from fmproof.testing.rows import compare_rows, wrong_target
from fmproof.testing.samplers import SampleDraws, Sampler
from fmproof.testing.smallest import smallest_failure
from fmproof.testing.time_mistakes import time_like
from fmproof.testing.whole_laws import data_law, noise_law, noise_like, time_law

_CHUNK = 20_000
_PAIRED = 250  # rows of a batch that is paired: to pair many takes long, and nobody does
_IMPLIED = "the x0 and x1 that x_t and u_t imply"
_SEEDS = 1_000_003  # so that the seeds of two tests do not meet
_SMALL = 64  # rows of the batches whose times are compared
_TESTS = 6  # moments, means over coarse rows, noise, and the laws of t, noise and data


def assert_conditional_velocity(
    sampler: Callable[..., Any],
    path: Any,
    data: Any,
    *,
    time: Any = None,
    target: Any = "velocity",
    coupling: str = "independent",
    dims: Any = None,
    direction: str = "noise-to-data",
    label_dropout: float | None = None,
    epochs: int = 1,
    samples: int = 30_000,
    level: float = 1e-6,
    seed: int | None = None,
) -> None:
    """Assert that a sampler of training triples (x_t, u_t, t) is right for its path and data.

    Args:
        sampler: the user's function, on NumPy arrays, PyTorch tensors or JAX arrays; see
            ``Sampler`` for how it is called. Row i of what it returns belongs to row i of the data
            that it was given, unless ``coupling`` says otherwise.
        path: the ``fmproof.models.Path`` that it claims to follow.
        data: a ``GaussianMixture``, or an array (K, ...) of equally likely points.
        time: the law of t, by default uniform over the times of the path.
        target: what u_t is: "velocity", "x1" (the data), "eps" (the noise), "v", "score", or (a, b)
            with functions of t for a(t) x1 + b(t) x0. "x0" is the state at t = 0.
        coupling: "independent" data and noise; "any" when the sampler pairs the rows of both in an
            order of its own; "ot" when it pairs them at the least total of squared distances.
        dims: the coordinates to look at, as indices or booleans, where others are padding.
        direction: "noise-to-data", with noise at t = 0, or "data-to-noise".
        label_dropout: the share of the labels that the sampler leaves out; by default any.
        epochs: how often to give the sampler the same data: the noise must be new each time.
        samples: at most this many; a first look takes 1,000.
        level: the probability that right code fails.
        seed: of the data, the noise and the global generators; by default pytest's
            ``--fmproof-seed``, or 0.

    Raises:
        CheckFailed: with the smallest problem found.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    user = Sampler(sampler, direction == "data-to-noise")
    check_options(samples, level)
    check_epochs(epochs)
    check_dropout(label_dropout)
    seed = chosen_seed(seed)
    reference = Reference.of(
        *(path, data, time),
        target=target,
        coupling=coupling,
        dims=dims,
        direction=direction,
        label_dropout=label_dropout,
    )

    def check(on: Reference) -> CheckFailed | None:
        again = reused_over_epochs(partial(_epoch, user, on, seed), epochs)
        share = share_left_out(user, on, seed)
        return again or first_failure(looks(user, on, samples, seed), samples, level, beside=share)

    def honest(on: Reference) -> CheckFailed | None:
        return first_failure(looks(_right(on), on, 1_000, seed), 1_000, level)

    failure, smallest = smallest_failure(check, reference, user.takes_data, honest)
    if failure is None:
        return
    failure.problem = smallest.describe()
    failure.reproduce = call_text(
        assert_conditional_velocity,
        code_of(sampler, "sampler"),
        *smallest.code(),
        **smallest.options(),
        epochs=epochs if epochs > 1 else None,
        samples=samples,
        level=level,
        seed=seed,
    )
    raise failure.with_traceback(None)


def _right(reference: Reference) -> Sampler:
    """A right sampler in single precision."""

    def right(x1: Any, rng: Any) -> Any:
        t, eps = reference.time.sample(len(x1), rng), rng.standard_normal(x1.shape)
        data, own = x1.reshape(len(x1), -1), rng.standard_normal((len(x1), reference.dim))
        noise = eps.reshape(data.shape)
        joint = reference.made(t, data, noise, own)
        return {
            "x_t": joint.x.reshape(x1.shape).astype(np.float32),
            "u_t": joint.u.reshape(x1.shape).astype(np.float32),
            "t": t,
        }

    return Sampler(right)


def looks(
    user: Sampler, reference: Reference, samples: int, seed: int
) -> Iterator[StatisticalEvidence]:
    """Looks at up to ``samples``."""
    used = {}
    for kind in ("x0", "x1"):
        try:
            used[kind] = kind in user.inputs.values() and user.uses(kind, reference, seed)
        except CheckFailed:  # the looks will say why
            used[kind] = True
    times = _small_batches(user, reference, seed)
    again = None if times is None else same_times(reference, times)
    if again is not None:
        yield StatisticalEvidence.certain(again)
    together = dropped_together(user, reference, seed)
    if together is not None:
        yield together
    for look, n in enumerate(look_sizes(samples)):
        yield _evidence(user, reference, used, n, seed + _SEEDS * look)


def _small_batches(user: Sampler, reference: Reference, seed: int) -> FloatArray | None:
    """The times of two batches (2, n), of a sampler that draws them itself."""
    if "t" in user.inputs.values():
        return None
    try:
        return np.array([user.draw(reference, _SMALL, seed + i).t for i in range(2)])
    except CheckFailed:  # the looks will say why
        return None


def _epoch(
    user: Sampler, reference: Reference, seed: int, number: int, other_data: bool
) -> Made | None:
    """What the rows of an epoch are made of."""
    rng = np.random.default_rng([seed, 11, number])
    data = np.random.default_rng([seed, 11 + other_data])
    given = {
        "x1": reference.data.sample(EPOCH_ROWS, data),
        "x0": rng.standard_normal((EPOCH_ROWS, reference.dim)),
        "t": reference.time.sample(EPOCH_ROWS, rng),
        "n": EPOCH_ROWS,
        "rng": rng,
    }
    try:
        draws = user.draw_for(reference, given, EPOCH_ROWS, seed + 1 + number)
    except CheckFailed:  # the looks will say why
        return None
    if draws.given_eps and not user.uses("x0", reference, seed):
        object.__setattr__(draws, "eps", None)
    if reference.coupling != "independent":
        object.__setattr__(draws, "z", None)
    draws = draws if reference.dims is None else draws.columns(list(reference.dims))
    return made_of(reference.projected(), draws)


def _draws(
    user: Sampler, reference: Reference, used: dict[str, bool], n: int, seed: int
) -> SampleDraws:
    """Draws without the inputs that the sampler does not use."""
    draws = user.draw(reference, n, seed)
    if draws.given_eps and not used["x0"]:
        object.__setattr__(draws, "eps", None)
    if draws.given_z and not used["x1"]:
        object.__setattr__(draws, "z", None)
    return draws if reference.dims is None else draws.columns(list(reference.dims))


def _evidence(
    user: Sampler, reference: Reference, used: dict[str, bool], n: int, seed: int
) -> StatisticalEvidence:
    """What ``n`` samples have to say: row by row, then by tests of a joint p-value."""
    values, off, noise, all_made, coarse = [], [], [], [], []
    coupled = reference.coupling != "independent"
    names: list[str] = []
    whole, reference = reference, reference.projected()
    size = _PAIRED if coupled else _CHUNK
    for start in range(0, n, size):
        each = seed + 2 * _SEEDS * start
        try:
            draws = _draws(user, whole, used, min(size, n - start), each)
        except CheckFailed as unusable:
            return StatisticalEvidence.certain(unusable)
        compare = compare_coupled if coupled else compare_rows
        failure = compare(reference, draws)
        if failure is None and not coupled and draws.labels is not None:
            failure = check_labels(draws, np.arange(len(draws.t)), np.arange(len(draws.t)))
        if failure is None:
            made = made_of(reference, draws)
            failure = None if coupled else reused_numbers(reference, made)
        if failure is not None:
            return StatisticalEvidence.certain(failure)
        keep = made.independent
        if not coupled:
            names, rows, slack = differences(reference, draws.rows(keep), each + 1)
            values.append(rows)
            off.append(slack)
            left = coarse_means(reference, draws.rows(keep))
            coarse += [] if left is None else [left]
        all_made.append(made)
        noise.append(
            scores(reference, made.t, made.z, made.eps, made.slack, coupled or made.no_data)
        )
    made = Made.join(all_made)
    found = [_time_evidence(reference, made, draws.rounding)]
    if not coupled:
        table = np.concatenate(values)
        found.append(_moment_evidence(reference, draws, names, table, np.mean(off, axis=0), n))
    found.append(_noise_evidence(reference, draws, Scores.join(noise)))
    found.append(noise_law(reference, made))
    if coarse:
        found.append(_coarse_evidence(reference, draws, coarse))
    if not used["x1"]:
        found.append(data_law(reference, made))
    if coupled:  # a plan that is sampled uses some rows twice, which doubles variances
        found = [StatisticalEvidence(2 * (e.p_value / 2) ** 0.5, e.failure) for e in found]
    return strongest(found, _TESTS)


def _moment_evidence(
    reference: Reference, draws: SampleDraws, names: list[str], table: Any, slack: Any, n: int
) -> StatisticalEvidence:
    verdict = joint_test(table, slack + 8 * 2.0**-52 * np.abs(table).mean(axis=0))
    name = names[verdict.worst]

    def failure(_: float) -> CheckFailed:
        title, hint = _told_by(reference, name, draws)
        return CheckFailed(
            title,
            expected=f"E[{name}] as under the path"
            + ", with u* = E[u_t given x_t]" * ("u*" in name),
            found=f"{verdict.mean:+.4g} ± {verdict.error:.2g} beside it, from {n:,} samples, "
            f"{len(names)} means",
            standard_errors=verdict.standard_errors,
            hint=hint,
        )

    return StatisticalEvidence(verdict.p_value, failure)


def _coarse_evidence(
    reference: Reference, draws: SampleDraws, parts: list[tuple[FloatArray, FloatArray]]
) -> StatisticalEvidence:
    """Are the targets right in the mean, where rounding allows each row much?"""
    values = np.concatenate([part for part, _ in parts])
    slack = np.max([off for _, off in parts], axis=0)
    verdict = joint_test(values, slack)

    def failure(_: float) -> CheckFailed:
        names = ["x1", "x_t", "the path's own noise"][: values.shape[1] // 2]
        name = [*names, *(f"(2t - 1) {name}" for name in names)][verdict.worst]
        return CheckFailed(
            wrong_target(reference),
            expected=f"E[(u_t - target)·{name}] = 0 up to rounding, {slack[verdict.worst]:.2g}",
            found=f"{verdict.mean:+.4g} ± {verdict.error:.2g}, from {len(values):,} rows",
            standard_errors=verdict.standard_errors,
            hint=coarse_fit(reference, draws),
        )

    return StatisticalEvidence(verdict.p_value, failure)


def _noise_evidence(reference: Reference, draws: SampleDraws, found: Scores) -> StatisticalEvidence:
    verdict = noise_test(found)
    name = f"{_IMPLIED}, {found.names[verdict.worst]}"

    def failure(_: float) -> CheckFailed:
        return CheckFailed(
            "x_t and u_t are not made of the same noise",
            expected=f"E[{name}] as under the path",
            found=f"{verdict.mean:+.4g} ± {verdict.error:.2g} beside it, "
            f"from {len(found.values):,} samples, {len(found.names)} means",
            standard_errors=verdict.standard_errors,
            hint=resemblance(reference, draws)
            or _implied_noise(reference, draws)
            or "compare the schedule of x_t with that of u_t, and the law of the noise",
        )

    return StatisticalEvidence(verdict.p_value, failure)


def _time_evidence(reference: Reference, made: Made, rounding: float) -> StatisticalEvidence:
    return time_law(reference, made.all_t, rounding, "t does not have its law", "the sampler")


def _told_by(reference: Reference, name: str, draws: SampleDraws) -> tuple[str, str]:
    """Title and hint, from the mean that departs most."""
    if "u*" in name:
        alike = resemblance(reference, draws)
        if reference.target == "velocity":
            return "u_t is not the conditional velocity of x_t", alike
        return f"u_t is not the target {reference.target} of x_t", alike
    if "its law" in name:
        hint = time_like(reference, draws.t, draws.rounding)
        return "t does not have its law", f"{hint}; pass time= if that is meant"
    hint = resemblance(reference, draws) or _implied_noise(reference, draws)
    return "x_t does not have the law of the path", hint


def _implied_noise(reference: Reference, draws: SampleDraws) -> str:
    """About the noise of a sampler that tells its data."""
    if draws.z is None:
        return ""
    eps = made_of(reference, draws).eps
    return f"of the x0 that x_t and x1 imply: {noise_like(eps)}" if len(eps) else ""
