r"""What the tokens of a formula are, where a letter or a bar alone does not say it.

In LaTeX a run of letters is a product. In plain text, as :func:`fmproof.text` writes it, it is a
name or a function, and spaces count: ``|f(x)| | x`` and ``2 |t|`` have bars of three kinds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

_BEFORE_A_TERM = frozenset(
    "PLUS MINUS LPAR LBRACKET LBRACE NORM_OPEN ABS_OPEN COMMA SEMICOLON SIM ASSIGN EQUALS MID "
    "DOT SLASH LANGLE INT LOG".split()
)
_OPENS = frozenset(("LPAR", "LBRACKET", "LBRACE", "NORM_OPEN", "ABS_OPEN"))
_CLOSES = frozenset(("RPAR", "RBRACKET", "RBRACE", "NORM_CLOSE", "ABS_CLOSE"))
_BEFORE_IN_TEXT = _BEFORE_A_TERM | {"OVER", "ROOT", "IN", "COMPARE"}
_ENDS_A_TERM = _CLOSES | frozenset(
    "COMMA SEMICOLON SIM ASSIGN EQUALS IN COMPARE RAISED OVER".split()
)
_FUNCTIONS = {"log": "LOG", "ln": "LOG", "exp": "EXP", "div": "DIV", "argmin": "ARGMIN"}
_MARKS = frozenset("_^'(){}[]")


def latex_tokens(tokens: Sequence[Any], names: Collection[str]) -> Iterator[Any]:
    r"""Tells an opening ``\|`` or ``|`` from a closing one and from the bar before what is given,
    and the d of a differential, the E of an expectation, from a name in ``names``."""
    tokens = list(tokens)
    depth = 0
    opened: list[str] = []
    for i, token in enumerate(tokens):
        before = tokens[i - 1].type if i else "PLUS"
        if token.type == "BARS":
            opens = not depth or before in _BEFORE_A_TERM
            token = token.update(type="NORM_OPEN" if opens else "NORM_CLOSE")
            tokens[i] = token
        if token.type == "MID" and token in ("|", r"\vert"):
            opens = before in _BEFORE_A_TERM - {"DOT", "MID"}
            closes = opened[-1:] == ["ABS_OPEN"] and not opens
            kind = "ABS_CLOSE" if closes else "ABS_OPEN" if opens else "MID"
            tokens[i] = token = token.update(type=kind)
        if token.type in _OPENS:
            opened.append(token.type)
        elif token.type in _CLOSES and opened:
            opened.pop()
        depth += {"NORM_OPEN": 1, "NORM_CLOSE": -1}.get(token.type, 0)
        yield _sign(tokens, i, names)


def _sign(tokens: Sequence[Any], i: int, names: Collection[str]) -> Any:
    """The token with the d of a differential and the E of an expectation told from names."""
    token = tokens[i]
    follows = tokens[i + 1].type if i + 1 < len(tokens) else ""
    is_script = i > 0 and tokens[i - 1] in ("_", "^")
    begins = follows in ("LETTER", "COMMAND", "STYLED", "LPAR") and not is_script
    if token == "d" and begins and "d" not in names:
        return token.update(type="DIFF")
    if token == "E" and tokens[i + 1 : i + 2] == ["_"] and "E" not in names:
        return token.update(type="EXPECT")
    return token


def text_tokens(
    tokens: Sequence[Any], names: Collection[str], known: Collection[str]
) -> Iterator[Any]:
    """The tokens of plain text, with words in one piece.

    Args:
        names: as for :func:`latex_tokens`.
        known: the keys of the symbols, see :func:`fmproof.reading.symbols.key`, and the same
            with Greek letters for their commands.
    """
    found = _bars(_indexed(list(_words(tokens, known))))
    for i, token in enumerate(found):
        spaced = i + 1 < len(found) and _gap(found, i) and _gap(found, i + 1)
        if token.type == "SLASH" and spaced:
            yield token.update(type="OVER")
        elif token == "d" and _touches(found, i, "(") and found[max(i - 1, 0)] not in ("_", "^"):
            yield token.update(type="DIFF")
        else:
            yield _sign(found, i, names)


def _words(tokens: Sequence[Any], known: Collection[str]) -> Iterator[Any]:
    """The runs of letters and digits that stand without a space, each as what it is."""
    i = 0
    while i < len(tokens):
        start, behind = i, str(tokens[i - 1]) if i else ""
        i += 1
        if tokens[start].type != "LETTER" and not (behind == "_" and tokens[start].isdigit()):
            yield tokens[start]
            continue
        while i < len(tokens) and tokens[i].isalnum() and not _gap(tokens, i):
            if tokens[i].type not in ("LETTER", "NUMBER"):
                break
            i += 1
        if i - start == 1:
            yield tokens[start]
        else:
            yield from _word(tokens[start:i], behind, known)


def _word(run: Sequence[Any], behind: str, known: Collection[str]) -> Iterator[Any]:
    """One run: a name, a function, the d of a differential with its variable, or letters."""
    word = "".join(run)
    named = _name(word, known)
    if behind == "_" and (run[0].type == "LETTER" or any(n.endswith(f"_{word}") for n in known)):
        yield _joined(run, "STYLED", word)
    elif word in _FUNCTIONS:
        yield _joined(run, _FUNCTIONS[word], word)
    elif named:
        yield _joined(run, "STYLED", named)
    elif word[0] == "d" and (len(run) == 2 or _name(word[1:], known)):
        yield run[0].update(type="DIFF")
        yield from _word(run[1:], "", known) if len(run) > 2 else run[1:]
    elif all(part.type == "LETTER" and _name(str(part), known) for part in run):
        yield from run
    else:  # no name: an error will say so
        yield _joined(run, "STYLED", word)


def _name(word: str, known: Collection[str]) -> str:
    """The name, or the stem of a name, that a word writes: "" if it is none."""
    stem = word.rstrip("0123456789")
    indexed = f"{stem}_{word[len(stem) :]}"
    for name in (word, f"\\{word}", indexed, f"\\{indexed}"):
        if name in known:
            return name
    return word if any(word == n.partition("_")[0].rstrip("'") for n in known) else ""


def _indexed(tokens: Sequence[Any]) -> list[Any]:
    """``u_a_t`` is the name u_a with the index t, and in ``∂_x₀'`` the variable is x₀': each such
    name becomes one token."""
    found: list[Any] = []
    for token in tokens:
        if token == "_" and (start := _subscripted(found)) is not None:
            found[start:] = [_named(found[start:])]
        own = len(found) > 2 and found[-2] == "_" and found[-3].type in _OPERATORS
        script = token == "_" or token.type in ("LOWERED", "PRIMES")
        if own and found[-1].type in _NAMES and (script or found[-1].endswith("_")):
            found[-1] = _named([found[-1], token])
        else:
            found.append(token)
    return found


def _subscripted(found: Sequence[Any]) -> int | None:
    """Where at the end of ``found`` a name with a subscript begins."""
    end = len(found) - 1 if found and found[-1].type == "PRIMES" else len(found)
    if end >= 2 and found[end - 1].type == "LOWERED":
        start = end - 2
    elif end >= 3 and found[end - 2] == "_" and found[end - 1].type in _NAMES | {"NUMBER"}:
        start = end - 3
    else:
        return None
    return start if found[start].type in _NAMES else None


_NAMES = frozenset(("LETTER", "STYLED", "COMMAND"))
_OPERATORS = frozenset(("NABLA", "PARTIAL", "DIV", "ARGMIN"))


def _named(run: Sequence[Any]) -> Any:
    """One token for a stem with its subscript and primes."""
    written = ("_" + digits(part) if part.type == "LOWERED" else str(part) for part in run)
    return _joined(run, "STYLED", "".join(written))


def _bars(tokens: list[Any]) -> list[Any]:
    """Which bars open, which close, and which stand before what is given, by the spaces."""
    opened: list[str] = []
    found: list[Any] = []
    for i, token in enumerate(tokens):
        before = found[-1].type if found else "PLUS"
        after = tokens[i + 1].type if i + 1 < len(tokens) else "RPAR"
        gap = bool(found) and _gap(tokens, i)
        tight = after not in _ENDS_A_TERM and not _gap(tokens, i + 1)
        if token.type == "BARS":
            begins = before in _BEFORE_IN_TEXT or "NORM_OPEN" not in opened or (gap and tight)
            token = token.update(type="NORM_OPEN" if begins else "NORM_CLOSE")
        elif token.type == "MID" and token in ("|", r"\vert"):
            begins = before in _BEFORE_IN_TEXT - {"DOT"} or (
                gap and tight and _closed_later(tokens, i)
            )
            closes = opened[-1:] == ["ABS_OPEN"] and not begins
            token = token.update(type="ABS_OPEN" if begins else "ABS_CLOSE" if closes else "MID")
        if token.type in _OPENS:
            opened.append(token.type)
        elif token.type in _CLOSES and opened:
            opened.pop()
        found.append(token)
    return found


def _closed_later(tokens: Sequence[Any], i: int) -> bool:
    """Whether a bar without a space before it follows within the brackets around token i."""
    depth = 0
    for j in range(i + 1, len(tokens)):
        depth += (tokens[j].type in ("LPAR", "LBRACKET", "LBRACE")) - (
            tokens[j].type in ("RPAR", "RBRACKET", "RBRACE")
        )
        if depth < 0:
            return False
        if depth == 0 and tokens[j].type == "MID" and not _gap(tokens, j):
            return True
    return False


def _gap(tokens: Sequence[Any], i: int) -> bool:
    """Whether a space stands before token i."""
    return i < len(tokens) and i > 0 and tokens[i - 1].end_pos != tokens[i].start_pos


def _touches(tokens: Sequence[Any], i: int, after: str) -> bool:
    return i + 1 < len(tokens) and tokens[i + 1] == after and not _gap(tokens, i + 1)


def _joined(run: Sequence[Any], kind: str, value: str) -> Any:
    """One token in the place of several."""
    token = run[0].update(type=kind, value=value)
    token.end_pos, token.end_line, token.end_column = (
        run[-1].end_pos,
        run[-1].end_line,
        run[-1].end_column,
    )
    return token


def digits(raised: str) -> str:
    """The plain digits of ``²`` or ``₀``."""
    return raised.translate(_DIGITS)


_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
