"""What a step may name in ``by``: each method says how the kernel's rules act on a line.

A step is justified by bringing the line before and the claim to a common form with the named
methods alone. That checks a step in both directions: expanding a square and completing one
are the same rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sympy import Basic, Expr, Mul, Rational, S

from fmproof.errors import RuleError, SortError
from fmproof.kernel.algebra import bilinearity, cancel
from fmproof.kernel.equality import congruence, reflexivity, symmetry, transitivity, unfold
from fmproof.kernel.calculus import derivative, minimisers_of_shift
from fmproof.kernel.integrals import (
    drop_draw,
    expectation_as_integral,
    fubini,
    inner_of_integral,
    iterated_expectation,
    linearity,
    marginal_draw,
    reorder_draws,
)
from fmproof.kernel.ring import ring, ring_normal
from fmproof.kernel.theorem import Theorem
from fmproof.lang.nodes import Apply, Density, Draw, Expect, Inner, IntegralOver, Named, Ratio
from fmproof.lang.nodes.measure import conditions, drawn_by
from fmproof.lang.nodes.variable import reserved_var
from fmproof.lang.scope import alpha_equal, canon, free_vars, substitute
from fmproof.lang.spelling.text import text
from fmproof.tactics.matching import instance
from fmproof.tactics.rewriting import Conversion, attempt, sweep


@dataclass(frozen=True)
class Line:
    """What a method may look at: the line before, the claim, and the lemmas at hand."""

    before: Expr
    claim: Expr
    lemmas: tuple[Theorem, ...] = ()


Method = Callable[[Line], Conversion]


def _square(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        return attempt(bilinearity, term) if isinstance(term, Inner) else None

    return convert


def expanded(term: Expr) -> Theorem | None:
    """The body of a binder multiplied out, if that changes a product or leaves nothing."""
    body = term.args[0]
    product = (body.is_Mul or body.is_Pow) and any(arg.is_Add for arg in body.args)
    normal = ring_normal(body)
    if body is normal or not (product or normal is S.Zero):
        return None
    return congruence(term, {0: ring(body, normal)})


def _waits(term: Expr) -> bool:
    """Whether an inner product with an integral is inside, which must come first.

    Its weight belongs to its side condition, so factors must not leave before.
    """
    if isinstance(term, Inner) and any(isinstance(a, IntegralOver | Expect) for a in term.args):
        return True
    return any(_waits(arg) for arg in term.args)


def _linearity(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        if isinstance(term, IntegralOver | Expect):
            if _waits(term.body):
                return None
            multiplied = expanded(term)
            if multiplied is None:
                return attempt(linearity, term)
            separated = attempt(linearity, multiplied.rhs)
            return separated and transitivity(multiplied, separated)
        if isinstance(term, Mul | Inner):
            return attempt(inner_of_integral, term)
        return None

    return convert


def _cancel(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        return attempt(cancel, term) if isinstance(term, Mul) and term.has(Ratio) else None

    return convert


def _expectation(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        return expectation_as_integral(term) if isinstance(term, Expect) else None

    return convert


def _density(_: Line) -> Conversion:
    """Densities that are constants by definition, such as p(t) = 1 on [0, 1]."""

    def convert(term: Expr) -> Theorem | None:
        if (
            isinstance(term, Apply)
            and isinstance(term.head, Density)
            and isinstance(term.head.definition, Rational)
        ):
            return unfold(term)
        return None

    return convert


def _fubini(_: Line) -> Conversion:
    """Nested integrals in a fixed order, so that both sides come to the same one."""

    def convert(term: Expr) -> Theorem | None:
        if not (isinstance(term, IntegralOver) and isinstance(term.body, IntegralOver)):
            return None
        if _names(term) <= _names(term.body):
            return None
        return attempt(fubini, term)

    return convert


def _names(term: IntegralOver) -> tuple[str, ...]:
    return tuple(item.var.name for item in term.measure)


def _marginalisation(_: Line) -> Conversion:
    """Every marginal draw written out, and the draws in a fixed order."""

    def convert(term: Expr) -> Theorem | None:
        if not isinstance(term, Expect):
            return None
        for place in range(len(term.measure)):
            theorem = attempt(marginal_draw, term, place)
            if theorem is not None:
                return theorem
        return in_standard_order(term)

    return convert


def in_standard_order(term: Expect) -> Theorem | None:
    """The draws sorted by their densities as far as dependence allows; None if they are."""
    waiting = list(range(len(term.measure)))
    order: list[int] = []
    while waiting:
        pending = {v for i in waiting for v in drawn_by(term.measure[i])}
        ready = [i for i in waiting if not pending & conditions(term.measure[i])]
        first = min(_draw_key(term.measure[i]) for i in ready)
        tied = [i for i in ready if _draw_key(term.measure[i]) == first]
        best = tied[0] if len(tied) == 1 else min(tied, key=lambda i: _role(term, i))
        order.append(best)
        waiting.remove(best)
    return None if order == list(range(len(order))) else reorder_draws(term, order)


def _draw_key(item: Draw) -> tuple[bool, str, int]:
    """Times first, then by name: the same whatever the variables are called."""
    scalar = isinstance(item, Apply) and all(v.sort.value == "real" for v in drawn_by(item))
    return (not scalar, item.head.name, len(item.arguments))


def _role(term: Expect, place: int) -> str:
    """How the body uses a draw, whatever the variables are called: tells two draws of one
    density apart."""
    own = drawn_by(term.measure[place])
    others = [v for item in term.measure for v in drawn_by(item) if v not in own]
    marks = {v: reserved_var(f"@{i}", v.sort) for i, v in enumerate(own)}
    marks |= {v: reserved_var("#", v.sort) for v in others}
    return text(canon(substitute(term.body, marks)))


def _drop(_: Line) -> Conversion:
    """Draws that nothing depends on, removed."""

    def convert(term: Expr) -> Theorem | None:
        if isinstance(term, Expect):
            for place in range(len(term.measure)):
                theorem = attempt(drop_draw, term, place)
                if theorem is not None:
                    return theorem
        return None

    return convert


def _reorder(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        return in_standard_order(term) if isinstance(term, Expect) else None

    return convert


def _tower(_: Line) -> Conversion:
    """Nested expectations merged."""

    def convert(term: Expr) -> Theorem | None:
        if not (isinstance(term, Expect) and isinstance(term.body, Expect)):
            return None
        try:
            joint = Expect(term.body.body, *term.measure, *term.body.measure)
        except SortError:
            return None
        theorem = attempt(iterated_expectation, joint, len(term.measure))
        if theorem is None or not alpha_equal(theorem.rhs, term):
            return None
        return symmetry(theorem)

    return convert


def _definition(line: Line) -> Conversion:
    """Names and defined symbols that occur on one side more often than on the other."""
    before, claim = _defined(line.before), _defined(line.claim)
    changed = {key for key in before.keys() | claim.keys() if before[key] != claim[key]}

    def convert(term: Expr) -> Theorem | None:
        return unfold(term) if _symbol(term) in changed else None

    return convert


def _symbol(term: Basic) -> Basic | None:
    if isinstance(term, Named):
        return term
    if isinstance(term, Apply) and term.head.definition is not None:
        return term.head
    return None


def _defined(term: Basic) -> Counter[Basic]:
    found: Counter[Basic] = Counter()
    symbol = _symbol(term)
    if symbol is not None:
        found[symbol] += 1
    for arg in term.args:
        found.update(_defined(arg))
    return found


def _constant(line: Line) -> Conversion:
    """A term without free variables gets a name (or loses it)."""
    known = _defined(line.before)
    for symbol in _defined(line.claim):
        if isinstance(symbol, Named) and symbol not in known and free_vars(symbol):
            stray = ", ".join(sorted(text(v) for v in free_vars(symbol)))
            raise RuleError(
                f"{text(symbol)} := {text(symbol.definition)} contains {stray}, "
                f"so it is not a constant"
            )
    unfold_changed = _definition(line)

    def convert(term: Expr) -> Theorem | None:
        return unfold_changed(term) if isinstance(term, Named) else None

    return convert


def _lemma(line: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        for theorem in line.lemmas:
            found = instance(theorem, term)
            if found is not None:
                return found
        return None

    return convert


def _gradient(_: Line) -> Conversion:
    return lambda term: attempt(derivative, term)


def _minimisers(_: Line) -> Conversion:
    return lambda term: attempt(minimisers_of_shift, term)


def _nothing(_: Line) -> Conversion:
    return lambda term: None


METHODS: dict[str, Method] = {
    "ring": _nothing,
    "square": _square,
    "cancel": _cancel,
    "linearity": _linearity,
    "expectation": _expectation,
    "density": _density,
    "fubini": _fubini,
    "marginalisation": _marginalisation,
    "drop": _drop,
    "reorder": _reorder,
    "tower": _tower,
    "gradient": _gradient,
    "minimisers": _minimisers,
    "definition": _definition,
    "constant": _constant,
    "lemma": _lemma,
    "nonnegative": _nothing,
    "auto": _nothing,
}
"""The names that a step may give in ``by``."""


@dataclass
class Common:
    """Both lines after the methods have acted on them."""

    left: Theorem  #: line before = its common form
    right: Theorem  #: claim = its common form
    used: set[str] = field(default_factory=set)  #: the methods that acted

    @property
    def agree(self) -> Theorem | None:
        """The equation of the two forms by arithmetic, if there is one."""
        return attempt(ring, self.left.rhs, self.right.rhs)


def common_form(line: Line, names: Sequence[str]) -> Common:
    """Bring both lines to the form that the named methods give."""
    conversions = [(name, METHODS[name](line)) for name in names]
    used: set[str] = set()

    def convert(term: Expr) -> Theorem | None:
        for name, conversion in conversions:
            theorem = conversion(term)
            if theorem is not None:
                used.add(name)
                return theorem
        return None

    def normal(term: Expr) -> Theorem:
        theorem = sweep(term, convert)
        return reflexivity(term) if theorem is None else theorem

    return Common(normal(line.before), normal(line.claim), used)
