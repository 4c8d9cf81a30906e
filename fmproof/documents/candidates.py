"""Which rows define a symbol: the first row about it that can, unless words or an underbrace do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from fmproof.documents.domains import picks_a_part
from fmproof.documents.fields_by_name import fields_by_name
from fmproof.documents.gibbs import define_energies
from fmproof.documents.items import Item, Reading, equations, head_of
from fmproof.documents.kernels import kernels_of
from fmproof.documents.marginal_fields import marginal_fields
from fmproof.documents.motion import followed
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.chains import (
    is_at_a_time,
    is_closed_form,
    is_step,
    is_step_by_one,
)
from fmproof.reading.notation.definitions import POINT
from fmproof.reading.notation.elaborate import Candidate
from fmproof.reading.notation.evidence import Evidence
from fmproof.reading.notation.flows import moving_field
from fmproof.reading.notation.symbols import conventional, key_of, spelled
from fmproof.reading.notation.velocities import has_dot, undotted
from fmproof.reading.notation.words import a_case, introduces

_NO_ROW = -1
"""Where a definition stands that is no row of its own."""

Options = dict[str, list[tuple[int, Candidate, Item]]]
"""What may define a symbol, by the symbol's key: rank, candidate, row."""


def candidates_of(reading: Reading, evidence: Evidence) -> dict[str, list[Candidate]]:
    """The rows that may define a symbol, by the symbol's key, the best first."""
    said_first = _claimed_before(reading, set(), evidence.mixed, inline=True)
    found = _Rows(reading, evidence, said_first).options()
    _name_by_braces(reading, found)
    said = {key_of(head_of(node)): [_gaussian(node, law)] for node, law in reading.gaussians}
    for one in kernels_of(reading.kernels, evidence):
        key = key_of(head_of(one.left))
        if shape_of(one.left) not in {shape_of(o.left) for _, o, _ in found.get(key, ())}:
            said.setdefault(key, []).append(one)
    _move_by_flows(reading, found)
    chosen = _chosen(reading, found, evidence.mixed, said_first)
    _prefer_closed_forms(reading, chosen)
    _drop_solved(reading, chosen)
    _drop_short(reading, chosen)
    _drop_values(reading, chosen)
    define_energies(reading, chosen, evidence)
    _name_densities(chosen, evidence)
    for one in marginal_fields(reading, evidence):
        key = key_of(head_of(one.left))
        if shape_of(one.left) not in {shape_of(known.left) for known in chosen.get(key, ())}:
            chosen.setdefault(key, []).append(one)
    fields_by_name(chosen, evidence)
    for key, more in said.items():
        chosen[key] = [*chosen.get(key, ()), *(c for c in more if key not in found or c.place)]
    return {key: known for key, known in chosen.items() if known}


def _name_densities(chosen: dict[str, list[Candidate]], evidence: Evidence) -> None:
    """q(x) of "q = N(m, s² I)": the density of the law that q names."""
    for key, known in chosen.items():
        named = [c for c in known if isinstance(c.left, t.Sym) and isinstance(c.right, t.Normal)]
        if len(named) == 1 and len(known) == 1 and evidence.is_density(key):
            one = named[0]
            if one.right.point is None:  # type: ignore[attr-defined]
                known.append(_gaussian(one.left, one.right))  # type: ignore[arg-type]


class _Rows:
    """The rows that define by their form, in their order."""

    def __init__(self, reading: Reading, evidence: Evidence, said: Mapping[str, int]) -> None:
        self.reading, self.evidence, self._said = reading, evidence, said
        self._found: Options = {}
        self._claimed: set[str] = set()  # "at one time h(t) = 0": and h(s) = 0 behind it is a claim
        self._curves: set[str] = set()
        self._followed: dict[str, int] = {}  # paths, with the row that says what they follow
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
        elif left is not None and relation == "=" and _named_behind(left, right):
            left, right = right, left
        if left is None or right is None or isinstance(left, t.Other):
            return None
        if item.left is left and not isinstance(right, t.Num) and not self._is_said_anew(left):
            left, right = _solved(left, right)
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
        if not explicit and (
            key in self._claimed or (isinstance(left, t.Call) and _is_zero(right))
        ):
            return False
        if self._goes_on(item, left, right):
            return False
        if not _definable(left, self.evidence, explicit) or mentions(
            right, left, self.evidence.mixed
        ):
            return False
        if _is_bayes(left, right) or _is_slope(left, self.evidence):
            return False
        if isinstance(left, t.Call) and _without_prime(left.head) in self._found:
            return False  # g'(c), behind g(c) = …
        known = self._is_known_curve(left, right)
        if explicit:
            return True
        if item.inline and key in self.evidence.matrices:
            return False  # "use this with A = J(x)", of what was said of any matrix A
        density = isinstance(left, t.Call) and self.evidence.is_density(key)
        if not density and shape_of(left, self.evidence.mixed) in self._made_of(right):
            return False
        loss = isinstance(left, t.Call) and conventional("losses", left.head.name)
        if loss and not _averages(right):
            return False
        if isinstance(left, t.Sym) and (
            spelled(left) in self.evidence.parameters or spelled(left) in self.evidence.times
        ):
            return False
        if isinstance(right, t.Num | t.Add) and item.inline and _is_number(right):
            return False  # "at w = 0" is a case, no definition
        if item.inline and takes_a_value(left, right):
            return False
        if known:
            return False
        if _of_another_field(left, self._found.get(key, ()), self.evidence):
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
        called = isinstance(left, t.Call) and _of_times(left)
        head = left.head if isinstance(left, t.Call) else left
        if not (isinstance(head, t.Sym) and (called or (head is left and head.sub))):
            return False
        if not _of_times(right):
            return False
        places = left.args if isinstance(left, t.Call) else ()
        self._curves.add(spelled(t.Call(0, head, places)))
        return has_dot(head) and spelled(t.Call(0, undotted(head), places)) in self._curves


def _is_bayes(left: t.Node, right: t.Node) -> bool:
    """p(z|x, c) = p(x|z, c) p(z|c)/p(x|c): a claim."""
    if not (isinstance(left, t.Call) and len(left.given) > 1 and isinstance(right, t.Frac)):
        return False
    calls = [n for n in t.walk(right) if isinstance(n, t.Call)]
    return len(calls) > 2 and all(key_of(call.head) == key_of(left.head) for call in calls)


def _is_slope(left: t.Node, evidence: Evidence) -> bool:
    """s'(t) = f(t) s(t), of an s that is a function: a differential equation."""
    if not (isinstance(left, t.Call) and left.head.primes and _of_times(left)):
        return False
    return _without_prime(left.head) in evidence.called


def _without_prime(head: t.Sym) -> str:
    """The key of s, for s'; "" of a symbol without a prime."""
    return key_of(replace(head, primes=head.primes - 1)) if head.primes else ""


def is_of_coefficient(left: t.Node | None) -> bool:
    """Whether "σ_t² = …", "1/σ_t = …" or "1/σ_t² = …" says what a standard deviation is."""
    if isinstance(left, t.Frac) and isinstance(left.top, t.Num) and left.top.value == 1:
        return _is_coefficient(left.bottom) or _is_square_of_coefficient(left.bottom)
    return _is_square_of_coefficient(left)


def _solved(left: t.Node, right: t.Node) -> tuple[t.Node, t.Node]:
    """What such a row defines, and by what."""
    if isinstance(left, t.Frac) and is_of_coefficient(left):
        right = t.Frac(right.at, left.top, right)
        left = left.bottom
    if isinstance(left, t.Pow) and is_of_coefficient(left):
        left, right = left.base, t.Function(right.at, "sqrt", (right,))
    return left, right


def _is_square_of_coefficient(left: t.Node | None) -> bool:
    """σ_t² or σ²(s, t)."""
    if not isinstance(left, t.Pow):
        return False
    two = isinstance(left.exponent, t.Num) and left.exponent.value == 2
    return two and _is_coefficient(left.base)


def _is_coefficient(node: t.Node) -> bool:
    """σ_t, or σ(s, t)."""
    if not isinstance(node, t.Sym | t.Call):
        return False
    below = bool(node.sub) if isinstance(node, t.Sym) else len(node.args) > 1 and _of_times(node)
    return below and conventional("scalars", head_of(node).name)


def takes_a_value(left: t.Node, right: t.Node) -> bool:
    """X_0 = x_0 and X_t = x: a random variable, and the value that it takes."""
    if not (isinstance(left, t.Sym) and isinstance(right, t.Sym)):
        return False
    small = replace(left, name=left.name.lower())
    values = (spelled(small), spelled(replace(small, sub=())))
    return left.name != small.name and spelled(right) in values


def _named_behind(left: t.Node, right: t.Node) -> bool:
    """E[…] = C names the average; E‖x‖² = d says what it is."""
    return (
        isinstance(right, t.Sym)
        and right.name not in ("d", "I", "bf:I")
        and isinstance(left, t.Expectation | t.Integral)
    )


def _chosen(
    reading: Reading, found: Options, mixed: Collection[str], anywhere: Mapping[str, int]
) -> dict[str, list[Candidate]]:
    """Of the options for a symbol of one shape, the best; no special case of what was used.

    Args:
        anywhere: the shape of each symbol -> the first row, displayed or not, that has it.
    """
    defining = {id(one[2]) for options in found.values() for one in options}
    used = _claimed_before(reading, defining, mixed)
    first = _first_calls(reading)
    chosen: dict[str, list[Candidate]] = {}
    for key, options in found.items():
        shapes: set[str] = set()
        for _, candidate, item in sorted(options, key=lambda one: (one[0], one[2].index)):
            shape = shape_of(candidate.left, mixed)
            if shape in shapes:
                continue
            if not candidate.explicit and not _a_name(candidate.left):
                seen = min(used.get(shape, item.index), item.index)
                beside = anywhere.get(shape, item.index) if item.inline else item.index
                if beside < seen and not _in_one_breath(reading, beside, item):
                    seen = beside
                if seen < item.index:
                    behind = _said_behind(reading, seen, item)
                    behind = behind or _said_beside(reading, anywhere.get(shape, seen), item)
                    behind = behind or _is_mixed(candidate)
                    if not (item.introduced or behind):
                        continue  # a special case of what was used before
                    candidate.late = not behind
            case = item.inline and not candidate.explicit and isinstance(candidate.left, t.Call)
            general = case and first.get(key, item.index) < item.index
            if general and a_case(item.source.text, item.piece.start):
                continue
            shapes.add(shape)
            if candidate.at != _NO_ROW:
                item.candidate = candidate
            chosen.setdefault(key, []).append(candidate)
    return chosen


def _prefer_closed_forms(reading: Reading, chosen: dict[str, list[Candidate]]) -> None:
    """Where a document has a step of x_t and a closed form, x_t is what the closed form says."""
    left: t.Node | None = None
    for item in reading.items:
        left = item.left if item.left is not None else left
        if item.row.relation not in ("=", ":=") or item.restricted or item.denied:
            continue
        if not is_at_a_time(left) or item.right is None or not is_closed_form(left, item.right):
            continue
        known = chosen.get(key_of(left), [])
        same = [i for i, one in enumerate(known) if spelled(one.left) == spelled(left)]
        if len(same) != 1 or not is_step(known[same[0]].left, known[same[0]].right):
            continue
        steps = _first_step(reading, known[same[0]])
        closed = Candidate(left, item.right, item.row.at, item.place, True, steps=steps)
        known[same[0]] = closed
        if item.left is not None and not item.inline:
            item.candidate = closed


def _first_step(reading: Reading, step: Candidate) -> Candidate:
    """The recursion from x_{t-1}, where what was taken for it puts one step into the other."""
    rows = {id(item.candidate): item for item in reading.items if item.candidate is not None}
    taken = rows.get(id(step))
    for item in reading.items[: taken.index] if taken is not None else ():
        left, right = item.left, item.right
        if item.row.relation not in ("=", ":=") or item.denied or item.restricted:
            continue
        if left is None or right is None or spelled(left) != spelled(step.left):
            continue
        if is_step_by_one(left, right) and not is_step_by_one(step.left, step.right):
            taken.candidate = None  # type: ignore[union-attr]
            return Candidate(left, right, item.row.at, item.place, True)
    return step


def _drop_solved(reading: Reading, chosen: dict[str, list[Candidate]]) -> None:
    """x_0 = (x_t − s ε)/a, where x_t = a x_0 + s ε is a definition: it says nothing new."""
    named = {
        spelled(one.left): one
        for options in chosen.values()
        for one in options
        if isinstance(one.left, t.Sym)
    }
    rows = {id(item.candidate): item for item in reading.items if item.candidate is not None}
    for item in rows.values():
        one = item.candidate
        if one is None or named.get(spelled(one.left)) is not one:
            continue
        for path in (named.get(spelled(n)) for n in t.walk(one.right) if isinstance(n, t.Sym)):
            made_of = path is not None and any(
                isinstance(n, t.Sym) and spelled(n) == spelled(one.left) for n in t.walk(path.right)
            )
            first = rows.get(id(path))
            if made_of and path is not None and (first is None or first.index < item.index):
                chosen[key_of(head_of(one.left))].remove(one)
                del named[spelled(one.left)]
                item.candidate = None
                break


def _drop_short(reading: Reading, chosen: dict[str, list[Candidate]]) -> None:
    """μ_t = … behind μ_t(x, y) := …, of which the arguments are left out: it is a claim."""
    for item in reading.items:
        one = item.candidate
        if one is None or not isinstance(one.left, t.Sym) or item.row.relation != "=":
            continue
        known = chosen.get(key_of(one.left), [])
        long = [
            other
            for other in known
            if isinstance(other.left, t.Call) and spelled(other.left.head) == spelled(one.left)
        ]
        rows = [row.index for row in reading.items if any(row.candidate is c for c in long)]
        if one in known and rows and min(rows) < item.index:
            known.remove(one)
            item.candidate = None


def _drop_values(reading: Reading, chosen: dict[str, list[Candidate]]) -> None:
    """ᾱ_1 = α_1, where ᾱ_t is a product up to t: it is a claim."""
    for item in reading.items:
        one = item.candidate
        if one is None or not isinstance(one.left, t.Sym) or not one.left.sub:
            continue
        known = chosen.get(key_of(one.left), [])
        product = any(isinstance(o.right, t.Series) and is_at_a_time(o.left) for o in known)
        if product and all(isinstance(s, t.Num) for s in one.left.sub) and one in known:
            known.remove(one)
            item.candidate = None


def _said_behind(reading: Reading, used: int, item: Item) -> bool:
    """Whether a line of words goes on behind the display that uses the symbol: "…, where D = …"."""
    first = reading.items[used]
    if not item.inline or first.inline or first.source is not item.source:
        return False
    between = item.source.text[first.piece.stop : item.piece.start]
    words = between.lstrip("$\\] \n>")
    if words[:1].islower():  # the sentence goes on, if after a blank line
        between = words
    same = all(one.inline or one.piece is first.piece for one in reading.items[used : item.index])
    return same and "\n\n" not in between and introduces(item.source.text, item.piece.start)


def _said_beside(reading: Reading, used: int, item: Item) -> bool:
    """Whether the display that uses a symbol first says what it is on the same line:
    ``f(x) = D(x), \\qquad D(x) = …``."""
    first = reading.items[used]
    if item.inline or item.left is None or first.piece is not item.piece or used >= item.index:
        return False
    return "\\\\" not in item.source.text[first.row.at : item.row.at]


def _is_mixed(one: Candidate) -> bool:
    """u_t(x) = ∫ u_t(x|z) … dz: what a field is that earlier rows have by its name alone."""
    left, right = one.left, one.right
    if (
        not isinstance(left, t.Call)
        or left.given
        or not isinstance(right, t.Integral | t.Expectation)
    ):
        return False
    inside = (node for node in t.walk(right) if isinstance(node, t.Call) and node.given)
    return any(key_of(node.head) == key_of(left.head) for node in inside)


def _in_one_breath(reading: Reading, first: int, item: Item) -> bool:
    """Whether no display stands between two inline rows: "X = x_t, where x_t = …"."""
    return all(one.inline for one in reading.items[first : item.index])


def _gaussian(density: t.Node, law: t.Normal) -> Candidate:
    """What "p is the density of N(m, v)" says, as a definition of p(u)."""
    point = t.Sym(density.at, POINT)
    left = t.Call(density.at, head_of(density), (point,))
    return Candidate(left, replace(law, point=point), _NO_ROW, "", True)


def _of_another_field(
    left: t.Node, known: Sequence[tuple[int, Candidate, Item]], evidence: Evidence
) -> bool:
    """L[b] where L[c] is known: a value of it."""
    if not isinstance(left, t.Call) or len(left.args) != 1:
        return False
    fields = [c.left for _, c, _ in known if isinstance(c.left, t.Call) and len(c.left.args) == 1]
    same = [f for f in fields if spelled(f.head) == spelled(left.head)]
    letters = [arg for call in (left, *same) for arg in call.args]
    return bool(same) and all(
        isinstance(arg, t.Sym) and key_of(arg) in evidence.called for arg in letters
    )


def _of_times(node: t.Node) -> bool:
    """Whether a side is made of letters by arithmetic, with functions of times alone."""
    if isinstance(node, t.Call):
        return all(isinstance(a, t.Sym) and conventional("times", a.name) for a in node.args)
    kinds = (t.Sym, t.Num, t.Add, t.Mul, t.Bracketed, t.Frac, t.Pow, t.Function)
    return isinstance(node, kinds) and all(map(_of_times, t.children(node)))


def _name_by_braces(reading: Reading, found: Options) -> None:
    """Names that underbraces give to summands, =: R: what a later row says of R is a claim."""
    for item in reading.items:
        for side in (item.left, item.right):
            for node in _summands(side) if side is not None else ():
                if isinstance(node, t.Braced) and isinstance(node.name, t.Sym | t.Call):
                    key = key_of(node.name.head if isinstance(node.name, t.Call) else node.name)
                    candidate = Candidate(node.name, node.body, _NO_ROW, item.place, True)
                    found.setdefault(key, []).append((0, candidate, item))


def _move_by_flows(reading: Reading, found: Options) -> None:
    """Fields that move an affine flow: what a later row says of them is a claim."""
    maps: dict[str, tuple[t.Call, t.Node]] = {}
    for left, right in equations(reading):
        if isinstance(left, t.Call):
            maps.setdefault(key_of(left.head), (left, right))
    for item in reading.items:
        if item.left is None or item.right is None or item.row.relation != "=":
            continue
        moved = moving_field(item.left, item.right, maps)
        if moved is None:
            continue
        field_, value = moved
        options = found.setdefault(key_of(field_.head), [])
        shape = shape_of(field_)
        if not any(shape_of(o.left) == shape and one.index < item.index for _, o, one in options):
            options.append((0, Candidate(field_, value, _NO_ROW, item.place, True), item))


def _summands(node: t.Node) -> Iterator[t.Node]:
    if isinstance(node, t.Add):
        for _, part in node.parts:
            yield from _summands(part)
    elif isinstance(node, t.Mul):
        for factor in node.factors:
            yield from _summands(factor)
    elif isinstance(node, t.Bracketed):
        yield from _summands(node.body)
    else:
        yield node


def _a_name(left: t.Node) -> bool:
    """A loss, or a constant: they are defined where it suits, also after their first use."""
    if isinstance(left, t.Call):
        return conventional("losses", left.head.name)
    return isinstance(left, t.Sym) and left.name.split(":")[-1] in (
        "C",
        "K",
        "R",
        "B",
        "A",
        "c",
        "M",
    )


def _is_zero(node: t.Node | None) -> bool:
    """Nobody introduces a function by saying that it is 0."""
    return isinstance(node, t.Num) and node.value == 0


def _is_number(node: t.Node) -> bool:
    return all(isinstance(n, t.Num | t.Add) for n in t.walk(node))


def at_the_ends(left: t.Node, right: t.Node, evidence: Evidence) -> bool:
    """α_0 = β_1 = 0 for coefficients α_t, β_t, or α(0) = β(1) = 0: values, and names of nothing."""
    sides = [side for side in (left, right) if not isinstance(side, t.Num)]
    return all(_is_at_an_end(side, evidence) for side in sides)


def _is_at_an_end(side: t.Node, evidence: Evidence) -> bool:
    """Whether a side is a coefficient at a number, which stands elsewhere at any time."""
    if isinstance(side, t.Call):
        known = evidence.called.get(key_of(side.head), ())
        elsewhere = any(isinstance(a, t.Sym) for call in known for a in call.args)
        at_numbers = len(side.args) == 1 and isinstance(side.args[0], t.Num) and not side.given
        return at_numbers and elsewhere and conventional("scalars", side.head.name)
    return (
        isinstance(side, t.Sym)
        and bool(side.sub)
        and all(isinstance(s, t.Num) for s in side.sub)
        and conventional("scalars", side.name)
        and any(spelled(replace(side, sub=(time,))) in evidence.spellings for time in _TIMES)
    )


_TIMES = tuple(t.Sym(0, letter) for letter in "ts")


def _claimed_before(
    reading: Reading, defining: set[int], mixed: Collection[str], inline: bool = False
) -> dict[str, int]:
    """Shape of a symbol -> the first (displayed) row that says something about it."""
    used: dict[str, int] = {}
    for item in reading.items:
        if id(item) in defining or (item.inline and not inline) or item.differential:
            continue
        for side in (item.left, item.right):
            for node in t.walk(side) if side is not None else ():
                if isinstance(node, t.Call | t.Sym):
                    used.setdefault(shape_of(node, mixed), item.index)
    return used


def _first_calls(reading: Reading) -> dict[str, int]:
    """Letter of a function -> the first row that applies it."""
    found: dict[str, int] = {}
    for item in reading.items:
        for side in (item.left, item.right):
            for node in t.walk(side) if side is not None else ():
                if isinstance(node, t.Call):
                    found.setdefault(key_of(node.head), item.index)
    return found


def _before(reading: Reading, item: Item) -> t.Node | None:
    return reading.items[item.index - 1].right if item.index else None


def shape_of(node: t.Node, mixed: Collection[str] = ()) -> str:
    """One string for the uses of a symbol that one row defines.

    Args:
        mixed: keys of symbols that are told apart by the letter behind the bar.
    """
    if isinstance(node, t.Call):
        places = (len(node.args), len(node.given), len(node.after), len(node.head.sub))
        density = conventional("densities", key_of(node.head))  # p(x) and p(y) are two
        at_times = any(not _is_of_a_model(script) for script in node.head.sub)
        letters = ",".join(map(spelled, node.args)) if density and not at_times else ""
        above = "" if node.head.sup is None else "^" + spelled(node.head.sup)
        numbers = ",".join(spelled(s) for s in node.head.sub if isinstance(s, t.Num))
        if key_of(node.head) in mixed:
            letters += "|" + ",".join(map(spelled, node.given))
        return f"{key_of(node.head)}{above}{places}{letters}{numbers}"
    return spelled(node)


def _is_of_a_model(script: t.Node) -> bool:
    """θ of p_θ(x), which is another density than p_θ(z)."""
    return isinstance(script, t.Sym) and conventional("parameters", script.name, "always")


def _definable(left: t.Node, evidence: Evidence, explicit: bool) -> bool:
    """A name, or a symbol applied to variables that differ.

    A number below a letter is a time, p_0(x), or part of a name, x̂_0(x): a row may define that.
    """
    if isinstance(left, t.Sym):
        loss = conventional("losses", left.name)  # L_{t-1}
        if any(isinstance(s, t.Add | t.Mul) for s in left.sub) and not loss:
            return False
        return spelled(left) not in evidence.drawn or bool(left.sub)
    if not isinstance(left, t.Call):
        return False
    named = explicit or any(accent != "dot" for accent in left.head.accents)
    between = bool(left.given) and any(isinstance(s, t.Sym) for s in left.head.sub)  # p_{0t}(x|y)
    name = named or between or _numbers_are_names(left.head, evidence)
    scripts = [s for s in left.head.sub if not (name and isinstance(s, t.Num))]
    places = [*scripts, *left.args, *left.given, *left.after]
    if not all(isinstance(p, t.Sym) for p in places):
        return False
    names = [spelled(p) for p in (*left.args, *left.given, *left.after)]
    return len(set(names)) == len(names)


def _numbers_are_names(head: t.Sym, evidence: Evidence) -> bool:
    """Whether m_0 and m_1 are functions of their own: no density, and no m_t is in the document."""
    calls = evidence.called.get(key_of(head), ())
    others = [s for call in calls for s in call.head.sub if spelled(s) in evidence.times]
    return not conventional("densities", head.name) and not others


def mentions(right: t.Node, left: t.Node, mixed: Collection[str] = ()) -> bool:
    """Whether the symbol of the left side is on the right: k(x) = k(y) defines no k.

    Densities of different letters are different ones: p(x) = ∫ p(x|z) p(z) dz.
    """
    shape = shape_of(left, mixed)
    inner = [node for node in t.walk(right) if isinstance(node, t.Call | t.Sym)]
    if any(shape_of(node, mixed) == shape for node in inner):
        return True
    if isinstance(left, t.Call) and key_of(left.head) in mixed:
        return False
    if isinstance(left, t.Call) and isinstance(right, t.Call):
        return key_of(left.head) == key_of(right.head)
    return isinstance(left, t.Call) and any(
        isinstance(node, t.Call)
        and key_of(node.head) == key_of(left.head)
        and (len(node.args), len(node.given)) == (len(left.args), len(left.given))
        and not (left.head.sub and not node.head.sub and _is_of_a_number(left.head))
        and not (
            conventional("densities", key_of(left.head))
            and all(isinstance(arg, t.Sym) for arg in node.args)
        )
        for node in inner
    )


def _is_of_a_number(head: t.Sym) -> bool:
    """Whether f_λ is another function than f, for each number λ, which is no time."""
    (script, *more) = head.sub
    if more or not isinstance(script, t.Sym):
        return False
    return conventional("scalars", script.name) and not conventional("times", script.name)


def _averages(node: t.Node) -> bool:
    """Whether the right side is what a loss is: an expectation or integral, and no other loss."""
    averages = False
    for inner in t.walk(node):
        if isinstance(inner, t.Call) and conventional("losses", inner.head.name):
            return False
        averages = averages or isinstance(inner, t.Expectation | t.Integral)
    return averages
