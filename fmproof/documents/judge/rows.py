"""Every row of a file to a verdict, in reading order.

What is no claim is told apart here: definitions, cases, hypotheses, what cannot be read. Claims go
to ``compare``. What is in doubt is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fmproof.documents import in_law
from fmproof.documents.chain import RowChain
from fmproof.documents.compare.fairness import ANOTHER_VALUE
from fmproof.documents.context import Context, Memory, report
from fmproof.documents.examples import Example, example_of, remember
from fmproof.documents.items import Item, Reading, blocks
from fmproof.documents.judge.bayes import is_bayes_rule
from fmproof.documents.judge.chains import _DEFECTS, break_chain, go_on_behind
from fmproof.documents.judge.claims import judge_claim
from fmproof.documents.judge.definitions import (
    begin_case,
    judge_definition,
    special_case,
    swapped_argument,
)
from fmproof.documents.judge.growth import judge_growth, judge_solution
from fmproof.documents.judge.motions import (
    is_course,
    is_motion,
    is_start,
    is_unclear_motion,
    takes_a_course,
)
from fmproof.documents.judge.notation import (
    elaborator_of,
    learn_densities_of_paths,
    learn_draw,
    learn_laws,
)
from fmproof.documents.judge.values import (
    goes_along,
    is_case,
    is_draw,
    is_drawn_back,
    is_nothing_new,
    names_a_step,
    takes,
)
from fmproof.documents.model import WRONG, DocumentReport, RowReport, SymbolReport, Verdict
from fmproof.documents.motion import (
    speaks_of_every_point,
)
from fmproof.documents.numbers import Numbers
from fmproof.documents.patience import MORE_PATIENCE, clock
from fmproof.documents.points import arguments_of, chain_from, points_in
from fmproof.documents.prove import Checked, FirstWitness
from fmproof.documents.redefined import begin, redefinition, special_path
from fmproof.documents.special_laws import (
    SpecialLaws,
    speaks_of_independent_draws,
    special_laws,
    special_moments,
    standard_at_most,
    tied_variables,
)
from fmproof.documents.ties.said import ORDER, Sayings
from fmproof.documents.ties.world import Ties
from fmproof.errors import FmproofError
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Candidate
from fmproof.reading.notation.shares import says_what_is_shared
from fmproof.reading.notation.words import denied

_CLAIMS = {"=": "=", ":=": "=", "=:": "=", "≤": "≤", "≥": "≥"}


_EQUATIONS = ("=", ":=", "=:")


_NO_CLAIM = {"≈", "∝", "≲", "≪", "≠", "≐"}


_SETTLED: tuple[Verdict, ...] = ("proved", "agrees", "refuted", "constant", "scope")
"""Rows that say nothing of what their symbols are: true whatever they are, or wrong."""


class Judge:
    """Judges the rows of one file in their order."""

    def __init__(
        self,
        file: str,
        reading: Reading,
        *,
        strict: bool = False,
        natural: bool = True,
        corrections: dict[str, str] | None = None,
        seed: int = 0,
        numeric: bool = True,
        deadline: float | None = None,
        memory: Memory | None = None,
    ) -> None:
        self.file = file
        self.reading = reading
        memory = memory or Memory()
        self.elab = elaborator_of(reading, self._place, strict, corrections or {})
        prover = FirstWitness((), natural, memory.proofs)
        said = Sayings(self.elab, reading.items)
        self.context = Context(
            reading,
            self.elab,
            prover,
            Numbers(prover.derivation, seed, found=memory.numbers),
            said,
            Ties(
                self.elab,
                said,
                reading.properties,
                moments=special_moments(reading),
                together=tied_variables(reading),
                spaces=reading.dimensions if len(reading.dimensions) > 1 else (),
                independent=speaks_of_independent_draws(reading),
                standard=standard_at_most(reading),
            ),
            numeric,
        )
        self.deadline = deadline
        self._source = reading.items[0].source if reading.items else None
        self._special = special_laws(reading)
        self._single = len({id(other.source) for other in reading.items}) == 1
        self._current: Item | None = None
        self._example: Example | None = None
        self._back: Callable[[], None] | None = None  # to the notation before the example

    @property
    def checked(self) -> list[Checked]:
        """The derivations that were checked, for a script."""
        return self.context.checked

    def _place(self, at: int) -> str:
        item = self._current
        if item is None or self._single:
            return self._source.place(at) if self._source is not None else ""
        return item.source.place(min(at, len(item.source.text)))

    def run(self) -> DocumentReport:
        rows: list[RowReport] = []
        learn_laws(self.context, self._special)
        for item in self.reading.items:
            self._current = item
            self.context.prover.cut = False
            self._leave_example(item)
            for special in self._special:
                if special.row == item.index:
                    self._specialise_laws(special, item)
            for said in self.reading.generated:
                if said.row == item.index:
                    self.context.assume_by_words(said)
            if self.deadline is not None and clock() > self.deadline:
                rows.append(report(item, "open", f"not looked at{MORE_PATIENCE}"))
                continue
            try:
                rows.append(as_said(item, self._judge(item)))
                if rows[-1].verdict in _SETTLED:
                    self.context.said.settled.add(item.index)
                if rows[-1].verdict == "hypothesis" and item.row.relation in ORDER:
                    self.context.said.bounds.append(item)
                if rows[-1].verdict == "open":
                    self.context.said.left_open.add(item.index)
            except RecursionError:
                rows.append(report(item, "open", "it is nested too deeply"))
            except (FmproofError, *_DEFECTS) as error:  # one row must not take the others with it
                words = f"a defect of fmproof, please report it: {type(error).__name__}: {error}"
                rows.append(report(item, "open", words))
            if item.row.relation not in _EQUATIONS and not item.inline:
                go_on_behind(self.context, item)
        self._look_again(rows)
        symbols = tuple(
            SymbolReport(r.symbol, r.reading, r.why, r.place, r.guessed)
            for r in self.elab.table.values()
        )
        return DocumentReport(
            self.file, symbols, tuple(rows), tuple(self.reading.problems), blocks(self.reading)
        )

    def _look_again(self, rows: list[RowReport]) -> None:
        """At rows that numbers refute, now that it is known what other rows are."""
        for index, again in self.context.held.items():
            if self.deadline is not None and clock() > self.deadline:
                return
            if rows[index].verdict in ("open", "statement"):
                found = again()
                if found is not None:
                    rows[index] = as_said(self.reading.items[index], found)
                    self.context.said.settled.add(index)

    def _leave_example(self, item: Item) -> None:
        """Behind an example symbols are what they were before it."""
        if self._example is None or self._back is None or item.index < self._example.end:
            return
        self._back()
        self._example, self._back = None, None

    def _in_example(self, item: Item) -> Candidate | None:
        """What a row says that a path or a function is in an example, which it may begin."""
        begun = example_of(self.reading, item, self.elab)
        if begun is not None:
            self._back = self._back or remember(self.elab)
            self._example = begun
            return begun.path
        return None if self._example is None else self._example.renames(self.reading, item)

    def _specialise_laws(self, special: SpecialLaws, item: Item) -> None:
        """From here on, that is what is drawn."""
        for law in special.begin(self.elab):
            self.context.said.specialised.setdefault(law.head, self.reading.items[item.index - 1])
        self.context.chain = RowChain()
        for draw in special.draws if special.whole else ():
            learn_draw(self.context, draw)
        learn_densities_of_paths(self.context)

    def _judge(self, item: Item) -> RowReport:
        self.elab.guesses = set()
        self.elab.off_paths = speaks_of_every_point(item.left, item.right)
        if item.left is not None:
            self.elab.vanished.clear()
            self.elab.points = points_in(self.elab, chain_from(self.reading.items, item))
            self.elab.held = arguments_of(item.left)
        relation = item.row.relation
        if item.problem is not None:
            if not item.inline:
                break_chain(self.context, item, "the row before it cannot be read")
            return report(item, "unread", self._unread(item))
        if any(
            isinstance(n, t.Dots) for side in (item.left, item.right) if side for n in t.walk(side)
        ):
            break_chain(self.context, item, "the row before it has an ellipsis")
            return report(item, "skip", "an ellipsis")
        if not relation:
            break_chain(self.context, item, "the row before it has no relation")
            return report(item, "skip", "no relation")
        if relation in _NO_CLAIM:
            break_chain(self.context, item, f"the row before it is written with {relation}")
            if relation == "≐":
                return report(item, "skip", "an = of another kind, by what stands above it")
            return report(item, "skip", f"{relation} claims no equation")
        if any(map(denied, item.row.reasons)):
            break_chain(self.context, item, "words in the row before it say that it does not hold")
            return report(item, "skip", "words in it say that it does not hold")
        if relation in ("<", ">"):
            return report(item, "hypothesis", "an inequality that is assumed")
        if item.differential:
            break_chain(self.context, item, "the row before it is an equation of differentials")
            return report(item, "hypothesis", "an equation of differentials: how a point moves")
        if relation == "=" and says_what_is_shared(
            item.left, item.right, self.elab.evidence.shares
        ):
            return report(item, "hypothesis", "it makes them the weights of a mixture")
        if relation == "=" and is_course(self.context, item):
            return report(item, "hypothesis", "a differential equation: it says how a path goes on")
        if relation == "=" and is_start(self.context, item):
            return report(item, "hypothesis", "where a flow starts")
        if item.candidate is not None:
            return judge_solution(self.context, item, judge_definition(self.context, item))
        growth = judge_growth(self.context, item) if relation == "=" else None
        if growth is not None:
            return growth
        case = special_case(self.context, item)
        if case is not None:
            swapped = swapped_argument(self.context, case)
            if swapped:
                break_chain(self.context, item, "the row before it is out of scope")
                return report(item, "scope", swapped)
            by_steps = in_law.closed_form(self.context, item, case)
            begin_case(self.context, item, case)
            return by_steps or report(item, "definition", "from here on, that is what it is")
        becomes = special_path(self.reading, item, self.elab) if relation == "=" else None
        becomes = becomes or self._in_example(item)
        if becomes is not None:
            return self._define_anew(item, becomes)
        condition = item.assumed and not isinstance(item.right, t.Num)
        letter = item.left if item.inline and isinstance(item.left, t.Sym) else None
        known = letter is not None and (  # then it can be proved
            is_nothing_new(self.context, item) or goes_along(self.context, item)
        )
        if (
            letter is not None
            and not known
            and not condition
            and is_case(self.context, item, letter)
        ):
            if is_draw(self.context, letter, item.right):
                return report(item, "definition", "how it is drawn")
            return report(item, "hypothesis", "a value that a variable takes")
        if relation == "=" and is_motion(self.context, item):
            return report(item, "definition", "a differential equation: it says how a point moves")
        if relation == "=" and is_unclear_motion(self.context, item):
            words = "the differential equation in the row before it is not understood"
            break_chain(self.context, item, words)
            return report(item, "open", "what it says of how a point moves is not understood")
        if relation == "=" and not item.assumed and is_drawn_back(self.context, item):
            return report(item, "definition", "how a step of the chain is drawn")
        if relation == "=" and names_a_step(self.context, item):
            return report(item, "definition")
        if item.inline and not condition and not known and takes(self.context, item):
            return report(item, "hypothesis", "a value that a random point takes")
        saved = self.context.chain
        if item.inline:
            self.context.chain = RowChain()
        found = judge_claim(self.context, item, _CLAIMS[relation])
        if found.verdict == "open" and relation == "=" and is_bayes_rule(item):
            return report(item, "definition", "Bayes' rule: it says what the posterior is")
        left_so = found.verdict in ("refuted", "open", "hypothesis")
        if left_so and relation == "=" and takes_a_course(self.context, item):
            words = "a differential equation: from here on, the path follows it"
            return report(item, "hypothesis", words)
        if found.verdict in ("refuted", "open") and relation == "=":
            sure = found.verdict == "refuted" or ANOTHER_VALUE in found.message
            anew = redefinition(self.reading, item, sure, found.suggestion)
            if anew is not None:
                found = self._define_anew(item, anew)
                saved = RowChain()  # of what the symbol was so far
        if item.inline:
            self.context.chain = saved
        return found

    def _define_anew(self, item: Item, candidate: Candidate) -> RowReport:
        """A symbol gets another meaning."""
        begin(self.elab, candidate)
        self.context.held.pop(item.index, None)
        item.candidate = candidate
        found = judge_definition(self.context, item)
        words = "from here on, that is what it is"
        return replace(found, message=found.message or words)

    def _unread(self, item: Item) -> str:
        problem = item.problem
        assert problem is not None
        return f"{problem.problem} ({item.source.place(problem.at)})"


def as_said(item: Item, found: RowReport) -> RowReport:
    """A verdict with what the words beside the row say of it: that it is false, or holds up to a
    constant. Then a row that is not true as it stands is no error of the author."""
    if found.verdict not in WRONG:
        return found
    if item.called_false:
        words = "the words beside it call it false, and it is"
        return replace(found, verdict="skip", message=words, suggestion="")
    if found.verdict == "constant" and item.up_to_a_constant:
        words = f"up to a constant, as the words beside it say: {found.message}"
        return replace(found, verdict="skip", message=words, suggestion="")
    return found
