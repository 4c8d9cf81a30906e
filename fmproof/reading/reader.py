"""Sums, arguments and laws of a formula, with a table of symbols."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from sympy import Expr, S

from fmproof.errors import SortError, nearest
from fmproof.lang.arithmetic import Add, Mul, plus
from fmproof.lang.nodes import Head, Law, Let, Normal, Var
from fmproof.reading.items import Entry, GrammarItem, LatexError, Sum, read, require_source
from fmproof.reading.rows import Row
from fmproof.reading.symbols import Symbols, key, names_of

_IDENTITY = ("I", "I_d", "Id", r"\mathbb1")


class Reader:
    """Reads rows of items with a table of symbols.

    Args:
        plain: whether the source is plain text, as :func:`fmproof.text` writes it, and no LaTeX.
    """

    def __init__(self, source: str, symbols: Symbols, plain: bool = False) -> None:
        require_source(source)
        self.source = source
        self.symbols = symbols
        self.plain = plain
        self.norms: dict[Expr, Expr] = {}  #: the vectors whose norms were read

    def read(self, start: str = "start") -> Any:
        """The rows of items of the source; see :func:`fmproof.reading.items.read`."""
        known = self.symbols.known()
        names = {"d"} if self.symbols.uses_dim else {"d"}.intersection(known)
        names |= {n[0] for n in known if n.partition("_")[0] == "E"}
        try:
            return read(self.source, names, start, self.symbols.words() if self.plain else None)
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
        terms: list[Expr] = []
        for sign, product in row.parts:
            term = Row(self, product).product()
            # a − (b − c) has no other form than a + c − b, which prints as it was written.
            terms.extend([term] if sign > 0 else [Mul(-1, t) for t in Add.make_args(term)])
        if len(terms) == 1:
            return terms[0]
        self.built(plus, row.at, *terms)
        whole = Add(*terms)
        kept = len(Add.make_args(whole)) == len(terms)
        return whole if kept and not any(isinstance(t, Add) for t in terms) else plus(*terms)

    def only(self, entries: Sequence[Entry], at: int) -> Expr:
        """The one term in brackets."""
        if len(entries) != 1 or entries[0].law is not None:
            self.fail("expected one term in the brackets", at)
        return self.sum(entries[0].sum)

    def arguments(self, entries: Sequence[Entry], at: int) -> list[Expr]:
        if any(entry.law is not None for entry in entries):
            self.fail("expected arguments, found a draw", at)
        return [self.sum(entry.sum) for entry in entries]

    def variable(self, item: GrammarItem) -> Var:
        found = self.symbols.variables_called(names_of(item)[0])
        if not found:
            self.unknown(item, "variable")
        return found[0]

    def unknown(self, item: GrammarItem, kind: str = "symbol") -> NoReturn:
        name = names_of(item)[0]
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

    def differentiated(self, row: Sum) -> tuple[Var, Expr]:
        r"""The variable and the body of ``\nabla_x f``, ``\partial_t f``, of whatever sort f is."""
        ((sign, product), *more) = row.parts
        inner = Row(self, product)
        first = inner.take()
        if not more and sign > 0 and first.kind in ("nabla", "partial"):
            _, var, body = inner.parts_of_derivative(first)
            if inner.peek() is None and inner.transposed is None:
                return var, body
        return self.fail(r"expected a derivative of one factor, such as \partial_t (a b)", row.at)

    def single(self, row: Sum) -> GrammarItem:
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
        scale = product[:-2] if [i.kind for i in product[-2:-1]] == ["dot"] else product[:-1]
        variance = Row(self, scale).product() if scale else S.One
        variance = variance if sign > 0 else Mul(-1, variance)
        return self.built(Normal, at, point[0], self.sum(mean), variance)

    def _misfit(self, item: GrammarItem, drawn: Sequence[Var], at: int) -> None:
        """Complain where there is such a density, but not of these variables."""
        named = [h for name in names_of(item) for h in self.symbols.heads.get(name, ())]
        laws = [head for head in named if isinstance(head, Law)]
        if laws:
            of = ", ".join(var.name for var in laws[0].main)
            found = ", ".join(var.name for var in drawn)
            self.fail(
                f"{laws[0].name} is the law of {of}, found {found} drawn from it; each "
                r"variable needs a law of its own, as in t \sim \mathcal{U}[0,1]",
                at,
            )

    def heads(self, item: GrammarItem) -> list[tuple[Head, tuple[Entry, ...]]]:
        """The heads that ``item`` may be by its name and scripts, with the scripts' entries."""
        whole, *stem = names_of(item)
        sup = [script for script in item.sup if not self.symbols.is_top(script)]
        found = []
        for name, sub in [(whole, None), *((name, item.sub) for name in stem)]:
            for head in self.symbols.heads.get(name, ()):
                entries = sub.entries if sub else ()
                powers = sup if head.sup else []
                raised = powers[0].entries if powers else ()
                if (len(entries), len(raised)) == (len(head.sub), len(head.sup)):
                    found.append((head, (*entries, *raised)))
        return found
