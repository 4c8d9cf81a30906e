"""Steps of the built-in derivations, as they are and with one thing changed in the claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from sympy import Basic, Expr

from fmproof.derivations import BUILTIN, load
from fmproof.errors import FmproofError, InputError
from fmproof.lang.arithmetic import Add, Mul
from fmproof.lang.nodes import Apply, Expect, Inner, IntegralOver
from fmproof.lang.scope import canon
from fmproof.report.model import StepReport
from fmproof.tactics.script import Derivation, Step


@dataclass(frozen=True, repr=False)
class DerivationStep:
    """One step of a derivation to be judged.

    Attributes:
        derivation: the built-in derivation, with this step's claim changed if ``change`` says so.
        step: the step's label.
        mutation: the number of the change; None when there is none.
        change: what was changed, in words; "" when nothing was.
    """

    derivation: Derivation
    step: str
    mutation: int | None
    change: str

    @property
    def true(self) -> bool:
        """Whether the step is as the derivation has it."""
        return self.mutation is None

    def report(self) -> StepReport:
        """What the checker says of the step."""
        from fmproof.tactics.check import check

        steps = check([self.derivation]).derivations[0].steps
        return next(step for step in steps if step.id == self.step)

    def __repr__(self) -> str:
        """Code that rebuilds it."""
        return f"derivation_step({self.derivation.name!r}, {self.step!r}, {self.mutation})"

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        printer.text(repr(self))  # type: ignore[attr-defined]


def derivation_step(name: str, step: str, mutation: int | None = None) -> DerivationStep:
    """A step of the built-in derivation ``name``, with the claim's change number ``mutation``.

    Raises:
        InputError: there is no such derivation, step or change.
    """
    derivation = load(name)
    known = {s.id: s for part in derivation.parts for s in part.steps}
    if step not in known:
        raise InputError(f"{name} has no step {step!r}; known: {', '.join(known)}")
    if mutation is None:
        return DerivationStep(derivation, step, None, "")
    claims = mutations(name, step)
    if not 0 <= mutation < len(claims):
        raise InputError(
            f"mutation: step {step} has changes 0 to {len(claims) - 1}, found {mutation}"
        )
    change, claim = claims[mutation]
    changed = _with_step(derivation, replace(known[step], claim=claim))
    return DerivationStep(changed, step, mutation, change)


@st.composite
def derivation_steps(draw: DrawFn, mutated: bool | None = None) -> DerivationStep:
    """Steps of the built-in derivations; they shrink towards the first step of the first one.

    A changed claim is nearly always false, but a change may happen to give the same value: let
    ``fmproof verify``'s numbers, or ``auto``, tell.

    Args:
        mutated: False for the steps as they are, True for changed ones, None for both.
    """
    every = [(n, s.id) for n in BUILTIN for part in load(n).parts for s in part.steps]
    name, step = draw(st.sampled_from(every))
    if not (draw(st.booleans()) if mutated is None else mutated):
        return derivation_step(name, step)
    return derivation_step(name, step, draw(st.integers(0, len(mutations(name, step)) - 1)))


def _with_step(derivation: Derivation, step: Step) -> Derivation:
    parts = []
    for part in derivation.parts:
        # A part's own statement stays what it was, so that a wrong last step is a wrong step.
        steps = [step if s.id == step.id else s for s in part.steps]
        parts.append(replace(part, steps=steps, statement=part.proposition))
    return replace(derivation, parts=parts, start=None, steps=(), statement=derivation.proposition)


@cache
def mutations(name: str, step: str) -> list[tuple[str, Expr]]:
    """All changed claims of a step that are well-formed terms, each with what was changed."""
    derivation = load(name)
    claim = next(s.claim for part in derivation.parts for s in part.steps if s.id == step)
    found: dict[Basic, tuple[str, Expr]] = {}
    for path, node in _nodes(claim):
        for change, new in _edits(node):
            try:
                changed = _put(claim, path, new)
                _with_step(derivation, Step(step, changed, by="auto"))  # it may not be closed
            except FmproofError:
                continue
            if canon(changed) != canon(claim):
                found.setdefault(canon(changed), (change, changed))
    return list(found.values())


def _edits(node: Basic) -> Iterator[tuple[str, Expr]]:
    """Changes of one node that people make by mistake."""
    drawn = isinstance(node, Apply) and node.head.result is None  # a law is no term
    if isinstance(node, Inner | Expect | IntegralOver | Apply) and not drawn:
        yield f"the sign of {node}", Mul(-1, node)
        yield f"a factor 2 at {node}", Mul(2, node)
    if isinstance(node, Add | Mul):
        kind = "summand" if isinstance(node, Add) else "factor"
        for i, arg in enumerate(node.args):
            rest = node.args[:i] + node.args[i + 1 :]
            yield f"without the {kind} {arg}", node.func(*rest)
    if isinstance(node, Expect) and len(node.measure) > 1:
        for i, draw in enumerate(node.measure):
            rest = node.measure[:i] + node.measure[i + 1 :]
            yield f"without the draw {draw}", Expect(node.body, *rest)


def _nodes(node: Basic, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Basic]]:
    yield path, node
    for i, arg in enumerate(node.args):
        yield from _nodes(arg, (*path, i))


def _put(node: Basic, path: tuple[int, ...], value: Basic) -> Expr:
    """``node`` with ``value`` in place of what stands at ``path``."""
    if not path:
        return value
    args = list(node.args)
    args[path[0]] = _put(args[path[0]], path[1:], value)
    return node.func(*args)
