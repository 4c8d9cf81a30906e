"""What a document says of symbols that it does not define, put in: α_t = t, Φ(a) = ‖a‖².

Such an equation is a case ("take α_t = t") or a result that names a symbol (u_t(x) = …). It holds
for the rows behind it. A row that is false for arbitrary symbols may be true with it; then it is
proved *from* the equation, and says so. Nothing is refuted that way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from sympy import Expr, S

from fmproof.documents.coefficients import is_of_coefficients
from fmproof.documents.context import Context, Stipulation
from fmproof.documents.exponentials import gathered
from fmproof.documents.items import Item
from fmproof.documents.reach import section_end
from fmproof.documents.suggest import replaced
from fmproof.documents.terms import heads_in
from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import plus_of, power_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Apply, Density, Expect, Field, Gaussian, Head, Scalar, Sqrt, Var
from fmproof.lang.numbers import fraction, is_number, number
from fmproof.lang.scope import free_vars, replace_head, substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.binders import CIRCULAR
from fmproof.reading.notation.definitions import places
from fmproof.reading.notation.elaborate import NotYet
from fmproof.reading.notation.other_times import earlier_step
from fmproof.reading.notation.sums import BASIS
from fmproof.reading.notation.symbols import spelled

_ROUNDS = 3


Sides = tuple[Expr, Expr]


_ALONE = 4
"""Equations that are put in each by itself, where a document has several of a symbol."""


def in_cases(
    context: Context, item: Item, before: Expr, claim: Expr
) -> Iterator[tuple[Sides, str]]:
    """Both sides with what the document says put in, and the places where it says so."""
    of_coefficients = is_of_coefficients(before, claim)
    known = _earlier_steps(context, (before, claim)) | _cases(context, item, of_coefficients)
    if not known:
        return
    about = getattr(before, "head", None)
    seen: set[Sides] = set()
    choices = [  # of which symbols the first equation is taken
        {head: cases[0 if head in firsts else -1] for head, cases in known.items()}
        for firsts in ({about}, set(), set(known))
    ]
    several = any(len(cases) > 1 for cases in known.values())
    if several:
        here = _places_of_section(context, item)
        of_section = {h: [c for c in cases if c.place in here] for h, cases in known.items()}
        choices.append({h: (of_section[h] or cases[-1:])[0] for h, cases in known.items()})
    alone = [{head: case} for head, cases in known.items() for case in cases] if several else []
    for chosen in (one for some in (*choices, *alone[:_ALONE]) for one in _without_circles(some)):
        try:
            sides, used = _put((before, claim), chosen)
            one, other = gathered(*sides)
        except (FmproofError, SortError, TypeError):
            continue
        sides = (one, other)
        if used and sides not in seen:
            seen.add(sides)
            yield sides, ", ".join(dict.fromkeys(case.place for case in used))


def _places_of_section(context: Context, item: Item) -> set[str]:
    """The rows before one in its section."""
    before = reversed(context.reading.items[: item.index])
    same = takewhile(lambda one: section_end(context.reading, one) >= item.index, before)
    return {one.place for one in same}


_Chosen = dict[Head | Var, Stipulation]


def _without_circles(chosen: _Chosen) -> Iterator[_Chosen]:
    """The cases, each symbol by others at most: where α = exp(−∫ β) and β = −2 α'/α are both said,
    without one of the two."""
    circle = _circle(chosen)
    if not circle:
        yield chosen
    for head in circle:
        yield from _without_circles({other: c for other, c in chosen.items() if other != head})


def _circle(chosen: _Chosen) -> list[Head | Var]:
    """Symbols each of which is said by the next, and the last by the first; τ = T − t and
    t = T − τ, too."""
    inside = {
        head: (heads_in([case.body]) | free_vars(case.body)) & set(chosen)
        for head, case in chosen.items()
    }

    def along(path: list[Head | Var]) -> list[Head | Var]:
        for head in sorted(inside[path[-1]], key=lambda one: (one.name, str(type(one)))):
            if head in path:
                return path[path.index(head) :]
            if found := along([*path, head]):
                return found
        return []

    return next((found for head in inside if (found := along([head]))), [])


def in_stated_cases(context: Context, item: Item, before: Expr, claim: Expr) -> Sides | None:
    """Both sides with what the document lays down of their symbols put in, where that is one thing
    of each: what a density is from some row on, and in a line of words coefficients (α_t = t) or a
    time between two others (s = (r + t)/2).

    Such a row is no claim that may be wrong itself, as a displayed u(x) = … may be.
    """
    known: dict[Head | Var, list[Stipulation]] = {}
    for said in context.special:
        known.setdefault(said.head, []).append(said)
    for other, case in _said_before(context, item):
        number = isinstance(case.head, Scalar) or _is_between(context, case.head, case.body)
        coefficient = number and is_of_coefficients(case.body, S.One)
        if other.inline and coefficient:
            known.setdefault(case.head, []).append(case)
    chosen = {head: found[0] for head, found in known.items() if len(found) == 1}
    try:
        sides, used = _put((before, claim), chosen)
    except (FmproofError, SortError, TypeError):
        return None
    return sides if used else None


def agrees_beside(context: Context, item: Item, pair: Sides) -> bool:
    """Whether an equation holds with what a row says of a symbol put in, and what other rows say,
    as far as numbers show."""
    said = _case(context, item, item.left)
    if said is None:
        return False
    known = _cases(context, item, is_of_coefficients(*pair)) | {said.head: [said]}
    for choice in (0, -1):
        chosen = {head: cases[choice] for head, cases in known.items()}
        try:
            sides, used = _put(pair, chosen)
        except (FmproofError, SortError, TypeError):
            continue
        if said in used and context.numbers.of(*sides).status == "agrees":
            return True
    return False


def _cases(context: Context, item: Item, closed: bool) -> dict[Head | Var, list[Stipulation]]:
    """What the rows before one say, by the symbol, in their order."""
    found: dict[Head | Var, list[Stipulation]] = {}
    for said in context.special:
        found.setdefault(said.head, []).append(said)
    for _, case in _said_before(context, item, closed):
        found.setdefault(case.head, []).append(case)
    return found


def _said_before(
    context: Context, item: Item, closed: bool = False
) -> list[tuple[Item, Stipulation]]:
    """What rows before one say, with the rows; ``closed`` as in ``Sayings.saying``."""
    saying = context.said.saying(item, closed)
    said = [(other, _case(context, other, left)) for other, left in saying]
    solved = [pair for pair in context.determined if context.said.holds_at(pair[0], item)]
    found: list[tuple[Item, Stipulation]] = []
    for other, case in sorted([*said, *solved], key=lambda pair: pair[0].index):
        passing = case is not None and (
            other.picked
            or not (free_vars(case.body) or _is_no_field(case))  # "at w = 0"
            or (isinstance(case.head, Var) and _is_between(context, case.head, case.body))
        )
        if case is None or (passing and not context.said.right_behind(other, item)):
            continue
        if passing and isinstance(case.head, Var) and not _leads_to(other, item):
            continue
        if _is_no_field(case) and section_end(context.reading, other) < item.index:
            continue
        found.append((other, case))
    return found


def _is_no_field(case: Stipulation) -> bool:
    """f = 0 of a field: everywhere, in the section that says so."""
    return case.body is S.Zero and isinstance(case.head, Field) and bool(case.params)


def _leads_to(other: Item, item: Item) -> bool:
    """Whether a value in words is that of a display: "when w = 0, $$ … $$", with no new sentence or
    clause between them."""
    between = _CLOSED.sub("", other.source.text[other.piece.stop : item.piece.start])
    return not _NEW_CLAUSE.search(_FORMULA.sub("", between))


_CLOSED = re.compile(r"^(?:\$|\\\))")
_FORMULA = re.compile(r"\$[^$]*\$|\\\(.*?\\\)", re.DOTALL)
_NEW_CLAUSE = re.compile(r"[.;!?。；]|\bbut\b")


def known_coefficients(context: Context, item: Item) -> dict[Head, Stipulation]:
    """What the rows before one say of coefficients in its section, the latest of each."""
    return {
        case.head: case
        for other, case in _said_before(context, item)
        if isinstance(case.head, Head) and section_end(context.reading, other) >= item.index
    }


def _earlier_steps(context: Context, sides: Sides) -> dict[Head | Var, list[Stipulation]]:
    """What x_{t-1} is by the recursion that a document has for x_t."""
    found: dict[Head | Var, list[Stipulation]] = {}
    mine, theirs = map(free_vars, sides)
    gone = (mine - theirs) or (theirs - mine)  # on one side alone, so that it was put in
    for var in sorted((v for v in gone if v.sort is Sort.VEC), key=lambda v: v.name):
        symbol = context.elab.evidence.spellings.get(context.elab.spelling(var))
        step = None if symbol is None else earlier_step(context.elab, symbol)
        if step is not None:
            found[var] = [Stipulation(var, (), *step)]
    return found


def from_there_on(general: Expr, special: Expr, place: str) -> list[Stipulation]:
    """That a density is a Gaussian one from a row on, said of what it was before that row."""
    if not (isinstance(general, Apply) and isinstance(general.head, Density)):
        return []
    params = general.arguments
    plain = all(isinstance(v, Var) for v in params) and len(set(params)) == len(params)
    if general.head.definition is not None or not plain or not isinstance(special, Apply):
        return []
    if not isinstance(special.head, Gaussian) and special.head.definition is not None:
        special = special.head.unfold(special.arguments)
    if not isinstance(getattr(special, "head", None), Gaussian):
        return []
    return [Stipulation(general.head, tuple(params), special, place)]


def _case(context: Context, item: Item, left: t.Node | None) -> Stipulation | None:
    if item.right is None or not isinstance(left, t.Sym | t.Call):
        return None
    if item.denied or item.restricted:  # it holds at one value, or not at all
        return None
    number = item.inline and isinstance(left, t.Sym) and isinstance(item.right, t.Num)
    if item.picked and isinstance(item.right, t.Sym | t.Num) and not number:
        return None
    own = [spelled(a) for a in places(left)] if isinstance(left, t.Call) else []
    try:
        with context.elab.binding(own):  # x_t is the argument, no path, in f(x_t) = …
            named, body = context.elab.term(left), context.elab.term(item.right)
    except (NotYet, SortError, FmproofError):
        return None
    if number and not isinstance(named, Var):  # γ = 0, of a γ that is 1 + w
        letter = _solved(named, body)
        if letter is not None:
            return Stipulation(letter[0], (), letter[1], item.place)
    if isinstance(named, Var):
        if named.sort is sort_of(body) is Sort.VEC:  # x = m + s ε: a draw, by its noise
            points = {v for v in free_vars(body) if v.sort is Sort.VEC}
            made = len(points) > 1 and named not in points  # x = m + s ε, or ε = (x − m)/s
            return Stipulation(named, (), body, item.place) if made and item.row.left else None
        if not named.sort is sort_of(body) is Sort.REAL:
            return None
        time = isinstance(left, t.Sym) and context.elab.is_time(spelled(left))
        fits = (
            _is_time_change(context, named, body) or _is_between(context, named, body)
            if time
            else not free_vars(body)
        )
        return Stipulation(named, (), body, item.place) if fits else None
    if not isinstance(named, Apply) or named.head.definition is not None:
        return None
    head, params = named.head, named.arguments
    plain = all(isinstance(v, Var) for v in params) and len(set(params)) == len(params)
    law = isinstance(getattr(body, "head", None), Gaussian)  # else it may be no density
    if isinstance(head, Gaussian) or (isinstance(head, Density) and not law):
        return None
    nowhere = (
        body is S.Zero and isinstance(left, t.Sym) and item.inline and sort_of(named) is Sort.VEC
    )
    if not plain or (sort_of(body) is not sort_of(named) and not nowhere):
        return None
    if body is S.Zero and not nowhere:
        return None
    known = (*CIRCULAR, BASIS)
    unknown = {*context.elab.unknowns} - {context.elab.opaque.get(name) for name in known}
    if unknown & {head, *heads_in([body])}:
        return None
    if head in heads_in([body]):
        return None
    return Stipulation(head, tuple(params), body, item.place)


def _solved(named: Expr, value: Expr) -> tuple[Var, Expr] | None:
    """The one letter in what a symbol is, 1 + w, and its value where the symbol has one."""
    if not sort_of(named) is sort_of(value) is Sort.REAL or heads_in([named]):
        return None
    letters = list(free_vars(named))
    if len(letters) != 1 or letters[0].sort is not Sort.REAL:
        return None
    (letter,) = letters
    at = [substitute(named, {letter: number(n)}) for n in (0, 1, 2)]
    if not all(map(is_number, at)):
        return None
    start, one, two = map(fraction, at)
    slope = one - start
    if slope == 0 or two - one != slope:
        return None
    return letter, number((fraction(value) - start) / slope)


def _is_time_change(context: Context, time: Var, body: Expr) -> bool:
    """τ = T − t: another time, forwards or backwards, from where it is counted."""
    others = [v for v in free_vars(body) if context.elab.is_time(context.elab.spelling(v))]
    if len(others) != 1 or time in others:
        return False
    (other,) = others
    start = substitute(body, {other: S.Zero})
    return any(plus_of(body, -start) == sign * other for sign in (1, -1))


def _is_between(context: Context, time: Head | Var, body: Expr) -> bool:
    """s = (r + t)/2: one time by two others, in the formula behind it."""
    if not isinstance(time, Var):
        return False
    others = [v for v in free_vars(body) if context.elab.is_time(context.elab.spelling(v))]
    return len(others) == len(free_vars(body)) == 2 and time not in others


def _put(sides: Sides, chosen: dict[Head | Var, Stipulation]) -> tuple[Sides, list[Stipulation]]:
    used: list[Stipulation] = []
    letters = [case for case in chosen.values() if isinstance(case.head, Var)]
    values: dict[Var, Expr] = {c.head: c.body for c in letters if isinstance(c.head, Var)}
    used += [c for c in letters if any(c.head in free_vars(side) for side in sides)]
    points = {v: body for v, body in values.items() if v.sort is Sort.VEC}
    sides = (substitute(sides[0], points), substitute(sides[1], points))
    for _ in range(_ROUNDS):
        changed = False
        for case in chosen.values():
            if isinstance(case.head, Var):
                continue
            if case.head not in heads_in(sides) or of_every_model(case, sides):
                continue
            body, fixed = _closed(case, values)
            before, claim = (
                replace_head(substitute(side, fixed), case.head, case.params, body)
                for side in sides
            )
            sides = (before, claim)
            if isinstance(body, Sqrt):  # of g² = v it is said, so that g² is v, and not (√v)²
                sides = (_without_root(before), _without_root(claim))
            used.append(case)
            changed = True
        if not changed:
            break
    return (substitute(sides[0], values), substitute(sides[1], values)), used


def of_every_model(case: Stipulation, sides: Sequence[Expr]) -> bool:
    """Whether a row is of every v_θ, where v_θ(x) = E[…] holds at the minimum of a loss alone: it
    has two averages of the model. One that has one says what the least loss is."""
    head = case.head
    model = isinstance(head, Head) and any(v.sort is Sort.PARAM for v in head.params)
    if not model or any(v.sort is Sort.PARAM for v in free_vars(case.body)):
        return False
    return len({mean for side in sides for mean in _averages_of(case.head, side)}) > 1


def _averages_of(head: Head | Var, term: Expr) -> set[Expr]:
    """The averages with a symbol in them, also those that have a name."""
    written = {mean for mean in term.atoms(Expect) if head in heads_in([mean])}
    named = {
        one
        for one in term.atoms(Apply)
        if one.head.definition is not None and _averages_of(head, one.head.definition)
    }
    return written | named


def _without_root(side: Expr) -> Expr:
    """v for (√v)² in a side."""
    for root in sorted(side.atoms(Sqrt), key=str):
        side = replaced(side, power_of(root, number(2)), root.args[0])
    return side


def _closed(case: Stipulation, values: dict[Var, Expr]) -> tuple[Expr, dict[Var, Expr]]:
    """The body of a case, what is free in it besides the arguments as symbols of their own."""
    fixed: dict[Var, Expr] = {}
    for var in sorted(free_vars(case.body) - set(case.params), key=lambda v: v.name):
        if var.sort is Sort.PARAM:
            raise SortError(f"{var.name} is no constant")
        if var in values:
            fixed[var] = values[var]
            continue
        fixed[var] = (Field if var.sort is Sort.VEC else Scalar)(var.name + "''")()
    return (substitute(case.body, fixed) if fixed else case.body), fixed
