"""The text of a user's Python file, and of those in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from importlib.util import decode_source
from pathlib import Path

from fmproof.errors import InputError


def python_texts(folder: Path) -> Iterator[tuple[Path, str]]:
    """The Python files below a folder that may define a derivation, with their texts."""
    for file in sorted(folder.rglob("*.py")):
        if not any(part.startswith((".", "__")) for part in file.relative_to(folder).parts[:-1]):
            text = python_text(file)
            if "Derivation" in text:  # no file runs that cannot define one
                yield file, text


def python_text(path: Path) -> str:
    """The text of a Python file.

    Raises:
        InputError: there is none, it is none, or it cannot be read.
    """
    if not path.exists():
        file, _, name = str(path).partition(".py:")
        if name:
            mend = f"{file}.py::{name.lstrip(':')}"
            raise InputError(f"{path}: no such file; one derivation of a file is {mend}")
        raise InputError(f"{path}: no such file{_nearest_file(path)}")
    if path.suffix != ".py":
        hint = f"; a certificate is for fmproof replay {path}" if path.suffix == ".jsonl" else ""
        raise InputError(f"{path}: expected a Python file, whose name ends in .py{hint}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    try:
        return decode_source(content)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}:{line}: is not {error.encoding.upper()} text: "
            f"byte 0x{content[error.start]:02x}; save the file as UTF-8"
        ) from None
    except SyntaxError as error:
        raise InputError(f"{path}:1: {error.msg}; save the file as UTF-8") from None


def _nearest_file(path: Path) -> str:
    try:
        names = [entry.name for entry in path.absolute().parent.iterdir() if entry.suffix == ".py"]
    except OSError:
        return ""
    close = get_close_matches(path.name, names, n=1)
    return f"; did you mean {path.with_name(close[0])}?" if close else ""
