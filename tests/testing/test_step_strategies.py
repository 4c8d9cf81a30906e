"""Strategies of terms and of derivation steps."""

from __future__ import annotations

import subprocess
import sys

import pytest
from examples import examples
from hypothesis import Phase, given, settings

from fmproof.derivations import BUILTIN, load
from fmproof.errors import InputError
from fmproof.lang.node import sort_of
from fmproof.lang.sorts import Sort
from fmproof.testing.strategies import derivation_step, derivation_steps, terms
from fmproof.testing.strategies.steps import mutations

TRUE_AFTER_ALL = {
    ("constant", "F.1", "a factor 2 at L_FM(θ)"),  # −C ≤ 2 L_FM − C
}
quick = examples(40)


@quick
@given(terms())
def test_terms_are_well_sorted(term):
    assert sort_of(term) in (Sort.REAL, Sort.VEC)


@quick
@given(derivation_steps(mutated=False))
def test_true_steps_are_proved(example):
    assert example.true
    assert example.change == ""
    assert example.report().status == "proved"


@quick
@given(derivation_steps(mutated=True))
def test_changed_steps_are_not_proved(example):
    report = example.report()
    known = (example.derivation.name, example.step, example.change) in TRUE_AFTER_ALL
    assert (report.status == "proved") == known
    assert known or report.failure is not None


@quick
@given(derivation_steps())
def test_a_repr_rebuilds_the_step(example):
    assert eval(repr(example), {"derivation_step": derivation_step}) == example


def test_a_failing_step_shrinks_to_an_early_one():
    last = []

    @settings(quick, database=None, phases=(Phase.generate, Phase.shrink))
    @given(derivation_steps())
    def check(example):
        if not example.true:
            last[:] = [example]
            raise AssertionError("changed")

    with pytest.raises(AssertionError) as caught:
        check()
    assert repr(last[0]) == "derivation_step('fm-cfm', '1.1', 0)"
    assert repr(last[0]) in "\n".join(caught.value.__notes__)


def test_nearly_every_step_has_changes():
    for name in BUILTIN:
        steps = [step for part in load(name).parts for step in part.steps]
        changed = [step for step in steps if len(mutations(name, step.id)) >= 2]
        assert len(changed) >= 0.8 * len(steps), name  # a claim that is one symbol has none


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fm-cmf", "1.1"), "did you mean 'fm-cfm'"),
        (("fm-cfm", "9.9"), "fm-cfm has no step '9.9'; known: 1.1"),
        (("fm-cfm", "1.1", 1000), "mutation: step 1.1 has changes 0 to "),
    ],
)
def test_unknown_steps(arguments, message):
    with pytest.raises(InputError, match=message):
        derivation_step(*arguments)


def test_strategies_of_problems_do_not_import_sympy_until_a_formula_is_drawn():
    code = (
        "import sys; from fmproof.testing.strategies import gaussian_mixtures, problems; "
        "print('sympy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
