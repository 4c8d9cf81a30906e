r"""What stands before one factor and acts on it: ∇, ∂, div, log, and exp with its brackets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sympy import Expr

from fmproof.lang.arithmetic import Pow
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import ArgMin, Div, Exp, Grad, Log, Partial, Sqrt, Var
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.latex import latex
from fmproof.reading.items import GrammarItem, Product, Script, Sum

if TYPE_CHECKING:
    from fmproof.reading.reader import Reader

DERIVATIVE_SIGNS: dict[str, Any] = {"nabla": Grad, "partial": Partial, "div": Div}


class Operators(ABC):
    """The part of :class:`fmproof.reading.rows.Row` that reads operators, and where it is."""

    def __init__(self, reader: Reader, items: Product) -> None:
        self.reader = reader
        self.items = items
        self.here = 0
        self.stop = ""  # the kind of the items that end the product
        self.operand = False  # whether an operator stands before the factor
        self.transposed: Script | None = None  # what the operator's result carries

    def peek(self) -> GrammarItem | None:
        return self.items[self.here] if self.here < len(self.items) else None

    def take(self) -> GrammarItem:
        self.here += 1
        return self.items[self.here - 1]

    @abstractmethod
    def product(self, stop: str = "") -> Expr:
        """A product, up to an item of the kind ``stop``."""

    @abstractmethod
    def factor(self) -> Expr:
        """One factor with all that hangs on it."""

    @abstractmethod
    def finished(self, term: Expr, item: GrammarItem, skip_sup: bool = False) -> Expr:
        """A term with the scripts that stand behind its item."""

    @abstractmethod
    def before(self, vector: Expr, top: Script, at: int) -> Expr:
        """A transposed vector with what it multiplies."""

    def applied(self, item: GrammarItem) -> Expr:
        """The one factor that an operator or a logarithm acts on."""
        after = self.peek()
        if after is None or after.kind in ("dot", "slash", "over", self.stop):
            self.reader.fail(f"expected a term after {item.text}", item.at)
        outer, self.operand = self.operand, True
        body = self.factor()
        self.operand = outer
        return body

    def result(self, item: GrammarItem, term: Expr) -> Expr:
        """What the operator ``item`` made of its factor; nothing may seem to belong to it."""
        if self.transposed is not None and sort_of(term) is not Sort.REAL:
            top, self.transposed = self.transposed, None
            return self.before(term, top, item.at)
        if self.transposed is not None and not self.operand:
            self.reader.fail("only a vector is transposed", self.transposed.at)
        after = self.peek()
        if after is not None and not self.operand and after.kind not in ("dot", self.stop):
            self.reader.fail(
                f"{item.text} stands before a product; put brackets around what it acts on, as in "
                rf"{item.text} (a b) or ({item.text} a) b",
                item.at,
            )
        return term

    def root(self, item: GrammarItem) -> Expr:
        """``√a`` of one factor, without a power: √t² may be either."""
        before = self.here
        body = self.factor() if self.peek() is not None else None
        read = self.items[before : self.here]
        if body is None or item.sub is not None or item.sup:
            self.reader.fail("expected a term after √", item.at)
        powers = (
            [s for s in read[-1].sup if not self.reader.symbols.is_top(s)]
            if isinstance(body, Pow)
            else []
        )
        if powers:
            self.reader.fail("write (√a)ⁿ or √(aⁿ), which differ", powers[0].at)
        return self.reader.built(Sqrt, item.at, body)

    def logarithm(self, item: GrammarItem) -> Expr:
        if item.sub is not None or item.sup:
            self.reader.fail(
                f"{item.text} takes no index and no power; put it in brackets", item.at
            )
        after = self.peek()
        if (
            after is not None
            and after.kind == "group"
            and any(not self.reader.symbols.is_top(s) for s in after.sup)
        ):
            self.reader.fail(
                rf"write ({item.text} a)^n or {item.text} (a^n), which differ", after.sup[0].at
            )
        return self.result(item, self.reader.built(Log, item.at, self.applied(item)))

    def exponential(self, item: GrammarItem) -> Expr:
        group = self.peek()
        if group is None or group.kind not in ("group", "braces") or group.given is not None:
            self.reader.fail(rf"expected brackets after {item.text}", item.at)
        self.take()
        inside = self.reader.only(group.content, group.at)
        return self.finished(self.reader.built(Exp, item.at, inside), group)

    def derivative(self, item: GrammarItem) -> Expr:
        build, var, body = self.parts_of_derivative(item)
        return self.result(item, self.reader.built(build, item.at, body, var))

    def parts_of_derivative(self, item: GrammarItem) -> tuple[Any, Var, Expr]:
        r"""Which derivative, in which variable, and of what; ``\nabla_x \cdot`` is div."""
        build, after = DERIVATIVE_SIGNS[item.kind], self.peek()
        if item.kind == "nabla" and after is not None and after.kind == "dot":
            self.take()
            build = Div
        var = self.subscript(item)
        return build, var, self.applied(item)

    def subscript(self, item: GrammarItem) -> Var:
        if item.sub is None or len(item.sub.entries) != 1:
            self.reader.fail(
                f"expected the variable of {item.text} as its subscript, as in {item.text}_x",
                item.at,
            )
        if item.sup:
            self.reader.fail(f"a power of {item.text} is no term; write it twice", item.sup[0].at)
        return self.reader.variable(self.reader.single(item.sub.entries[0].sum))

    def at_place(self, item: GrammarItem) -> Expr:
        r"""``[\nabla_x f(x)]_{x = s}``: the derivative at another place than its variable."""
        row = item.content[0].sum
        ((sign, product), *more) = row.parts
        inner = type(self)(self.reader, product)
        first = inner.take()
        if len(item.content) > 1 or more or sign < 0 or first.kind not in DERIVATIVE_SIGNS:
            self.reader.fail("only a derivative is taken at a place", item.at)
        build, var, body = inner.parts_of_derivative(first)
        if inner.peek() is not None or inner.transposed is not None:
            self.reader.fail("only a derivative is taken at a place", item.at)
        (entry,) = item.sub.entries if item.sub else ()
        if entry.law is None or self.reader.variable(self.reader.single(entry.sum)) != var:
            self.reader.fail(f"expected the place of {latex(var)}", entry.sum.at)
        term = self.reader.built(build, item.at, body, var, self.reader.sum(entry.law))
        return self.finished(term, replace(item, sub=None))

    def written_as_fraction(self, item: GrammarItem, top: Sum, bottom: Sum) -> Expr | None:
        r"""``\frac{\partial}{\partial t}`` of the factor after it, or ``\frac{\partial f}{…}``."""
        above, below = top.parts[0][1], bottom.parts[0][1]
        signs = {(_differential(sign), sign.sub) for sign in (above[0], below[0])}
        if len(below) != 2 or signs not in ({("partial", None)}, {("diff", None)}):
            return None
        var = self.reader.variable(below[1])
        if len(above) == 1:
            body = self.applied(item)
            return self.result(item, self.reader.built(Partial, item.at, body, var))
        body = type(self)(self.reader, above[1:]).product()
        return self.reader.built(Partial, item.at, body, var)

    def rate(self, item: GrammarItem, term: Expr) -> Expr:
        r"""``\dot\alpha_t``: the derivative in the one real variable of a term."""
        times = [var for var in free_vars(term) if var.sort is Sort.REAL]
        if len(times) != 1:
            self.reader.fail(rf"write \partial_t: {item.text} does not say in what", item.at)
        return self.reader.built(Partial, item.at, term, times[0])

    def minimisers(self, item: GrammarItem) -> Expr:
        var = self.subscript(item)
        if self.peek() is None:
            self.reader.fail(f"expected a term after {item.text}", item.at)
        return self.reader.built(ArgMin, item.at, self.product(), var)


def _differential(item: GrammarItem) -> str:
    r"""Its kind; the lonely d of ``\frac{d}{dt}`` is a differential, too."""
    return "diff" if item.kind == "name" and item.text == "d" else item.kind
