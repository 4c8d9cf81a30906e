"""Two lines brought to a common form, and joined by arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Expr

from fmproof.derived.restatements import reflexivity
from fmproof.kernel.equality import congruence, symmetry, transitivity
from fmproof.kernel.ring import field as field_rule
from fmproof.kernel.ring import ring
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add
from fmproof.lang.node import bound_vars, declaration, rebuilt
from fmproof.lang.nodes import Var
from fmproof.lang.scope import alpha_equal, substitute
from fmproof.tactics.methods.line import Line
from fmproof.tactics.rewriting import Conversion, at_those_of, attempt, sweep


@dataclass
class Common:
    """Both lines after the methods have acted on them."""

    left: Theorem  #: line before = its common form
    right: Theorem  #: claim = its common form
    used: set[str] = field(default_factory=set)  #: the methods that acted
    fractions: bool = False  #: whether denominators may be cleared

    @classmethod
    def of(cls, theorem: Theorem) -> Common:
        """The two sides of an equation, which agree."""
        return cls(theorem, reflexivity(theorem.rhs))

    @property
    def agree(self) -> Theorem | None:
        """The equation of the two forms by arithmetic, if there is one."""
        left, right = self.left.rhs, self.right.rhs
        return equal_fractions(left, right) if self.fractions else attempt(ring, left, right)

    @property
    def equation(self) -> Theorem | None:
        """line before = claim, where the two forms agree."""
        middle = self.agree
        return None if middle is None else self.joined(middle)

    def joined(self, middle: Theorem) -> Theorem:
        """line before = claim, from an equation of the two forms."""
        return transitivity(transitivity(self.left, middle), symmetry(self.right))


def bring(line: Line, conversions: Mapping[str, Conversion], fractions: bool = False) -> Common:
    """Bring both lines to the form that the conversions give; the first that applies acts."""
    left, ours = brought(line.before, conversions)
    right, theirs = brought(line.claim, conversions)
    return Common(left, right, ours | theirs, fractions)


def brought(term: Expr, conversions: Mapping[str, Conversion]) -> tuple[Theorem, set[str]]:
    """term = the form that the conversions give it, and the names of those that acted."""
    used: set[str] = set()

    def convert(part: Expr) -> Theorem | None:
        for name, conversion in conversions.items():
            theorem = conversion(part)
            if theorem is not None:
                used.add(name)
                return theorem
        return None

    theorem = sweep(term, at_those_of(conversions.values(), convert))
    return (reflexivity(term) if theorem is None else theorem), used


def equal_fractions(left: Expr, right: Expr) -> Theorem | None:
    """The equation of two terms as fractions of polynomials, under the same binders."""
    theorem = attempt(ring, left, right) or attempt(field_rule, left, right)
    if theorem is not None:
        return theorem
    if isinstance(left, Add) and isinstance(right, Add):
        return _equal_summands(left, right)
    if type(left) is not type(right) or len(left.args) != len(right.args):
        return None
    right = _named_alike(right, left)
    places = declaration(left).places(left)
    parts = {}
    for i, (a, b) in enumerate(zip(left.args, right.args, strict=True)):
        if alpha_equal(a, b):
            continue
        part = equal_fractions(a, b) if i in places else None
        if part is None:
            return None
        parts[i] = part
    whole = attempt(congruence, left, parts)
    return whole if whole is not None and alpha_equal(whole.rhs, right) else None


def _equal_summands(left: Add, right: Add) -> Theorem | None:
    """Two sums of as many summands, each equal to one of the other."""
    if len(left.args) != len(right.args):
        return None
    waiting, parts = list(right.args), {}
    for i, a in enumerate(left.args):
        for b in waiting:
            part = equal_fractions(a, b)
            if part is not None:
                waiting.remove(b)
                parts[i] = part
                break
        else:
            return None
    return attempt(congruence, left, parts)


def _named_alike(term: Expr, other: Expr) -> Expr:
    """A binder with the bound names of another, where that captures nothing."""
    ours, theirs = bound_vars(term), bound_vars(other)
    alike = len(ours) == len(theirs) and all(
        one.sort is other.sort for one, other in zip(ours, theirs, strict=True)
    )
    if ours == theirs or not alike:
        return term
    renaming: dict[Var, Expr] = dict(zip(ours, theirs, strict=True))
    renamed = rebuilt(term, *(substitute(arg, renaming) for arg in term.args))
    return renamed if alpha_equal(renamed, term) else term
