"""Which symbols of a document are vectors and which are numbers, by how rows use them.

What is known spreads along sums, equations, products and operators until nothing more follows.
Evidence comes first; where it leaves a symbol open, its letter's convention does, one symbol at a
time, since one convention often settles the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import conventional, key_of, spelled

Kind = Literal["real", "vec"]
_INDICES = frozenset("ijklmn")
_ROUNDS = 12
A_GRADIENT = "a gradient is taken of it"


@dataclass(frozen=True)
class Found:
    """The sort of a symbol, why, and where; ``guessed`` when a convention is behind it."""

    kind: Kind
    why: str
    at: int
    guessed: bool = False


@dataclass
class Sorts:
    """The sorts of a document's symbols, by key.

    Attributes:
        density: whether a key is a density's, whose values are numbers.
        real: spellings that are known to be numbers: times.
        other: spellings that are neither: parameters.
    """

    density: Callable[[str], bool]
    real: frozenset[str] = frozenset()
    other: frozenset[str] = frozenset()
    known: dict[str, Found] = field(default_factory=dict)
    heard: dict[str, Kind] = field(default_factory=dict)
    vectors: frozenset[str] = frozenset()  #: keys of functions whose values stand in norms
    beside_numbers: frozenset[str] = frozenset()  #: keys of what is added to a number, as in 1 − β
    _guessing: bool = False
    _vectors_only: bool = False
    _changed: bool = False

    def infer(self, roots: Sequence[t.Node], pairs: Iterable[tuple[t.Node, t.Node]]) -> None:
        """Learn from all ``roots``, and from ``pairs`` of sides that are equated."""
        both = list(pairs)
        self.vectors = frozenset(
            key_of(part.head)
            for root in roots
            for node in t.walk(root)
            if isinstance(node, t.Norm)
            for part in _summands(node.body)
            if isinstance(part, t.Call)
        )
        self.beside_numbers = frozenset(
            self.key(part)
            for root in roots
            for node in t.walk(root)
            if isinstance(node, t.Add) and any(isinstance(p, t.Num) for _, p in node.parts)
            for _, part in node.parts
            if isinstance(part, t.Sym)
        )
        symbols: dict[str, t.Sym] = {}
        places: dict[tuple[str, int, int], list[t.Node]] = {}
        for root in roots:
            for node in t.walk(root):
                for i, arg in enumerate(node.args if isinstance(node, t.Call) else ()):
                    assert isinstance(node, t.Call)
                    places.setdefault((key_of(node.head), len(node.args), i), []).append(arg)
                head = node.head if isinstance(node, t.Call) else node
                if isinstance(head, t.Sym):
                    symbols.setdefault(self.key(head), head)
        # A remark on one dimension, such as e^{-x²}, does not make numbers of what stands in norms.
        self._vectors_only = True
        self._settle(roots, both)
        self._vectors_only = False
        self._settle(roots, both)
        self._guessing = True
        for key, symbol in symbols.items():
            if key in self.known:
                continue
            base = self.known.get(self.key(replace(symbol, accents=()))) if symbol.accents else None
            kind = self.heard.get(key) or (base.kind if base else None)
            beside = None if kind else self._by_place(symbol, places)
            kind = kind or beside or _by_letter(symbol)
            if kind is not None:
                why = "a point by its letter" if kind == "vec" else "a coefficient by its letter"
                if key in self.heard:
                    why = "words beside it"
                elif base is not None:
                    why = f"{symbol.name} is one"
                elif beside:
                    why = "the other arguments in its place"
                self._learn(symbol, kind, why)
                self._settle(roots, both)

    def _by_place(
        self, symbol: t.Sym, places: dict[tuple[str, int, int], list[t.Node]]
    ) -> Kind | None:
        """The sort of what else a function of several arguments takes where ``symbol`` stands."""
        for (head, count, _), args in places.items():
            here = any(isinstance(arg, t.Sym) and self.key(arg) == self.key(symbol) for arg in args)
            if count < 2 or not here or self.density(head):
                continue
            kinds = {self.kind(arg) for arg in args} - {None}
            if len(kinds) == 1:
                return kinds.pop()
        return None

    def hear(self, symbol: t.Sym, role: str) -> None:
        """What words say of a symbol, as a guess that evidence may settle otherwise."""
        if role in ("noise", "data", "vector"):
            self.heard.setdefault(self.key(symbol), "vec")
        elif role == "scalar":
            self.heard.setdefault(self.key(symbol), "real")

    def of(self, symbol: t.Sym) -> Found | None:
        return self.known.get(self.key(symbol))

    def key(self, symbol: t.Sym) -> str:
        """One key for x, x_0, x_t and ẋ_t; a component s_i is another thing than s."""
        if symbol.accents[-1:] == ("dot",):
            symbol = replace(symbol, accents=symbol.accents[:-1])
        if any(isinstance(s, t.Sym) and s.name in _INDICES for s in symbol.sub):
            return spelled(symbol)
        return key_of(symbol)

    def _settle(self, roots: Sequence[t.Node], pairs: list[tuple[t.Node, t.Node]]) -> None:
        for _ in range(_ROUNDS):
            self._changed = False
            for left, right in pairs:
                self._alike([left, right], "it is equated with")
            for root in roots:
                self.kind(root)
            if not self._changed:
                return

    # --- upwards: the sort of a node, learning from what stands in it ---

    def kind(self, node: t.Node) -> Kind | None:
        """The sort of ``node`` as far as it is known."""
        rule = getattr(self, "_" + type(node).__name__.lower(), None)
        if rule is not None:
            found: Kind | None = rule(node)
            return found
        for child in t.children(node):
            self.kind(child)
        return None

    def _num(self, node: t.Num) -> Kind | None:
        return None if node.value == 0 else "real"

    def _sym(self, node: t.Sym) -> Kind | None:
        name = spelled(node)
        if name in self.real:
            return "real"
        if name in self.other:
            return None
        found = self.of(node)
        return None if found is None else found.kind

    def _call(self, node: t.Call) -> Kind | None:
        for arg in (*node.args, *node.given, *node.after):
            self.kind(arg)
        if self.density(key_of(node.head)) or is_loss(node, self.vectors):
            return "real"
        return self._sym(node.head)

    def _bracketed(self, node: t.Bracketed) -> Kind | None:
        return self.kind(node.body)

    _braced = _bracketed

    def _transposed(self, node: t.Transposed) -> Kind | None:
        body = node.body
        head = body.head if isinstance(body, t.Call) else body
        if isinstance(head, t.Sym) and not conventional("matrices", head.name):
            self.force(body, "vec", "it is transposed")
        return self.kind(body)

    def _add(self, node: t.Add) -> Kind | None:
        return self._alike([part for _, part in node.parts], "it is added to")

    def _observation(self, node: t.Observation) -> Kind | None:
        return self._alike([node.left, node.right], "it is equated with")

    def _frac(self, node: t.Frac) -> Kind | None:
        self.force(node.bottom, "real", "something is divided by it")
        return self.kind(node.top)

    def _pow(self, node: t.Pow) -> Kind | None:
        self.kind(node.exponent)
        even = isinstance(node.exponent, t.Num) and node.exponent.value == 2
        if isinstance(node.base, t.Norm | t.Abs) or even:
            self.kind(node.base)
        else:
            self.force(node.base, "real", "it has a power")
        return "real"

    def _norm(self, node: t.Norm) -> Kind | None:
        self.force(node.body, "vec", "it stands in a norm")
        return "real"

    def _abs(self, node: t.Abs) -> Kind | None:
        self.kind(node.body)
        return "real"

    def _at(self, node: t.At) -> Kind | None:
        self._alike([node.var, node.value], "it is put in for")
        return self.kind(node.body)

    def _pair(self, node: t.Pair) -> Kind | None:
        for side in (node.left, node.right):
            self.force(side, "vec", "it stands in an inner product")
        return "real"

    def _integral(self, node: t.Integral) -> Kind | None:
        return self.kind(node.body)

    def _expectation(self, node: t.Expectation) -> Kind | None:
        for draw in node.draws:
            self._draw(draw)
        for given in node.given:
            self.kind(given)
        return self.kind(node.body)

    def _draw(self, draw: t.Draw) -> None:
        if isinstance(draw.law, t.Normal):
            mean = draw.law.args[0] if draw.law.args else None
            self._scales(draw.law)
            vector = any(is_identity(n) for a in draw.law.args for n in t.walk(a))
            for one in draw.drawn:
                if vector:
                    self.force(one, "vec", "it is Gaussian with covariance I")
                elif mean is not None:
                    self._alike([one, mean], "its mean is")

    def _normal(self, node: t.Normal) -> Kind | None:
        self._scales(node)
        if node.point is not None and node.args:
            if any(is_identity(n) for a in node.args for n in t.walk(a)):
                for one in (node.point, node.args[0]):
                    self.force(one, "vec", "it is Gaussian with covariance I")
            else:
                self._alike([node.point, node.args[0]], "its mean is")
        return "real"

    def _scales(self, node: t.Normal) -> None:
        """τ² of N(m, τ² I): a number."""
        for spread in node.args[1:2]:
            factors = spread.factors if isinstance(spread, t.Mul) else ()
            if not factors or not is_identity(factors[-1]):
                continue
            for factor in factors[:-1]:
                power = isinstance(factor, t.Pow) and isinstance(factor.exponent, t.Num)
                scale = factor.base if power and isinstance(factor, t.Pow) else factor
                self.force(scale, "real", "it multiplies I")

    def _function(self, node: t.Function) -> Kind | None:
        for moved in filter(None, map(_moved, node.args if node.name in ("tr", "det") else ())):
            self.force(moved, "vec", "a Jacobian is taken of it")
        for arg in node.args:
            if node.name in _OF_NUMBERS:
                self.force(arg, "real", f"it stands in {node.name}")
            else:
                self.kind(arg)
        return "real" if node.name in _REAL else None

    def _derivative(self, node: t.Derivative) -> Kind | None:
        if node.kind == "div":
            self.force(node.body, "vec", "a divergence is taken of it")
            return "real"
        inside = self.kind(node.body)
        if node.kind == "grad":
            if node.var is not None and spelled(node.var) in self.other:
                return None
            return "vec" if inside == "real" else None
        if node.kind in ("partial", "total"):
            return inside
        return inside if node.kind == "laplace" else None

    def _extremum(self, node: t.Extremum) -> Kind | None:
        self.kind(node.body)
        return None

    def _series(self, node: t.Series) -> Kind | None:
        return self.kind(node.body)

    def _mul(self, node: t.Mul) -> Kind | None:
        kinds = [self.kind(factor) for factor in node.factors]
        for i, op in enumerate(node.ops):
            if op == "/":
                self.force(node.factors[i + 1], "real", "something is divided by it")
        pairs = self._pairs(node, kinds)
        if pairs:
            kinds = [self.kind(factor) for factor in node.factors]
            for i in pairs:
                kinds[i] = kinds[i + 1] = "vec"
            for factor, kind in zip(node.factors, kinds, strict=True):
                if kind is None:
                    self.force(factor, "real", "it multiplies a number")
            left = kinds.count("vec") - 2 * len(pairs)
            return {0: "real", 1: "vec"}.get(left)  # type: ignore[return-value]
        vectors = kinds.count("vec")
        if vectors == 1 and "·" not in node.ops:
            for factor, kind in zip(node.factors, kinds, strict=True):
                if kind is None:
                    self.force(factor, "real", "it multiplies a vector")
        if vectors == 1:
            return "vec"
        if vectors > 1 or None in kinds:
            return None
        return "real"

    def _pairs(self, node: t.Mul, kinds: list[Kind | None]) -> list[int]:
        """The places of inner products a · b and aᵀb; a side of one that is open is learned."""
        found = []
        for i, op in enumerate(node.ops):
            left, right = node.factors[i], node.factors[i + 1]
            if isinstance(left, t.Transposed) and op in ("", "·"):
                if kinds[i] is None and kinds[i + 1] == "vec" and _is_slope(left.body):
                    self.force(left.body, "vec", "it stands in an inner product")
                    kinds[i] = "vec"
                if kinds[i] == "vec" and kinds[i + 1] is None:
                    self.force(right, "vec", "it stands in an inner product")
                if kinds[i] == "vec":
                    found.append(i)
            elif op == "·" and "vec" in (kinds[i], kinds[i + 1]):
                other = right if kinds[i] == "vec" else left
                if self._may_scale(other):
                    continue  # β/(1 − ᾱ) · x
                if kinds[i] is None or kinds[i + 1] is None:
                    self.force(other, "vec", "it stands in an inner product")
                if "real" not in (kinds[i], kinds[i + 1]):
                    found.append(i)
        return found

    def _may_scale(self, node: t.Node) -> bool:
        """Whether what stands before a dot is a quotient of things that are added to numbers."""
        top = t.ungrouped(node)
        top = t.ungrouped(top.top) if isinstance(top, t.Frac) else top
        parts = top.factors if isinstance(top, t.Mul) else (top,)
        open_ = [part for part in parts if self.kind(part) is None]
        return bool(open_) and all(
            isinstance(part, t.Sym) and self.key(part) in self.beside_numbers for part in open_
        )

    # --- downwards: a node must be of a sort ---

    def force(self, node: t.Node, kind: Kind, why: str) -> None:
        """Learn that ``node`` is of ``kind``, as far as that says something about symbols."""
        self.kind(node)
        if isinstance(node, t.Sym):
            self._learn(node, kind, why)
        elif isinstance(node, t.Call):
            if not self.density(key_of(node.head)):
                self._learn(node.head, kind, why)
        elif isinstance(node, _CARRY):
            self.force(node.body, kind, why)
        elif isinstance(node, t.Add):
            for _, part in node.parts:
                self.force(part, kind, why)
        elif isinstance(node, t.Frac):
            self.force(node.top, kind, why)
        elif isinstance(node, t.Derivative):
            if node.kind in ("partial", "total", "laplace"):
                self.force(node.body, kind, why)
            elif node.kind == "grad" and kind == "vec":
                self.force(node.body, "real", A_GRADIENT)
        elif isinstance(node, t.Mul):
            self._force_product(node, kind, why)

    def _force_product(self, node: t.Mul, kind: Kind, why: str) -> None:
        kinds = [self.kind(factor) for factor in node.factors]
        inner = "·" in node.ops or any(isinstance(f, t.Transposed) for f in node.factors)
        if inner:
            return
        open_ = [f for f, k in zip(node.factors, kinds, strict=True) if k is None]
        if kind == "real" and "vec" not in kinds:
            for factor in open_:
                self.force(factor, "real", why)
        elif kind == "vec" and "vec" not in kinds and len(open_) == 1:
            self.force(open_[0], "vec", why)

    def _learn(self, symbol: t.Sym, kind: Kind, why: str) -> None:
        name, key = spelled(symbol), self.key(symbol)
        if self._vectors_only and kind == "real":
            return
        if key in self.known or name in self.real or name in self.other or is_identity(symbol):
            return
        product = "multiplies" in why if kind == "real" else "inner product" in why
        if conventional("matrices", symbol.name) and product:  # A x is no multiple, xᵀA no number
            return
        self.known[key] = Found(kind, why, symbol.at, self._guessing)
        self._changed = True

    def _alike(self, nodes: Sequence[t.Node], why: str) -> Kind | None:
        """Nodes of one sort: what is known of one is learned of the others."""
        kinds = [self.kind(node) for node in nodes]
        kind = next((k for k in kinds if k is not None), None)
        if kind is not None:
            words = f"{why} {'a vector' if kind == 'vec' else 'a number'}"
            for node, own in zip(nodes, kinds, strict=True):
                if own is None:
                    self.force(node, kind, words)
        return kind


def _is_slope(node: t.Node) -> bool:
    """∇h, of which (∇h)ᵀ v is an inner product unless h is a vector, which nothing else says."""
    return isinstance(node, t.Derivative) and node.kind == "grad" and isinstance(node.body, t.Call)


_CARRY = (t.Bracketed, t.Braced, t.Transposed, t.Integral, t.Expectation, t.Series)
"""Nodes of the sort of their body."""
_OF_NUMBERS = frozenset(
    ("log", "exp", "sqrt", "sin", "cos", "tan", "tanh", "cosh", "sinh", "arctan", "arcsin")
)
_REAL = _OF_NUMBERS | {"tr", "det", "KL", "SNR", "Var"}


def _moved(matrix: t.Node) -> t.Call | None:
    """f(x) of D f(x), below a trace or a determinant."""
    inner = t.ungrouped(matrix)
    factors = inner.factors if isinstance(inner, t.Mul) else ()
    if len(factors) != 2 or not isinstance(factors[1], t.Call):
        return None
    letter = factors[0]
    named = isinstance(letter, t.Sym) and letter.name.split(":")[-1] == "D" and not letter.sub
    return factors[1] if named else None


def _by_letter(symbol: t.Sym) -> Kind | None:
    letter = symbol.name
    if conventional("times", letter) and not symbol.accents:
        return "real"
    if conventional("matrices", letter):
        return None
    if conventional("vectors", key_of(symbol)) or conventional("vectors", letter):
        return "vec"
    if conventional("scalars", key_of(symbol)) or conventional("scalars", letter):
        return "real"
    return None


def _summands(node: t.Node) -> list[t.Node]:
    if isinstance(node, t.Bracketed):
        return _summands(node.body)
    if isinstance(node, t.Add):
        return [found for _, part in node.parts for found in _summands(part)]
    return [node]


_PARAMETERS = ("always", "with_evidence")


def is_loss(call: t.Call, vectors: frozenset[str] = frozenset()) -> bool:
    """Whether a call is a loss by its letter; F_θ(x) is a model.

    Args:
        vectors: keys of what stands in norms: F(x) is a vector there, L(θ) is none.
    """
    arguments = [a for a in (*call.args, *call.after) if isinstance(a, t.Sym)]
    of_points = bool(arguments) and not any(
        conventional("parameters", a.name, part) for a in arguments for part in _PARAMETERS
    )
    if key_of(call.head) in vectors and of_points:
        return False
    scripts = [s for s in call.head.sub if isinstance(s, t.Sym)]
    model = any(conventional("parameters", s.name, "always") for s in scripts)
    return conventional("losses", call.head.name) and not model


def is_identity(node: t.Node) -> bool:
    """Whether a node is the identity matrix: I, I_d; I_t is something that moves."""
    if not isinstance(node, t.Sym) or any(
        isinstance(s, t.Sym) and conventional("times", s.name) for s in node.sub
    ):
        return False
    return node.name in (
        "I",
        "bf:I",
        "Id",
        "rm:I",
        "rm:Id",
        "op:Id",
        "sf:I",
        "sf:Id",
        "bf:Id",
        "bb:I",
    )
