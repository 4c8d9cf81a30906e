"""Letters with all that hangs on them: fonts, accents, scripts, primes, arguments."""

from __future__ import annotations

from fmproof.reading.document.tokens import Token, Unreadable
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.alphabet import (
    ACCENTS,
    FONTS,
    GIVEN,
    GREEK,
    LAYOUT,
    MARKS,
    OPEN,
    SIGNS,
    UNICODE,
)
from fmproof.reading.formula.brackets import Brackets

_INDICES = ("0", "1")
"""Of m^0_t and m^1_t, which are no powers."""


class Scripts(Brackets):
    """Symbols, and what stands behind a factor."""

    def bare_symbol(self) -> t.Sym:
        """A letter with its font and accents, without scripts."""
        token = self.take()
        text = token.text
        if text in ACCENTS:
            inner = self.argument()
            parser = self.child(inner)
            if not inner:
                self.fail(f"{text} of nothing", token.at)
            node = parser.sum()
            accent = ACCENTS[text]
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
        if text in FONTS:
            inner = self.argument()
            if not inner:
                self.fail(f"{text} of nothing", token.at)
            words = "".join(part.words or part.text for part in inner)
            if len(inner) == 1 and (words in GREEK or words in UNICODE):
                words = UNICODE.get(words, words.lstrip("\\"))
            elif any(part.text.startswith("\\") and part.text != "\\text" for part in inner):
                parser = self.child(inner)
                node = parser.factor()
                if isinstance(node, t.Sym) and parser.i == len(inner):
                    return node
                self.fail(f"{text} of a formula", token.at)
            return t.Sym(token.at, f"{FONTS[text]}:{words}")
        if text in GREEK:
            return t.Sym(token.at, text[1:])
        if text in UNICODE:
            return t.Sym(token.at, UNICODE[text])
        if text == "\\text":
            return t.Sym(token.at, token.words.strip())
        if text.isalpha():
            return t.Sym(token.at, text)
        return self.fail(f"expected a letter, found {text}", token.at)

    def with_scripts(self, node: t.Sym) -> t.Sym:
        """The scripts of a letter; a number or T above it is left for :meth:`scripted`."""
        sub, labels, sup, primes = list(node.sub), list(node.labels), node.sup, node.primes
        given = node.given
        while self.text() in ("_", "^", "'", "′"):
            if self.text() in ("'", "′"):
                self.i += 1
                primes += 1
                continue
            start = self.i
            kind, at = self.take().text, self.at()
            tokens = [token for token in self.argument() if token.text not in LAYOUT]
            spelled = "".join(token.words or token.text for token in tokens)
            label = MARKS.get(spelled) or SIGNS.get(spelled) or script_word(tokens)
            if kind == "^":
                if transposes(tokens) or spelled.lstrip("-−+").replace("/", "").isdigit():
                    if self.text() == "_" and spelled in _INDICES:
                        labels.append(spelled)
                        continue
                    behind = self.i
                    self.i = start
                    if self.text(behind - start) != "_":
                        break
                    self._subscript_first(behind)
                    continue
                if label is not None:
                    labels.append(label)
                elif (sup is None and not spelled.startswith(("-", "("))) or spelled.startswith(
                    "("
                ):
                    sup = self.script(tokens, at)
                else:
                    self.i = start
                    break
            elif label is not None:
                labels.append(label)
            else:
                found, behind = self.script_list(tokens, at)
                sub.extend(found)
                given += behind
        return t.Sym(
            node.at, node.name, tuple(sub), tuple(labels), sup, node.accents, primes, given
        )

    def _subscript_first(self, behind: int) -> None:
        """σ^2_t is σ_t^2: the tokens of the power, up to ``behind``, go behind the subscript."""
        start, self.i = self.i, behind + 1
        self.argument()
        below = self.tokens[behind : self.i]
        self.tokens[start : self.i] = [*below, *self.tokens[start:behind]]
        self.i = start

    def script(self, tokens: list[Token], at: int) -> t.Node:
        saved, self.integrals = self.integrals, 0
        try:
            return self.inside(tokens, at)
        finally:
            self.integrals = saved

    def script_list(self, tokens: list[Token], at: int) -> tuple[list[t.Node], int]:
        """The subscripts, and how many of them stand behind a bar."""
        parser = self.child(tokens)
        parser.integrals = 0
        parser.given_open = 1
        found: list[t.Node] = []
        before: int | None = None
        while parser.i < len(tokens):
            if parser.text() in (",", ";", ":", "=", *GIVEN):
                if parser.take().text in GIVEN and before is None:
                    before = len(found)
                continue
            if parser.text() == "\\text":
                found.append(t.Sym(at, parser.take().words.strip()))
                continue
            found.extend(_side_by_side(parser.sum()))
        return found, 0 if before is None else len(found) - before

    def applied(self, node: t.Sym) -> t.Node:
        """With its arguments, if brackets follow; then with powers and transposition."""
        text = self.text()
        if text == "(" or (text == "[" and (takes_square(node) or self.is_functional(node))):
            opening = self.take()
            saved = self.given_open, self.bars, self.norms
            self.given_open, self.bars, self.norms = 0, 0, 0
            entries, given, after = self.entries(OPEN[text], opening)
            self.given_open, self.bars, self.norms = saved
            call = t.Call(node.at, node, tuple(entries), tuple(given), tuple(after), text == "[")
            return self.scripted(call)
        return self.scripted(node)

    def is_functional(self, node: t.Sym) -> bool:
        """Whether a capital letter is a functional, at the one letter in square brackets behind it:
        L[b], H[p_t]. Nobody writes such brackets around a factor."""
        letter = node.name.isupper() and len(node.name) == 1 and not node.accents
        ends = [i for i in range(self.i, len(self.tokens)) if self.tokens[i].text == "]"]
        inside = self.tokens[self.i + 1 : ends[0]] if letter and ends else []
        if not inside or any(token.text in ("[", "(", "\\frac") for token in inside):
            return False
        parser = self.child(inside)
        try:
            return isinstance(parser.sum(), t.Sym) and parser.i == len(inside)
        except Unreadable:
            return False

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
            tokens = [token for token in self.argument() if token.text not in LAYOUT]
            if kind == "_":
                word = "".join(token.words or token.text for token in tokens)
                if isinstance(node, t.Bracketed | t.Other | t.Abs | t.Integral | t.Pow):
                    return t.Other(at, f"evaluation at {word}", (node,))
                self.fail("a subscript on a formula", at)
            if transposes(tokens):
                node = t.Transposed(at, node)
                continue
            saved, self.integrals = self.integrals, 0
            exponent = self.inside(tokens, at)
            self.integrals = saved
            node = t.Pow(at, node, exponent)
        return node


def _side_by_side(node: t.Node) -> tuple[t.Node, ...]:
    """p_{0t} has two subscripts: nobody writes zero times t."""
    if isinstance(node, t.Mul) and not any(node.ops):
        first = node.factors[0]
        if isinstance(first, t.Num) and first.value == 0:
            return node.factors
    return (node,)


def takes_square(node: t.Sym) -> bool:
    """Square brackets hold the arguments of functionals and of the uniform law."""
    font, _, word = node.name.rpartition(":")
    return font == "cal" or word in ("U", "Unif", "Uniform")


def script_word(tokens: list[Token]) -> str | None:
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
            if token.text not in FONTS and token.text not in ("{", "}")
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
        if glued and (words.isupper() or len(words) > 3 or words in ("min", "max", "ref", "opt")):
            return words
    return None


def transposes(tokens: list[Token]) -> bool:
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
