"""The pytest plugin, run by pytest on small projects."""

from __future__ import annotations

import pytest

# Imported here so that pytester, which forgets what a run imported, does not load them twice.
import fmproof.derivations.fm_cfm
import fmproof.sources
import fmproof.testing.conditional
import fmproof.testing.random_problems  # noqa: F401

pytest_plugins = ["pytester"]

RIGHT = """
from fmproof import Derivation, Expect, Field, Hypothesis, Integrable, Density, Step, Vec, norm2

x = Vec("x")
p = Density("p", x)
a = Field("a", x)
b = Field("b", x)
square = Derivation(
    name="square",
    hypotheses=[Hypothesis("A", Integrable(norm2(a(x)), p(x))),
                Hypothesis("B", Integrable(norm2(b(x)), p(x)))],
    start=Expect(norm2(a(x) - b(x)), p(x)),
    steps=[
        Step("1", Expect(norm2(a(x)) - 2 * (a(x) @ b(x)) + norm2(b(x)), p(x)), by="square"),
        Step("2", Expect(norm2(a(x)) + norm2(b(x)), p(x)) - 2 * Expect(a(x) @ b(x), p(x)),
             by="linearity"),
    ],
)
"""
WRONG = RIGHT.replace("- 2 * (a(x) @ b(x))", "- 3 * (a(x) @ b(x))")


def test_pytest_starts_without_fmproof(pytester: pytest.Pytester):
    pytester.makepyfile(
        "import sys\ndef test(): assert not [m for m in sys.modules if m.startswith('fmproof')]"
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize("name", ["derivation_square", "square_derivation", "derivations/square"])
def test_each_step_is_a_test(pytester: pytest.Pytester, name):
    path = pytester.path / f"{name}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(RIGHT)
    result = pytester.runpytest("-v", ".")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        [f"{name}.py::square::1 PASSED*", f"{name}.py::square::2 *", "*::square::conclusion *"]
    )
    result = pytester.runpytest(f"{name}.py::square::2")
    result.assert_outcomes(passed=1)


def test_a_wrong_step_is_explained_without_a_traceback(pytester: pytest.Pytester):
    pytester.makepyfile(derivation_wrong=WRONG)
    result = pytester.runpytest(".")
    result.assert_outcomes(passed=0, failed=3)
    result.stdout.fnmatch_lines(
        [
            "*square: 1*",
            "step 1 (square) is not proved: = E_{x~p}*",
            "  why: *",
            "*square: conclusion*",
            "not proved: *",
            "  because of step 1, 2",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_file_that_cannot_be_used_is_a_collection_error(pytester: pytest.Pytester):
    pytester.makepyfile(derivation_broken=RIGHT + "\nraise ValueError('half done')")
    result = pytester.runpytest(".")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ERROR collecting derivation_broken.py*", "*half done*"])


def test_other_files_are_not_run(pytester: pytest.Pytester):
    for name in ("derivations/tool.py", "derivation_of_words.py", "setup.py"):
        path = pytester.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("raise SystemExit('run!')\n")
    (pytester.path / "mine.py").write_text("raise SystemExit('run!')  # fmproof Derivation\n")
    (pytester.path / "derivations" / "test_it.py").write_text(
        "# fmproof Derivation\ndef test(): pass\n"
    )
    pytester.runpytest(".").assert_outcomes(passed=1)


def test_a_file_given_by_name_needs_no_pattern_and_patterns_can_be_set(pytester: pytest.Pytester):
    pytester.makepyfile(mine=RIGHT)
    pytester.runpytest("mine.py").assert_outcomes(passed=3)
    pytester.runpytest(".").assert_outcomes()
    pytester.makeini("[pytest]\nfmproof_derivations = m*.py\n")
    pytester.runpytest(".").assert_outcomes(passed=3)


def test_derivations_and_problems_under_xdist(pytester: pytest.Pytester):
    pytest.importorskip("xdist")
    pytester.makepyfile(
        derivation_square=RIGHT,
        test_problems="def test(fmproof_problem): assert fmproof_problem.dim >= 1",
    )
    result = pytester.runpytest_subprocess("-n", "2", "--fmproof-problems=4", ".")
    result.assert_outcomes(passed=7)


PROBLEMS = """
from fmproof.models import Problem
seen = []
def test_problem(fmproof_problem):
    assert isinstance(fmproof_problem, Problem)
    seen.append(repr(fmproof_problem))
def test_seen(fmproof_seed, fmproof_rng):
    print("SEEN", fmproof_seed, fmproof_rng.integers(10**9), len(set(seen)), seen)
"""


def test_problems_and_seed(pytester: pytest.Pytester):
    pytester.makepyfile(PROBLEMS)
    lines = []
    for seed in (3, 3, 4):
        result = pytester.runpytest("-s", "--fmproof-problems=5", f"--fmproof-seed={seed}")
        result.assert_outcomes(passed=6)
        lines.append(next(line for line in result.outlines if "SEEN" in line))
    assert lines[0] == lines[1] != lines[2]
    assert "SEEN 3 " in lines[0]


def test_the_problem_is_shown_when_the_test_fails(pytester: pytest.Pytester):
    pytester.makepyfile("def test(fmproof_problem): assert fmproof_problem.dim > 3")
    result = pytester.runpytest("--fmproof-problems=1")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*fmproof problem*", "Problem(data=GaussianMixture*"])


def test_a_failed_assertion_tells_how_to_run_it_again(pytester: pytest.Pytester):
    pytester.makepyfile(
        """
        from fmproof.models import CondOTPath
        from fmproof.testing import assert_conditional_velocity
        def sampler(x1, rng):
            t, x0 = rng.random((len(x1), 1)), rng.standard_normal(x1.shape)
            return t * x1 + (1 - t) * x0, x0 - x1, t
        def test():
            assert_conditional_velocity(sampler, CondOTPath(), [[1, 2]])
        """
    )
    result = pytester.runpytest("--fmproof-seed=9")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*u_t is not the conditional velocity*",
            "E*hint: u_t is the velocity with its sign flipped",
            "E*reproduce: assert_conditional_velocity(sampler, CondOTPath(), *seed=9)",
            'E*in pytest: pytest "test_a_failed*.py::test" --fmproof-seed=9',
        ]
    )
    result.stdout.no_fnmatch_line("*smallest_failure*")


@pytest.mark.parametrize("option", ["--fmproof-problems=0", "--fmproof-seed=-1"])
def test_bad_options(pytester: pytest.Pytester, option):
    result = pytester.runpytest(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {option.split('=')[0]}: expected an integer from *"])
