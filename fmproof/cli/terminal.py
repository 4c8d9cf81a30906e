"""What standard output can show, and writing to it."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import IO, Protocol, TextIO

from fmproof.errors import InputError
from fmproof.files import write_whole

NARROW, WIDE, USUAL = 60, 100, 88
_PATIENCE = 0.5  #: seconds before a progress bar appears
_REFRESH = 0.1  #: seconds between two drawings of it


def width(most: int = WIDE) -> int:
    """Columns for text: the terminal's within reason, or what COLUMNS says; else 88."""
    return min(max(shutil.get_terminal_size((USUAL, 24)).columns, NARROW), most)


def wants_colour(choice: str) -> bool:
    """Whether to colour what goes to standard output.

    ``choice`` "always" and "never" are final. For "auto", a NO_COLOR that is not empty says
    no, a FORCE_COLOR that is not empty says yes, and otherwise a terminal that is not dumb does.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def write_output(text: str, output: Path | None, *, as_utf8: bool) -> None:
    """Write to the file ``output``, whole or not at all, or to standard output.

    A file is UTF-8, and so is standard output where ``as_utf8`` says that the format demands
    it. A reader who goes away, such as ``head``, is no error.

    Raises:
        InputError: the file, or standard output, takes no more.
    """
    if output is not None:
        write_whole(output, text.encode("utf-8", "replace"))
        return
    try:
        if as_utf8:
            sys.stdout.flush()
            sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        else:
            sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # The interpreter flushes once more at its end, which must not fail either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise InputError(f"cannot write to standard output: {error.strerror}") from None


def on_a_line(text: str) -> str:
    """A message as one line; what is not printable in it, such as escape codes, is spelled out."""
    line = " ".join(text.split())
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)


class ProgressBar(Protocol):
    """Called as the work goes on; ``note`` is shown behind the bar."""

    def __call__(self, name: str, done: int, total: int, note: str = "", /) -> None: ...


@contextmanager
def progress() -> Iterator[ProgressBar | None]:
    """A callback that draws a progress bar once the work is long; None without a terminal."""
    if sys.stderr is None or not sys.stderr.isatty():  # None where it is closed
        yield None
        return
    bar = _Bar(sys.stderr)
    try:
        yield bar.show
    finally:
        bar.close()


class _Bar:
    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.due = monotonic() + _PATIENCE
        self.drawn = False

    def show(self, name: str, done: int, total: int, note: str = "", /) -> None:
        if monotonic() < self.due:
            return
        self.due = monotonic() + _REFRESH
        filled = min(30, 30 * done // total)
        line = f"{name} [{'#' * filled:<30}] {done}/{total}  {note}".rstrip()
        # A line that wraps could not be taken back.
        self.stream.write(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}")
        self.stream.flush()
        self.drawn = True

    def close(self) -> None:
        if self.drawn:
            self.stream.write("\r\x1b[K")
            self.stream.flush()


# --- encodings that lack mathematics --------------------------------------------------

_PLAIN = {
    "✓": "+", "✗": "x", "−": "-", "–": "-", "‖": "||", "·": ".", "∫": " int", "∇": "grad",
    "∂": "d", "√": "sqrt ", "⊢": "|-", "⟨": "<", "⟩": ">",
    "∞": "inf", "≈": "~", "≠": "!=", "∈": " in ",
    "±": "+-", "≤": "<=", "≥": ">=", "⇒": "=>", "→": "->", "↦": "->", "…": "...",
}  # fmt: skip


_ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar"}
"""Of letters in formulas: ā is another symbol than a."""


def make_printable(*streams: IO[str]) -> None:
    """Let ``streams`` write what their encoding lacks in the nearest plain letters."""
    codecs.register_error("fmproof.plain", _plain)
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="fmproof.plain")


def lettered(text: str) -> str:
    """``text`` as standard output will show it, for what is laid out in columns."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "fmproof.plain").decode(encoding)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain_letter, error.object[error.start : error.end])), error.end


def _plain_letter(char: str) -> str:
    if char in _PLAIN:
        return _PLAIN[char]
    name = unicodedata.name(char, "")
    if name.startswith("GREEK"):
        letter = name.split(" WITH ")[0].split()[-1]
        return letter.capitalize() if "CAPITAL" in name else letter.lower()
    raised = {"<super>": "^", "<sub>": "_"}.get(unicodedata.decomposition(char).split(" ")[0], "")
    letters = unicodedata.normalize("NFKD", char)
    plain = "".join(_ACCENTS.get(c, c if c.isascii() else "") for c in letters)
    return raised + plain if plain else "?"
