"""What people hand to a derivation, read once: lists to tuples, words and terms checked.

Each of these raises an InputError, or a SortError, that begins with the role of what it was given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sympy import Basic

from fmproof.errors import InputError, SortError, nearest
from fmproof.lang.node import admit, as_term, is_one_of
from fmproof.lang.nodes import Draw
from fmproof.lang.nodes.measure import require_measure
from fmproof.lang.props import PROPOSITIONS
from fmproof.tactics.as_written import as_written
from fmproof.tactics.methods import METHODS
from fmproof.tactics.written import is_latex, require_latex

T = TypeVar("T")
Claim = Any
"""A term, or LaTeX, which the derivation reads into one when it is made."""
Statement = Any
"""A proposition, or LaTeX for one."""


def list_of(items: Any, kind: type[T], role: str) -> tuple[T, ...]:
    """``items`` as a tuple of ``kind``, or what was found instead."""
    wanted = f"{role} must be a list of {kind.__name__}(...)"
    if isinstance(items, kind):
        raise InputError(f"{wanted}, found a single one; put it in brackets: [...]")
    if isinstance(items, str) or not isinstance(items, Iterable):
        raise InputError(f"{wanted}, found {items!r}")
    found = tuple(items)
    for item in found:
        if type(item) is not kind:
            raise InputError(f"{wanted}, found {item!r} in it")
    return found


def require_label(text: Any, role: str) -> None:
    """Text that a report can show on a line: no control characters, nothing hidden."""
    if type(text) is not str or not text.strip():
        raise InputError(f"{role} must be text, found {text!r}")
    require_remark(text, role)
    if text != text.strip() or "\n" in text:
        raise InputError(f"{role} must be one line without spaces around it, found {text!r}")


def require_mark(text: Any, role: str) -> None:
    """A label that stands beside a formula, and can be no part of one."""
    require_label(text, role)
    _refuse_signs(text, role)
    found = _OF_FORMULAS.search(unicodedata.normalize("NFKC", text))
    if found is not None:
        raise InputError(
            f"{role} must be words or numbers such as '2.4a', found {text!r}: "
            f"{found.group()!r} could be taken for a part of the formula beside it"
        )


def require_title(text: Any, role: str) -> None:
    """A label on a line of its own, which may have formulas in it, and cannot look like a step."""
    require_label(text, role)
    _refuse_signs(text, role)
    if "  " in unicodedata.normalize("NFKC", text):
        raise InputError(f"{role} must have single spaces between its words, found {text!r}")


def _refuse_signs(text: str, role: str) -> None:
    """Refuse ticks and other symbols that are no mathematics, and letters that show as none."""
    for letter in filter(lambda letter: not letter.isascii(), text):
        odd = unicodedata.category(letter) in ("So", "Sk") or unicodedata.combining(letter)
        blank = letter.isalpha() and not _SCRIPTS.match(unicodedata.name(letter, ""))
        if odd or blank:
            raise InputError(f"{role} must be words and numbers, found {letter!r} in {text!r}")


_SCRIPTS = re.compile(
    "LATIN|GREEK|CYRILLIC|CJK UNIFIED|HIRAGANA|KATAKANA|HANGUL SYLLABLE|ARABIC LETTER|HEBREW|"
    "DEVANAGARI|THAI|ARMENIAN|GEORGIAN|MATHEMATICAL|DOUBLE-STRUCK|SCRIPT|BLACK-LETTER|"
    "SUPERSCRIPT|SUBSCRIPT|MODIFIER|FEMININE|MASCULINE|MICRO|PLANCK"
)
_OF_FORMULAS = re.compile(
    r"[=\u2190-\u2216\u2218-\u22c5\u22c7-\u22ff\u27c0-\u2bff]|\s[<>]|[:;](?=\s|$)|\s\s"
)


def require_remark(text: Any, role: str) -> None:
    """Text without control characters and without ticks; lines may end in it."""
    if type(text) is not str:
        raise InputError(f"{role} must be text, found {text!r}")
    for letter in text:
        if not letter.isprintable() and letter != "\n":
            raise InputError(f"{role} has a control character, {letter!r}: {text!r}")
        if not letter.isascii() and _TICKS.search(unicodedata.name(letter, "")):
            raise InputError(
                f"{role} has {letter!r}, which is how a report marks what it checked: {text!r}"
            )


_TICKS = re.compile("CHECK MARK|BALLOT|CROSS MARK|MULTIPLICATION X|WITH CHECK")


def measure_of(items: Any, role: str) -> tuple[Draw, ...]:
    """Draws as a measure, or nothing."""
    if not isinstance(items, list | tuple):
        raise InputError(f"{role} must be a list of draws, found {items!r}")
    try:
        draws = tuple(admit(item) for item in items)
        if draws:
            require_measure(draws, role)
    except SortError as error:
        raise SortError(f"{role}: {error}") from None
    return draws


def statement_of(prop: Any, owner: str) -> Any:
    """A statement as the kernel has it: nothing stands in it that cancels."""
    if prop is None:
        return None
    if is_latex(prop):
        require_latex(prop, f"the statement of {owner}")
        return prop
    if not is_one_of(prop, PROPOSITIONS):
        raise InputError(f"the statement of {owner} must be a proposition, found {prop!r}")
    return admit(prop)


def prose_of(words: Any, role: str) -> tuple[str | Basic, ...]:
    """Words, or a list of words and terms, as a tuple; nothing for ""."""
    if isinstance(words, str | Basic):
        words = [words]
    if not isinstance(words, list | tuple):
        raise InputError(f"{role} must be words, or a list of words and terms, found {words!r}")
    items = tuple(words)
    for item in items:
        if isinstance(item, Basic):
            admit(item)
        elif type(item) is str:
            require_remark(item, role)
        else:
            raise InputError(f"{role} must be words, or a list of words and terms, found {item!r}")
    return tuple(item for item in items if not (type(item) is str and not item))


def references_of(using: Any, role: str) -> tuple[Any, ...]:
    """What a step cites, in a list."""
    if not isinstance(using, list | tuple):
        raise InputError(f"{role} takes names of earlier results or Instance(...), found {using!r}")
    return tuple(using)


def rules_of(by: str | Sequence[str], step: str) -> tuple[str, ...]:
    """The methods that ``by`` names, written as a list or with commas, by name or by code."""
    if not isinstance(by, str | list | tuple):
        raise InputError(f"step {step}: by= takes names of rules, found {by!r}")
    written = by.split(",") if type(by) is str else [*by]
    for name in written:
        if type(name) is not str:  # what is shown must be what was looked up
            raise InputError(f"step {step}: by= takes names of rules, found {name!r}")
    names = [name.strip() for name in written]
    if not names or names == [""]:
        raise InputError(
            f'step {step}: by= is missing; name the rule, as in by="linearity", '
            'or let fmproof look for it with by="auto"'
        )
    return tuple(_method_of(name, step) for name in names)


def _method_of(name: str, step: str) -> str:
    """The method of that name, or of the rule with that code (``C4``)."""
    if name in METHODS:
        return name
    from fmproof.catalogue import catalogue

    codes = {rule.code.lower(): rule.name for rule in catalogue()}
    known = name.lower()
    method = codes.get(known, known)
    if method in METHODS:
        return method
    if method in codes.values() or name in codes.values():
        raise InputError(
            f"step {step}: {name} is not named in a step, fmproof applies it by itself; "
            f"a step names one of {', '.join(METHODS)}"
        )
    raise InputError(f"step {step}: unknown rule {name!r}; {nearest(str(name), METHODS)}")


def claim_of(claim: Any, where: str) -> Claim:
    """A term in its form for the reader; LaTeX stays what it is."""
    if is_latex(claim):
        require_latex(claim, where)
        return claim
    try:
        return as_written(as_term(claim))
    except SortError as error:
        raise SortError(f"{where}: {error}") from None
