"""Finite sums: Σ over i is the number of summands times a mean over an index drawn uniformly.

y_i is a function of the index. Of the index's law nothing but this is known, so what is proved
holds for every law of it; and a mean over weighted points is a limit of means over more points,
so numbers on weighted points are fair, too. Where the index has a law that the document knows
(``shares``), Σ is an integral over its values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sympy import Expr, S

from fmproof.lang.arithmetic import add, factors, mul, times_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Apply, Expect, Field, Inner, Integral, Law, Var
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.lacking import NotYet
from fmproof.reading.notation.shares import density_of_index, range_of
from fmproof.reading.notation.symbols import conventional, key_of, readable, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator

_COORDINATES = ("d", "D")
BASIS = "basis"
"""The name under which the vectors e_i of a basis are kept."""
_MOST = 6
"""Sums of so many terms between two numbers are written out."""


def ranges(nodes: Iterable[t.Node]) -> dict[str, t.Sym | None]:
    """The indices of sums that number something, y_i, with the last one where it is a letter.

    Σ_j y_j beside Σ_{i=1}^n y_i has n summands, too.
    """
    found: dict[str, t.Sym | None] = {}
    numbered: dict[str, set[str]] = {}  # what an index numbers
    for root in nodes:
        for node in t.walk(root):
            if not (isinstance(node, t.Series) and isinstance(node.index, t.Sym)):
                continue
            name = spelled(node.index)
            high = node.high if isinstance(node.high, t.Sym) else None
            if high is not None and high.name in _COORDINATES:
                continue
            found[name] = found.get(name) or high
            numbered.setdefault(name, set()).update(
                key_of(one)
                for one in t.walk(node.body)
                if isinstance(one, t.Sym) and any(spelled(s) == name for s in one.sub)
            )
    for name in [name for name, high in found.items() if high is None]:
        same = (high for other, high in found.items() if numbered[other] & numbered[name])
        found[name] = next((high for high in same if high is not None), None)
    return found


def numbering(nodes: Iterable[t.Node]) -> set[str]:
    """The letters that sums run through and that are no times."""
    return {name for name in ranges(nodes) if not conventional("times", name, "by_itself")}


def with_index_below(symbol: t.Sym, indices: Collection[str]) -> t.Sym:
    """y^{(i)} as y_i, and y^i, too, unless y is a number by its letter: then it is a power."""
    above = symbol.sup
    index = above.body if isinstance(above, t.Bracketed) else above
    if not isinstance(index, t.Sym) or spelled(index) not in indices:
        return symbol
    if index is above and conventional("scalars", symbol.name):
        return symbol
    return replace(symbol, sub=(*symbol.sub, index), sup=None)


def carries_index(elab: Elaborator, symbol: t.Sym) -> bool:
    """Whether a letter carries the index of a sum: y_i."""
    return any(isinstance(s, t.Sym) and elab.is_index(spelled(s)) for s in symbol.sub)


def is_sample(elab: Elaborator, symbol: t.Sym) -> bool:
    """Whether a letter in a sum over its index is drawn outside: one of several samples."""
    summed = any(isinstance(s, t.Sym) and spelled(s) in elab.bound for s in symbol.sub)
    return summed and spelled(symbol) in elab.bound and carries_index(elab, symbol)


def member(elab: Elaborator, symbol: t.Sym) -> t.Call:
    """y_i as a function of i; a share as the density of its index.

    Raises:
        NotYet: it is a sample, which is random, or a coordinate of a vector y.
    """
    if spelled(symbol) in elab.evidence.drawn or spelled(symbol) in elab.evidence.random:
        raise NotYet("a sum over random samples", symbol.at)
    if key_of(symbol) in elab.evidence.shares:
        return density_of_index(symbol)
    return t.Call(symbol.at, symbol, ())


def coordinate(elab: Elaborator, symbol: t.Sym) -> Expr | None:
    """a_i of a vector a as ⟨a, e_i⟩; None where y_i is a vector, or there is no vector y.

    Of the e_i nothing is known, so what is proved of them holds of those of a basis.
    """
    own = elab.evidence.sorts.of(symbol)
    vector = replace(symbol, sub=())
    whole = elab.evidence.sorts.of(vector)
    if whole is None or whole.kind != "vec" or (own is not None and own.kind == "vec"):
        return None
    if len(symbol.sub) != 1 or not isinstance(symbol.sub[0], t.Sym):
        raise NotYet(f"coordinates of {readable(key_of(symbol))}", symbol.at)
    index = elab.variable(symbol.sub[0])
    head = elab.opaque.setdefault(BASIS, Field(elab.names.of("e", BASIS), sub=index))
    elab.unknowns[head] = "a basis"
    made: Expr = Inner(elab.term(vector), head(index))
    return made


def finite_sum(elab: Elaborator, node: t.Series) -> Expr:
    """The term of Σ, or of a mean over an index."""
    written = _written_out(node)
    if written is not None:
        return elab.term(written)
    if node.kind == "product" or not isinstance(node.index, t.Sym):
        raise NotYet("a product or a sum over such an index", node.at)
    name = spelled(node.index)
    if node.high is None and name in elab.evidence.drawn:  # over all classes: its values
        return elab.term(t.Integral(node.at, node.body, (t.Over(node.at, node.index),)))
    if name not in elab.evidence.indices:
        raise NotYet("a sum over coordinates", node.at)
    index = elab.variable(node.index)
    if index.sort not in (Sort.LATENT, Sort.REAL):
        raise NotYet("a sum over such an index", node.at)
    with elab.binding([name]):
        body = elab.term(node.body)
    if sort_of(body) not in (Sort.REAL, Sort.VEC):
        raise NotYet("a finite sum of what is no number and no vector", node.at)
    counted = range_of(node, elab.evidence.indices) in elab.evidence.counted
    if counted and node.kind == "sum" and index in free_vars(body):
        return _over_values(body, index)
    mean: Expr = Expect(body, _law(elab, node, index))
    return mean if node.kind == "mean" else times_of(_count(elab, node), mean)


def _over_values(body: Expr, index: Var) -> Expr:
    """Σ_k as an integral over k; Σ_k π_k E_k[f] as an average over k drawn from π, as E_k[f] need
    not be there where π_k is 0."""
    parts = factors(body)
    laws = [one for one in parts if isinstance(one, Apply) and one.head.draws]
    laws = [one for one in laws if one.head.drawn(one) == (index,)]
    if len(laws) == 1 and body.has(Expect):
        rest = [one for one in parts if one is not laws[0]]
        average: Expr = Expect(mul(*rest), laws[0])
        return average
    total: Expr = Integral(body, index)
    return total


def _last(elab: Elaborator, node: t.Series) -> t.Node | None:
    assert isinstance(node.index, t.Sym)
    return node.high or elab.evidence.indices.get(spelled(node.index))


def _law(elab: Elaborator, node: t.Series, index: Var) -> Any:
    last = _last(elab, node)
    key = "index law " + (str(last and _plainly(last)) if last else spelled(node.index))  # type: ignore[arg-type]
    law = elab.index_laws.get(key)
    if law is None:
        law = elab.index_laws[key] = Law(elab.names.of("U", key), index)
        elab.note(f"U({readable(index.name)})", "the law of an index", "a sum over it", node.at)
    return law(index)


def _plainly(node: t.Node) -> str:
    return " ".join(
        spelled(n) if isinstance(n, t.Sym) else str(getattr(n, "value", type(n).__name__))
        for n in t.walk(node)
    )


def _count(elab: Elaborator, node: t.Series) -> Expr:
    last = _last(elab, node)
    if last is None:
        assert isinstance(node.index, t.Sym)
        key = "count of " + spelled(node.index)
        return elab.variables.setdefault(key, Var(elab.names.of("n", key), Sort.REAL))
    low = node.low if isinstance(node.low, t.Num) else t.Num(node.at, Fraction(1))
    count = elab.term(last)
    if low.value == 1:
        return count
    return add(count, S(1 - low.value.numerator)) if low.value.denominator == 1 else count


def _written_out(node: t.Series) -> t.Node | None:
    """Between two numbers: the sum, or the product, itself."""
    low, high = node.low, node.high
    if not (isinstance(low, t.Num) and isinstance(high, t.Num) and isinstance(node.index, t.Sym)):
        return None
    if not 0 <= high.value - low.value < _MOST or low.value.denominator != 1:
        raise NotYet("a sum of so many terms", node.at)
    name = spelled(node.index)
    places = [low.value + i for i in range(int(high.value - low.value) + 1)]
    parts = [_with_number(node.body, name, place) for place in places]
    if node.kind == "product":
        grouped = tuple(t.Bracketed(node.at, part) for part in parts)
        return t.Mul(node.at, grouped, ("",) * (len(parts) - 1)) if len(parts) > 1 else grouped[0]
    whole = t.Bracketed(node.at, t.Add(node.at, tuple((1, part) for part in parts)))
    if node.kind == "mean":
        return t.Frac(node.at, whole, t.Num(node.at, Fraction(len(places))))
    return whole


def _with_number(node: Any, name: str, value: Fraction) -> Any:
    """A tree with a number for an index."""
    if isinstance(node, tuple):
        return tuple(_with_number(part, name, value) for part in node)
    if isinstance(node, t.Sym) and spelled(node) == name:
        return t.Num(node.at, value)
    if isinstance(node, t.Node):
        parts = {f: _with_number(getattr(node, f), name, value) for f in node.__dataclass_fields__}
        return replace(node, **parts)
    return node


# --- means, from how they are written -----------------------------------------------------


def as_mean(node: t.Node) -> t.Node:
    """(1/K) Σ_{i=1}^K and Σ_{i=1}^K … / K are means, whatever K is."""
    if isinstance(node, t.Frac) and _from_one(node.top, node.bottom):
        assert isinstance(node.top, t.Series)
        return replace(node.top, kind="mean")
    if not isinstance(node, t.Mul) or not isinstance(node.factors[-1], t.Series):
        return node
    before, total = node.factors[:-1], node.factors[-1]
    assert isinstance(total, t.Series)
    for i, factor in enumerate(before):
        top, bottom = _quotient(factor)
        if bottom is None or not _from_one(total, bottom):
            continue
        rest = [*before[:i], *([] if top is None else [top]), *before[i + 1 :]]
        mean = replace(total, kind="mean")
        return t.Mul(node.at, (*rest, mean), ("",) * len(rest)) if rest else mean
    return node


def _quotient(node: t.Node) -> tuple[t.Node | None, t.Node | None]:
    """(a, K) of a/K, without a where it is 1."""
    if isinstance(node, t.Frac):
        one = isinstance(node.top, t.Num) and node.top.value == 1
        return (None if one else node.top), node.bottom
    if isinstance(node, t.Pow) and isinstance(node.exponent, t.Add):
        ((sign, exponent), *more) = node.exponent.parts
        if not more and sign < 0 and isinstance(exponent, t.Num) and exponent.value == 1:
            return None, node.base
    return None, None


def _from_one(node: t.Node, count: t.Node) -> bool:
    """Whether a node is a sum of ``count`` summands, from the first on."""
    return (
        isinstance(node, t.Series)
        and node.kind == "sum"
        and isinstance(node.low, t.Num)
        and node.low.value == 1
        and isinstance(node.high, t.Sym)
        and isinstance(count, t.Sym)
        and spelled(node.high) == spelled(count)
    )
