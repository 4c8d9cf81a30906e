"""Making the theorem of a certificate again, by the kernel."""

from __future__ import annotations

from inspect import signature
from typing import Any

from fmproof.certificate.certificate import Certificate, From, RuleApplication
from fmproof.errors import FmproofError, InputError, RuleError, nearest
from fmproof.kernel.rule import Rule, rules
from fmproof.kernel.theorem import Theorem
from fmproof.lang.node import shown
from fmproof.lang.scope import alpha_equal, canon


def replay(certificate: Certificate) -> Theorem:
    """The theorem that the steps make, each checked against the sequent it claims.

    Raises:
        InputError: a step names no rule, its rule refuses it, or it makes another sequent.
    """
    made: list[Theorem] = []
    for number, step in enumerate(certificate.steps):
        rule = rules().get(step.rule)
        if rule is None:
            raise InputError(
                f"step {number}: {step.rule!r} is no rule; {nearest(step.rule, rules())}"
            )
        try:
            theorem = rule.apply(*(_given(a, made) for a in step.arguments))
        except RuleError as error:  # it names the rule
            raise InputError(f"step {number}: {error}") from None
        except FmproofError as error:
            raise InputError(f"step {number}, {_usage(rule)}: {error}") from None
        except (TypeError, KeyError, AttributeError, ValueError):
            raise InputError(f"step {number}: these are no arguments of {_usage(rule)}") from None
        _require_claimed(theorem, step, number)
        made.append(theorem)
    return made[-1]


def _usage(rule: Rule) -> str:
    """``ring(equation)``: a rule with the names of what it takes."""
    return f"{rule.name}({', '.join(signature(rule.apply).parameters)})"


def _given(value: Any, made: list[Theorem]) -> Any:
    if isinstance(value, From):
        return made[value.step]
    return tuple(_given(item, made) for item in value) if isinstance(value, tuple) else value


def _require_claimed(theorem: Theorem, step: RuleApplication, number: int) -> None:
    hypotheses = {canon(h) for h in theorem.hypotheses}
    if alpha_equal(theorem.conclusion, step.conclusion) and hypotheses == {
        canon(h) for h in step.hypotheses
    }:
        return
    claimed = ", ".join(map(shown, step.hypotheses))
    raise InputError(
        f"step {number} claims {claimed} ⊢ {shown(step.conclusion)}, but {step.rule} makes "
        f"{theorem!r}"
    )
