"""One symbol that has what words say of it, for a row that is claimed of all such symbols.

The standard normal density is even, radial, log-concave and of mean zero, and x N(x; 0, I) is odd
and radial. A random world follows none of these words; a row about an even density that fails for
the standard normal one is wrong all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Expr

from fmproof.documents.terms import heads_in
from fmproof.errors import FmproofError, SortError
from fmproof.lang.nodes import Apply, Density, Field, Head, Normal, Scalar, Var
from fmproof.lang.props import Equals, Prop
from fmproof.lang.scope import free_vars, replace_head
from fmproof.lang.sorts import Sort
from fmproof.reading.notation.words import said_of_normal, said_of_odd
from fmproof.tactics.matching import said_of_each

Sides = tuple[Expr, Expr]


def has_instance(head: Head, word: str) -> bool:
    """Whether a word, "even", is true of what stands in for a symbol."""
    said = said_of_odd(word) if isinstance(head, Field) else said_of_normal(word)
    return said and _instance(head) is not None


def is_standard_somewhere(head: Head) -> bool:
    """Whether the standard normal density can stand in for a density from which it draws, too."""
    return isinstance(head, Density) and _instance(head) is not None


def with_instances(sides: Sides, heads: Iterable[Head]) -> Sides | None:
    """A row with what stands in for some symbols; None where one of them cannot be put in."""
    for head in heads:
        body = _instance(head)
        if body is None:
            return None
        try:
            before, claim = (replace_head(side, head, head.params, body) for side in sides)
        except (FmproofError, SortError, TypeError):
            return None
        sides = before, claim
    return sides


def _instance(head: Head) -> Expr | None:
    sorts = [v.sort for v in head.params]
    if sorts.count(Sort.VEC) != 1 or head.definition is not None or Sort.PARAM in sorts:
        return None
    points = [v for v in head.params if v.sort is Sort.VEC]
    normal: Expr = Normal(points[0])
    if isinstance(head, Density | Scalar):
        return normal
    return normal * points[0] if isinstance(head, Field) else None


def told_everywhere(prop: Prop, row: Sequence[Expr]) -> set[Head]:
    """The symbols of which an equation says something at more places than a world that follows it
    at one: p of p(−x) = p(x), and f of ‖f(x)‖ = 1 for a row that averages f over another x.

    None where the row has none of them.
    """
    _, equation = said_of_each(prop)
    if not isinstance(equation, Equals):
        return set()
    points = {v for v in free_vars(equation) if v.sort is Sort.VEC}
    shared = set(free_vars(row[0]) | free_vars(row[1])) - _moved(equation, points)
    points -= shared
    calls = [call for call in equation.atoms(Apply) if call.head.definition is None]
    several = len({call.head for call in calls}) > 1  # it ties them to each other, world by world
    if (several and not _moved(equation, points)) or _is_definition(equation):
        return set()
    told = {c.head for c in calls if any(free_vars(place) & points for place in c.arguments)}
    if not told & heads_in(row):
        return set()
    return {head for head in told if isinstance(head, Density | Scalar | Field)}


def _is_definition(equation: Equals) -> bool:
    """Whether an equation says what f(x) is, u(x|z) = (z − x)/s, so that it can be put in."""
    for one, other in (equation.args, equation.args[::-1]):
        plain = isinstance(one, Apply) and all(isinstance(a, Var) for a in one.arguments)
        if plain and not any(_is_one_symbol(one.head, head) for head in heads_in([other])):
            return True
    return False


def _moved(equation: Prop, free: set[Var]) -> set[Var]:
    """The x of f(−x) and f(x + a), of symbols that are taken at x as well."""
    calls = [call for call in equation.atoms(Apply) if call.head.definition is None]
    found: set[Var] = set()
    for one in calls:
        same = [c for c in calls if _is_one_symbol(c.head, one.head)]
        places = {place for c in same for place in c.arguments}
        inside = [place for place in one.arguments if not isinstance(place, Var)]
        others = {v for place in places - set(inside) for v in free_vars(place)}
        found |= {v for place in inside for v in free_vars(place) & free & others}
    return found


def _is_one_symbol(one: Head, other: Head) -> bool:
    """Whether two heads are one letter, as p and p_x, the density p at x."""
    names = sorted((one.name, other.name), key=len)
    return one == other or (type(one) is type(other) and names[1].startswith(names[0]))
