"""The same fraction of polynomials is proved to be it, however it is written; another is not."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import pytest
from sympy import Integer, S

from fmproof import Ratio, Real
from fmproof.errors import RuleError
from fmproof.kernel.ring import field
from fmproof.lang.arithmetic import Add, Mul, Pow, add, mul
from fmproof.lang.numbers import fraction, is_number
from fmproof.lang.props import VanishesWith

LETTERS = [Real(name) for name in "abrt"]
POINTS = [dict(zip(LETTERS, map(Fraction, p), strict=True)) for p in ((2, 3, 5, 11), (7, 4, 1, 3))]


def value(term: Any, at: dict[Any, Fraction]) -> Fraction:
    """The value in exact arithmetic."""
    if is_number(term):
        return fraction(term)
    if term in at:
        return at[term]
    if type(term) is Add:
        return sum((value(part, at) for part in term.args), Fraction(0))
    if type(term) is Mul:
        product = Fraction(1)
        for part in term.args:
            product *= value(part, at)
        return product
    if type(term) is Pow:
        return value(term.args[0], at) ** int(term.args[1])
    above, below = term.args
    return value(above, at) / value(below, at)


def number_like(rng: Random) -> Any:
    """A letter, a difference of two, or a small number."""
    one, two = rng.sample(LETTERS, 2)
    return rng.choice([one, add(one, mul(S.NegativeOne, two)), Integer(rng.choice((2, 3, -1)))])


def made(rng: Random, depth: int) -> Any:
    """A random term of sums, products and quotients."""
    if depth == 0:
        return number_like(rng)
    one, two = made(rng, depth - 1), made(rng, rng.randrange(depth))
    return rng.choice(
        [lambda: add(one, two), lambda: mul(one, two), lambda: Ratio(one, two), lambda: one]
    )()


def rewritten(rng: Random, term: Any) -> Any:
    """The same number, written in another way."""
    if type(term) is Add:
        return add(*(rewritten(rng, part) for part in term.args))
    if type(term) is Mul:
        return mul(*(rewritten(rng, part) for part in term.args))
    if type(term) is not Ratio:
        c = number_like(rng)
        return rng.choice([term, Ratio(mul(c, term), c), add(mul(S(2), term), mul(S(-1), term))])
    above, below = (rewritten(rng, part) for part in term.args)
    c = number_like(rng)
    return rng.choice(
        [
            Ratio(above, below),
            mul(above, Ratio(S.One, below)),
            Ratio(mul(above, c), mul(below, c)),
            Ratio(mul(S.NegativeOne, above), mul(S.NegativeOne, below)),
            Ratio(above, Ratio(mul(below, c), c)),
            add(Ratio(add(above, c), below), mul(S.NegativeOne, Ratio(c, below))),
        ]
    )


@pytest.mark.parametrize("seed", range(150))
def test_the_same_fraction(seed: int) -> None:
    rng = Random(seed)
    one = made(rng, 3)
    other = rewritten(rng, one)
    try:
        assert all(value(one, at) == value(other, at) for at in POINTS)
    except ZeroDivisionError:
        pytest.skip("a denominator is 0 at one of the points")
    theorem = field(one, other)
    assert theorem.lhs == one
    assert theorem.rhs == other
    for prop in theorem.hypotheses:
        assert isinstance(prop, VanishesWith)
        assert prop.args[0] == S.One
        assert all(value(prop.args[1], at) != 0 for at in POINTS)
    with pytest.raises(RuleError):
        field(one, add(other, LETTERS[0]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("t/(t-r)**2*(t-r)", "t/(t-r)"),
        ("a/(t-r)", "-a/(r-t)"),
        ("(t-r)*(a/(t-r)**2-b/(t-r))-a/(t-r)", "-b"),
        ("a/(t**2-2*t*r+r**2)", "a/(t-r)**2"),
        ("a/(1/b-1/t)", "a*b*t/(t-b)"),
    ],
)
def test_powers_and_signs_of_denominators(one: str, other: str) -> None:
    names = {letter.name: _Written(letter) for letter in LETTERS}
    left, right = (eval(text, {"__builtins__": {}}, names).term for text in (one, other))
    assert field(left, right).rhs == right


class _Written:
    """A term for Python's operators, in which / is a ratio."""

    def __init__(self, term: Any) -> None:
        self.term = term

    def _of(self, other: Any) -> Any:
        return other.term if isinstance(other, _Written) else Integer(other)

    def __add__(self, other: Any) -> _Written:
        return _Written(add(self.term, self._of(other)))

    def __sub__(self, other: Any) -> _Written:
        return _Written(add(self.term, mul(S.NegativeOne, self._of(other))))

    def __mul__(self, other: Any) -> _Written:
        return _Written(mul(self.term, self._of(other)))

    __rmul__ = __mul__

    def __neg__(self) -> _Written:
        return _Written(mul(S.NegativeOne, self.term))

    def __pow__(self, power: int) -> _Written:
        return _Written(mul(*[self.term] * power))

    def __truediv__(self, other: Any) -> _Written:
        return _Written(Ratio(self.term, self._of(other)))

    def __rtruediv__(self, other: Any) -> _Written:
        return _Written(Ratio(self._of(other), self.term))
