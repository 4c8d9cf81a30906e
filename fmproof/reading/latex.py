r"""Terms from LaTeX: the other half of :func:`fmproof.latex`.

LaTeX alone does not say what is a vector, a density or a model, so the symbols are given with
it. The grammar (``latex.lark``) finds numbers, names, scripts and brackets; here a flat row of
them is read as a product, and the declared symbols decide what takes arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from sympy import Add, Expr, Mul, Pow, Rational, S

from fmproof.errors import SortError, nearest
from fmproof.lang.arithmetic import plus
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Abs,
    ArgMin,
    CondExpect,
    Div,
    Exp,
    Expect,
    Grad,
    Head,
    Inner,
    IntegralOver,
    Law,
    Lebesgue,
    Let,
    Log,
    Normal,
    Partial,
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
from fmproof.reading.items import Entry, Item, LatexError, Product, Script, Sum, read
from fmproof.reading.symbols import Symbols, key

__all__ = ["LatexError", "parse_latex"]

# What an integral without limits is over, written out.
_WHOLE_SPACE = re.compile(
    r"\{?\s*(\\mathbb\s*(\{\s*R\s*\}|R)|\\R)\s*(\^\s*(\{\s*\w\s*\}|\w)\s*)?\}?"
)


def parse_latex(source: str, symbols: Any) -> Expr:
    r"""The term that ``source`` writes.

    ``parse_latex(latex(term), term)`` is ``term`` up to the names of bound variables. Common
    spellings are understood: ``\|a\|^2``, ``\lVert a\rVert_2^2`` and ``\norm{a}^2``,
    ``a^\top b`` and ``\langle a, b\rangle``, ``\mid`` and ``|``, ``\frac12``, a law below the E,
    any size of brackets, any spacing.

    Args:
        source: one formula for math mode, without dollar signs.
        symbols: what its letters stand for: variables, fields, densities, functions and names,
            or terms and derivations that contain them; one or a list.

    Raises:
        LatexError: with the line and column of the piece that cannot be read.
    """
    reader = Reader(source, symbols if isinstance(symbols, Symbols) else Symbols([symbols]))
    return reader.sum(reader.read())


class Reader:
    """Reads rows of items with a table of symbols."""

    def __init__(self, source: str, symbols: Symbols) -> None:
        self.source = source
        self.symbols = symbols

    def read(self, start: str = "start") -> Any:
        """The rows of items of the source; see :func:`fmproof.reading.items.read`."""
        known = self.symbols.known()
        names = {"d"} if self.symbols.uses_dim else {"d"}.intersection(known)
        names |= {n[0] for n in known if n.partition("_")[0] == "E"}
        try:
            return read(self.source, names, start)
        except RecursionError:
            raise LatexError(
                "the brackets are nested too deeply to be read", self.source, 0
            ) from None

    def fail(self, problem: str, at: int) -> NoReturn:
        raise LatexError(problem, self.source, at)

    def built(self, build: Callable[..., Expr], at: int, *args: Any) -> Expr:
        """A node, or the sort error that it raises with its place."""
        try:
            return build(*args)
        except SortError as error:
            self.fail(str(error), at)

    def sum(self, row: Sum) -> Expr:
        terms = []
        for sign, product in row.parts:
            term = _Row(self, product).product()
            terms.append(term if sign > 0 else Mul(-1, term))
        if len(terms) == 1:
            return terms[0]
        self.built(plus, row.at, *terms)
        whole = Add(*terms)
        return whole if len(Add.make_args(whole)) == len(terms) else plus(*terms)

    def only(self, entries: Sequence[Entry], at: int) -> Expr:
        """The one term in brackets."""
        if len(entries) != 1 or entries[0].law is not None:
            self.fail("expected one term in the brackets", at)
        return self.sum(entries[0].sum)

    def arguments(self, entries: Sequence[Entry], at: int) -> list[Expr]:
        if any(entry.law is not None for entry in entries):
            self.fail("expected arguments, found a draw", at)
        return [self.sum(entry.sum) for entry in entries]

    def variable(self, item: Item) -> Var:
        found = self.symbols.variables_called(_names(item)[0])
        if not found:
            self.unknown(item, "variable")
        return found[0]

    def unknown(self, item: Item, kind: str = "symbol") -> NoReturn:
        name = _names(item)[0]
        known = self.symbols.variables if kind == "variable" else self.symbols.known()
        hint = nearest(name, known) if known else "no symbols were given"
        self.fail(f"no {kind} is written {name}; {hint}", item.at)

    # --- laws -------------------------------------------------------------------------

    def draws(self, entries: Sequence[Entry], at: int) -> list[Expr]:
        """``t ∼ p, x ∼ p_t(·|z)``: densities with the drawn variables in their places."""
        found, waiting = [], list[Var]()
        for entry in entries:
            waiting.extend(self.drawn(entry.sum))
            if entry.law is None:
                continue
            if entry.sign == "SIM":
                found.append(self.draw(entry.law, waiting))
            elif len(waiting) == 1:
                found.append(self.built(Let, entry.law.at, waiting[0], self.sum(entry.law)))
            else:
                self.fail("expected one variable before its value", entry.sum.at)
            waiting = []
        if waiting or not found:
            self.fail(r"an expectation needs a law for each variable, as in t \sim p", at)
        return found

    def drawn(self, row: Sum) -> list[Var]:
        """A variable, or several in brackets."""
        item = self.single(row)
        if item.kind != "group":
            return [self.variable(item)]
        return [self.variable(self.single(entry.sum)) for entry in item.content]

    def single(self, row: Sum) -> Item:
        ((sign, product), *more) = row.parts
        if more or sign < 0 or len(product) != 1:
            self.fail(f"expected a variable, found {row.text}", row.at)
        return product[0]

    def draw(self, law: Sum, drawn: Sequence[Var]) -> Expr:
        item, *rest = law.parts[0][1]
        known = self.symbols.laws.get(key(law.text), [])
        heads = [head for head in known if len(head.params) == len(head.main) == len(drawn)]
        if heads:
            return self.built(heads[0], law.at, *drawn)
        group = rest[0] if len(rest) == 1 and rest[0].kind == "group" else None
        if len(law.parts) > 1 or (rest and group is None):
            self.fail(f"expected a density, found {law.text}", law.at)
        if group is not None and group.given is None and key(item.text) == "N":
            return self.gaussian(drawn, group.content, law.at)
        given = group.given or () if group else ()
        shape = (len(drawn), len(given))
        problem: LatexError | None = None
        for head, scripts in self.heads(item):
            if isinstance(head, Law) and (len(head.main), len(head.given)) == shape:
                try:
                    args = [*self.arguments(scripts, law.at), *drawn]
                    return self.built(head, law.at, *args, *self.arguments(given, law.at))
                except LatexError as error:
                    problem = error
        if problem is None:
            self._misfit(item, drawn, law.at)
            self.unknown(item, "density")
        raise problem

    def gaussian(self, point: Sequence[Expr], parameters: Sequence[Entry], at: int) -> Expr:
        r"""``\mathcal{N}(x; m, v I)``, or the law ``\mathcal{N}(m, v I)`` of x."""
        if len(point) != 1 or len(parameters) != 2 or any(e.law is not None for e in parameters):
            self.fail(r"expected a Gaussian such as \mathcal{N}(x; m, v I)", at)
        mean, row = parameters[0].sum, parameters[1].sum
        ((_, product), *more) = row.parts
        if more or len(product) == 0 or key(product[-1].text) not in _IDENTITY or product[-1].sup:
            self.fail(
                f"expected a variance such as \\sigma^2 I, which ends with I, found {row.text}; "
                "put brackets around a sum",
                row.at,
            )
        ((sign, _),) = row.parts
        variance = _Row(self, product[:-1]).product() if len(product) > 1 else S.One
        variance = variance if sign > 0 else Mul(-1, variance)
        return self.built(Normal, at, point[0], self.sum(mean), variance)

    def _misfit(self, item: Item, drawn: Sequence[Var], at: int) -> None:
        """Complain where there is such a density, but not of these variables."""
        named = [h for name in _names(item) for h in self.symbols.heads.get(name, ())]
        laws = [head for head in named if isinstance(head, Law)]
        if laws:
            of = ", ".join(var.name for var in laws[0].main)
            found = ", ".join(var.name for var in drawn)
            self.fail(
                f"{laws[0].name} is the law of {of}, found {found} drawn from it; each "
                r"variable needs a law of its own, as in t \sim \mathcal{U}[0,1]",
                at,
            )

    def heads(self, item: Item) -> list[tuple[Head, tuple[Entry, ...]]]:
        """The heads that ``item`` may be by its name and scripts, with the scripts' entries."""
        whole, *stem = _names(item)
        sup = [script for script in item.sup if not _is_top(script)]
        found = []
        for name, sub in [(whole, None), *((name, item.sub) for name in stem)]:
            for head in self.symbols.heads.get(name, ()):
                entries = sub.entries if sub else ()
                powers = sup if head.sup else []
                raised = powers[0].entries if powers else ()
                if (len(entries), len(raised)) == (len(head.sub), len(head.sup)):
                    found.append((head, (*entries, *raised)))
        return found


class _Row:
    """A row of items, read from left to right."""

    def __init__(self, reader: Reader, items: Product) -> None:
        self.reader = reader
        self.items = items
        self.here = 0
        self.stop = ""  # the kind of the items that end the product
        self.operand = False  # whether an operator stands before the factor
        self.transposed: Script | None = None  # what the operator's result carries

    def peek(self) -> Item | None:
        return self.items[self.here] if self.here < len(self.items) else None

    def take(self) -> Item:
        self.here += 1
        return self.items[self.here - 1]

    def product(self, stop: str = "") -> Expr:
        """The product up to the end of the row, or up to an item of the kind ``stop``."""
        factors: list[Expr] = []
        outer, self.stop = self.stop, stop
        at = self.items[min(self.here, len(self.items) - 1)].at
        while (item := self.peek()) is not None and item.kind != stop:
            if item.kind in ("dot", "slash"):
                self.take()
                if not factors or self.peek() is None:
                    self.reader.fail(f"expected a factor on both sides of {item.text}", item.at)
                right = self.factor()
                join = divide if item.kind == "slash" else _dot
                factors.append(self.reader.built(join, item.at, factors.pop(), right))
            else:
                factors.append(self.factor())
        self.stop = outer
        return self.reader.built(_product, at, *factors)

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
        if item.kind in _DERIVATIVES:
            return self.derivative(item)
        return self.reader.fail(f"{item.text} does not fit here", item.at)

    def finished(self, term: Expr, item: Item, skip_sup: bool = False) -> Expr:
        """``term`` with the exponent or the transposition that ``item`` carries."""
        if item.primes and item.kind != "name":
            self.reader.fail("a prime belongs to a name", item.at)
        if item.sub is not None and item.kind not in ("name", "braces"):
            self.reader.fail("a subscript belongs to a name", item.sub.at)
        for script in item.sup:
            if _is_top(script):
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
        number = _number(script)
        if number is None or number < 1:
            self.reader.fail(
                f"expected a positive integer exponent, found {script.text}", script.at
            )
        return number

    def named(self, item: Item) -> Expr:
        """A symbol with the arguments that it takes, a variable, or a name."""
        reader, symbols = self.reader, self.reader.symbols
        group = self.peek()
        kinds = ("group", "parametrised")
        if group is not None and (group.kind not in kinds or group.text.endswith("]")):
            group = None
        found: list[tuple[Expr, Item | None]] = []
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
                    for script in (s for s in item.sup if not _is_top(s)):
                        term = reader.built(_power, script.at, term, self.exponent(script))
                found.append((term, called))
            except LatexError as error:
                problem = error
        found.sort(key=lambda one: one[1] is None)
        name = _names(item)[0]
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
            if name == "e" and item.sup:
                (power,) = item.sup
                return reader.built(Exp, item.at, reader.only(power.entries, power.at))
            after = self.peek()
            if name == r"\dot" and after is not None and after.kind in ("name", "braces"):
                return self.rate(item, self.named(self.take()))
            if name in symbols.heads or any(stem in symbols.heads for stem in _names(item)):
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

    def usage(self, item: Item) -> str:
        heads = [head for name in _names(item) for head in self.reader.symbols.heads.get(name, ())]
        return "known: " + ", ".join(latex(head(*head.params)) for head in heads)

    def norm(self, item: Item) -> Expr:
        if item.sub is not None and key(item.sub.text) != "2":
            self.reader.fail("only the Euclidean norm is a term", item.sub.at)
        inside = self.reader.sum(item.content[0])
        square = self.reader.built(norm2, item.at, inside)
        if not item.sup:
            return Sqrt(square)
        power = self.exponent(item.sup[0])
        if power % 2:
            return self.reader.built(_power, item.at, Sqrt(square), power)
        return square if power == 2 else self.reader.built(_power, item.at, square, power // 2)

    def fraction(self, item: Item) -> Expr:
        top, bottom = item.content
        if (rate := self.written_as_fraction(item, top, bottom)) is not None:
            return rate
        build = Ratio if item.text.startswith(r"\dfrac") else divide
        return self.reader.built(build, item.at, self.reader.sum(top), self.reader.sum(bottom))

    # --- functions and derivatives ------------------------------------------------------

    def applied(self, item: Item) -> Expr:
        """The one factor that an operator or a logarithm acts on."""
        after = self.peek()
        if after is None or after.kind in ("dot", "slash", self.stop):
            self.reader.fail(f"expected a term after {item.text}", item.at)
        outer, self.operand = self.operand, True
        body = self.factor()
        self.operand = outer
        return body

    def result(self, item: Item, term: Expr) -> Expr:
        """What the operator ``item`` made of its factor; nothing may seem to belong to it."""
        if self.transposed is not None and sort_of(term) is not Sort.REAL:
            top, self.transposed = self.transposed, None
            return self.before(term, top, item.at)
        after = self.peek()
        if after is not None and not self.operand and after.kind not in ("dot", self.stop):
            self.reader.fail(
                f"{item.text} stands before a product; put brackets around what it acts on, as in "
                rf"{item.text} (a b) or ({item.text} a) b",
                item.at,
            )
        return term

    def logarithm(self, item: Item) -> Expr:
        if item.sub is not None or item.sup:
            self.reader.fail(
                f"{item.text} takes no index and no power; put it in brackets", item.at
            )
        after = self.peek()
        if after is not None and after.kind == "group" and any(not _is_top(s) for s in after.sup):
            self.reader.fail(
                rf"write ({item.text} a)^n or {item.text} (a^n), which differ", after.sup[0].at
            )
        return self.result(item, self.reader.built(Log, item.at, self.applied(item)))

    def exponential(self, item: Item) -> Expr:
        group = self.peek()
        if group is None or group.kind not in ("group", "braces") or group.given is not None:
            self.reader.fail(rf"expected brackets after {item.text}", item.at)
        self.take()
        inside = self.reader.only(group.content, group.at)
        return self.finished(self.reader.built(Exp, item.at, inside), group)

    def derivative(self, item: Item) -> Expr:
        build, var, body = self.parts_of_derivative(item)
        return self.result(item, self.reader.built(build, item.at, body, var))

    def parts_of_derivative(self, item: Item) -> tuple[Any, Var, Expr]:
        r"""Which derivative, in which variable, and of what; ``\nabla_x \cdot`` is div."""
        build, after = _DERIVATIVES[item.kind], self.peek()
        if item.kind == "nabla" and after is not None and after.kind == "dot":
            self.take()
            build = Div
        var = self.subscript(item)
        return build, var, self.applied(item)

    def subscript(self, item: Item) -> Var:
        if item.sub is None or len(item.sub.entries) != 1:
            self.reader.fail(
                f"expected the variable of {item.text} as its subscript, as in {item.text}_x",
                item.at,
            )
        if item.sup:
            self.reader.fail(f"a power of {item.text} is no term; write it twice", item.sup[0].at)
        return self.reader.variable(self.reader.single(item.sub.entries[0].sum))

    def at_place(self, item: Item) -> Expr:
        r"""``[\nabla_x f(x)]_{x = s}``: the derivative at another place than its variable."""
        row = item.content[0].sum
        ((sign, product), *more) = row.parts
        inner = _Row(self.reader, product)
        first = inner.take()
        if len(item.content) > 1 or more or sign < 0 or first.kind not in _DERIVATIVES:
            self.reader.fail("only a derivative is taken at a place", item.at)
        build, var, body = inner.parts_of_derivative(first)
        if inner.peek() is not None or inner.transposed is not None:
            self.reader.fail("only a derivative is taken at a place", item.at)
        (entry,) = item.sub.entries if item.sub else ()
        if entry.law is None or self.reader.variable(self.reader.single(entry.sum)) != var:
            self.reader.fail(f"expected the place of {latex(var)}", entry.sum.at)
        term = self.reader.built(build, item.at, body, var, self.reader.sum(entry.law))
        return self.finished(term, replace(item, sub=None))

    def written_as_fraction(self, item: Item, top: Sum, bottom: Sum) -> Expr | None:
        r"""``\frac{\partial}{\partial t}`` of the factor after it, or ``\frac{\partial f}{…}``."""
        above, below = top.parts[0][1], bottom.parts[0][1]
        signs = {(_differential(sign), sign.sub) for sign in (above[0], below[0])}
        if len(below) != 2 or signs not in ({("partial", None)}, {("diff", None)}):
            return None
        var = self.reader.variable(below[1])
        if len(above) == 1:
            body = self.applied(item)
            return self.result(item, self.reader.built(Partial, item.at, body, var))
        body = _Row(self.reader, above[1:]).product()
        return self.reader.built(Partial, item.at, body, var)

    def rate(self, item: Item, term: Expr) -> Expr:
        r"""``\dot\alpha_t``: the derivative in the one real variable of a term."""
        times = [var for var in free_vars(term) if var.sort is Sort.REAL]
        if len(times) != 1:
            self.reader.fail(rf"write \partial_t: {item.text} does not say in what", item.at)
        return self.reader.built(Partial, item.at, term, times[0])

    def gaussian(self, group: Item) -> Expr:
        if group.given is None:
            self.reader.fail(r"expected a Gaussian density \mathcal{N}(x; m, v I)", group.at)
        point = self.reader.arguments(group.content, group.at)
        return self.finished(self.reader.gaussian(point, group.given, group.at), group)

    def minimisers(self, item: Item) -> Expr:
        var = self.subscript(item)
        if self.peek() is None:
            self.reader.fail(f"expected a term after {item.text}", item.at)
        return self.reader.built(ArgMin, item.at, self.product(), var)

    def integral(self, first: Item) -> Expr:
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

    def more_signs(self, item: Item) -> list[Item]:
        r"""The second and third sign of ``\iint`` and ``\iiint``, which carry no limits."""
        return [Item("int", "", item.at)] * (item.text.partition("nt")[0].count("i") - 1)

    def differential(self, signs: list[Item]) -> list[Expr]:
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

    def measure(self, item: Item, sign: Item) -> Expr:
        limits = [sign.sub, *sign.sup]
        if len(limits) == 1 and sign.sub is not None and _WHOLE_SPACE.fullmatch(sign.sub.text):
            limits = []
        ends = [self.reader.only(s.entries, s.at) for s in limits if s is not None]
        if len(ends) not in (0, 2):
            self.reader.fail("expected both limits of the integral, or none", sign.at)
        return self.reader.built(Lebesgue, item.at, self.reader.variable(item), *ends)

    def expectation(self, item: Item) -> Expr:
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

    def conditional(self, item: Item, group: Item, draws: Sequence[Expr]) -> Expr:
        r"""``\mathbb{E}_{z \sim q, x \sim p}[f \mid x, y = s]``."""
        given: list[Any] = []
        for entry in group.given or ():
            var = self.reader.variable(self.reader.single(entry.sum))
            if entry.law is not None and entry.sign != "EQUALS":
                self.reader.fail("expected x or x = s after the bar", entry.sum.at)
            given.append((var, var if entry.law is None else self.reader.sum(entry.law)))
        body = self.reader.only(group.content, group.at)
        return self.reader.built(CondExpect, item.at, body, given, *draws)


def _names(item: Item) -> list[str]:
    """The keys that ``item`` may be known by: with its subscript, and without."""
    stem, primes = key(item.text), "'" * item.primes
    if item.sub is None:
        return [stem + primes]
    return [f"{stem}_{key(item.sub.text)}{primes}", stem + primes]


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


def _differential(item: Item) -> str:
    r"""Its kind; the lonely d of ``\frac{d}{dt}`` is a differential, too."""
    return "diff" if item.kind == "name" and item.text == "d" else item.kind


def _stem(var: Any) -> str:
    """A variable's name without the primes that the printer adds."""
    return str(var.name).rstrip("'")


def _is_top(script: Script) -> bool:
    return key(script.text) in (r"\top", r"\intercal", "T")


def _number(script: Script) -> int | None:
    text = key(script.text)
    return int(text) if text.isdigit() else None


def _product(*factors: Expr) -> Expr:
    whole = Mul(*factors)
    sort_of(whole)
    return whole


def _power(base: Expr, exponent: int) -> Expr:
    whole = Pow(base, exponent)
    sort_of(whole)
    return whole


def _dot(a: Expr, b: Expr) -> Expr:
    vectors = sort_of(a) is Sort.VEC and sort_of(b) is Sort.VEC
    return Inner(a, b) if vectors else _product(a, b)


_DERIVATIVES: dict[str, Any] = {"nabla": Grad, "partial": Partial, "div": Div}
_IDENTITY = ("I", "I_d", "Id", r"\mathbb1")
