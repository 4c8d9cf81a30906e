"""Of which symbol without a definition an equation says something, so that it is not arbitrary."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fmproof.documents.candidates.forms import is_of_coefficient
from fmproof.documents.items import Item
from fmproof.documents.motion import moved_point, starts_at
from fmproof.documents.ties.near import Near
from fmproof.documents.ties.sides import (
    has_a_gaussian,
    has_no_average,
    is_bare_symbol,
    subjects,
    unread_about,
)
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.definitions import KEPT_CLOSED, with_words
from fmproof.reading.notation.elaborate import Candidate
from fmproof.reading.notation.shares import says_what_is_shared
from fmproof.reading.notation.symbols import head_of, key_of, spelled


@dataclass
class About(Near):
    """What equations are about."""

    def about(
        self,
        other: Item,
        left: t.Node | None,
        names: dict[str, str],
        places: dict[str, str],
        drawn: Sequence[Mapping[str, Collection[str]]] = (),
    ) -> str | None:
        """The symbol of which an equation says something, as printed; None if it claims.

        Args:
            drawn: what the averages in the row draw, each, and what that is drawn with.
        """
        candidate = other.candidate
        if candidate is not None and (
            candidate.state == "used" or (candidate.explicit and candidate.state == "waiting")
        ):
            return None
        if candidate is not None and candidate.why == KEPT_CLOSED:
            return None  # see _any_coefficient
        if candidate is not None and key_of(head_of(candidate.left)) in self.elab.on_course:
            return None  # it says what is drawn, and here it follows a course
        if says_what_is_shared(left, other.right, self.elab.evidence.shares):
            return None  # it is what makes the weights a density
        if other.problem is not None:
            return unread_about(other, names, places)
        if moved_point(self.elab, left):
            return None  # dx/dt says how a point moves, and nothing of the point
        if other.differential:
            return self._moved_at_random(left, names, places)
        if self._introduces(other, left, names):
            return None  # a symbol that nothing before it has, and this row neither
        if other.assumed and self._chooses_another(left, names):
            return None
        if self._draws_any(other, left, {*places}, {*names, *places}, drawn):
            return None
        right = other.right
        if self._drops_a_time(left, right):
            return None
        if isinstance(left, t.Pow) and candidate is not None and _is_between(candidate):
            left = candidate.left  # σ_{t|s}² = … says what σ_{t|s} is, and nothing of α and s
        reciprocal = isinstance(left, t.Frac) and is_of_coefficient(left)
        if reciprocal and other.left is left and candidate is not None:
            left = candidate.left  # so does 1/c_t = …
        sides = [side for side in (left, right) if side is not None]
        if not other.assumed:  # else it says something, whatever it is an equation of
            sides = [side for side in sides if side is left and has_no_average(side)]
            if right is not None and has_no_average(right) and (sides or is_bare_symbol(right)):
                sides.append(right)
            if not sides or (len(sides) == 2 and is_bare_symbol(sides[0])):
                sides = sides[:1] + [s for s in sides[1:] if is_bare_symbol(s)]
        if (
            candidate is not None
            and isinstance(candidate.left, t.Call)
            and has_a_gaussian(candidate.right)
        ):
            return None  # a case, and known where it is used
        if starts_at(self.elab, left, right):
            sides = sides[:1]
        case = len(sides) == 1 and isinstance(left, t.Sym)
        for side in sides:
            for node in subjects(side):
                named = self._named(node, names)
                if named is not None and not self._elsewhere(node, candidate):
                    return named
                if spelled(node) in places and (case or not self._moves(node)):
                    return places[spelled(node)]
        return None

    def _drops_a_time(self, left: t.Node | None, right: t.Node | None) -> bool:
        """Whether a row says α = α_t: how it is written, and nothing of what it is."""
        if not (isinstance(left, t.Sym) and isinstance(right, t.Sym)):
            return False
        return (
            key_of(left) == key_of(right)
            and not (left.sub and right.sub)
            and all(map(self.elab.of_times, (*left.sub, *right.sub)))
        )

    def _introduces(self, other: Item, left: t.Node | None, names: dict[str, str]) -> bool:
        """Whether an assumption, "if x̂(y) = … is taken", says what a new function is."""
        if not (other.assumed and isinstance(left, t.Call)) or key_of(left.head) in names:
            return False
        before = (side for one in self.items[: other.index] for side in (one.left, one.right))
        return not any(
            isinstance(n, t.Sym | t.Call) and key_of(n.head if isinstance(n, t.Call) else n) == key
            for key in [key_of(left.head)]
            for side in before
            if side is not None
            for n in t.walk(side)
        )

    def _chooses_another(self, left: t.Node | None, names: dict[str, str]) -> bool:
        """Whether an assumption, "if we write s_θ(x) = (D_θ(x) − x)/σ²", says what a function of
        points is that is not in the row: any σ, then."""
        if not isinstance(left, t.Call) or set(self._keys(left.head)) & names.keys():
            return False
        return self.elab.candidates.get(key_of(left.head)) is None and any(
            isinstance(arg, t.Sym) and self.elab.is_place(arg) for arg in left.args
        )

    def _draws_any(
        self,
        other: Item,
        left: t.Node | None,
        places: set[str],
        row: set[str],
        drawn: Sequence[Mapping[str, Collection[str]]],
    ) -> bool:
        """Whether a line of words makes a point of a row by noise that is not in the row: of
        x = y + n, whatever x and y are, some n goes with them, unless the row averages over y or n,
        and does not draw x from it, as E[y | x] does."""
        right = other.right
        if not (other.inline and isinstance(left, t.Sym) and isinstance(right, t.Add)):
            return False
        if spelled(left) not in places:
            return False
        parts = [p.factors[-1] if isinstance(p, t.Mul) else p for _, p in right.parts]
        letters = [one for one in parts if isinstance(one, t.Sym)]
        noise = [one for one in letters if spelled(one) in self.elab.evidence.random]
        here = spelled(left)
        if any(
            spelled(one) in some and spelled(one) not in some.get(here, ())
            for some in drawn
            for one in noise
        ):
            return False
        return any(not {spelled(one), key_of(one)} & row for one in noise)

    def _moved_at_random(
        self, left: t.Node | None, names: dict[str, str], places: dict[str, str]
    ) -> str | None:
        """The random variable whose course a row "dX = …" tells; it says nothing of others."""
        for node in subjects(left) if left is not None else ():
            if spelled(node) in self.elab.evidence.random:
                return names.get(key_of(node)) or places.get(spelled(node))
        return None

    def _elsewhere(self, node: t.Sym, candidate: Candidate | None) -> bool:
        """Whether a row defines α_φ, of another thing than a time, or α_{t|s}, beside an α_t
        without a definition."""
        if candidate is None or not node.sub:
            return False
        between = bool(node.given) and candidate.state != "refused"
        return between or not any(map(self.elab.of_times, node.sub))

    def renames(self, other: Item, left: t.Node | None, used: set[str]) -> bool:
        """Whether t = T − τ is said of a time, where neither T nor τ is in the row: any t, then."""
        if not (isinstance(left, t.Sym) and self._moves(left)) or other.right is None:
            return False
        letters = [n for n in t.walk(other.right) if isinstance(n, t.Sym)]
        mine = {found for n in letters for found in (spelled(n), key_of(n))}
        return bool(letters) and not mine & used

    def _keys(self, node: t.Sym) -> tuple[str, str]:
        """The keys of a symbol, as it is written and with the words on it: p_X and p|X."""
        return key_of(node), key_of(with_words(self.elab, node))

    def _named(self, node: t.Sym, names: dict[str, str]) -> str | None:
        """How a symbol is printed, of ``names`` by their keys."""
        return next((names[key] for key in self._keys(node) if key in names), None)


def _is_between(candidate: Candidate) -> bool:
    """Whether it says what a coefficient between two times is, such as σ_{t|s}."""
    between = isinstance(candidate.left, t.Sym) and bool(candidate.left.given)
    return between and candidate.state != "refused"
