"""What binds variables: integrals, sums over an index, expectations with their draws."""

from __future__ import annotations

from fractions import Fraction

from fmproof.reading.document.tokens import Token, Unreadable
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.alphabet import (
    CLOSE,
    DOT,
    INTEGRALS,
    LAYOUT,
    OPEN,
    PLUS,
    SPACES,
    TRANSPOSE,
)
from fmproof.reading.formula.operators import Operators


class Binders(Operators):
    """Integrals, sums and expectations."""

    def integral(self) -> t.Node:
        token = self.take()
        count = INTEGRALS[token.text]
        low, high = self.limits()
        self.integrals += count
        over: list[t.Over] = []
        while self.differential():  # the variable first
            over.append(self.over(low, high))
            self.integrals -= 1
            if len(over) == count:
                break
        body: t.Node
        if len(over) == count:
            body = self.rest()
            return t.Integral(token.at, body, tuple(reversed(over)))
        body = self.sum_until_differential()
        while len(over) < count:
            if not self.differential():
                if is_measure(body) or (low is not None and high is None and not over):
                    self.integrals -= count - len(over)
                    if low is not None and not (over or whole_space(low)):
                        return t.Other(token.at, "integral over a set", (low, body))
                    return t.Integral(token.at, body, tuple(over))
                self.fail("an integral without its differential", token.at)
            over.append(self.over(low, high))
            self.integrals -= 1
        node: t.Node = t.Integral(token.at, body, tuple(over))
        return node

    def sum_until_differential(self) -> t.Node:
        """The integrand: a product, or a sum when no differential ends the product."""
        at = self.at()
        sign = 1
        while self.text() in PLUS:
            sign *= PLUS[self.take().text]
        if self.differential():
            return t.Num(at, Fraction(1))
        first = self.product()
        parts = [(sign, first)]
        while self.text() in PLUS and not self.differential() and self.has_differential():
            sign = PLUS[self.take().text]
            parts.append((sign, self.product()))
        return first if parts == [(1, first)] else t.Add(at, tuple(parts))

    def has_differential(self) -> bool:
        """Whether the sum that goes on here ends in a differential of this integral."""
        start, level, signs = self.i, 0, 0
        try:
            while self.i < len(self.tokens):
                text = self.text()
                if text in OPEN or text == "{":
                    level += 1
                elif text in CLOSE or text == "}":
                    level -= 1
                    if level < 0:
                        return False
                elif level == 0 and text in INTEGRALS:
                    signs += 1
                elif level == 0 and self.differential():
                    if signs == 0:
                        return True
                    signs -= 1
                self.i += 1
            return False
        finally:
            self.i = start

    def limits(self) -> tuple[t.Node | None, t.Node | None]:
        low = high = None
        while self.text() in ("_", "^"):
            kind = self.take().text
            at = self.at()
            tokens = self.argument()
            if kind == "_":
                low = self.bound(tokens, at)
            else:
                high = self.bound(tokens, at)
        return low, high

    def over(self, low: t.Node | None, high: t.Node | None) -> t.Over:
        at = self.at()
        self.i += self.differential()
        saved, self.integrals = self.integrals, 0
        if self.text() == "{":
            var = self.inside(self.argument(), at)
        else:
            var = self.with_scripts(self.bare_symbol())
        self.integrals = saved
        return t.Over(at, var, low, high)

    def series(self) -> t.Node:
        token = self.take()
        kind = "sum" if token.text in ("\\sum", "∑") else "product"
        index = low = high = None
        while self.text() in ("_", "^"):
            script = self.take().text
            at = self.at()
            tokens = self.argument()
            if script == "^":
                high = self.bound(tokens, at)
                continue
            parser = self.child(tokens)
            try:
                index = parser.sum()
                if parser.text() == "=":
                    parser.i += 1
                    low = parser.sum()
                if parser.i < len(parser.tokens):  # i ≠ j, i ∈ B, i, j
                    index = t.Other(at, "index")
            except Unreadable:
                index = t.Other(at, "index")
        return t.Series(token.at, kind, index, low, high, self.shown(self.rest()))

    def expectation(self, at: int, below: list[Token] | None = None) -> t.Node:
        """Behind the E: its law and what it averages."""
        law = below
        while self.text() in ("_", "^"):
            script = self.take().text
            tokens = self.argument()
            if script == "_":
                law = tokens
            else:
                self.fail("a superscript of an expectation", at)
        draws = () if law is None else self.draws(law)
        given: list[t.Node] = []
        opening = self.text()
        if opening in OPEN:
            begin, token = self.i, self.take()
            saved = self.given_open, self.bars, self.norms
            self.given_open, self.bars, self.norms = 0, 0, 0
            entries, given, after = self.entries(OPEN[opening], token)
            self.given_open, self.bars, self.norms = saved
            body = (
                entries[0]
                if len(entries) == 1 and not after
                else t.Other(at, "list", (*entries, *after))
            )
            if opening == "(" and not given and self.multiplies():
                whole = self.whole_product(begin)
                if whole is not None:
                    return t.Expectation(at, draws, whole)
            if opening == "(" and self.text() in ("^", "_"):
                body = self.scripted(t.Bracketed(token.at, body))
                return t.Expectation(at, draws, body, tuple(given))
            return self.scripted(t.Expectation(at, draws, body, tuple(given)))
        if self.ends():
            self.fail("an expectation of nothing", at)
        return t.Expectation(at, draws, self.shown(self.rest()), ())

    def multiplies(self) -> bool:
        """Whether a dot is next, or a transposition: E (a) · (b) averages the product."""
        raised = self.text() == "^" and self.text(1 + (self.text(1) == "{")) in TRANSPOSE
        return raised or DOT.get(self.text()) == "·"

    def whole_product(self, begin: int) -> t.Node | None:
        """The product that begins at a bracket, unless another average is in it: E(a) · E(b)."""
        end, self.i = self.i, begin
        whole = self.rest()
        if any(isinstance(node, t.Expectation) for node in t.walk(whole)):
            self.i = end
            return None
        return whole

    def draws(self, tokens: list[Token]) -> tuple[t.Draw, ...]:
        parser = self.child([token for token in tokens if token.text not in LAYOUT])
        parser.integrals = 0
        found: list[t.Draw] = []
        waiting: list[t.Node] = []
        while parser.i < len(parser.tokens):
            text, at = parser.text(), parser.at()
            if text in (",", ";", "\\\\", "{", "}") and (text in (",", ";", "\\\\")):
                parser.i += 1
                continue
            if text == "\\text":
                named = t.Sym(at, parser.take().words.strip())
                found.append(t.Draw(at, (named,), t.Other(at, "law in words")))
                continue
            if text == "(":
                group = parser.bracket()
                parts = group.parts if isinstance(group, t.Other) else (group.body,)  # type: ignore[attr-defined]
                if parser.text() == "\\sim":
                    parser.i += 1
                    found.append(t.Draw(at, tuple(parts), parser.law()))
                else:
                    found.append(t.Draw(at, tuple(parts), None))
                continue
            node = parser.factor()
            if parser.text() in ("\\in", "∈"):
                found.append(t.Draw(at, (node,), parser.drawn_range()))
                continue
            if parser.text() in ("\\sim", "∼"):
                parser.i += 1
                law = parser.law()
                found.extend(t.Draw(one.at, (one,), law) for one in waiting)
                waiting = []
                found.append(t.Draw(at, (node,), law))
            elif parser.text() in ("\\mid", "|", "\\vert"):
                parser.i += 1
                found.append(t.Draw(at, (node,), t.Other(at, "conditional law", (parser.sum(),))))
            elif parser.text() == "=":
                parser.i += 1
                found.append(t.Draw(at, (node,), t.Other(at, "fixed value", (parser.sum(),))))
            else:
                found.append(t.Draw(at, (node,), None))
        return tuple(found)

    def drawn_range(self) -> t.Node | None:
        """Behind ``t ∈`` below an E: nothing new where it is [0, 1], which is where times are."""
        at, start, level = self.take().at, self.i, 0
        while self.i < len(self.tokens) and (level or self.text() not in (",", ";", "\\\\")):
            level += self.text() in (*OPEN, "{")
            level -= self.text() in (*CLOSE, "}")
            self.i += 1
        inside = [token.text for token in self.tokens[start : self.i]]
        unit = inside[1:-1] == ["0", ",", "1"] and inside[0] in OPEN and inside[-1] in CLOSE
        return None if unit else t.Other(at, "range " + "".join(inside))

    def law(self) -> t.Node:
        """A density, ``𝒰[0,1]``, ``𝒩(0, I)``: it ends before the next draw."""
        node = self.factor()
        if self.text() in ("(", "[") and isinstance(node, t.Sym):
            return node
        return node

    def set_over(self) -> t.Node:
        """``underset``: a law below an E, a variable below argmin; ``overset``: a decoration."""
        token = self.take()
        first, second = self.argument(), self.argument()
        if token.text == "\\underset":
            name = "".join(part.text for part in second)
            if name in (
                "\\mathbb{E}",
                "\\mathbbE",
                "E",
                "\\operatorname{E}",
                "\\mathrm{E}",
                "\\mathbf{E}",
            ):
                return self.expectation(token.at, first)
            for word, kind in (
                ("argmin", "argmin"),
                ("argmax", "argmax"),
                ("\\min", "min"),
                ("\\max", "max"),
                ("\\arg\\min", "argmin"),
            ):
                if word == name or name.endswith("{" + word + "}"):
                    var = self.inside(first, token.at)
                    node = self.extremum(kind, token.at)
                    return (
                        t.Extremum(token.at, kind, var, node.body)
                        if isinstance(node, t.Extremum)
                        else node
                    )
        if not all(part.text == "\\text" for part in first):
            self.fail(f"{token.text} of what is no expectation and no extremum", token.at)
        return self.scripted(self.inside(second, token.at))


def whole_space(node: t.Node) -> bool:
    """Whether ``∫_…`` is over everything: ``\\mathbb{R}^d``, products of it, 𝒳, 𝒴, 𝒵."""
    if isinstance(node, t.Mul):
        return set(node.ops) == {"×"} and all(map(whole_space, node.factors))
    base = node.base if isinstance(node, t.Pow) else node
    return isinstance(base, t.Sym) and not base.sub and not base.labels and base.name in SPACES


def is_measure(body: t.Node) -> bool:
    """Whether a measure such as P(dx) is inside, which needs no differential."""
    return any(isinstance(node, t.Other) and node.what == "differential" for node in t.walk(body))
