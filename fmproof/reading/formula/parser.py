r"""Tokens to the syntax tree, by recursive descent.

A grammar of the LALR kind cannot tell the bar of |x| from the bar of p(x | z) or of E[· | x],
nor an argument list from a bracket that multiplies; both depend on what is open. Descent knows
what is open. What a document may put anywhere, it may put here: sizes, spaces, braces.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from fmproof.reading.document.tokens import Token, Unreadable
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.alphabet import (
    ACCENTS,
    BAR,
    DEPTH,
    DIMENSIONS,
    DOT,
    DOTS,
    EXTREMA,
    FONTS,
    FUNCTIONS,
    GREEK,
    INTEGRALS,
    NAMED,
    NORMS,
    OPEN,
    PLUS,
    UNICODE,
)
from fmproof.reading.formula.binders import Binders


def parse(tokens: Sequence[Token]) -> t.Node:
    """The syntax tree of one side of a row.

    Raises:
        Unreadable: with the offset of the piece that cannot be read.
    """
    if not tokens:
        raise Unreadable("nothing is written here", 0)
    parser = _Parser(list(tokens))
    node = parser.sum()
    if parser.i < len(parser.tokens):
        left = parser.tokens[parser.i]
        if left.text == "," or left.text == ";":
            return _with_rest(parser, node)
        raise Unreadable(f"{left.text} does not fit here", left.at)
    return node


def _with_rest(parser: _Parser, node: t.Node) -> t.Node:
    """What stands behind a comma at the end of a row is a condition: read, and kept apart."""
    parts = [node]
    while parser.i < len(parser.tokens) and parser.text() in (",", ";"):
        at = parser.take().at
        if parser.i >= len(parser.tokens):
            break
        parts.append(parser.sum())
        if parser.i < len(parser.tokens) and parser.text() in ("\\in", "∈"):
            parser.i = len(parser.tokens)
        if parser.i < len(parser.tokens) and parser.text() not in (",", ";"):
            raise Unreadable(f"{parser.text()} does not fit here", at)
    return t.Other(node.at, "list", tuple(parts))


class _Parser(Binders):
    def sum(self) -> t.Node:
        self.depth += 1
        if self.depth > DEPTH:
            self.fail("the formula is nested too deeply")
        at = self.at()
        parts: list[tuple[int, t.Node]] = []
        sign = 1
        while self.text() in PLUS:
            sign *= PLUS[self.take().text]
        parts.append((sign, self.product()))
        while self.text() in PLUS:
            sign = PLUS[self.take().text]
            while self.text() in ("+", "-", "−"):
                sign *= PLUS[self.take().text]
            parts.append((sign, self.product()))
        self.depth -= 1
        if parts == [(1, parts[0][1])]:
            return parts[0][1]
        for _, part in parts:
            self.shown(part)
        return t.Add(at, tuple(parts))

    def product(self) -> t.Node:
        at = self.at()
        factors: list[t.Node] = []
        ops: list[str] = []
        while True:
            if factors and (put_in := self.put_in()) is not None:
                body = factors[0] if len(factors) == 1 else t.Mul(at, tuple(factors), tuple(ops))
                factors, ops = [t.At(at, body, *put_in)], []
                continue
            if self.ends(not factors):
                break
            text = self.text()
            if text in DOT:
                token = self.take()
                if not factors or self.ends():
                    if self.ends() and not factors:
                        return t.Dot(token.at)
                    self.fail(f"expected a factor on both sides of {token.text}", token.at)
                if self.text() == "\\nabla" and DOT[token.text] == "·":
                    pass
                ops.append(DOT[token.text])
                factors.append(self.factor())
                continue
            if factors:
                ops.append("")
            factors.append(self.factor())
        kept = [i for i, factor in enumerate(factors) if not _is_nothing(factor)]
        if kept and len(kept) < len(factors):  # braces around nothing
            ops = [ops[i - 1] for i in kept[1:]]
            factors = [factors[i] for i in kept]
        if not factors:
            found = self.text() or "the end of the formula"
            self.fail(f"expected a term, found {found}")
        if len(factors) == 1:
            return factors[0]
        self.require_shown(factors, ops)
        return t.Mul(at, tuple(factors), tuple(ops))

    def put_in(self) -> tuple[t.Node, t.Node] | None:
        """The x and the a of a bar ``|_{x = a}``, behind what is taken there; None where the next
        token is no such bar."""
        if self.text() not in (*BAR, "\\mid") or self.text(1) != "_" or self.bars:
            return None
        start, at = self.i, self.at()
        self.i += 2
        inside = self.argument()
        equals = [i for i, token in enumerate(inside) if token.text == "="]
        if len(equals) != 1:
            self.i = start
            return None
        var, value = inside[: equals[0]], inside[equals[0] + 1 :]
        return self.inside(var, at), self.inside(value, at)

    def factor(self) -> t.Node:
        if self.i >= len(self.tokens):
            self.fail("a term is missing")
        token = self.tokens[self.i]
        text, at = token.text, token.at
        if text in PLUS:
            self.i += 1
            sign = PLUS[text]
            inner = self.shown(self.factor())
            return inner if sign > 0 else t.Add(at, ((-1, inner),))
        if text[0].isascii() and text[0].isdigit():
            self.i += 1
            return self.scripted(t.Num(at, Fraction(text)))
        if text in DOTS:
            self.i += 1
            return t.Dots(at)
        if text == "{":
            return self.braces(at)
        if text in OPEN:
            return self.scripted(self.bracket())
        if text in ("\\lvert", *BAR):
            return self.absolute()
        if text in NORMS:
            return self.norm()
        if text in ("\\langle", "⟨"):
            return self.pair()
        if text in ("\\frac", "\\dfrac", "\\tfrac", "\\cfrac", "\\nicefrac", "\\sfrac"):
            return self.fraction()
        if text == "\\binom":
            self.i += 1
            top, bottom = self.argument(), self.argument()
            return t.Other(at, "binomial", (self.inside(top, at), self.inside(bottom, at)))
        if text == "\\sqrt":
            return self.root()
        if text in INTEGRALS:
            return self.integral()
        if text in ("\\sum", "\\prod", "∑", "∏"):
            return self.series()
        if text in ("\\nabla", "∇"):
            return self.nabla()
        if text in ("\\partial", "∂"):
            return self.partial()
        if text == "\\Delta" and (laplacian := self.laplacian()) is not None:
            return laplacian
        if text in ("\\underset", "\\overset", "\\stackrel"):
            return self.set_over()
        if text in ("\\underbrace", "\\overbrace"):
            return self.brace()
        if text in FUNCTIONS:
            self.i += 1
            return self.function(FUNCTIONS[text], at)
        if text in EXTREMA:
            self.i += 1
            return self.extremum(EXTREMA[text], at)
        if text in ("\\arg", "\\argmin", "\\argmax"):
            return self.arg()
        if text in ("\\begin",):
            return self.environment()
        if text == "\\text":
            return self.wordy()
        if text in FONTS or text in ACCENTS or text in GREEK or text in UNICODE:
            return self.symbol()
        if text.isalpha() and len(text) == 1:
            return self.symbol()
        if text in ("\\not", "\\neg", "\\forall", "\\exists", "\\colon", "\\mapsto", "\\subset"):
            self.fail(f"{text} is no term", at)
        if text in ("'", "^", "_"):
            self.fail(f"a script {text} hangs on nothing", at)
        return self.fail(f"{text} is not read", at)

    def braces(self, at: int) -> t.Node:
        """What stands in bare braces, one factor."""
        tokens = self.argument()
        if not tokens:
            return t.Other(at, "nothing") if self.ends() else self.factor()
        spelled = "".join(token.text for token in tokens)
        if spelled in ("\\mathbb{E}", "\\mathbbE", "\\mathbf{E}"):
            return self.expectation(at)
        if tokens[0].text in ("\\rm", "\\bf", "\\cal"):
            return self.symbol_of(tokens, at)
        node = self.inside(tokens, at)
        if tokens[0].text in PLUS and not isinstance(node, t.Add):
            node = t.Add(at, ((1, node),))
        if isinstance(node, t.Sym):
            return self.applied(self.with_scripts(node))
        if self.text() in ("^", "_") and isinstance(node, t.Add | t.Mul | t.Pow):
            self.fail("a script on braces, which do not show: write brackets", at)
        return self.scripted(
            t.Bracketed(at, node, False) if isinstance(node, t.Add | t.Mul) else node
        )

    def environment(self) -> t.Node:
        at = self.take().at
        name = "".join(token.text for token in self.argument())
        depth = 1
        while self.i < len(self.tokens):
            text = self.take().text
            if text == "\\begin":
                depth += 1
            elif text == "\\end":
                depth -= 1
                if depth == 0:
                    self.argument()
                    return self.scripted(t.Other(at, name))
        return self.fail(f"\\begin{{{name}}} is never closed", at)

    def wordy(self) -> t.Node:
        """Words as a factor: a name such as KL, or no term."""
        token = self.take()
        words = token.words.strip()
        if words in NAMED:
            return self.function(words, token.at)
        if words == token.words and all(one.isalnum() or one == "-" for one in words):
            return self.applied(self.with_scripts(t.Sym(token.at, words)))
        return self.fail("words where a term should be", token.at)

    def symbol_of(self, tokens: list[Token], at: int) -> t.Node:
        parser = self.child(
            [Token(tokens[0].text, at), Token("{", at), *tokens[1:], Token("}", at)]
        )
        node = parser.bare_symbol()
        return self.applied(self.with_scripts(node))

    def symbol(self) -> t.Node:
        at = self.at()
        node = self.bare_symbol()
        if node.name in ("bb:E", "bf:E", "op:E", "rm:E", "sf:E") or (
            node.name == "E" and self.text() in ("_", "[") and not node.accents
        ):
            return self.expectation(at)
        kind, _, word = node.name.partition(":")
        if kind in ("op", "rm", "sf", "bf") and not node.accents:
            plain = word.replace(" ", "")
            if plain in ("div", "Div", "grad"):
                return self.named_derivative(plain.lower(), at)
            if plain in ("argmin", "argmax"):
                return self.extremum(plain, at)
            if plain in ("min", "max", "inf", "sup"):
                return self.extremum(plain, at)
            if plain in NAMED:
                return self.function(plain, at)
        if word == "D" or node.name in ("D", "KL"):
            named = self.with_scripts(node)
            if isinstance(named, t.Sym) and (_is_divergence(named) and self.text() in OPEN):
                return self.scripted(self.divergence(at))
            return self.applied(named)
        if node.name == "cal:N" and self.text() in ("(", "_", "["):
            return self.normal(at)
        if node.name in _UPRIGHT and self.text() == "(" and not node.accents:
            return self.normal(at)
        if node.name == "N" and not node.accents and self.text() == "(" and self.ends_in_identity():
            return self.normal(at)
        return self.applied(self.with_scripts(node))

    def ends_in_identity(self) -> bool:
        """Whether brackets hold (…, I), as those of a law N(0, σ²I) by a plain letter do."""
        start = self.i
        self.i += 1
        depth, inside = 1, list[str]()
        while depth and self.i < len(self.tokens):
            text = self.take().text
            depth += (text in ("(", "[")) - (text in (")", "]"))
            inside.append(text)
        self.i = start
        last = [text for text in inside[:-1] if text not in ("{", "}", *FONTS)]
        while last[-2:-1] == ["_"]:
            del last[-2:]  # I_d
        unit = last[-1:] in (["I"], ["Id"]) or last[-2:] == ["I", "d"]
        named = unit or last == ["0", ",", "1"]
        return named and any(text in (",", ";", "|", "\\mid") for text in inside)

    def normal(self, at: int) -> t.Node:
        if self.text() == "_" and self.text(1) in DIMENSIONS and self.text(2) in OPEN:
            self.i += 2
        if self.text() not in OPEN:
            return self.applied(self.with_scripts(t.Sym(at, "cal:N")))
        opening = self.take()
        entries, given, after = self.entries(OPEN[opening.text], opening)
        rest = [*after, *given]
        if rest and len(entries) == 1:
            return t.Normal(at, entries[0], tuple(rest))
        return t.Normal(at, None, (*entries, *rest))


_UPRIGHT = ("rm:N", "sf:N", "op:N")
"""N of the normal law, set like the name of a function."""


def _is_divergence(symbol: t.Sym) -> bool:
    """D_KL, D_{\\mathrm{KL}}, KL."""
    return symbol.name == "KL" or symbol.labels[-1:] == ("KL",)


def _is_nothing(node: t.Node) -> bool:
    return isinstance(node, t.Other) and node.what == "nothing"
