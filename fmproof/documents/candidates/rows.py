"""The rows of a document that define by their form."""

from __future__ import annotations

from collections.abc import Mapping

from fmproof.documents.candidates.forms import (
    at_the_ends,
    averages,
    definable,
    is_bayes,
    is_of_coefficient,
    is_of_numbers,
    is_slope,
    is_zero,
    named_behind,
    of_another_field,
    of_times,
    solved_for_root,
    takes_a_value,
    without_prime,
)
from fmproof.documents.candidates.optima import is_an_optimum, trained_models
from fmproof.documents.candidates.shapes import mentions, shape_of
from fmproof.documents.domains import picks_a_part
from fmproof.documents.items import Item, Reading
from fmproof.documents.motion import followed
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Candidate
from fmproof.reading.notation.evidence import Evidence
from fmproof.reading.notation.symbols import conventional, head_of, key_of, spelled
from fmproof.reading.notation.velocities import has_dot, undotted

Options = dict[str, list[tuple[int, Candidate, Item]]]
"""What may define a symbol, by the symbol's key: rank, candidate, row."""


class DefiningRows:
    """The rows that define by their form, in their order."""

    def __init__(self, reading: Reading, evidence: Evidence, said: Mapping[str, int]) -> None:
        self.reading, self.evidence, self._said = reading, evidence, said
        self._found: Options = {}
        self._claimed: set[str] = set()  # "at one time h(t) = 0": and h(s) = 0 behind it is a claim
        self._curves: set[str] = set()
        self._followed: dict[str, int] = {}  # paths, with the row that says what they follow
        self._trained = trained_models(reading, evidence)
        for item in reading.items:
            path = followed(item.left, item.right)
            if path is not None:
                self._followed.setdefault(key_of(head_of(path)), item.index)

    def options(self) -> Options:
        """What may define a symbol."""
        for item in self.reading.items:
            sides = self._sides(item)
            if sides is None:
                continue
            left, right, explicit = sides
            key = key_of(head_of(left)) if isinstance(left, t.Call | t.Sym) else ""
            special = (item.inline and item.picked) or (item.assumed and item.denied)
            part = not explicit and picks_a_part(self.reading.items, item)
            if item.restricted or part or (special and not explicit):
                self._claimed.add(key)
            elif self._defines(item, left, right, key, explicit):
                candidate = Candidate(left, right, item.row.at, item.place, explicit)
                named_there = item.inline and self._first_said(left) == item.index
                claimed = item.piece.inside == "theorem" and not named_there
                rank = 0 if explicit else 2 if claimed else 1
                self._found.setdefault(key, []).append((rank, candidate, item))
        return self._found

    def _first_said(self, left: t.Node) -> int | None:
        """The first row that has a symbol: "the loss $L = …$" in a theorem says what L is."""
        return self._said.get(shape_of(left, self.evidence.mixed))

    def _sides(self, item: Item) -> tuple[t.Node, t.Node, bool] | None:
        """What is defined, by what, and whether := says so."""
        left, right, relation = item.left, item.right, item.row.relation
        if right is None or item.problem is not None or relation not in ("=", ":=", "=:"):
            return None
        if relation == "=:":
            left, right = right, left or _before(self.reading, item)
        elif left is not None and relation == "=" and named_behind(left, right):
            left, right = right, left
        if left is None or right is None or isinstance(left, t.Other):
            return None
        if item.left is left and not isinstance(right, t.Num) and not self._is_said_anew(left):
            left, right = solved_for_root(left, right)
        return left, right, relation != "="

    def _is_said_anew(self, left: t.Node) -> bool:
        """Whether a row says in plain form what the c of "1/c = …" is: that is shorter."""
        if not isinstance(left, t.Frac) or not is_of_coefficient(left):
            return False
        base = left.bottom.base if isinstance(left.bottom, t.Pow) else left.bottom
        forms = {spelled(left.bottom), spelled(base)}
        others = (item.left for item in self.reading.items)
        return any(other is not None and spelled(other) in forms for other in others)

    def _goes_on(self, item: Item, left: t.Node, right: t.Node) -> bool:
        """``ẋ_t = v_t(x_t)``: a differential equation for a path x_t that is not drawn; and what
        the document says of that x_t afterwards, but in terms of its start."""
        path = followed(left, right)
        if path is not None:
            return isinstance(path, t.Sym) and spelled(path) not in self.evidence.random
        if not (isinstance(left, t.Sym) and left.sub):
            return False
        if item.index < self._followed.get(key_of(left), item.index):
            return False
        others = [n for n in t.walk(right) if isinstance(n, t.Sym) and key_of(n) == key_of(left)]
        start = bool(others) and all(isinstance(s, t.Num) for n in others for s in n.sub)
        at_a_time = any(isinstance(script, t.Num) for script in left.sub)
        return key_of(left) in self._followed and (at_a_time or not start)

    def _defines(self, item: Item, left: t.Node, right: t.Node, key: str, explicit: bool) -> bool:
        if not explicit and (key in self._claimed or (isinstance(left, t.Call) and is_zero(right))):
            return False
        if self._goes_on(item, left, right):
            return False
        if not definable(left, self.evidence, explicit) or mentions(
            right, left, self.evidence.mixed
        ):
            return False
        if is_bayes(left, right) or is_slope(left, self.evidence):
            return False
        if isinstance(left, t.Call) and without_prime(left.head) in self._found:
            return False  # g'(c), behind g(c) = …
        if not explicit and is_an_optimum(left, right, self._trained, self.evidence):
            return False
        known = self._is_known_curve(left, right)
        if explicit:
            return True
        if item.inline and key in self.evidence.matrices:
            return False  # "use this with A = J(x)", of what was said of any matrix A
        density = isinstance(left, t.Call) and self.evidence.is_density(key)
        if not density and shape_of(left, self.evidence.mixed) in self._made_of(right):
            return False
        loss = isinstance(left, t.Call) and conventional("losses", left.head.name)
        if loss and not averages(right):
            return False
        if isinstance(left, t.Sym) and (
            spelled(left) in self.evidence.parameters or spelled(left) in self.evidence.times
        ):
            return False
        if isinstance(right, t.Num | t.Add) and item.inline and is_of_numbers(right):
            return False  # "at w = 0" is a case, no definition
        if item.inline and takes_a_value(left, right):
            return False
        if known:
            return False
        if of_another_field(left, self._found.get(key, ()), self.evidence):
            return False
        return not (item.inline and at_the_ends(left, right, self.evidence))

    def _made_of(self, node: t.Node, inside: frozenset[str] = frozenset()) -> set[str]:
        """The shapes of the symbols in ``node``, and in what defines these in rows before.

        x_0 = α x_t − σ v_t, where x_t and v_t are made of x_0, is a claim.
        """
        found: set[str] = set()
        for symbol in (n for n in t.walk(node) if isinstance(n, t.Sym | t.Call)):
            shape = shape_of(symbol, self.evidence.mixed)
            found.add(shape)
            for _, known, _ in self._found.get(key_of(head_of(symbol)), ()):
                if shape not in inside and shape_of(known.left, self.evidence.mixed) == shape:
                    found |= self._made_of(known.right, inside | {shape})
        return found

    def _is_known_curve(self, left: t.Node, right: t.Node) -> bool:
        """Whether this is Ẋ_t or ġ(t), and X_t or g(t) was said to be a function of the time
        before."""
        called = isinstance(left, t.Call) and of_times(left)
        head = left.head if isinstance(left, t.Call) else left
        if not (isinstance(head, t.Sym) and (called or (head is left and head.sub))):
            return False
        if not of_times(right):
            return False
        places = left.args if isinstance(left, t.Call) else ()
        self._curves.add(spelled(t.Call(0, head, places)))
        return has_dot(head) and spelled(t.Call(0, undotted(head), places)) in self._curves


def _before(reading: Reading, item: Item) -> t.Node | None:
    return reading.items[item.index - 1].right if item.index else None
