"""What a derivation's hypotheses ask of the symbols, and whether a world satisfies them.

Integrability, differentiability and domination hold in every world. Equations, inequalities and
signs are evaluated: "for every" and "for almost every" value at random ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sympy import Basic, Expr

from fmproof.lang.arithmetic import Mul
from fmproof.lang.nodes import Apply, Density, Div, Field, Grad, Head, Partial, Scalar, Var
from fmproof.lang.nodes.measure import Lebesgue, Let, drawn_by
from fmproof.lang.props import Almost, AtMost, Equals, ForAll, Positive, Prop, VanishesWith
from fmproof.lang.scope import fresh, substitute
from fmproof.lang.sorts import Sort


def stripped(prop: Any) -> Prop:
    """What a proposition says for the single values of what it binds."""
    while isinstance(prop, ForAll | Almost):
        prop = prop.body
    found: Prop = prop
    return found


def at_values(prop: Any, taken: Iterable[Var]) -> tuple[Any, tuple[Var, ...]]:
    """What a proposition says of new variables instead of those that it binds, and these.

    Deterministic draws have the values that they are given.
    """
    avoid = set(taken)
    variables: list[Var] = []
    put: dict[Var, Expr] = {}
    while isinstance(prop, ForAll | Almost):
        items = prop.measure if isinstance(prop, Almost) else (prop.var,)
        for item in items:
            if isinstance(item, Let):
                put[item.var] = substitute(item.value, put)
                continue
            for var in (item,) if isinstance(item, Var) else drawn_by(item):
                put[var] = fresh(var, avoid)
                avoid.add(put[var])
                variables.append(put[var])
        prop = prop.body
    return substitute(prop, put), tuple(v for v in variables if v.sort is not Sort.PARAM)


@dataclass(frozen=True)
class Asked:
    """What hypotheses ask of the symbols that have no definition.

    Attributes:
        positive: functions whose values have to be > 0.
        below_one: functions whose values have to be < 1.
        carried: fields that have to carry a density.
        moving: points that have to move along a field.
        equal: fields and functions that have to be equal to another.
        convex: real functions of a vector that have to be convex.
    """

    positive: frozenset[Head] = frozenset()
    below_one: frozenset[Head] = frozenset()
    carried: tuple[tuple[Head, Carried], ...] = ()
    moving: tuple[tuple[Head, Moving], ...] = ()
    equal: tuple[tuple[Head, Equal], ...] = ()
    convex: frozenset[Head] = frozenset()

    @classmethod
    def of(cls, props: Iterable[Any]) -> Asked:
        """What the propositions ask, as far as meanings can be chosen for it."""
        props = tuple(props)
        return cls(
            positive_heads(props),
            below_one(props),
            tuple(carried_fields(props).items()),
            tuple(moving_points(props).items()),
            tuple(equal_heads(props).items()),
            convex_heads(props),
        )


NOTHING = Asked()


def positive_heads(props: Iterable[Any]) -> frozenset[Head]:
    """The symbols whose values hypotheses say to be > 0, or not 0."""
    found: set[Head] = set()
    for prop in map(stripped, props):
        terms: Iterator[Any] = iter(())
        if isinstance(prop, Positive):
            terms = _factors(prop.args[0])
        elif isinstance(prop, VanishesWith):
            terms = _factors(prop.args[1])
        elif isinstance(prop, AtMost) and prop.lhs == 0:
            terms = _factors(prop.rhs)
        found |= {t.head for t in terms if isinstance(t, Apply) and t.head.definition is None}
    return frozenset(head for head in found if not head.draws)


def below_one(props: Iterable[Any]) -> frozenset[Head]:
    """The functions f of which hypotheses say 1 − f > 0, or 1 − f² > 0."""
    found: set[Head] = set()
    for prop in map(stripped, props):
        if not isinstance(prop, Positive):
            continue
        rest = [t for t in _factors(1 - prop.args[0]) if isinstance(t, Apply)]
        if len(rest) == 1 and rest[0].head.definition is None:
            found.add(rest[0].head)
    return frozenset(head for head in found if not head.draws)


def convex_heads(props: Iterable[Any]) -> frozenset[Head]:
    """The functions c of which hypotheses say 0 ≤ c(a) − c(b) − ⟨∇c(b), a − b⟩."""
    found: set[Head] = set()
    for prop in map(stripped, props):
        if not (isinstance(prop, AtMost) and prop.lhs == 0 and prop.rhs.is_Add):
            continue
        heads = {call.head for call in prop.rhs.atoms(Apply)}
        slopes = {grad.body for grad in prop.rhs.atoms(Grad)}
        values = [part for part in prop.rhs.args if isinstance(part, Apply)]
        if len(heads) == len(slopes) == len(values) == 1:
            (head,) = heads
            vector = [v.sort for v in head.params] == [Sort.VEC]
            if isinstance(head, Scalar) and vector and head.definition is None:
                found.add(head)
    return frozenset(found)


def _factors(term: Any) -> Iterator[Any]:
    for factor in Mul.make_args(term):
        yield factor.args[0] if factor.is_Pow else factor


def bowls(heads: Iterable[Head], props: Iterable[Any]) -> frozenset[Head]:
    """The functions of one vector alone that may be quadratic: hypotheses ask for no integral of
    them over the whole space, but under a law, and for no sign."""
    props = tuple(props)
    asked = positive_heads(props) | below_one(props) | equal_heads(props).keys()
    unbounded = [prop for prop in props if _over_space(prop)]
    return frozenset(
        head
        for head in heads
        if isinstance(head, Scalar) and head.definition is None and not head.nonneg
        if [v.sort for v in head.params] == [Sort.VEC] and head not in asked
        if not any(_mentions(prop, head) for prop in unbounded)
    )


def _over_space(node: Basic) -> bool:
    return (isinstance(node, Lebesgue) and not node.bounded) or any(map(_over_space, node.args))


def _mentions(node: Any, head: Head) -> bool:
    if isinstance(node, Apply):
        inside = node.head.definition
        if node.head == head or (inside is not None and _mentions(inside, head)):
            return True
    return any(_mentions(part, head) for part in node.args)


def path_heads(terms: Iterable[Basic]) -> frozenset[Head]:
    """The fields that give deterministic draws, such as I_t(x₀, x₁), and depend on more."""
    found: set[Head] = set()
    seen: set[Head] = set()

    def visit(node: Any) -> None:
        if isinstance(node, Let) and isinstance(node.value, Apply):
            head = node.value.head
            sorts = {v.sort for v in head.params}
            if head.definition is None and Sort.VEC in sorts and sorts <= _PATH and len(sorts) > 1:
                found.add(head)
        if isinstance(node, Apply) and node.head.definition is not None and node.head not in seen:
            seen.add(node.head)
            visit(node.head.definition)
        for part in node.args:
            visit(part)

    for term in terms:
        visit(term)
    return frozenset(head for head in found if isinstance(head, Field))


_PATH = {Sort.VEC, Sort.REAL, Sort.LATENT}


class Carried(NamedTuple):
    """A field u that carries a density p: ∂p/∂t = −div(p u).

    Attributes:
        density: p.
        places: of each argument of u among those of p.
        time: the place of t among the arguments of p.
        point: the place of x.
    """

    density: Head
    places: tuple[int, ...]
    time: int
    point: int


def carried_fields(props: Iterable[Any]) -> Mapping[Head, Carried]:
    """The fields that continuity equations among the hypotheses are about."""
    found: dict[Head, Carried] = {}
    for prop in map(stripped, props):
        if not isinstance(prop, Equals):
            continue
        nodes = list(_nodes(prop))
        flows = [n for n in nodes if isinstance(n, Partial) and _density(n.body)]
        spreads = [n for n in nodes if isinstance(n, Div)]
        for flow in flows:
            for spread in spreads:
                pair = _pair(flow, spread)
                if pair is not None:
                    found.setdefault(*pair)
    return found


class Moving(NamedTuple):
    """A point X that moves along a field u at one time: ∂X/∂t = u(…, X).

    Attributes:
        field: u.
        time: the variable t.
        place: of t among the arguments of X.
        places: of each argument of u among those of X; None for X itself.
    """

    field: Head
    time: Var
    place: int
    places: tuple[int | None, ...]


def moving_points(props: Iterable[Any]) -> Mapping[Head, Moving]:
    """The points that hypotheses say to move along a field at a free time."""
    found: dict[Head, Moving] = {}
    for prop in props:
        if not isinstance(prop, Equals):
            continue
        for change, field in (prop.args, prop.args[::-1]):
            if not (isinstance(change, Partial) and _free(change.body) and _free(field)):
                continue
            time = change.at
            inside = [time if a == change.var else a for a in change.body.arguments]
            point = Apply(change.body.head, *inside)
            known = {**{a: i for i, a in enumerate(inside)}, point: None}
            if isinstance(time, Var) and all(a in known for a in field.arguments):
                places = tuple(known[a] for a in field.arguments)
                moving = Moving(field.head, time, inside.index(time), places)
                found.setdefault(point.head, moving)
    return found


class Equal(NamedTuple):
    """A field or function f that is equal to another everywhere: f(x) = g(x).

    Attributes:
        other: g.
        places: of each argument of g among those of f.
    """

    other: Head
    places: tuple[int, ...]


def equal_heads(props: Iterable[Any]) -> Mapping[Head, Equal]:
    """The symbols that hypotheses say to be others, for all arguments."""
    found: dict[Head, Equal] = {}
    for prop in props:
        inner = stripped(prop)
        if inner is prop or not isinstance(inner, Equals):
            continue
        ours, theirs = inner.args
        if not (_free(ours) and _free(theirs)) or theirs.head in found:
            continue
        arguments = list(ours.arguments)
        distinct = all(isinstance(a, Var) for a in arguments) and len(set(arguments)) == len(
            arguments
        )
        if distinct and ours.head != theirs.head and set(theirs.arguments) <= set(arguments):
            places = tuple(arguments.index(a) for a in theirs.arguments)
            found.setdefault(ours.head, Equal(theirs.head, places))
    return found


def _free(term: Any) -> bool:
    """Whether a term is a symbol without a definition at some arguments, and no law."""
    return isinstance(term, Apply) and term.head.definition is None and not term.head.draws


def _pair(flow: Any, spread: Any) -> tuple[Head, Carried] | None:
    """The field and what it carries, where ∂/∂t p and div(p u) have the same arguments."""
    p: Apply = flow.body
    at = [flow.at if a == flow.var else a for a in p.arguments]
    for u in Mul.make_args(spread.body):
        if not (isinstance(u, Apply) and isinstance(u.head, Field) and u.head.definition is None):
            continue
        arguments = [spread.at if a == spread.var else a for a in u.arguments]
        if set(arguments) <= set(at) and flow.at in at and spread.at in at:
            places = tuple(at.index(a) for a in arguments)
            return u.head, Carried(p.head, places, at.index(flow.at), at.index(spread.at))
    return None


def _density(term: Any) -> bool:
    fits = isinstance(term, Apply) and isinstance(term.head, Density)
    return fits and term.head.definition is None and len(term.head.main) == 1


def _nodes(node: Basic) -> Iterator[Basic]:
    yield node
    parts: Sequence[Basic] = node.args
    for part in parts:
        yield from _nodes(part)
