"""What the sides of a row differ by, as functions with weights: what the row would have to say.

f − g² ∇ log p = f − ½ g² ∇ log p says ½ g² ∇ log p = 0, and u + w (v − u) = (1 + w) v − w u says
u = v. Nobody means that, whatever p, u and v are; so it is enough that numbers refute the weights
for all that is known of them, however little is known of the functions:

- one function is left over, such as a score: it would have to be 0;
- two functions of one kind are left over, and both sides are made of both: one would have to be a
  multiple of the other;
- one side is a multiple of the other: both would have to be 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from sympy import Expr, S

from fmproof.documents.left_over import normal_sides
from fmproof.documents.terms import heads_in
from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import add, coefficient, factors, mul, summands
from fmproof.lang.node import rebuilt, sort_of
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Exp,
    Expect,
    Grad,
    Inner,
    IntegralOver,
    Log,
    Ratio,
    Scalar,
    Var,
)
from fmproof.lang.numbers import is_number
from fmproof.lang.scope import canon, free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.tactics.differences import subtract

Weights = dict[Expr, Expr]
"""A sum of functions, each with its weight."""


@dataclass(frozen=True)
class Residue:
    """What a row says besides what is true: that one of ``weights`` is 0, or else ``words``.

    Attributes:
        vanishing: what would have to be 0, or multiples of each other.
        sure: whether it is no average, which may be 0 by what is said of a law.
    """

    weights: tuple[Expr, ...]
    words: str
    vanishing: tuple[Expr, ...] = ()
    sure: bool = True


def residue_of(before: Expr, claim: Expr) -> Residue | None:
    """What would have to hold besides for ``before = claim``, if that is nothing that is meant."""
    if S.Zero in (before, claim):
        return None
    normal = normal_sides(before, claim)
    found = None if normal is None else _residue(*normal)
    return found or _residue(before, claim)  # a normal form may have a function written out


def _residue(before: Expr, claim: Expr) -> Residue | None:
    """What would have to hold besides, as the two sides are written."""
    try:
        left, right = (_weights(side) for side in (before, claim))
        apart = _summed([*left.items(), *((f, mul(S.NegativeOne, w)) for f, w in right.items())])
    except (FmproofError, SortError):
        return None
    if not apart or not all(map(_is_weight, apart.values())):
        return None
    found = None
    if len(apart) == 1:
        found = _of_one(apart, left, right)
    elif len(apart) == 2:
        found = _of_two(apart, left, right)
    return found or _of_multiple(apart, left, right)


def _of_one(apart: Weights, left: Weights, right: Weights) -> Residue | None:
    """One function is left over."""
    ((function, weight),) = apart.items()
    both = function in left and function in right
    if not is_function(function) or not (both or heads_in([weight])):
        return None
    if heads_in([weight]) & heads_in([function]):
        return None
    words = f"it holds only if {text(weight)} is 0, or {text(function)}"
    if is_number(weight):
        words = f"it holds only if {text(function)} is 0"
    return Residue((weight,), words, (function,))


def _of_two(apart: Weights, left: Weights, right: Weights) -> Residue | None:
    """A multiple of u − v is left over, or a sum of two multiples of functions of one symbol."""
    (first, one), (second, other) = apart.items()
    if not all(side.keys() >= apart.keys() for side in (left, right)):
        return None
    if not all(is_function(f) or isinstance(f, CondExpect) for f in apart):
        return None
    if subtract(one, mul(S.NegativeOne, other)) == S.Zero:
        words = f"it holds only if {text(first)} = {text(second)}"
        return Residue((one,), words, (first, second))
    if _letter(first) is None or _letter(first) != _letter(second):
        return None
    words = f"it holds only if {text(first)} is a multiple of {text(second)}"
    return Residue((one, other), words, (first, second))


def _of_multiple(apart: Weights, left: Weights, right: Weights) -> Residue | None:
    """One side is a multiple of the other."""
    if not left or left.keys() != right.keys() or len(apart) != len(left):
        return None
    (first, one), *others = left.items()
    for function, weight in others:
        if subtract(mul(one, right[function]), mul(weight, right[first])) != S.Zero:
            return None
    turned = subtract(one, mul(S.NegativeOne, right[first])) == S.Zero
    if turned and not all(map(is_function, left)):
        return None  # by symmetry E[x] = −E[x], which is 0
    words = "one side is a multiple of the other"
    return Residue((apart[first],), words, sure=any(map(_is_product, left)))


# --- functions and weights ----------------------------------------------------------------


def is_function(term: Expr) -> bool:
    """What is not 0, whatever it is: a vector letter, a field or a number at a point, a score."""
    if isinstance(term, Var):
        return term.sort is Sort.VEC
    if isinstance(term, Grad) and isinstance(term.body, Log):
        inside = term.body.args[0]
        return isinstance(inside, Apply) and inside.head.is_density
    if isinstance(term, Log):
        inside = term.args[0]
        return isinstance(inside, Apply) and inside.head.is_density
    if isinstance(term, Inner):
        return term.args[0] == term.args[1] and is_function(term.args[0])
    if not isinstance(term, Apply) or any(map(is_number, term.arguments)):
        return False
    return any(v.sort is Sort.VEC for v in term.head.params)


def _is_product(term: Expr) -> bool:
    """A product of what is not 0."""
    return all(map(is_function, factors(term)))


def _letter(function: Expr) -> tuple[object, ...] | None:
    """The symbol of a function, or of the density of a score, with its scripts."""
    inside = function
    if isinstance(inside, Grad):
        inside = inside.body
    if isinstance(inside, Log):
        inside = inside.args[0]
    if not isinstance(inside, Apply):
        return None
    head = inside.head
    return (type(function), head.name.rstrip("'")[:1], head.sub, head.sup)


def _is_weight(term: Expr) -> bool:
    """A number made of coefficients, letters and numbers."""
    if term.has(Expect, CondExpect, IntegralOver):
        return False
    numbers = all(v.sort is Sort.REAL for v in free_vars(term))
    heads = heads_in([term])
    times = all(v.sort in (Sort.REAL, Sort.LATENT) for h in heads for v in h.params)
    plain = all(isinstance(h, Scalar) for h in heads)
    return sort_of(term) is Sort.REAL and numbers and times and plain


def _weights(term: Expr) -> Weights:
    """A sum as functions with their weights; the score of a product is the sum of the scores."""
    found: list[tuple[Expr, Expr]] = []
    for part in summands(_multiplied_out(term)):
        own = factors(part)
        weight = mul(*(f for f in own if _is_weight(f)))
        function = mul(*(f for f in own if not _is_weight(f)))
        spread = _spread(function)
        more = {function: S.One} if spread == function else _weights(spread)
        found += [(f, mul(weight, w)) for f, w in more.items()]
    return _summed(found)


def _multiplied_out(term: Expr) -> Expr:
    """A sum with its products multiplied out."""
    return subtract(term, S.Zero) or S.Zero


def _summed(parts: Iterable[tuple[Expr, Expr]]) -> Weights:
    """Each function once, whatever its bound names are; none with a weight that is 0."""
    shown: dict[Expr, Expr] = {}
    total: Weights = {}
    for function, weight in parts:
        function = shown.setdefault(canon(function), function)
        total[function] = add(total.get(function, S.Zero), weight)
    plain = {f: _multiplied_out(w) for f, w in total.items()}
    return {f: w for f, w in plain.items() if w != S.Zero}


def _spread(term: Expr) -> Expr:
    """log (a b / c) as log a + log b − log c, and so its gradient."""
    if isinstance(term, Log):
        parts = _logarithms(term.args[0])
        return term if len(parts) == 1 and parts[0][1] == term else add(*(mul(*p) for p in parts))
    if not (isinstance(term, Grad) and term.var.sort is Sort.VEC):
        return term
    found: list[Expr] = []
    for part in summands(_spread(term.body)):
        moved = [f for f in factors(part) if term.var in free_vars(f)]
        fixed = [f for f in factors(part) if term.var not in free_vars(f)]
        if moved:
            found.append(mul(*fixed, rebuilt(term, mul(*moved), *term.args[1:])))
    return add(*found)


def _logarithms(product: Expr) -> list[tuple[Expr, Expr]]:
    """The logarithms of the factors of a product, with their signs."""
    found: list[tuple[Expr, Expr]] = []
    for factor in factors(product):
        if isinstance(factor, Ratio):
            over, below = factor.args
            found += [] if over == S.One else _logarithms(over)
            found += [(mul(S.NegativeOne, sign), part) for sign, part in _logarithms(below)]
        elif isinstance(factor, Exp):
            found += [(S.One, _spread(part)) for part in summands(factor.args[0])]
        else:
            found.append((S.One, Log(factor)))
    return found


def without_common_factors(weight: Expr) -> Expr:
    """A weight without the factors that all its summands have: what has to be 0, if it is."""
    parts = [
        (coefficient(part)[0], Counter(factors(coefficient(part)[1]))) for part in summands(weight)
    ]
    common = reduce(lambda a, b: a & b, (own for _, own in parts))
    left = [mul(number, *(own - common).elements()) for number, own in parts]
    return add(*left)
