"""What the text and the LaTeX printer share: order of summands and factors, brackets.

SymPy keeps the arguments of sums and products in an order of its own. People write the
model's terms before the target's, squares in the order of (a − b)², constants last; the keys
here restore that order. Printing never changes a term.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from sympy import Add, Basic, Expr, Mul, Pow, Rational, S

from fmproof.errors import SortError
from fmproof.lang.arithmetic import POWERS, PRODUCTS, SUMS, coefficient, mul
from fmproof.lang.node import declaration, intact, sort_of
from fmproof.lang.nodes import (
    Abs,
    Apply,
    ArgMin,
    CondExpect,
    Constant,
    Density,
    Div,
    Draw,
    Exp,
    Expect,
    Field,
    Gaussian,
    Given,
    Grad,
    Inner,
    IntegralOver,
    Law,
    Lebesgue,
    Let,
    Log,
    Named,
    Partial,
    Ratio,
    Scalar,
    Sqrt,
    Var,
)
from fmproof.lang.nodes.measure import against_lebesgue, without_lets
from fmproof.lang.nodes.name import Label
from fmproof.lang.numbers import NUMBERS, fraction, is_number, number
from fmproof.lang.props import (
    Almost,
    AtMost,
    Differentiable,
    Dominated,
    Equals,
    ForAll,
    Integrable,
    Positive,
    VanishesWith,
)
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort

SUM, PRODUCT, ATOM = 1, 2, 3
"""How tightly a printed term holds together."""

CACHE = 50_000
"""How many printed terms a printer remembers."""


def _has_param(term: Basic) -> bool:
    return any(v.sort is Sort.PARAM for v in free_vars(term))


def _vector_key(vector: Expr) -> tuple[Any, ...]:
    return (not _has_param(vector), _size(vector), _written(vector))


def acts(term: Expr) -> bool:
    """Whether what is written last in ``term`` acts on what would follow it."""
    if isinstance(term, Mul):
        term = max(Mul.make_args(coefficient(term)[1]), key=factor_key)
    return isinstance(term, Grad | Partial | Div | ArgMin | Log)


def signed(term: Expr) -> tuple[Fraction, Expr]:
    """The number in front and the rest."""
    c, rest = coefficient(term)
    return fraction(c), rest


def plainly_nonnegative(term: Expr) -> bool:
    """Whether a reader sees that a product is not negative: no |·| is written around it."""
    return all(_plainly_nonnegative(factor) for factor in Mul.make_args(term))


def _plainly_nonnegative(factor: Expr) -> bool:
    if isinstance(factor, Inner):
        return factor.is_square
    if isinstance(factor, Rational):
        return fraction(factor) > 0
    return isinstance(factor, Apply) and factor.head.nonneg


def _has_density(term: Basic) -> bool:
    if isinstance(term, Apply) and isinstance(term.head, Density):
        return True
    return any(map(_has_density, term.args))


def _written(term: Basic) -> str:
    from fmproof.lang.spelling.text import text

    return text(term)


def _size(term: Basic) -> int:
    return 1 + sum(_size(arg) for arg in term.args)


def summand_key(term: Expr) -> tuple[Any, ...]:
    """Sorts a sum: losses and expectations, then names, then numbers; the model's terms first."""
    c, rest = signed(term)
    if rest is S.One:
        return (2,)
    body = rest.body if isinstance(rest, IntegralOver | Expect) else rest
    inner = [arg for arg in Mul.make_args(coefficient(body)[1]) if isinstance(arg, Inner)]
    vectors = sorted(_vector_key(v)[0] for factor in inner for v in factor.args)
    return (
        1 if isinstance(rest, Named) else 0,
        not _has_param(rest),
        vectors,
        c < 0,
        _written(rest),
    )


def factor_key(term: Expr) -> tuple[Any, ...]:
    """Sorts a product: weights and densities, then vectors, then ratios, then integrals.

    A ratio without a density is a coefficient, as in (1/σ) (x − z), and stands before vectors.
    """
    rank = 1
    if isinstance(term, Inner) or sort_of(term) is not Sort.REAL:
        rank = 3
    elif isinstance(term, Ratio):
        rank = 4 if _has_density(term) else 2
    elif isinstance(term, IntegralOver | Expect):
        rank = 5
    elif isinstance(term, Apply) and not isinstance(term.head, Density):
        rank = 0
    arity = len(term.arguments) if isinstance(term, Apply) else 0
    return (rank, -arity, _written(term))


def _in_order(node: Add) -> list[Expr]:
    """The summands as people write them; 1 − t begins with what is not subtracted."""
    terms = sorted(node.args, key=summand_key)
    if signed(terms[0])[0] < 0:
        first = next((t for t in terms if signed(t)[0] > 0), terms[0])
        terms.remove(first)
        terms.insert(0, first)
    return terms


def _minus_difference(terms: Sequence[Expr]) -> tuple[Expr, Expr, Expr] | None:
    """(f, a, b) for a field and two variables of which the later is subtracted: f − (a − b).

    SymPy multiplies the sign in, and v + x₀ − x₁ is not how people write v − (x₁ − x₀).
    """
    each = [(signed(term), term) for term in terms]
    fields = [term for (c, rest), term in each if c == 1 and not isinstance(rest, Var)]
    added = [rest for (c, rest), _ in each if c == 1 and isinstance(rest, Var)]
    taken = [rest for (c, rest), _ in each if c == -1 and isinstance(rest, Var)]
    if (len(terms), len(fields), len(added), len(taken)) != (3, 1, 1, 1):
        return None
    (f,), (b,), (a,) = fields, added, taken
    vectors = isinstance(f, Apply) and f.head.result is Sort.VEC
    return (f, a, b) if vectors and b.name < a.name else None


class Printer(ABC):
    """Walks a term or proposition; a subclass says how each piece is spelled."""

    minus: str
    plus_sign: str
    minus_sign: str

    def __init__(self) -> None:
        # Under the object's identity: what a caller's == says must not reach what is printed.
        self._written: dict[int, tuple[Basic, str, int]] = {}

    def show(self, node: Basic, level: int = 0) -> str:
        """``node``, bracketed if it holds together less tightly than ``level``.

        Raises:
            SortError: some part of it is of a type that has no spelling.
        """
        known = self._written.get(id(node))
        if known is None:
            intact()
            spell = _SPELLING.get(type(node))
            if spell is None:
                declaration(node)  # says what a term is
                raise SortError(f"no spelling for a {type(node).__name__}")
            if len(self._written) > CACHE:
                self._written.clear()
            known = self._written[id(node)] = (node, *spell(self, node))
        _, written, own = known
        return self.brackets(written) if own < level else written

    def rational(self, node: Rational) -> tuple[str, int]:
        value = fraction(node)
        if value < 0:
            return self.minus + self.number(-value), SUM
        return self.number(value), ATOM if value.denominator == 1 else PRODUCT

    def named(self, node: Named) -> str:
        """A name; C(θ) when what it stands for depends on θ."""
        variables = sorted(free_vars(node), key=lambda v: v.name)
        name = self.name(node.name)
        return self.call(name, [self.show(v) for v in variables], []) if variables else name

    def minimisers(self, node: ArgMin) -> str:
        return self.operator("argmin", self.name(node.var.name), self.show(node.body, PRODUCT))

    def operand(self, body: Expr) -> str:
        """What an operator acts on, all of it."""
        whole = isinstance(body, Mul | Rational) or (isinstance(body, Inner) and not body.is_square)
        return self.show(body, ATOM if whole else PRODUCT)

    def derivative(self, node: Any) -> str:
        """∇_x f(x); with another place ∇_x f(x)|_{x = s}."""
        kind = _OPERATORS[type(node)]
        var, body = _read_at(node)
        shown = self.operator(kind, self.name(var.name), self.operand(body))
        if var is node.at:
            return shown
        place = f"{self.name(var.name)} = {self.show(node.at)}"
        return self.at_place(shown, place)

    def function(self, node: Any) -> tuple[str, int]:
        (a,) = node.args
        if isinstance(node, Sqrt):
            if isinstance(a, Inner) and a.is_square:
                return self.absolute(self.show(a.args[0]), True), ATOM
            return self.root(a), ATOM
        if isinstance(node, Abs):
            return self.absolute(self.show(a), False), ATOM
        if isinstance(node, Log):
            return self.logarithm(self.held(a)), PRODUCT
        return self.exponential(self.show(a)), ATOM

    def held(self, a: Expr) -> str:
        """What an operator before it acts on as a whole: its power is not that of the result."""
        return self.brackets(self.show(a)) if isinstance(a, Pow) else self.show(a, ATOM)

    def conditional(self, node: CondExpect) -> str:
        """E_{z~q, x~p}[f | x], with x = s where it is given something else."""
        renaming = _given_under(node)
        body = substitute(node.body, renaming)
        draws = [substitute(item, renaming) for item in node.measure]
        given = ", ".join(
            self.show(item.at)
            if item.var in renaming
            else f"{self.name(item.var.name)} = {self.show(item.at)}"
            for item in node.given
        )
        return self.expect_over(draws, self.given(self.show(body), given))

    def differentiability(self, node: Differentiable) -> str:
        """x ↦ f(x) is differentiable at s."""
        ((var, at), *more) = node.pairs
        if more:
            names = self.group([self.name(v.name) for v, _ in node.pairs])
            places = self.group([self.show(place) for _, place in node.pairs])
            return self.differentiable(names, self.show(node.body), places)
        var, body = _read_at(node)
        return self.differentiable(self.name(var.name), self.show(body), self.show(at))

    def everywhere(self, node: ForAll) -> str:
        """P for every x; of differentiability everywhere no place is said."""
        inner = node.body
        if isinstance(inner, Differentiable) and [at for _, at in inner.pairs] == [node.var]:
            var, body = _read_at(inner)
            if var is node.var:
                return self.differentiable(self.name(var.name), self.show(body), "")
        return self.every(self.name(node.var.name), self.show(node.body))

    def domination(self, node: Dominated) -> str:
        kinds = {Sort.REAL: "partial"}
        items = ", ".join(self.almost_item(item) for item in node.measure)
        var, body = _read_at(node)
        kind = kinds.get(var.sort, "grad")
        shown = self.operator(kind, self.name(var.name), self.operand(body))
        return self.dominated(shown, self.name(var.name), self.show(node.at), items)

    def sum(self, node: Add) -> str:
        terms = _in_order(node)
        apart = _minus_difference(terms)
        if apart is not None:
            f, a, b = map(self.show, apart)
            return f + self.minus_sign + self.brackets(a + self.minus_sign + b)
        shown = ""
        for term in terms:
            negative = signed(term)[0] < 0
            part = self.show(mul(S.NegativeOne, term) if negative else term, PRODUCT)
            if shown:
                shown += (self.minus_sign if negative else self.plus_sign) + part
            else:
                shown = self.minus + part if negative else part
        return shown

    def product(self, node: Mul) -> tuple[str, int]:
        c, rest = signed(node)
        if c < 0:
            return self.minus + self.show(mul(number(-c), rest), PRODUCT), SUM
        shown = [] if c == 1 else [self.number(c)]
        *inner, last = sorted(Mul.make_args(rest), key=factor_key)
        for factor in inner:  # an operator would seem to act on what follows
            shown.append(self.show(factor, ATOM if acts(factor) else PRODUCT))
        shown.append(self.show(last, PRODUCT))
        return self.times(shown), PRODUCT

    def inner(self, node: Inner) -> tuple[str, int]:
        if node.is_square:
            return self.norm2(self.show(node.args[0])), ATOM
        a, b = sorted(node.args, key=_vector_key)
        return self.dot(self.show(a, ATOM), self.show(b, ATOM)), PRODUCT

    def integral(self, node: IntegralOver) -> str:
        """Nested integrals as one display: ∫∫∫ body dz dx dt, with d(x, z) for a joint one."""
        groups: list[Sequence[Lebesgue]] = []
        body: Expr = node
        while isinstance(body, IntegralOver):
            groups.append(body.measure)
            body = body.body
        return self.integral_of(groups, self.show(body, PRODUCT))

    def integral_of(self, groups: Sequence[Sequence[Lebesgue]], body: str) -> str:
        signs = "".join(self.integral_sign(item) for group in groups for item in group)
        rest = " ".join(self.differential(group) for group in reversed(groups))
        return self.spaced(signs, body, rest)

    def integrated(self, group: Sequence[Lebesgue]) -> str:
        """The variables of one differential."""
        names = [self.name(item.var.name) for item in group]
        return names[0] if len(names) == 1 else self.group(names)

    def equation(self, node: Equals) -> str:
        return f"{self.show(node.lhs)} = {self.show(node.rhs)}"

    def vanishing(self, node: VanishesWith) -> str:
        if node.args[0] is S.One:
            return self.nonzero(self.show(node.args[1]))
        return self.implies(f"{self.show(node.args[1])} = 0", f"{self.show(node.args[0])} = 0")

    def integrable(self, node: Integrable) -> str:
        if any(isinstance(item, Lebesgue) for item in node.measure):
            body, items = against_lebesgue(*without_lets(node.body, node.measure))
            groups = [[item] for item in items if isinstance(item, Lebesgue)]
            laws = [item for item in items if not isinstance(item, Lebesgue)]
            inside = self.size(body)
            inside = self.expect_over(laws, inside) if laws else inside
            return self.finite(self.integral_of(groups, inside))
        return self.finite(self.expect_over(node.measure, self.size(node.body)))

    def size(self, body: Expr) -> str:
        """|body|, ‖body‖, or the body itself when it is plainly not negative."""
        if plainly_nonnegative(body):
            return self.show(body)
        return self.absolute(self.show(body), sort_of(body) is Sort.VEC)

    def almost_item(self, item: Draw) -> str:
        if isinstance(item, Let):
            return self.let(self.name(item.var.name), self.show(item.value))
        if not isinstance(item, Lebesgue):
            return self.draw(item)
        name = self.name(item.var.name)
        return (
            self.within(name, str(fraction(item.low)), str(fraction(item.high)))
            if item.bounded
            else name
        )

    def draw(self, item: Apply) -> str:
        """x~p_t(·|z)"""
        head: Any = item.head
        variables = [self.show(v) for v in head.drawn(item)]
        drawn = variables[0] if len(variables) == 1 else self.group(variables)
        return self.drawn_from(drawn, self.law(head, item))

    def law(self, head: Any, item: Apply) -> str:
        if isinstance(head, Gaussian):
            _, mean, variance = item.arguments
            return self.gaussian("", self.show(mean), self.show(variance, PRODUCT))
        if head.is_uniform:
            return self.uniform_law(str(head.over[0].low), str(head.over[0].high))
        sub, sup, _, given = self.places(item)
        written = self.indexed(self.name(head.name), sub, sup)
        return written if not given else self.call(written, [self.dot_place], given)

    dot_place: str

    def places(self, item: Apply) -> tuple[list[str], list[str], list[str], list[str]]:
        """The printed arguments in the places sub, sup, main, given."""
        head, args = item.head, iter(item.arguments)
        sub, sup, main, given = (
            [self.show(next(args)) for _ in group]
            for group in (head.sub, head.sup, head.main, head.given)
        )
        # a^(2) is no power: a number above a symbol says so
        numbers = map(is_number, item.arguments[len(sub) :])
        sup = [f"({one})" if number else one for one, number in zip(sup, numbers, strict=False)]
        return sub, sup, main, given

    def application(self, item: Apply) -> str:
        if isinstance(item.head, Gaussian):
            x, mean, variance = item.arguments
            return self.gaussian(self.show(x), self.show(mean), self.show(variance, PRODUCT))
        sub, sup, main, given = self.places(item)
        return self.call(self.indexed(self.name(item.head.name), sub, sup), main, given)

    # How each piece is spelled. Arguments are printed already.

    @abstractmethod
    def name(self, name: str) -> str: ...
    @abstractmethod
    def number(self, value: Fraction) -> str: ...
    @abstractmethod
    def brackets(self, inside: str) -> str: ...
    @abstractmethod
    def power(self, base: str, exponent: str) -> str: ...
    @abstractmethod
    def norm2(self, vector: str) -> str: ...
    @abstractmethod
    def times(self, factors: list[str]) -> str: ...
    @abstractmethod
    def dot(self, a: str, b: str) -> str: ...
    @abstractmethod
    def ratio(self, node: Ratio) -> tuple[str, int]: ...
    @abstractmethod
    def indexed(self, name: str, sub: list[str], sup: list[str]) -> str: ...
    @abstractmethod
    def call(self, name: str, main: list[str], given: list[str]) -> str: ...
    @abstractmethod
    def group(self, parts: list[str]) -> str: ...
    @abstractmethod
    def uniform_law(self, low: str, high: str) -> str: ...
    @abstractmethod
    def within(self, variable: str, low: str, high: str) -> str: ...
    @abstractmethod
    def drawn_from(self, variable: str, law: str) -> str: ...
    @abstractmethod
    def expect_over(self, measure: Sequence[Draw], body: str) -> str: ...
    @abstractmethod
    def integral_sign(self, item: Lebesgue) -> str: ...
    @abstractmethod
    def differential(self, group: Sequence[Lebesgue]) -> str: ...
    @abstractmethod
    def spaced(self, signs: str, body: str, differentials: str) -> str: ...
    @abstractmethod
    def operator(self, kind: str, var: str, body: str) -> str: ...
    @abstractmethod
    def absolute(self, body: str, vector: bool) -> str: ...
    @abstractmethod
    def finite(self, body: str) -> str: ...
    @abstractmethod
    def at_most(self, lhs: str, rhs: str) -> str: ...
    @abstractmethod
    def implies(self, premise: str, conclusion: str) -> str: ...
    @abstractmethod
    def positive(self, body: str) -> str: ...
    @abstractmethod
    def nonzero(self, body: str) -> str: ...
    @abstractmethod
    def at_place(self, body: str, place: str) -> str: ...
    @abstractmethod
    def given(self, body: str, given: str) -> str: ...
    @abstractmethod
    def let(self, variable: str, value: str) -> str: ...
    @abstractmethod
    def gaussian(self, x: str, mean: str, variance: str) -> str: ...
    @abstractmethod
    def root(self, a: Expr) -> str: ...
    @abstractmethod
    def logarithm(self, a: str) -> str: ...
    @abstractmethod
    def exponential(self, a: str) -> str: ...
    @abstractmethod
    def dominated(self, body: str, var: str, at: str, over: str) -> str: ...
    @abstractmethod
    def differentiable(self, var: str, body: str, at: str) -> str: ...
    @abstractmethod
    def every(self, var: str, body: str) -> str: ...
    @abstractmethod
    def almost(self, body: str, items: list[str]) -> str: ...


def _power(printer: Printer, node: Pow) -> str:
    sort_of(node)  # SymPy has powers that are no terms
    return printer.power(printer.show(node.args[0], ATOM), str(node.args[1]))


_OPERATORS: dict[type, str] = {Grad: "grad", Partial: "partial", Div: "div"}


def pieces(node: Basic) -> tuple[Basic, ...]:
    """The arguments of ``node`` as they are shown, under the names that are printed."""
    if isinstance(node, Grad | Partial | Div | Dominated | Differentiable):
        if len(node.args) > 3 and isinstance(node, Differentiable):
            return node.args
        return (*_read_at(node), *node.args[2:])
    if isinstance(node, CondExpect):
        renaming = _given_under(node)
        given = [g.at if g.var in renaming else g for g in node.given]
        return (
            substitute(node.body, renaming),
            *(substitute(item, renaming) for item in node.measure),
            *given,
        )
    return tuple(node.args)


def _given_under(node: CondExpect) -> dict[Var, Expr]:
    """The variables of a conditional expectation that are named after what they are given."""
    renaming: dict[Var, Expr] = {}
    inside = free_vars(node.body).union(*map(free_vars, node.measure))
    for item in node.given:
        at = item.at
        if isinstance(at, Var) and at not in inside and at not in renaming.values():
            renaming[item.var] = at
    return renaming


def _read_at(node: Any) -> tuple[Var, Expr]:
    """The variable and the body of a derivative, named after the place if that is a variable."""
    at, var = node.at, node.var
    if isinstance(at, Var) and not any(
        at in free_vars(part) for part in (node.body, *node.args[3:])
    ):
        return at, substitute(node.body, {var: at})
    return var, node.body


def _at(
    level: int, spell: Callable[[Printer, Any], str]
) -> Callable[[Printer, Any], tuple[str, int]]:
    """A piece that always holds together as tightly."""
    return lambda printer, node: (spell(printer, node), level)


_SPELLING: dict[type, Callable[[Printer, Any], tuple[str, int]]] = {
    **dict.fromkeys(SUMS, _at(SUM, Printer.sum)),
    **dict.fromkeys(PRODUCTS, Printer.product),
    **dict.fromkeys(POWERS, _at(ATOM, _power)),
    **dict.fromkeys(NUMBERS, Printer.rational),
    Var: _at(ATOM, lambda printer, node: printer.name(node.name)),
    Named: _at(ATOM, Printer.named),
    **dict.fromkeys(
        (Field, Scalar, Density, Law, Gaussian, Label), _at(ATOM, lambda p, n: p.name(n.name))
    ),
    Apply: _at(ATOM, Printer.application),
    Inner: Printer.inner,
    Ratio: lambda printer, node: printer.ratio(node),
    IntegralOver: _at(SUM, Printer.integral),
    Expect: _at(ATOM, lambda p, n: p.expect_over(n.measure, p.show(n.body))),
    CondExpect: _at(ATOM, Printer.conditional),
    **dict.fromkeys((Grad, Partial, Div), _at(PRODUCT, Printer.derivative)),
    ArgMin: _at(PRODUCT, Printer.minimisers),
    **dict.fromkeys((Exp, Log, Sqrt, Abs), Printer.function),
    Constant: _at(ATOM, lambda printer, node: printer.name(node.name)),
    Given: _at(ATOM, lambda p, n: f"{p.name(n.var.name)} = {p.show(n.at)}"),
    Let: _at(ATOM, lambda printer, node: printer.almost_item(node)),
    Lebesgue: _at(ATOM, lambda printer, node: printer.differential([node])),
    Equals: _at(ATOM, Printer.equation),
    AtMost: _at(ATOM, lambda p, n: p.at_most(p.show(n.lhs), p.show(n.rhs))),
    Integrable: _at(ATOM, Printer.integrable),
    VanishesWith: _at(ATOM, Printer.vanishing),
    Positive: _at(ATOM, lambda p, n: p.positive(p.show(n.args[0]))),
    Differentiable: _at(ATOM, Printer.differentiability),
    Dominated: _at(ATOM, Printer.domination),
    ForAll: _at(ATOM, Printer.everywhere),
    Almost: _at(ATOM, lambda p, n: p.almost(p.show(n.body), [p.almost_item(i) for i in n.measure])),
}
"""How each type of node is spelled, and how tightly the result holds together."""
