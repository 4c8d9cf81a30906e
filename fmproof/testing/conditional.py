"""Is a sampler's u_t the conditional velocity of its x_t?

Where the sampler gives the data or the noise that x_t was made of, u_t is determined by them and is
compared row by row. Then, for every sampler, moments: u_t must have the mean and the variance given
(t, x_t) that the path and the data imply, and x_t and t must have their laws. The means of the
user's draws are compared with those of as many draws of the reference: the difference is symmetric
about zero when the user is right, which makes the level of the test exact. Last, x_t and u_t
determine data and noise, and given the data the noise must be standard normal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from fmproof.testing.evidence import Evidence, check_options, decide, look_sizes
from fmproof.testing.failure import CheckFailed, call, chosen_seed, code_of
from fmproof.testing.joint import joint_test
from fmproof.testing.moments import differences, resemblance
from fmproof.testing.noise import Scores, noise_test, scores
from fmproof.testing.reference import Reference
from fmproof.testing.rows import compare_rows
from fmproof.testing.samplers import Sampler
from fmproof.testing.smallest import smallest_failure

_CHUNK = 20_000
_IMPLIED = "the x0 and x1 that x_t and u_t imply"
_SEEDS = 1_000_003  # so that the seeds of two tests do not meet


def assert_conditional_velocity(
    sampler: Callable[..., Any],
    path: Any,
    data: Any,
    *,
    time: Any = None,
    samples: int = 30_000,
    level: float = 1e-6,
    seed: int | None = None,
) -> None:
    """Assert that a sampler of training triples (x_t, u_t, t) is right for its path and data.

    Args:
        sampler: the user's function, on NumPy arrays or PyTorch tensors; see ``Sampler`` for how
            it is called. Row i of what it returns belongs to row i of the data that it was given.
        path: the ``fmproof.models.Path`` that it claims to follow.
        data: a ``GaussianMixture``, or an array (K, d) of equally likely points.
        time: the law of t, by default uniform on [0, 1].
        samples: at most this many; a first look takes 1,000.
        level: the probability that right code fails.
        seed: of the data, the noise and the global generators; by default pytest's
            ``--fmproof-seed``, or 0.

    Raises:
        CheckFailed: with the smallest problem found.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    user = Sampler(sampler)
    check_options(samples, level)
    seed = chosen_seed(seed)
    reference = Reference.of(path, data, time)

    def check(on: Reference) -> CheckFailed | None:
        return decide(looks(user, on, samples, seed), samples, level)

    failure, smallest = smallest_failure(check, reference, user.takes_data)
    if failure is None:
        return
    failure.problem = smallest.describe()
    failure.reproduce = call(
        assert_conditional_velocity,
        code_of(sampler, "sampler"),
        *smallest.code(),
        **smallest.options(),
        samples=samples,
        level=level,
        seed=seed,
    )
    raise failure.with_traceback(None)


def looks(user: Sampler, reference: Reference, samples: int, seed: int) -> Iterator[Evidence]:
    """Looks at up to ``samples``."""
    for look, n in enumerate(look_sizes(samples)):
        yield _evidence(user, reference, n, seed + _SEEDS * look)


def _evidence(user: Sampler, reference: Reference, n: int, seed: int) -> Evidence:
    """What ``n`` samples have to say: row by row, then by two tests of a joint p-value."""
    values, noise = [], []
    for start in range(0, n, _CHUNK):
        each = seed + 2 * _SEEDS * start
        try:
            draws = user.draw(reference, min(_CHUNK, n - start), each)
        except CheckFailed as unusable:
            return Evidence.certain(unusable)
        failure = compare_rows(reference, draws)
        if failure is not None:
            return Evidence.certain(failure)
        names, rows = differences(reference, draws, each + 1)
        values.append(rows)
        noise.append(scores(reference, *reference.implied(draws.t, draws.x, draws.u)[0]))
    table, made_of = np.concatenate(values), Scores.join(noise)
    moments = joint_test(table, 8 * draws.rounding * np.abs(table).mean(axis=0))
    implied = noise_test(made_of)
    p_value = min(1.0, 2 * min(moments.p_value, implied.p_value))  # Bonferroni's bound
    if moments.p_value <= implied.p_value:
        name, verdict = names[moments.worst], moments
    else:
        name, verdict = f"{_IMPLIED}, {made_of.names[implied.worst]}", implied

    def failure_of(_: float) -> CheckFailed:
        title, hint = _told_by(name, resemblance(reference, draws))
        return CheckFailed(
            title,
            expected=f"E[{name}] as under the path"
            + ", with u* = E[u_t given x_t]" * ("u*" in name),
            found=f"{verdict.mean:+.4g} ± {verdict.error:.2g} beside it, from {n:,} samples, "
            f"{len(names) + len(made_of.names)} means",
            standard_errors=verdict.standard_errors,
            hint=hint,
        )

    return Evidence(p_value, failure_of)


def _told_by(name: str, alike: str) -> tuple[str, str]:
    """Title and hint, from the mean that departs most."""
    if "u*" in name:
        return "u_t is not the conditional velocity of x_t", alike
    if _IMPLIED in name:
        hint = alike or "compare the schedule of x_t with that of u_t"
        return "x_t and u_t are not made of the same noise", hint
    if "its law" in name:
        return "t does not have its law", "pass time= if the sampler draws t by another law"
    return "x_t does not have the law of the path", ""
