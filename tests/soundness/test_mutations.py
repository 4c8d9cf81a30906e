"""No wrong step is accepted: random edits of the built-in derivations."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from examples import times
from mutations import Laboratory, Mutant, mutants

from fmproof import Named, check, plus, text
from fmproof.derivations import BUILTIN, load
from fmproof.lang.node import sort_of
from fmproof.lang.scope import canon
from fmproof.lang.sorts import Sort
from fmproof.tactics.script import Derivation, Step

SEED, QUICK, ALL = 20261124, 400, 2400
ACCEPTED = Path(__file__).with_name("mutations_accepted.txt")


def describe(mutant: Mutant, original: Step) -> str:
    """One line for the list of accepted mutants."""
    what = f"{mutant.derivation} {mutant.step.id} {mutant.kind}"
    if mutant.kind == "hypothesis":
        return f"{what}: without {mutant.without}"
    if mutant.kind == "rule":
        return f"{what}: {', '.join(original.rules)} -> {', '.join(mutant.step.rules)}"
    return f"{what}: {text(original.claim)} -> {text(mutant.step.claim)}"


def test_no_wrong_step_is_accepted() -> None:
    """The first 400 mutants, all 2,400 in the nightly profile.

    Reproduce: mutants(Laboratory(), SEED, ALL). ``FMPROOF_WRITE=1`` writes the list anew.
    """
    laboratory = Laboratory()
    kinds: Counter[str] = Counter()
    accepted = []
    write = bool(os.environ.get("FMPROOF_WRITE"))
    count = ALL if write else min(times(QUICK), ALL)
    for number, (mutant, original) in enumerate(mutants(laboratory, SEED, count)):
        kinds[mutant.kind] += 1
        if not laboratory.accepts(mutant):
            continue
        line = describe(mutant, original)
        if canon(mutant.step.claim) != canon(original.claim):
            weaker = mutant.step.relation != "=" and original.relation == mutant.step.relation
            equal = weaker or laboratory.equal(mutant, original)
            assert equal, f"accepted and not equal: {line}"
        accepted.append(f"{number:4d} {line}")
    assert sum(kinds.values()) == count
    assert len(kinds) >= 12, kinds
    # What is accepted is true; README.md beside this file says why, kind by kind.
    if write:
        ACCEPTED.write_text("".join(f"{line}\n" for line in accepted), encoding="utf-8")
    known = ACCEPTED.read_text(encoding="utf-8").splitlines()
    assert accepted == [line for line in known if int(line[:4]) < count]


def _broken(derivation: Derivation, label: str) -> Derivation:
    """One claim plus an unknown constant, everything else as it was."""

    def spoiled(step: Step) -> Step:
        if step.id != label:
            return step
        sort = sort_of(step.claim)
        if sort is Sort.REAL:
            return replace(step, claim=plus(step.claim, Named("K", -1)))
        return replace(
            step,
            claim=step.claim.func(plus(step.claim.args[0], step.claim.args[0]), step.claim.args[1]),
        )

    return replace(
        derivation,
        parts=[replace(p, steps=[spoiled(s) for s in p.steps]) for p in derivation.parts],
    )


@pytest.mark.parametrize(
    ("name", "label"),
    [(n, s.id) for n in BUILTIN for p in load(n).parts for s in p.steps],
)
def test_the_failing_step_is_the_one_named(name: str, label: str) -> None:
    derivation = load(name)
    labels = [step.id for part in derivation.parts for step in part.steps]
    last = {part.steps[-1].id for part in derivation.parts}
    (found,) = check([_broken(derivation, label)]).derivations
    failed = [step.id for step in found.steps if step.status == "failed"]
    # The next step starts from the broken claim and does not follow from it either.
    following = [] if label in last else [labels[labels.index(label) + 1]]
    assert found.status == "failed"
    assert failed[0] == label
    assert failed in ([label], [label, *following])
