"""A row of items as a product of terms, from left to right."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from sympy import Expr, Rational

from fmproof.lang.arithmetic import Mul, Pow
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Abs,
    CondExpect,
    Exp,
    Expect,
    Inner,
    IntegralOver,
    Lebesgue,
    Ratio,
    Sqrt,
    Var,
    norm2,
)
from fmproof.lang.nodes.name import Named
from fmproof.lang.nodes.ratio import divide
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.latex import latex
from fmproof.reading.items import GrammarItem, LatexError, Script
from fmproof.reading.operators import DERIVATIVE_SIGNS, Operators
from fmproof.reading.symbols import key, names_of

# What an integral without limits is over, written out.
_WHOLE_SPACE = re.compile(
    r"\{?\s*(\\mathbb\s*(\{\s*R\s*\}|R)|\\R)\s*(\^\s*(\{\s*\w\s*\}|\w)\s*)?\}?"
)


class Row(Operators):
    """A row of items, read from left to right."""

    def product(self, stop: str = "") -> Expr:
        """The product up to the end of the row, or up to an item of the kind ``stop``."""
        factors: list[Expr] = []
        outer, self.stop = self.stop, stop
        at = self.items[min(self.here, len(self.items) - 1)].at
        while (item := self.peek()) is not None and item.kind != stop:
            if item.kind == "over" and factors:
                self.take()
                whole = self.reader.built(_product, at, *factors)
                factors = [self.reader.built(_over, item.at, whole, self.factor_after(item))]
            elif item.kind in ("dot", "slash", "over"):
                self.take()
                if not factors:
                    self.reader.fail(f"expected a factor on both sides of {item.text}", item.at)
                right = self.factor_after(item)
                join = divide if item.kind == "slash" else _dot
                factors.append(self.reader.built(join, item.at, factors.pop(), right))
            else:
                factors.append(self.factor())
        self.stop = outer
        return self.reader.built(_product, at, *factors)

    def factor_after(self, item: GrammarItem) -> Expr:
        """The right side of a dot or a slash."""
        if self.peek() is None:
            self.reader.fail(f"expected a factor on both sides of {item.text}", item.at)
        return self.factor()

    def factor(self) -> Expr:
        item = self.take()
        if item.kind in ("name", "braces"):
            return self.named(item)
        if item.kind == "number":
            return self.finished(Rational(item.text), item)
        if item.kind == "group":
            if item.given is not None:
                self.reader.fail("a bar that is not between arguments", item.at)
            if item.sub is not None and [e.sign for e in item.sub.entries] == ["EQUALS"]:
                return self.at_place(item)
            return self.finished(self.reader.only(item.content, item.at), item)
        if item.kind == "norm":
            return self.norm(item)
        if item.kind == "abs":
            inside = self.reader.sum(item.content[0])
            return self.finished(self.reader.built(Abs, item.at, inside), item)
        if item.kind == "sqrt":
            inside = self.reader.sum(item.content[0])
            return self.finished(self.reader.built(Sqrt, item.at, inside), item)
        if item.kind == "root":
            return self.root(item)
        if item.kind == "log":
            return self.logarithm(item)
        if item.kind == "exp":
            return self.exponential(item)
        if item.kind == "inner":
            a, b = map(self.reader.sum, item.content)
            return self.finished(self.reader.built(Inner, item.at, a, b), item)
        if item.kind == "frac":
            return self.finished(self.fraction(item), item)
        if item.kind == "int":
            return self.integral(item)
        if item.kind == "expect":
            return self.expectation(item)
        if item.kind == "argmin":
            return self.minimisers(item)
        if item.kind in DERIVATIVE_SIGNS:
            return self.derivative(item)
        return self.reader.fail(f"{item.text} does not fit here", item.at)

    def finished(self, term: Expr, item: GrammarItem, skip_sup: bool = False) -> Expr:
        """``term`` with the exponent or the transposition that ``item`` carries."""
        if item.primes and item.kind != "name":
            self.reader.fail("a prime belongs to a name", item.at)
        if item.sub is not None and item.kind not in ("name", "braces"):
            self.reader.fail("a subscript belongs to a name", item.sub.at)
        for script in item.sup:
            if self.reader.symbols.is_top(script):
                if self.operand and sort_of(term) is Sort.REAL:
                    self.transposed = script  # ∇ f^T v is (∇ f)^T v
                    continue
                term = self.before(term, script, item.at)
            elif not skip_sup:
                term = self.reader.built(_power, script.at, term, self.exponent(script))
        return term

    def before(self, vector: Expr, top: Script, at: int) -> Expr:
        """The inner product of a transposed vector and the factor after it."""
        if self.operand:
            self.reader.fail(
                "an operator before a product; put brackets around what it acts on", top.at
            )
        while (after := self.peek()) is not None and after.kind == "dot":
            self.take()
        if after is None:
            self.reader.fail("expected a vector after the transposed one", top.at)
        return self.reader.built(Inner, at, vector, self.factor())

    def exponent(self, script: Script) -> int:
        number = number_of(script)
        if number is None or number < 1:
            self.reader.fail(
                f"expected a positive integer exponent, found {script.text}", script.at
            )
        return number

    def named(self, item: GrammarItem) -> Expr:
        """A symbol with the arguments that it takes, a variable, or a name."""
        reader, symbols = self.reader, self.reader.symbols
        group = self.peek()
        kinds = ("group", "parametrised")
        if group is not None and (group.kind not in kinds or group.text.endswith("]")):
            group = None
        found: list[tuple[Expr, GrammarItem | None]] = []
        problem: LatexError | None = None
        for head, scripts in reader.heads(item):
            called = group if head.main or head.given else None
            shape = (len(called.content), len(called.given or ())) if called else (0, 0)
            if shape != (len(head.main), len(head.given)):
                continue
            try:
                args = reader.arguments(scripts, item.at)
                if called:
                    entries = (*called.content, *(called.given or ()))
                    args += reader.arguments(entries, called.at)
                term = reader.built(head, item.at, *args)
                if head.sup == () and item.sup:
                    for script in (s for s in item.sup if not self.reader.symbols.is_top(s)):
                        term = reader.built(_power, script.at, term, self.exponent(script))
                found.append((term, called))
            except LatexError as error:
                problem = error
        found.sort(key=lambda one: one[1] is None)
        name = names_of(item)[0]
        if not found:
            plain = [
                *symbols.variables_called(name),
                *symbols.names.get(name, ()),
                symbols.constants.get(name),
            ]
            for term in plain:
                if isinstance(term, Named) and group is not None and free_vars(term):
                    # A name prints with the variables that it depends on: C(θ).
                    arguments = reader.arguments(group.content, group.at)
                    named = _name_of(symbols.names[name], arguments)
                    if named is None:
                        reader.fail(f"{name} stands for a term in {latex(term)}", group.at)
                    return self.finished(named, self.take())
                if term is not None:
                    return self.finished(term, item)
            if problem is not None:
                raise problem
            if item.kind == "braces":
                return self.finished(reader.only(item.content, item.at), item)
            if name == "N" and group is not None:
                return self.gaussian(self.take())
            if name == "e" and len(item.sup) == 1:
                (power,) = item.sup
                return reader.built(Exp, item.at, reader.only(power.entries, power.at))
            after = self.peek()
            if name == r"\dot" and after is not None and after.kind in ("name", "braces"):
                return self.rate(item, self.named(self.take()))
            if name in symbols.heads or any(stem in symbols.heads for stem in names_of(item)):
                reader.fail(
                    f"{item.text} does not take these arguments; {self.usage(item)}", item.at
                )
            reader.unknown(item)
        (term, called), *others = found
        if any(other != term and (used is None) == (called is None) for other, used in others):
            reader.fail(f"{item.text} may be more than one of the symbols here", item.at)
        if called is not None:
            self.take()
            return self.finished(term, called)
        return self.finished(term, item, skip_sup=True)

    def usage(self, item: GrammarItem) -> str:
        heads = [
            head for name in names_of(item) for head in self.reader.symbols.heads.get(name, ())
        ]
        return "known: " + ", ".join(latex(head(*head.params)) for head in heads)

    def norm(self, item: GrammarItem) -> Expr:
        if item.sub is not None and key(item.sub.text) != "2":
            self.reader.fail("only the Euclidean norm is a term", item.sub.at)
        inside = self.reader.sum(item.content[0])
        square = self.reader.built(norm2, item.at, inside)
        if not item.sup:
            self.reader.norms[Sqrt(square)] = inside
            return Sqrt(square)
        power = self.exponent(item.sup[0])
        if power % 2:
            return self.reader.built(_power, item.at, Sqrt(square), power)
        return square if power == 2 else self.reader.built(_power, item.at, square, power // 2)

    def fraction(self, item: GrammarItem) -> Expr:
        top, bottom = item.content
        if (rate := self.written_as_fraction(item, top, bottom)) is not None:
            return rate
        build = Ratio if item.text.startswith(r"\dfrac") else divide
        return self.reader.built(build, item.at, self.reader.sum(top), self.reader.sum(bottom))

    def gaussian(self, group: GrammarItem) -> Expr:
        if group.given is None:
            self.reader.fail(r"expected a Gaussian density \mathcal{N}(x; m, v I)", group.at)
        point = self.reader.arguments(group.content, group.at)
        return self.finished(self.reader.gaussian(point, group.given, group.at), group)

    def integral(self, first: GrammarItem) -> Expr:
        """``∫…∫ body dx … dt``; the differentials stand innermost first."""
        signs = [first, *self.more_signs(first)]
        while (item := self.peek()) is not None and item.kind == "int":
            signs.extend((self.take(), *self.more_signs(item)))
        body = self.product(stop="diff")
        while signs:
            item = self.peek()
            if item is None or item.kind != "diff":
                self.reader.fail(
                    r"this integral has no differential such as \mathrm{d}x in its product; put "
                    "a sum under it in brackets",
                    signs[-1].at,
                )
            measure = self.differential(signs)
            body = self.reader.built(IntegralOver, first.at, body, *measure)
        return body

    def more_signs(self, item: GrammarItem) -> list[GrammarItem]:
        r"""The second and third sign of ``\iint`` and ``\iiint``, which carry no limits."""
        return [GrammarItem("int", "", item.at)] * (item.text.partition("nt")[0].count("i") - 1)

    def differential(self, signs: list[GrammarItem]) -> list[Expr]:
        """The measures of one differential, with the limits of the last ``signs``, used up."""
        sign = self.take()
        item = self.peek()
        if item is None or item.kind not in ("name", "group"):
            self.reader.fail("expected a variable after the differential", sign.at)
        self.take()
        entries = item.content if item.kind == "group" else ()
        several = [self.reader.single(entry.sum) for entry in entries] or [item]
        if len(several) > len(signs):
            self.reader.fail("more differentials than integral signs", sign.at)
        own = [signs.pop() for _ in several][::-1]
        return [self.measure(v, s) for v, s in zip(several, own, strict=True)]

    def measure(self, item: GrammarItem, sign: GrammarItem) -> Expr:
        limits = [sign.sub, *sign.sup]
        if len(limits) == 1 and sign.sub is not None and _WHOLE_SPACE.fullmatch(sign.sub.text):
            limits = []
        ends = [self.reader.only(s.entries, s.at) for s in limits if s is not None]
        if len(ends) not in (0, 2):
            self.reader.fail("expected both limits of the integral, or none", sign.at)
        return self.reader.built(Lebesgue, item.at, self.reader.variable(item), *ends)

    def expectation(self, item: GrammarItem) -> Expr:
        if item.sub is None:
            self.reader.fail(r"an expectation needs its law, as in \mathbb{E}_{x \sim p}", item.at)
        draws = self.reader.draws(item.sub.entries, item.sub.at)
        group = self.peek()
        if group is None:
            self.reader.fail("expected a term after the expectation", item.at)
        if group.kind == "group" and group.given is not None:
            self.take()
            return self.finished(self.conditional(item, group, draws), group)
        if group.kind in ("group", "braces"):
            self.take()
            body = self.reader.only(group.content, group.at)
            return self.finished(self.reader.built(Expect, item.at, body, *draws), group)
        return self.reader.built(Expect, item.at, self.product(), *draws)

    def conditional(self, item: GrammarItem, group: GrammarItem, draws: Sequence[Expr]) -> Expr:
        r"""``\mathbb{E}_{z \sim q, x \sim p}[f \mid x, y = s]``."""
        given: list[Any] = []
        for entry in group.given or ():
            var = self.reader.variable(self.reader.single(entry.sum))
            if entry.law is not None and entry.sign != "EQUALS":
                self.reader.fail("expected x or x = s after the bar", entry.sum.at)
            given.append((var, var if entry.law is None else self.reader.sum(entry.law)))
        body = self.reader.only(group.content, group.at)
        return self.reader.built(CondExpect, item.at, body, given, *draws)


def _name_of(known: Sequence[Named], arguments: Sequence[Expr]) -> Named | None:
    """The name of these variables; if they are others than its own, its term is one in them."""
    wanted = set(arguments)
    if all(isinstance(var, Var) for var in wanted):
        for named in known:
            if free_vars(named) == wanted:
                return named
        for named in known:
            renaming = _renaming(free_vars(named) - wanted, wanted - free_vars(named))
            if renaming is not None:
                return substitute(named, renaming)
    return None


def _renaming(own: Collection[Any], new: Collection[Any]) -> dict[Var, Expr] | None:
    """Which variable is called what: by the name without primes; one may be left over."""
    pairs = {a: b for a in own for b in new if _stem(a) == _stem(b) and a.sort is b.sort}
    left = [v for v in own if v not in pairs], [v for v in new if v not in pairs.values()]
    if len(own) != len(new) or len(set(pairs.values())) != len(pairs) or len(left[0]) > 1:
        return None
    for a, b in zip(*left, strict=True):
        if a.sort is not b.sort:
            return None
        pairs[a] = b
    return pairs


def _stem(var: Any) -> str:
    """A variable's name without the primes that the printer adds."""
    return str(var.name).rstrip("'")


def number_of(script: Script) -> int | None:
    text = key(script.text)
    return int(text) if text.isdigit() else None


def _product(*factors: Expr) -> Expr:
    whole = Mul(*factors)
    sort_of(whole)
    return whole


def _over(numerator: Expr, denominator: Expr) -> Expr:
    """``a b / c`` of plain text: a :class:`Ratio` as it stands, or a multiple of a vector."""
    real = sort_of(numerator) is Sort.REAL
    return Ratio(numerator, denominator) if real else divide(numerator, denominator)


def _power(base: Expr, exponent: int) -> Expr:
    whole = Pow(base, exponent)
    sort_of(whole)
    return whole


def _dot(a: Expr, b: Expr) -> Expr:
    vectors = sort_of(a) is Sort.VEC and sort_of(b) is Sort.VEC
    return Inner(a, b) if vectors else _product(a, b)
