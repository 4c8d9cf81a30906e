"""Every theorem can be made again from its trace, and a trace that was tampered with cannot."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fmproof.certificate.certificate import of_theorem, premises, proof_steps
from fmproof.certificate.replay import replay
from fmproof.derivations import BUILTIN, load
from fmproof.errors import FmproofError, RuleError
from fmproof.kernel.rule import rules
from fmproof.kernel.theorem import Theorem, Trace
from fmproof.tactics.check import theorems


@pytest.fixture(scope="module")
def proved() -> dict[str, Theorem]:
    return theorems([load(name) for name in BUILTIN])


@pytest.mark.parametrize("name", BUILTIN)
def test_a_theorem_replays(name: str, proved: dict[str, Theorem]) -> None:
    old = proved[name]
    new = replay(of_theorem(old, name))
    assert new is not old
    assert (new.conclusion, new.hypotheses) == (old.conclusion, old.hypotheses)
    used = {theorem.trace.rule for theorem in proof_steps(old)}
    assert used <= set(rules())


def test_the_steps_come_after_their_premises(proved: dict[str, Theorem]) -> None:
    seen: set[int] = set()
    for theorem in proof_steps(proved["fm-cfm"]):
        assert all(id(premise) in seen for premise in premises(theorem))
        seen.add(id(theorem))


def test_a_trace_with_another_argument_is_found_out(proved: dict[str, Theorem]) -> None:
    for theorem in proof_steps(proved["fm-cfm"]):
        trace = theorem.trace
        for place, argument in enumerate(trace.arguments):
            if type(argument) is Theorem:
                continue
            if trace.rule == "instantiate" and all(var == value for var, value in argument):
                continue  # at its own variables: nothing is another
            other = 7 if type(argument) is int else ()
            arguments = (*trace.arguments[:place], other, *trace.arguments[place + 1 :])
            forged = SimpleNamespace(
                trace=Trace(trace.rule, arguments),
                conclusion=theorem.conclusion,
                hypotheses=theorem.hypotheses,
            )
            with pytest.raises((FmproofError, TypeError, RuleError)):
                replay(of_theorem(forged, "forged"))  # type: ignore[arg-type]
            break
