r"""What a formula writes in a short form that only the whole document resolves.

``\gamma^2(t)`` is a square of γ(t) where γ is a function elsewhere, and a product where it is none;
``(\nabla\cdot u)(y)`` is a divergence taken at y; a trace of a covariance is a mean square; p_{t|s}
is another symbol than p_{t,s} where both are written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.coordinates import without_coordinates
from fmproof.reading.notation.ellipses import without_ellipsis
from fmproof.reading.notation.evidence import letters_in
from fmproof.reading.notation.flows import affine_inverse
from fmproof.reading.notation.gaussian_formula import as_normal, at_point, with_euler
from fmproof.reading.notation.letters import (
    AS_MODEL,
    AS_NUMBER,
    as_curve,
    curves_beside_levels,
    densities_at_times,
    models_beside_points,
    numbers_beside_functions,
    without_weight,
)
from fmproof.reading.notation.processes import processes, with_times_below
from fmproof.reading.notation.squares import (
    is_time_letter,
    is_two,
    square_of_points,
    with_squares_of_times,
)
from fmproof.reading.notation.sums import as_mean, numbering, with_index_below
from fmproof.reading.notation.symbols import conventional, key_of, spelled

_MARKS = frozenset("abcdefghopqvDEFGIMPS")
"""Letters that stand for words below others: L_c is the conditional loss, L_E the explicit one."""


class Resolver:
    """The short forms of one document, by which of its letters take arguments.

    Args:
        equations: the sides of rows.
        functions: keys of letters that words call a function.
        dimension: the letter n of ℝⁿ, which stands for d.
        levels: letters that are numbers, whatever function of the time they are in one section.
    """

    def __init__(
        self,
        trees: Sequence[t.Node],
        equations: Iterable[tuple[t.Node, t.Node]] = (),
        functions: Collection[str] = (),
        dimension: str = "",
        levels: Collection[str] = (),
    ) -> None:
        self.functions = functions
        self.processes = processes(trees)
        self.arities: dict[str, set[int]] = {}
        self.of_point_and_time: dict[str, t.Call] = {}  # f(x, t), of functions of both
        self.applied: set[str] = set()  # the spellings of functions
        self.bars: dict[tuple[str, int], set[int]] = {}
        self.letters: set[str] = set()  # of symbols that stand elsewhere than above another
        self.unscripted: set[str] = set()  # … or below one
        self.points: dict[str, t.Sym] = {}  # where densities are taken
        self.maps: dict[str, tuple[t.Call, t.Node]] = {}  # functions with what they are
        self.variance: t.Norm | t.Abs | t.Bracketed | None = None  # of Var(Y) = E‖Y − E Y‖²
        self.squares: set[str] = set()  # σ of σ²(x) = …, a function of points by that name
        for left, right in equations:
            squared = square_of_points(left)
            if squared is not None:
                self.squares.add(spelled(squared))
            if isinstance(left, t.Call):
                self.maps.setdefault(key_of(left.head), (left, right))
            if isinstance(left, t.Function) and left.name == "Var":
                self.variance = self.variance or _squared_in_the_mean(right)
        for tree in trees:
            self.letters |= set(_letters_below(tree))
            self.unscripted |= set(_letters_beside(tree))
            for node in t.walk(tree):
                if isinstance(node, t.Call) and len(node.args) == 1:
                    place = node.args[0]
                    if isinstance(place, t.Sym):
                        self.points.setdefault(key_of(node.head), place)
                if isinstance(node, t.Sym):
                    self.bars.setdefault(_shape(node), set()).add(node.given)
                if isinstance(node, t.Call) and not (node.square or _multiplies(node)):
                    places = (*node.args, *node.given, *node.after)
                    self.arities.setdefault(key_of(node.head), set()).add(len(places))
                    self.applied.add(spelled(node.head))
                    if len(places) == len(node.args) == 2 and _timed(node):
                        self.of_point_and_time.setdefault(key_of(node.head), node)
        self.indices = numbering(trees)
        self.models = models_beside_points(trees)
        self.numbers = numbers_beside_functions(trees)
        self.timed = densities_at_times(trees)
        self.curves = curves_beside_levels(trees) | {*levels}
        self.dimension = "" if self._stands_for_more(dimension, trees) else dimension

    def _stands_for_more(self, letter: str, trees: Sequence[t.Node]) -> bool:
        """Whether a letter takes arguments, is drawn or bound somewhere, or numbers something."""
        return letter in self.arities or any(
            spelled(part) == letter
            for tree in trees
            for node in t.walk(tree)
            for part in _names(node)
        )

    def side(self, node: t.Node) -> t.Node:
        """A side of a row, written out."""
        return self._visit(with_times_below(node, self.processes))

    def sides(
        self, left: t.Node | None, right: t.Node | None
    ) -> tuple[t.Node | None, t.Node | None]:
        """Both sides of a row: ``p(x | y) = N(y, I)`` is the density at x."""
        left = None if left is None else self.side(left)
        right = None if right is None else self.side(right)
        letter = _gradient_letter([side for side in (left, right) if side is not None])
        if letter is not None:
            left = None if left is None else _in_the_letter(left, letter)
            right = None if right is None else _in_the_letter(right, letter)
        if isinstance(right, t.Normal) and right.point is None and isinstance(left, t.Call):
            point = self.points.get(key_of(left.head))
            if point is not None and len(left.args) == 1 and isinstance(left.args[0], t.Dot):
                left = replace(left, args=(point,))  # p(· | z) = N(z, I)
            density = conventional("densities", key_of(left.head))
            if density and len(left.args) == 1 and isinstance(left.args[0], t.Sym):
                right = replace(right, point=left.args[0])
        if isinstance(right, t.Normal) and isinstance(left, t.Call) and len(left.args) == 1:
            right = at_point(right, left.args[0])
        return left, right

    def _visit(self, node: t.Node) -> t.Node:
        if isinstance(node, t.Mul):
            node = with_squares_of_times(_flat(node), self.arities)
        if isinstance(node, t.Sym) and spelled(node) in self.numbers:
            return replace(node, labels=(*node.labels, AS_NUMBER))
        if isinstance(node, t.Sym):
            node = with_index_below(node, self.indices)
        if isinstance(node, t.Call | t.Sym):
            node = self._of_model(node)
        if isinstance(node, t.Call):
            node = as_curve(node, self.curves)
        if isinstance(node, t.Call) and key_of(node.head) in self.timed:
            node = replace(node, head=without_weight(node.head))
        bracket = isinstance(node, t.Pow) and isinstance(node.base, t.Call)
        node = t.with_children(node, self._visit)
        if bracket and isinstance(node, t.Pow):
            node = _power_of_bracket(node)
        if isinstance(node, t.Sym) and node.given and len(self.bars.get(_shape(node), ())) > 1:
            return replace(node, labels=(*node.labels, f"given{node.given}"))
        if isinstance(node, t.Sym) and self.dimension and spelled(node) == self.dimension:
            return replace(node, name="d")
        if isinstance(node, t.Sym) and self._marks(node.sup):
            assert isinstance(node.sup, t.Sym)
            return replace(node, labels=(*node.labels, node.sup.name), sup=None)
        if isinstance(node, t.Sym) and len(node.sub) == 1 and self._tells_apart(node.sub[0]):
            (mark,) = node.sub
            assert isinstance(mark, t.Sym)
            return replace(node, labels=(*node.labels, mark.name), sub=())
        if isinstance(node, t.Call) and conventional("densities", key_of(node.head)):
            node = self._with_pairs(node)
        if isinstance(node, t.Call):
            time = _time_above(node)
            if time is not None:
                head = replace(node.head, sub=(*node.head.sub, time), sup=None)
                return replace(node, head=head)
        if isinstance(node, t.Mul):
            density = as_normal(_flat(node))
            if density is not None:
                return density
            running = without_ellipsis(node)
            if running is not None:
                return running
            made = self._product(_of_the_rest(_flat(node)))
            return as_mean(made)
        if isinstance(node, t.Frac):
            return as_mean(node)
        if isinstance(node, t.Series):
            return without_coordinates(node, self._in_bold)
        if isinstance(node, t.Call) and self._product_of_fields(node):
            return t.Mul(node.at, (node.head, t.Bracketed(node.at, node.args[0])), ("",))
        if isinstance(node, t.Function) and node.name == "Var" and self.variance is not None:
            return _mean_square(node, self.variance) or node
        if isinstance(node, t.Function):
            return _outside(_spread(with_euler(node)))
        if isinstance(node, t.Derivative):
            return _outside(node)
        if isinstance(node, t.Integral) and not node.over:
            return _against_measure(node)
        if isinstance(node, t.Call) and node.head.name == "I" and len(node.args) > 1:
            return replace(node, head=replace(node.head, name="it:I"))  # no identity matrix
        return node

    def _of_model(self, node: t.Call | t.Sym) -> t.Call | t.Sym:
        """x_θ(x_t, t), and x_θ for short, by a name of its own where x_0 and x_t are points."""
        head = node.head if isinstance(node, t.Call) else node
        args = self.models.get(spelled(head))
        if args is None:
            return node
        named = replace(head, labels=(*head.labels, AS_MODEL))
        if isinstance(node, t.Call):
            return replace(node, head=named)
        return t.Call(node.at, named, args) if args else named

    def _with_pairs(self, node: t.Call) -> t.Call:
        """p(x_{0:T}) as p(x_0, x_{1:T}), where the document writes x_{1:T} as well."""
        args = tuple(part for arg in node.args for part in self._apart(arg))
        given = tuple(part for one in node.given for part in self._apart(one))
        return replace(node, args=args, given=given)

    def _apart(self, symbol: t.Node) -> tuple[t.Node, ...]:
        """x_0 and x_{1:T} of x_{0:T}."""
        if not isinstance(symbol, t.Sym) or len(symbol.sub) != 2:
            return (symbol,)
        first, last = symbol.sub
        if not (isinstance(first, t.Num) and isinstance(last, t.Sym) and last.name.isupper()):
            return (symbol,)
        rest = replace(symbol, sub=(replace(first, value=first.value + 1), last))
        alone = replace(symbol, sub=(first,))
        known = {spelled(rest), spelled(alone)} <= self.letters
        return (alone, rest) if known else (symbol,)

    def _in_bold(self, whole: t.Sym) -> t.Sym:
        """𝐱 of x_i, where the document writes no x by itself, and a bold one."""
        bold = replace(whole, name=f"bf:{whole.name}")
        plain = spelled(whole) in self.unscripted
        return bold if not plain and spelled(bold) in self.unscripted else whole

    def _marks(self, above: t.Node | None) -> bool:
        """Whether a letter above another is a mark, as in v^X: it stands nowhere by itself."""
        if not isinstance(above, t.Sym) or above.sub or above.sup or above.accents:
            return False
        return above.name.isalpha() and above.name.isupper() and above.name not in self.letters

    def _tells_apart(self, below: t.Node) -> bool:
        """Whether a letter below another is a mark, as in L_c: it stands nowhere by itself, and is
        none of those that number something or say when. So is a function: the φ of D_φ(u, v)."""
        if not isinstance(below, t.Sym) or below.sub or below.sup or below.accents or below.primes:
            return False
        if below.name in self.applied and not conventional("scalars", below.name):
            return True
        return below.name in _MARKS and below.name not in self.unscripted

    def _product(self, node: t.Mul) -> t.Node:
        factors: list[t.Node] = [node.factors[0]]
        ops: list[str] = []
        for op, factor in zip(node.ops, node.factors[1:], strict=True):
            joined = self._applied(factors[-1], factor) if op == "" else None
            if joined is None:
                factors.append(factor)
                ops.append(op)
            else:
                factors[-1] = joined
        return factors[0] if len(factors) == 1 else t.Mul(node.at, tuple(factors), tuple(ops))

    def _applied(self, before: t.Node, bracket: t.Node) -> t.Node | None:
        """``before`` with ``bracket`` for its arguments, where it is no factor."""
        if isinstance(bracket, t.Bracketed):
            args: tuple[t.Node, ...] = (bracket.body,)
        elif isinstance(bracket, t.Other) and bracket.what == "list":
            args = bracket.parts
        else:
            return None
        if isinstance(before, t.Pow) and isinstance(before.base, t.Sym):
            return self._power(before, before.base, args)
        inside = before.body if isinstance(before, t.Bracketed) else before
        if (
            isinstance(inside, t.Derivative)
            and inside.kind in ("div", "grad", "laplace", "partial")
            and len(args) == 1
            and isinstance(args[0], t.Sym | t.Call)
        ):
            body = self._at(inside.body, args[0], inside is not before)
            if body is not None:
                return replace(inside, body=body)
            if inside is not before:  # (∇·(a b))(y), and which of the letters are functions?
                return t.Other(before.at, "operator at a point")
        return None

    def _product_of_fields(self, node: t.Call) -> bool:
        """``α (x + y)``, ``p_t (u_t - w_t)``: a letter times a bracket.

        A letter with other arguments elsewhere is a function, unless the bracket has functions
        without their own arguments in it.
        """
        if len(node.args) != 1 or node.given or node.after or node.square:
            return False
        if key_of(node.head) in self.functions:
            return False
        arg, key = node.args[0], key_of(node.head)
        parts = [part for _, part in arg.parts] if isinstance(arg, t.Add) else []
        letter = key.split(":")[-1].split(" ")[-1]
        function = conventional("densities", letter) or conventional("losses", node.head.name)
        model = any(
            isinstance(s, t.Sym) and conventional("parameters", s.name, "always")
            for s in (*node.head.sub, node.head.sup)
        )
        quotient = isinstance(arg, t.Frac) and conventional("scalars", letter)
        if (len(parts) > 1 or quotient) and key not in self.arities and not (function or model):
            return node.head.sup is None
        if model:  # s_θ(x + σ ε), also beside an ε_θ(x)
            return False
        return any(key_of(s) in self.arities for part in parts for s in letters_in(part))

    def _power(self, power: t.Pow, head: t.Sym, args: tuple[t.Node, ...]) -> t.Node | None:
        if len(args) not in self.arities.get(key_of(head), ()):
            named = spelled(head) in self.squares and is_two(power.exponent)
            square = replace(head, labels=(*head.labels, "2"))
            return t.Call(head.at, square, args) if named else None
        called = t.Call(head.at, head, args)
        exponent = power.exponent
        negative = isinstance(exponent, t.Add) and exponent.parts[0][0] < 0
        if negative and not all(
            map(is_time_letter, args)
        ):  # the inverse of a map, or one over its value
            inverse = self._inverse(power, head, args) if len(args) == 1 else None
            if inverse is not None:
                return inverse
            return t.Other(power.at, "power that may be an inverse", (called,))
        return replace(power, base=called)

    def _inverse(self, power: t.Pow, head: t.Sym, args: tuple[t.Node, ...]) -> t.Node | None:
        """ψ⁻¹(y) = (y - b) / a, where ψ(x) = a x + b."""
        minus_one = t.Add(power.at, ((-1, t.Num(power.at, Fraction(1))),))
        known = self.maps.get(key_of(head))
        if known is None or spelled(power.exponent) != spelled(minus_one):
            return None
        call, value = known
        same_places = [spelled(s) for s in call.head.sub] == [spelled(s) for s in head.sub]
        if not same_places or len(call.args) != 1 or call.given or call.after:
            return None
        return affine_inverse(value, call.args[0], args[0])

    def _at(self, node: t.Node, place: t.Node, bracketed: bool) -> t.Node | None:
        """The letters of functions in ``node`` at ``place``; None where that is not clear."""
        if isinstance(node, t.Sym):
            function = bracketed or key_of(node) in self.arities
            return t.Call(node.at, node, (place,)) if function else None
        if not isinstance(node, t.Bracketed | t.Mul | t.Add | t.Function):
            return None
        if any(isinstance(n, t.Call) for n in t.walk(node)):
            return _in_place_of_dots(node, place)
        names = {key_of(n) for n in t.walk(node) if isinstance(n, t.Sym)}
        if not names & set(self.arities):
            return None

        def instead(one: t.Node) -> t.Node | None:
            if not isinstance(one, t.Sym):
                return None
            arities = self.arities.get(key_of(one), set())
            both = self.of_point_and_time.get(key_of(one))
            if both is not None and arities == {2}:  # f of (f p_t)(x), where f(x, t) is written
                times = map(is_time_letter, both.args)
                args = tuple(a if time else place for a, time in zip(both.args, times, strict=True))
                return t.Call(one.at, one, args)
            return t.Call(one.at, one, (place,)) if arities else one

        return t.with_instead(node, instead)


def _timed(node: t.Call) -> bool:
    """Whether one of two arguments is a time by its letter."""
    return sum(map(is_time_letter, node.args)) == 1


def _of_the_rest(node: t.Mul) -> t.Mul:
    """``∇_m c E[f(m)]``: what a number is multiplied by, in which no m is, is differentiated."""
    for i, factor in enumerate(node.factors[:-1]):
        if not (isinstance(factor, t.Derivative) and isinstance(factor.var, t.Sym)):
            continue
        if factor.kind not in ("grad", "partial", "laplace") or node.ops[i] != "":
            continue
        rest = node.factors[i + 1 :]
        below = any(_has(part, factor.var) for part in rest)
        if _is_coefficient(factor.body) and below and not _has(factor.body, factor.var):
            ops = node.ops[i:]
            whole = replace(factor, body=t.Mul(factor.at, (factor.body, *rest), ops))
            return replace(node, factors=(*node.factors[:i], whole), ops=node.ops[:i])
    return node


def _has(node: t.Node, letter: t.Sym) -> bool:
    return any(isinstance(n, t.Sym) and spelled(n) == spelled(letter) for n in t.walk(node))


def _is_coefficient(node: t.Node) -> bool:
    """A number by its form: of letters for numbers and of functions of these alone."""
    if isinstance(node, t.Sym | t.Call):
        head = node.head if isinstance(node, t.Call) else node
        return conventional("scalars", key_of(head))
    if isinstance(node, t.Num):
        return True
    kinds = (t.Bracketed, t.Frac, t.Pow, t.Mul, t.Add)
    return isinstance(node, kinds) and all(map(_is_coefficient, t.children(node)))


def _names(node: t.Node) -> Iterator[t.Node]:
    """What a node draws or binds, and what tells one symbol from others; not the n of I_n."""
    if isinstance(node, t.Draw):
        yield from node.drawn
    elif isinstance(node, t.Over):
        yield node.var
    elif isinstance(node, t.Series) and node.index is not None:
        yield node.index
    elif isinstance(node, t.Sym) and node.name.split(":")[-1] not in ("I", "Id", "N"):
        yield from node.sub


def _letters_below(node: t.Node) -> Iterator[str]:
    """The spellings of symbols that do not stand above another."""
    if isinstance(node, t.Sym):
        yield spelled(node)
        for below in node.sub:
            yield from _letters_below(below)
        return
    for child in t.children(node):
        yield from _letters_below(child)


def _letters_beside(node: t.Node) -> Iterator[str]:
    """The spellings of symbols that are no scripts."""
    if isinstance(node, t.Sym):
        yield spelled(node)
        return
    for child in t.children(node):
        yield from _letters_beside(child)


def _in_place_of_dots(node: t.Node, place: t.Node) -> t.Node | None:
    """(p(·|z) u(·|z))(x) at x; None where something else is taken at another point."""
    calls = [n for n in t.walk(node) if isinstance(n, t.Call)]
    if not all(len(call.args) == 1 and isinstance(call.args[0], t.Dot) for call in calls):
        return None

    return t.with_instead(node, lambda one: place if isinstance(one, t.Dot) else None)


def _gradient_letter(sides: Sequence[t.Node]) -> t.Sym | None:
    """The one letter at which a row takes functions without a condition, as in log p(x)."""
    places = {
        spelled(place): place
        for side in sides
        for node in t.walk(side)
        if isinstance(node, t.Call) and len(node.args) == 1 and not node.given
        for place in node.args
        if isinstance(place, t.Sym)
    }
    return next(iter(places.values())) if len(places) == 1 else None


def _in_the_letter(node: t.Node, letter: t.Sym) -> t.Node:
    """∇ log p(y | x) in a row about p(x) is the gradient in x."""
    node = t.with_children(node, lambda child: _in_the_letter(child, letter))
    if isinstance(node, t.Derivative) and node.kind == "grad" and node.var is None:
        calls = [n for n in t.walk(node.body) if isinstance(n, t.Call) and n.given]
        if calls and all([spelled(g) for g in call.given] == [spelled(letter)] for call in calls):
            return replace(node, var=letter)
    return node


def _shape(node: t.Sym) -> tuple[str, int]:
    return key_of(node), len(node.sub)


def _flat(node: t.Mul) -> t.Mul:
    """Without products directly inside the product."""
    factors: list[t.Node] = []
    ops: list[str] = []
    for op, factor in zip(("", *node.ops), node.factors, strict=True):
        inner = isinstance(factor, t.Mul) and op != "/"
        factors += factor.factors if inner else [factor]  # type: ignore[attr-defined]
        ops += [op, *factor.ops] if inner else [op]  # type: ignore[attr-defined]
    return t.Mul(node.at, tuple(factors), tuple(ops[1:]))


def _multiplies(node: t.Call) -> bool:
    """Whether a call may as well be a letter times a bracket: c (a + b)."""
    if node.given:
        return False
    return any(isinstance(a, t.Add | t.Num | t.Frac) for a in node.args)


def _power_of_bracket(node: t.Pow) -> t.Node:
    """``α (x + y)²``, where α turned out to be a factor: the power is the bracket's."""
    if not (isinstance(node.base, t.Mul) and isinstance(node.base.factors[-1], t.Bracketed)):
        return node
    *before, bracket = node.base.factors
    return replace(node.base, factors=(*before, replace(node, base=bracket)))


def _time_above(node: t.Call) -> t.Sym | None:
    """The t of J^t(θ), the loss at a time, which others write J_t(θ)."""
    above = node.head.sup
    if not isinstance(above, t.Sym) or above.sub or not conventional("losses", node.head.name):
        return None
    return above if conventional("times", above.name) else None


def _outside(node: t.Node) -> t.Node:
    """∇ log p(x)ᵀ is the transposed gradient, no gradient of something transposed."""
    if isinstance(node, t.Derivative) and isinstance(node.body, t.Transposed):
        return t.Transposed(node.at, replace(node, body=node.body.body))
    if isinstance(node, t.Function) and len(node.args) == 1:
        (arg,) = node.args
        if isinstance(arg, t.Transposed) and node.name in ("log", "exp"):
            return t.Transposed(node.at, replace(node, args=(arg.body,)))
    return node


def _against_measure(node: t.Integral) -> t.Node:
    """∫ f(x) P(dx) is the mean of f(x) for x ~ P."""
    factors = node.body.factors if isinstance(node.body, t.Mul) else (node.body,)
    measures = [f for f in factors if _is_measure(f)]
    if len(measures) != 1 or (isinstance(node.body, t.Mul) and any(node.body.ops)):
        return node
    (measure,) = measures
    assert isinstance(measure, t.Call)
    differential = measure.args[0]
    assert isinstance(differential, t.Other)
    rest = tuple(f for f in factors if f is not measure)
    body: t.Node = t.Num(node.at, Fraction(1))
    if rest:
        body = rest[0] if len(rest) == 1 else t.Mul(node.at, rest, ("",) * (len(rest) - 1))
    draw = t.Draw(measure.at, differential.parts, measure.head)
    return t.Expectation(node.at, (draw,), body)


def _is_measure(node: t.Node) -> bool:
    """P(dx)."""
    return (
        isinstance(node, t.Call)
        and len(node.args) == 1
        and not node.given
        and isinstance(node.args[0], t.Other)
        and node.args[0].what == "differential"
        and isinstance(node.args[0].parts[0], t.Sym)
    )


def _spread(node: t.Function) -> t.Node:
    """tr Cov(A | B) = E[‖A − E[A | B]‖² | B], and so is tr Var(A | B)."""
    if node.name != "tr" or len(node.args) != 1:
        return node
    inner = t.ungrouped(node.args[0])
    if not (isinstance(inner, t.Function) and inner.name in ("Cov", "Var")):
        return node
    return _mean_square(inner, t.Norm(node.at, node)) or node


def _mean_square(node: t.Function, around: t.Norm | t.Abs | t.Bracketed) -> t.Node | None:
    """E[‖A − E[A | B]‖² | B] of a variance of A given B, with bars or brackets as ``around``."""
    if len(node.args) != 1 or node.sub is not None:
        return None
    (value,) = node.args
    mean = t.Expectation(node.at, (), value, node.given)
    spread = t.Add(node.at, ((1, t.Bracketed(value.at, value)), (-1, mean)))
    square = t.Pow(node.at, replace(around, body=spread), t.Num(node.at, Fraction(2)))
    return t.Expectation(node.at, (), square, node.given)


def _squared_in_the_mean(node: t.Node) -> t.Norm | t.Abs | t.Bracketed | None:
    """‖a − b‖ of E[‖a − b‖² | …]."""
    body = t.ungrouped(node.body) if isinstance(node, t.Expectation) else None
    base = body.base if isinstance(body, t.Pow) else None
    if not isinstance(base, t.Norm | t.Abs | t.Bracketed):
        return None
    return base if isinstance(t.ungrouped(base.body), t.Add) else None
