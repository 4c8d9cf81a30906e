"""Paths with Gaussian noise, x_t = m + s n, as draws from N(m, s² I).

The law of m, n and x_t can be written in two ways: n is drawn and x_t is m + s n; or x_t is drawn
from N(m, s² I), and n is (x_t − m)/s. They are the same law where s ≠ 0. In the second way x_t has
a density, and averages given x_t are averages against a posterior.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sympy import Expr, S

from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import add, factors, mul, summands
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Expect,
    Gaussian,
    IntegralOver,
    Normal,
    Ratio,
    Scalar,
    Sqrt,
    Var,
)
from fmproof.lang.nodes.measure import drawn_by, law_order, parents_of
from fmproof.lang.scope import free_vars, replace_head, substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import randomness
from fmproof.reading.notation.lacking import NotYet, value_of
from fmproof.reading.notation.symbols import conventional, key_of, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


@dataclass(frozen=True)
class Noised:
    """A path m + s n.

    Attributes:
        kernel: its law N(m, s² I) given what m is made of.
        others: the random variables in m, by spelling.
        value: n, from the path.
    """

    path: t.Sym
    noise: t.Sym
    kernel: Apply
    others: dict[str, t.Sym]
    value: Expr


def noised(elab: Elaborator, path: t.Sym) -> Noised | None:
    """A path as m + s n with Gaussian noise n ~ N(0, v I) that nothing else is drawn with."""
    if elab.turned:
        return elab.turned.get(spelled(path))
    value = elab.path(path)
    if value is None:
        return None
    random = {elab.spelling(v): v for v in free_vars(value) if v.sort in (Sort.VEC, Sort.LATENT)}
    symbols = {name: elab.evidence.spellings.get(name) for name in random}
    for name, var in sorted(random.items()):
        symbol = symbols[name]
        spread = None if symbol is None else _variance(elab, symbol)
        if symbol is None or spread is None:
            continue
        split = linear_in(value, var)
        if split is None:
            continue
        mean, scale = split
        here = elab.variable(path)
        others = {n: s for n, s in symbols.items() if n != name and s is not None}
        if here in free_vars(value) or len(others) != len(random) - 1:
            return None
        square = map(_doubled if elab.roots_kept else _squared, factors(scale))
        kernel: Any = Normal(here, mean, mul(*square, spread))
        back = mul(Ratio(S.One, scale), add(here, mul(S.NegativeOne, mean)))
        return Noised(path, symbol, kernel, others, back)
    return None


def _squared(factor: Expr) -> Expr:
    """s² as a document would write it: of √a it is a, which has to be ≥ 0 for the root."""
    return factor.args[0] if isinstance(factor, Sqrt) else _doubled(factor)


def _doubled(factor: Expr) -> Expr:
    return mul(factor, factor)


def is_standard(elab: Elaborator, symbol: t.Sym) -> bool:
    """Whether n ~ N(0, I)."""
    return _variance(elab, symbol) is S.One


def _variance(elab: Elaborator, symbol: t.Sym) -> Expr | None:
    """v of n ~ N(0, v I); None of another law."""
    try:
        law = elab.remembered(symbol, [])
    except (NotYet, SortError, FmproofError):
        return None
    if not isinstance(law.head, Gaussian) or law.arguments[1] != S.Zero:
        return None
    found: Expr = law.arguments[2]
    return found


def linear_in(value: Expr, noise: Var) -> tuple[Expr, Expr] | None:
    """(m, s) of m + s·noise."""
    mean: list[Expr] = []
    scale: list[Expr] = []
    for part in summands(value):
        if noise not in free_vars(part):
            mean.append(part)
            continue
        rest = [f for f in factors(part) if f is not noise]
        if len(rest) != len(factors(part)) - 1 or any(noise in free_vars(f) for f in rest):
            return None
        scale.append(mul(*rest))
    return (add(*mean), add(*scale)) if scale else None


@contextmanager
def noise_turned(elab: Elaborator) -> Iterator[None]:
    """Inside, paths with Gaussian noise are drawn, and their noise is what is left of them."""
    found = (noised(elab, symbol) for symbol in _paths(elab))
    of_noise: dict[str, Noised] = {}
    for one in found:
        if one is not None:
            of_noise.setdefault(spelled(one.noise), one)
    turned = {spelled(one.path): one for one in of_noise.values()}
    if not turned:
        raise NotYet("no path of which the noise is Gaussian", -1, "law")
    elab.turned = turned
    try:
        yield
    finally:
        elab.turned = {}


def _paths(elab: Elaborator) -> list[t.Sym]:
    """The paths of the document, those first at which it takes functions: x_t before x_1 − x_0."""
    calls = elab.evidence.calls
    places = {spelled(place) for call in calls for place in (*call.args, *call.given)}
    paths = [s for s in elab.evidence.spellings.values() if elab.path(s) is not None]
    return sorted(paths, key=lambda symbol: spelled(symbol) not in places)


def turned_value(elab: Elaborator, name: str) -> Expr | None:
    """The noise (x_t − m)/s, where x_t is drawn."""
    return next((o.value for o in elab.turned.values() if spelled(o.noise) == name), None)


def laws_of_others(elab: Elaborator, one: Noised) -> Sequence[Apply] | None:
    """The laws of what m is made of, where the document says them."""
    symbols = list(one.others.values())
    told = [symbol for symbol in symbols if _has_law(elab, symbol, list(one.others))]
    try:
        if len(symbols) == 1 or not told:  # any law, or any joint one
            found = randomness.laws_of(elab, symbols, list(one.others), set())
        else:  # of which one has no law: they need not be independent
            found = [elab.remembered(symbol, list(one.others)) for symbol in symbols]
        found += _laws_before(elab, found)
    except (NotYet, SortError, FmproofError):
        return None
    return law_order(list(dict.fromkeys(found)))


def _laws_before(elab: Elaborator, laws: Sequence[Apply]) -> list[Apply]:
    """The laws of what others are given: of y, where z ~ p(·|y)."""
    drawn = {v for law in laws for v in drawn_by(law)}
    given = {v for law in laws for v in parents_of(law) if v.sort is Sort.VEC} - drawn
    symbols = [elab.evidence.spellings.get(elab.spelling(v)) for v in given]
    return [elab.remembered(symbol, []) for symbol in symbols if symbol is not None]


def _has_law(elab: Elaborator, symbol: t.Sym, together: list[str]) -> bool:
    try:
        elab.remembered(symbol, together)
    except (NotYet, SortError, FmproofError):
        return False
    return True


Places = tuple[tuple[Var, ...], tuple[Var, ...], tuple[Var, ...]]
"""What a density is taken at: below it, in its brackets, behind the bar."""


def density(elab: Elaborator, call: t.Call, places: Places) -> Expr | None:
    """The density of the path of which words say it, at what ``call`` is taken at."""
    path = elab.density_of.get(key_of(call.head))
    if path is None or call.given or _of_a_label(call, path):
        return None
    return _asked_once(elab, f"of {spelled(call)}", path, call, places)


def _of_a_label(call: t.Call, path: t.Sym) -> bool:
    """Whether p(y) is the law of a label y, beside the density p_t(x) of x_t."""
    at = call.args[0] if len(call.args) == 1 else None
    if not isinstance(at, t.Sym) or at.name.lower() == path.name.lower() or at.sub:
        return False
    return conventional("labels", at.name) and len(call.head.sub) != len(path.sub)


def density_by_argument(elab: Elaborator, call: t.Call, places: Places) -> Expr | None:
    """The density q(z_t), q(z_t|x) of the path z_t at which it is written, and no other one is."""
    path = written_at(elab, call)
    if path is None or _at_another_time(call, path):
        return None
    return _asked_once(elab, f"at {spelled(call)}", path, call, places)


def _asked_once(
    elab: Elaborator, name: str, path: t.Sym, call: t.Call, places: Places
) -> Expr | None:
    """The density of a path; None inside of itself, where the laws of what it is made of ask."""
    if name in elab.mixing:
        return None
    elab.mixing.add(name)
    try:
        return _density_of(elab, path, call, places)
    finally:
        elab.mixing.discard(name)


def _at_another_time(call: t.Call, path: t.Sym) -> bool:
    """Whether a density is taken at x_{t-1}, x_T or x_{1:T}, of the path x_t."""
    at = call.args[0]
    return isinstance(at, t.Sym) and key_of(at) == key_of(path) and spelled(at) != spelled(path)


def written_at(elab: Elaborator, call: t.Call) -> t.Sym | None:
    """The one path at which the document writes a density."""
    if elab.strict or any(elab.is_parameter(spelled(s)) for s in call.head.sub):
        return None
    key, found = key_of(call.head), dict[str, t.Sym]()
    if key in elab.density_of:
        return None  # words say of what it is the density
    for other, calls in elab.evidence.called.items():
        if not elab.is_density(other):
            continue
        at = [one.args[0] for one in calls if len(one.args) == 1]
        symbols = {spelled(a): a for a in at if isinstance(a, t.Sym)}
        paths = {n: a for n, a in symbols.items() if elab.path(a) is not None or n in elab.turned}
        if other == key:
            found = paths
        elif any(spelled(a) in found or key in elab.density_of for a in paths.values()):
            return None
    others = {name for name, laws in elab.said_laws.items() if key in map(key_of, laws)}
    return next(iter(found.values())) if len(found) == 1 and others <= set(found) else None


def _levels_below(elab: Elaborator, call: t.Call, one: Noised) -> list[Var]:
    """σ of p_σ(x), the density of x = y + n with n ~ N(0, σ² I)."""
    letters = [s for s in call.head.sub if isinstance(s, t.Sym) and not elab.is_time(spelled(s))]
    return [v for v in map(elab.variable, letters) if v in free_vars(one.kernel)]


def _density_of(elab: Elaborator, path: t.Sym, call: t.Call, places: Places) -> Expr | None:
    """The density of a path with Gaussian noise: N(x; m, s² I) given what m is made of, or
    E[N(x; m, s² I)]."""
    sub, main, given = places
    points = [v for v in main if v.sort is Sort.VEC]
    reals = [v for v in (*sub, *main) if v.sort is Sort.REAL]
    times, others = reals[: len(reals) - len(call.after)], reals[len(reals) - len(call.after) :]
    levels = [elab.variable(a) for a in call.after if isinstance(a, t.Sym)]  # p(x; σ)
    if len(points) != 1 or not len(levels) == len(call.after) == len(others):
        return None
    if any(level.sort is not Sort.REAL for level in levels):
        return None
    one = noised(elab, path)
    own = [elab.variable(s) for s in path.sub if isinstance(s, t.Sym) and elab.is_time(spelled(s))]
    below = [*own] if times else []  # q(z_t) has its time in its argument
    if not own and one is not None:
        below = _levels_below(elab, call, one)
    if one is None or len(own) != len(path.sub) or len(times) != len(below):
        return None
    moved: dict[Var, Expr] = {
        elab.variable(path): points[0],
        **dict(zip(below, times, strict=True)),
        **dict(zip(levels, others, strict=True)),
    }
    if call.given:
        if [spelled(value_of(g)) for g in call.given] != list(one.others):
            return None
        moved |= dict(zip(map(elab.variable, one.others.values()), given, strict=True))
        whole: Expr = one.kernel
    else:
        order = laws_of_others(elab, one)
        if order is None:
            return None
        whole = Expect(one.kernel, *order)
    return _schedules_written_out(substitute(whole, {v: w for v, w in moved.items() if v is not w}))


def _schedules_written_out(term: Expr) -> Expr:
    """With t² for σ(t)², where σ(t) = t: a density is defined by what is one by its form."""
    applied: Any = term.atoms(Apply)
    heads = {one.head for one in applied if isinstance(one.head, Scalar)}
    for head in sorted(heads, key=lambda head: head.name):
        body = head.definition
        if body is not None and not body.has(Expect, IntegralOver, CondExpect):
            return _schedules_written_out(replace_head(term, head, head.params, body))
    return term
