"""What acts on the factor behind it: derivatives, functions, roots, fractions, extrema, braces."""

from __future__ import annotations

from fmproof.reading.document.tokens import Token, Unreadable
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.alphabet import (
    BAR,
    BETWEEN,
    CLOSE,
    DOT,
    FONTS,
    LAYOUT,
    OPEN,
    SPELLINGS,
)
from fmproof.reading.formula.scripts import Scripts

_CIRCULAR = ("sin", "cos")
_NO_ANGLES = ("x", "y", "z", "v", "epsilon", "varepsilon", "xi")
_POINTS = ("x", "y", "z")
"""Below Δ: the Laplacian in a point, not a step Δ_t."""


def derived(at: int, kind: str, var: t.Node | None, body: t.Node) -> t.Node:
    """A derivative of what follows; a value that is put in behind it is put into the derivative:
    d/dt f(t) |_{t = 0}."""
    if isinstance(body, t.At):
        return t.At(at, derived(at, kind, var, body.body), body.var, body.value)
    return t.Derivative(at, kind, var, body)


class Operators(Scripts):
    """Operators and fractions."""

    def fraction(self) -> t.Node:
        at = self.take().at
        top, bottom = self.argument(), self.argument()
        if top and bottom and top[0].text == bottom[0].text == "\\delta" and len(bottom) > 1:
            self.fail("a functional derivative", at)
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
            if above.argument_of_font() != "d":
                return None
        else:
            return None
        if above.text() == "^":
            self.fail("a higher derivative", at)
        var = below.factor()
        if below.i < len(bottom):
            return None
        if above.i < len(top):
            body = above.sum()
            return None if above.i < len(top) else derived(at, kind, var, body)
        if self.ends():
            self.fail("a derivative of nothing", at)
        return derived(at, kind, var, self.shown(self.rest()))

    def argument_of_font(self) -> str:
        token = self.take()
        return token.words if token.text == "\\text" else spelled(self.argument())

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
            return derived(at, "div", var, self.operand())
        return derived(at, kind, var, self.operand())

    def laplacian(self) -> t.Node | None:
        r"""``\Delta f``, ``\Delta_{\mathbf x} f``; None where Δ is a letter, such as a step Δ_t."""
        start, at = self.i, self.take().at
        var: t.Node | None = None
        if self.text() == "_":
            self.i += 1
            var = self.bound(self.argument(), at)
            if not (isinstance(var, t.Sym) and var.name.split(":")[-1] in _POINTS):
                self.i = start
                return None
        if self.text() in ("_", "^") or self.ends():
            self.i = start
            return None
        return derived(at, "laplace", var, self.factor())

    def named_derivative(self, kind: str, at: int) -> t.Node:
        r"""``\operatorname{div}_x (…)``."""
        var: t.Node | None = None
        if self.text() == "_":
            self.i += 1
            var = self.inside(self.argument(), at)
        return derived(at, kind, var, self.operand())

    def operand(self) -> t.Node:
        """What ∇ or log acts on: an operator with its own operand, or one factor."""
        if self.ends():
            self.fail("an operator that acts on nothing")
        text = self.text()
        if text in ("\\int", "∫", "\\sum") or (text in ("\\mathbb", "\\E") and self.text(1) == "{"):
            return self.rest() if text in ("\\int", "∫", "\\sum") else self.factor()
        self.score = self.at() if text in ("\\log", "\\ln") else self.score
        return self.shown(self.factor())

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
        body = self.operand()
        if var is None and self.text() == "/" and self.text(1) in ("\\partial", "∂"):
            self.i += 2  # ∂f(x, t)/∂t
            var = self.with_scripts(self.bare_symbol())
        return derived(at, "partial", var, body)

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
        name = SPELLINGS.get(name, name)
        if name in ("Id", "id"):
            return t.Sym(at, "Id")
        if name == "KL" and self.text() in OPEN:
            return self.scripted(self.divergence(at))
        if self.text() in OPEN:
            opening = self.take()
            entries, given, after = self.entries(OPEN[opening.text], opening)
            node: t.Node = t.Function(at, name, (*entries, *after), tuple(given), sub)
            return self.scripted(node if power is None else _power(node, power))
        if self.ends():
            if power is not None:
                self.fail(f"a power of {name} without its argument", at)
            return t.Function(at, name, (), (), sub)
        body = self.shown(self.factor()) if name != "lim" else self.rest()
        if name in ("tr", "det") and is_d(body) and not self.ends():  # tr D f(x), of a Jacobian
            body = t.Mul(body.at, (body, self.shown(self.factor())), ("",))
        two = name in _CIRCULAR and self.begins_no_angle()
        open_ended = self.text() == "/" or (bare(body) and self.text() not in DOT)
        # log p(x|c)^{1+w} p(x)^{-w}
        open_ended = open_ended or (isinstance(body, t.Pow) and self.text().isalpha())
        apart = at == self.score and not self.ends() and self.tokens[self.i].spaced
        if not self.ends() and open_ended and not two and not apart:  # else ∇ log p   f
            self.fail(f"{name} of how much of what follows? write brackets", at)
        node = t.Function(at, name, (body,), (), sub)
        return node if power is None else _power(node, power)

    def begins_no_angle(self) -> bool:
        r"""Whether a factor is next that a sine does not act on, as in ``\sin a \cos b``: another
        sine, a bold letter, or a letter for a point or noise behind a space that shows."""
        text = self.text()
        if text.lstrip("\\") in _CIRCULAR or FONTS.get(text) == "bf":
            return True
        return text.lstrip("\\") in _NO_ANGLES and self.tokens[self.i].spaced

    def divergence(self, at: int) -> t.Node:
        """``KL(q || p)``, with bars or a comma between."""
        opening = self.take()
        level, start, middle = 1, self.i, 0
        while level and self.i < len(self.tokens):
            text = self.take().text
            level += (text in OPEN or text == "{") - (text in CLOSE or text == "}")
            if level == 1 and (text in BETWEEN or (text in BAR and self.text() in BAR)):
                middle = middle or self.i
        if level:
            self.fail(f"{opening.text} is never closed", opening.at)
        if not middle:
            self.i = start
            entries, given, after = self.entries(OPEN[opening.text], opening)
            return t.Function(at, "KL", (*entries, *after), tuple(given))
        one = self.tokens[start : middle - 1]
        other = self.tokens[middle + (self.tokens[middle].text in BAR) : self.i - 1]
        return t.Function(at, "KL", (self.inside(one, at),), (self.inside(other, at),))

    def shown(self, node: t.Node) -> t.Node:
        """Refuse a sum in braces where something else acts on it."""
        if isinstance(node, t.Bracketed) and not node.shown and isinstance(node.body, t.Add):
            self.fail("a sum in braces, which do not show: write brackets", node.at)
        return node

    def require_shown(self, factors: list[t.Node], ops: list[str]) -> None:
        """Refuse a product that is grouped otherwise than the page shows it.

        Braces do not show: {a + b} c is seen as a + b c. Behind a/b it is anybody's guess whether
        c divides, but for numbers as in 1/2 c, and where brackets end what divides.
        """
        for factor in factors:
            self.shown(factor)
        for i, op in enumerate(ops):
            if op != "/":
                continue
            above, below = factors[i], factors[i + 1]
            if isinstance(below, t.Bracketed) and not below.shown:
                self.fail("braces behind /, which do not show: write brackets", below.at)
            numbers = isinstance(above, t.Num) and isinstance(below, t.Num)
            if ops[i + 1 : i + 2] == [""] and bare(below) and not numbers:
                self.fail("how much of what follows / divides? write brackets or \\frac", below.at)

    def extremum(self, kind: str, at: int) -> t.Node:
        var: t.Node | None = None
        while self.text() in ("_", "^"):
            script = self.take().text
            where = self.at()
            tokens = self.argument()
            if script == "^":
                self.fail(f"a superscript of {kind}", where)
            var = self.bound(tokens, where)
        if self.text() in OPEN:
            opening = self.take()
            entries, given, after = self.entries(OPEN[opening.text], opening)
            if given or after:
                self.fail(f"{kind} of what has a condition", at)
            if len(entries) > 1:
                return t.Function(at, kind, tuple(entries), (), var)
            return t.Extremum(at, kind, var, entries[0])
        return t.Extremum(at, kind, var, self.rest())

    def arg(self) -> t.Node:
        token = self.take()
        kind = token.text[1:]
        if kind == "arg":
            following = self.take() if self.i < len(self.tokens) else token
            kind = "argmin" if following.text == "\\min" else "argmax"
        return self.extremum(kind, token.at)

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
            elif token.text not in LAYOUT:
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


def bare(node: t.Node) -> bool:
    """A letter or a number, with its power: nothing shows where what it is part of ends."""
    return isinstance(node.base if isinstance(node, t.Pow) else node, t.Sym | t.Num)


def is_d(node: t.Node) -> bool:
    """A D that may take a derivative of what stands behind it."""
    return isinstance(node, t.Sym) and node.name.split(":")[-1] == "D" and not node.sub


def spelled(tokens: list[Token]) -> str:
    """What stands there, without braces."""
    return "".join(token.words or token.text for token in tokens)


def _power(node: t.Node, power: t.Node) -> t.Node:
    """sin² x; but sin⁻¹ x may be the inverse function as well as 1/sin x."""
    if isinstance(power, t.Add) and power.parts[0][0] < 0:
        return t.Other(node.at, "power that may be an inverse", (node, power))
    return t.Pow(node.at, node, power)
