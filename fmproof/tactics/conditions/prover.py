"""Deriving side conditions from declared hypotheses, by search over the kernel's rules.

Untrusted: the search only decides which rules to try; what it returns is a theorem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from time import thread_time
from typing import Any, TypeVar

from sympy import Basic

from fmproof.derived.restatements import restate
from fmproof.errors import SortError
from fmproof.kernel.almost import everywhere
from fmproof.kernel.equality import equal_sides, generalise, instantiate, specialise, symmetry
from fmproof.kernel.hypotheses import assume, discharge
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Pow
from fmproof.lang.nodes import Var
from fmproof.lang.props import Almost, Differentiable, ForAll, Integrable, Prop, VanishesWith
from fmproof.lang.scope import alpha_equal, canon, free_vars
from fmproof.tactics.conditions.almost import almost
from fmproof.tactics.conditions.dominations import dominations
from fmproof.tactics.conditions.integrability import integrable, unfold_field
from fmproof.tactics.conditions.proof import ConditionProof
from fmproof.tactics.conditions.quotients import divided_symbols
from fmproof.tactics.matching import for_values, match, said_of_each
from fmproof.tactics.pointwise import defined, fewer, pointwise
from fmproof.tactics.rewriting import Once, attempt, sweep, symbols_inside

P = TypeVar("P", bound=Prop)
T = TypeVar("T")

DEPTHS = (4, 6, 9, 13)
"""How many rules may be chained, but for those to what is simpler in any case."""

PATIENCE = 5.0
"""Seconds of computation after which the search for one condition gives up."""


class Prover:
    """Proves side conditions from named hypotheses and remembers what it proved.

    Args:
        hypotheses: (name, proposition) pairs.
        equations: theorems f = g along which differentiability may be carried.
    """

    def __init__(
        self, hypotheses: Sequence[tuple[str, Prop]], equations: Sequence[Theorem] = ()
    ) -> None:
        self.hypotheses = tuple(hypotheses)
        self.equations = list(equations)
        self.facts: list[Theorem] = []
        self.divided = divided_symbols(
            prop for _, prop in self.hypotheses
        )  #: see :mod:`.quotients`
        #: the symbols of whose squares something is known, or that are equal to something
        self.squared = frozenset[object]().union(
            *map(symbols_inside, _powers_in(prop for _, prop in self.hypotheses)),
            *(symbols_inside(equation.conclusion) for equation in equations),
        )
        self._known: dict[Prop, ConditionProof | None] = {}
        self._facts_at: dict[frozenset[Var], list[tuple[str, Theorem]]] = {}
        self.until: float | None = None  #: when the search gives up, in seconds of the thread
        self._failed: dict[Prop, int] = {}  # with how many rules it was not proved
        self._worked_out: dict[tuple[object, Prop], Any] = {}

    def learn(self, equation: Theorem) -> None:
        """Take a theorem f = g along which differentiability may be carried."""
        self.equations.append(equation)
        self._new(equation)

    def note(self, fact: Theorem) -> None:
        """Take a theorem that holds almost surely, under its own hypotheses."""
        self.facts.append(fact)
        self._new(fact)

    def _late(self) -> bool:
        return self.until is not None and thread_time() > self.until

    def _new(self, theorem: Theorem) -> None:
        """What failed may be proved from what is new."""
        self.squared |= symbols_inside(theorem.conclusion)
        self._failed.clear()
        self._worked_out.clear()
        self._known = {goal: proof for goal, proof in self._known.items() if proof is not None}

    def worked_out(self, work: Callable[[Prover, P], T], goal: P) -> T:
        """``work`` of a goal, once: a search comes to the same goal with other depths."""
        key = work, goal
        if key not in self._worked_out:
            self._worked_out[key] = work(self, goal)
        found: T = self._worked_out[key]
        return found

    def dominations(self, goal: Integrable) -> Iterable[tuple[str, Theorem]]:
        """The inequalities that fit a goal, each worked out once."""
        return self.worked_out(_dominations, goal)

    def prove(self, goal: Prop, depth: int | None = None) -> ConditionProof | None:
        """A theorem that concludes ``goal`` from the hypotheses alone, or None.

        Short proofs are looked for first.
        """
        if depth is None:
            own = self.until is None
            if own:
                self.until = thread_time() + PATIENCE
            found = None
            for depth in DEPTHS:
                found = found or self.prove(goal, depth)
            if own:
                self.until = None
            return found
        key = canon(goal)
        if key in self._known:
            found = self._known[key]
            if found is None or found.theorem.conclusion == goal:
                return found
            return ConditionProof(restate(found.theorem, goal), found.reasons)
        if depth <= self._failed.get(key, 0):
            return None
        if self._late():
            return None
        self._known[key] = None  # a goal is not proved from itself
        found = self._assumed(goal) or self._derive(goal, depth - 1)
        if found is not None:
            self._known[key] = found
        else:
            del self._known[key]  # it may still be proved with more depth
            if not self._late():
                self._failed[key] = depth
        return found

    def missing(self, goal: Prop, depth: int = 6) -> list[Prop] | None:
        """Simplest propositions that, if declared, would let ``goal`` be proved; [] if it is.

        None when no rule leads to the goal within ``depth``. For the reader only.
        """
        if self.prove(goal) is not None:
            return []
        if depth == 0:
            return None
        if isinstance(goal, Almost) and isinstance(goal.body, Integrable):
            try:
                joint = Integrable(goal.body.body, *goal.measure, *goal.body.measure)
            except SortError:
                return [goal]
            return self.missing(joint, depth)
        if isinstance(goal, ForAll):
            inside = self.missing(goal.body, depth) or [goal.body]
            return [ForAll(p, goal.var) if goal.var in free_vars(p) else p for p in inside]
        if isinstance(goal, Integrable):
            for _, theorem in self.dominations(goal):
                needs = [self.missing(premise, depth - 1) for premise in theorem.hypotheses]
                found = [n for n in needs if n is not None]
                if len(found) == len(needs):
                    return list({canon(p): p for need in found for p in need}.values())
        return [goal]

    def _derive(self, goal: Prop, depth: int) -> ConditionProof | None:
        if isinstance(goal, Integrable):
            return integrable(self, goal, depth)
        if isinstance(goal, Almost):
            return almost(self, goal, depth)
        if isinstance(goal, ForAll):
            return _for_all(self, goal, depth)
        for word, theorem in pointwise(goal):
            proof = self.from_theorem(theorem, word, depth)
            if proof is not None:
                return proof
        if isinstance(goal, Differentiable):
            return _carried_differentiability(self, goal, depth)
        return None

    def from_theorem(
        self, theorem: Theorem | None, reason: str, depth: int
    ) -> ConditionProof | None:
        """``theorem`` with all its hypotheses proved."""
        if theorem is None:
            return None
        proofs = []
        for premise in theorem.hypotheses:
            proof = self.prove(premise, depth)
            if proof is None:
                return None
            proofs.append(proof)
        reasons: tuple[str, ...] = (reason,) if reason else ()
        for proof in proofs:
            theorem = discharge(theorem, proof.theorem)
            reasons += proof.reasons
        return ConditionProof(theorem, reasons)

    # --- hypotheses -------------------------------------------------------------------

    def facts_at(self, goal: Prop) -> list[tuple[str, Theorem]]:
        """The hypotheses as theorems; "for every θ" at the parameters that the goal mentions."""
        free = free_vars(goal)
        if free not in self._facts_at:
            self._facts_at[free] = list(self._specialised(free))
        return self._facts_at[free]

    @cached_property
    def _assumptions(self) -> tuple[tuple[str, Theorem, Theorem | None], ...]:
        assumed = [(name, assume(prop)) for name, prop in self.hypotheses]
        return tuple((name, theorem, _written_out(theorem)) for name, theorem in assumed)

    def _specialised(self, free: frozenset[Var]) -> Iterator[tuple[str, Theorem]]:
        for name, theorem, written in self._assumptions:
            yield name, theorem
            if written is not None:
                yield name, written
            while isinstance(theorem.conclusion, ForAll):
                inner = theorem.conclusion
                values = {v for v in free if v.sort is inner.var.sort} | {inner.var}
                for v in sorted(values, key=lambda v: v.name):
                    yield name, specialise(theorem, v)
                theorem = specialise(theorem, inner.var)

    def _assumed(self, goal: Prop) -> ConditionProof | None:
        for name, theorem, _ in self._assumptions:
            if alpha_equal(theorem.conclusion, goal):
                return ConditionProof(restate(theorem, goal), (f"@{name}",))
            if isinstance(theorem.conclusion, ForAll):
                found = specialised(theorem, goal)
                if found is not None:
                    return ConditionProof(restate(found, goal), (f"@{name}",))
        return None


def _dominations(_: Prover, goal: Integrable) -> Once[tuple[str, Theorem]]:
    return Once(dominations(goal))


def _powers_in(nodes: Iterable[Basic]) -> Iterator[Basic]:
    for node in nodes:
        if isinstance(node, Pow):
            yield node
        yield from _powers_in(node.args)


def _written_out(theorem: Theorem) -> Theorem | None:
    """What a hypothesis says of a denominator, with the denominator's definition unfolded."""
    prop = theorem.conclusion
    if not (isinstance(prop, Almost) and isinstance(prop.body, VanishesWith)):
        return None
    unfolded = sweep(prop.body.args[1], defined)
    if unfolded is None:
        return None
    goal = VanishesWith(prop.body.args[0], unfolded.rhs)
    pointwise = attempt(equal_sides, goal, {1: symmetry(unfolded)})
    spread = pointwise and attempt(everywhere, pointwise, prop.measure)
    return spread and attempt(discharge, spread, theorem)


def specialised(theorem: Theorem, goal: Prop) -> Theorem | None:
    """A theorem "for every …" at the values that make it ``goal``, if there are such."""
    variables, body = said_of_each(theorem.conclusion)
    if not variables or type(body) is not type(goal):
        return None
    values = match(body, goal, variables)
    there = None if values is None else for_values(theorem, values)
    return there if there is not None and alpha_equal(there.conclusion, goal) else None


def _for_all(search: Prover, goal: ForAll, depth: int) -> ConditionProof | None:
    proof = search.prove(goal.body, depth)
    if proof is None or any(goal.var in free_vars(h) for h in proof.theorem.hypotheses):
        return None
    return ConditionProof(generalise(proof.theorem, goal.var), proof.reasons)


def _carried_differentiability(
    search: Prover, goal: Differentiable, depth: int
) -> ConditionProof | None:
    for name, fact in search.facts_at(goal):
        theorem = fewer(goal, fact)
        if theorem is not None:
            return ConditionProof(theorem, (f"@{name}",))
    for rewrite in (unfold_field, defined):
        unfolded = sweep(goal.body, rewrite)
        if unfolded is not None:
            carried = attempt(equal_sides, goal, {0: unfolded})
            proof = search.from_theorem(carried, "definition", depth)
            if proof is not None:
                return proof
    for equation in search.equations:
        for var in free_vars(equation.lhs):
            if var.sort is not goal.var.sort:
                continue
            there = instantiate(equation, {var: goal.var})
            carried = attempt(equal_sides, goal, {0: there})
            proof = search.from_theorem(carried, "equality", depth)
            if proof is not None:
                return proof
    return None
