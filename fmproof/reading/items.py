"""Formulas as nested rows of items: numbers, names, scripts and brackets with their places."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any

from fmproof.errors import InputError
from fmproof.lang.spelling.foreign import foreign
from fmproof.reading.tokens import digits, latex_tokens, text_tokens


class LatexError(InputError):
    """LaTeX, or the same in plain text, that cannot be read.

    Attributes:
        line, column: where, both from 1.
        problem: what is wrong.
        at: the place in the source, from 0.
    """

    def __init__(self, problem: str, source: str, at: int) -> None:
        self.problem, self.at = problem, at
        start = source.rfind("\n", 0, at) + 1
        end = source.find("\n", at)
        self.line = source.count("\n", 0, at) + 1
        self.column = at - start + 1
        shown = source[start : len(source) if end < 0 else end]
        caret = " " * (self.column - 1) + "^"
        super().__init__(f"line {self.line}, column {self.column}: {problem}\n  {shown}\n  {caret}")


@dataclass(frozen=True)
class Script:
    """A subscript or superscript."""

    entries: tuple[Entry, ...]
    text: str  #: as it stands in the source
    at: int


@dataclass(frozen=True)
class GrammarItem:
    """A number, a name, a sign such as ∫, or something in brackets, with its scripts."""

    kind: str  #: the alternative of ``atom`` in the grammar
    text: str  #: as it stands in the source, without scripts
    at: int
    content: tuple[Any, ...] = ()  #: entries of a group; sums of a fraction or inner product
    given: tuple[Entry, ...] | None = None  #: entries of a group after the bar
    sub: Script | None = None
    sup: tuple[Script, ...] = ()
    primes: int = 0


Product = tuple[GrammarItem, ...]


@dataclass(frozen=True)
class Sum:
    """Products with their signs."""

    parts: tuple[tuple[int, Product], ...]
    at: int
    text: str  #: as it stands in the source


@dataclass(frozen=True)
class Entry:
    """A sum in a list, or ``variable ∼ law``, ``variable := value``, ``variable = value``."""

    sum: Sum
    law: Sum | None  #: what stands after the sign
    sign: str = ""  #: the terminal of the sign: SIM, ASSIGN, EQUALS or IN


@dataclass(frozen=True)
class ComparedSums:
    """A sum, or two with ``=``, ``\\le``, … between them."""

    left: Sum
    sign: str  #: as it stands in the source, or ""
    right: Sum | None


def require_source(source: Any) -> None:
    """Raise :class:`InputError` unless ``source`` is text."""
    if type(source) is not str:
        raise InputError(f"expected a formula as text, found {foreign(source)}")


def read(
    source: str,
    names: Collection[str] = (),
    start: str = "start",
    words: Collection[str] | None = None,
) -> Any:
    """The rows of items of a formula: a :class:`Sum`.

    Args:
        start: "start"; or "statement" for a :class:`ComparedSums`, "list" for entries.
        names: which of the letters d and E are names; a d that is none begins a differential, an E
            with a subscript an expectation.
        words: for plain text, the names that it may use; None for LaTeX.

    Raises:
        LatexError: it does not follow the grammar.
    """
    from lark import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken
    from lark.exceptions import VisitError

    try:
        raw = list(_parser().lex(source))
        tokens = list(latex_tokens(raw, names) if words is None else text_tokens(raw, names, words))
        parse = _parser().parse_interactive(start=start)
        for token in tokens:
            parse.feed_token(token)
        tree = parse.feed_eof(tokens[-1] if tokens else None)
        found = _builder()(source).transform(tree)
    except UnexpectedCharacters as error:
        at = error.pos_in_stream or 0
        raise LatexError(f"cannot read {source[at]!r}", source, at) from None
    except UnexpectedToken as error:
        at = (
            error.token.start_pos
            if error.token.type != "$END"
            else len(source.rstrip()) or len(source)
        )
        what = (
            "the formula ends too early"
            if error.token.type == "$END"
            else "unexpected " + repr(str(error.token))
        )
        bar = r"; an absolute value is \lvert a \rvert" if error.token.type == "MID" else ""
        raise LatexError(f"{what}; {_expected(error.expected)}{bar}", source, at) from None
    except UnexpectedEOF:
        raise LatexError("the formula ends too early", source, len(source)) from None
    except VisitError as error:
        if isinstance(error.orig_exc, LatexError):
            raise error.orig_exc from None
        raise
    return found


_WORDS = {
    "RPAR": "')'", "RBRACKET": "']'", "RBRACE": "'}'", "NORM_CLOSE": r"'\rVert'",
    "ABS_CLOSE": r"'\rvert'", "RANGLE": r"'\rangle'", "COMMA": "','", "LBRACE": "'{'",
    "SIM": r"'\sim'",
}  # fmt: skip


def _expected(terminals: Any) -> str:
    """What would have fitted; a closing bracket alone when there is one to close."""
    brackets = ("RPAR", "RBRACKET", "RBRACE", "NORM_CLOSE", "ABS_CLOSE", "RANGLE")
    closing = [_WORDS[t] for t in brackets if t in terminals]
    if closing:
        return f"expected {' or '.join(closing)} before it"
    if "LBRACE" in terminals and "LETTER" not in terminals:
        return "expected '{'"
    return "expected a term"


class _Kept:
    """Keeps the bars that no rule mentions for :mod:`fmproof.reading.tokens`, which tells them."""

    always_accept = ("BARS",)

    def process(self, stream: Iterator[Any]) -> Iterator[Any]:
        return stream


@lru_cache(maxsize=1)
def _parser() -> Any:
    from lark import Lark

    grammar = resources.files("fmproof.reading").joinpath("latex.lark").read_text("utf-8")
    return Lark(
        grammar,
        start=["start", "statement", "list"],
        parser="lalr",
        lexer="basic",
        propagate_positions=True,
        postlex=_Kept(),
        maybe_placeholders=False,
    )


@lru_cache(maxsize=1)
def _builder() -> Any:
    """The class that turns lark's tree into items; made late, for lark is imported late."""
    from lark import Token, Transformer, v_args

    @v_args(meta=True)
    class Builder(Transformer[Token, Any]):
        def __init__(self, source: str) -> None:
            super().__init__()
            self.source = source

        def raw(self, meta: Any) -> str:
            return self.source[meta.start_pos : meta.end_pos]

        def start(self, meta: Any, children: Sequence[Any]) -> Sum:
            found: Sum = children[0]
            return found

        def statement(self, meta: Any, children: Sequence[Any]) -> ComparedSums:
            if len(children) == 1:
                return ComparedSums(children[0], "", None)
            left, sign, right = children
            return ComparedSums(left, str(sign), right)

        def list(self, meta: Any, children: Sequence[Any]) -> tuple[Entry, ...]:
            entries: tuple[Entry, ...] = children[0]
            return entries

        def sum(self, meta: Any, children: Sequence[Any]) -> Sum:
            parts, sign = [], 1
            for child in children:
                if isinstance(child, int):
                    sign = child
                else:
                    parts.append((sign, child))
            return Sum(tuple(parts), meta.start_pos, self.raw(meta))

        def sign(self, meta: Any, children: Sequence[Any]) -> int:
            return 1 if children[0] == "+" else -1

        def product(self, meta: Any, children: Sequence[Any]) -> Product:
            return tuple(children)

        def entries(self, meta: Any, children: Sequence[Any]) -> tuple[Entry, ...]:
            return tuple(children)

        def entry(self, meta: Any, children: Sequence[Any]) -> Entry:
            if len(children) == 1:
                return Entry(children[0], None)
            left, sign, right = children
            return Entry(left, right, sign.type)

        def argument(self, meta: Any, children: Sequence[Any]) -> Script:
            (child,) = children
            entries = child if isinstance(child, tuple) else ()
            return Script(entries, self.raw(meta), meta.start_pos)

        def single(self, meta: Any, children: Sequence[Any]) -> tuple[Entry, ...]:
            (token,) = children
            kind = {"NUMBER": "number", "TOP": "top", "PRIMES": "top"}.get(token.type, "name")
            item = GrammarItem(kind, str(token), meta.start_pos)
            return (Entry(Sum(((1, (item,)),), meta.start_pos, str(token)), None),)

        def sub(self, meta: Any, children: Sequence[Any]) -> tuple[str, Any]:
            return ("sub", children[-1])

        def sup(self, meta: Any, children: Sequence[Any]) -> tuple[str, Any]:
            return ("sup", children[-1])

        def primes(self, meta: Any, children: Sequence[Any]) -> tuple[str, Any]:
            return ("primes", 1 if str(children[0]).startswith("\\") else len(children[0]))

        def raised(self, meta: Any, children: Sequence[Any]) -> tuple[str, Any]:
            return ("sup", self.digits(children[0]))

        def lowered(self, meta: Any, children: Sequence[Any]) -> tuple[str, Any]:
            return ("sub", self.digits(children[0]))

        def digits(self, token: Any) -> Script:
            text = digits(token)
            item = GrammarItem("number", text, token.start_pos)
            row = Sum(((1, (item,)),), token.start_pos, text)
            return Script((Entry(row, None),), text, token.start_pos)

        def name(self, meta: Any, children: Sequence[Any]) -> GrammarItem:
            return GrammarItem("name", str(children[0]), meta.start_pos)

        def item(self, meta: Any, children: Sequence[Any]) -> GrammarItem:
            atom: GrammarItem = children[0]
            for kind, value in children[1:]:
                if kind == "sub" and atom.sub is not None:
                    raise LatexError("a second subscript", self.source, value.at)
                if kind == "primes":
                    atom = replace(atom, primes=atom.primes + value)
                elif kind == "sub":
                    atom = replace(atom, sub=value)
                elif value.text.strip("{} ") == r"\prime":
                    atom = replace(atom, primes=atom.primes + 1)
                else:
                    atom = replace(atom, sup=(*atom.sup, value))
            return atom

        def group(self, meta: Any, children: Sequence[Any]) -> GrammarItem:
            main: tuple[Entry, ...] = ()
            given: tuple[Entry, ...] | None = None
            for child in children:
                if isinstance(child, Token) and child.type == "MID":
                    given = ()
                elif isinstance(child, tuple):
                    main, given = (main, child) if given is not None else (child, given)
            return GrammarItem("group", self.raw(meta), meta.start_pos, main, given)

        def parametrised(self, meta: Any, children: Sequence[Any]) -> GrammarItem:
            r"""``(x; m, v I)``, with the parameters after the semicolon."""
            main, given = (child for child in children if isinstance(child, tuple))
            return GrammarItem("parametrised", self.raw(meta), meta.start_pos, main, given)

        def norm(self, meta: Any, children: Sequence[Any]) -> GrammarItem:
            return self.containing("norm", meta, children)

        def abs(self, meta: Any, children: Sequence[Any]) -> GrammarItem:
            return self.containing("abs", meta, children)

        def sqrt(self, meta: Any, children: Sequence[Any]) -> GrammarItem:
            return self.containing("sqrt", meta, children)

        def inner(self, meta: Any, children: Sequence[Any]) -> GrammarItem:
            return self.containing("inner", meta, children)

        def frac(self, meta: Any, children: Sequence[Any]) -> GrammarItem:
            return self.containing("frac", meta, children)

        def frac_of_digits(self, meta: Any, children: Sequence[Any]) -> GrammarItem:
            r"""``\frac12``: TeX takes one digit for each part."""
            end = meta.end_pos
            parts = [self.digit(end - 2), self.digit(end - 1)]
            return self.containing("frac", meta, parts)

        def digit(self, at: int) -> Sum:
            text = self.source[at]
            return Sum(((1, (GrammarItem("number", text, at),)),), at, text)

        def expect_above(self, meta: Any, children: Sequence[Any]) -> GrammarItem:
            r"""``\underset{x \sim p}{\mathbb{E}}``: the law below the sign."""
            (entries,) = (child for child in children if isinstance(child, tuple))
            law = Script(entries, self.raw(meta), meta.start_pos)
            return GrammarItem("expect", self.raw(meta), meta.start_pos, sub=law)

        def fraction_part(self, meta: Any, children: Sequence[Any]) -> Sum:
            (child,) = (c for c in children if isinstance(c, Sum) or c.type == "NUMBER")
            if isinstance(child, Sum):
                return child
            number = GrammarItem("number", str(child), meta.start_pos)
            return Sum(((1, (number,)),), meta.start_pos, str(child))

        def braces(self, meta: Any, children: Sequence[Any]) -> GrammarItem:
            return GrammarItem("braces", self.raw(meta), meta.start_pos, tuple(children[0]))

        def containing(self, kind: str, meta: Any, children: Sequence[Any]) -> GrammarItem:
            sums = tuple(child for child in children if isinstance(child, Sum))
            return GrammarItem(kind, self.raw(meta), meta.start_pos, sums)

        def __default__(self, data: Any, children: Sequence[Any], meta: Any) -> GrammarItem:
            return GrammarItem(str(data), self.raw(meta), meta.start_pos)

    return Builder
