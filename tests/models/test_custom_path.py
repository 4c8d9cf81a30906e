"""Schedules given by formulas."""

from __future__ import annotations

import warnings
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from fmproof.errors import FmproofWarning, InputError
from fmproof.models import (
    CustomPath,
    GaussianMixture,
    LinearVelocity,
    PolynomialPath,
    Problem,
    TimeLaw,
    TrigPath,
)
from fmproof.models.formula import parse_formula
from fmproof.models.paths import time_symbol

t = time_symbol()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t", t),
        ("0.1*t", t / 10),
        ("1e-3 + t", t + sympy.Rational(1, 1000)),
        ("t^2", t**2),
        ("-t**2", -(t**2)),
        ("(1 - t)/3", (1 - t) / 3),
        ("sin(pi*t/2)", sympy.sin(sympy.pi * t / 2)),
        ("e^t - exp(+t)", 0),
        ("E^t - exp(t)", 0),
        ("sqrt(t)*t^(1/2)", t),
        ("1_000*t", 1000 * t),
        ("log(1 + t)/log(2)", sympy.log(1 + t) / sympy.log(2)),
        (" tanh( t )", sympy.tanh(t)),
    ],
)
def test_formulas(text, expected):
    assert sympy.simplify(parse_formula(text, "alpha") - expected) == 0


@pytest.mark.parametrize(
    "name", "sin cos tan asin acos atan sinh cosh tanh exp log sqrt abs sign floor".split()
)
def test_functions_are_sympys_own(name):
    function = sympy.Abs if name == "abs" else getattr(sympy, name)
    assert parse_formula(f"{name}(t)", "alpha") == function(t)


def test_ceiling_and_extremes():
    assert parse_formula("ceil(t)", "alpha") == sympy.ceiling(t)
    assert parse_formula("min(t, 1/2)", "alpha") == sympy.Min(t, sympy.Rational(1, 2))
    assert parse_formula("max(t, 1/2)", "alpha") == sympy.Max(t, sympy.Rational(1, 2))


@given(
    st.recursive(
        st.sampled_from(["t", "1", "2", "0.5", "pi"]),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*"), inner).map(
                lambda p: f"({p[0]} {p[1]} {p[2]})"
            ),
            inner.map(lambda p: f"sin({p})"),
            inner.map(lambda p: f"-({p})"),
            inner.map(lambda p: f"({p})^2"),
        ),
        max_leaves=8,
    )
)
def test_formulas_mean_what_python_would_compute(text):
    """Against Python's own evaluation of the same text at a number."""
    names = {"t": 0.3, "pi": np.pi, "sin": np.sin}
    expected = eval(text.replace("^", "**"), {"__builtins__": {}}, names)
    assert float(parse_formula(text, "alpha").subs(t, 0.3)) == pytest.approx(
        float(expected), rel=1e-9, abs=1e-9
    )


class LooksLikeT:
    def __repr__(self):
        return "t"


def unreadable(text, why):
    return f"alpha: cannot read the formula {text!r}: {why}"


BAD_FORMULAS = [
    ("tt", unreadable("tt", "unknown name 'tt', did you mean 't'?")),
    ("sinn(t)", unreadable("sinn(t)", "unknown function 'sinn', did you mean 'sin'?")),
    ("t.real", unreadable("t.real", "'t.real' is not part of a formula")),
    ("t[0]", unreadable("t[0]", "'t[0]' is not part of a formula")),
    ("lambda: t", unreadable("lambda: t", "'lambda: t' is not part of a formula")),
    ("'t'", unreadable("'t'", "\"'t'\" is not part of a formula")),
    ("True", unreadable("True", "'True' is not part of a formula")),
    ("2j*t", unreadable("2j*t", "'2j' is not part of a formula")),
    ("t // 2", unreadable("t // 2", "'t // 2' is not part of a formula")),
    ("t < 1", unreadable("t < 1", "'t < 1' is not part of a formula")),
    ("sin(t, t)", unreadable("sin(t, t)", "sin takes one argument, found 2")),
    ("sin(x=t)", unreadable("sin(x=t)", "'sin(x=t)' is not part of a formula")),
    ("(sin)(t)(t)", unreadable("(sin)(t)(t)", "'(sin)(t)(t)' is not part of a formula")),
    ("9**9**9", unreadable("9**9**9", "the exponent 387420489 is larger than 100")),
    (r"'\d'", unreadable(r"'\d'", repr(r"'\d'") + " is not part of a formula")),
    ("t +", unreadable("t +", "expected something like '1 - 2*t^2'")),
    ("0x10*t", unreadable("0x10*t", "expected something like '1 - 2*t^2'")),
    ("2t", unreadable("2t", "expected something like '1 - 2*t^2'")),
    ("", unreadable("", "expected something like '1 - 2*t^2'")),
    ("t\0", unreadable("t\0", "expected something like '1 - 2*t^2'")),
    ("t+" * 300 + "t", "alpha: expected at most 500 characters, found 601"),
    ("1e999999999", "alpha: expected a number within the range of float64"),
    (
        "__import__('os').system('true')",
        unreadable(
            "__import__('os').system('true')",
            "\"__import__('os').system('true')\" is not part of a formula",
        ),
    ),
]


@pytest.mark.parametrize(("text", "message"), BAD_FORMULAS, ids=[f[:20] for f, _ in BAD_FORMULAS])
def test_bad_formulas_are_refused(text, message):
    with pytest.raises(InputError) as error:
        CustomPath(text, "1 - t")
    assert str(error.value) == message


def test_the_longest_formula_and_the_largest_exponents():
    longest = "t" + "+0" * 249 + " "
    assert parse_formula(longest, "alpha") == t
    assert parse_formula("t^100 + t^-100", "alpha") == t**100 + t**-100
    for text, why in {
        longest + " ": "expected at most 500 characters, found 501",
        "t^101": "the exponent 101 is larger than 100",
        "t^-101": "the exponent -101 is larger than 100",
    }.items():
        with pytest.raises(InputError, match=f"{why}$"):
            parse_formula(text, "alpha")


@given(st.text(alphabet="t01+-*/^().,sincoexp_[]{}'\"\\ =:", max_size=30))
def test_no_text_gets_past_as_anything_but_a_formula(text):
    try:
        expr = parse_formula(text, "alpha")
    except InputError:
        return
    assert expr.free_symbols <= {t}


BAD_SCHEDULES = [
    (
        ("abs(t - 1/2) + 1/2", "1 - t"),
        "alpha: expected a differentiable schedule, but it uses Abs(t - 1/2) "
        "(alpha = 'abs(t - 1/2) + 1/2')",
    ),
    (
        ("min(2*t, 1)", "1 - t"),
        "alpha: expected a differentiable schedule, but it uses Min(1, 2*t) "
        "(alpha = 'min(2*t, 1)')",
    ),
    (
        ("t", "1 - (t - 1/3)^(1/3)"),
        "beta: expected a real number for 0 < t < 1, found nan at t = 0.0009765625 "
        "(beta = '1 - (t - 1/3)^(1/3)')",
    ),
    (
        ("t + (t - 1/3)^2*log((t - 1/3)^2)^3/(t-1/3)^2", "1 - t"),
        "alpha: expected a differentiable schedule, but its derivative does not exist at t = 1/3 "
        "(alpha = 't + (t - 1/3)^2*log((t - 1/3)^2)^3/(t-1/3)^2')",
    ),
    (
        ("t/(2*t - 1)", "1 - t"),
        "alpha: expected a real number for 0 < t < 1, found inf at t = 0.5 (alpha = 't/(2*t - 1)')",
    ),
    (
        ("t", "1 - 2*t"),
        "beta: expected a positive value for 0 < t < 1, found 0 at t = 0.5",
    ),
    (
        ("t", "1 + log(1 - t)/9"),
        "beta: expected a finite limit at t = 1, found -inf (beta = '1 + log(1 - t)/9')",
    ),
    (
        ("1 - t", "t"),
        "alpha: expected 1 at t = 1, found 0 (alpha = '1 - t'); "
        "time runs from noise at t = 0 to data at t = 1",
    ),
    (
        (sympy.Symbol("b") * sympy.Symbol("a"), "1 - t"),
        "alpha: expected an expression in t alone, found a, b",
    ),
    (
        ("t + asin(sin(pi*t))/10", "1 - t"),
        "alpha: expected a differentiable schedule, but its derivative is infinite at t = 0.5 "
        "(alpha = 't + asin(sin(pi*t))/10')",
    ),
    (
        (sympy.Piecewise((t, t < 1), (1, True)), "1 - t"),
        "alpha: expected a differentiable schedule, but it uses Piecewise((t, t < 1), (1, True)) "
        "(alpha = 'Piecewise((t, t < 1), (1, True))')",
    ),
    (
        ("t", 1 - t * sympy.Heaviside(t)),
        "beta: expected a differentiable schedule, but it uses Heaviside(t) "
        "(beta = '-t*Heaviside(t) + 1')",
    ),
    (
        ("sign(t - 1) + 2*t - abs(t - 1)", "1 - t"),  # the first in the order of the alphabet
        "alpha: expected a differentiable schedule, but it uses Abs(t - 1) "
        "(alpha = 'sign(t - 1) + 2*t - abs(t - 1)')",
    ),
    (
        (sympy.I * t, "1 - t"),
        "alpha: expected a real number for 0 < t < 1, found 0.0009765625j at t = 0.0009765625 "
        "(alpha = 'I*t')",
    ),
    (
        (sympy.Function("f")(t), "1 - t"),
        "alpha: expected functions that NumPy can evaluate, found 'f(t)'",
    ),
    (
        ("t", sympy.Integral(1, (t, t, 1))),
        "beta: expected functions that NumPy can evaluate, found 'Integral(1, (t, t, 1))'",
    ),
    *(
        ((thing, "1 - t"), f"alpha: expected a formula in t, found {thing!r}")
        for thing in (
            LooksLikeT(),
            [1, 2],
            None,
            b"t",
            True,
            t < 1,
            sympy.Interval(0, 1),
            sympy.Matrix([t]),
        )
    ),
    (("t", sympy.ImmutableMatrix([t])), "beta: expected a formula in t, found Matrix([[t]])"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD_SCHEDULES, ids=[m for _, m in BAD_SCHEDULES])
def test_bad_schedules_are_refused(arguments, message):
    with pytest.raises(InputError) as error:
        CustomPath(*arguments)
    assert str(error.value) == message


def test_poles_beyond_the_ends_do_no_harm():
    path = CustomPath("t/(3 - 2*t)", "(1 - t)/(1 + 2*t)")
    assert path.dalpha([0.0, 0.5, 1.0]) == pytest.approx([1 / 3, 0.75, 3])
    assert path.dbeta([0.0, 0.5, 1.0]) == pytest.approx([-3, -0.75, -1 / 3])
    assert path.singularities == ()


def test_every_part_answers_by_its_own_formula():
    s = sympy.Symbol("s", positive=True)
    path = CustomPath(s**2 * 1.5 - s / 2, "1 - t^3")
    assert (path.name, path.alpha_formula, path.beta_formula) == (
        "custom",
        "1.5*s**2 - s/2",
        "1 - t^3",
    )
    assert path.alpha_expr == sympy.Rational(3, 2) * t**2 - t / 2
    assert path.beta_expr == 1 - t**3
    assert path.power_sums == (
        {2: Fraction(3, 2), 1: Fraction(-1, 2)},
        {0: 1, 3: -1},
    )
    assert path.alpha(0.5) == 0.125
    assert path.beta(0.5) == 0.875
    assert path.dalpha(0.5) == 1
    assert path.dbeta(0.5) == -0.75
    assert repr(path) == "CustomPath(alpha='1.5*s**2 - s/2', beta='1 - t^3')"


@pytest.mark.parametrize(
    ("alpha", "beta"), [("t", "cos(pi*t/2)"), ("sin(pi*t/2)", "1 - t"), ("t", "(1 - t)^pi")]
)
def test_power_sums_need_both(alpha, beta):
    assert CustomPath(alpha, beta).power_sums is None


@pytest.mark.parametrize(
    ("formula", "terms"),
    [
        ("pi*t/pi", {1: 1}),
        ("2*t - t^2 + 0*pi", {1: 2, 2: -1}),
        ("(t^(1/2))^2", {1: 1}),
        ("(3*t^(1/3) - t)/2", {Fraction(1, 3): Fraction(3, 2), 1: Fraction(-1, 2)}),
        ("t^2*(pi - (pi - 1))", {2: 1}),
        ("t^59*t", {60: 1}),
        ("(t^6)^10", {60: 1}),
        ("t^59*t^(3/2)", None),
        ("(t^6)^11", None),
        ("t + t^61 - t^60", None),
        ("(2*t + t^(-1)*t^2*sin(pi*t))/2", None),
        ("t*sin(t)/sin(1)", None),
        ("t + t*(1 - t)*pi", None),
        ("t^(sqrt(2))", None),
    ],
)
def test_power_sums_are_exact_or_none(formula, terms):
    found = CustomPath("t", "1 - t"), CustomPath(formula, "1 - t")
    line = {0: 1, 1: -1}
    assert [path.power_sums for path in found] == [({1: 1}, line), terms and (terms, line)]


def test_only_the_ends_that_miss_are_named():
    for arguments, wrong in {
        ("t/2 + 1/2", "1 - t"): "alpha(0) = 0.5, not 0",
        ("t/3", "1 - t"): "alpha(1) = 0.333333, not 1",
        ("t", "2 - 2*t"): "beta(0) = 2, not 1",
        ("t", "1 - t/2"): "beta(1) = 0.5, not 0",
        ("t", "1 - t + 1e-11"): "beta(0) = 1, not 1; beta(1) = 1e-11, not 0",
    }.items():
        with pytest.warns(FmproofWarning) as caught:
            CustomPath(*arguments)
        expected = f"the custom path does not lead from noise to data: {wrong}"
        assert [str(w.message) for w in caught] == [expected]
    CustomPath("t", "1 - t + 1e-13*t")


@pytest.mark.parametrize(
    "kink",
    ["abs(t - 1)", "sign(t + 1)", "floor(t)", "ceil(t)", "min(t, 1)", "max(t, 1)"],
)
def test_functions_with_kinks_are_known_and_refused(kink):
    with pytest.raises(
        InputError, match=r"^alpha: expected a differentiable schedule, but it uses"
    ):
        CustomPath(f"t + 0.1*{kink}", "1 - t")


def test_ends_that_miss_noise_or_data_give_a_warning():
    with pytest.warns(FmproofWarning) as caught:
        path = CustomPath("0.1 + 0.8*t", "1 - 0.9*t")
    assert [str(w.message) for w in caught] == [
        "the custom path does not lead from noise to data: alpha(0) = 0.1, not 0; "
        "alpha(1) = 0.9, not 1; beta(1) = 0.1, not 0"
    ]
    assert caught[0].filename == __file__
    assert path.beta(1.0) == pytest.approx(0.1)


def test_the_same_schedule_as_text_and_as_an_expression():
    s = sympy.Symbol("s")
    a, b = CustomPath("t^2", "1 - t^2"), CustomPath(s**2, 1.0 - s**2)
    grid = np.linspace(0, 1, 11)
    for name in ("alpha", "beta", "dalpha", "dbeta"):
        expected = getattr(PolynomialPath(2), name)(grid)
        np.testing.assert_allclose(getattr(a, name)(grid), expected, rtol=1e-15)
        np.testing.assert_allclose(getattr(b, name)(grid), expected, rtol=1e-15)
    assert a.power_sums == b.power_sums == PolynomialPath(2).power_sums
    assert a == CustomPath("t^2", "1 - t^2")
    assert a != b


def test_ends_are_limits_where_the_formula_says_zero_over_zero():
    path = CustomPath("t*log(t) + t", "(1 - t)*(1 - log(1 - t)/9)")
    assert path.alpha([0.0, 1.0]).tolist() == [0.0, 1.0]
    assert path.beta([0.0, 1.0]).tolist() == [1.0, 0.0]
    assert path.dalpha(0.0) == -np.inf


def test_ends_are_limits_from_inside():
    path = CustomPath("2*atan(t/(1 - t))/pi", "2*atan((1 - t)/t)/pi")  # -1 beyond either end
    assert path.alpha([0.0, 1.0]).tolist() == [0.0, 1.0]
    assert path.beta([0.0, 1.0]).tolist() == [1.0, 0.0]
    assert path.dalpha([0.0, 1.0]) == pytest.approx([2 / np.pi, 2 / np.pi])


def test_formulas_that_cancel_keep_their_digits_next_to_the_ends():
    path = CustomPath("sin(pi*t/2)", "sqrt(1 - sin(pi*t/2)^2)")
    near_one = 1 - np.array([1e-3, 1e-5, 1e-8, 1e-12, 2.0**-53])
    for name in ("alpha", "beta", "dalpha", "dbeta"):
        for t in (near_one, near_one[0], np.array([[1e-9, 0.5], [1.0, 0.0]])):
            expected = getattr(TrigPath(), name)(t)
            np.testing.assert_allclose(getattr(path, name)(t), expected, rtol=1e-9, atol=1e-16)


def test_power_sums_only_for_rational_powers():
    assert CustomPath("t", "1 - sin(pi*t/2)").power_sums is None
    assert CustomPath("t*(1 + t)/2", "1 - t^(3/2)").power_sums == (
        {1: Fraction(1, 2), 2: Fraction(1, 2)},
        {0: 1, Fraction(3, 2): -1},
    )
    half = Fraction(1, 2)
    assert CustomPath("sqrt(t)", "1 - sqrt(t)").power_sums == ({half: 1}, {0: 1, half: -1})
    assert CustomPath("2*t^60 - t", "1 - t").power_sums[0] == {60: 2, 1: -1}
    assert CustomPath("t^61", "1 - t").power_sums is None
    # Multiplying this out would take for ever; it is evaluated as it stands.
    assert CustomPath("((t + 1)^100/2^100 - 1/2^100)^50/(1-1/2^100)^50", "1 - t").power_sums is None


@pytest.mark.parametrize(
    ("beta", "power", "log_power", "integrable"),
    [
        ("(1 - t)^(3/5)", -0.8, 0, True),
        ("(1 - t)^(1/2)", -1, 0, False),
        ("(1 - t)^(2/5)", -1.2, 0, False),
        ("sqrt((1 - t)/(1 - log(1 - t))^2)", -1, -2, True),
        ("sqrt((1 - t)/(1 - log(1 - t)))", -1, -1, False),
        ("sqrt((1 - t)*(1 - log(1 - t)))", -1, 1, False),
        ("(1 - t)*(1 - log(1 - t)/9)", 0, 2, True),
        ("sqrt(1 - sin(pi*t/2)^2*t)", -1, 0, False),
        ("1/(1 - log(1 - t))", -2, -4, False),
    ],
)
def test_order_of_the_singularity(beta, power, log_power, integrable):
    path = CustomPath("t", beta)
    (found,) = path.singularities
    assert (found.function, found.end) == ("beta", 1)
    assert found.power == pytest.approx(power)
    assert found.log_power == pytest.approx(log_power)
    data, model = GaussianMixture.points([[1]]), LinearVelocity([[1]])
    Problem(data, path, model, TimeLaw.logit_normal())
    Problem(data, path, model, TimeLaw.uniform(0, 0.99))
    if integrable:
        Problem(data, path, model)
    else:
        with pytest.raises(InputError, match="H2 fails"):
            Problem(data, path, model)


def test_what_sympy_cannot_decide_is_refused_as_undecided():
    path = CustomPath("t + t^2*sin(1/t)*(1 - t)", "1 - t")
    (found,) = path.singularities
    assert (found.function, found.end, found.log_power) == ("alpha", 0, 0)
    assert np.isnan(found.power)
    data, model = GaussianMixture.points([[1]]), LinearVelocity([[1]])
    with pytest.raises(InputError) as error:
        Problem(data, path, model)
    assert str(error.value) == (
        "hypothesis H2 cannot be decided for the path 'custom' under uniform time on [0, 1]: "
        "whether the integral of alpha'(t)² converges at t = 0 is beyond SymPy; "
        "take time.low > 0, e.g. low = 0.001"
    )
    Problem(data, path, model, TimeLaw.uniform(0.001, 1))
    with pytest.raises(InputError) as error:
        Problem(data, path, model, TimeLaw.logit_normal())
    assert str(error.value) == (
        "hypothesis H2 cannot be decided for the path 'custom' under the logit-normal time law: "
        "whether the integral of alpha'(t)² converges at t = 0 is beyond SymPy; "
        "take a uniform time law with time.low > 0, e.g. low = 0.001"
    )


def test_a_custom_path_works_as_the_built_in_one():
    rng = np.random.default_rng(0)
    data = GaussianMixture.points(rng.normal(size=(5, 2)))
    model = LinearVelocity(np.eye(2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        custom = Problem(data, CustomPath("sin(pi*t/2)", "cos(pi*t/2)"), model)
    built_in = Problem(data, TrigPath(), model)
    times, _, _, x = built_in.sample_joint(20, rng)
    np.testing.assert_allclose(
        custom.marginal_velocity(times, x), built_in.marginal_velocity(times, x), rtol=1e-10
    )


def test_a_schedule_that_underflows_is_told_from_one_that_is_not_positive():
    with pytest.raises(InputError, match=r"beta: underflows at t = 0\.\d+: it is some 1e-3\d\d"):
        CustomPath("t", "exp(-2000*t) - t*exp(-2000)")
    with pytest.raises(InputError, match="expected a positive value for 0 < t < 1, found 0 at"):
        CustomPath("t", "1 - 2*t")


def test_what_float64_cancels_has_its_digits_with_and_without_balls(monkeypatch):
    from fmproof.models import custom

    formula = "1/(1+exp(-126)) - 1/(1+exp(-200*(t-0.37)))"
    at = np.linspace(0.4, 0.99, 7)
    by_balls = CustomPath("t", formula).beta(at)
    monkeypatch.setattr(custom, "find_spec", lambda _: None)
    by_digits = CustomPath("t", formula).beta(at)
    assert by_balls == pytest.approx(by_digits, rel=1e-15, abs=0)
    assert (by_balls > 0).all()
    assert by_balls.min() < 1e-25
