"""assert_conditional_velocity: right samplers pass, wrong ones fail, and the message says why."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from samplers import BUGS, RING, alone, triples, with_data

from fmproof.errors import FmproofWarning, InputError
from fmproof.models import (
    CondOTPath,
    CustomPath,
    GaussianMixture,
    LinearVPPath,
    LogitNormalTime,
    Path,
    TrigPath,
    UniformTime,
    VPPath,
)
from fmproof.testing import CheckFailed, assert_conditional_velocity
from fmproof.testing.strategies import problems

HINTS = {
    "sign": "the velocity with its sign flipped",
    "ends": "alpha and beta exchanged",
    "data": "the data x1 in place of the velocity",
    "noise": "the noise x0 in place of the velocity",
    "pairing": "another data point in the target",
    "reversed t": "the velocity at 1 - t (t reversed)",
    "fresh noise": "fresh noise in the target",
    "2%": "1.02 times the velocity",
    "sigma_min": "",
}
ENOUGH = {"reversed t": 3_000, "fresh noise": 3_000, "2%": 300_000, "sigma_min": 300_000}


def failure(*args, **kwargs) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        assert_conditional_velocity(*args, **kwargs)
    return caught.value


@pytest.mark.parametrize("make", [with_data, alone])
def test_a_right_sampler_passes(make):
    for seed in range(3):
        assert_conditional_velocity(make(), CondOTPath(), RING, seed=seed)


@examples(25)
@given(problems())
def test_the_models_own_samples_pass_on_random_problems(problem):
    def sampler(n, rng):
        t, z, eps, x = problem.sample_joint(n, rng)
        return x, problem.target(t, z, eps), t

    def revealing(n, rng):
        t, z, eps, x = problem.sample_joint(n, rng)
        return SimpleNamespace(x_t=x, dx_t=problem.target(t, z, eps), t=t, x_1=z, x_0=eps)

    options = {"time": problem.time, "samples": 2_000}
    assert_conditional_velocity(sampler, problem.path, problem.data, **options)
    assert_conditional_velocity(revealing, problem.path, problem.data, **options)


@pytest.mark.parametrize("bug", BUGS)
def test_one_sample_of_known_data_is_enough(bug):
    found = failure(with_data(bug), CondOTPath(), RING, samples=1_000)
    assert "d/dt (alpha(t) x1 + beta(t) x0)" in found.title
    assert HINTS[bug] in found.hint
    assert "GaussianMixture" in found.problem


@pytest.mark.parametrize("bug", BUGS)
def test_statistics_catch_it_where_only_the_triples_are_known(bug):
    samples = ENOUGH.get(bug, 1_000)
    found = failure(alone(bug), CondOTPath(), RING, samples=samples)
    assert found.standard_errors > 6
    assert bug in ("2%", "sigma_min") or HINTS[bug] in found.hint
    for part in ("expected:", "found:", "distance:", "smallest problem found:", "reproduce:"):
        assert part in str(found)


def test_no_hint_names_what_is_right():
    """Of a point at the origin the velocity is the noise with its sign flipped."""

    def small_sigma_min(x1, rng):
        t, x0 = rng.random((len(x1), 1)), rng.standard_normal(x1.shape)
        return t * x1 + (1 - 0.9999 * t) * x0, x1 - x0, t

    assert failure(small_sigma_min, CondOTPath(), [[0.0, 0.0]]).hint == ""


def test_the_smallest_problem_and_the_line_to_reproduce_it():
    sampler = with_data("sign")
    found = failure(sampler, CondOTPath(), RING, seed=5)
    assert found.problem.endswith("data=GaussianMixture.points([[0, 0]], weights=[1])")
    names = {c.__name__: c for c in (CondOTPath, GaussianMixture, assert_conditional_velocity)}
    line = found.reproduce.replace(sampler.__qualname__, "sampler")
    with pytest.raises(CheckFailed) as again:
        eval(line, names | {"sampler": sampler})
    assert again.value.title == found.title


@pytest.mark.parametrize("path", [TrigPath(), LinearVPPath(), VPPath()], ids=lambda p: p.name)
def test_other_paths_and_orders_of_the_parameters(path: Path):
    time = UniformTime(0, "99/100")

    def sampler(x0, x1, t):
        s = t[:, None]
        x = path.alpha(s) * x1 + path.beta(s) * x0
        return {"x_t": x, "u_t": path.dalpha(s) * x1 + path.dbeta(s) * x0, "t": t[:, None]}

    assert_conditional_velocity(sampler, path, RING, time=time, samples=5_000)
    assert_conditional_velocity(
        lambda a, b, c: tuple(sampler(a, b, c).values()), path, RING, time=time
    )
    wrong = failure(sampler, CondOTPath(), RING, samples=1_000)
    assert "d/dt" in wrong.title or wrong.title == "x_t is not alpha(t) x1 + beta(t) x0"


def test_parameters_with_defaults_are_left_alone_but_a_generator_is_given():
    def sampler(x1, scale=1.0, rng=None):
        x, u, t = triples(x1, rng)
        return x, scale * u, t

    assert_conditional_velocity(sampler, CondOTPath(), RING, samples=2_000)


def test_wrong_x_with_known_data_and_noise():
    def sampler(x0, x1, t):
        s = t[:, None]
        return (1 - s) * x1 + s * x0, x1 - x0, t

    found = failure(sampler, CondOTPath(), RING)
    assert found.title == "x_t is not alpha(t) x1 + beta(t) x0"
    assert "time runs from data to noise" in found.hint


def test_a_small_sigma_min_is_right_with_its_own_path():
    def sampler(x0, x1):
        t = np.random.rand(len(x1), 1)
        return t * x1 + (1 - 0.9 * t) * x0, x1 - 0.9 * x0, t

    with pytest.warns(FmproofWarning):
        path = CustomPath("t", "1 - 9*t/10")
    assert_conditional_velocity(sampler, path, RING)
    assert failure(sampler, CondOTPath(), RING)


def test_the_law_of_t():
    def sampler(n, rng):
        x1, t = RING.sample(n, rng), LogitNormalTime().sample(n, rng)
        x0, s = rng.standard_normal(x1.shape), t[:, None]
        return s * x1 + (1 - s) * x0, x1 - x0, t

    found = failure(sampler, CondOTPath(), RING)
    assert found.title == "t does not have its law"
    assert "pass time=" in found.hint
    assert_conditional_velocity(sampler, CondOTPath(), RING, time=LogitNormalTime())


def test_other_data_than_claimed():
    found = failure(alone(), CondOTPath(), GaussianMixture.points([[0, 0]]), samples=1_000)
    assert "x_t" in found.title


def test_single_precision_passes_and_fails_the_same():
    def single(bug=None):
        def sampler(x1, rng):
            return tuple(v.astype(np.float32) for v in triples(x1.astype(np.float32), rng, bug))

        return sampler

    data = GaussianMixture.points([[0, 0], [1, 3], [-100, 5]])
    assert_conditional_velocity(single(), CondOTPath(), data)
    assert "d/dt" in failure(single("2%"), CondOTPath(), data).title


def test_the_same_seed_gives_the_same_failure_and_leaves_the_generators_alone():
    def sampler(n):
        rng = np.random.default_rng(np.random.randint(2**31))
        return triples(RING.sample(n, rng), rng, "data")

    before = np.random.get_state()[1].copy()
    first = failure(sampler, CondOTPath(), RING, seed=3)
    assert str(first) == str(failure(sampler, CondOTPath(), RING, seed=3))
    assert (np.random.get_state()[1] == before).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"samples": 10}, "samples: expected an integer from 1000 on"),
        ({"level": 0}, "level: expected a number between 0 and 1"),
        ({"path": "cond-ot"}, "path: expected a fmproof.models.Path, found 'cond-ot'"),
        ({"time": 0.5}, "time: expected a fmproof.models.TimeLaw"),
        ({"data": [[np.nan, 0]]}, "points"),
        ({"sampler": 3}, "sampler: expected a callable"),
        ({"sampler": lambda: None}, "cannot tell what to call"),
        ({"sampler": lambda a, b, c, d: None}, "its parameters: a, b, c, d"),
        ({"path": LinearVPPath()}, "hypothesis H2 fails"),
    ],
)
def test_arguments_that_cannot_be_used(change, message):
    arguments = {"sampler": with_data(), "path": CondOTPath(), "data": RING, **change}
    with pytest.raises(InputError) as caught:
        assert_conditional_velocity(**arguments)
    assert message in str(caught.value)


@pytest.mark.parametrize("seed", [102_017, 106_017, 110_017])
def test_half_precision_at_the_end_of_the_path(seed):
    """At t = 0.9995 half of x_t's digits are left for the noise in it."""

    def sampler(x1, rng):
        x0, t = rng.standard_normal(x1.shape), rng.random(len(x1))
        t, x0, x1 = (v.astype(np.float16) for v in (t, x0, x1))
        s = t[:, None]
        return (1 - s) * x0 + s * x1, x1 - x0, t

    assert_conditional_velocity(sampler, CondOTPath(), RING, samples=5_000, seed=seed)
