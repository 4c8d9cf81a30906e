"""Is a sampler's u_t the conditional velocity of its x_t?

Where the sampler gives the data or the noise that x_t was made of, u_t is determined by them and is
compared row by row. Then, for every sampler, moments: u_t must have the mean and the variance given
(t, x_t) that the path and the data imply, and x_t and t must have their laws. The means of the
user's draws are compared with those of as many draws of the reference: the difference is symmetric
about zero when the user is right, which makes the level of the test exact.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.testing.failure import CheckFailed, call, default_seed, name_of
from fmproof.testing.joint import Verdict, joint_test
from fmproof.testing.moments import IMPLIED_NOISE, differences, resemblance
from fmproof.testing.reference import Reference
from fmproof.testing.rows import compare_rows
from fmproof.testing.samplers import Draws, Sampler
from fmproof.testing.smallest import smallest_failure

_FIRST_LOOK = 1_000
_CHUNK = 20_000
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
    if samples < _FIRST_LOOK:
        raise InputError(f"samples: expected at least {_FIRST_LOOK}, found {samples}")
    if not 0 < level < 1:
        raise InputError(f"level: expected a number between 0 and 1, found {level}")
    seed = default_seed() if seed is None else seed
    reference = Reference.of(path, data, time)

    def check(on: Reference) -> CheckFailed | None:
        return _check(user, on, samples, level, seed)

    failure, smallest = smallest_failure(check, reference, user.takes_data)
    if failure is None:
        return
    failure.problem = smallest.describe()
    failure.reproduce = call(
        assert_conditional_velocity,
        name_of(sampler),
        *smallest.code(),
        **smallest.options(),
        samples=samples,
        level=level,
        seed=seed,
    )
    raise failure.with_traceback(None)


def _check(
    user: Sampler, reference: Reference, samples: int, level: float, seed: int
) -> CheckFailed | None:
    looks = [_FIRST_LOOK] if samples == _FIRST_LOOK else [_FIRST_LOOK, samples]
    for look, n in enumerate(looks):
        parts = []
        for start in range(0, n, _CHUNK):
            each = seed + _SEEDS * (look + 2 * start)
            try:
                draws = user.draw(reference, min(_CHUNK, n - start), each)
            except CheckFailed as unusable:
                return unusable
            failure = compare_rows(reference, draws)
            if failure is not None:
                return failure
            names, values = differences(reference, draws, each + 1)
            parts.append(values)
        values = np.concatenate(parts)
        verdict = joint_test(values, 8 * draws.rounding * np.abs(values).mean(axis=0))
        if verdict.p_value <= level / len(looks):
            return _statistical_failure(reference, names, verdict, draws, n, level)
    return None


def _statistical_failure(
    reference: Reference, names: list[str], verdict: Verdict, draws: Draws, n: int, level: float
) -> CheckFailed:
    name = names[verdict.worst]
    if "u*" in name:
        title = "u_t is not the conditional velocity of x_t"
        hint = resemblance(reference, draws)
    elif IMPLIED_NOISE in name:
        title = "x_t and u_t are not made of the same noise"
        hint = resemblance(reference, draws) or "compare the schedule of x_t with that of u_t"
    elif "its law" in name:
        title = "t does not have its law"
        hint = "pass time= if the sampler draws t by another law"
    else:
        title = "x_t does not have the law of the path"
        hint = ""
    return CheckFailed(
        title,
        expected=f"E[{name}] as under the path" + ", with u* = E[u_t given x_t]" * ("u*" in name),
        found=f"{verdict.mean:+.4g} ± {verdict.error:.2g} beside it, from {n:,} samples "
        f"({len(names)} means, joint p = {verdict.p_value:.1e}, level {level:g})",
        standard_errors=verdict.standard_errors,
        hint=hint,
    )
