"""Checking derivations: every step to a kernel theorem, every condition to the hypotheses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from time import perf_counter, thread_time
from typing import Any

from sympy import Expr, S

from fmproof._version import __version__
from fmproof.derived.restatements import restate
from fmproof.errors import InputError, RuleError, SortError
from fmproof.kernel.almost import everywhere
from fmproof.kernel.equality import (
    symmetry,
    transitivity,
)
from fmproof.kernel.hypotheses import assume, discharge
from fmproof.kernel.theorem import Theorem
from fmproof.lang.node import admit
from fmproof.lang.nodes import Draw, Expect, Named
from fmproof.lang.props import Equals, Prop
from fmproof.lang.scope import alpha_equal, canon, free_vars
from fmproof.lang.spelling.foreign import foreign
from fmproof.lang.spelling.text import text
from fmproof.report.model import (
    DerivationReport,
    Failure,
    Formula,
    PartReport,
    Report,
    ShownConstant,
    SideCondition,
    StepReport,
    Used,
)
from fmproof.tactics.citing import require_one_of_each_name
from fmproof.tactics.conditions import Prover
from fmproof.tactics.justify import NotJustified, justify
from fmproof.tactics.ledger import PATIENCE, Ledger
from fmproof.tactics.lemmas import Lemmas
from fmproof.tactics.methods import Line
from fmproof.tactics.notation import (
    almost_every,
    formula,
    free,
    notation,
    reference,
    symbols_in,
    worded,
)
from fmproof.tactics.script import Derivation, Part, Step

Progress = Callable[[str, int, int], None]
"""Called as ``progress(derivation name, steps done, steps in all)``."""


def check(
    derivations: Sequence[Derivation],
    progress: Progress | None = None,
    patience: float = PATIENCE,
    hints: bool = True,
) -> Report:
    """Check each derivation, and first, silently, those that it uses.

    Args:
        patience: seconds of computation after which ``auto`` gives up on a step.
        hints: whether what fails is looked at to its end, and told which rule would do and which
            hypotheses are missing. Without them the first failure ends it.

    Returns:
        A report with one entry for each of ``derivations``, in their order.

    Raises:
        InputError: it is given something else; or a name that is used stands for two different
            derivations.
    """
    started = perf_counter()
    derivations = _exactly(derivations)
    proved: dict[str, Outcome] = {}
    reports = tuple(_check_once(d, proved, progress, patience, hints).report for d in derivations)
    return Report(__version__, reports, perf_counter() - started)


def theorems(derivations: Sequence[Derivation]) -> dict[str, Theorem]:
    """The kernel's theorem of each derivation that is proved, by its name.

    Raises:
        InputError: as for :func:`check`; or two have one name.
    """
    derivations = _exactly(derivations)
    for one, other in combinations(derivations, 2):
        if one.name == other.name:
            raise InputError(f"two derivations are called {one.name}: name one of them at a time")
    proved: dict[str, Outcome] = {}
    outcomes = [_check_once(derivation, proved, None) for derivation in derivations]
    return {o.derivation.name: o.theorem for o in outcomes if o.theorem is not None}


def _exactly(derivations: Any) -> tuple[Derivation, ...]:
    """Derivations, read once; a look-alike could answer differently when asked twice."""
    if not isinstance(derivations, list | tuple):
        what = derivations if type(derivations) is Derivation else foreign(derivations)
        raise InputError(f"expected derivations in a list, [derivation], found {what}")
    found = tuple(derivations)
    for item in found:
        if type(item) is not Derivation:
            raise InputError(f"expected a Derivation, found a {type(item).__name__}")
    require_one_of_each_name(found)
    return found


@dataclass(frozen=True)
class Outcome:
    """What checking a derivation gave: its theorem if it was proved, and the report."""

    theorem: Theorem | None
    report: DerivationReport
    derivation: Derivation


def _check_once(
    derivation: Derivation,
    proved: dict[str, Outcome],
    progress: Progress | None,
    patience: float = PATIENCE,
    hints: bool = True,
) -> Outcome:
    known = proved.get(derivation.name)
    if known is not None and _is_that(derivation, known.derivation):
        return known
    used = [_check_once(d, proved, progress, patience, hints) for d in derivation.uses]
    outcome = _Checker(derivation, used, progress, patience, hints).run()
    proved[derivation.name] = outcome
    return outcome


def _is_that(derivation: Derivation, known: Derivation) -> bool:
    """Whether a report on ``known`` is one on ``derivation``, which may be written elsewhere."""
    return known == derivation and known.location == derivation.location


@dataclass
class _Checker:
    """The state of checking one derivation."""

    derivation: Derivation
    used: Sequence[Outcome]
    progress: Progress | None
    patience: float = PATIENCE
    hints: bool = True

    def __post_init__(self) -> None:
        hypotheses = self.derivation.hypotheses
        self.lemmas = Lemmas(Prover([(h.name, h.prop) for h in hypotheses]))
        self.ledger = Ledger(self.derivation, self.lemmas, self.patience, self.hints)
        self.messages: list[str] = []
        self.done = 0
        for known in hypotheses:
            if known.equation is not None:
                self.lemmas.learn(known.name, assume(known.prop))
        for outcome in self.used:
            self.lemmas.learn(outcome.derivation.name, self._lemma_of(outcome))
        self.total = sum(len(part.steps) for part in self.derivation.parts)

    def _lemma_of(self, outcome: Outcome) -> Theorem:
        if outcome.theorem is not None:
            return outcome.theorem
        name = outcome.derivation.name
        self.messages.append(f"it uses {name}, which is not proved")
        return self.lemmas.placeholder(outcome.derivation.proposition)

    def run(self) -> Outcome:
        started = perf_counter()
        parts = tuple(self._parts())
        statement = self.derivation.proposition
        theorem = self._conclude(statement, parts)
        failed = bool(self.messages) or any(part.status == "failed" for part in parts)
        report = DerivationReport(
            name=self.derivation.name,
            title=self.derivation.title,
            source=self.derivation.source,
            status="failed" if failed or theorem is None else "proved",
            statement=formula(statement),
            hypotheses=self.ledger.hypotheses(),
            constants=self._constants(),
            parts=parts,
            message="; ".join(self.messages),
            seconds=perf_counter() - started,
            symbols=notation(self.derivation),
            location=self.derivation.location,
            says=worded(self.derivation.says),
            uses=tuple(map(self._used, self.derivation.uses)),
            free=free(statement),
            missing=self.ledger.missing_hypotheses(),
        )
        return Outcome(None if report.status == "failed" else theorem, report, self.derivation)

    def _used(self, used: Derivation) -> Used:
        recalled = self.derivation.can_recall(used)
        return Used(used.name, used.title, formula(used.proposition) if recalled else None)

    def _parts(self) -> Iterator[PartReport]:
        for part in self.derivation.parts:
            report = self._part(part)
            yield report
            if report.status == "failed" and not self.hints:
                return

    def _conclude(self, statement: Prop, parts: Sequence[PartReport]) -> Theorem | None:
        """The theorem that concludes the statement from the declared hypotheses alone.

        It is that of a part, whose lines are finite under these; what it uses may need others.
        """
        if any(part.status == "failed" for part in parts) or self.messages:
            return None
        for theorem in [self.lemmas.by_name[part.title] for part in reversed(parts)]:
            if alpha_equal(theorem.conclusion, statement):
                extra = self.ledger.undeclared(theorem)
                if not extra:
                    return theorem
                self.messages.append(f"it also assumes {text(extra[0])}")
                return None
        self.messages.append(f"no part proves the statement {text(statement)}")
        return None

    def _part(self, part: Part) -> PartReport:
        chain: Theorem | None = None
        self.ledger.almost = part.almost
        falling = any(step.relation == "≥" for step in part.steps)
        before = part.start
        reports = []
        first = part.steps[0]
        found_on_the_way = "auto" in first.rules  # what the start takes may be found by the step
        finite, problem = ((), None) if found_on_the_way else self._beginning(part)
        for step in part.steps:
            theorem, report = self._guarded(step, part.title, before)
            if step is first and found_on_the_way:
                finite, problem = self._beginning(part)
            if finite:
                report = replace(report, conditions=_each_once(*finite, *report.conditions))
            if problem is not None and report.status == "proved":
                report = _failed(report, problem)
            finite, problem = (), None
            reports.append(report)
            if report.status == "failed" and not self.hints:
                break
            chain = _chained(chain, theorem, falling)
            before = step.claim
            self.done += 1
            if self.progress is not None:
                self.progress(self.derivation.name, self.done, self.total)
        proved = all(report.status == "proved" for report in reports)
        stated = part.proposition
        if proved and chain is not None and part.almost:
            chain = self._almost_surely(chain, part.almost)
        if proved and chain is not None and not alpha_equal(chain.conclusion, stated):
            proved = False
            self.messages.append(
                f"{part.title} states {text(stated)} but its steps show {text(chain.conclusion)}"
            )
        if proved and chain is not None:
            extra = [h for h in self.ledger.undeclared(chain) if not self.lemmas.is_failed(h)]
            if extra:
                proved = False
                self.messages.append(f"{part.title} also assumes {text(extra[0])}")
        lemma = chain if proved and chain is not None else self.lemmas.placeholder(stated)
        self.lemmas.learn(part.title, lemma)
        if part.name:
            self.lemmas.learn(part.name, lemma)
        return PartReport(
            part.title,
            formula(part.start),
            formula(stated),
            "proved" if proved else "failed",
            tuple(reports),
            says=worded(part.says),
            result=part.result,
            free=free(stated),
            almost=almost_every(part.almost),
            name=part.name,
        )

    def _beginning(self, part: Part) -> tuple[tuple[SideCondition, ...], Failure | None]:
        """What the start of a part obliges, and the law for which it holds almost surely."""
        first = part.steps[0].id
        try:
            self.ledger.almost = ()  # the law's own obligations are under no law
            law = Expect(S.One, *part.almost) if part.almost else S.One
            with self.ledger.within(self.patience):
                finite, problem = self.ledger.finite(law, first)
                self.ledger.almost = part.almost
                start, wrong = self.ledger.finite(part.start, first)
            return (*finite, *start), problem or wrong
        except (RuleError, SortError, RecursionError) as error:
            return (), Failure(f"the start of the part cannot be checked: {error}")
        finally:
            self.ledger.almost = part.almost

    def _almost_surely(self, chain: Theorem, measure: Sequence[Draw]) -> Theorem:
        """The chain for almost every value, where what it needs holds."""
        chain = everywhere(chain, measure)
        for prop in chain.hypotheses:
            proof = None if canon(prop) in self.ledger.declared else self.ledger.proved(prop)
            if proof is not None:
                chain = discharge(chain, proof.theorem)
        return chain

    def _guarded(self, step: Step, part: str, before: Expr) -> tuple[Theorem, StepReport]:
        """A step, whose trouble is its own: the others are checked all the same."""
        try:
            with self.ledger.within(2 * self.patience):  # to find it, and to say what it lacks
                return self._step(step, part, before)
        except RecursionError:
            trouble = "the formula is nested too deeply"
        except (RuleError, SortError) as error:
            trouble = str(error)
        report = StepReport(
            id=step.id,
            part=part,
            rule=", ".join(step.rules),
            relation=step.relation,
            claim=formula(step.claim),
            status="failed",
            location=step.location,
            failure=Failure(trouble),
        )
        return assume(step.proposition(before)), report

    def _step(self, step: Step, part: str, before: Expr) -> tuple[Theorem, StepReport]:
        prop = step.proposition(before)
        base = StepReport(
            id=step.id,
            part=part,
            rule=", ".join(step.rules),
            relation=step.relation,
            claim=formula(step.claim),
            status="proved",
            note=worded(step.note),
            using=tuple(reference(used) for used in step.references),
            location=step.location,
        )
        try:
            lemmas = tuple(self.lemmas.resolve(reference) for reference in step.references)
            line = self._line(step, before, lemmas)
            theorem = restate(justify(line, step.rules, step.relation), prop)
        except NotJustified as error:
            return assume(prop), _failed(base, _failure(error))
        self.lemmas.note(line)
        inherited = [h for lemma in lemmas for h in lemma.hypotheses]
        theorem, conditions, problem = self.ledger.discharge(theorem, step.id, inherited)
        if problem is not None and not self.hints:
            return assume(prop), _failed(replace(base, conditions=conditions), problem)
        finite, unfinished = self.ledger.finite(step.claim, step.id)
        report = replace(base, conditions=_each_once(*finite, *conditions))
        problem = problem or unfinished
        if problem is not None:
            return assume(prop), _failed(report, problem)
        return theorem, report

    def _line(self, step: Step, before: Expr, lemmas: tuple[Theorem, ...]) -> Line:
        """The step for a method; ``auto`` also sees all that is known, and has a time to end."""
        line = Line(admit(before), admit(step.claim), lemmas, hints=self.hints)
        if "auto" not in step.rules:
            return line
        return replace(
            line,
            known=tuple(self.lemmas.equations()),
            hypotheses=tuple(h.prop for h in self.derivation.hypotheses),
            follows=self._follows,
            deadline=thread_time() + self.patience,
        )

    def _follows(self, theorem: Theorem, line: Line) -> bool:
        """Whether all that a theorem assumes follows from the hypotheses."""
        self.lemmas.note(line)
        lifted = map(self.ledger.lifted, theorem.hypotheses)
        return all(not line.late() and self.ledger.proved(prop) for prop in lifted)

    def _constants(self) -> tuple[ShownConstant, ...]:
        found = [node for node in symbols_in(self.derivation) if isinstance(node, Named)]
        # What has free variables is an abbreviation; it prints with them and is a symbol.
        constants = [named for named in found if not free_vars(named)]
        return tuple(
            ShownConstant(formula(named), formula(named.definition)) for named in constants
        )


def _chained(chain: Theorem | None, theorem: Theorem, falling: bool) -> Theorem:
    """The chain with one more link; a falling one (with ≥ in it) is built from right to left."""
    if falling and isinstance(theorem.conclusion, Equals):
        theorem = symmetry(theorem)
    if chain is None:
        return theorem
    return transitivity(theorem, chain) if falling else transitivity(chain, theorem)


def _each_once(*conditions: SideCondition) -> tuple[SideCondition, ...]:
    return tuple({condition.formula.text: condition for condition in conditions}.values())


def _failed(report: StepReport, failure: Failure) -> StepReport:
    return replace(report, status="failed", failure=failure)


def _failure(error: NotJustified) -> Failure:
    def shown(term: Expr | None) -> Formula | None:
        return None if term is None else formula(term)

    return Failure(
        error.summary,
        shown(error.expected),
        shown(error.found),
        shown(error.difference),
        error.where,
        error.hint,
    )
