"""The records of the rules: complete, in step with the code, cheap to list."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from importlib import import_module

import pytest
from click.testing import CliRunner

from fmproof import check
from fmproof.cli.describe import explain
from fmproof.derivations import BUILTIN, load
from fmproof.errors import InputError
from fmproof.kernel.rules import FAMILIES, Rule, catalogue, rule
from fmproof.kernel.theorem import Theorem
from fmproof.tactics import conditions
from fmproof.tactics.methods import METHODS

RULES = catalogue()
KERNEL = (
    "theorem",
    "equality",
    "algebra",
    "integrals",
    "integrability",
    "almost",
    "gradient",
    "order",
)
every_rule = pytest.mark.parametrize("record", RULES, ids=lambda r: r.code)


def kernel_rules() -> dict[str, str]:
    """Every public kernel function that makes theorems -> the first sentence of its docstring."""
    found = {}
    for name in KERNEL:
        module = import_module(f"fmproof.kernel.{name}")
        for function in vars(module).values():
            if not inspect.isfunction(function) or function.__module__ != module.__name__:
                continue
            returns = inspect.signature(function).return_annotation
            if returns == Theorem.__name__ and function.__name__[0] != "_":
                if function.__name__ == "require_theorem":
                    continue
                first = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
                found[f"{name}:{function.__name__}"] = first.split(". ")[0].removesuffix(".")
    return found


def test_codes_and_names_are_unique_and_in_families() -> None:
    assert len({r.code for r in RULES}) == len({r.name for r in RULES}) == len(RULES)
    for record in RULES:
        assert re.fullmatch(r"[A-Z]\d+", record.code)
        assert record.family == FAMILIES[record.code[0]]
    letters = [record.code[0] for record in RULES]
    assert letters == sorted(letters, key=list(FAMILIES).index)


@every_rule
def test_record_is_complete(record: Rule) -> None:
    for part in (record.name, record.title, record.statement_text, record.statement_latex):
        assert part.strip()
    assert len(record.explanation.split()) >= 5
    assert bool(record.conditions) != bool(record.unconditional), "conditions, or why none"
    for condition in record.conditions:
        assert condition.text
        assert condition.why
        assert condition.counterexample


def test_every_method_has_a_record() -> None:
    assert set(METHODS) <= {r.name for r in RULES}


def test_every_word_that_the_prover_prints_has_a_record() -> None:
    printed = {
        reason
        for derivation in check([load(name) for name in BUILTIN]).derivations
        for step in derivation.steps
        for condition in step.conditions
        for reason in (condition.discharged_by or "").split(", ")
        if not re.fullmatch(r"H\d", reason)
    }
    words = {name for name, _ in conditions._DOMINATIONS}
    words |= set(re.findall(r'\("([^"@]+)",\)', inspect.getsource(conditions)))
    words |= set(re.findall(r'"([^"@]+)", depth\)', inspect.getsource(conditions)))
    assert {"Jensen", "Cauchy–Schwarz", "support of the law", "equality"} <= words
    assert printed <= words | {"Tonelli"}
    assert words <= {r.name for r in RULES}


def test_every_kernel_rule_is_stated_word_for_word() -> None:
    functions = kernel_rules()
    assert len(functions) > 40
    for key, sentence in functions.items():
        owners = [r for r in RULES if key in r.kernel and sentence in r.statement_text.splitlines()]
        assert len(owners) == 1, f"{key}: {sentence!r}, stated by {[r.code for r in owners]}"
    assert {key for r in RULES for key in r.kernel} <= set(functions)


@pytest.mark.parametrize(("key", "sentence"), kernel_rules().items())
def test_a_kernel_rule_with_a_condition_has_a_record_with_one(key: str, sentence: str) -> None:
    if sentence.startswith("{"):
        assert all(r.conditions for r in RULES if key in r.kernel)


@every_rule
def test_it_is_found_by_code_and_by_name(record: Rule) -> None:
    assert rule(record.code) is rule(record.code.lower()) is rule(record.name) is record


def test_case_decides_between_two_rules_of_one_name() -> None:
    assert rule("fubini").code != rule("Fubini").code
    assert rule("FUBINI") is rule("fubini")
    assert rule("jensen") is rule("Jensen")


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'linearity'"):
        rule("linearty")


def test_listing_the_rules_does_not_import_sympy() -> None:
    program = (
        "import sys; from fmproof.kernel.rules import catalogue; catalogue(); "
        "sys.exit('sympy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@every_rule
def test_explain_shows_all_of_it(record: Rule) -> None:
    shown = CliRunner().invoke(explain, [record.code])
    assert shown.exit_code == 0
    words = " ".join(shown.output.split())
    parts = [record.title, record.explanation, record.unconditional]
    parts += record.statement_text.splitlines()
    for condition in record.conditions:
        parts += [condition.text, condition.why, condition.counterexample]
    for part in parts:
        assert " ".join(part.split()) in words
