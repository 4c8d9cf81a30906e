"""A row against the rows of its chain: proved, refuted, equal up to a constant, or open.

The numbers come first. Where they refute the row and nothing that the document says elsewhere
could mend it, it is wrong, and no proof is searched for; where they refute it and something could,
only what the document assumes can prove it. Otherwise the checker decides, and numbers that agree
are said where it does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from time import process_time

from sympy import Expr

from fmproof.documents import any_law, beside, in_law
from fmproof.documents.almost_surely import PathsDrawn, other_readings
from fmproof.documents.cases import agrees_beside, in_cases, known_coefficients
from fmproof.documents.chain import Line
from fmproof.documents.coefficients import determined, is_of_coefficients
from fmproof.documents.context import Context, StatedRow, as_read, open_row, report
from fmproof.documents.convexity import convex_ways
from fmproof.documents.determinants import changes_variables, determinant_rules
from fmproof.documents.domains import picks_a_part
from fmproof.documents.following import with_equations
from fmproof.documents.items import Item
from fmproof.documents.model import NumericEvidence, RowReport, Verdict
from fmproof.documents.motion import moved_point
from fmproof.documents.prove import Proof
from fmproof.documents.reach import section_end
from fmproof.documents.said_densities import density_facts
from fmproof.documents.scope import end_of, strays, undrawn
from fmproof.documents.second_moments import of_squares
from fmproof.documents.suggest import neighbours, replaced
from fmproof.documents.terms import free_of_parameters, heads_in, kinds_in, sides_fit, surely
from fmproof.documents.ties.conventions import conventions
from fmproof.documents.ties.sides import fixes_a_moment, is_bare_symbol
from fmproof.documents.ties.symbols import SAYS, key_of_head, moved_by_any
from fmproof.documents.trigonometry import CIRCULAR_RULES, circular_rules
from fmproof.documents.values import depends_on_a_sign, without_value
from fmproof.documents.ways import constant_difference
from fmproof.errors import FmproofError, SortError
from fmproof.lang.node import bound_vars, sort_of
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Constant,
    Density,
    Div,
    Expect,
    Head,
    Let,
    Partial,
    Scalar,
    Var,
    dim,
)
from fmproof.lang.props import Equals, Prop
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.joint_laws import JOINT
from fmproof.reading.notation.randomness import means
from fmproof.reading.notation.symbols import key_of
from fmproof.tactics.matching import said_of_each

_GLANCE = 1
"""Worlds that are looked at where numbers only say whether a search is worth its time."""
_NEAR = 40
_FEW_NEAR = 12
"""Rows one edit away that are looked at; fewer where little is known of a row."""
TIES = "what its coefficients are tied by"
_FROM_OPEN = "from the row above, which is open"
_SECONDS_NEAR = 3.0
"""Of processor time for those, and for the cases of a document: rarely reached."""


def verdict_on(context: Context, item: Item, claim: Expr, relation: str) -> RowReport:
    """The verdict on a row whose right side reads ``claim``; the chain grows by it."""
    chain = context.chain
    start = chain.lines[0].term
    last = chain.lines[-1].term
    stray = strays(context, start, claim, end_of(item)) or undrawn(context, start, claim, relation)
    if stray:
        return report(item, "scope", stray, as_read(last, relation, claim))
    fitting, problem = _fitting(context, claim, relation)
    if not fitting and _of_different_kinds(last, claim):
        return report(item, "scope", f"its sides are of different kinds: {problem}")
    if not fitting:
        return open_row(item, f"its sides do not fit as they were understood: {problem}")
    candidates = list(dict.fromkeys([fitting[0], *([start] if start in fitting else fitting[1:2])]))
    row = ComparedRow(context, item, candidates[0], claim, relation)
    context.said.read[item.index] = (candidates[0], claim)
    context.prover.begin()
    evidence = row.evidence
    if evidence is not None and evidence.status == "refuted":
        if row.is_of_coefficients():
            follows = row.prove_in_cases()
            if follows.proved:
                row.determines()  # later rows may rest on it
                return row.proved(follows)
        if row.normalises():
            context.assume(item, row.before, claim)
            row.determines()
            return report(item, "hypothesis", TIES, row.reading)
        if row.states_a_moment():
            context.assume_moment(item, row.before, claim)
            return report(item, "hypothesis", "what its law is chosen by", row.reading)
        laws = [h for h in heads_in([row.before]) if h.draws and h.definition is None]
        if laws and fixes_a_moment(context.elab, item):
            if not item.denied:
                context.assume_moment(item, row.before, claim)
            return report(item, "hypothesis", "what is assumed of a law", row.reading)
        law = in_law.merged(context, item, row.before, claim) if relation == "=" else None
        if law is not None:
            return row.in_law(law)
        if row.fair():
            return row.wrong()
        context.held[item.index] = row.again
        context.prover.begin()  # what the numbers took is not taken from the proof
        proof = row.prove_from_assumed(candidates)
        if not proof.proved and relation == "=":
            proof = row.prove_in_cases()
        if not proof.proved and not row.laws_are_special:
            wrong = row.wrong_by_neighbour() or row.wrong_beside()
            if wrong is not None:
                return wrong
    else:
        proof = row.prove(candidates)
        if not proof.proved and row.strays():
            context.prover.begin()
            proof = row.prove_in_cases()
    if proof.proved and not context.numbers.possible(proof.where):
        signs = ", ".join(map(text, proof.where))
        proof = replace(proof, proved=False, message=f"no random world has {signs}")
    missing = without_value(context, item, (start, row.before, claim))
    if missing:
        context.chain.leave_open(claim, item.right)
        return report(item, "open", missing, row.reading)
    if proof.proved:
        return row.proved(proof)
    if row.fails_in_plane():
        return row.wrong()
    undecided = chain.undecided
    if undecided is not None and relation == "=":
        found = row.from_undecided(undecided)
        if found is not None:
            return found
    return row.not_proved(proof)


def _from_lines(proof: Proof) -> str:
    """The rows on which a proof rests."""
    lines = [place for place in proof.rests_on if place != CIRCULAR_RULES]
    return f"from line {', '.join(lines)}" if lines else ""


def _undefined_number(head: Head) -> bool:
    """A coefficient, of times and indices alone, that nothing defines."""
    plain = all(v.sort in (Sort.REAL, Sort.LATENT) for v in head.params)
    return isinstance(head, Scalar) and plain and head.definition is None


def _of_different_kinds(before: Expr, claim: Expr) -> bool:
    """Whether two sides cannot be equal, however their letters are read."""
    if {sort_of(before), sort_of(claim)} & {Sort.GRADIENT, Sort.SET}:
        return True
    one, other = surely(before), surely(claim)
    return one is not None and other is not None and one is not other


def _fitting(context: Context, claim: Expr, relation: str) -> tuple[list[Expr], str]:
    """What stands of the chain and can be compared with the claim, the latest first."""
    fitting: list[Expr] = []
    problem = ""
    for line in reversed(context.chain.lines):
        if not line.stands:
            continue
        try:
            sides_fit(line.term, claim, relation)
        except (SortError, FmproofError) as error:
            problem = problem or str(error)
            continue
        if line.term not in fitting:
            fitting.append(line.term)
    return fitting, problem


@dataclass
class ComparedRow:
    """``before relation claim``, with what both witnesses say of it."""

    context: Context
    item: Item
    before: Expr
    claim: Expr
    relation: str
    tied: str = ""  #: what holds the numbers back
    beside: tuple[tuple[Expr, Expr], ...] | None = None  #: said of what it may say what it is
    said_otherwise: bool = False  #: whether other rows say what it may say what it is
    in_plane: bool = False  #: whether numbers are taken in two dimensions
    on_a_line: bool = False  #: whether two dimensions show nothing

    def __post_init__(self) -> None:
        self.lines = tuple(self.context.chain.lines)
        numbers = self.context.numbers
        self._look_at_ties()
        self.evidence: NumericEvidence | None = None
        unknowns = self.context.elab.unknowns
        heads = heads_in([self.before, self.claim])
        self.unknown = any(unknowns.get(h, JOINT) != JOINT for h in heads)  # else it is any law
        if self.context.numeric:
            glance = _GLANCE if self.unknown else None  # of what is unknown they can say nothing
            self.evidence = numbers.of(self.before, self.claim, self.relation, (), glance)

    def _look_at_ties(self) -> None:
        """What holds the numbers back, and what they have to respect, by what is known so far."""
        on = self.context.ties.on([self.before, self.claim], self.item)
        self.tied, self.laws_are_special = on.why, on.laws
        self.beside, self.said_otherwise = on.beside, on.sure
        self.assumed = (*on.assumed, *self._moments())

    def fails_in_plane(self) -> bool:
        """Whether numbers that agree on a line differ in two dimensions."""
        if self.evidence is None or self.evidence.status != "agrees" or not self._in_space():
            return False
        sides = (self.before, self.claim, self.relation)
        found = self.context.numbers.of(*sides, in_plane=True)
        self.on_a_line = found.status == "inconclusive"
        if found.status != "refuted":
            return False
        self.evidence, self.in_plane = found, True
        if self.context.one_dimensional:
            self.tied = "it may be meant in one dimension"
        return self.fair()

    def _in_space(self) -> bool:
        """Whether a vector, or the dimension, is in the row."""
        inside = {n for side in (self.before, self.claim) for n in side.atoms(Var, Constant)}
        return any(n == dim or (isinstance(n, Var) and n.sort is Sort.VEC) for n in inside)

    @cached_property
    def others(self) -> list[PathsDrawn]:
        """The row read with its paths drawn."""
        return other_readings(self.context.elab, self.item, self.lines, self.claim)

    @property
    def _averaged(self) -> list[PathsDrawn]:
        """The row in averages, where it is about a conditional expectation at a point."""
        return [other for other in self.others if other.averaged]

    @property
    def reading(self) -> str:
        return as_read(self.before, self.relation, self.claim)

    def is_of_coefficients(self) -> bool:
        """Whether it may follow from what is said of the coefficients in it, of which it says
        something, too: m² + σ² = 1, where m and σ² are given before."""
        plain = self.relation == "=" and not self.unknown
        return plain and is_of_coefficients(self.before, self.claim)

    def normalises(self) -> bool:
        """α_t² + σ_t² = 1 or Σ_k w_k = 1, of coefficients of which nothing was said before: that
        is what they are, as nothing else could show it."""
        context, item = self.context, self.item
        number, total = isinstance(item.right, t.Num), is_bare_symbol(item.left)
        if not (number and self.relation == "=") or total or item.row.left is None:
            return False
        if item.denied or item.restricted or item.picked:
            return False
        index_laws = set(context.elab.index_laws.values())
        heads = heads_in([self.before]) - index_laws
        if not heads or not all(_undefined_number(h) for h in heads):
            return False
        if self.unknown or any(v.sort is Sort.VEC for v in free_vars(self.before)):
            return False
        known = [f for f in context.facts.known if f.assumed]
        if any(heads_in([f.before, f.claim]) & heads for f in known):
            return False
        if heads_in([self.before]) & index_laws:
            return True
        tied = conventions(self.before, self.claim)
        return any(context.numbers.of(one, other).status == "agrees" for _, one, other in tied)

    def _moments(self) -> list[Prop]:
        """What is assumed of the laws in the row."""
        return [fact.prop for fact in self.context.facts.moments([self.before, self.claim])]

    def states_a_moment(self) -> bool:
        """E[ξ] = 0 or E[ξ ξᵀ] = I, of a law of which nothing was said before: so it is chosen."""
        heads = heads_in([self.before])
        laws = heads & {law.head for law in self.context.elab.joint}
        if not isinstance(self.before, Expect) or not laws or heads != laws:
            return False
        plain = self.relation == "=" and self.item.row.left is not None and not self.item.denied
        if not plain or heads_in([self.claim]) or self.claim.has(Expect):
            return False
        return not self.context.facts.moments([self.before])

    def determines(self) -> bool:
        """Whether an equation of coefficients says what one of them is, as nothing did before."""
        context, item = self.context, self.item
        refuted = self.evidence is not None and self.evidence.status == "refuted"
        narrowed = item.denied or item.restricted or item.picked
        if self.relation != "=" or not refuted or narrowed:
            return False
        if picks_a_part(context.reading.items, item):
            return False
        if self.unknown or not is_of_coefficients(self.before, self.claim):
            return False
        known = known_coefficients(context, item)
        if item.inline:  # "for the schedule σ(t)² = …" behind "with σ(t) = t": another case
            words = {other.place for other in context.reading.items if other.inline}
            known = {head: said for head, said in known.items() if said.place not in words}
        found = next(iter(determined(self.before, self.claim, item.place, known)), None)
        itself = getattr(self.before, "head", None)
        bare = found is not None and is_bare_symbol(self._left) and not self._is_growth()
        if bare and (found.head is not itself or isinstance(item.right, t.Num)):  # type: ignore[union-attr]
            return False  # ȧ_t = c b_t says nothing of b_t; h(s) = 0 may be meant at one s
        if found is not None:
            context.determined.append((item, found))
            context.said.tells[item.index] = key_of_head(context.elab, found.head)
        return found is not None

    def _is_growth(self) -> bool:
        """s'(t) = f(t) s(t): how a coefficient grows, by itself."""
        if not (isinstance(self.before, Partial) and isinstance(self.before.body, Apply)):
            return False
        return self.before.body.head in heads_in([self.claim])

    @property
    def _left(self) -> t.Node | None:
        """The left side of the chain."""
        return self.item.left if self.item.left is not None else self.context.chain.left

    def fair(self) -> bool:
        """Whether a world in which the sides differ follows what the document says."""
        otherwise = self.said_otherwise and self._refuted_with_equations()
        if self.tied and not otherwise:
            return False
        qualified = self.item.qualified
        if qualified:
            self.tied, self.laws_are_special = f"words beside it qualify it: {qualified}", True
            return False
        if picks_a_part(self.context.reading.items, self.item):
            self.tied = "it holds under the condition beside it"
            return False
        if self._averages_what_is_random() and (self.strays() or self._has_a_fixed_noise()):
            self.tied = "a point in it may be random, although nothing says how it is drawn"
            return False
        numbers = self.context.numbers
        if self.assumed:
            sides = (self.before, self.claim, self.relation, self.assumed)
            evidence = numbers.of(*sides, in_plane=self.in_plane)
            wrong = evidence.status == "refuted" or self._refuted_with_equations()
            if not wrong and not self._refuted_as_tied():
                self.tied = f"the document says as well that {text(self.assumed[0])}"
                return False
        tied = () if self.assumed else conventions(self.before, self.claim)
        for words, before, claim in tied:
            found = numbers.of(before, claim, self.relation, in_plane=self.in_plane)
            if found.status == "agrees":
                self.tied = f"it holds if {words}"
                return False
        joint = any_law.joint_laws_in(self.context.elab, [self.before, self.claim])
        for before, claim in any_law.special_readings(self.before, self.claim, joint):
            found = numbers.of(before, claim, self.relation, in_plane=self.in_plane)
            if found.status != "refuted":
                self.tied = f"it depends on {JOINT}"
                return False
        for other in self.others:
            if not other.averaged:
                continue
            if numbers.of(other.before, other.claim, self.relation).status != "refuted":
                self.tied = "it may hold almost surely"
                return False
        return True

    def says_what_a_symbol_is(self) -> bool:
        """Whether the row says what a symbol is of which nothing else is said, or what agrees."""
        if self.beside is None or self.relation != "=" or self.unknown:
            return False
        item = self.item
        if item.left is None or item.assumed or item.denied or item.restricted:
            return False
        head = item.left.head if isinstance(item.left, t.Call) else item.left
        if not isinstance(head, t.Sym):
            return False
        evidence, subject = self.context.elab.evidence, key_of(head)
        if picks_a_part(self.context.reading.items, item):
            return False  # under a condition beside it
        drawn = subject in map(key_of, evidence.random_symbols.values())
        densities = [h for h in heads_in([self.claim]) if isinstance(h, Density)]
        if drawn or subject in (key_of_head(self.context.elab, h) for h in densities):
            return False  # a point that is drawn, or a part of one law beside others
        return all(agrees_beside(self.context, self.item, pair) for pair in self.beside)

    def _refuted_with_equations(self) -> bool:
        """Whether the row fails with what is assumed put in."""
        side = self.item.left or self.item.right
        if side is not None and any(isinstance(n, t.Derivative) for n in t.walk(side)):
            return False  # of how a point moves two equations may be of two points
        row, rest = with_equations((self.before, self.claim), self.assumed)
        if row == (self.before, self.claim):
            return False
        numbers = self.context.numbers
        for prop in rest:
            _, said = said_of_each(prop)
            if isinstance(said, Equals) and numbers.of(*said.args).status == "refuted":
                return False  # equations of several cases
        return numbers.of(*row, self.relation, rest, in_plane=self.in_plane).status == "refuted"

    def _refuted_as_tied(self) -> bool:
        """Whether the row fails with two coefficients tied so that what is assumed holds."""
        numbers, sides = self.context.numbers, []
        for prop in self.assumed:
            _, equation = said_of_each(prop)
            if not isinstance(equation, Equals):
                return False
            sides += list(equation.args)
        for _, before, claim, *said in conventions(self.before, self.claim, *sides):
            pairs = list(zip(said[::2], said[1::2], strict=True))
            if any(numbers.of(*pair).status != "agrees" for pair in pairs):
                continue
            found = numbers.of(before, claim, self.relation, in_plane=self.in_plane)
            if found.status == "refuted":
                return True
        return False

    def again(self) -> RowReport | None:
        """The verdict when all rows are known: wrong after all, or None."""
        self._look_at_ties()
        self.context.prover.begin()
        return self.wrong() if self.fair() else None

    def prove(self, candidates: Sequence[Expr]) -> Proof:
        """By the checker: from the row before, from the start, almost surely, from earlier rows."""
        context, prover = self.context, self.context.prover
        around = context.chain.standing[:4]
        one, *more = candidates
        candidates = [one, *(other for other in more if not self._hopeless(other, self.claim))]
        easy = self._at_once(candidates)
        if easy is not None:
            return easy
        prover.begin()  # those looks are short, and not taken from what follows
        first: Proof | None = None
        if self._about_means() or any(other.noised for other in self.others):
            drawn = self._drawn()
            if drawn is not None:
                return drawn
        for before in candidates:
            proof = prover.prove(before, self.claim, self.relation, around, (), thorough=False)
            if proof.proved:
                self.before = before
                return proof
            first = first or proof
        assert first is not None
        drawn = self._drawn()
        if drawn is not None or self.relation != "=":
            return drawn or self._convex(candidates) or first
        for before in candidates:
            facts = context.facts.about([before, self.claim], self.item.index)
            facts += determinant_rules(context, [before, self.claim])
            proof = prover.prove(before, self.claim, self.relation, around, facts)
            if proof.proved:
                self.before = before
                return proof
        return first

    def _at_once(self, candidates: Sequence[Expr]) -> Proof | None:
        """A proof that is found at once, from one of the lines or with paths drawn."""
        around = self.context.chain.standing[:4]
        glance = self.context.prover.glance
        for before in candidates:
            proof = glance(before, self.claim, self.relation, around)
            if proof is not None:
                self.before = before
                return proof
        for other in self._likely_others():
            proof = glance(other.before, other.claim, self.relation, other.pulled)
            if proof is not None:
                return proof
        return None

    def _likely_others(self) -> Iterator[PathsDrawn]:
        """The other readings from which the row may follow."""
        for other in self.others:
            if other.averaged and self.relation != "=":
                continue
            if not self._hopeless(other.before, other.claim):
                yield other

    def _hopeless(self, before: Expr, claim: Expr) -> bool:
        """Whether numbers refute a reading, so that nothing proves it."""
        context = self.context
        return (
            context.numeric
            and context.numbers.of(before, claim, self.relation, (), _GLANCE).status == "refuted"
        )

    def _about_means(self) -> bool:
        """Whether an average has E[· | X_t] in it, which is pulled out where X_t is drawn."""
        both = [self.before, self.claim]
        return kinds_in(both) >= {Expect, CondExpect} and any(
            isinstance(item, Let) for term in both for mean in means(term) for item in mean.measure
        )

    def _drawn(self) -> Proof | None:
        """A proof of the row with its paths drawn."""
        for other in self._likely_others():
            sides = (other.before, other.claim)
            proof = self.context.prover.prove(*sides, self.relation, other.pulled)
            if not proof.proved and other.averaged and "< ∞" in proof.message:
                context = (*other.pulled, *other.monomials)
                proof = self.context.prover.prove(*sides, context=context)
            if proof.proved:
                return proof
        return None

    def prove_from_assumed(self, candidates: Sequence[Expr]) -> Proof:
        """Of a row that is false in some world, a proof can only rest on what is assumed."""
        around = self.context.chain.standing[:4]
        averaged = self._in_averages(candidates) or self._convex(candidates)
        if averaged is not None:
            return averaged
        for before in candidates if self.relation == "=" else ():
            sides = [before, self.claim]
            known = self.context.facts.about(sides, self.item.index)
            facts = [f for f in known if f.assumed or f.rests_on]
            facts += of_squares(facts, sides)
            facts += circular_rules(self.context.elab, sides)
            facts += determinant_rules(self.context, sides)
            if facts:
                proof = self.context.prover.from_facts(before, self.claim, around, facts)
                if proof is not None:
                    self.before = before
                    return proof
        return Proof(False)

    def _convex(self, candidates: Sequence[Expr]) -> Proof | None:
        """A proof of an inequality by functions that are said to be convex."""
        context = self.context
        for before in candidates if self.relation != "=" else ():
            convex = context.ties.convex(list(heads_in([before, self.claim])), self.item)
            if not convex:
                continue
            drawn = [other for other in self.others if not other.averaged]
            sides = [(before, self.claim), *((one.before, one.claim) for one in drawn)]
            for one, other in sides:
                ways = convex_ways(one, other, self.relation, convex)
                proof = context.prover.along(ways)
                if proof is not None:
                    self.before = before
                    return proof
        return None

    def _in_averages(self, candidates: Sequence[Expr]) -> Proof | None:
        """A proof of the row with E[f(X_t)] for ∫ f p_t, where p_t is said to be its density."""
        context = self.context
        for before in candidates if self.relation == "=" else ():
            said = density_facts(context, [before, self.claim])
            if not said:
                continue
            one, other = before, self.claim
            for fact in said:
                one, other = (replaced(side, fact.before, fact.claim) for side in (one, other))
            if context.numeric and context.numbers.of(one, other).status == "refuted":
                continue
            facts = context.facts.about([one, other], self.item.index)
            proof = context.prover.prove(one, other, facts=facts)
            if proof.proved:
                self.before = before
                places = dict.fromkeys(fact.place for fact in said)
                return replace(proof, rests_on=(*places, *proof.rests_on))
        return None

    def strays(self) -> bool:
        """Whether a point is free on one side alone: what it is has to be put in."""
        one, other = (
            {v for v in free_vars(side) if v.sort is Sort.VEC} for side in (self.before, self.claim)
        )
        return self.relation == "=" and one != other

    def _averages_what_is_random(self) -> bool:
        """Whether an average in the row does not say what is drawn."""
        sides = (self.item.left or self.context.chain.left, self.item.right)
        nodes = (node for side in sides if side is not None for node in t.walk(side))
        return any(isinstance(node, t.Expectation) and not node.draws for node in nodes)

    def _has_a_fixed_noise(self) -> bool:
        """Whether a path that is drawn is made of something that is not: ε of α x + σ ε."""
        sides = (self.before, self.claim)
        averages = {n for side in sides for n in side.atoms(Expect, CondExpect)}
        return any(
            v.sort is Sort.VEC and v not in bound_vars(average)
            for average in averages
            for item in average.measure
            if isinstance(item, Let)
            for v in free_vars(item.value)
        )

    def prove_in_cases(self) -> Proof:
        """A row that is false for arbitrary symbols, with what the document says of them."""
        context = self.context
        until = process_time() + _SECONDS_NEAR
        for before, told in self._starts():
            for sides, places in in_cases(context, self.item, before, self.claim):
                if process_time() > until:
                    return Proof(False)
                known = circular_rules(context.elab, sides)
                wrong = context.numeric and context.numbers.of(*sides).status == "refuted"
                if wrong and not known:
                    continue
                proof = context.prover.prove(*sides, facts=known)
                if proof.proved:
                    context.said.in_cases.add(self.item.index)
                    return replace(proof, rests_on=(*told, places))
        return Proof(False)

    def _starts(self) -> Iterator[tuple[Expr, tuple[str, ...]]]:
        """What the row goes on from: its left side, and what earlier rows say of that slope."""
        yield self.before, ()
        if isinstance(self.before, Partial):
            for other in dict.fromkeys(other.index for other, _ in self.context.determined):
                slope, value = self.context.said.read[other]
                item = self.context.reading.items[other]
                if slope == self.before and self.context.said.holds_at(item, self.item):
                    yield value, (item.place,)

    def in_law(self, found: RowReport) -> RowReport:
        """A row about laws: what follows goes on from its right side."""
        if found.verdict == "proved":
            self.context.chain.begin_anew(Line(self.claim, True, self.item.right))
        else:
            self.context.chain.add(self.claim, False)
        return found

    # --- verdicts ---

    def proved(self, proof: Proof) -> RowReport:
        context, item = self.context, self.item
        context.keep(item, proof)
        case = item.index in context.said.in_cases  # then it stands for this chain alone
        until = item.index if case else context.facts.until(proof.rests_on)
        context.chain.add(self.claim, self.relation == "=", item.right, until)
        if self.relation == "=" and item.index not in context.said.in_cases:
            context.learn(item, self.before, self.claim, proof)
            self._learn_slope()
        self._learn_value()
        words = _from_lines(proof)
        if item.index in context.said.in_cases:
            words += ", which is taken to hold"
        found = report(item, "proved", words, self.reading)
        return replace(found, by=proof.by, needs=proof.needs)

    def _learn_value(self) -> None:
        """Of a chain c² = … about a coefficient: what c is by its last row, too."""
        context, first = self.context, self.context.chain.lines[0]
        told = {said.head for _, said in context.determined}
        if self.relation != "=" or not (first.stands and told & heads_in([first.term])):
            return
        if first.term == self.before or not is_of_coefficients(first.term, self.claim):
            return
        found = determined(first.term, self.claim, self.item.place, {})
        context.determined += [(self.item, said) for said in found if said.head in told]

    def _learn_slope(self) -> None:
        """Of a chain that begins with a derivative in time: that it is what the row says, since it
        may be integrated later."""
        context, first = self.context, self.context.chain.lines[0]
        slope = first.term
        if not (isinstance(slope, Partial) and first.stands) or slope == self.before:
            return
        facts = context.facts.about([slope, self.claim], self.item.index)
        context.prover.begin()
        proof = context.prover.prove(slope, self.claim, facts=facts)
        if proof.proved:
            context.learn(self.item, slope, self.claim, proof)

    def not_proved(self, proof: Proof) -> RowReport:
        context, item, evidence = self.context, self.item, self.evidence
        context.keep(item, proof)
        agrees = evidence is not None and evidence.status == "agrees"
        sides = (self.before, self.claim)
        sign = depends_on_a_sign(context, sides, self.relation) if agrees else ""
        if sign:
            agrees, evidence = False, None
            proof = replace(proof, message=f"it depends on the sign of {sign}")
        if self.relation == "=" and changes_variables(context, item, self.before, self.claim):
            context.chain.add(self.claim, True, item.right)
            words = "how a flow carries a density: the change of variables is assumed"
            return report(item, "hypothesis", words, self.reading)
        if self.relation == "=" and (self._is_continuity() or self._is_evolution()):
            context.chain.add(self.claim, True, item.right)
            context.assume(item, self.before, self.claim)
            words = "an equation for how a density without a definition moves: it is assumed"
            return report(item, "hypothesis", words, self.reading)
        if agrees and not self.unknown:
            if self.relation == "=":
                context.chain.add(self.claim, True, item.right)
            announced = item.piece.inside == "theorem" and item.row.left is not None
            verdict: Verdict = "statement" if announced and not item.inline else "agrees"
            words = f"not proved: {proof.message}"
            if self.on_a_line:
                words += "; in two dimensions the numbers show nothing"
            return replace(report(item, verdict, words, self.reading), numeric=evidence)
        if self.determines() and (self._is_growth() or not is_bare_symbol(self._left)):
            until = section_end(context.reading, item)
            context.chain.add(self.claim, True, item.right, until)
            return report(item, "hypothesis", TIES, self.reading)
        if self.says_what_a_symbol_is():
            context.chain.add(self.claim, True, item.right)
            return report(item, "definition", "from here on, that is what it is", self.reading)
        says = self.tied.startswith(SAYS)  # then later rows of the chain go on from there
        if says and self.relation == "=":
            context.chain.add(self.claim, True, item.right)
        elif self.relation == "=":
            context.chain.leave_open(self.claim, item.right)
        if item.assumed and (item.inline or item.index == 0 or not context.chain.lines[1:-1]):
            if self.relation == "=":
                context.assume(item, self.before, self.claim)
            return report(item, "hypothesis", "it is assumed, by the words before it")
        if self.relation == "=" and not self.unknown and isinstance(self.before, Apply):
            context.stated.append(StatedRow(self.before, self.claim, item.place))
        why = f"not proved: {proof.message}"
        if evidence is not None and evidence.status == "refuted":
            why = f"not known well enough to say: {self.tied}"
            evidence = None
        verdict = "open"
        if item.piece.inside == "theorem" and item.row.left is not None and not item.inline:
            verdict = "statement"
        return replace(report(item, verdict, why, self.reading), numeric=evidence)

    def from_undecided(self, line: Line) -> RowReport | None:
        """The verdict where the row above is open: it is all that this row claims to follow from.

        It can be proved, or agree; what is wrong is told from what stands.
        """
        context, item = self.context, self.item
        try:
            sides_fit(line.term, self.claim, self.relation)
        except (SortError, FmproofError):
            return None
        row = ComparedRow(context, item, line.term, self.claim, self.relation)
        row.lines = (replace(line, stands=True),)
        if row.evidence is not None and row.evidence.status == "refuted":
            if row.fair():
                return row.wrong_behind() if line.follows else None
            proof = row.prove_from_assumed([line.term])
            return row.proved_behind(proof) if proof.proved else None
        proof = row.prove([line.term])
        agrees = row.evidence is not None and row.evidence.status == "agrees"
        if not proof.proved and (row.unknown or not agrees):
            return None
        if proof.proved:
            return row.proved_behind(proof)
        context.keep(item, proof)
        context.chain.leave_open(self.claim, item.right, follows=True)
        words = f"{_FROM_OPEN}; not proved: {proof.message}"
        return replace(report(item, "agrees", words, row.reading), numeric=row.evidence)

    def proved_behind(self, proof: Proof) -> RowReport:
        """Proved from the row above, which is open."""
        context, item = self.context, self.item
        context.keep(item, proof)
        context.chain.leave_open(self.claim, item.right, follows=True)
        words = ", and ".join(filter(None, (_FROM_OPEN, _from_lines(proof))))
        found = report(item, "proved", words, self.reading)
        return replace(found, by=proof.by, needs=proof.needs)

    def wrong_behind(self) -> RowReport:
        """The row above is open, but equals the one before it; this one differs from both."""
        context, item = self.context, self.item
        context.chain.leave_open(self.claim, item.right)
        message = "it differs from the row above, which is open, and follows from the one before it"
        found = report(item, "refuted", message, self.reading)
        return replace(found, numeric=self._shown())

    def _is_continuity(self) -> bool:
        """∂p/∂t = −div(p u) for a u that is given: nothing could prove it."""
        return moved_by_any([self.before, self.claim]) is not None

    def _is_evolution(self) -> bool:
        """The first ∂p/∂t = … div(…) of a density p that is given: a Fokker–Planck equation.

        Later ones claim to follow from it.
        """
        slope = self.before
        if not (self.item.row.left is not None and isinstance(slope, Partial)):
            return False
        density = slope.body.head if isinstance(slope.body, Apply) else None
        if not isinstance(density, Density) or density.definition is not None:
            return False
        moved = [f for f in self.context.facts.known if f.before.has(Partial)]
        known = any(density in heads_in([f.before]) for f in moved)
        return not known and self.claim.has(Div) and density in heads_in([self.claim])

    def wrong(self) -> RowReport:
        """Refuted, or equal up to a constant; with what would be right, where that is proved."""
        context, item, before, claim = self.context, self.item, self.before, self.claim
        context.chain.add(claim, False)
        tried = context.prover.derivation(before, claim, self.relation, ())
        context.keep(item, Proof(False, derivation=tried))
        constant = self._constant()
        if constant is not None:
            return constant
        suggestion = ""
        near = self._right_one(_NEAR)
        if near is not None:
            words, candidate = near
            suggestion = f"{words}: that is proved"
            if not self._averaged:
                context.chain.add(candidate, self.relation == "=")
        found = report(item, "refuted", "the numbers of both sides differ", self.reading)
        return replace(found, numeric=self._shown(), suggestion=suggestion)

    def _shown(self) -> NumericEvidence:
        """The evidence with a counterexample for readers, in a world that follows the document."""
        numbers, assumed = self.context.numbers, () if self.tied else self.assumed
        row = (self.before, self.claim, self.relation, assumed)
        return numbers.of(*row, simplify=True, in_plane=self.in_plane)

    def wrong_beside(self) -> RowReport | None:
        """Wrong beside what other rows say, although these may be open."""
        if self.relation != "=":
            return None
        found = beside.wrong_beside(self.context, self.item, self.before, self.claim)
        if found is None:
            return None
        shown = self.context.numbers.of(found.before, found.claim, simplify=True)
        return replace(
            report(self.item, "refuted", found.message, as_read(found.before, "=", found.claim)),
            numeric=shown,
            suggestion=f"{found.suggestion}: that is proved" if found.suggestion else "",
        )

    def wrong_by_neighbour(self) -> RowReport | None:
        """Wrong although little is known of its symbols: with another sign it is proved.

        So the row is true only where the summand with that sign vanishes.
        """
        if self.relation != "=" or moved_point(self.context.elab, self.item.left):
            return None  # another dx/dt may be of another point
        near = self._right_one(_FEW_NEAR, strict=True)
        if near is None:
            return None
        words, candidate = near
        if not self._averaged:
            self.context.chain.add(candidate, True)
        message = "the numbers of both sides differ, and a row one edit away is proved"
        found = report(self.item, "refuted", message, self.reading)
        return replace(found, numeric=self._shown(), suggestion=f"{words}: that is proved")

    def _right_one(self, most: int, strict: bool = False) -> tuple[str, Expr] | None:
        """What to change, and a row that is proved with it.

        Args:
            strict: only what numbers corroborate, nothing left out, no symbol for another.
        """
        context = self.context
        good = ("agrees",) if strict else ("agrees", "inconclusive")
        until = process_time() + _SECONDS_NEAR
        before, claim = self.before, self.claim
        if self._averaged:
            before, claim = self._averaged[0].before, self._averaged[0].claim
        for words, candidate in islice(neighbours(before, claim, not strict), most):
            if strict and process_time() > until:
                return None
            if strict and words.startswith("without"):
                continue
            try:
                sides_fit(before, candidate, self.relation)
            except (SortError, FmproofError):
                continue
            problems = 1 if strict else None
            found = context.numbers.of(before, candidate, self.relation, (), problems)
            if found.status not in good:
                continue
            tried = context.prover.prove(before, candidate, self.relation, thorough=strict)
            if tried.proved:
                return words, candidate
        return None

    def _constant(self) -> RowReport | None:
        """Equal up to a term that is free of the parameters."""
        before, claim = self.before, self.claim
        if self.relation != "=" or sort_of(claim) is not Sort.REAL or free_of_parameters(before):
            return None
        left_over = constant_difference(before, claim)
        if left_over is None or free_vars(left_over):
            return None
        if not self.context.prover.prove(before, claim + left_over).proved:
            return None
        shown = text(left_over)
        words = f"the sides differ by {shown}, which is free of the parameters"
        found = report(self.item, "constant", words, self.reading)
        mended = f"add {shown}: that is proved"
        return replace(found, numeric=self._shown(), suggestion=mended)
