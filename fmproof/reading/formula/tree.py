"""The syntax tree of a formula: what is written, before anyone says what the letters stand for.

It has a node for everything that documents of the field write, derivatives, conditional
expectations and logarithms among them, whether or not the language has a term for it yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any, TypeVar

N = TypeVar("N", bound="Node")


@dataclass(frozen=True)
class Node:
    """Base: every node knows the offset where it is written."""

    at: int


@dataclass(frozen=True)
class Num(Node):
    value: Fraction


@dataclass(frozen=True)
class Sym(Node):
    r"""A letter with what hangs on it: ``\hat v_{t}^{\text{target}}'``.

    Attributes:
        name: the letter, in a spelling of its own for each font and accent.
        sub: the subscripts that are formulas, such as t or 1.
        labels: scripts that are words, such as "target" or "FM".
        sup: a superscript that is a formula and no number.
        accents: "dot", "hat", "bar", …, innermost first.
        primes: how many.
        given: how many of the subscripts stand behind a bar, as in ``p_{t|s}``.
    """

    name: str
    sub: tuple[Node, ...] = ()
    labels: tuple[str, ...] = ()
    sup: Node | None = None
    accents: tuple[str, ...] = ()
    primes: int = 0
    given: int = 0


@dataclass(frozen=True)
class Call(Node):
    """A letter with arguments: ``p_t(x | z)``, ``v(x; θ)``; or a product with a bracket."""

    head: Sym
    args: tuple[Node, ...]
    given: tuple[Node, ...] = ()
    after: tuple[Node, ...] = ()  # behind a semicolon
    square: bool = False


@dataclass(frozen=True)
class Bracketed(Node):
    """Something in brackets; or in braces, which group and do not show."""

    body: Node
    shown: bool = True


@dataclass(frozen=True)
class Add(Node):
    parts: tuple[tuple[int, Node], ...]  # signs and summands


@dataclass(frozen=True)
class Mul(Node):
    """Factors side by side; ``ops[i]`` stands before ``factors[i + 1]``: "", "·", "×", "/"."""

    factors: tuple[Node, ...]
    ops: tuple[str, ...]


@dataclass(frozen=True)
class Frac(Node):
    top: Node
    bottom: Node


@dataclass(frozen=True)
class Pow(Node):
    base: Node
    exponent: Node


@dataclass(frozen=True)
class Transposed(Node):
    body: Node


@dataclass(frozen=True)
class Norm(Node):
    body: Node
    index: str = ""


@dataclass(frozen=True)
class Abs(Node):
    body: Node


@dataclass(frozen=True)
class At(Node):
    """f |_{x = a}: what stands before the bar, with the value put in for the variable."""

    body: Node
    var: Node
    value: Node


@dataclass(frozen=True)
class Pair(Node):
    """An inner product in angle brackets."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Over(Node):
    """One integral sign with its variable and limits."""

    var: Node
    low: Node | None = None
    high: Node | None = None


@dataclass(frozen=True)
class Integral(Node):
    body: Node
    over: tuple[Over, ...]  # innermost first


@dataclass(frozen=True)
class Draw(Node):
    """``x ~ p(·|z)``, ``(x, y) ~ q``; a bare ``x`` or ``p(x)`` without ~ has no law."""

    drawn: tuple[Node, ...]
    law: Node | None


@dataclass(frozen=True)
class Expectation(Node):
    """E of something.

    Attributes:
        times: that it averages over as well, though it names no law.
    """

    draws: tuple[Draw, ...]
    body: Node
    given: tuple[Node, ...] = ()
    times: tuple[Sym, ...] = ()


@dataclass(frozen=True)
class Observation(Node):
    """``X_t = x`` behind a bar."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Derivative(Node):
    """∇, ∂, div, Δ, d/dt of something.

    Attributes:
        kind: "grad", "partial", "total", "div", "laplace", "hessian".
        var: in what, where it is written.
    """

    kind: str
    var: Node | None
    body: Node


@dataclass(frozen=True)
class Function(Node):
    """A named function: log, exp, sqrt, tr, Cov, tanh, min, KL, …"""

    name: str
    args: tuple[Node, ...]
    given: tuple[Node, ...] = ()
    sub: Node | None = None


@dataclass(frozen=True)
class Extremum(Node):
    """argmin, argmax, min or inf over a variable."""

    kind: str
    var: Node | None
    body: Node


@dataclass(frozen=True)
class Series(Node):
    """Σ or Π over an index."""

    kind: str
    index: Node | None
    low: Node | None
    high: Node | None
    body: Node


@dataclass(frozen=True)
class BilinearForm(Node):
    """vᵀ M w, of which a trace tr(M w vᵀ) is made."""

    left: Node
    matrix: Node
    right: Node


@dataclass(frozen=True)
class MatrixTrace(Node):
    """tr M, of a matrix of which nothing more is known."""

    matrix: Node


@dataclass(frozen=True)
class Normal(Node):
    """𝒩(x; m, V), or 𝒩(m, V) as a law."""

    point: Node | None
    args: tuple[Node, ...]


@dataclass(frozen=True)
class Braced(Node):
    """``underbrace``: a term with what is written below it."""

    body: Node
    note: str
    name: Node | None = None  # the name that it defines, as in ``=: C_1``


@dataclass(frozen=True)
class Dot(Node):
    """The dot that stands for an argument."""


@dataclass(frozen=True)
class Dots(Node):
    """An ellipsis."""


@dataclass(frozen=True)
class Other(Node):
    """What is written and has no mathematics of its own here: a matrix, words, a set."""

    what: str
    parts: tuple[Node, ...] = ()


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, in reading order."""
    for item in fields(node):
        value = getattr(node, item.name)
        yield from _nodes(value)


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)


def with_children(node: N, made: Callable[[Node], Node]) -> N:
    """``node`` with what is ``made`` of each node directly below it."""

    def visit(value: Any) -> Any:
        if isinstance(value, Node):
            return made(value)
        return tuple(map(visit, value)) if isinstance(value, tuple) else value

    return replace(node, **{item.name: visit(getattr(node, item.name)) for item in fields(node)})


def with_instead(node: Node, instead: Callable[[Node], Node | None]) -> Node:
    """``node`` with what stands ``instead`` of it or of nodes below it, from the outside in."""
    other = instead(node)
    if other is not None:
        return other
    return with_children(node, lambda child: with_instead(child, instead))


def ungrouped(node: Node) -> Node:
    """What is inside of brackets or braces around a whole."""
    while isinstance(node, Bracketed):
        node = node.body
    return node


def walk(node: Node) -> Iterator[Node]:
    """``node`` and everything below it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(children(node))))
