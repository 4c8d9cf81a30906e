r"""Tokens to the syntax tree, by recursive descent.

A grammar of the LALR kind cannot tell the bar of |x| from the bar of p(x | z) or of E[· | x],
nor an argument list from a bracket that multiplies; both depend on what is open. Descent knows
what is open. What a document may put anywhere, it may put here: sizes, spaces, braces.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NoReturn

from fmproof.reading.document.tokens import Token, Unreadable
from fmproof.reading.formula import tree as t

_GREEK = {
    f"\\{name}"
    for name in (
        "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu "
        "xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta "
        "Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar varnothing emptyset infty "
        "aleph imath jmath mathbb1 Re Im ast star"
    ).split()
}
_UNICODE = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "varepsilon",
    "η": "eta",
    "θ": "theta",
    "λ": "lambda",
    "μ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "φ": "phi",
    "ϕ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
    "Φ": "Phi",
    "Ψ": "Psi",
    "Σ": "Sigma",
    "Δ": "Delta",
    "∅": "varnothing",
    "∞": "infty",
}
_FONTS = {
    "\\mathbf": "bf",
    "\\boldsymbol": "bf",
    "\\bm": "bf",
    "\\bf": "bf",
    "\\pmb": "bf",
    "\\mathcal": "cal",
    "\\mathscr": "cal",
    "\\mathfrak": "frak",
    "\\mathbb": "bb",
    "\\mathrm": "rm",
    "\\rm": "rm",
    "\\mathsf": "sf",
    "\\mathit": "it",
    "\\mathtt": "tt",
    "\\operatorname": "op",
    "\\operatorname*": "op",
    "\\cal": "cal",
    "\\symbf": "bf",
}
_ACCENTS = {
    "\\hat": "hat",
    "\\widehat": "hat",
    "\\tilde": "tilde",
    "\\widetilde": "tilde",
    "\\bar": "bar",
    "\\overline": "bar",
    "\\dot": "dot",
    "\\ddot": "ddot",
    "\\vec": "vec",
    "\\check": "check",
    "\\breve": "breve",
    "\\mathring": "ring",
}
_FUNCTIONS = {
    "\\log": "log",
    "\\ln": "log",
    "\\exp": "exp",
    "\\sin": "sin",
    "\\cos": "cos",
    "\\tan": "tan",
    "\\tanh": "tanh",
    "\\cosh": "cosh",
    "\\sinh": "sinh",
    "\\det": "det",
    "\\dim": "dim",
    "\\lim": "lim",
    "\\Pr": "Pr",
    "\\arctan": "arctan",
    "\\arccos": "arccos",
    "\\arcsin": "arcsin",
}
_NAMED = {
    "tr",
    "Tr",
    "Cov",
    "Var",
    "KL",
    "log",
    "exp",
    "det",
    "diag",
    "sign",
    "softmax",
    "erf",
    "cov",
    "var",
    "Id",
    "rank",
    "vec",
    "trace",
    "SNR",
    "id",
    "Law",
    "ess",
    "arctanh",
    "sech",
    "span",
}
_EXTREMA = {"\\min": "min", "\\max": "max", "\\inf": "inf", "\\sup": "sup"}
_ARG = {"argmin": "argmin", "argmax": "argmax", "arg min": "argmin"}
_DOT = {
    "\\cdot": "·",
    "⋅": "·",
    "·": "·",
    "\\bullet": "·",
    "\\times": "×",
    "*": "×",
    "/": "/",
    "\\circ": "∘",
}
_DOTS = {"\\dots", "\\ldots", "\\cdots", "\\vdots", "\\ddots", "…"}
_PLUS = {"+": 1, "-": -1, "−": -1, "–": -1, "\\pm": 1, "\\mp": -1}
_OPEN = {
    "(": ")",
    "[": "]",
    "\\{": "\\}",
    "\\lbrace": "\\rbrace",
    "\\lbrack": "\\rbrack",
    "\\lparen": "\\rparen",
}
_CLOSE = set(_OPEN.values())
_BAR = {"|", "\\vert"}
_GIVEN = {"\\mid", "|", "\\vert", "∣"}
_NORMS = {"\\|", "\\Vert", "‖", "\\lVert"}
_INTEGRALS = {"\\int": 1, "\\iint": 2, "\\iiint": 3, "∫": 1, "\\idotsint": 1, "\\oint": 1}
_TRANSPOSE = {"\\top", "T", "\\intercal", "\\mathsf{T}", "⊤", "\\mathsfT", "\\mathrmT", "'T"}
_DEPTH = 120


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


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.i = 0
        self.integrals = 0  # signs that wait for their differential
        self.given_open = 0  # brackets in which a bar means "given"
        self.bars = 0  # absolute values that are open
        self.norms = 0
        self.depth = 0

    # --- tokens ---

    def text(self, ahead: int = 0) -> str:
        return self.tokens[self.i + ahead].text if self.i + ahead < len(self.tokens) else ""

    def take(self) -> Token:
        token = self.tokens[self.i]
        self.i += 1
        return token

    def at(self) -> int:
        if self.i < len(self.tokens):
            return self.tokens[self.i].at
        return self.tokens[-1].at if self.tokens else 0

    def fail(self, problem: str, at: int | None = None) -> NoReturn:
        raise Unreadable(problem, self.at() if at is None else at)

    def expect(self, text: str, what: str) -> None:
        if self.text() != text:
            found = self.text() or "the end"
            self.fail(f"expected {text} {what}, found {found}")
        self.i += 1

    def argument(self) -> list[Token]:
        """The tokens of a TeX argument: braces, or one token."""
        if self.i >= len(self.tokens):
            self.fail("an argument is missing")
        first = self.take()
        if first.text != "{":
            if first.text.isdigit() and len(first.text) > 1:
                self.tokens.insert(self.i, Token(first.text[1:], first.at + 1, "", first.end))
                return [Token(first.text[0], first.at, "", first.at + 1)]
            if first.text in _FONTS or first.text in _ACCENTS:
                return [first, Token("{", first.at), *self.argument(), Token("}", first.at)]
            return [first]
        depth, start = 1, self.i
        while self.i < len(self.tokens):
            text = self.take().text
            depth += {"{": 1, "}": -1}.get(text, 0)
            if depth == 0:
                return self.tokens[start : self.i - 1]
        return self.fail("a brace is never closed", first.at)

    def inside(self, tokens: list[Token], at: int) -> t.Node:
        """The formula in an argument."""
        if not tokens:
            self.fail("an argument is empty", at)
        parser = self.child(tokens)
        node = parser.sum()
        if parser.i < len(tokens):
            parser.fail(f"{parser.text()} does not fit here")
        return node

    def child(self, tokens: list[Token]) -> _Parser:
        parser = _Parser(tokens)
        parser.depth = self.depth + 1
        parser.integrals = self.integrals
        if parser.depth > _DEPTH:
            self.fail("the formula is nested too deeply")
        return parser

    # --- sums and products ---

    def sum(self) -> t.Node:
        self.depth += 1
        if self.depth > _DEPTH:
            self.fail("the formula is nested too deeply")
        at = self.at()
        parts: list[tuple[int, t.Node]] = []
        sign = 1
        while self.text() in _PLUS:
            sign *= _PLUS[self.take().text]
        parts.append((sign, self.product()))
        while self.text() in _PLUS:
            sign = _PLUS[self.take().text]
            while self.text() in ("+", "-", "−"):
                sign *= _PLUS[self.take().text]
            parts.append((sign, self.product()))
        self.depth -= 1
        if parts == [(1, parts[0][1])]:
            return parts[0][1]
        return t.Add(at, tuple(parts))

    def ends(self, empty: bool = False) -> bool:
        """Whether a product, ``empty`` so far, ends before the next token."""
        text = self.text()
        if empty and (text in _BAR or text in _NORMS):
            return False  # a bar at the beginning opens
        if (
            text == ""
            or text in _PLUS
            or text in (",", ";", "}", "&", "\\\\", ":")
            or text in _CLOSE
        ):
            return True
        if text in (
            "\\rangle",
            "⟩",
            "\\rVert",
            "\\rvert",
            "=",
            "\\in",
            "∈",
            "\\sim",
            "\\to",
            "<",
            ">",
        ):
            return True
        if text in ("\\mid", "∣"):
            return True
        if text in _BAR:
            return self.bar_closes()
        if text in ("\\|", "\\Vert", "‖"):
            return self.norms > 0 or (self.given_open > 0 and self.bar_closes())
        return self.integrals > 0 and self.differential() > 0

    def bar_closes(self) -> bool:
        if self.bars:
            return True
        if not self.given_open:
            return False
        bars = _BAR if self.text() in _BAR else {"\\|", "\\Vert", "‖"}
        count, level = 0, 0
        for token in self.tokens[self.i :]:
            if token.text in _OPEN or token.text == "{":
                level += 1
            elif token.text in _CLOSE or token.text == "}":
                level -= 1
                if level < 0:
                    break
            elif level == 0 and token.text in bars:
                count += 1
        return count % 2 == 1

    def differential(self) -> int:
        """How many tokens stand before the variable, if a differential is next; else 0."""
        text, following = self.text(), self.text(1)
        if text == "d" or text == "\\d":
            offset = 1
        elif text in ("\\mathrm", "\\text", "\\rm", "\\mathsf", "\\operatorname"):
            if text == "\\text" and self.tokens[self.i].words.strip() == "d":
                offset = 1
            elif following == "{" and self.text(2) == "d" and self.text(3) == "}":
                offset = 4
            elif following == "d":
                offset = 2
            else:
                return 0
        elif text == "{" and following == "\\rm" and self.text(2) == "d" and self.text(3) == "}":
            offset = 4
        elif text == "\\text":
            offset = 1 if self.tokens[self.i].words.strip() == "d" else 0
            if not offset:
                return 0
        else:
            return 0
        after = self.text(offset)
        if after == "\\text":
            return 0
        fits = after.isalpha() or after in _GREEK or after in _FONTS or after in _ACCENTS
        return offset if fits or after in _UNICODE or after == "{" else 0

    def product(self) -> t.Node:
        at = self.at()
        factors: list[t.Node] = []
        ops: list[str] = []
        while not self.ends(not factors):
            text = self.text()
            if text in _DOT:
                token = self.take()
                if not factors or self.ends():
                    if self.ends() and not factors:
                        return t.Dot(token.at)
                    self.fail(f"expected a factor on both sides of {token.text}", token.at)
                if self.text() == "\\nabla" and _DOT[token.text] == "·":
                    pass
                ops.append(_DOT[token.text])
                factors.append(self.factor())
                continue
            if factors:
                ops.append("")
            factors.append(self.factor())
        if not factors:
            found = self.text() or "the end of the formula"
            self.fail(f"expected a term, found {found}")
        if len(factors) == 1:
            return factors[0]
        return t.Mul(at, tuple(factors), tuple(ops))

    def rest(self) -> t.Node:
        """The rest of a product: what an operator without brackets acts on."""
        return self.product()

    # --- factors ---

    def factor(self) -> t.Node:
        token = self.tokens[self.i]
        text, at = token.text, token.at
        if text in _PLUS:
            self.i += 1
            sign = _PLUS[text]
            inner = self.factor()
            return inner if sign > 0 else t.Add(at, ((-1, inner),))
        if text[0].isdigit():
            self.i += 1
            return self.scripted(t.Num(at, Fraction(text)))
        if text in _DOTS:
            self.i += 1
            return t.Dots(at)
        if text == "{":
            return self.braces(at)
        if text in _OPEN:
            return self.scripted(self.bracket())
        if text in ("\\lvert", *_BAR):
            return self.absolute()
        if text in _NORMS:
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
        if text in _INTEGRALS:
            return self.integral()
        if text in ("\\sum", "\\prod", "∑", "∏"):
            return self.series()
        if text in ("\\nabla", "∇"):
            return self.nabla()
        if text in ("\\partial", "∂"):
            return self.partial()
        if text == "\\Delta" and self.text(1) not in ("", "_", "^") and not self.ends_after(1):
            self.i += 1
            return t.Derivative(at, "laplace", None, self.factor())
        if text in ("\\underset", "\\overset", "\\stackrel"):
            return self.set_over()
        if text in ("\\underbrace", "\\overbrace"):
            return self.brace()
        if text in _FUNCTIONS:
            self.i += 1
            return self.function(_FUNCTIONS[text], at)
        if text in _EXTREMA:
            self.i += 1
            return self.extremum(_EXTREMA[text], at)
        if text in ("\\arg", "\\argmin", "\\argmax"):
            return self.arg()
        if text in ("\\color", "\\textcolor"):
            self.i += 1
            self.argument()
            return self.factor()
        if text in ("\\begin",):
            return self.environment()
        if text == "\\text":
            return self.wordy()
        if text in _FONTS or text in _ACCENTS or text in _GREEK or text in _UNICODE:
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
        if isinstance(node, t.Sym):
            return self.applied(self.with_scripts(node))
        return self.scripted(t.Group(at, node) if isinstance(node, t.Add | t.Mul) else node)

    def ends_after(self, ahead: int) -> bool:
        self.i += ahead
        try:
            return self.ends()
        finally:
            self.i -= ahead

    def bracket(self) -> t.Node:
        """``( … )``: a group; with commas, a list."""
        opening = self.take()
        saved = self.given_open, self.bars, self.norms, self.integrals
        self.given_open, self.bars, self.norms = 0, 0, 0
        entries, given, after = self.entries(_OPEN[opening.text], opening)
        self.given_open, self.bars, self.norms, self.integrals = saved
        if given or after or len(entries) != 1:
            return t.Other(opening.at, "list", (*entries, *after, *given))
        return t.Group(opening.at, entries[0])

    def entries(
        self, closing: str, opening: Token
    ) -> tuple[list[t.Node], list[t.Node], list[t.Node]]:
        """(before, behind a bar, behind a semicolon) up to the closing bracket."""
        saved, self.integrals = self.integrals, 0
        self.given_open += 1
        parts: dict[str, list[t.Node]] = {"": [], "|": [], ";": []}
        where = ""
        if self.text() != closing:
            parts[where].append(self.entry())
        while self.text() != closing:
            text = self.text()
            if text == ",":
                self.i += 1
            elif text == ";":
                self.i += 1
                where = ";"
            elif text in _GIVEN or text in ("\\|", "\\Vert", "‖"):
                self.i += 1
                where = "|"
            elif text in _CLOSE and opening.text in ("(", "["):
                break  # a half-open interval
            elif not text:
                self.fail(f"{opening.text} is never closed", opening.at)
            else:
                self.fail(f"{text} does not fit here")
            parts[where].append(self.entry())
        self.i += 1
        self.given_open -= 1
        self.integrals = saved
        return parts[""], parts["|"], parts[";"]

    def entry(self) -> t.Node:
        """A term, a dot, an equation ``X_t = x``, or ``dx`` as the argument of a measure."""
        at = self.at()
        if self.text() in _DOT and self.text() != "/" and self.ends_after(1):
            self.i += 1
            return t.Dot(at)
        if (self.differential() and self.text() != "d") or (
            self.text() == "d"
            and self.differential()
            and self.text(2) in (*_CLOSE, ",", "|", "\\mid")
        ):
            self.i += self.differential()
            return t.Other(at, "differential", (self.factor(),))
        node = self.sum()
        if self.text() == "=":
            self.i += 1
            return t.Equation(at, node, self.sum())
        return node

    def absolute(self) -> t.Node:
        opening = self.take()
        saved = self.bars, self.given_open, self.integrals
        self.bars, self.given_open, self.integrals = (0 if opening.text == "\\lvert" else 1), 0, 0
        body = self.sum()
        if self.text() not in ("\\rvert", *_BAR):
            self.fail("an absolute value is never closed", opening.at)
        self.i += 1
        self.bars, self.given_open, self.integrals = saved
        return self.scripted(t.Abs(opening.at, body))

    def norm(self) -> t.Node:
        opening = self.take()
        saved = self.norms, self.bars, self.given_open, self.integrals
        self.norms, self.bars, self.given_open, self.integrals = 1, 0, 0, 0
        body = self.sum()
        if self.text() not in ("\\rVert", "\\|", "\\Vert", "‖"):
            self.fail("a norm is never closed", opening.at)
        self.i += 1
        self.norms, self.bars, self.given_open, self.integrals = saved
        index = ""
        if self.text() == "_":
            self.i += 1
            index = "".join(token.words or token.text for token in self.argument())
        return self.scripted(t.Norm(opening.at, body, index))

    def pair(self) -> t.Node:
        opening = self.take()
        saved = self.bars, self.norms, self.given_open, self.integrals
        self.bars = self.norms = self.given_open = self.integrals = 0
        left = self.sum()
        if self.text() not in (",", ";", "|", "\\mid"):
            self.fail("expected a comma in ⟨a, b⟩", opening.at)
        self.i += 1
        right = self.sum()
        if self.text() not in ("\\rangle", "⟩"):
            self.fail("⟨ is never closed", opening.at)
        self.i += 1
        self.bars, self.norms, self.given_open, self.integrals = saved
        return self.scripted(t.Pair(opening.at, left, right))

    def fraction(self) -> t.Node:
        at = self.take().at
        top, bottom = self.argument(), self.argument()
        derivative = self.derivative_fraction(top, bottom, at)
        if derivative is not None:
            return derivative
        saved, self.integrals = self.integrals, 0
        node = t.Frac(at, self.inside(top, at), self.inside(bottom, at))
        self.integrals = saved
        return self.scripted(node)

    def derivative_fraction(self, top: list[Token], bottom: list[Token], at: int) -> t.Node | None:
        r"""``\frac{d}{dt}``, ``\frac{\partial f}{\partial t}``."""
        below = self.child(bottom)
        kind = ""
        if below.text() in ("\\partial", "∂"):
            below.i, kind = 1, "partial"
        elif (offset := below.differential()) > 0:
            below.i, kind = offset, "total"
        if not kind or below.i >= len(bottom):
            return None
        above = self.child(top)
        if kind == "partial":
            if above.text() not in ("\\partial", "∂"):
                return None
            above.i = 1
        elif above.text() == "d" or above.text() == "\\d":
            above.i = 1
        elif above.text() in ("\\mathrm", "\\text", "\\rm"):
            above.argument_of_font()
        else:
            return None
        var = below.factor()
        if above.text() == "^" or below.i < len(bottom):
            return None
        if above.i < len(top):
            body = above.sum()
            return None if above.i < len(top) else t.Derivative(at, kind, var, body)
        if self.ends():
            self.fail("a derivative of nothing", at)
        return t.Derivative(at, kind, var, self.rest())

    def argument_of_font(self) -> list[Token]:
        token = self.take()
        return [] if token.text == "\\text" else self.argument()

    def root(self) -> t.Node:
        at = self.take().at
        index: list[Token] = []
        if self.text() == "[":
            self.i += 1
            while self.text() not in ("]", ""):
                index.append(self.take())
            self.i += 1
        body = self.inside(self.argument(), at)
        return self.scripted(
            t.Function(at, "sqrt", (body,), (), self.inside(index, at) if index else None)
        )

    # --- integrals, sums, expectations ---

    def integral(self) -> t.Node:
        token = self.take()
        count = _INTEGRALS[token.text]
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
                if _measure(body) or (low is not None and high is None and not over):
                    self.integrals -= count - len(over)
                    return t.Integral(token.at, body, tuple(over))
                self.fail("an integral without its differential", token.at)
            over.append(self.over(low if count == 1 else None, high if count == 1 else None))
            self.integrals -= 1
        node: t.Node = t.Integral(token.at, body, tuple(over))
        return node

    def sum_until_differential(self) -> t.Node:
        """The integrand: a product, or a sum when no differential ends the product."""
        at = self.at()
        sign = 1
        while self.text() in _PLUS:
            sign *= _PLUS[self.take().text]
        if self.differential():
            return t.Num(at, Fraction(1))
        first = self.product()
        parts = [(sign, first)]
        while self.text() in _PLUS and not self.differential() and self.has_differential():
            sign = _PLUS[self.take().text]
            parts.append((sign, self.product()))
        return first if parts == [(1, first)] else t.Add(at, tuple(parts))

    def has_differential(self) -> bool:
        """Whether the sum that goes on here ends in a differential of this integral."""
        start, level, signs = self.i, 0, 0
        try:
            while self.i < len(self.tokens):
                text = self.text()
                if text in _OPEN or text == "{":
                    level += 1
                elif text in _CLOSE or text == "}":
                    level -= 1
                    if level < 0:
                        return False
                elif level == 0 and text in _INTEGRALS:
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

    def bound(self, tokens: list[Token], at: int) -> t.Node:
        try:
            return self.inside(tokens, at)
        except Unreadable:
            return t.Other(at, "limit " + "".join(token.words or token.text for token in tokens))

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
            except Unreadable:
                index = t.Other(at, "index")
        return t.Series(token.at, kind, index, low, high, self.rest())

    def expectation(self, at: int, below: list[Token] | None = None) -> t.Node:
        """Behind the E: its law and what it averages."""
        law = below
        power: t.Node | None = None
        while self.text() in ("_", "^"):
            script = self.take().text
            tokens = self.argument()
            if script == "_":
                law = tokens
            else:
                power = t.Other(at, "expectation power") if power is None else power
        draws = () if law is None else self.draws(law)
        given: list[t.Node] = []
        opening = self.text()
        if opening in _OPEN:
            token = self.take()
            saved = self.given_open, self.bars, self.norms
            self.given_open, self.bars, self.norms = 0, 0, 0
            entries, given, after = self.entries(_OPEN[opening], token)
            self.given_open, self.bars, self.norms = saved
            body = (
                entries[0]
                if len(entries) == 1 and not after
                else t.Other(at, "list", (*entries, *after))
            )
            if opening == "(" and self.text() in ("^", "_"):
                body = self.scripted(t.Group(token.at, body))
                return t.Expectation(at, draws, body, tuple(given))
            return self.scripted(t.Expectation(at, draws, body, tuple(given)))
        if self.ends():
            self.fail("an expectation of nothing", at)
        return t.Expectation(at, draws, self.rest(), ())

    def draws(self, tokens: list[Token]) -> tuple[t.Draw, ...]:
        parser = self.child([token for token in tokens if token.text not in _LAYOUT])
        parser.integrals = 0
        found: list[t.Draw] = []
        waiting: list[t.Node] = []
        while parser.i < len(parser.tokens):
            text, at = parser.text(), parser.at()
            if text in (",", ";", "\\\\", "{", "}") and (text in (",", ";", "\\\\")):
                parser.i += 1
                continue
            if text == "\\text":
                parser.i += 1
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
                parser.i = len(parser.tokens)
            if parser.text() in ("\\sim", "∼"):
                parser.i += 1
                law = parser.law()
                found.extend(t.Draw(one.at, (one,), law) for one in waiting)
                waiting = []
                found.append(t.Draw(at, (node,), law))
            elif parser.text() in ("\\mid", "|", "\\vert"):
                parser.i += 1
                parser.sum()
                found.append(t.Draw(at, (node,), t.Other(at, "conditional law")))
            elif parser.text() == "=":
                parser.i += 1
                parser.sum()
                found.append(t.Draw(at, (node,), t.Other(at, "fixed value")))
            else:
                found.append(t.Draw(at, (node,), None))
        return tuple(found)

    def law(self) -> t.Node:
        """A density, ``𝒰[0,1]``, ``𝒩(0, I)``: it ends before the next draw."""
        node = self.factor()
        if self.text() in ("(", "[") and isinstance(node, t.Sym):
            return node
        return node

    # --- operators ---

    def nabla(self) -> t.Node:
        at = self.take().at
        var: t.Node | None = None
        kind = "grad"
        while self.text() in ("_", "^"):
            script = self.take().text
            tokens = self.argument()
            if script == "_":
                var = self.inside(tokens, at)
            elif "".join(token.text for token in tokens) == "2":
                kind = "hessian"
            else:
                self.fail("a power of ∇", at)
        if self.text() in ("\\cdot", "·"):
            self.i += 1
            return t.Derivative(at, "div", var, self.operand())
        return t.Derivative(at, kind, var, self.operand())

    def operand(self) -> t.Node:
        """What ∇ or log acts on: an operator with its own operand, or one factor."""
        if self.ends():
            self.fail("an operator that acts on nothing")
        text = self.text()
        if text in ("\\int", "∫", "\\sum") or (text in ("\\mathbb", "\\E") and self.text(1) == "{"):
            return self.rest() if text in ("\\int", "∫", "\\sum") else self.factor()
        return self.factor()

    def partial(self) -> t.Node:
        at = self.take().at
        var: t.Node | None = None
        while self.text() in ("_", "^"):
            script = self.take().text
            tokens = self.argument()
            if script == "_":
                var = self.inside(tokens, at)
            else:
                self.fail("a higher derivative", at)
        return t.Derivative(at, "partial", var, self.operand())

    def function(self, name: str, at: int) -> t.Node:
        sub: t.Node | None = None
        power: t.Node | None = None
        while self.text() in ("_", "^"):
            script = self.take().text
            where = self.at()
            tokens = self.argument()
            if script == "_":
                sub = self.bound(tokens, where)
            else:
                power = self.inside(tokens, where)
        if name in ("Id", "id"):
            return t.Sym(at, "Id")
        if self.text() in _OPEN:
            opening = self.take()
            entries, given, after = self.entries(_OPEN[opening.text], opening)
            node: t.Node = t.Function(at, name, (*entries, *after), tuple(given), sub)
            if power is not None:
                node = t.Pow(at, node, power)
            return self.scripted(node)
        if self.ends():
            return t.Function(at, name, (), (), sub)
        body = self.factor() if name != "lim" else self.rest()
        node = t.Function(at, name, (body,), (), sub)
        return node if power is None else t.Pow(at, node, power)

    def extremum(self, kind: str, at: int) -> t.Node:
        var: t.Node | None = None
        while self.text() in ("_", "^"):
            script = self.take().text
            where = self.at()
            tokens = self.argument()
            if script == "_":
                var = self.bound(tokens, where)
        if self.text() in _OPEN:
            opening = self.take()
            entries, _given, _after = self.entries(_OPEN[opening.text], opening)
            body = entries[0] if len(entries) == 1 else t.Other(at, "list", tuple(entries))
            if len(entries) > 1:
                return t.Function(at, kind, tuple(entries))
            return t.Extremum(at, kind, var, body)
        return t.Extremum(at, kind, var, self.rest())

    def arg(self) -> t.Node:
        token = self.take()
        kind = token.text[1:]
        if kind == "arg":
            following = self.take() if self.i < len(self.tokens) else token
            kind = "argmin" if following.text == "\\min" else "argmax"
        return self.extremum(kind, token.at)

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
        return self.scripted(self.inside(second, token.at))

    def brace(self) -> t.Node:
        at = self.take().at
        body = self.inside(self.argument(), at)
        note, name = "", None
        if self.text() in ("_", "^"):
            self.i += 1
            tokens = self.argument()
            note = "".join(token.words or token.text for token in tokens)
            name = self.brace_name(tokens)
        return self.scripted(t.Braced(at, body, note, name))

    def brace_name(self, tokens: list[Token]) -> t.Node | None:
        """The name in ``=: C_1`` or ``C_1``, words left out."""
        runs: list[list[Token]] = [[]]
        for token in tokens:
            if token.text == "\\text":
                runs.append([])
            elif token.text not in _LAYOUT:
                runs[-1].append(token)
        bare = next((run for run in runs if run), [])
        while bare and bare[0].text in ("=", ":", "\\coloneqq", "\\eqqcolon", "\\triangleq"):
            bare = bare[1:]
        while bare and bare[-1].text in (",", "."):
            bare = bare[:-1]
        try:
            node = self.inside(bare, tokens[0].at) if bare else None
        except Unreadable:
            return None
        return node if isinstance(node, t.Sym | t.Call) else None

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
        if words in _NAMED:
            return self.function(words, token.at)
        if words and all(letter.isalnum() or letter in "- " for letter in words):
            return self.applied(self.with_scripts(t.Sym(token.at, words)))
        return self.fail("words where a term should be", token.at)

    # --- symbols ---

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
            if plain == "div":
                return t.Derivative(at, "div", None, self.operand())
            if plain in ("argmin", "argmax"):
                return self.extremum(plain, at)
            if plain in ("min", "max", "inf", "sup"):
                return self.extremum(plain, at)
            if plain in _NAMED:
                return self.function(plain, at)
        if node.name == "cal:N" and self.text() in ("(", "_", "["):
            return self.normal(at)
        return self.applied(self.with_scripts(node))

    def normal(self, at: int) -> t.Node:
        while self.text() in ("_", "^"):
            self.i += 1
            self.argument()
        if self.text() not in _OPEN:
            return t.Sym(at, "cal:N")
        opening = self.take()
        entries, given, after = self.entries(_OPEN[opening.text], opening)
        rest = [*after, *given]
        if rest and len(entries) == 1:
            return t.Normal(at, entries[0], tuple(rest))
        return t.Normal(at, None, (*entries, *rest))

    def bare_symbol(self) -> t.Sym:
        """A letter with its font and accents, without scripts."""
        token = self.take()
        text = token.text
        if text in _ACCENTS:
            inner = self.argument()
            parser = self.child(inner)
            if not inner:
                self.fail(f"{text} of nothing", token.at)
            node = parser.sum()
            accent = _ACCENTS[text]
            if isinstance(node, t.Sym) and parser.i == len(inner):
                return t.Sym(
                    token.at,
                    node.name,
                    node.sub,
                    node.labels,
                    node.sup,
                    (*node.accents, accent),
                    node.primes,
                )
            self.fail(f"{text} of a formula", token.at)
        if text in _FONTS:
            inner = self.argument()
            if not inner:
                self.fail(f"{text} of nothing", token.at)
            words = "".join(part.words or part.text for part in inner)
            if len(inner) == 1 and (words in _GREEK or words in _UNICODE):
                words = _UNICODE.get(words, words.lstrip("\\"))
            elif any(part.text.startswith("\\") and part.text != "\\text" for part in inner):
                parser = self.child(inner)
                node = parser.factor()
                if isinstance(node, t.Sym) and parser.i == len(inner):
                    return node
                self.fail(f"{text} of a formula", token.at)
            return t.Sym(token.at, f"{_FONTS[text]}:{words}")
        if text in _GREEK:
            return t.Sym(token.at, text[1:])
        if text in _UNICODE:
            return t.Sym(token.at, _UNICODE[text])
        if text == "\\text":
            return t.Sym(token.at, token.words.strip())
        if text.isalpha():
            return t.Sym(token.at, text)
        return self.fail(f"expected a letter, found {text}", token.at)

    def with_scripts(self, node: t.Sym) -> t.Sym:
        """The scripts of a letter; a number or T above it is left for :meth:`scripted`."""
        sub, labels, sup, primes = list(node.sub), list(node.labels), node.sup, node.primes
        while self.text() in ("_", "^", "'", "′"):
            if self.text() in ("'", "′"):
                self.i += 1
                primes += 1
                continue
            start = self.i
            kind, at = self.take().text, self.at()
            tokens = [token for token in self.argument() if token.text not in _LAYOUT]
            word = _word(tokens)
            if kind == "^":
                spelled = "".join(token.words or token.text for token in tokens)
                if _transposes(tokens) or spelled.lstrip("-−+").replace("/", "").isdigit():
                    self.i = start
                    break
                if word is not None:
                    labels.append(word)
                elif spelled in ("*", "\\ast", "\\star", "\\dagger", "⋆", "\\prime"):
                    labels.append(spelled.lstrip("\\").replace("*", "star").replace("ast", "star"))
                elif (sup is None and not spelled.startswith(("-", "("))) or spelled.startswith(
                    "("
                ):
                    sup = self.script(tokens, at)
                else:
                    self.i = start
                    break
            elif word is not None:
                labels.append(word)
            else:
                sub.extend(self.script_list(tokens, at))
        return t.Sym(node.at, node.name, tuple(sub), tuple(labels), sup, node.accents, primes)

    def script(self, tokens: list[Token], at: int) -> t.Node:
        saved, self.integrals = self.integrals, 0
        try:
            return self.inside(tokens, at)
        finally:
            self.integrals = saved

    def script_list(self, tokens: list[Token], at: int) -> list[t.Node]:
        parser = self.child(tokens)
        parser.integrals = 0
        parser.given_open = 1
        found: list[t.Node] = []
        while parser.i < len(tokens):
            if parser.text() in (",", ";", "|", "\\mid", ":", "\\vert", "=", ">", "<", "\\le"):
                parser.i += 1
                continue
            if parser.text() == "\\text":
                found.append(t.Sym(at, parser.take().words.strip()))
                continue
            found.append(parser.sum())
        return found

    def applied(self, node: t.Sym) -> t.Node:
        """With its arguments, if brackets follow; then with powers and transposition."""
        text = self.text()
        if text == "(" or (text == "[" and _takes_square(node)):
            opening = self.take()
            saved = self.given_open, self.bars, self.norms
            self.given_open, self.bars, self.norms = 0, 0, 0
            entries, given, after = self.entries(_OPEN[text], opening)
            self.given_open, self.bars, self.norms = saved
            call = t.Call(node.at, node, tuple(entries), tuple(given), tuple(after), text == "[")
            return self.scripted(call)
        return self.scripted(node)

    def scripted(self, node: t.Node) -> t.Node:
        """Powers and transposition behind a factor."""
        while self.text() in ("^", "_", "'", "′"):
            if self.text() in ("'", "′"):
                if isinstance(node, t.Sym):
                    self.i += 1
                    node = t.Sym(
                        node.at,
                        node.name,
                        node.sub,
                        node.labels,
                        node.sup,
                        node.accents,
                        node.primes + 1,
                    )
                    continue
                self.fail("a prime on a formula")
            kind = self.take().text
            at = self.at()
            tokens = [token for token in self.argument() if token.text not in _LAYOUT]
            if kind == "_":
                word = "".join(token.words or token.text for token in tokens)
                if isinstance(node, t.Group | t.Other | t.Abs | t.Integral | t.Pow):
                    return t.Other(at, f"evaluation at {word}", (node,))
                self.fail("a subscript on a formula", at)
            if _transposes(tokens):
                node = t.Transposed(at, node)
                continue
            saved, self.integrals = self.integrals, 0
            exponent = self.inside(tokens, at)
            self.integrals = saved
            node = t.Pow(at, node, exponent)
        return node


_LAYOUT = {"\\limits", "\\nolimits", "\\substack", "\\scriptstyle", "\\textstyle"}


def _takes_square(node: t.Sym) -> bool:
    """Square brackets hold the arguments of functionals and of the uniform law."""
    font, _, word = node.name.rpartition(":")
    return font == "cal" or word in ("U", "Unif", "Uniform")


def _word(tokens: list[Token]) -> str | None:
    """The letters of a script that is a word: ``\text{FM}``, ``\rm data``, ``CFM``."""
    if not tokens:
        return None
    if tokens[0].text in (
        "\\mathrm",
        "\\rm",
        "\\text",
        "\\mathsf",
        "\\sf",
        "\\operatorname",
        "\\textrm",
        "\\mathit",
        "\\it",
        "\\mathbf",
        "\\mathtt",
        "\\textnormal",
    ):
        words = "".join(
            token.words if token.text == "\\text" else token.text
            for token in tokens
            if token.text not in _FONTS and token.text not in ("{", "}")
        )
        words = "".join(letter for letter in words if letter.isalnum())
        if words and not (tokens[0].text != "\\text" and words in ("T", "t")):
            return words
        return None
    if len(tokens) == 1 and tokens[0].text in ("\\min", "\\max", "\\inf", "\\sup"):
        return tokens[0].text[1:]
    if len(tokens) > 1 and all(token.text.isalpha() and len(token.text) == 1 for token in tokens):
        glued = all(token.glued for token in tokens[1:])
        words = "".join(token.text for token in tokens)
        if glued and (words.isupper() or len(words) > 3):
            return words
    return None


def _transposes(tokens: list[Token]) -> bool:
    spelled = "".join(token.words or token.text for token in tokens if token.text not in "{}")
    return spelled in (
        "\\top",
        "T",
        "\\intercal",
        "\\mathsfT",
        "\\mathrmT",
        "\\rmT",
        "\\sfT",
        "⊤",
        "\\mathsf\\top",
        "\\textT",
    )


def _measure(body: t.Node) -> bool:
    """Whether a measure such as P(dx) is inside, which needs no differential."""
    return any(isinstance(node, t.Other) and node.what == "differential" for node in t.walk(body))
