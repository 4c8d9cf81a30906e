"""The records of the rules: complete, in step with the code, cheap to list."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from fmproof import check
from fmproof.catalogue import FAMILIES, RuleRecord, catalogue, rule_record
from fmproof.catalogue.statements import stated
from fmproof.cli.describe import explain
from fmproof.derivations import BUILTIN, load
from fmproof.derived.rule import derived_rules
from fmproof.errors import InputError
from fmproof.kernel.rule import Rule as KernelRule
from fmproof.kernel.rule import rules
from fmproof.tactics import pointwise
from fmproof.tactics.conditions import almost, dominations, integrability, prover
from fmproof.tactics.methods import METHODS

RULES = catalogue()
every_rule = pytest.mark.parametrize("record", RULES, ids=lambda r: r.code)


def test_codes_and_names_are_unique_and_in_families() -> None:
    assert len({r.code for r in RULES}) == len(RULES)
    words = [word for r in RULES for word in (r.name, *r.also)]
    assert len(set(words)) == len(words)
    for record in RULES:
        assert re.fullmatch(r"[A-Z]\d+", record.code)
        assert record.family == FAMILIES[record.code[0]]
    letters = [record.code[0] for record in RULES]
    assert letters == sorted(letters, key=list(FAMILIES).index)


@every_rule
def test_record_is_complete(record: RuleRecord) -> None:
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
    words = {name for name, *_ in dominations.DOMINATIONS}
    for module in (almost, dominations, integrability, prover, pointwise):
        source = inspect.getsource(module)
        words |= set(re.findall(r'\("([^"@]+)",\)', source))
        words |= set(re.findall(r'"([^"@]+)", depth\b', source))
        words |= set(re.findall(r'\("([^"@]+)", (?:partial\()?[a-z_.]+[,)]', source))
        words |= set(re.findall(r'(?:yield |_named\()"([^"@]+)", ', source))
    words |= {"Tonelli"}
    assert {"Jensen", "Cauchy–Schwarz", "support of the law", "equality", "almost surely"} <= words
    assert {"positive", "nonzero", "derivatives", "bounded gradients", "point mass"} <= words
    assert printed <= words
    assert words <= {word for r in RULES for word in (r.name, *r.also)}


def test_what_is_read_from_the_files_is_what_was_registered() -> None:
    read = {rule.key.split(":")[1]: (code, rule) for code, of in stated().items() for rule in of}
    assert set(read) == {*rules(), *derived_rules()}
    for name, registered in rules().items():
        code, rule = read[name]
        assert (code, rule.statement, rule.reference) == (
            registered.code,
            registered.statement,
            registered.reference,
        )


def test_every_kernel_rule_has_a_record() -> None:
    codes = {r.code for r in RULES}
    missing = {registered.code for registered in rules().values()} - codes
    assert not missing, f"add a record of {missing} to fmproof/catalogue"
    assert all(r.stated or r.kernel or r.derived for r in RULES)


@pytest.mark.parametrize("registered", rules().values(), ids=lambda r: r.name)
def test_a_kernel_rule_with_a_condition_has_a_record_with_one(registered: KernelRule) -> None:
    if registered.statement.startswith("{"):
        assert rule_record(registered.code).conditions


@every_rule
def test_it_is_found_by_code_and_by_name(record: RuleRecord) -> None:
    assert (
        rule_record(record.code)
        is rule_record(record.code.lower())
        is rule_record(record.name)
        is record
    )
    assert all(rule_record(word) is record for word in record.also)


def test_case_decides_between_two_rules_of_one_name() -> None:
    assert rule_record("fubini").code != rule_record("Fubini").code
    assert rule_record("FUBINI") is rule_record("fubini")
    assert rule_record("jensen") is rule_record("Jensen")


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'linearity'"):
        rule_record("linearty")


def test_listing_the_rules_does_not_import_sympy() -> None:
    program = (
        "import sys; from fmproof.catalogue import catalogue; catalogue(); "
        "sys.exit('sympy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@every_rule
def test_explain_shows_all_of_it(record: RuleRecord) -> None:
    shown = CliRunner().invoke(explain, [record.code])
    assert shown.exit_code == 0
    words = " ".join(shown.output.split())
    parts = [record.title, record.explanation, record.unconditional]
    parts += record.statement_text.splitlines()
    for condition in record.conditions:
        parts += [condition.text, condition.why, condition.counterexample]
    for part in parts:
        assert " ".join(part.split()) in words
