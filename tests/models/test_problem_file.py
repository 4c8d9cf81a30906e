"""Problem files: round trips and one clear line for each kind of bad input."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_cases import PATHS, random_mixture

from fmproof.errors import FmproofWarning, InputError
from fmproof.models import (
    CallableVelocity,
    CondOTPath,
    CustomPath,
    GaussianMixture,
    LinearVelocity,
    LogitNormalTime,
    PolynomialPath,
    PolynomialVelocity,
    Problem,
    TimeLaw,
    TrigPath,
    UniformTime,
    VelocityTerm,
    VPPath,
    load_problem,
    problem_from_toml,
    problem_to_toml,
)

R1 = """\
dim = 1
[data]
kind = "gaussian-mixture"
weights = [0.3, 0.7]
means = [[-2.0], [1.5]]
covariances = [[[0.25]], [[0.5]]]
[path]
kind = "cond-ot"
[time]
law = "uniform"
low = 0.0
high = 1.0
[model]
kind = "polynomial"
terms = [ {coef = [0.5], t = 0, x = [1]}, {coef = [-0.2], t = 1, x = [0]}, {coef = [0.1]} ]
"""


def test_reads_decimals_as_rationals(tmp_path):
    file = tmp_path / "r1.toml"
    file.write_text(R1, encoding="utf-8")
    problem = load_problem(file)
    third, seventh = Fraction(3, 10), Fraction(7, 10)
    assert problem == Problem(
        GaussianMixture([third, seventh], [[-2], ["3/2"]], [[["1/4"]], [["1/2"]]]),
        CondOTPath(),
        PolynomialVelocity(
            [VelocityTerm(["1/2"], 0, [1]), VelocityTerm(["-1/5"], 1, [0]), VelocityTerm(["1/10"])]
        ),
    )
    assert problem.data.exact()[0].tolist() == [third, seventh]
    assert problem.data.rational
    assert problem.model.rational
    assert problem.time.rational


def test_time_is_optional():
    without = R1.replace('[time]\nlaw = "uniform"\nlow = 0.0\nhigh = 1.0\n', "")
    assert "[time]" not in without
    assert problem_from_toml(without) == problem_from_toml(R1)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('law = "uniform"\nlow = 0.0\nhigh = 1.0', 'law = "uniform"', UniformTime()),
        ('law = "uniform"\nlow = 0.0\nhigh = 1.0', 'law = "logit-normal"', LogitNormalTime()),
        (
            'law = "uniform"\nlow = 0.0\nhigh = 1.0',
            'law = "uniform"\nlow = 0.5',
            UniformTime("1/2"),
        ),
        ('kind = "cond-ot"', 'kind = "vp"\nbeta_min = 0', VPPath(0)),
        ('kind = "cond-ot"', 'kind = "polynomial"\nn = 2', PolynomialPath(2)),
    ],
)
def test_what_may_be_left_out_has_a_default(old, new, part):
    problem = problem_from_toml(R1.replace(old, new))
    assert part in (problem.time, problem.path)


def test_a_linear_model_may_leave_out_its_constant():
    model = 'kind = "linear"\nA = [[2]]\n'
    problem = problem_from_toml(R1[: R1.index('kind = "polynomial"')] + model)
    assert problem.model == LinearVelocity([[2]], [0])


def round_trip(problem):
    again = problem_from_toml(problem_to_toml(problem))
    assert again == problem
    return again


@pytest.mark.parametrize("path", [*PATHS, CustomPath("sin(pi*t/2)", "cos(pi*t/2)")], ids=repr)
def test_round_trip_of_paths(path):
    round_trip(
        Problem(
            random_mixture(np.random.default_rng(0), 2, 2),
            path,
            LinearVelocity([[[0.1, 0.2], [0.3, 1e-20]]] * 2, [1e300, Fraction(1, 3)]),
            TimeLaw.uniform(Fraction(1, 1000), 0.9990000000000001),
        )
    )


def test_round_trip_of_a_formula_over_two_lines():
    path = CustomPath("t*(1 +\n 0)", "1 - t")
    round_trip(Problem(GaussianMixture.points([[1]]), path, LinearVelocity([[1]])))


def test_round_trip_of_time_laws_and_points():
    points = GaussianMixture.points([[Fraction(1, 3), 2], [0, -1]], ["1/3", "2/3"])
    model = PolynomialVelocity([VelocityTerm([Fraction(1, 7), 1], 2, [3, 0]), VelocityTerm([0, 1])])
    for time in (LogitNormalTime(Fraction(-1, 2), 1.5), UniformTime()):
        again = round_trip(Problem(points, TrigPath(), model, time))
        assert again.data.rational
        assert again.data.exact()[1].tolist() == [[Fraction(1, 3), 2], [0, -1]]
        assert repr(again.data).startswith("GaussianMixture.points(")


rationals = st.fractions(-1000, 1000, max_denominator=9999)
decimals = st.decimals(-1000, 1000, places=6).map(Fraction)


@given(st.lists(st.one_of(rationals, decimals, st.integers()), min_size=2, max_size=2))
def test_round_trip_of_rationals_is_exact(numbers):
    data = GaussianMixture.points([numbers])
    again = round_trip(Problem(data, CondOTPath(), LinearVelocity([numbers, numbers])))
    assert again.data.exact()[1].tolist() == [numbers]
    assert again.model.A.tolist() == [[numbers, numbers]]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_round_trip_of_floats_is_exact_as_floats(value):
    data = GaussianMixture.points([[value]])
    if abs(value) > 1e-300 or value == 0:
        assert round_trip(Problem(data, CondOTPath(), LinearVelocity([[value]]))).data == data


def test_points_from_a_file(tmp_path):
    points = np.random.default_rng(0).normal(size=(5, 2))
    np.save(tmp_path / "data.npy", points)
    file = tmp_path / "p.toml"
    file.write_text(
        'dim = 2\n[data]\nkind = "points"\nfile = "data.npy"\n[path]\nkind = "trig"\n'
        '[model]\nkind = "linear"\nA = [[1, 0], [0, 1]]\n'
    )
    np.testing.assert_array_equal(load_problem(file).data.means, points)


POINTS_FILE = (
    'dim = 2\n[data]\nkind = "points"\n{}\n[path]\nkind = "trig"\n'
    '[model]\nkind = "linear"\nA = [[1, 0], [0, 1]]\n'
)


@pytest.mark.parametrize("dtype", ["f4", "f8", "i2", "u8"])
def test_points_of_any_real_type_with_weights(tmp_path, monkeypatch, dtype):
    np.save(tmp_path / "data.npy", np.array([[1, 2], [3, 4]], dtype=dtype))
    monkeypatch.chdir(tmp_path)  # where files are looked up when no folder is given
    data = problem_from_toml(POINTS_FILE.format('file = "data.npy"\nweights = ["1/3", "2/3"]')).data
    assert data == GaussianMixture.points([[1, 2], [3, 4]], ["1/3", "2/3"])
    assert data.rational is (dtype[0] in "iu")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("", "points: expected either points or file"),
        ('points = [[1, 2]]\nfile = "data.npy"', "points: expected either points or file"),
        ("file = 3", "file: expected the name of a .npy file, found 3"),
        ('file = ""', "file: cannot read '': Is a directory"),
        ("points = [1, 2]", "points: expected shape (K, d), found (2,)"),
        (
            "points = [[1, 2]]\nweights = [0.5, 0.5]",
            "weights: expected 1 entries, one for each row of points, found 2",
        ),
        ("points = [[1, 2]]\nwieghts = [1]", "wieghts: unknown key, did you mean 'weights'?"),
        ("points = [[1]]", ": expected dimension 2, as dim says, found 1"),
    ],
)
def test_bad_points_are_named(tmp_path, lines, message):
    with pytest.raises(InputError) as error:
        problem_from_toml(POINTS_FILE.format(lines), tmp_path)
    assert str(error.value) == f"data{'' if message[0] == ':' else '.'}{message}"


def test_bad_point_files(tmp_path):
    np.save(tmp_path / "flat.npy", np.zeros(3))
    np.save(tmp_path / "objects.npy", np.array([[None]]), allow_pickle=True)
    np.save(tmp_path / "complex.npy", np.zeros((2, 2), dtype=complex))
    np.save(tmp_path / "nan.npy", np.array([[0.0, 1.0], [np.nan, 2.0]]))
    np.savez(tmp_path / "many.npz", a=np.zeros((2, 2)))
    (tmp_path / "text.npy").write_text("hello")
    (tmp_path / "empty.npy").write_text("")
    expected = {
        "missing.npy": "data.file: cannot read 'missing.npy': No such file or directory",
        "flat.npy": "data.file: expected real numbers of shape (K, d) in 'flat.npy', "
        "found float64 of shape (3,)",
        "complex.npy": "data.file: expected real numbers of shape (K, d) in 'complex.npy', "
        "found complex128 of shape (2, 2)",
        "many.npz": "data.file: expected real numbers of shape (K, d) in 'many.npz', found a .npz",
        "objects.npy": "data.file: cannot read 'objects.npy' as a .npy file: "
        "Object arrays cannot be loaded when allow_pickle=False",
        "text.npy": "data.file: cannot read 'text.npy' as a .npy file: ",
        "empty.npy": "data.file: cannot read 'empty.npy' as a .npy file: No data left in file",
        "nan.npy": "data.points[1][0]: expected a finite number, found nan",
    }
    for name, message in expected.items():
        text = (
            f'dim = 2\n[data]\nkind = "points"\nfile = "{name}"\n[path]\nkind = "trig"\n'
            '[model]\nkind = "linear"\nA = [[1, 0], [0, 1]]\n'
        )
        with pytest.raises(InputError) as error:
            problem_from_toml(text, tmp_path)
        assert str(error.value).startswith(message)
        assert "\n" not in str(error.value)


def test_files_that_cannot_be_read(tmp_path):
    missing = tmp_path / "no.toml"
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    broken = tmp_path / "broken.toml"
    broken.write_text("dim = \n")
    deep = tmp_path / "deep.toml"
    deep.write_text("x = " + "[" * 5000 + "]" * 5000)
    field = tmp_path / "field.toml"
    field.write_text(R1.replace("0.3", "0.4"))
    for file, message in {
        missing: f"{missing}: cannot be read: No such file or directory",
        tmp_path: f"{tmp_path}: cannot be read: Is a directory",
        binary: f"{binary}: cannot be read: not a text file in UTF-8",
        broken: f"{broken}: not valid TOML: Invalid value (at line 1, column 7)",
        deep: f"{deep}: not valid TOML: ",
        field: f"{field}: data.weights: expected the sum 1, found 1.1",
    }.items():
        with pytest.raises(InputError) as error:
            load_problem(file)
        assert str(error.value).startswith(message)
        assert "\n" not in str(error.value)


COVARIANCES = "covariances = [[[0.25]], [[0.5]]]"
COND_OT = 'kind = "cond-ot"'
TERMS = R1[R1.index("terms") :].strip()

BAD = [
    ("dim = 1", "dim = 2", "data: expected dimension 2, as dim says, found 1"),
    ("dim = 1", "dim = 0", "dim: expected a positive integer, found 0"),
    ("dim = 1", 'dim = "1"', "dim: expected a positive integer, found '1'"),
    ("dim = 1", "dimm = 1", "dimm: unknown key, did you mean 'dim'?"),
    ("dim = 1", "", "dim: missing"),
    ("[data]", "[dataa]", "dataa: unknown key, did you mean 'data'?"),
    ("0.3, 0.7", "-0.3, 1.3", "data.weights[0]: expected a non-negative number, found -0.3"),
    ("0.3, 0.7", "0.3, 0.6", "data.weights: expected the sum 1, found 0.9"),
    ("0.3, 0.7", "1", "data.weights: expected 2 entries, one for each row of means, found 1"),
    ("0.3, 0.7", "nan, 0.7", "data.weights[0]: expected a finite number, found NaN"),
    ("-2.0", "inf", "data.means[0][0]: expected a finite number, found Infinity"),
    ("-2.0", "true", "data.means[0][0]: expected a number, found True"),
    ("-2.0", '"abc"', "data.means[0][0]: expected a number, found 'abc'"),
    ("-2.0", '"1/0"', "data.means[0][0]: expected a number, found '1/0'"),
    ("-2.0", "1, 2", "data.means: the rows have different lengths"),
    ("[[-2.0], [1.5]]", "[]", "data.means: expected at least one entry, found none"),
    (
        COVARIANCES,
        "covariances = [[[0.25, 0], [0, 1]], [[1, 0], [0, 1]]]",
        "data.covariances: expected shape (2, 1, 1) to go with the means, found (2, 2, 2)",
    ),
    (
        COVARIANCES,
        "covariances = [[[0.25]], [[-0.5]]]",
        "data.covariances[1]: expected a positive semidefinite matrix, found the eigenvalue -0.5",
    ),
    (COVARIANCES, "", "data.covariances: missing"),
    ("weights", "wieghts", "data.wieghts: unknown key, did you mean 'weights'?"),
    (
        '"gaussian-mixture"',
        '"gausian"',
        "data.kind: unknown 'gausian', did you mean 'gaussian-mixture'?",
    ),
    ('kind = "gaussian-mixture"\n', "", "data.kind: missing, known: gaussian-mixture, points"),
    ('"gaussian-mixture"', "3", "data.kind: unknown 3, known: gaussian-mixture, points"),
    ('"gaussian-mixture"', "[1]", "data.kind: unknown [1], known: gaussian-mixture, points"),
    (COND_OT, 'kind = "condot"', "path.kind: unknown 'condot', did you mean 'cond-ot'?"),
    (COND_OT, 'kind = "cond-ot"\nn = 2', "path.n: unknown key, known: kind"),
    (COND_OT, 'kind = "polynomial"', "path.n: missing"),
    (COND_OT, 'kind = "polynomial"\nn = -1', "path.n: expected a positive number, found -1"),
    (
        COND_OT,
        'kind = "vp"\nbeta_mim = 1',
        "path.beta_mim: unknown key, did you mean 'beta_min'?",
    ),
    (COND_OT, 'kind = "custom"\nalpha = "t"', "path.beta: missing"),
    (
        COND_OT,
        'kind = "custom"\nalpha = "tt"\nbeta = "1 - t"',
        "path.alpha: cannot read the formula 'tt': unknown name 'tt', did you mean 't'?",
    ),
    (
        COND_OT,
        'kind = "custom"\nalpha = "abs(t)"\nbeta = "1 - t"',
        "path.alpha: expected a differentiable schedule, but it uses Abs(t) (alpha = 'abs(t)')",
    ),
    ('law = "uniform"', 'law = "unifrom"', "time.law: unknown 'unifrom', did you mean 'uniform'?"),
    (
        "high = 1.0",
        "high = 2.0",
        "time.high: expected 0 <= low < high <= 1, found low = 0, high = 2",
    ),
    ('law = "uniform"', 'law = "logit-normal"', "time.low: unknown key, did you mean 'law'?"),
    (TERMS, "terms = []", "model.terms: expected at least one term, found none"),
    (TERMS, "terms = 3", "model.terms: expected a list of tables, found 3"),
    (TERMS, "terms = [3]", "model.terms[0]: expected a table, found 3"),
    (TERMS, "terms = [{t = 1}]", "model.terms[0].coef: missing"),
    (
        TERMS,
        "terms = [{coef = [1], xx = [1]}]",
        "model.terms[0].xx: unknown key, did you mean 'x'?",
    ),
    (
        TERMS,
        "terms = [{coef = [1], x = [-1]}]",
        "model.terms[0].x[0]: expected an integer from 0 to 500, found -1",
    ),
    (
        TERMS,
        "terms = [{coef = [1, 2]}]",
        "model: expected dimension 1, as the data have, found 2",
    ),
    (
        'kind = "polynomial"\n' + TERMS,
        'kind = "linear"\nA = [[1, 2]]',
        "model.A: expected square matrices, found 1 rows, 2 columns",
    ),
    (
        COND_OT,
        'kind = "linear-vp"',
        "hypothesis H2 fails: E‖u_t(x|z)‖² = ∞ for the path 'linear-vp' under uniform time on "
        "[0, 1], because the integral of beta'(t)² diverges at t = 1; C₂ and L_CFM "
        "are infinite and the theorem says nothing; take time.high < 1, e.g. high = 0.999",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD, ids=[b[2][:70] for b in BAD])
def test_bad_fields_are_named(old, new, message):
    assert old in R1
    with pytest.raises(InputError) as error:
        problem_from_toml(R1.replace(old, new, 1))
    assert str(error.value) == message


def test_a_table_that_is_not_a_table():
    text = "dim = 1\npath = 3\n" + R1.replace("dim = 1\n", "").replace("[path]\n" + COND_OT, "")
    with pytest.raises(InputError) as error:
        problem_from_toml(text)
    assert str(error.value) == "path: expected a table, found 3"


def test_vp_is_accepted_below_one():
    text = R1.replace(COND_OT, 'kind = "vp"').replace("high = 1.0", "high = 0.999")
    assert problem_from_toml(text).path.beta_max == 20


def test_a_warning_for_a_path_that_misses_the_data():
    with pytest.warns(FmproofWarning, match=r"beta\(1\) = 0.01, not 0"):
        problem_from_toml(R1.replace(COND_OT, 'kind = "custom"\nalpha = "t"\nbeta = "1 - 0.99*t"'))


def test_points_need_exactly_one_source():
    text = R1.replace('kind = "gaussian-mixture"', 'kind = "points"').replace(COVARIANCES, "")
    with pytest.raises(InputError) as error:
        problem_from_toml(text.replace("means = [[-2.0], [1.5]]", ""))
    assert str(error.value) == "data.points: expected either points or file"


def test_the_text_of_a_problem_file():
    tenth = Fraction(1, 10)
    smallest, too_small = tenth**30, tenth**31
    model = PolynomialVelocity(
        [VelocityTerm([smallest], 2, [3]), VelocityTerm([too_small]), VelocityTerm(["-1/3"], 1)]
    )
    data = GaussianMixture(["1/4", "3/4"], [["-5/2"], ["1/3"]], [[[0]], [["12345/1000"]]])
    path = CustomPath("t^2", "1 - t\\\n^2")
    assert problem_to_toml(Problem(data, path, model, UniformTime("1/8", 1))) == (
        "dim = 1\n"
        "[data]\n"
        'kind = "gaussian-mixture"\n'
        "weights = [0.25, 0.75]\n"
        'means = [[-2.5], ["1/3"]]\n'
        "covariances = [[[0]], [[12.345]]]\n"
        "[path]\n"
        'kind = "custom"\n'
        'alpha = "t^2"\n'
        'beta = "1 - t\\\\\\n^2"\n'
        "[time]\n"
        'law = "uniform"\n'
        "low = 0.125\n"
        "high = 1\n"
        "[model]\n"
        'kind = "polynomial"\n'
        "terms = [\n"
        "  {coef = [1E-30], t = 2, x = [3]},\n"
        f'  {{coef = ["1/{10**31}"], t = 0, x = [0]}},\n'
        '  {coef = ["-1/3"], t = 1, x = [0]},\n'
        "]\n"
    )
    points = GaussianMixture.points([[0.5, 1e300]])
    linear = LinearVelocity([[1, 2], [3, 4]], [5, "6/7"])
    assert problem_to_toml(Problem(points, VPPath(0, 3), linear, LogitNormalTime(0.5, 2))) == (
        "dim = 2\n"
        "[data]\n"
        'kind = "points"\n'
        "points = [[0.5, 1e+300]]\n"
        "weights = [1]\n"
        "[path]\n"
        'kind = "vp"\n'
        "beta_min = 0\n"
        "beta_max = 3\n"
        "[time]\n"
        'law = "logit-normal"\n'
        "mean = 0.5\n"
        "std = 2\n"
        "[model]\n"
        'kind = "linear"\n'
        "A = [[[1, 2], [3, 4]]]\n"
        'b = [[5, "6/7"]]\n'
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("dim = 1", "dim = true", "dim: expected a positive integer, found True"),
        ("dim = 1", "dim = -1", "dim: expected a positive integer, found -1"),
        ("dim = 1", "dim = 1.0", "dim: expected a positive integer, found Decimal('1.0')"),
        ('"cond-ot"', "true", "path.kind: unknown True, known: "),
        ('kind = "cond-ot"', "", "path.kind: missing, known: "),
        ('law = "uniform"\n', "", "time.law: missing, known: logit-normal, uniform"),
    ],
)
def test_other_bad_fields(old, new, message):
    paths = "cond-ot, custom, linear-vp, polynomial, trig, vp"
    with pytest.raises(InputError) as error:
        problem_from_toml(R1.replace(old, new, 1))
    assert str(error.value) == message + (paths if message.endswith(": ") else "")


def test_what_has_no_form_in_a_file():
    data = GaussianMixture.points([[1]])
    with pytest.raises(InputError) as error:
        problem_to_toml(Problem(data, CondOTPath(), CallableVelocity(np.tanh, 1)))
    assert str(error.value) == (
        "model: CallableVelocity(tanh, 1) cannot be written to a problem file"
    )

    class Mine(CondOTPath):
        pass

    with pytest.raises(InputError, match=r"^path: .* cannot be written to a problem file"):
        problem_to_toml(Problem(data, Mine(), LinearVelocity([[1]])))

    class Often(UniformTime):
        pass

    with pytest.raises(InputError, match=r"^time: .* cannot be written to a problem file"):
        problem_to_toml(Problem(data, CondOTPath(), LinearVelocity([[1]]), Often()))


def test_text_as_a_data_file_is_told_how_to_become_one(tmp_path: Path) -> None:
    text = 'dim = 1\n[data]\nkind = "points"\nfile = "FILE"\n[path]\nkind = "cond-ot"\n'
    text += '[model]\nkind = "linear"\nA = [[0.5]]\n'
    (tmp_path / "data.csv").write_text("1,2\n3,4\n")
    with pytest.raises(InputError, match="which is text; in Python") as caught:
        problem_from_toml(text.replace("FILE", "data.csv"), tmp_path)
    assert "numpy.save('data.npy', numpy.loadtxt('data.csv', delimiter=','))" in str(caught.value)
    (tmp_path / "data.npy").write_text("1,2\n3,4\n")
    with pytest.raises(InputError, match=r"as a \.npy file"):
        problem_from_toml(text.replace("FILE", "data.npy"), tmp_path)


def test_sigma_min_is_told_its_path_and_is_no_slip_of_sin() -> None:
    text = 'dim = 1\n[data]\nkind = "points"\npoints = [[1]]\n[path]\nkind = "cond-ot"\n'
    text += 'sigma_min = 0.01\n[model]\nkind = "linear"\nA = [[0.5]]\n'
    with pytest.raises(InputError, match=r'path.sigma_min: unknown key, .*kind = "custom"'):
        problem_from_toml(text)
    written = text.replace("sigma_min = 0.01\n", 'alpha = "t"\nbeta = "1 - (1 - sigma_min)*t"\n')
    with pytest.raises(InputError, match="unknown name 'sigma_min'") as caught:
        problem_from_toml(written.replace("cond-ot", "custom"))
    assert "did you mean" not in str(caught.value)
