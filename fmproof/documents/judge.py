"""Every row of a file to a verdict, in reading order.

What is no claim is told apart here: definitions, cases, hypotheses, what cannot be read. Claims go
to ``compare``. What is in doubt is open.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from sympy import Expr, S

from fmproof.documents import in_law
from fmproof.documents.candidates import (
    candidates_of,
    is_square_of_coefficient,
    takes_a_value,
)
from fmproof.documents.cases import from_there_on
from fmproof.documents.chain import Line, RowChain
from fmproof.documents.compare import verdict_on
from fmproof.documents.constants import hidden_parameter, introduce, introduce_coefficient
from fmproof.documents.context import Context, Memory, open_row, report
from fmproof.documents.drawn_times import draw_times
from fmproof.documents.first_steps import for_first_steps
from fmproof.documents.items import POINT, Item, Reading, blocks, equated, head_of
from fmproof.documents.model import WRONG, DocumentReport, RowReport, SymbolReport, Verdict
from fmproof.documents.motion import (
    carried,
    course,
    followed,
    moved_point,
    pushed,
    speaks_of_every_point,
)
from fmproof.documents.numbers import Numbers
from fmproof.documents.prove import Checked, FirstWitness
from fmproof.documents.redefined import begin, redefinition, special_path
from fmproof.documents.scope import end_of, strays, unlike_sum
from fmproof.documents.special_laws import (
    SpecialLaws,
    speaks_of_independent_draws,
    special_laws,
    special_moments,
    tied_variables,
)
from fmproof.documents.ties.said import Said
from fmproof.documents.ties.world import Ties
from fmproof.errors import FmproofError, SortError
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Apply, CondExpect, Field, Head, Partial, Var
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.chains import is_drawn_from, is_shifted, noises_of_step
from fmproof.reading.notation.elaborate import Candidate, Elaborator, NotYet, Undefined
from fmproof.reading.notation.evidence import Evidence, letters_in
from fmproof.reading.notation.hidden_noise import laws_of_others, noised
from fmproof.reading.notation.joint_laws import readable_name
from fmproof.reading.notation.lacking import value_of
from fmproof.reading.notation.matrices import is_matrix
from fmproof.reading.notation.symbols import conventional, key_of, spelled
from fmproof.reading.notation.words import denied, speaks_of_chains
from fmproof.tactics.differences import subtract

_CLAIMS = {"=": "=", ":=": "=", "=:": "=", "≤": "≤", "≥": "≥"}
_DEFECTS = (TypeError, ValueError, AttributeError, LookupError, AssertionError, ArithmeticError)
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
        densities = [head_of(node) for node, _ in reading.densities if isinstance(node, t.Call)]
        evidence = Evidence.of(reading.trees, equated(reading), reading.said, densities)
        self.elab = Elaborator(evidence, self._place, strict, dict(corrections or {}))
        for node, _ in reading.gaussians:
            head = head_of(node)
            evidence.densities.setdefault(key_of(head), ("words beside it", node.at))
            self.elab.variables[POINT] = Var(self.elab.names.of("u", POINT), Sort.VEC)
        self.elab.said_laws = reading.laws
        self.elab.listed = reading.together
        self.elab.markov = any(speaks_of_chains(words) for _, _, words, _ in reading.pieces)
        draw_times(reading, evidence)
        self.elab.candidates = candidates_of(reading, evidence)
        self.elab.courses = set(self._paths_followed())
        both = (carried, pushed)
        moved = [of(item.left, item.right) for item in reading.items for of in both]
        self.elab.evolving = {key_of(density) for density in moved if density is not None}
        prover = FirstWitness((), natural, memory.proofs)
        said = Said(self.elab, reading.items)
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
                independent=speaks_of_independent_draws(reading),
            ),
            numeric,
        )
        self.deadline = deadline
        self._source = reading.items[0].source if reading.items else None
        self._motions: dict[str, t.Node] = {}  # what dx/dt is, for points that are said to move
        self._courses: set[Head] = set()  # the paths that are said to follow a field
        self._special: list[SpecialLaws] = []
        self._steps_named: set[str] = set()
        self._single = len({id(other.source) for other in reading.items}) == 1
        self._current: Item | None = None

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
        self._learn_laws()
        for item in self.reading.items:
            self._current = item
            for special in self._special:
                if special.row == item.index:
                    self._specialise_laws(special, item)
            if self.deadline is not None and time.process_time() > self.deadline:
                rows.append(report(item, "open", "the time for this document is used up"))
                continue
            try:
                rows.append(as_said(item, self._judge(item)))
                if rows[-1].verdict in _SETTLED:
                    self.context.said.settled.add(item.index)
                if rows[-1].verdict == "open":
                    self.context.said.left_open.add(item.index)
            except RecursionError:
                rows.append(report(item, "open", "it is nested too deeply"))
            except (FmproofError, *_DEFECTS) as error:  # one row must not take the others with it
                words = f"a defect of fmproof, please report it: {type(error).__name__}: {error}"
                rows.append(report(item, "open", words))
            if item.row.relation not in _EQUATIONS and not item.inline:
                self._go_on_behind(item)
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
            if self.deadline is not None and time.process_time() > self.deadline:
                return
            if rows[index].verdict in ("open", "statement"):
                found = again()
                if found is not None:
                    rows[index] = as_said(self.reading.items[index], found)
                    self.context.said.settled.add(index)

    def _paths_followed(self) -> Iterator[str]:
        """The paths and flows of which a differential equation is the first that is said."""
        told: set[str] = set()
        for item in self.reading.items:
            path = followed(item.left, item.right)
            if path is not None and key_of(head_of(path)) not in told:
                yield key_of(head_of(path))
            if item.candidate is not None:
                told.add(key_of(head_of(item.candidate.left)))

    def _learn_laws(self) -> None:
        """The laws that inline formulas state, such as z ~ q, and words: "q, the density of z"."""
        self._special = special_laws(self.reading)
        later = {id(draw) for special in self._special for draw in special.draws}
        for draw in self.reading.law_draws:
            if id(draw) not in later:
                self._draw(draw)
        of_paths = []
        for density, of in self.reading.densities:
            head = head_of(density)
            key, path = key_of(head), self.elab.path(of)
            if path is None and not head.sub and self.elab.is_density(key):
                self._draw(t.Draw(of.at, (of,), head))
            else:  # of paths when all laws are known
                of_paths.append((key, density, of))
        for key, density, of in of_paths:
            self.elab.density_of.setdefault(key, of)
            if self._has_density(of):
                self.elab.evidence.densities.setdefault(key, ("words beside it", density.at))
        self._learn_densities_of_paths()
        for item in self.reading.items:
            self._told_by_words(item)

    def _specialise_laws(self, special: SpecialLaws, item: Item) -> None:
        """From here on, that is what is drawn."""
        for law in special.begin(self.elab):
            self.context.said.specialised.setdefault(law.head, self.reading.items[item.index - 1])
        self.context.chain = RowChain()
        for draw in special.draws if special.whole else ():
            self._draw(draw)

    def _learn_densities_of_paths(self) -> None:
        """p_t(z_t) or p_t(z), of a path z_t with noise and a p that nothing else says: the density
        of z_t."""
        laws = [draw.law for draw in self.reading.law_draws]
        said = {key_of(law) for law in laws if isinstance(law, t.Sym)} | set(self.elab.candidates)
        for key, calls in self.elab.evidence.called.items():
            if not self.elab.is_density(key) or key in said:
                continue
            if any(call.given and not self._of_labels(call) for call in calls):
                continue
            calls = [call for call in calls if not call.given]
            found = list(map(_at_its_time, calls))
            by_letter = not (any(found) or self.elab.strict or key in self.elab.evolving)
            if by_letter:
                found = list(map(self._path_of, calls))
            paths = {spelled(path): path for path in found if path is not None}
            if len(paths) == 1 and all(map(self._has_density, paths.values())):
                self.elab.density_of.setdefault(key, *paths.values())
                if by_letter:
                    self.elab.by_letter.add(key)

    def _of_labels(self, call: t.Call) -> bool:
        """p_t(x|y), p_t(y|x) with a label y: nothing that a path is made of, nor another time."""
        letters = [
            one for one in (*call.args, *map(value_of, call.given)) if isinstance(one, t.Sym)
        ]
        label = [n for n in letters if not n.sub and conventional("labels", n.name)]
        return len(letters) == 2 and len(label) == 1

    def _path_of(self, call: t.Call) -> t.Sym | None:
        """The path z_t, for p_t(z)."""
        place = call.args[0] if len(call.args) == 1 else None
        if not isinstance(place, t.Sym) or place.sub or len(call.head.sub) != 1:
            return None
        return self.elab.evidence.spellings.get(spelled(replace(place, sub=call.head.sub)))

    def _has_density(self, path: t.Sym) -> bool:
        one = noised(self.elab, path)
        return one is not None and laws_of_others(self.elab, one) is not None

    def _draw(self, draw: t.Draw) -> None:
        with suppress(NotYet, SortError, FmproofError):
            self.elab.law(t.Expectation(draw.at, (draw,), t.Num(draw.at, Fraction(1))))

    def _told_by_words(self, item: Item) -> None:
        """What words say is the density of a path is that: a formula for it is a claim."""
        left = item.candidate.left if item.candidate is not None else None
        path = self.elab.density_of.get(key_of(left.head)) if isinstance(left, t.Call) else None
        if path is not None and self._has_density(path):
            assert isinstance(left, t.Call)
            self.elab.candidates[key_of(left.head)].remove(item.candidate)  # type: ignore[arg-type]
            item.candidate = None

    # --- one row ---

    def _judge(self, item: Item) -> RowReport:
        self.elab.guesses = set()
        self.elab.off_paths = speaks_of_every_point(item.left, item.right)
        if item.left is not None:
            self.elab.vanished.clear()
        relation = item.row.relation
        if item.problem is not None:
            if not item.inline:
                self._break(item, "the row before it cannot be read")
            return report(item, "unread", self._unread(item))
        if any(
            isinstance(n, t.Dots) for side in (item.left, item.right) if side for n in t.walk(side)
        ):
            self._break(item, "the row before it has an ellipsis")
            return report(item, "skip", "an ellipsis")
        if not relation:
            self._break(item, "the row before it has no relation")
            return report(item, "skip", "no relation")
        if relation in _NO_CLAIM:
            self._break(item, f"the row before it is written with {relation}")
            if relation == "≐":
                return report(item, "skip", "an = of another kind, by what stands above it")
            return report(item, "skip", f"{relation} claims no equation")
        if any(map(denied, item.row.reasons)):
            self._break(item, "words in the row before it say that it does not hold")
            return report(item, "skip", "words in it say that it does not hold")
        if relation in ("<", ">"):
            return report(item, "hypothesis", "an inequality that is assumed")
        if item.differential:
            self._break(item, "the row before it is an equation of differentials")
            return report(item, "hypothesis", "an equation of differentials: how a point moves")
        if relation == "=" and self._is_course(item):
            return report(item, "hypothesis", "a differential equation: it says how a path goes on")
        if relation == "=" and self._is_start(item):
            return report(item, "hypothesis", "where a flow starts")
        if item.candidate is not None:
            return self._definition(item)
        case = self._special_case(item)
        if case is not None:
            swapped = self._swapped(case)
            if swapped:
                self._break(item, "the row before it is out of scope")
                return report(item, "scope", swapped)
            by_steps = in_law.closed_form(self.context, item, case)
            self._specialise(item, case)
            return by_steps or report(item, "definition", "from here on, that is what it is")
        becomes = special_path(self.reading, item, self.elab) if relation == "=" else None
        if becomes is not None:
            return self._define_anew(item, becomes)
        condition = item.assumed and not isinstance(item.right, t.Num)
        letter = item.left if item.inline and isinstance(item.left, t.Sym) else None
        known = letter is not None and self._is_nothing_new(item)  # then it can be proved
        if letter is not None and not known and not condition and self._is_case(letter):
            if self._is_draw(letter, item.right):
                return report(item, "definition", "how it is drawn")
            return report(item, "hypothesis", "a value that a variable takes")
        if relation == "=" and self._is_motion(item):
            return report(item, "definition", "a differential equation: it says how a point moves")
        if relation == "=" and not item.assumed and self._is_drawn_back(item):
            return report(item, "definition", "how a step of the chain is drawn")
        if relation == "=" and self._names_a_step(item):
            return report(item, "definition")
        if item.inline and not condition and not known and self._takes(item):
            return report(item, "hypothesis", "a value that a random point takes")
        saved = self.context.chain
        if item.inline:
            self.context.chain = RowChain()
        found = self._claim(item, _CLAIMS[relation])
        if found.verdict in ("refuted", "open") and relation == "=" and self._takes_a_course(item):
            words = "a differential equation: from here on, the path follows it"
            return report(item, "hypothesis", words)
        if found.verdict in ("refuted", "open") and relation == "=":
            anew = redefinition(self.reading, item, sure=found.verdict == "refuted")
            if anew is not None:
                found = self._define_anew(item, anew)
        if item.inline:
            self.context.chain = saved
        return found

    def _define_anew(self, item: Item, candidate: Candidate) -> RowReport:
        """A symbol gets another meaning."""
        begin(self.elab, candidate)
        self.context.held.pop(item.index, None)
        item.candidate = candidate
        found = self._definition(item)
        words = "from here on, that is what it is"
        return replace(found, message=found.message or words)

    def _is_motion(self, item: Item) -> bool:
        """The first dx/dt = f(x, t); what a later one says of dx/dt is a claim."""
        name = moved_point(self.elab, item.left)
        if not name or name in self._motions or item.right is None:
            return False
        try:
            velocity = self.elab.term(item.right)
        except (NotYet, SortError, FmproofError):
            return False
        self._motions[name] = item.right
        if not item.inline:
            self.context.chain = RowChain([Line(velocity, True, item.right)], item.left)
        return True

    def _is_drawn_back(self, item: Item) -> bool:
        """x_{t-1} = f(x_t) + σ z, a step that is drawn: nothing says what x_{t-1} is otherwise."""
        left, right = item.left, item.right
        if not is_shifted(left) or right is None or not self._is_vector(left):
            return False
        step = next((c.steps for c in self.elab.candidates.get(key_of(left), ()) if c.steps), None)
        mine = {spelled(n) for n in t.walk(right) if isinstance(n, t.Sym)}
        solved = step is not None and noises_of_step(step.right) & mine
        if solved or not is_drawn_from(left, right):
            return False
        try:
            lines = [Line(self.elab.term(side), True, side) for side in (left, right)]
        except (NotYet, SortError, FmproofError):
            return False
        if not item.inline:
            self.context.chain = RowChain(lines, left)
        return True

    def _names_a_step(self, item: Item) -> bool:
        """L_{t-1} = E[…]: a term of a sum, of which nothing else says what it is."""
        left, right = item.left, item.right
        if not is_shifted(left) or right is None or not conventional("losses", left.name):
            return False
        if key_of(left) in self._steps_named or self.elab.candidates.get(key_of(left)):
            return False
        try:
            lines = [Line(self.elab.term(side), True, side) for side in (left, right)]
        except (NotYet, SortError, FmproofError):
            return False
        self._steps_named.add(key_of(left))
        if not item.inline:
            self.context.chain = RowChain(lines, left)
        return True

    def _is_course(self, item: Item) -> bool:
        """The first dz_t/dt = v(z_t, t); what a later one says of z is a claim."""
        if item.row.left is None or item.left is None or item.right is None:
            return False
        if not any(isinstance(n, t.Derivative | t.Sym) for n in t.walk(item.left)):
            return False
        try:
            left, right = self.elab.side(item.left), self.elab.side(item.right)
        except (NotYet, SortError, FmproofError):
            return False
        path = course(left, right)
        if path is None or path in self._courses:
            return False
        self._follow(item, path, left, right)
        return True

    def _follow(self, item: Item, path: Head, left: Expr, right: Expr) -> None:
        """From here on, a path follows a differential equation."""
        self._courses.add(path)
        self.context.said.read[item.index] = (left, right)
        self.context.assume(item, left, right)
        if not item.inline:
            self.context.chain = RowChain([Line(left, True, item.left)], item.left)
            self.context.chain.add(right, True, item.right)

    def _takes_a_course(self, item: Item) -> bool:
        """dz_t/dt = v(z_t, t) of a z_t that was drawn, and v(z, t) the mean of its slope: no draw
        moves so, but a trajectory does, which is what z_t stands for outside averages from here
        on."""
        path = followed(item.left, item.right)
        if not isinstance(path, t.Sym) or self.elab.path(path) is None or item.right is None:
            return False
        means_of = [
            call.head
            for call in self.elab.side(item.right).atoms(Apply)
            if isinstance(call.head.definition, CondExpect)
        ]
        if not means_of:
            return False
        self.elab.on_course.add(key_of(path))
        left, right = self.elab.side(item.left), self.elab.side(item.right)  # type: ignore[arg-type]
        moves = isinstance(left, Partial) and isinstance(left.body, Apply)
        if not (moves and isinstance(left.body.head, Field)):
            self.elab.on_course.discard(key_of(path))
            return False
        self._follow(item, left.body.head, left, right)
        return True

    def _is_start(self, item: Item) -> bool:
        """ψ_0(x) = x, of a flow that a differential equation defines."""
        left, right = item.left, item.right
        if item.row.left is None or not (isinstance(left, t.Call) and isinstance(right, t.Sym)):
            return False
        key, places = key_of(left.head), [*left.args, *left.after]
        starts = [s for s in left.head.sub if isinstance(s, t.Num)]
        if key not in self.elab.courses or len(starts) != 1 or left.given:
            return False
        if [*map(spelled, places)] != [spelled(right)]:
            return False
        try:
            sides = self.elab.side(left), self.elab.side(right)
        except (NotYet, SortError, FmproofError):
            return False
        self.context.said.settled.add(item.index)
        self.context.assume(item, *sides)
        if not item.inline:
            self.context.chain = RowChain([Line(side, True) for side in sides], left)
        return True

    def _special_case(self, item: Item) -> Candidate | None:
        """``k(x|y) = N(x; y, σ² I)`` for a density that was used before: a case, from here on."""
        left, right = item.left, item.right
        if not (isinstance(left, t.Call) and isinstance(right, t.Normal) and right.point):
            return None
        key = key_of(left.head)
        places = [*left.head.sub, *left.args, *left.given, *left.after]
        if not self.elab.is_density(key) or not all(isinstance(p, t.Sym) for p in places):
            return None
        return Candidate(left, right, item.row.at, item.place, True)

    def _specialise(self, item: Item, candidate: Candidate) -> None:
        """From here on, that is what the density is."""
        key = key_of(candidate.left.head)  # type: ignore[attr-defined]
        general = self._general(candidate)
        self.elab.candidates.setdefault(key, []).insert(0, candidate)
        for (name, *_), meaning in self.elab.meanings.items():
            if name.split("@")[0] == key and meaning.head is not None:
                self.context.said.specialised.setdefault(meaning.head, item)
        self.elab.forget(key)
        item.candidate = candidate
        try:
            special = self.elab.term(candidate.left)
        except (NotYet, SortError, FmproofError):
            self._break(item, "what it is from here on is not understood")
            return
        self._start(item, special)
        if general is not None:
            self.context.special += from_there_on(general, special, item.place)

    def _general(self, candidate: Candidate) -> Expr | None:
        """What a density was so far: what is defined by it is defined by that."""
        try:
            return self.elab.term(candidate.left)
        except (NotYet, SortError, FmproofError):
            return None

    def _is_case(self, left: t.Sym) -> bool:
        """``t = 0`` in a line of words: a case, no claim."""
        name = spelled(left)
        item = self._current
        if item is not None and isinstance(item.right, t.Num):
            return True
        return not any(spelled(c.left) == name for c in self.elab.candidates.get(key_of(left), ()))

    def _is_draw(self, left: t.Sym, right: t.Node | None) -> bool:
        """``x = m + s ε``: a point by its noise, which the document draws."""
        if not (isinstance(right, t.Add) and self._is_vector(left)):
            return False
        random = self.elab.evidence.random
        return any(spelled(n) in random for n in letters_in(right))

    def _is_nothing_new(self, item: Item) -> bool:
        """``X = Y - N`` beside Y = X + N: the sides are one sum."""
        if item.right is None or isinstance(item.right, t.Sym | t.Num) or item.left is None:
            return False
        try:
            sides = [self.elab.term(side) for side in (item.left, item.right)]
        except (NotYet, SortError, FmproofError):
            return False
        if sort_of(sides[0]) is not Sort.VEC or sort_of(sides[1]) is not Sort.VEC:
            return False
        if subtract(*sides) == S.Zero:
            return True
        solved = isinstance(sides[0], Var) and sides[0] in free_vars(sides[1])
        return solved and self.context.numbers.of(*sides).status == "agrees"

    def _takes(self, item: Item) -> bool:
        """``X_t = x`` in a line of words, for a path X_t: what is conditioned on."""
        path, value = item.left, item.right
        if not (isinstance(path, t.Sym) and isinstance(value, t.Sym) and item.row.relation == "="):
            return False
        if takes_a_value(path, value):
            return True
        named = any(
            spelled(c.left) == spelled(value) for c in self.elab.candidates.get(key_of(value), ())
        )
        return not named and self.elab.path(path) is not None

    def _unread(self, item: Item) -> str:
        problem = item.problem
        assert problem is not None
        return f"{problem.problem} ({item.source.place(problem.at)})"

    def _break(self, item: Item, why: str) -> None:
        """The chain goes on without a term for this row."""
        if item.inline:
            return
        if item.row.left is not None:
            self.context.chain = RowChain([], item.left, why)
        if not self.context.chain.lines:
            self.context.chain.broken = why

    def _go_on_behind(self, item: Item) -> None:
        """A row behind ≤, <, ≈ goes on from what stands there, not from what was before."""
        line, why = None, "the row before it is not understood"
        if item.right is not None and item.problem is None:
            try:
                line = Line(self.elab.side(item.right), True, item.right)
            except (NotYet, SortError, FmproofError, RecursionError, *_DEFECTS):
                pass
        if item.left is not None and item.left is not self.context.chain.left:
            self.context.chain = RowChain([], item.left)
        self.context.chain.begin_anew(line, why)

    def _definition(self, item: Item) -> RowReport:
        candidate = item.candidate
        assert candidate is not None
        message = ""
        try:
            square = is_square_of_coefficient(item.left)
            left = self.elab.term(item.left if square and item.left else candidate.left)
            self._start(item, left)
            if candidate.state == "refused":
                message = candidate.why
            elif not item.inline:
                self._own_line(item.right if square else candidate.right)
        except (NotYet, SortError, FmproofError) as error:
            message = str(error)
            if not item.inline:
                self.context.chain = RowChain([], item.left, message)
        if candidate.state == "refused" and candidate.why.endswith("is free in its definition"):
            missing = self._scope_of_definition(item)
            if missing:
                return report(item, "scope", missing)
        swapped = self._swapped(candidate)
        if swapped:
            return report(item, "scope", swapped)
        by_steps = in_law.closed_form(self.context, item, candidate)
        if by_steps is not None:
            return by_steps
        hidden = hidden_parameter(self.context, candidate.left)
        if hidden:
            return report(item, "refuted", hidden)
        hypothesis = any(isinstance(n, t.Derivative) for n in t.walk(candidate.left))
        verdict: Verdict = "hypothesis" if hypothesis else "definition"
        return report(item, verdict, f"not in the language yet: {message}" if message else "")

    def _own_line(self, right: t.Node | None) -> None:
        """The definition itself stands as the second line of its chain."""
        if right is None:
            return
        try:
            self.context.chain.add(self.elab.term(right), True, right)
        except (NotYet, SortError, FmproofError):
            return

    def _scope_of_definition(self, item: Item) -> str:
        """A loss or constant whose definition has a variable that nothing draws."""
        candidate = item.candidate
        assert candidate is not None
        if not isinstance(candidate.right, t.Expectation):
            return ""
        try:
            left = self.elab.term(candidate.left)
            right = self.elab.term(candidate.right)
        except (NotYet, SortError, FmproofError):
            return ""
        return strays(self.context, left, right, end_of(item))

    def _swapped(self, candidate: Candidate) -> str:
        """A density that leaves out its own argument and has another variable instead."""
        left = candidate.left
        if not (isinstance(left, t.Call) and self.elab.is_density(key_of(left.head))):
            return ""
        free = self._free_in(candidate.right)
        places = {spelled(p) for p in (*left.args, *left.given, *left.after)}
        known = self.elab.evidence.spellings
        vectors = {n for n in (free | places) & set(known) if self._is_vector(known[n])}
        given = {
            spelled(place)
            for calls in self.elab.evidence.called.values()
            for call in calls
            for place in call.given
        }
        strange = sorted(
            n for n in (free - places) & vectors if n in given or self.elab.is_place(known[n])
        )
        unused = sorted((places - free) & vectors)
        if len(strange) != 1 or not unused or self._abbreviates(unused, strange[0]):
            return ""
        one, other = readable_name(strange[0]), readable_name(unused[0])
        return f"{one} is free here, and {other} is not used"

    def _free_in(self, node: t.Node) -> set[str]:
        """The spellings of the variables that are free in a right side; none if it is not read."""
        if isinstance(node, t.Normal):
            return {spelled(letter) for letter in letters_in(node)}
        try:
            term = self.elab.term(node)
        except (NotYet, SortError, FmproofError):
            return set()
        return {self.elab.spelling(v) for v in free_vars(term) if v.sort is Sort.VEC}

    def _abbreviates(self, names: list[str], other: str) -> bool:
        """Whether one of ``names`` stands for something with ``other`` in it: z = (x_0, x_1)."""
        return any(
            spelled(item.left) in names
            and any(isinstance(n, t.Sym) and spelled(n) == other for n in t.walk(item.right))
            for item in self.reading.items
            if isinstance(item.left, t.Sym) and item.right is not None
        )

    def _is_vector(self, symbol: t.Sym) -> bool:
        found = self.elab.evidence.sorts.of(symbol)
        vector = found is not None and found.kind == "vec"
        return vector and not self.elab.is_time(spelled(symbol))

    def _start(self, item: Item, left: Expr) -> None:
        if not item.inline:
            node = item.candidate.left if item.candidate is not None else item.left
            self.context.chain = RowChain([Line(left, True, node)], item.left)

    def _claim(self, item: Item, relation: str) -> RowReport:
        assert item.right is not None
        if self._is_unlike(item):
            self._break(item, "the row before it compares a matrix with what is none by its form")
            return open_row(item, "a matrix, and what is none by its form")
        if item.left is not None:
            chain = self.context.chain
            same = chain.left is not None and spelled(chain.left) == spelled(item.left)
            kept = chain.equal_to_left(item.index) if same else []
            try:
                left = self._motions.get(moved_point(self.elab, item.left), item.left)
                start = Line(self.elab.side(left), True, left)
                self.context.chain = RowChain([start, *kept], item.left)
            except (NotYet, SortError, FmproofError) as error:
                self.context.chain = RowChain([], item.left, str(error))
        try:
            claim = self.elab.side(item.right)
        except Undefined as error:
            return introduce(self.context, item, error, relation)
        except NotYet as error:
            last = self.context.chain.last_node
            by_values = for_first_steps(self.context, item, last) if last is not None else None
            return by_values or open_row(item, str(error))
        except (SortError, FmproofError) as error:
            strange = unlike_sum(self.context, item)
            if strange:
                return report(item, "scope", strange)
            return open_row(item, f"its parts do not fit as they were understood: {error}")
        if not self.context.chain.lines:
            return self._after_broken(item, claim)
        rest = introduce_coefficient(self.context, item)
        if rest is not None:
            return rest
        closed = self._closed_form_at(item)
        by_steps = None if closed is None else in_law.closed_form(self.context, item, closed)
        if by_steps is not None:
            if by_steps.verdict == "proved":
                self.context.chain.begin_anew(Line(claim, True, item.right))
            return by_steps
        return verdict_on(self.context, item, claim, relation)

    def _closed_form_at(self, item: Item) -> Candidate | None:
        """x_t = … = √ᾱ_t x_0 + √(1 − ᾱ_t) ε: the end of a chain that begins with a step."""
        left = self.context.chain.left
        known = self.elab.candidates.get(key_of(left), ()) if isinstance(left, t.Sym) else ()
        return next((c for c in known if c.steps is not None and c.right is item.right), None)

    def _is_unlike(self, item: Item) -> bool:
        """Whether one side is a matrix by its form, and the other is none."""
        left = item.left if item.left is not None else self.context.chain.left
        if left is None or item.right is None:
            return False
        return is_matrix(self.elab, left) is not is_matrix(self.elab, item.right)

    def _after_broken(self, item: Item, claim: Expr) -> RowReport:
        why = self.context.chain.broken or "there is no row before it"
        self.context.chain.lines.append(Line(claim, True))
        return report(item, "open", f"what it is compared with is not known: {why}")


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


def _at_its_time(call: t.Call) -> t.Sym | None:
    """z_t of p_t(z_t)."""
    place = call.args[0] if len(call.args) == 1 else None
    if not isinstance(place, t.Sym) or not place.sub:
        return None
    return place if [*map(spelled, place.sub)] == [*map(spelled, call.head.sub)] else None
