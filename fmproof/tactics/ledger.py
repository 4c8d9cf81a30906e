"""What the steps of a derivation need, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from time import thread_time

from sympy import Expr

from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.obligations import obligations
from fmproof.kernel.theorem import Theorem
from fmproof.lang.nodes import Draw
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.numbers import fraction, is_number
from fmproof.lang.props import Almost, Positive, Prop, VanishesWith
from fmproof.lang.scope import alpha_equal, canon, free_vars
from fmproof.lang.spelling.text import text
from fmproof.report.model import Failure, HypothesisReport, Missing, SideCondition
from fmproof.tactics.conditions import ConditionProof, Prover
from fmproof.tactics.laws import as_expectation
from fmproof.tactics.lemmas import Lemmas, says
from fmproof.tactics.notation import formula
from fmproof.tactics.script import Derivation
from fmproof.tactics.spelling import hypothesis

PATIENCE = 5.0
"""Seconds of computation after which ``auto`` gives up on a step."""
_SOON, _LEAST = 0.8, 0.02  # of this: for a step that lacks a condition, and for each further one


@dataclass
class Ledger:
    """Side conditions and finite lines of one derivation, each derived from what it declares.

    Attributes:
        lemmas: what else they may follow from; one that failed is reported where it failed.
        patience: seconds of computation for the conditions of a step.
        hints: whether it is said which hypotheses would do.
        almost: the law under which the lines of the present part hold.
        used_by: for each hypothesis, the steps that use it.
        assumed: what does not follow, with the steps that need it.
        missing: what hints ask for, with the steps.
    """

    derivation: Derivation
    lemmas: Lemmas
    patience: float = PATIENCE
    hints: bool = True
    almost: Sequence[Draw] = ()
    used_by: dict[str, list[str]] = field(default_factory=dict)
    assumed: dict[Prop, tuple[Prop, list[str]]] = field(default_factory=dict)
    missing: dict[Prop, tuple[Prop, list[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.prover = self.lemmas.prover
        self.declared = {canon(h.prop) for h in self.derivation.hypotheses}
        self.met: set[Prop] = set()  # obligations met so far
        self._lacks = False  # whether the present step lacks a condition
        self._soon = 0.0  # when it is to come to an end then, in seconds of the thread

    def proved(self, prop: Prop) -> ConditionProof | None:
        """A proof of just this, from what is declared; the search is not trusted to see to it.

        A lemma that failed may stand behind it: that is the lemma's fault, and reported there.
        """
        proof = self.prover.prove(prop)
        if proof is None or not alpha_equal(proof.theorem.conclusion, prop):
            return None
        extra = self.undeclared(proof.theorem)
        return None if any(not self.lemmas.is_failed(h) for h in extra) else proof

    def undeclared(self, theorem: Theorem) -> list[Prop]:
        return [h for h in theorem.hypotheses if canon(h) not in self.declared]

    def lifted(self, prop: Prop) -> Prop:
        """A condition of a step of a part that holds almost surely."""
        bound = {var for item in self.almost for var in drawn_by(item)}
        return Almost(prop, *self.almost) if bound & free_vars(prop) else prop

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """How long conditions are looked for."""
        self._lacks, self._soon = False, thread_time() + _SOON * self.patience
        self.prover.until = thread_time() + seconds
        try:
            yield
        finally:
            self.prover.until = None

    @contextmanager
    def _hurrying(self) -> Iterator[None]:
        """How long a further condition is looked for in a step that already lacks one."""
        until = self.prover.until
        if self._lacks and until is not None:
            least = thread_time() + _LEAST * self.patience
            self.prover.until = min(until, max(self._soon, least))
        try:
            yield
        finally:
            self.prover.until = until

    def discharge(
        self, theorem: Theorem, step: str, inherited: Sequence[Prop]
    ) -> tuple[Theorem, tuple[SideCondition, ...], Failure | None]:
        """Derive each hypothesis of a step's theorem from the declared ones.

        A hypothesis that a lemma brings along is reported where the lemma is proved, unless it
        is new here: an instance of one, or one of another derivation.
        """
        records, problem = [], None
        keys = set(map(canon, inherited))
        failed = [h for h in inherited if canon(h) in self.lemmas.failed]
        for prop in theorem.hypotheses:
            key = canon(prop)
            lifted = self.lifted(prop)
            kept = lifted is prop and key in keys and key in self.declared
            if any(says(h, prop) for h in failed) or kept:
                self._note_use(
                    (h.name for h in self.derivation.hypotheses if canon(h.prop) == key), step
                )
                continue
            record, failure = self._condition(lifted, step)
            records.append(record)
            problem = problem or failure
            if problem is not None and not self.hints:
                break
            proof = self.proved(prop) if lifted is prop and failure is None else None
            if proof is not None:
                theorem = discharge(theorem, proof.theorem)
        return theorem, tuple(records), problem

    def finite(self, claim: Expr, step: str) -> tuple[tuple[SideCondition, ...], Failure | None]:
        """The claim denotes a finite number: derive what that takes, each thing once."""
        records, problem = [], None
        for prop in map(self.lifted, obligations(claim)):
            if canon(prop) in self.met:
                continue
            record, failure = self._condition(prop, step)
            records.append(record)
            if failure is None:
                self.met.add(canon(prop))
            problem = problem or failure
        return tuple(records), problem

    def _condition(self, prop: Prop, step: str) -> tuple[SideCondition, Failure | None]:
        with self._hurrying():
            return self._looked_for(prop, step)

    def _looked_for(self, prop: Prop, step: str) -> tuple[SideCondition, Failure | None]:
        proof = self.proved(prop)
        if proof is not None:
            self._note_use((r[1:] for r in proof.reasons if r.startswith("@")), step)
            return SideCondition(formula(prop), proof.describe()), None
        if _is_false(prop):  # to be mended, and not declared: it would prove everything
            return SideCondition(formula(prop), None), Failure(
                f"needs {text(prop)}, which is false"
            )
        self._lacks = True
        shown, users = self.assumed.setdefault(canon(prop), (prop, []))
        if step not in users:
            users.append(step)
        failure = Failure(
            f"needs {text(prop)}, which does not follow from the declared hypotheses",
            hint=self._what_would_do(prop, step) if self.hints else None,
            lacks=True,
        )
        return SideCondition(formula(shown), None), failure

    def missing_hypotheses(self) -> tuple[Missing, ...]:
        taken = {h.name for h in self.derivation.hypotheses}
        free_names = (name for n in count(1) if (name := f"H{n}") not in taken)
        order = [step.id for part in self.derivation.parts for step in part.steps]
        return tuple(
            Missing(
                formula(prop),
                tuple(sorted(set(steps), key=order.index)),
                hypothesis(next(free_names), prop),
            )
            for prop, steps in self._independent()
        )

    def _independent(self) -> list[tuple[Prop, list[str]]]:
        """What is missing, without what would follow from the rest of it; the first ones stay."""
        kept = {f"missing {i}": item for i, item in enumerate(self.missing.values())}
        until = thread_time() + PATIENCE
        for name, (prop, steps) in reversed(list(kept.items())) if len(kept) > 1 else ():
            others = [(other, item[0]) for other, item in kept.items() if other != name]
            prover = Prover([*((h.name, h.prop) for h in self.derivation.hypotheses), *others])
            prover.until = until
            proof = prover.prove(prop)
            if proof is not None:
                del kept[name]
                for reason in proof.reasons:
                    if reason[1:] in kept:
                        kept[reason[1:]][1].extend(steps)
        return list(kept.values())

    def _what_would_do(self, prop: Prop, step: str) -> str:
        missing = [as_expectation(p) for p in self.prover.missing(prop) or [prop]]
        for one in missing:
            self.missing.setdefault(canon(one), (one, []))[1].append(step)
        if len(missing) == 1 and canon(missing[0]) == canon(prop):
            return "declare it, or something that implies it, as a hypothesis"
        shown = " and ".join(text(p) for p in missing)
        return f"it would follow from {shown}; declare that as a hypothesis"

    def _note_use(self, names: Iterable[str], step: str) -> None:
        for name in names:
            users = self.used_by.setdefault(name, [])
            if step not in users:
                users.append(step)

    def hypotheses(self) -> tuple[HypothesisReport, ...]:
        declared = [
            HypothesisReport(
                h.name, formula(h.prop), True, tuple(self.used_by.get(h.name, ())), h.meaning
            )
            for h in self.derivation.hypotheses
        ]
        assumed = [
            HypothesisReport("assumed", formula(prop), False, tuple(users))
            for prop, users in self.assumed.values()
        ]
        return (*declared, *assumed)


def _is_false(prop: Prop) -> bool:
    """Whether a condition is one about numbers that does not hold, such as 0 > 0."""
    if isinstance(prop, Positive) and is_number(prop.args[0]):
        return fraction(prop.args[0]) <= 0
    if isinstance(prop, VanishesWith) and all(map(is_number, prop.args)):
        value, zero = map(fraction, prop.args)
        return zero == 0 and value != 0
    return False
