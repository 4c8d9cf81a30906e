"""One equation to the first witness: the checker, with ``auto`` and then in other ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Basic, Expr

from fmproof.documents import finite_sums, interval_integrals, quotients
from fmproof.documents.assumed_signs import (
    canonical_sign,
    is_positive,
    is_sign,
    nonzero_by,
    said_of,
)
from fmproof.documents.concave_log import concave_ways
from fmproof.documents.facts import Fact, as_proved, as_said
from fmproof.documents.hypotheses import natural
from fmproof.documents.patience import clock, lasting
from fmproof.documents.rows_from_facts import equation_name, rows_from_facts, rows_written_out
from fmproof.documents.smoothness import may_be_assumed, smoothness
from fmproof.documents.ways import Way, bounding_ways, noise_ways, quick_ways, ways
from fmproof.errors import FmproofError
from fmproof.lang.nodes import Var
from fmproof.lang.props import Prop
from fmproof.lang.scope import canon, free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.tactics.check import check
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

ONE_SEARCH = 1.2
"""Seconds of computation that one search may take: twice what the longest that succeeds takes."""
_AT_ONCE = 0.2
"""For a first look at each reading of a row: one of them is often easy where another is not."""
_SECONDS = 2.5
"""Of processor time for all that is tried on a row; most that is proved takes less than a third.
"""


@dataclass(frozen=True)
class Proof:
    """Whether the kernel proved ``before relation claim``, with what it used."""

    proved: bool
    needs: tuple[str, ...] = ()
    message: str = ""
    by: tuple[str, ...] = ("auto",)
    derivation: Derivation | None = None  #: what was checked, or the first that was tried
    rests_on: tuple[str, ...] = ()  #: the places of rows that it uses
    where: tuple[Prop, ...] = ()  #: the signs that it takes of terms at the row's own values


@dataclass(frozen=True)
class Checked:
    """A row with the derivation that was tried last: its place, how it reads, whether it holds."""

    place: str
    latex: str
    proved: bool
    derivation: Derivation


@dataclass
class FirstWitness:
    """The first witness for the rows of one document.

    Attributes:
        declared: hypotheses that the author wrote; with ``natural_too`` the natural ones as well.
        found: what was found of equations before, so that an edited row alone costs time.
    """

    declared: Sequence[Hypothesis] = ()
    natural_too: bool = True
    found: dict[Any, Proof] = field(default_factory=dict)
    cut: bool = False  #: whether a search ended for want of time
    _until: float = float("inf")
    _by_noise: set[Any] = field(default_factory=set)  # rows that were read with noise drawn
    _hypotheses: dict[Any, list[Hypothesis]] = field(default_factory=dict)

    def begin(self) -> None:
        """A row begins, and with it the time for it."""
        self._until = clock() + _SECONDS

    def _left(self, most: float = ONE_SEARCH) -> float:
        return min(most, self._until - clock())

    def prove(
        self,
        before: Expr,
        claim: Expr,
        relation: str = "=",
        context: Sequence[Expr] = (),
        facts: Sequence[Fact] = (),
        thorough: bool = True,
    ) -> Proof:
        """The checker's verdict on ``before relation claim``.

        Args:
            context: other terms about which there should be natural hypotheses.
            facts: equations that the row may rest on.
            thorough: whether more than ``auto`` is tried (``nonnegative`` for ≤ and ≥).
        """
        key = (before, claim, relation, tuple(context), self.natural_too)
        first = self.found.get(key)
        if relation == "=" and not (first and first.proved) and key not in self._by_noise:
            self._by_noise.add(key)
            drawn = self._through(noise_ways(before, claim), context)
            if drawn is not None:
                first = self.found[key] = drawn
        if first is None:
            first = self.found[key] = self._directly(before, claim, relation, context)
        if not first.proved and relation != "=":
            bounds = (bounding_ways, concave_ways)
            bounding = (way for of in bounds for way in of(before, claim, relation))
            found = self._through(bounding, context)
            first = self.found[key] = found or first
        if first.proved or relation != "=" or not (thorough or facts):
            return first
        if first.derivation is None:  # its lines are no derivation, whichever way is taken
            return first
        more = (
            *key,
            tuple((f.place, f.before, f.claim, f.every, f.where) for f in facts),
            thorough,
        )
        found = self.found.get(more)
        if found is None:
            found = self._otherwise(before, claim, context) if thorough else None
            if found is None and facts:
                found = self.from_facts(before, claim, context, facts)
            self.found[more] = found = found or first
        return found

    def glance(
        self, before: Expr, claim: Expr, relation: str = "=", context: Sequence[Expr] = ()
    ) -> Proof | None:
        """A proof that ``auto`` finds at once, or None: there may be one that takes longer."""
        key = (before, claim, relation, tuple(context), self.natural_too)
        found = self.found.get(key)
        if found is None:
            until = clock() + _AT_ONCE
            cut = self.cut  # a glance is short on purpose
            found = self._directly(before, claim, relation, context, _AT_ONCE)
            if not found.proved and relation == "=":
                found = self._through(quick_ways(before, claim), context) or found
            self.cut = cut
            if found.proved or clock() < until:
                self.found[key] = found
        return found if found.proved else None

    def _directly(
        self,
        before: Expr,
        claim: Expr,
        relation: str,
        context: Sequence[Expr],
        patience: float = ONE_SEARCH,
    ) -> Proof:
        by = ("auto",)
        try:
            derivation = self.derivation(before, claim, relation, context)
            return self._checked(derivation, by, patience)
        except (FmproofError, RecursionError) as error:
            return Proof(False, (), str(error))

    def _otherwise(self, before: Expr, claim: Expr, context: Sequence[Expr]) -> Proof | None:
        """Another way to the same theorem, while the time for it lasts."""
        return self._through(ways(before, claim), context)

    def along(self, found: Iterable[Way]) -> Proof | None:
        """The first of some ways that is a proof."""
        return self._through(found, ())

    def _through(self, found: Iterable[Way], context: Sequence[Expr]) -> Proof | None:
        for way in found:
            if self._left() <= 0:
                self.cut = True
                return None
            try:
                proof = self._checked(self._along(way, context), way.by)
            except (FmproofError, RecursionError):
                continue
            if proof.proved:
                return proof
        return None

    def _along(self, way: Way, context: Sequence[Expr]) -> Derivation:
        terms = _lines_of(way.parts)
        hypotheses = self.hypotheses([*terms, *context, *way.context], way.more)
        if way.plainly:
            lines = self.hypotheses([terms[0], terms[-1], *context])
            own = {canonical_sign(h.prop) for h in lines}
            hypotheses = [
                h for h in hypotheses if not is_positive(h.prop) or canonical_sign(h.prop) in own
            ]
        fixed = _fixed([*terms, *context], hypotheses)
        return Derivation("row", hypotheses=hypotheses, parts=way.parts, variables=fixed)

    # --- from earlier rows ---

    def from_facts(
        self,
        before: Expr,
        claim: Expr,
        context: Sequence[Expr],
        facts: Sequence[Fact],
        sure: bool = False,
    ) -> Proof | None:
        """A proof that rests on earlier rows: with them as hypotheses, then with their proofs.

        Signs that only the earlier rows need do not hold in this one.

        Args:
            sure: only where what they say, put in, leaves nothing but arithmetic.
        """
        meant = [said_of(h.prop) for h in self.hypotheses([before, claim, *context])]
        allowed = {canon(sign) for prop in meant for sign in (prop, *nonzero_by(prop))}
        facts = [f for f in facts if all(canon(sign) in allowed for sign in f.where)]
        if not facts:
            return None
        for rows, used in (rows_written_out if sure else rows_from_facts)(before, claim, facts):
            terms = [before, claim, *(side for f in used for side in (f.before, f.claim)), *context]
            named = self.hypotheses([*terms, *_lines_of(rows)])
            own = [h for h in named if not is_sign(h.prop) or canon(h.prop) in allowed]
            equations = [Hypothesis(equation_name(i), f.prop) for i, f in enumerate(used, 1)]
            try:
                whole = Derivation(
                    "row",
                    hypotheses=[*own, *equations],
                    parts=rows,
                    variables=_fixed(terms, [*own, *equations]),
                )
                proof = self._checked(whole, ("auto",))
            except (FmproofError, RecursionError):
                continue
            if proof.proved:
                found = self._joined(rows, terms, used, own, equations)
                places = tuple(dict.fromkeys(fact.place for fact in used))
                return found or replace(proof, rests_on=places)
        return None

    def _joined(
        self,
        rows: Sequence[Part],
        terms: Sequence[Expr],
        facts: Sequence[Fact],
        own: Sequence[Hypothesis],
        equations: Sequence[Hypothesis],
    ) -> Proof | None:
        """One derivation of the row and of the facts; None where these have been read in another
        way, so that they stand as equations that earlier rows show."""
        for proofs in (as_proved, as_said):
            with suppress(FmproofError, RecursionError):
                found = self._with_proofs(rows, terms, facts, own, equations, proofs)
                if found is not None:
                    return found
        return None

    def _with_proofs(
        self,
        rows: Sequence[Part],
        terms: Sequence[Expr],
        facts: Sequence[Fact],
        own: Sequence[Hypothesis],
        equations: Sequence[Hypothesis],
        proofs: Callable[[Fact, Derivation], Sequence[Part]],
    ) -> Proof | None:
        parts: list[Part] = []
        hypotheses = {canon(h.prop): h.prop for h in own}
        assumed = []
        for i, (fact, equation) in enumerate(zip(facts, equations, strict=True), 1):
            if fact.derivation is None:
                assumed.append(equation)
                continue
            theirs = {canon(h.prop): h.prop for h in fact.derivation.hypotheses}
            hypotheses |= {
                key: prop for key, prop in theirs.items() if not is_sign(prop) or prop in fact.where
            }
            shown = proofs(fact, fact.derivation)
            parts += [
                replace(
                    part,
                    title=f"line {fact.place} ({i}.{j})",
                    name=equation_name(i) if j == len(shown) else "",
                    steps=[_renamed(step, f"{i}.{j}.") for step in part.steps],
                )
                for j, part in enumerate(shown, 1)
            ]
        if any(step.references for part in parts for step in part.steps):
            return None  # parts that cite each other by name
        named = [Hypothesis(f"H{i}", prop) for i, prop in enumerate(hypotheses.values(), 1)]
        everything = [*terms, *_lines_of(parts)]
        whole = Derivation(
            "row",
            hypotheses=[*named, *assumed],
            parts=[*parts, *rows],
            variables=_fixed(everything, [*named, *assumed]),
        )
        proof = self._checked(whole, ("auto",))
        places = tuple(dict.fromkeys(fact.place for fact in facts))
        return replace(proof, rests_on=places) if proof.proved else None

    # --- derivations ---

    def _checked(
        self, derivation: Derivation, by: tuple[str, ...], patience: float = ONE_SEARCH
    ) -> Proof:
        left = self._left(patience)
        if left <= 0:
            self.cut = True
            return Proof(False, (), "no time is left for this row", by, derivation)
        until = clock() + left
        try:
            report = check([derivation], patience=lasting(left), hints=False).derivations[0]
        except (TypeError, ValueError, AttributeError, LookupError) as error:
            words = f"a defect of fmproof: {type(error).__name__}: {error}"
            return Proof(False, (), words, by, derivation)
        if report.status == "proved":
            needs = tuple(h.formula.text for h in report.hypotheses if h.used_by)
            used = {h.name for h in report.hypotheses if h.used_by}
            said = [h.prop for h in derivation.hypotheses if h.name in used]
            where = tuple(filter(is_sign, said))
            return Proof(True, needs, "", by, derivation, where=where)
        self.cut = self.cut or clock() >= until
        failure = next((st.failure for st in report.steps if st.failure), None)
        message = report.message or (failure.summary if failure else "")
        return Proof(False, (), message, by, derivation)

    def hypotheses(self, terms: Sequence[Expr], more: Sequence[Prop] = ()) -> list[Hypothesis]:
        """What is declared, and what is natural for rows about ``terms``."""
        key = (tuple(terms), tuple(more))
        if key not in self._hypotheses:
            self._hypotheses[key] = self._natural(terms, more)
        return self._hypotheses[key]

    def _natural(self, terms: Sequence[Expr], more: Sequence[Prop]) -> list[Hypothesis]:
        found = list(self.declared)
        if self.natural_too:
            others = [*more, *quotients.conditions(terms), *smoothness(terms)]
            others += interval_integrals.conditions(terms)
            others += finite_sums.conditions(terms)
            found += natural(terms)
            found += [Hypothesis(f"D{i}", prop) for i, prop in enumerate(others, 1)]
        kept = [h for h in found if h in self.declared or may_be_assumed(h.prop)]
        return list({text(h.prop): h for h in reversed(kept)}.values())[::-1]  # each once

    def derivation(
        self,
        before: Expr,
        claim: Expr,
        relation: str = "=",
        context: Sequence[Expr] = (),
        more: Sequence[Hypothesis] = (),
    ) -> Derivation:
        """The row as a derivation of one step, with ``more`` hypotheses."""
        terms = [before, claim, *context]
        hypotheses = [*self.hypotheses(terms), *more]
        by = ("auto",)
        return Derivation(
            "row",
            hypotheses=hypotheses,
            start=before,
            variables=_fixed(terms, hypotheses),
            steps=[Step("1", claim, by=by, relation=relation)],  # type: ignore[arg-type]
        )


def _lines_of(parts: Sequence[Part]) -> list[Any]:
    """Where the parts of a derivation start, and what their steps claim."""
    return [line for part in parts for line in (part.start, *(s.claim for s in part.steps))]


def _renamed(step: Step, prefix: str) -> Step:
    return replace(step, id=prefix + step.id)


def _fixed(terms: Sequence[Expr], hypotheses: Sequence[Hypothesis]) -> list[Var]:
    """The variables that are free in a row: arbitrary, and fixed throughout."""
    nodes: list[Basic] = [*terms, *(h.prop for h in hypotheses)]
    free = {v for node in nodes for v in free_vars(node) if v.sort is not Sort.PARAM}
    return sorted(free, key=lambda v: v.name)
