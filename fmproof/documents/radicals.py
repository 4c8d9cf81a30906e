"""Roots and reciprocals of quotients, as steps: √(s² r²/(s² + r²)) = s r/√(s² + r²), 1/(a/b) = b/a.

A root is brought to m √F/d with an F that no square divides, a reciprocal to q/p; what is left is
``quotients``. The signs of m and d are known of sums that are positive by their form, and taken of
scales such as σ and of times; of nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import sympy
from sympy import Expr, S

from fmproof.documents import quotients
from fmproof.documents.suggest import replaced_along
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import Add, Mul, Pow, add, factors, mul, power_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Apply, Ratio, Sqrt, Var
from fmproof.lang.numbers import fraction, is_number, number
from fmproof.lang.props import Positive, Prop
from fmproof.lang.sorts import Sort
from fmproof.reading.notation.symbols import conventional
from fmproof.tactics.differences import subtract
from fmproof.tactics.methods import Line, common_form
from fmproof.tactics.script import Step

_MOST = 4
"""Roots and reciprocals in one line."""
_Chain = list[tuple[Expr, str]]
"""Terms, each with what shows that it is the one before."""


def steps(before: Expr, claim: Expr) -> tuple[list[Step], list[Prop]] | None:
    """Steps from ``before`` to ``claim``, and the signs of scales that they take."""
    try:
        common = common_form(Line(before, claim), quotients.FORM)
        lines = [subtract(side, S.Zero) for side in (common.left.rhs, common.right.rhs)]
    except (FmproofError, TypeError, RecursionError):
        return None
    if lines[0] is None or lines[1] is None:
        return None
    signs: list[Prop] = []
    plain = [_plain(line, signs) for line in lines]
    if plain[0] is None or plain[1] is None or not (plain[0] or plain[1]):
        return None
    (there, left), (back, right) = (
        _ends(line, chain) for line, chain in zip(lines, plain, strict=True)
    )
    middle = quotients.steps(left, right)
    if middle is None:
        middle = [Step("1", right, by="ring")] if subtract(left, right) == S.Zero else None
    if middle is None:
        return None
    returned = _returned(lines[1], back)
    found = [
        Step("1", lines[0], by=quotients.FORM),
        *(Step(f"2.{i}", term, by=words) for i, (term, words) in enumerate(there, 1)),
        *(Step(f"3.{step.id}", step.claim, by=step.by) for step in middle),
        *(Step(f"4.{i}", term, by=words) for i, (term, words) in enumerate(returned, 1)),
        Step("5", claim, by=quotients.FORM),
    ]
    return found, list(dict.fromkeys(signs))


def _returned(start: Expr, chain: _Chain) -> _Chain:
    """From the end of a chain back to where it starts."""
    terms = [start, *(term for term, _ in chain)]
    return [(terms[i], chain[i][1]) for i in range(len(chain) - 1, -1, -1)]


def _ends(line: Any, chain: Any) -> tuple[_Chain, Expr]:
    return chain, chain[-1][0] if chain else line


def _plain(line: Expr, signs: list[Prop]) -> _Chain | None:
    """The line with one root, or reciprocal, after another in its plain form."""
    found: _Chain = []
    for _ in range(_MOST + 1):
        made = next(_changes(line, signs), None)
        if made is None:
            return found
        along = replaced_along(line, *made)
        if along is None:
            return None
        found += along
        line = along[-1][0] if along else line
        spread = subtract(line, S.Zero)
        if spread is None:
            return None
        if spread != line:
            line = spread
            found.append((line, "ring"))
    return None


def _changes(line: Expr, signs: list[Prop]) -> Iterator[tuple[Expr, _Chain]]:
    """Parts of a line that are not in plain form, with the way there."""
    ratios = sorted(line.atoms(Ratio), key=lambda ratio: (not ratio.has(Sqrt), str(ratio)))
    for ratio in ratios:
        chain = _reciprocal(ratio, signs)
        if chain:
            yield ratio, chain
    for root in sorted(line.atoms(Sqrt), key=str):
        made = _root(root, signs)
        if made is not None:
            yield root, made.chain


def _reciprocal(ratio: Expr, signs: list[Prop]) -> _Chain | None:
    above, below = ratio.args
    if above is not S.One or not below.has(Ratio):
        return None
    if isinstance(below, Sqrt):
        return _inverse_root(ratio, below, signs)
    fields = _Fields()
    inside = fields.of(below)
    if inside is None:
        return None
    over, under = map(sympy.factor, sympy.fraction(sympy.together(inside)))
    numerator, denominator = fields.term(over), fields.term(under)
    if numerator is None or denominator is None or is_number(denominator):
        return None
    spread = mul(below, denominator)
    plain = is_number(numerator)
    inverse = number(1 / fraction(numerator)) if plain else Ratio(S.One, numerator)
    between = quotients.between(numerator, spread)
    if between is None:
        return None
    chain: _Chain = [] if plain else [(mul(ratio, numerator, inverse), "cancel")]
    chain += [(mul(ratio, term, inverse), words) for term, words in between]
    return [*chain, (mul(denominator, inverse), "cancel")]


class _Root(NamedTuple):
    """√A = m √F/d, and the way there."""

    above: Expr
    kept: Expr
    below: Expr
    chain: _Chain


def _root(root: Expr, signs: list[Prop]) -> _Root | None:
    """√A in its plain form, as A is the square of that; None where it has that form."""
    (inside,) = root.args
    fields = _Fields()
    value = fields.of(inside)
    if value is None or sort_of(inside) is not Sort.REAL:
        return None
    made = _without_squares(value, fields)
    if made is None:
        return None
    above, kept, below = (fields.term(part) for part in made)
    if above is None or kept is None or below is None:
        return None
    whole = mul(above, *_rooted(kept), *_under(below))
    if whole == root:
        return None
    between = quotients.between(inside, mul(whole, whole))
    if between is None and subtract(inside, mul(whole, whole)) == S.Zero:
        between = [(mul(whole, whole), "ring")]
    if between is None:
        return None
    signs += [Positive(part) for part in (*factors(above), *factors(below)) if _is_scale(part)]
    chain = [*((Sqrt(term), words) for term, words in between), (whole, "root")]
    return _Root(above, kept, below, chain)


def _inverse_root(ratio: Expr, root: Expr, signs: list[Prop]) -> _Chain | None:
    """1/√A as d √F/(m F): that times √A is 1."""
    made = _root(root, signs)
    if made is None:
        return None
    above, kept, below, chain = made
    value = mul(below, *_rooted(kept), *_under(above), *_under(kept))
    pairs = [
        part for one in (above, kept, below) if one is not S.One for part in (one, *_under(one))
    ]
    return [
        (mul(ratio, *pairs), "cancel"),
        (mul(ratio, chain[-1][0], value), "root"),
        *((mul(ratio, term, value), words) for term, words in _returned(root, chain)),
        (value, "cancel"),
    ]


def _rooted(kept: Expr) -> list[Expr]:
    return [] if kept is S.One else [Sqrt(kept)]


def _under(below: Expr) -> list[Expr]:
    return [] if below is S.One else [Ratio(S.One, below)]


def _without_squares(value: Any, fields: _Fields) -> tuple[Any, Any, Any] | None:
    """m, F, d of √A = m √F/d."""
    over, under = sympy.fraction(sympy.together(value))
    content, up = sympy.factor_list(over)
    other, down = sympy.factor_list(under)
    content = content / other
    m, kept, d = S.One, S.One, S.One
    for base, power in up:
        content, base = fields.positive(base, power, content)
        m, kept = m * base ** (power // 2), kept * base ** (power % 2)
    for base, power in down:
        content, base = fields.positive(base, power, content)
        d, kept = d * base ** ((power + 1) // 2), kept * base ** (power % 2)
    if not content.is_Rational or content <= 0:
        return None
    return m, sympy.expand(content * kept), d


def _is_scale(part: Expr) -> bool:
    """σ, σ_t, or a time: by its letter."""
    name = part.head.name if isinstance(part, Apply) else getattr(part, "name", "")
    plain = isinstance(part, Apply | Var) and sort_of(part) is Sort.REAL
    defined = isinstance(part, Apply) and part.head.definition is not None
    letter = name.split("_")[0].rstrip("'")
    scale = conventional("scalars", letter, "surely") or letter.startswith("sigma")  # σ_d is sigmad
    scale = scale or conventional("times", letter)
    return plain and not defined and scale


class _Fields:
    """Terms as rational functions of what is no sum, product or quotient in them."""

    def __init__(self) -> None:
        self.letters: dict[Expr, Any] = {}

    def of(self, term: Expr) -> Any:
        """The rational function; None where a root is in it."""
        if is_number(term):
            value = fraction(term)
            return sympy.Rational(value.numerator, value.denominator)
        if isinstance(term, Sqrt):
            return None
        if isinstance(term, Add | Mul | Ratio):
            parts = [self.of(arg) for arg in term.args]
            if any(part is None for part in parts):
                return None
            if isinstance(term, Ratio):
                return parts[0] / parts[1] if parts[1] != 0 else None
            return sympy.Add(*parts) if isinstance(term, Add) else sympy.Mul(*parts)
        if isinstance(term, Pow):
            base = self.of(term.args[0])
            return None if base is None else base ** int(term.args[1])
        return self.letters.setdefault(term, sympy.Symbol(f"u{len(self.letters)}"))

    def term(self, value: Any) -> Expr | None:
        """A polynomial as a term."""
        terms = {letter: term for term, letter in self.letters.items()}
        if value.is_Rational:
            return number(sympy_fraction(value))
        if value in terms:
            return terms[value]
        parts = [self.term(arg) for arg in value.args if not value.is_Pow]
        if any(part is None for part in parts):
            return None
        if value.is_Add:
            return add(*parts)
        if value.is_Mul:
            return mul(*parts)
        if value.is_Pow and value.args[1].is_Integer and value.args[1] > 0:
            base = self.term(value.args[0])
            return None if base is None else power_of(base, number(int(value.args[1])))
        return None

    def positive(self, base: Any, power: int, content: Any) -> tuple[Any, Any]:
        """The factor with the sign that it has at small values of its letters."""
        point = {u: sympy.Rational(i + 2, i + 9) / 3 for i, u in enumerate(self.letters.values())}
        if base.subs(point) >= 0:
            return content, base
        return content * (-1) ** power, sympy.expand(-base)


def sympy_fraction(value: Any) -> Any:
    """A rational number of SymPy as a fraction."""
    from fractions import Fraction

    return Fraction(int(value.p), int(value.q))
