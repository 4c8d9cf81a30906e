"""What a newcomer may hand in by mistake: each is named, by each assertion that it can reach."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.models import CondOTPath, FunctionPath, GaussianMixture, TablePath
from fmproof.testing import (
    CheckFailed,
    assert_conditional_velocity,
    assert_conversion,
    assert_losses_differ_by_constant,
    assert_marginal_field,
    assert_same_gradient,
    assert_sampler,
    assert_schedule,
    assert_step,
    min_snr,
)

PATH = CondOTPath()
DATA = GaussianMixture([1], [[1, 2]], [[[1, 0], [0, 2]]])
LINE = GaussianMixture([1], [[1]], [[[1]]])
THOUSAND = {"samples": 1_000}


def complaint(check, *args, **kwargs) -> str:
    with pytest.raises((CheckFailed, InputError)) as caught:
        check(*args, **kwargs)
    return str(caught.value)


# --- models and fields ------------------------------------------------------------------


def raises(t, x):
    raise RuntimeError("no such layer")


MODELS = {
    "a column is missing": (lambda t, x: x[:, :1], "the wrong shape\n  expected: (14, 2)"),
    "a row is missing": (lambda t, x: x[1:], "the wrong shape"),
    "a number": (lambda t, x: 0.5, "the wrong shape"),
    "None": (lambda t, x: None, "returned nothing"),
    "rows of different lengths": (lambda t, x: [[1, 2], [3]], "returned what is no array"),
    "words": (lambda t, x: np.full(x.shape, "a"), "<U1 instead of real numbers"),
    "complex": (lambda t, x: x + 1j, "complex128 instead of real numbers"),
    "NaN": (lambda t, x: x * np.nan, "a number that is not finite"),
    "infinity": (lambda t, x: np.full(x.shape, np.inf), "a number that is not finite"),
    "an exception": (raises, "raised RuntimeError: no such layer"),
    "too many arguments": (lambda t, x, y: x, "raised TypeError"),
    "not deterministic": (lambda t, x: np.random.normal(size=x.shape), "is not deterministic"),
    "a broadcast that raises": (lambda t, x: t * x, "write t[:, None] where the two meet"),
    "a broadcast that does not": (
        lambda t, x: t * x if len(t) == x.shape[1] else t[:, None] * x,
        "mixes the points of a batch",
    ),
    "the input changed in place": (lambda t, x: np.multiply(x, 2, out=x), ""),
}


@pytest.mark.parametrize("name", MODELS)
def test_models(name):
    model, message = MODELS[name]
    checks = [
        lambda: assert_marginal_field(model, PATH, DATA, points=2),
        lambda: assert_losses_differ_by_constant(model, PATH, DATA, **THOUSAND),
        lambda: assert_same_gradient(
            lambda theta, t, x: model(t, x), PATH, DATA, theta=np.ones(2), **THOUSAND
        ),
    ]
    if name == "too many arguments":
        checks = checks[:2]
    if not message:  # it is given copies
        checks[1]()
        return
    for check in checks:
        found = complaint(check)
        assert message.replace("14", "") in found or message.split("\n")[0] in found
        assert "Traceback" not in found


def test_what_is_no_model():
    for check in (assert_marginal_field, assert_losses_differ_by_constant):
        assert "expected a callable, found 3" in complaint(check, 3, PATH, DATA)
    assert "theta: expected the parameters" in complaint(assert_same_gradient, 3, PATH, DATA)


# --- samplers ---------------------------------------------------------------------------


def right(x0, x1, t):
    return t[:, None] * x1 + (1 - t[:, None]) * x0, x1 - x0, t


def changed(change):
    return lambda x0, x1, t: change(*right(x0, x1, t))


SAMPLERS = {
    "times below 0": (lambda n, rng: triple(n, rng, -1), "returned a time outside [0, 1]"),
    "times above 1": (lambda n, rng: triple(n, rng, 1000), "returned a time outside [0, 1]"),
    "NaN": (changed(lambda x, u, t: (x * np.nan, u, t)), "returned as x_t a number that is not"),
    "u of another shape": (changed(lambda x, u, t: (x, u[:, 0], t)), "returned as u_t the wrong"),
    "x of another shape": (changed(lambda x, u, t: (x.T, u, t)), "returned as x_t the wrong shape"),
    "t for every coordinate": (changed(lambda x, u, t: (x, u, x)), "returned as t the wrong shape"),
    "two things": (changed(lambda x, u, t: (x, u)), "returned 2 things"),
    "no velocity": (changed(lambda x, u, t: {"x_t": x, "t": t}), "returned no u_t"),
    "nothing": (changed(lambda x, u, t: None), "returned no x_t and no u_t and no t"),
    "other times": (changed(lambda x, u, t: (x, u, t / 2)), "other times than it was given"),
    "rows of different lengths": (
        changed(lambda x, u, t: ([[1, 2], [3]], u, t)),
        "returned as x_t what is no array of numbers",
    ),
    "an exception": (lambda x1: 1 / 0, "raised ZeroDivisionError"),
    "a broadcast": (
        lambda x0, x1, t: (t * x1 + (1 - t) * x0, x1 - x0, t),
        "write t[:, None] where the two meet",
    ),
}


def triple(n, rng, factor):
    x1, x0, t = DATA.sample(n, rng), rng.standard_normal((n, 2)), rng.random(n)
    return x1, x1 - x0, factor * t


@pytest.mark.parametrize("name", SAMPLERS)
def test_samplers(name):
    sampler, message = SAMPLERS[name]
    assert message in complaint(assert_conditional_velocity, sampler, PATH, DATA)


def test_a_silent_broadcast_in_a_sampler():
    """t of shape (B,) with x of shape (B, D) is silent when B = D, and when D = 1."""

    def sampler(x0, x1, t):
        return t * x1 + (1 - t) * x0, x1 - x0, t

    found = complaint(assert_conditional_velocity, sampler, PATH, LINE)
    assert "returned as x_t the wrong shape" in found
    assert "write t[:, None]" in found
    wide = GaussianMixture.points(np.ones((1, 1000)))
    found = complaint(assert_conditional_velocity, sampler, PATH, wide, samples=1_000)
    assert found.startswith("x_t is not alpha(t) x1 + beta(t) x0")


# --- losses and gradients ---------------------------------------------------------------


def model(t, x):
    return 0.3 * x


def linear(theta, t, x):
    return x * theta


LOSSES = {
    "a matrix": (lambda model, x1: x1, "returned the wrong shape"),
    "None": (lambda model, x1: None, "returned nothing"),
    "NaN": (lambda model, x1: np.nan, "not finite"),
    "an exception": (lambda model, x1: 1 / 0, "raised ZeroDivisionError"),
    "no arguments": (lambda: 0.0, "raised TypeError"),
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses(name):
    loss, message = LOSSES[name]
    found = complaint(assert_losses_differ_by_constant, model, PATH, DATA, loss, **THOUSAND)
    assert message in found
    found = complaint(assert_same_gradient, linear, PATH, DATA, loss, theta=np.ones(2), **THOUSAND)
    assert message in found


GRADIENTS = {
    "another shape": (lambda theta, x1: np.ones(3), "returned the wrong shape"),
    "NaN": (lambda theta, x1: theta * np.nan, "not finite"),
    "words": (lambda theta, x1: np.array(["a", "b"]), "instead of real numbers"),
    "an exception": (lambda theta, x1: 1 / 0, "raised ZeroDivisionError"),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients(name):
    gradient, message = GRADIENTS[name]
    check = partial(assert_same_gradient, linear, PATH, DATA, theta=np.ones(2), **THOUSAND)
    assert message in complaint(check, gradient=gradient)


@pytest.mark.parametrize("theta", ["abc", [], [1.0, np.nan], [[1.0], [2.0, 3.0]]])
def test_theta(theta):
    found = complaint(assert_same_gradient, linear, PATH, DATA, theta=theta)
    assert found.startswith("theta: expected")


@pytest.mark.parametrize("check", ["losses", "gradient"])
def test_a_loss_that_exchanges_x_and_t_is_told_so(check):
    """Columns (t, x) and (x, t) have one shape, so that nothing crashes."""
    theta = np.ones((3, 2))

    def columns(theta, t, x):
        return np.column_stack([x, t]) @ theta

    def loss(model, x1, rng):
        x, u, t = right(rng.standard_normal(x1.shape), x1, rng.random(len(x1)))
        return np.square(model(x, t) - u).sum(axis=1).mean()

    if check == "gradient":
        call = partial(assert_same_gradient, columns, theta=theta)
    else:
        call = partial(assert_losses_differ_by_constant, lambda t, x: columns(theta, t, x))
    found = complaint(call, PATH, DATA, loss=loss, **THOUSAND)
    assert "x in the place of t" in found
    assert "(t, x)" in found


# --- schedules --------------------------------------------------------------------------

SCHEDULES = {
    "NaN": (lambda t: (t * np.nan, 1 - t, t, t), "alpha is not finite"),
    "three values": (lambda t: (t, 1 - t, t), "the schedule returned 3 values"),
    "an exception": (lambda t: 1 / 0, "raised ZeroDivisionError"),
    "an object without methods": (object(), "expected methods alpha, beta, dalpha, dbeta"),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules(name):
    schedule, message = SCHEDULES[name]
    assert message in complaint(assert_schedule, schedule, PATH)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": "cond-ot"}, "path: expected a fmproof.models.Path, found 'cond-ot'"),
        ({"low": "a"}, "low: expected 0 <= low < high <= 1, found low = 'a'"),
        ({"tolerance": 0}, "tolerance: expected a positive number, found 0"),
    ],
)
def test_options_of_schedules(options, message):
    def schedule(t):
        return t, 1 - t, t * 0 + 1, t * 0 - 1

    assert message in complaint(assert_schedule, schedule, **options)


# --- data, path, time -------------------------------------------------------------------

CHECKS = {
    "conditional velocity": partial(assert_conditional_velocity, right),
    "field": partial(assert_marginal_field, model),
    "losses": partial(assert_losses_differ_by_constant, model),
    "gradient": partial(assert_same_gradient, linear, theta=np.ones(2)),
}


@pytest.mark.parametrize("name", CHECKS)
def test_arguments(name):
    check = CHECKS[name]
    for path, data, options, message in (
        ("cond-ot", DATA, {}, "path: expected a fmproof.models.Path, found 'cond-ot'"),
        (CondOTPath, DATA, {}, "path: expected a fmproof.models.Path"),
        (PATH, "moons", {}, "points"),
        (PATH, [1.0, 2.0], {}, "points"),
        (PATH, [[1.0, np.nan]], {}, "points"),
        (PATH, np.zeros((0, 2)), {}, "points"),
        (PATH, DATA, {"time": 0.5}, "time: expected a fmproof.models.TimeLaw"),
        (PATH, DATA, {"seed": "a"}, "seed: expected an integer from 0 on, found 'a'"),
        (PATH, DATA, {"seed": -1}, "seed: expected an integer from 0 on, found -1"),
    ):
        assert message in complaint(check, path=path, data=data, **options)
    if name == "field":
        for options, message in (
            ({"tolerance": -1}, "tolerance: expected a positive number, found -1"),
            ({"tolerance": "low"}, "tolerance: expected a positive number, found 'low'"),
            ({"points": 0}, "points: expected an integer from 1 on, found 0"),
            ({"points": 2.5}, "points: expected an integer from 1 on, found 2.5"),
        ):
            assert message in complaint(check, path=PATH, data=DATA, **options)
    else:
        for options, message in (
            ({"level": 0}, "level: expected a number between 0 and 1, found 0"),
            ({"level": "low"}, "level: expected a number between 0 and 1, found 'low'"),
            ({"samples": 10}, "samples: expected an integer from 1000 on, found 10"),
            ({"samples": "many"}, "samples: expected an integer from 1000 on, found 'many'"),
        ):
            assert message in complaint(check, path=PATH, data=DATA, **options)


# --- steps, samplers, conversions, tables, options of training -----------------------------

BARS = np.cumprod(1 - np.linspace(1e-3, 0.2, 50))


def forward(output, x, t, s):
    return x + (s - t) * output


EULER = partial(assert_step, forward, PATH, DATA, kind="euler")
OF_A_TABLE = partial(assert_step, forward, TablePath(BARS), DATA)
LATER = {
    "times that are no pairs": (EULER, {"pairs": (0.4, 0.5)}, "pairs: expected a list of times"),
    "a time beyond the path": (EULER, {"pairs": [(0.9, 1.5)]}, "expected times from 0 to 1"),
    "a step of no length": (
        EULER,
        {"pairs": [(0.5, 0.5)]},
        "expected times (t, s) to step",
    ),
    "eta for another step": (EULER, {"eta": 1}, "eta: it is of ddim alone"),
    "a time between two rows": (OF_A_TABLE, {"pairs": [(10.5, 9)]}, "times that the table has"),
    "more noise than there is": (OF_A_TABLE, {"eta": 3}, "eta: 3 adds noise of"),
    "an output of a scheduler": (
        partial(assert_step, lambda output, x, t, s: {"prev_sample": x}, PATH, DATA, kind="euler"),
        {},
        "returned dict instead of real numbers",
    ),
    "an order in words": (
        partial(assert_sampler, lambda model, x, steps: x, PATH, DATA),
        {"order": "2"},
        "order: expected a number, found '2'",
    ),
    "nothing to convert": (
        partial(assert_conversion, lambda output, x, t: output, "eps", "eps", PATH),
        {},
        "target: expected another prediction than the source",
    ),
    "betas for a table": (
        partial(TablePath, np.linspace(1e-4, 0.02, 1_000)),
        {},
        "are these the betas?",
    ),
    "a table that turns": (partial(TablePath, [0.9, 0.95, 0.5]), {}, "these rows do both"),
    "a weight that is not made": (
        partial(assert_losses_differ_by_constant, model, PATH, DATA),
        {"weight": min_snr},
        "weight: expected what min_snr(...) returns: call it",
    ),
    "booleans of another length": (
        partial(assert_losses_differ_by_constant, model, PATH, DATA),
        {"dims": [True, False, True]},
        "dims: expected indices from 0 to 1, or 2 booleans",
    ),
    "a number of times for whether": (
        partial(assert_losses_differ_by_constant, model, PATH, DATA),
        {"shared_time": 3},
        "shared_time: expected True or False, found 3",
    ),
}


@pytest.mark.parametrize("name", LATER)
def test_later_arguments(name):
    check, options, message = LATER[name]
    assert message in complaint(check, **options)


@pytest.mark.parametrize("bars", [[0.9, 0.9, 0.5], [0.1, 0.5, 0.95], [0.3, 0.6 - 1e-12, 0.6]])
def test_tables_that_can_be_used(bars):
    assert len(TablePath(bars).times) == 3


@pytest.mark.parametrize("late", [0.95, 1.0])
def test_times_that_a_path_has_not(late):
    """Their points say nothing: the path ends at 0.95."""
    path = FunctionPath(lambda t: t, lambda t: 1 - t, low=0.0, high=0.95)

    def loss(model, x1, rng):
        t = (late - 0.95 + 0.95 * rng.random(len(x1)))[:, None]
        x0 = rng.standard_normal(x1.shape)
        return np.square(model(t[:, 0], t * x1 + (1 - t) * x0) - (x1 - x0)).sum(axis=1).mean()

    check = partial(assert_losses_differ_by_constant, model, path, DATA, loss, samples=1_000)
    if late == 0.95:
        check()
    else:
        assert "the loss tells its model times that the path has not" in complaint(check)
