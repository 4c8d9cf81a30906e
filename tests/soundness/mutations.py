"""Wrong steps made from right ones, by random edits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from sympy import Add, Basic, Expr, Mul, Rational

from fmproof.derivations import BUILTIN, load
from fmproof.errors import FmproofError
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Apply,
    Density,
    Expect,
    Field,
    Inner,
    IntegralOver,
    Lebesgue,
    Ratio,
    Scalar,
    Var,
)
from fmproof.lang.scope import canon
from fmproof.tactics.check import _check_once, _Checker
from fmproof.tactics.methods import METHODS
from fmproof.tactics.script import Derivation, Hypothesis, Step

Edit = Callable[[Basic, Random, list[Basic]], Basic | None]


@dataclass(frozen=True)
class Mutant:
    """A step of a derivation with one thing wrong."""

    derivation: str
    part: str
    before: Expr
    step: Step
    kind: str
    without: str = ""  #: a hypothesis that is taken away


# --- edits of one node --------------------------------------------------------------------


def _coefficient(node: Basic, random: Random, _: list[Basic]) -> Basic | None:
    if not isinstance(node, Inner | Expect | IntegralOver | Apply):
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
    if not isinstance(node, Apply | Inner | Expect | IntegralOver | Ratio):
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
    """The built-in derivations with their lemmas proved, ready to try other steps in them."""

    def __init__(self) -> None:
        self.derivations: dict[str, Derivation] = {name: load(name) for name in BUILTIN}
        self.places: list[tuple[str, str, Expr, Step]] = []
        self._checkers: dict[tuple[str, str], _Checker] = {}
        self._proved: dict = {}
        self._pools: dict[str, list[Basic]] = {}
        for name, derivation in self.derivations.items():
            pool: dict[Basic, None] = {}
            for part in derivation.parts:
                before = part.start
                for step in part.steps:
                    self.places.append((name, part.title, before, step))
                    pool.update(dict.fromkeys(_at(step.claim, p) for p in _places(step.claim)))
                    before = step.claim
            self._pools[name] = [node for node in pool if isinstance(node, Expr)]

    def checker(self, name: str, without: str = "") -> _Checker:
        """A checker that has seen the derivation; its lemmas are theorems or assumed."""
        key = (name, without)
        if key not in self._checkers:
            derivation = self.derivations[name]
            kept = [h for h in derivation.hypotheses if h.name != without]
            used = [_check_once(d, self._proved, None) for d in derivation.uses]
            checker = _Checker(replace(derivation, hypotheses=kept), used, None)
            checker.run()
            self._checkers[key] = checker
        return self._checkers[key]

    def accepts(self, mutant: Mutant) -> bool:
        """Whether the checker takes the step."""
        checker = self.checker(mutant.derivation, mutant.without)
        checker.finite.clear()
        try:
            _, report = checker._step(mutant.step, mutant.part, mutant.before)
        except FmproofError:
            return False  # refused as input: the two lines are of different sorts
        return report.status == "proved"

    def equal(self, mutant: Mutant, original: Step) -> bool:
        """Whether the decision procedure proves the mutant's claim equal to the original one."""
        step = Step("equal", mutant.step.claim, by="auto")
        _, report = self.checker(mutant.derivation)._step(step, mutant.part, original.claim)
        return report.status == "proved"

    def mutant(self, random: Random) -> tuple[Mutant, Step] | None:
        """A random wrong step, with the step that it was made from."""
        name, part, before, step = random.choice(self.places)
        roll = random.random()
        if roll < 0.82:
            found = _edited(step.claim, random, self._pools[name])
            if found is None or canon(found[1]) == canon(step.claim):
                return None
            kind, claim = found
            return self._made(name, part, before, replace(step, claim=claim), kind), step
        if roll < 0.90:
            rule = random.choice([m for m in METHODS if m not in step.rules])
            using = step.using if rule in ("lemma", "auto") else ()
            if rule == "lemma" and not using:
                return None
            return self._made(name, part, before, replace(step, by=rule, using=using), "rule"), step
        if roll < 0.97:
            other = random.choice([s for d, _, _, s in self.places if d == name])
            if canon(other.claim) == canon(step.claim):
                return None
            return self._made(
                name, part, before, replace(step, claim=other.claim), "position"
            ), step
        hypothesis: Hypothesis = random.choice(list(self.derivations[name].hypotheses))
        return Mutant(name, part, before, step, "hypothesis", hypothesis.name), step

    @staticmethod
    def _made(name: str, part: str, before: Expr, step: Step, kind: str) -> Mutant:
        return Mutant(name, part, before, step, kind)


def mutants(laboratory: Laboratory, seed: int, count: int) -> Iterator[tuple[Mutant, Step]]:
    """``count`` distinct mutants that are well formed."""
    random = Random(seed)
    seen: set[tuple] = set()
    while len(seen) < count:
        try:
            made = laboratory.mutant(random)
        except FmproofError:
            continue  # the edit does not even make a term
        if made is None:
            continue
        mutant, original = made
        key = (
            mutant.derivation,
            mutant.step.id,
            mutant.step.rules,
            canon(mutant.step.claim),
            mutant.without,
        )
        if key not in seen:
            seen.add(key)
            yield mutant, original
