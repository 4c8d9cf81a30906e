"""Wrong steps made from right ones, by random edits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random

from sympy import Basic, Expr, Rational

from fmproof.derivations import load
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Abs,
    Apply,
    CondExpect,
    Density,
    Div,
    Exp,
    Expect,
    Field,
    Grad,
    Inner,
    IntegralOver,
    Law,
    Lebesgue,
    Log,
    Partial,
    Ratio,
    Scalar,
    Sqrt,
    Var,
)
from fmproof.lang.scope import canon
from fmproof.lang.spelling.text import text
from fmproof.meaning.witness import Witness
from fmproof.tactics.check import _check_once, _Checker
from fmproof.tactics.methods import METHODS
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

PATIENCE = 2_000  #: draws without a new mutant, after which a derivation has no more

Edit = Callable[[Basic, Random, list[Basic]], Basic | None]


@dataclass(frozen=True)
class Mutant:
    """A step of a derivation with one thing wrong."""

    derivation: str
    part: Part
    before: Expr
    step: Step
    kind: str
    without: str = ""  #: a hypothesis that is taken away


# --- edits of one node --------------------------------------------------------------------


_DERIVATIVES = Grad | Partial | Div
_FUNCTIONS = Log | Exp | Sqrt | Abs


def _coefficient(node: Basic, random: Random, _: list[Basic]) -> Basic | None:
    if not isinstance(
        node, Inner | Expect | CondExpect | IntegralOver | Apply | _DERIVATIVES | _FUNCTIONS
    ) or (isinstance(node, Apply) and type(node.head) is Law):
        return None
    return Mul(random.choice([-1, 2, 3, Rational(1, 2), -2]), node)


def _drop_summand(node: Basic, random: Random, _: list[Basic]) -> Basic | None:
    if not isinstance(node, Add):
        return None
    gone = random.randrange(len(node.args))
    return Add(*(arg for i, arg in enumerate(node.args) if i != gone))


def _drop_factor(node: Basic, random: Random, _: list[Basic]) -> Basic | None:
    if not isinstance(node, Mul):
        return None
    gone = random.randrange(len(node.args))
    return Mul(*(arg for i, arg in enumerate(node.args) if i != gone))


def _repeat_summand(node: Basic, random: Random, _: list[Basic]) -> Basic | None:
    return Add(node, random.choice(node.args)) if isinstance(node, Add) else None


def _other_subterm(node: Basic, random: Random, pool: list[Basic]) -> Basic | None:
    """Another term of the same sort from anywhere: marginal for conditional and so on."""
    kinds = Apply | Inner | Expect | CondExpect | IntegralOver | Ratio | _DERIVATIVES | _FUNCTIONS
    if not isinstance(node, kinds) or (isinstance(node, Apply) and type(node.head) is Law):
        return None
    alike = [other for other in pool if sort_of(other) is sort_of(node) and other != node]
    return random.choice(alike) if alike else None


def _other_variable(node: Basic, random: Random, pool: list[Basic]) -> Basic | None:
    if not isinstance(node, Apply):
        return None
    place = random.randrange(1, len(node.args)) if len(node.args) > 1 else 0
    if not place or not isinstance(node.args[place], Var):
        return None
    old = node.args[place]
    names = [v for v in pool if isinstance(v, Var) and v.sort is old.sort and v != old]
    if not names:
        return None
    args = list(node.args)
    args[place] = random.choice(names)
    return node.func(*args)


def _other_argument(node: Basic, random: Random, pool: list[Basic]) -> Basic | None:
    """Something else where a symbol, or a Gaussian, is taken: another mean, another variance."""
    if not isinstance(node, Apply) or len(node.args) < 2:
        return None
    place = random.randrange(1, len(node.args))
    old = node.args[place]
    alike = [other for other in pool if sort_of(other) is sort_of(old) and other != old]
    if not alike:
        return None
    return node.func(*node.args[:place], random.choice(alike), *node.args[place + 1 :])


def _other_power(node: Basic, random: Random, _: list[Basic]) -> Basic | None:
    if not isinstance(node, Pow):
        return None
    return Pow(node.args[0], node.args[1] + random.choice([-1, 1]))


def _drop_function(node: Basic, random: Random, _: list[Basic]) -> Basic | None:
    """a for log a; f(t) for its derivative in t."""
    return node.args[0] if isinstance(node, _FUNCTIONS | Partial) else None


def _drop_given(node: Basic, random: Random, _: list[Basic]) -> Basic | None:
    """The mean without a condition."""
    return Expect(node.body, *node.measure) if isinstance(node, CondExpect) else None


def _other_place(node: Basic, random: Random, pool: list[Basic]) -> Basic | None:
    """A derivative taken somewhere else."""
    if not isinstance(node, _DERIVATIVES):
        return None
    alike = [p for p in pool if sort_of(p) is node.var.sort and p != node.at]
    return node.func(node.body, node.var, random.choice(alike)) if alike else None


def _drop_draw(node: Basic, random: Random, _: list[Basic]) -> Basic | None:
    if not isinstance(node, Expect) or len(node.measure) < 2:
        return None
    gone = random.randrange(len(node.measure))
    return Expect(node.body, *(d for i, d in enumerate(node.measure) if i != gone))


def _other_law(node: Basic, random: Random, pool: list[Basic]) -> Basic | None:
    """One draw replaced by another density that draws the same variables."""
    if not isinstance(node, Expect):
        return None
    place = random.randrange(len(node.measure))
    draw = node.measure[place]
    others = [
        d
        for d in pool
        if isinstance(d, Apply)
        and isinstance(d.head, Density)
        and d.head.drawn(d) == draw.head.drawn(draw)
        and d != draw
    ]
    if not others:
        return None
    measure = list(node.measure)
    measure[place] = random.choice(others)
    return Expect(node.body, *measure)


def _range(node: Basic, random: Random, _: list[Basic]) -> Basic | None:
    if not isinstance(node, Lebesgue) or not node.bounded:
        return None
    ends = random.choice([(0, Rational(1, 2)), (Rational(1, 2), 1), (0, 2), (-1, 1)])
    return Lebesgue(node.var, *ends)


def _flip_ratio(node: Basic, random: Random, _: list[Basic]) -> Basic | None:
    return Ratio(node.args[1], node.args[0]) if isinstance(node, Ratio) else None


def _new_symbol(node: Basic, random: Random, _: list[Basic]) -> Basic | None:
    """The same application of a symbol without the definition."""
    if not isinstance(node, Apply) or node.head.definition is None:
        return None
    head = node.head
    if isinstance(head, Density):
        return None
    kind = Field if isinstance(head, Field) else Scalar
    fresh = kind(head.name, *head.main, sub=head.sub, sup=head.sup, given=head.given)
    return fresh(*node.arguments)


EDITS: tuple[Edit, ...] = (
    _coefficient,
    _drop_summand,
    _drop_factor,
    _repeat_summand,
    _other_subterm,
    _other_variable,
    _other_argument,
    _other_power,
    _drop_function,
    _drop_given,
    _other_place,
    _drop_draw,
    _other_law,
    _range,
    _flip_ratio,
    _new_symbol,
)


# --- edits anywhere in a term ---------------------------------------------------------------


def _places(node: Basic, path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    yield path
    for i, arg in enumerate(node.args):
        yield from _places(arg, (*path, i))


def _at(node: Basic, path: tuple[int, ...]) -> Basic:
    for i in path:
        node = node.args[i]
    return node


def _put(node: Basic, path: tuple[int, ...], value: Basic) -> Basic:
    if not path:
        return value
    args = list(node.args)
    args[path[0]] = _put(args[path[0]], path[1:], value)
    return node.func(*args)


def _edited(term: Expr, random: Random, pool: list[Basic]) -> tuple[str, Expr] | None:
    edit = random.choice(EDITS)
    paths = list(_places(term))
    for path in random.sample(paths, len(paths)):
        try:
            new = edit(_at(term, path), random, pool)
            if new is not None:
                return edit.__name__.strip("_"), _put(term, path, new)
        except FmproofError:
            return None
    return None


# --- mutants of derivations -------------------------------------------------------------------


class Laboratory:
    """A derivation with its lemmas proved, ready to try other steps in it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.derivation: Derivation = load(name)
        self.places: list[tuple[Part, Expr, Step]] = []
        self._checkers: dict[str, _Checker] = {}
        pool: dict[Basic, None] = {}
        for part in self.derivation.parts:
            before = part.start
            for step in part.steps:
                self.places.append((part, before, step))
                pool.update(dict.fromkeys(_at(step.claim, p) for p in _places(step.claim)))
                before = step.claim
        laws = [n for n in pool if isinstance(n, Apply) and type(n.head) is Law]
        self.pool = [n for n in pool if isinstance(n, Expr) and n not in laws]

    @cached_property
    def used(self) -> list:
        """The outcomes of the derivations that it rests on."""
        proved: dict = {}
        return [_check_once(d, proved, None) for d in self.derivation.uses]

    def checker(self, without: str = "") -> _Checker:
        """A checker that has seen the derivation; its lemmas are theorems or assumed."""
        if without not in self._checkers:
            kept = [h for h in self.derivation.hypotheses if h.name != without]
            checker = _Checker(replace(self.derivation, hypotheses=kept), self.used, None)
            checker.run()
            self._checkers[without] = checker
        return self._checkers[without]

    def _proved(self, without: str, part: Part, before: Expr, step: Step) -> bool:
        checker = self.checker(without)
        checker.ledger.met.clear()
        checker.ledger.almost = part.almost
        try:
            _, report = checker._guarded(step, part.title, before)
        except FmproofError:
            return False  # refused as input: the two lines are of different sorts
        return report.status == "proved"

    def accepts(self, mutant: Mutant) -> bool:
        """Whether the checker takes the step."""
        try:
            self.checker(mutant.without)
            self._alone(mutant)
        except FmproofError:
            return False  # sorts that differ, a variable that is free, a citation of nothing
        return self._proved(mutant.without, mutant.part, mutant.before, mutant.step)

    def equal(self, mutant: Mutant, original: Step) -> bool:
        """Whether the mutant's claim is proved equal to the original one, by auto or its rules."""
        there = Step("equal", mutant.step.claim, by="auto")
        back = Step("equal", original.claim, by=original.by, using=original.using)
        return self._proved("", mutant.part, original.claim, there) or self._proved(
            "", mutant.part, mutant.step.claim, back
        )

    def _alone(self, mutant: Mutant) -> Derivation:
        """A derivation that consists of the step."""
        part = replace(
            mutant.part, start=mutant.before, steps=[mutant.step], statement=None, name=""
        )
        return replace(self.derivation, parts=[part], statement=None)

    def refuted(self, mutant: Mutant) -> bool:
        """Whether the numbers, which know no rule, say that the step is false."""
        return Witness().check(self._alone(mutant))[mutant.step.id].status == "refuted"

    def mutant(self, random: Random) -> tuple[Mutant, Step] | None:
        """A random wrong step, with the step that it was made from."""
        part, before, step = random.choice(self.places)
        roll = random.random()
        if roll < 0.82:
            found = _edited(step.claim, random, self.pool)
            if found is None or canon(found[1]) == canon(step.claim):
                return None
            kind, claim = found
            return Mutant(self.name, part, before, replace(step, claim=claim), kind), step
        if roll < 0.90:
            rule = random.choice([m for m in METHODS if m not in step.rules])
            using = step.using if rule in ("lemma", "auto") else ()
            if rule == "lemma" and not using:
                return None
            made = replace(step, by=rule, using=using)
            return Mutant(self.name, part, before, made, "rule"), step
        if roll < 0.97:
            other = random.choice([s for _, _, s in self.places])
            if canon(other.claim) == canon(step.claim):
                return None
            return Mutant(
                self.name, part, before, replace(step, claim=other.claim), "position"
            ), step
        if not self.derivation.hypotheses:
            return None
        hypothesis: Hypothesis = random.choice(list(self.derivation.hypotheses))
        return Mutant(self.name, part, before, step, "hypothesis", hypothesis.name), step


def mutants(laboratory: Laboratory, seed: int, count: int) -> Iterator[tuple[Mutant, Step]]:
    """``count`` distinct mutants of a derivation that are well formed."""
    random = Random(f"{seed} {laboratory.name}")
    seen: set[tuple] = set()
    misses = 0
    while len(seen) < count and misses < PATIENCE:
        misses += 1
        try:
            made = laboratory.mutant(random)
        except FmproofError:
            continue  # the edit does not even make a term
        if made is None:
            continue
        mutant, original = made
        key = (mutant.step.id, mutant.step.rules, canon(mutant.step.claim), mutant.without)
        if key not in seen:
            seen.add(key)
            misses = 0
            yield mutant, original


def describe(mutant: Mutant, original: Step) -> str:
    """One line for the list of accepted mutants."""
    what = f"{mutant.step.id} {mutant.kind}"
    if mutant.kind == "hypothesis":
        return f"{what}: without {mutant.without}"
    if mutant.kind == "rule":
        return f"{what}: {', '.join(original.rules)} -> {', '.join(mutant.step.rules)}"
    return f"{what}: {text(original.claim)} -> {text(mutant.step.claim)}"


@dataclass(frozen=True)
class Trial:
    """A mutant that was tried."""

    number: int
    kind: str
    line: str  #: the mutant in words
    accepted: bool
    why: str = ""  #: why an accepted one is true; "" if nothing says so


def trials(name: str, seed: int, count: int) -> Iterator[Trial]:
    """The mutants of a derivation, each accepted one with the reason why it is true."""
    laboratory = Laboratory(name)
    for number, (mutant, original) in enumerate(mutants(laboratory, seed, count)):
        line = describe(mutant, original)
        if not laboratory.accepts(mutant):
            yield Trial(number, mutant.kind, line, False)
            continue
        yield Trial(number, mutant.kind, line, True, _why(laboratory, mutant, original))


def _why(laboratory: Laboratory, mutant: Mutant, original: Step) -> str:
    if canon(mutant.step.claim) == canon(original.claim):
        return "the same claim"
    if canon(mutant.step.claim) == canon(mutant.before):
        return "the line before"
    if laboratory.refuted(mutant):
        return ""
    if mutant.step.relation != "=" and original.relation == mutant.step.relation:
        return "weaker"
    return "equal" if laboratory.equal(mutant, original) else ""
