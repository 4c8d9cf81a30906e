"""Sums, products and powers: SymPy's nodes, sealed, put into canonical form by this file alone.

SymPy's own constructors remember results under keys that are compared by ``==``, which a program
can answer for, and can be switched off. So the trusted base does not evaluate by them. The form is
the one that SymPy gives: a sum has distinct summands with rational coefficients, a product has
distinct bases with positive integer exponents, a number comes first, and a number times a sum
is multiplied out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

import sympy
from sympy import Basic, Expr, S
from sympy.core.basic import _cmp_name

from fmproof.errors import SortError
from fmproof.lang.node import (
    Inside,
    Lift,
    Term,
    as_term,
    declare,
    is_nonnegative,
    nothing,
    shown,
    sort_of,
)
from fmproof.lang.numbers import Rational, fraction, is_number, number, power_of_number
from fmproof.lang.sorts import ADDITIVE, Sort

MANY = 64
"""A power with a larger exponent counts as one factor."""
HUGE = 10_000
"""No exponent is larger."""
_by_name: dict[tuple[int, int], tuple[int, type, type]] = {}  # ids -> their order, two classes


class _Operation(Term):
    """A sum, product or power that cannot be changed. SymPy's methods make them by these two."""

    __slots__ = ()

    def __new__(cls, *args: Any, evaluate: bool | None = True) -> Any:
        return _OF_USERS[cls](*args) if evaluate else Term.__new__(cls, *args)

    @classmethod
    def _from_args(cls, args: Any, is_commutative: bool | None = True) -> Any:
        return _OF_USERS[cls](*args)


class Add(_Operation, sympy.Add):
    """A sum."""

    __slots__ = ()


class Mul(_Operation, sympy.Mul):
    """A product."""

    __slots__ = ()


class Pow(_Operation, sympy.Pow):
    """A power with a positive integer exponent."""

    __slots__ = ()


SUMS, PRODUCTS, POWERS = ((own, getattr(sympy, own.__name__)) for own in (Add, Mul, Pow))
"""Ours, and SymPy's own, which the gate turns into ours."""


def summands(term: Expr) -> tuple[Expr, ...]:
    """The parts of a sum; a term that is no sum is its own only part."""
    return tuple(term.args) if type(term) is Add else (term,)


def factors(term: Expr) -> tuple[Expr, ...]:
    """The factors of a product, each as often as it occurs: b·b·a for b²·a."""
    found: list[Expr] = []
    for factor in term.args if type(term) is Mul else (term,):
        if type(factor) is Pow and _exponent(factor) <= MANY:
            found.extend([factor.args[0]] * _exponent(factor))
        else:
            found.append(factor)
    return tuple(found)


def without(items: tuple[Expr, ...], *positions: int) -> tuple[Expr, ...]:
    """``items`` without those at ``positions``; equal ones elsewhere stay."""
    return tuple(item for i, item in enumerate(items) if i not in positions)


def coefficient(term: Expr) -> tuple[Rational, Expr]:
    """``(c, rest)`` with ``term == c*rest`` and ``c`` rational."""
    if is_number(term):
        return term, S.One
    if type(term) is Mul and is_number(term.args[0]):
        return term.args[0], _product(term.args[1:])
    return S.One, term


def add(*terms: Expr) -> Expr:
    """The sum in canonical form."""
    if len(terms) == 1 and type(terms[0]) is not Add:
        return terms[0]
    constant: Fraction | int = 0
    total: dict[Expr, Fraction | int] = {}
    for term in terms:
        for part in _parts(term):
            c, rest = coefficient(part)
            value = 1 if c is S.One else fraction(c)  # a whole number is added faster
            if rest is S.One:
                constant += value
            else:
                total[rest] = total[rest] + value if rest in total else value
    parts = _in_order([_scaled(c, rest) for rest, c in total.items() if c != 0])
    if constant != 0:
        parts.insert(0, number(constant))
    if len(parts) < 2:
        return parts[0] if parts else S.Zero
    return Term.__new__(Add, *parts)


def mul(*terms: Expr) -> Expr:
    """The product in canonical form. 0·a is 0, since every term has a value."""
    constant: Fraction | int = 1
    powers: dict[Expr, int] = {}
    for term in terms:
        for base, exponent in _powers(term, 1):
            if base is S.One:
                continue
            if is_number(base):
                constant *= power_of_number(fraction(base), exponent)
            else:
                powers[base] = powers.get(base, 0) + exponent
    return _scaled(constant, _product(_in_order([_power(b, e) for b, e in powers.items()])))


def _in_order(parts: list[Expr]) -> list[Expr]:
    return sorted(parts, key=_ORDER) if len(parts) > 1 else parts


def _compare(a: Any, b: Any) -> int:
    """SymPy's order of nodes, ``Basic.compare``: by the names of their classes, then by parts."""
    if a is b:
        return 0
    kinds = id(type(a)), id(type(b))
    if kinds not in _by_name:
        _by_name[kinds] = (_cmp_name(type(a), type(b)), type(a), type(b))
    order = _by_name[kinds][0]
    ours, theirs = a._hashable_content(), b._hashable_content()
    order = order or (len(ours) > len(theirs)) - (len(ours) < len(theirs))
    for x, y in () if order else zip(ours, theirs, strict=True):
        order = _compare(x, y) if isinstance(x, Basic) else (x > y) - (x < y)
        if order:
            break
    return order


_ORDER = cmp_to_key(_compare)


def _parts(term: Expr) -> tuple[Expr, ...]:
    if type(term) is not Add:
        return (term,)
    return tuple(part for arg in term.args for part in _parts(arg))


def _powers(term: Expr, exponent: int) -> tuple[tuple[Expr, int], ...]:
    if type(term) is Mul:
        return tuple(power for arg in term.args for power in _powers(arg, exponent))
    if type(term) is Pow:
        return _powers(term.args[0], exponent * _exponent(term))
    return ((term, exponent),)


def _exponent(power: Expr) -> int:
    return fraction(power.args[1]).numerator


def _power(base: Expr, exponent: int) -> Expr:
    if exponent == 1:
        return base
    if exponent > HUGE:
        raise SortError(f"a power is at most {HUGE:,}, found {exponent:,} on {shown(base)}")
    return Term.__new__(Pow, base, number(exponent))


def _product(parts: Any) -> Expr:
    if len(parts) < 2:
        return parts[0] if parts else S.One
    return Term.__new__(Mul, *parts)


def _scaled(factor: Fraction | int, rest: Expr) -> Expr:
    """A number times a product without one."""
    if factor == 1:
        return rest
    constant = number(factor)
    if factor == 0 or rest is S.One:
        return constant
    if type(rest) is Add:
        return add(*(mul(constant, part) for part in rest.args))
    return _product((constant, *(rest.args if type(rest) is Mul else (rest,))))


# --- what +, · and ** of terms make -------------------------------------------------------


def plus_of(*terms: Any) -> Expr:
    """The sum of what a user adds."""
    return _checked(Add, map(as_term, terms), add)


def times_of(*terms: Any) -> Expr:
    """The product of what a user multiplies."""
    return _checked(Mul, map(as_term, terms), mul)


def power_of(base: Any, exponent: Any) -> Expr:
    """The power that a user writes."""
    return _checked(Pow, (as_term(base), as_term(exponent)), _raised)


def plus(*terms: Any) -> Expr:
    """The sum as written: ``plus(a, b, -b)`` keeps b − b for the reader to see.

    The kernel cancels it at once; the value is the same, the display is not.
    """
    if len(terms) < 2:
        raise SortError("a sum as written has two terms or more, as in plus(a, b)")
    return _checked(Add, map(as_term, terms), lambda *parts: Add(*parts, evaluate=False))


def _checked(kind: type, terms: Any, make: Any) -> Expr:
    parts = tuple(terms)
    if len(parts) > 1:
        _SORTS[kind](parts)
    made: Expr = make(*parts)
    return made


# --- sorts and signs ----------------------------------------------------------------------


def _sum_sort(args: tuple[Expr, ...]) -> Sort:
    """Zeros are left out, since they are of every additive sort."""
    parts = [arg for arg in args if arg is not S.Zero] or [S.Zero]
    first, *others = parts
    sort = sort_of(first)
    for arg in others:
        other = sort_of(arg)
        if other is not sort:
            raise SortError(
                f"cannot add a {sort.value} and a {other.value}: "
                f"{shown(first)} ({sort.value}) + {shown(arg)} ({other.value})"
            )
    if sort not in ADDITIVE:
        raise SortError(f"cannot add {sort.value.rstrip('s')}s: {' + '.join(map(shown, parts))}")
    return sort


def _product_sort(args: tuple[Expr, ...]) -> Sort:
    result, culprit = Sort.REAL, None
    for arg in args:
        sort = sort_of(arg)
        if sort is Sort.REAL:
            continue
        if sort not in ADDITIVE:
            raise SortError(f"cannot multiply a {sort.value}: {shown(arg)}")
        if culprit is not None:
            raise SortError(
                f"cannot multiply a {result.value} and a {sort.value}: {shown(culprit)} times "
                f"{shown(arg)}; for vectors write Inner(a, b) or a @ b"
            )
        result, culprit = sort, arg
    return result


def _power_sort(args: tuple[Expr, ...]) -> Sort:
    base, exponent = args
    sort = sort_of(base)
    if sort is Sort.VEC:
        raise SortError(
            f"cannot raise a vector to a power: {shown(base)}; for the squared norm write "
            f"norm2(a), for a product of two vectors Inner(a, b)"
        )
    if sort is not Sort.REAL:
        raise SortError(f"cannot raise a {sort.value} to a power: {shown(base)}")
    power = fraction(exponent) if is_number(exponent) else Fraction(0)
    if power.denominator != 1 or power <= 0:
        raise SortError(
            f"a power must be a positive integer, found the exponent {exponent} on "
            f"{shown(base)}; write Sqrt(a) for a root, Ratio(a, b) for a quotient"
        )
    if power > HUGE:
        raise SortError(f"a power is at most {HUGE:,}, found {exponent} on {shown(base)}")
    return Sort.REAL


_SORTS: dict[type, Any] = {Add: _sum_sort, Mul: _product_sort, Pow: _power_sort}
_OF_USERS: dict[type, Any] = {Add: plus_of, Mul: times_of, Pow: power_of}


def _raised(base: Expr, exponent: Expr) -> Expr:
    return mul(_power(base, fraction(exponent).numerator))


def _rebuilt(kind: type, make: Callable[..., Expr]) -> Callable[..., Expr]:
    """``make``, of arguments whose sorts fit."""

    def rebuild(_: Expr, *args: Expr) -> Expr:
        _SORTS[kind](args)
        return make(*args)

    return rebuild


def _every_place(node: Expr) -> Mapping[int, Lift]:
    return dict.fromkeys(range(len(node.args)), Lift.HERE)


def _each(node: Expr, inside: Inside) -> Iterator[Any]:
    for arg in node.args:
        yield from inside(arg)


def _each_weighted(node: Expr, inside: Inside) -> Iterator[Any]:
    """A factor's integrals matter where the other factors do not vanish.

    A factor that obliges something itself excuses no other: its value may be a convention.
    """
    honest = [sort_of(a) is Sort.REAL and not any(True for _ in inside(a)) for a in node.args]
    for i, arg in enumerate(node.args):
        if not honest[i]:  # else it obliges nothing, whatever its weight
            others = (a for j, a in enumerate(node.args) if j != i and honest[j])
            yield from inside(arg, mul(*others))


def _even_or_nonnegative(node: Expr) -> bool:
    return _exponent(node) % 2 == 0 or is_nonnegative(node.args[0])


declare(
    *SUMS,
    sort=lambda node: _sum_sort(node.args),
    bound=nothing,
    places=_every_place,
    obliges=_each,
    nonnegative=lambda node: all(map(is_nonnegative, node.args)),
    rebuild=_rebuilt(Add, add),
)
declare(
    *PRODUCTS,
    sort=lambda node: _product_sort(node.args),
    bound=nothing,
    places=_every_place,
    obliges=_each_weighted,
    nonnegative=lambda node: sort_of(node) is Sort.REAL and all(map(is_nonnegative, node.args)),
    rebuild=_rebuilt(Mul, mul),
)
declare(
    *POWERS,
    sort=lambda node: _power_sort(node.args),
    bound=nothing,
    places=lambda node: {0: Lift.HERE},
    obliges=lambda node, inside: inside(node.args[0]),
    nonnegative=_even_or_nonnegative,
    rebuild=_rebuilt(Pow, _raised),
)
