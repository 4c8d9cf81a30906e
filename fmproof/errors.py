"""The errors that a user can cause, all with a message meant to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class FmproofError(Exception):
    """Base class: bad input of some kind. The command line turns it into one line and exit 2.

    Attributes:
        location: where the author wrote it, with ``file`` and ``line``, if that is not the line
            that was running.
    """

    location: Any = None

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the author's line and the message, not how we came to it."""
        from pathlib import Path
        from traceback import extract_tb

        ours = str(Path(__file__).parent)
        theirs = [
            frame
            for frame in extract_tb(self.__traceback__)
            if not frame.filename.startswith(ours)
            and frame.filename != "<string>"  # what dataclasses generate
            and "/IPython/" not in frame.filename
            and "run_cell_magic" not in (frame.line or "")
        ]
        message = f"{type(self).__name__}: {self}"
        if not theirs:
            return [message]
        frame = theirs[-1]
        cell = "ipython-input" in frame.filename or "ipykernel" in frame.filename
        place = "" if cell else f" of {frame.filename}"
        return [f"line {frame.lineno}{place}: {frame.line}", message]


class InputError(FmproofError):
    """A file, a name, a field or an option that cannot be used."""


class FmproofWarning(UserWarning):
    """Input that can be used but is probably not what was meant."""


_spelling: list[Callable[[Any], str]] = globals().get("_spelling", [])  # also when loaded again


class _OfTerms(FmproofError):
    """What a message speaks of is given beside it, as in logging: ``("%s is no sum", term)``. It is
    spelled when the message is read, which those of a search never are.
    """

    def __str__(self) -> str:
        message, *terms = self.args or ("",)
        if not terms:
            return str(message)
        return str(message % tuple(t if type(t) is str else _spelled(t) for t in terms))

    def __repr__(self) -> str:  # what it speaks of is not asked how it likes to be shown
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self),), self.__dict__


def _spelled(term: Any) -> str:
    """A term of a message. One that was forged, or is too deep for what is left of the stack when
    the message is read, has no spelling; an error whose message raises would hide itself.
    """
    try:
        return _spelling[0](term)
    except Exception:  # whatever it is: the message matters more
        return "what cannot be shown"


def spell_terms_by(shown: Callable[[Any], str]) -> None:
    """Say how the terms in a message are spelled; called once, by :mod:`fmproof.lang`."""
    if _spelling:
        raise TypeError("how the terms of messages are spelled is said once, by fmproof.lang")
    _spelling.append(shown)


class SortError(_OfTerms):
    """A term that is not well formed: vector plus scalar, a variable in the wrong place."""


class RuleError(_OfTerms):
    """A kernel rule was applied to a term that it does not fit."""


def nearest(name: str, known: Iterable[str], otherwise: str | None = None) -> str:
    """Words for an unknown ``name``: the closest known one, or all of them.

    Returns a clause to append to a message, e.g. ``"did you mean 'fubini'?"``; where nothing
    is close, ``otherwise`` in place of all that is known. ``sigma_min`` is not close to ``sin``:
    a name is not a slip of one that is much shorter.
    """
    import difflib

    known = sorted(known)
    alike = [k for k in known if max(len(k), len(name)) <= 2.5 * min(len(k), len(name))]
    spelled = {candidate.lower(): candidate for candidate in reversed(alike)}
    close = difflib.get_close_matches(name, alike, n=1, cutoff=0.5) or [
        spelled[match]
        for match in difflib.get_close_matches(name.lower(), spelled, n=1, cutoff=0.8)
    ]
    if close and close[0] != name:
        return f"did you mean {close[0]!r}?"
    return "known: " + (", ".join(known) or "none") if otherwise is None else otherwise
