"""Instances of symbols, proved again.

A step that puts a term for a symbol rests on a proof for every such symbol. Here that proof is
repeated for the term at hand, so that all steps are about the symbols of the theorem.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sympy import Basic

from fmproof.certificate.certificate import Certificate, From, RuleApplication
from fmproof.errors import InputError
from fmproof.lang import nodes
from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.nodes.heads import Head
from fmproof.lang.nodes.variable import Var
from fmproof.lang.scope import replace_head


@dataclass(frozen=True)
class Parts:
    """A node by its arguments, which need not be in canonical form."""

    kind: type
    args: tuple[Any, ...]

    @property
    def body(self) -> Any:
        """What an integral or expectation is of."""
        return self.args[0]

    @property
    def measure(self) -> tuple[Any, ...]:
        return self.args[1:]


_REBUILT = (Add, Mul, Pow, nodes.Inner, nodes.Ratio, nodes.IntegralOver, nodes.Expect)


def without_instances(certificate: Certificate) -> Certificate:
    """The same theorem by steps none of which puts a term for a symbol."""
    steps: list[RuleApplication] = []
    new: dict[int, int] = {}
    for number, step in enumerate(certificate.steps):
        if any(premise not in new for premise in step.premises):
            raise InputError(f"step {number} uses a step that is no earlier one")
        moved = tuple(_mapped(a, lambda n: new[n]) for a in step.arguments)
        if step.rule == "instantiate_head":
            if len(moved) != 4 or not isinstance(moved[0], From):
                raise InputError(f"step {number}: instantiate_head does not fit what it is about")
            source, head, params, body = moved
            last = _instance(steps, source.step, head, params, body)
            moved = (From(last), step.conclusion)
            step = replace(step, rule="restate", arguments=moved)
        else:
            step = replace(step, arguments=moved)
        new[number] = len(steps)
        steps.append(step)
    return pruned(certificate.derivation, steps)


def _instance(steps: list[RuleApplication], last: int, head: Any, params: Any, body: Any) -> int:
    """Repeat what step ``last`` rests on with ``body`` for ``head``; the number of the last."""
    new: dict[int, int] = {}

    def put(value: Any) -> Any:
        if isinstance(value, From):
            return From(new[value.step])
        if isinstance(value, tuple):
            return tuple(map(put, value))
        if isinstance(value, Parts):
            return Parts(value.kind, put(value.args))
        if isinstance(value, Basic) and not isinstance(value, Var | Head):
            return replace_head(value, head, params, body)
        return value

    for number in sorted(cone(steps, last)):
        step = steps[number]
        arguments = tuple(map(put, step.arguments))
        node = step.arguments[0]
        if step.rule == "congruence" and isinstance(node, _REBUILT):
            arguments = (Parts(type(node), put(node.args)), *arguments[1:])
        hypotheses = tuple(map(put, step.hypotheses))
        new[number] = len(steps)
        changed: dict[str, Any] = {"conclusion": put(step.conclusion), "hypotheses": hypotheses}
        steps.append(replace(step, arguments=arguments, **changed))
    return new[last]


def cone(steps: list[RuleApplication], last: int) -> set[int]:
    """The steps that a step rests on, and itself."""
    found, waiting = set(), [last]
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting.extend(steps[number].premises)
    return found


def _mapped(value: Any, number: Callable[[int], int]) -> Any:
    if isinstance(value, From):
        return From(number(value.step))
    return tuple(_mapped(v, number) for v in value) if isinstance(value, tuple) else value


def pruned(name: str, steps: list[RuleApplication]) -> Certificate:
    kept = sorted(cone(steps, len(steps) - 1))
    new = {old: i for i, old in enumerate(kept)}
    return Certificate(
        name,
        tuple(
            replace(
                steps[n], arguments=tuple(_mapped(a, lambda k: new[k]) for a in steps[n].arguments)
            )
            for n in kept
        ),
    )
