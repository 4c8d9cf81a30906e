"""Deriving side conditions from declared hypotheses, by search over the kernel's rules.

Untrusted: the search only decides which rules to try; what it returns is a theorem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, permutations, product
from time import thread_time

from sympy import Add, Basic, Expr, Mul, Pow, S

from fmproof.errors import RuleError, SortError
from fmproof.kernel.algebra import bilinearity
from fmproof.kernel.almost import (
    everywhere,
    multiple_vanishes,
    reorder_almost,
    sections,
    support_of_draw,
    support_of_marginal,
    under_law,
)
from fmproof.kernel.calculus import (
    differentiable_equal,
    dominated_differentiable,
    dominated_integrable,
    integrable_derivative,
)
from fmproof.kernel.conditional import draw_equation
from fmproof.kernel.equality import (
    congruence,
    generalise,
    instantiate,
    specialise,
    transitivity,
    unfold,
)
from fmproof.kernel.functions import logarithm
from fmproof.kernel.gaussian import (
    gaussian_bounded,
    gaussian_density,
    gaussian_moments,
    is_gaussian,
)
from fmproof.kernel.hypotheses import assume, discharge, restate
from fmproof.kernel.integrability import (
    cancelled_ratio,
    cauchy_schwarz,
    constant_factor,
    equal_integrand,
    finite_measure,
    integral_inside,
    jensen,
    joint_form,
    parallelogram,
    scalar_cauchy_schwarz,
    scalar_square_integrable,
    square_integrable,
    sum_of_integrable,
    tonelli,
)
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul
from fmproof.lang.node import remembered
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Density,
    Draw,
    Expect,
    Field,
    Inner,
    IntegralOver,
    Lebesgue,
    Let,
    Log,
    Ratio,
    Scalar,
    Var,
)
from fmproof.lang.nodes.derivative import Derivative
from fmproof.lang.nodes.measure import (
    against_lebesgue,
    conditions,
    drawn_by,
    law_order,
    without_lets,
)
from fmproof.lang.props import (
    Almost,
    Differentiable,
    Dominated,
    Equals,
    ForAll,
    Integrable,
    Prop,
    VanishesWith,
)
from fmproof.lang.scope import alpha_equal, canon, free_vars, fresh_names, substitute
from fmproof.tactics.averages import (
    contracted,
    has_let,
    mentions_mean,
    moved,
    spelled_out,
    standard_noise,
)
from fmproof.tactics.carried import spelled_otherwise, together
from fmproof.tactics.matching import instance, match
from fmproof.tactics.pointwise import (
    all_computed_slopes,
    computed_slopes,
    defined,
    fewer,
    logarithmic_slopes,
    pointwise,
    scaled_slope,
)
from fmproof.tactics.rewriting import attempt, sweep

DEPTHS = (3, 5, 8, 12)
"""How many rules may be chained; derivations in the fragment need about six."""

PATIENCE = 5.0
"""Seconds of computation after which the search for one condition gives up."""

_DOMINATIONS = (
    ("domination", integrable_derivative),
    ("bounded", gaussian_bounded),
    ("sums", sum_of_integrable),
    ("cancelling", cancelled_ratio),
    ("constant factors", constant_factor),
    ("Tonelli", integral_inside),
    ("Cauchy–Schwarz", cauchy_schwarz),
    ("parallelogram", parallelogram),
    ("Jensen", jensen),
    ("second moments", square_integrable),
)


Move = tuple[str, Theorem | None]
"""The word that a report says, and a theorem that concludes the goal."""
Moves = Callable[[Integrable, Integrable], Iterator[Move]]


@dataclass(frozen=True)
class Proof:
    """A condition's theorem and, for the reader, the rules and hypotheses behind it."""

    theorem: Theorem
    reasons: tuple[str, ...]

    def describe(self) -> str:
        """E.g. "Cauchy–Schwarz, Jensen, H1, H2"."""
        unique = dict.fromkeys(self.reasons)
        rules = [r for r in unique if not r.startswith("@")]
        return ", ".join(rules + sorted(r[1:] for r in unique if r.startswith("@")))


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
        self._known: dict[Prop, Proof | None] = {}
        self._facts_at: dict[frozenset[Var], list[tuple[str, Theorem]]] = {}
        self.until: float | None = None  #: when the search gives up, in seconds of the thread
        self._failed: dict[Prop, int] = {}  # with how many rules it was not proved

    def learn(self, equation: Theorem) -> None:
        """Take a theorem f = g along which differentiability may be carried."""
        self.equations.append(equation)
        self._forget_failures()

    def note(self, fact: Theorem) -> None:
        """Take a theorem that holds almost surely, under its own hypotheses."""
        self.facts.append(fact)
        self._forget_failures()

    def _late(self) -> bool:
        return self.until is not None and thread_time() > self.until

    def _forget_failures(self) -> None:
        self._failed.clear()
        self._known = {goal: proof for goal, proof in self._known.items() if proof is not None}

    def prove(self, goal: Prop, depth: int | None = None) -> Proof | None:
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
            return found and Proof(restate(found.theorem, goal), found.reasons)
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
            theorems = [attempt(rule, goal) for _, rule in _DOMINATIONS]
            for theorem in theorems:
                if theorem is None:
                    continue
                needs = [self.missing(premise, depth - 1) for premise in theorem.hypotheses]
                found = [n for n in needs if n is not None]
                if len(found) == len(needs):
                    return list({canon(p): p for need in found for p in need}.values())
        return [goal]

    def _derive(self, goal: Prop, depth: int) -> Proof | None:
        if isinstance(goal, Integrable):
            return self._integrable(goal, depth)
        if isinstance(goal, Almost):
            return self._almost(goal, depth)
        if isinstance(goal, ForAll):
            return self._for_all(goal, depth)
        for word, theorem in pointwise(goal):
            proof = self._from(theorem, word, depth)
            if proof is not None:
                return proof
        if isinstance(goal, Differentiable):
            return self._differentiable(goal, depth)
        return None

    def _from(self, theorem: Theorem | None, reason: str, depth: int) -> Proof | None:
        """``theorem`` with all its hypotheses proved."""
        if theorem is None:
            return None
        reasons: tuple[str, ...] = (reason,) if reason else ()
        for premise in theorem.hypotheses:
            proof = self.prove(premise, depth)
            if proof is None:
                return None
            theorem = discharge(theorem, proof.theorem)
            reasons += proof.reasons
        return Proof(theorem, reasons)

    # --- hypotheses -------------------------------------------------------------------

    def _facts(self, goal: Prop) -> list[tuple[str, Theorem]]:
        """The hypotheses as theorems; "for every θ" at the parameters that the goal mentions."""
        free = free_vars(goal)
        if free not in self._facts_at:
            self._facts_at[free] = list(self._specialised(free))
        return self._facts_at[free]

    def _specialised(self, free: frozenset[Var]) -> Iterator[tuple[str, Theorem]]:
        for name, prop in self.hypotheses:
            theorem = assume(prop)
            yield name, theorem
            while isinstance(theorem.conclusion, ForAll):
                inner = theorem.conclusion
                values = {v for v in free if v.sort is inner.var.sort} | {inner.var}
                for v in sorted(values, key=lambda v: v.name):
                    yield name, specialise(theorem, v)
                theorem = specialise(theorem, inner.var)

    def _assumed(self, goal: Prop) -> Proof | None:
        for name, prop in self.hypotheses:
            fact = assume(prop)
            if not alpha_equal(prop, goal):
                found = specialised(fact, goal)
                if found is None:
                    continue
                fact = found
            return Proof(restate(fact, goal), (f"@{name}",))
        return None

    # --- integrability ----------------------------------------------------------------

    def _integrable(self, goal: Integrable, depth: int) -> Proof | None:
        form = joint_form(goal)
        if form is None:
            return Proof(finite_measure(goal), ("finite measure",))
        theorem = attempt(gaussian_moments, goal)
        if theorem is not None:
            return Proof(theorem, ("Gaussian moments",))
        for name, fact in self._facts(goal):
            prop = fact.conclusion
            theorem = attempt(same_law, goal, prop) if isinstance(prop, Integrable) else None
            if theorem is not None:
                return Proof(discharge(theorem, fact), ("Tonelli", f"@{name}"))
        needed = _needed(goal)
        if 0 < len(needed) < len(goal.measure):  # the other draws have mass one
            smaller = Integrable(goal.body, *(goal.measure[i] for i in needed))
            theorem = attempt(same_law, goal, smaller)
            if theorem is not None:
                return self._from(theorem, "", depth)
        for move in self._moves(goal):
            for word, theorem in move(goal, form):
                proof = self._from(theorem, word, depth)
                if proof is not None:
                    return proof
        return None

    def _moves(self, goal: Integrable) -> tuple[Moves, ...]:
        """What may lead to a condition, in the order in which it is tried."""
        first: tuple[Moves, ...] = ()
        if is_polynomial(goal):
            first = (self._noise_moves,)
        elif not is_compound(goal.body):
            first = (self._slope_moves, self._mean_moves)
        rest = (
            self._domination_moves,
            self._slope_moves,
            self._mean_moves,
            self._noise_moves,
            self._marginal_moves,
            self._definition_moves,
            self._carried_moves,
        )
        return (*first, *(move for move in rest if move not in first))

    def _domination_moves(self, goal: Integrable, _: Integrable) -> Iterator[Move]:
        """|f| ≤ Σ |gᵢ|."""
        for name, rule in _DOMINATIONS:
            yield name, attempt(rule, goal)
        yield from _scalar_dominations(goal)

    def _slope_moves(self, goal: Integrable, _: Integrable) -> Iterator[Move]:
        """A derivative that is dominated, or what the rules of calculus make of it."""
        joined = scaled_slope(goal.body)
        if joined is not None:
            yield "", attempt(equal_integrand, goal, joined)
        for _name, fact in self._facts(goal):
            if isinstance(fact.conclusion, Dominated):
                theorem = attempt(dominated_integrable, fact.conclusion)
                if theorem is not None and alpha_equal(theorem.conclusion, goal):
                    yield "domination", theorem
        rewritings = [
            ("derivatives", computed_slopes),
            ("logarithms", logarithmic_slopes),
            ("derivatives", all_computed_slopes),
        ]
        if slope_is_drawn(goal):  # else the derivative of a density may be dominated
            rewritings.reverse()
        for word, rewritten in rewritings:
            computed = rewritten(goal.body)
            if computed is not None:
                yield word, attempt(equal_integrand, goal, computed)
        for fact in self.facts:  # one at a time: what is equal to a mean is no further rewritten
            computed = sweep(goal.body, partial(_known_almost_surely, fact))
            if computed is not None:
                yield "almost surely", attempt(equal_integrand, goal, computed)

    def _mean_moves(self, goal: Integrable, _: Integrable) -> Iterator[Move]:
        """What a conditional expectation averages is integrable, so it is."""
        if mentions_mean(goal.body):
            for spelled in (goal, *spelled_out(goal)):
                theorem = contracted(spelled)
                if theorem is not None and spelled is not goal:
                    there = attempt(same_law, goal, spelled)
                    theorem = there and discharge(there, theorem)
                yield "conditional expectation", theorem

    def _noise_moves(self, goal: Integrable, _: Integrable) -> Iterator[Move]:
        """Deterministic draws put in, and Gaussian draws as multiples of standard ones."""
        if has_let(goal.measure):
            plain = Integrable(*_flat(without_lets(goal.body, goal.measure)))
            yield "", attempt(same_law, goal, plain)
        else:
            yield "Gaussian noise", standard_noise(goal)

    def _marginal_moves(self, goal: Integrable, form: Integrable) -> Iterator[Move]:
        for folded in marginal_variants(goal, form):
            yield "Tonelli", attempt(same_law, goal, folded)

    def _definition_moves(self, goal: Integrable, _: Integrable) -> Iterator[Move]:
        for word, rewrite in (
            ("definition", _unfold_field),
            ("Gaussian", _log_density),
            ("an earlier result", self._computed),
            ("bilinearity", _expand_product),
            ("definition", _unfold_average),
        ):
            rewritten = sweep(goal.body, rewrite)
            if rewritten is not None:
                yield word, equal_integrand(goal, rewritten)

    def _carried_moves(self, goal: Integrable, _: Integrable) -> Iterator[Move]:
        """What is known of another spelling of the integrand, or of a sum in it."""
        known = [
            (name, fact)
            for name, fact in self._facts(goal)
            if isinstance(fact.conclusion, Integrable)
        ]
        yield from together(goal, [fact.conclusion for _, fact in known])
        for _name, fact in known:
            yield "equality", spelled_otherwise(goal, fact.conclusion)

    def _computed(self, term: Expr) -> Theorem | None:
        """The value of an integral or expectation by an earlier result."""
        if isinstance(term, IntegralOver | Expect):
            for equation in self.equations:
                found = instance(equation, term)
                if found is not None:
                    return found
        return None

    # --- almost everywhere ------------------------------------------------------------

    def _almost(self, goal: Almost, depth: int) -> Proof | None:
        needed = _needed(goal)
        if len(needed) < len(goal.measure):
            return self._spread(goal, needed, depth)
        prop = goal.body
        proof = None
        if isinstance(prop, VanishesWith):
            proof = self._vanishes(goal, prop, depth)
        elif isinstance(prop, Integrable):
            proof = self._sections(goal, prop, depth)
        elif isinstance(prop, Equals):
            proof = self._almost_equal(goal, depth)
        elif isinstance(prop, Differentiable):
            proof = self._dominated(goal, prop, depth)
        proof = (
            proof
            or self._everywhere(goal, depth)
            or self._from_lebesgue(goal, depth)
            or self._under_another_law(goal, depth)
        )
        if proof is not None or len(goal.measure) == 1:
            return proof
        if not isinstance(prop, VanishesWith | Integrable):
            return None
        for place in range(len(goal.measure)):
            kept = tuple(i for i in range(len(goal.measure)) if i != place)
            proof = self._spread(goal, kept, depth)
            if proof is not None:
                return proof
        return None

    def _everywhere(self, goal: Almost, depth: int) -> Proof | None:
        """What holds at every value holds at almost every one."""
        if isinstance(goal.body, Equals):
            return None
        bound = {v for item in goal.measure for v in drawn_by(item)}
        proof = self.prove(goal.body, depth)
        if proof is not None and not any(bound & free_vars(h) for h in proof.theorem.hypotheses):
            return Proof(everywhere(proof.theorem, goal.measure), proof.reasons)
        for word, theorem in pointwise(goal.body):  # what it needs, almost everywhere
            try:
                spread = everywhere(theorem, goal.measure)
            except SortError:
                continue
            proof = self._from(spread, word, depth)
            if proof is not None:
                return proof
        return None

    def _dominated(self, goal: Almost, prop: Differentiable, depth: int) -> Proof | None:
        """What is dominated is differentiable almost everywhere."""
        try:
            premise = Dominated(*prop.args, *goal.measure)
        except SortError:
            return None
        theorem = attempt(dominated_differentiable, premise)
        if theorem is None or not alpha_equal(theorem.conclusion, goal):
            return None  # the place is among what is integrated
        return self._from(theorem, "domination", depth)

    def _under_another_law(self, goal: Almost, depth: int) -> Proof | None:
        """From a hypothesis that says it under another law of the same variables."""
        for name, fact in self._facts(goal):
            known = fact.conclusion
            if isinstance(known, Almost) and isinstance(known.body, type(goal.body)):
                theorem = self._moved_fact(fact, goal)
                if theorem is not None:
                    proof = self._from(theorem, f"@{name}", depth)
                    if proof is not None:
                        return proof
        return None

    def _almost_equal(self, goal: Almost, depth: int) -> Proof | None:
        """From what is known almost surely, under this or another law of the same variables."""
        for place, item in enumerate(goal.measure):
            if isinstance(item, Let):
                theorem = draw_equation(goal.measure, place)
                if alpha_equal(theorem.conclusion, goal):
                    return Proof(restate(theorem, goal), ("point mass",))
        for fact in self.facts:
            proof = self._from(self._moved_fact(fact, goal), "almost surely", depth)
            if proof is not None:
                return proof
        return None

    def _moved_fact(self, fact: Theorem, goal: Almost) -> Theorem | None:
        known = fact.conclusion
        if not isinstance(known, Almost):
            return None
        values = match(known.body, goal.body)
        if values is None:
            return None
        bound = {v for item in known.measure for v in drawn_by(item)}
        outside = {v: value for v, value in values.items() if v not in bound}
        theorem = attempt(instantiate, fact, outside) if outside else fact
        if theorem is None or not isinstance(theorem.conclusion, Almost):
            return None
        known = theorem.conclusion
        inside = {v: values[v] for v in bound & values.keys()}
        if any(not isinstance(value, Var) for value in inside.values()):
            return None
        taken = free_vars(goal).union(*map(drawn_by, goal.measure), inside.values())
        hidden = fresh_names(sorted(bound - inside.keys(), key=lambda v: v.name), taken)
        renaming: dict[Var, Expr] = {**inside, **hidden}
        try:
            own = [substitute(item, renaming) for item in known.measure]
            wanted = Almost(goal.body, *own)
            theorem = restate(theorem, wanted)
            needed = free_vars(wanted)
            outer = [d for d in goal.measure if needed & set(drawn_by(d))]
            if outer:
                theorem = everywhere(theorem, outer)
        except (SortError, RuleError):
            return None
        if alpha_equal(theorem.conclusion, goal):
            return theorem
        there = moved(goal, theorem.conclusion.measure)
        return None if there is None else discharge(there, theorem)

    def _from_lebesgue(self, goal: Almost, depth: int) -> Proof | None:
        """What holds for Lebesgue-almost every value holds almost surely under a law."""
        if has_let(goal.measure) or all(isinstance(item, Lebesgue) for item in goal.measure):
            return None
        _, lebesgue = against_lebesgue(S.One, goal.measure)
        proof = self.prove(Almost(goal.body, *lebesgue), depth)
        if proof is None:
            return None
        return Proof(under_law(proof.theorem, goal.measure), proof.reasons)

    def _sections(self, goal: Almost, prop: Integrable, depth: int) -> Proof | None:
        try:
            joint = Integrable(prop.body, *goal.measure, *prop.measure)
        except SortError:
            joint = None
        if joint is not None:
            proof = self._from(sections(joint, len(goal.measure)), "Fubini", depth)
            if proof is not None:
                return Proof(restate(proof.theorem, goal), proof.reasons)
        for name, rule in _DOMINATIONS:
            theorem = attempt(rule, prop)
            if theorem is not None:
                proof = self._from(everywhere(theorem, goal.measure), name, depth)
                if proof is not None:
                    return proof
        return None

    def _spread(self, goal: Almost, kept: Sequence[int], depth: int) -> Proof | None:
        """Prove the goal for the ``kept`` variables, at every value of the others."""
        others = [i for i in range(len(goal.measure)) if i not in kept]
        inner = [goal.measure[i] for i in kept]
        try:
            smaller = Almost(goal.body, *inner) if inner else goal.body
            proof = self.prove(smaller, depth)
            if proof is None:
                return None
            own = {var for item in inner for var in drawn_by(item)}
            if has_let(goal.measure) or any(own & conditions(goal.measure[i]) for i in others):
                # a draw that depends on others is dropped, not put before them
                there = moved(goal, inner) if inner else None
                if there is None:
                    return None
                return self._from(discharge(there, proof.theorem), "", depth)
            spread = everywhere(proof.theorem, [goal.measure[i] for i in others])
            if any(h not in proof.theorem.hypotheses for h in spread.hypotheses):
                return None  # a hypothesis speaks of the variables
        except SortError:
            return None
        return self._reordered(spread, goal, proof.reasons)

    def _reordered(self, theorem: Theorem, goal: Almost, reasons: tuple[str, ...]) -> Proof | None:
        """``theorem`` with its variables in the order of ``goal``, if that makes it the goal."""
        if not isinstance(theorem.conclusion, Almost):
            return None
        count = len(goal.measure)
        if len(theorem.conclusion.measure) != count:
            return None
        for order in permutations(range(count)):
            try:
                candidate = reorder_almost(theorem, order)
            except SortError:
                continue
            if alpha_equal(candidate.conclusion, goal):
                return Proof(restate(candidate, goal), reasons)
        return None

    def _vanishes(self, goal: Almost, prop: VanishesWith, depth: int) -> Proof | None:
        numerator, denominator = prop.args
        if any(not isinstance(item, Lebesgue) for item in goal.measure):
            return self._vanishes_under_law(goal, prop, depth)
        if isinstance(denominator, Apply):
            theorem = attempt(support_of_marginal, denominator)
            if theorem is not None:
                proof = self._reordered(theorem, goal, ("absolute continuity",))
                if proof is not None:
                    return proof
        several = len(factors(numerator)) > 1
        for place in range(len(factors(numerator)) if several else 0):
            theorem = everywhere(multiple_vanishes(prop, place), goal.measure)
            proof = self._from(theorem, "", depth)
            if proof is not None:
                return proof
        return None

    def _vanishes_under_law(self, goal: Almost, prop: VanishesWith, depth: int) -> Proof | None:
        numerator, denominator = prop.args
        for place, item in enumerate(goal.measure):
            if alpha_equal(item, denominator):
                theorem = attempt(support_of_draw, numerator, item)
                others = [m for i, m in enumerate(goal.measure) if i != place]
                if theorem is not None and others:
                    try:
                        theorem = everywhere(theorem, others)
                    except SortError:
                        continue
                if theorem is not None:
                    return self._reordered(theorem, goal, ("support of the law",))
        return None

    # --- parameters -------------------------------------------------------------------

    def _for_all(self, goal: ForAll, depth: int) -> Proof | None:
        proof = self.prove(goal.body, depth)
        if proof is None or any(goal.var in free_vars(h) for h in proof.theorem.hypotheses):
            return None
        return Proof(generalise(proof.theorem, goal.var), proof.reasons)

    def _differentiable(self, goal: Differentiable, depth: int) -> Proof | None:
        for name, fact in self._facts(goal):
            theorem = fewer(goal, fact)
            if theorem is not None:
                return Proof(theorem, (f"@{name}",))
        for rewrite in (_unfold_field, defined):
            unfolded = sweep(goal.body, rewrite)
            if unfolded is not None:
                carried = attempt(differentiable_equal, unfolded, goal)
                proof = self._from(carried, "definition", depth)
                if proof is not None:
                    return proof
        for equation in self.equations:
            for var in free_vars(equation.lhs):
                if var.sort is not goal.var.sort:
                    continue
                there = instantiate(equation, {var: goal.var})
                carried = attempt(differentiable_equal, there, goal)
                proof = self._from(carried, "equality", depth)
                if proof is not None:
                    return proof
        return None


def slope_is_drawn(goal: Integrable) -> bool:
    """Whether a derivative in a condition is taken where the measure draws."""
    bound = {v for item in goal.measure for v in drawn_by(item)}

    def found(term: Basic) -> bool:
        own = isinstance(term, Derivative) and bool(bound & free_vars(term.at))
        return own or any(map(found, term.args))

    return found(goal.body)


def _known_almost_surely(fact: Theorem, term: Expr) -> Theorem | None:
    """What is known to be equal almost surely, as a condition."""
    known = fact.conclusion
    if isinstance(known, Almost) and isinstance(known.body, Equals):
        values = match(known.body.lhs, term)
        if values is not None and free_vars(known.body.rhs) <= values.keys():
            return assume(substitute(known.body, values))
    return None


def _scalar_dominations(goal: Integrable) -> Iterator[Move]:
    """|a b| ≤ a² + b² and |f| ≤ 1 + f², for functions that are no densities and no squares."""
    parts = factors(goal.body)
    places = [i for i, part in enumerate(parts) if _is_function(part) and parts.count(part) == 1]
    for first, second in combinations(places, 2):
        yield "Cauchy–Schwarz", attempt(scalar_cauchy_schwarz, goal, first, second)
    for place in places:
        yield "second moments", attempt(scalar_square_integrable, goal, place)


def _is_function(part: Expr) -> bool:
    return isinstance(part, Apply) and isinstance(part.head, Scalar)


def is_compound(body: Expr) -> bool:
    """Whether inequalities can take a body apart: a sum, or an inner product of two vectors."""
    return any(
        isinstance(part, Add)
        or (isinstance(part, Inner) and (not part.is_square or part.args[0].is_Add))
        for part in factors(body)
    )


def is_polynomial(goal: Integrable) -> bool:
    """Whether drawn variables are used by +, · and ⟨·,·⟩ alone, and one of them is Gaussian."""
    bound = {v for item in goal.measure for v in drawn_by(item)}

    def plain(term: Basic) -> bool:
        if not bound & free_vars(term) or isinstance(term, Var):
            return True
        return isinstance(term, Add | Mul | Pow | Inner) and all(map(plain, term.args))

    return any(map(is_gaussian, goal.measure)) and plain(goal.body)


def _flat(parts: tuple[Expr, tuple[Draw, ...]]) -> tuple[Basic, ...]:
    body, measure = parts
    return (body, *measure)


def specialised(theorem: Theorem, goal: Prop) -> Theorem | None:
    """A theorem "for every …" at the values that make it ``goal``, if there are such."""
    body, variables = theorem.conclusion, []
    while isinstance(body, ForAll):
        variables.append(body.var)
        body = body.body
    if not variables or type(body) is not type(goal):
        return None
    values = match(body, goal, frozenset(variables))
    if values is None:
        return None
    for _ in variables:
        theorem = specialise(theorem, theorem.conclusion.var)
    there = attempt(instantiate, theorem, values)
    if there is None:
        return None
    theorem = there
    return theorem if alpha_equal(theorem.conclusion, goal) else None


def same_law(goal: Integrable, premise: Integrable) -> Theorem:
    """The rule ``tonelli`` with the order of the variables that makes it fit, if there is one."""
    order = same_integral(joint_form(goal), joint_form(premise))
    return tonelli(goal, premise, order or ())


def same_integral(first: Integrable | None, second: Integrable | None) -> tuple[int, ...] | None:
    """How the variables of the first joint form become those of the second; None if they cannot.

    ``order[i]`` is the place in the first of the variable at place i in the second.
    """
    if first is None or second is None:
        return () if first is second else None
    if len(first.measure) != len(second.measure) or _heads(first) != _heads(second):
        return None
    target = canon(second)
    groups: dict[object, list[int]] = {}
    for place, item in enumerate(first.measure):
        of_law = not isinstance(item, Lebesgue)
        groups.setdefault("laws" if of_law else (item.var.sort, item.range), []).append(place)
    for choice in product(*(permutations(group) for group in groups.values())):
        order = tuple(place for group in choice for place in group)
        try:
            same = canon(Integrable(first.body, *(first.measure[i] for i in order))) == target
        except SortError:  # a law before what it depends on
            continue
        if same:
            return order
    return None


@remembered
def _heads(node: Basic) -> frozenset[Basic]:
    """The symbols applied in a term or proposition: the same whatever variables are called."""
    own = frozenset((node.head,)) if isinstance(node, Apply) else frozenset()
    return own.union(*(_heads(arg) for arg in node.args))


def _needed(goal: Almost | Integrable) -> tuple[int, ...]:
    """The items of the measure that the proposition, or a later needed item, depends on."""
    wanted = set(free_vars(goal.body))
    needed: list[int] = []
    for place in reversed(range(len(goal.measure))):
        item = goal.measure[place]
        if wanted & set(drawn_by(item)):
            needed.append(place)
            if not isinstance(item, Lebesgue):
                wanted |= conditions(item)
    return tuple(sorted(needed))


def _unfold_field(term: Expr) -> Theorem | None:
    """Unfold a field or function that is defined by arithmetic from others (not as an average)."""
    if not (isinstance(term, Apply) and isinstance(term.head, Field | Scalar)):
        return None
    definition = term.head.definition
    if definition is None or isinstance(definition, IntegralOver | Expect | CondExpect):
        return None
    return unfold(term)


def _unfold_average(term: Expr) -> Theorem | None:
    """Unfold a function that is defined as an integral or expectation."""
    if isinstance(term, Apply) and isinstance(term.head, Field | Scalar):
        return unfold(term) if isinstance(term.head.definition, IntegralOver | Expect) else None
    return None


def _log_density(term: Expr) -> Theorem | None:
    """The logarithm of a Gaussian density written out."""
    if not (isinstance(term, Log) and is_gaussian(term.args[0])):
        return None
    written = congruence(term, {0: gaussian_density(term.args[0])})
    return transitivity(written, logarithm(written.rhs))


def _expand_product(term: Expr) -> Theorem | None:
    """Multiply out an inner product that is no square; the parallelogram is for squares."""
    mixed = isinstance(term, Inner) and not term.is_square
    return attempt(bilinearity, term) if mixed else None


def fields_in(term: Expr) -> set[Apply]:
    """The applications of fields in a term."""
    found = {term} if isinstance(term, Apply) and isinstance(term.head, Field) else set()
    return found.union(*(fields_in(arg) for arg in term.args))


def average_of(field: Apply) -> tuple[Apply, IntegralOver, Expr] | None:
    """``(m, average, f)`` when the field is defined as the average ∫ f·(j/m) dz."""
    if field.head.definition is None:
        return None
    average = field.head.unfold(field.arguments)
    if not isinstance(average, IntegralOver):
        return None
    ratios = [f for f in factors(average.body) if isinstance(f, Ratio)]
    if len(ratios) == 1 and isinstance(ratios[0].args[1], Apply):
        values = mul(*(f for f in factors(average.body) if f is not ratios[0]))
        return ratios[0].args[1], average, values
    return None


def as_expectation(prop: Prop) -> Prop:
    """∫ Π densities · f < ∞ as E[f] < ∞ without unused draws, where the densities make a law.

    For display.
    """
    if not isinstance(prop, Integrable):
        return prop
    body, measures = against_lebesgue(*without_lets(prop.body, prop.measure))
    parts = factors(body)
    densities = [f for f in parts if isinstance(f, Apply) and isinstance(f.head, Density)]
    laws = [m for m in measures if not isinstance(m, Lebesgue)]
    law = law_order([*laws, *densities])
    wanted = {v for m in measures for v in drawn_by(m)}
    if law is None or {v for d in law for v in drawn_by(d)} != wanted:
        return prop
    expectation = Integrable(mul(*(f for f in parts if f not in densities)), *law)
    used = [law[place] for place in _needed(expectation)]
    return Integrable(expectation.body, *used) if used else expectation


def integral_mass(average: IntegralOver) -> Expr:
    """The joint density j of an average ∫ f·(j/m) dz."""
    (ratio,) = (f for f in factors(average.body) if isinstance(f, Ratio))
    return ratio.args[0]


def marginal_variants(goal: Integrable, form: Integrable) -> list[Integrable]:
    """``goal`` under the marginal law of each averaged field in it.

    In the joint form of E_{t,z,x}‖u_t(x)‖² the marginal p_t(x), which Jensen's inequality
    needs, is spelled out as p_t(x|z) p_data(z); this spells it back.
    """
    variants = []
    for field in sorted(fields_in(form.body), key=str):
        average = average_of(field)
        if average is None:
            continue
        marginal, _, _ = average
        if marginal in factors(form.body):
            variants.append(form)
            continue
        joint = marginal.head.unfold(marginal.arguments)
        if not isinstance(joint, IntegralOver):
            continue
        for renaming in _renamings(joint, form):
            wanted = factors(substitute(joint.body, renaming))
            parts = list(factors(form.body))
            if all(w in parts for w in wanted):
                for w in wanted:
                    parts.remove(w)
                gone = set(renaming.values())
                rest = mul(*parts)
                if not gone & free_vars(rest):
                    measure = [m for m in form.measure if not gone & set(drawn_by(m))]
                    variants.append(Integrable(mul(rest, marginal), *measure))
    return variants


def _renamings(joint: IntegralOver, form: Integrable) -> list[dict[Var, Var]]:
    """The ways to read the variables that ``joint`` integrates as variables of ``form``."""
    choices = [
        [other.var for other in form.measure if isinstance(other, Lebesgue)
         and other.range == item.range and other.var.sort is item.var.sort]
        for item in joint.measure
    ]  # fmt: skip
    names = [item.var for item in joint.measure]
    return [
        dict(zip(names, choice, strict=True))
        for choice in product(*choices)
        if len(set(choice)) == len(choice)
    ]
