"""Derivations by name or from a user's Python file.

A file's text is read here (:mod:`~fmproof.sources.reading`), it is run in a process of its own
(:mod:`~fmproof.sources.apart`, :mod:`~fmproof.sources.running`), and what it made comes back as
data (:mod:`~fmproof.sources.data`).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from fmproof.derivations.catalogue import BUILTIN, load
from fmproof.errors import InputError
from fmproof.sources.apart import File, run_apart
from fmproof.sources.reading import python_text, python_texts

if TYPE_CHECKING:
    from fmproof.tactics.script import Derivation

__all__ = ["find", "find_each", "load_file"]


def find(source: str) -> list[Derivation]:
    """The derivations that ``source`` stands for.

    Args:
        source: a built-in name, the path of a Python file, that of a folder of such files, or
            "-" for a file on standard input.

    Raises:
        InputError: there is no such derivation or file, or the file cannot be used.
    """
    return find_each([source])[0]


def find_each(sources: Sequence[str]) -> list[list[Derivation]]:
    """The same for several sources; the files of all of them run in one process.

    Raises:
        InputError: of the first that cannot be used.
    """
    named = [_named(source) for source in sources]
    files = [file for item in named if isinstance(item, list) for file in item]
    made = iter(run_apart(files))
    found = []
    for source, item in zip(sources, named, strict=True):
        if isinstance(item, str):
            found.append([load(item)])
            continue
        found.append([derivation for _ in item for derivation in next(made)])
        if not found[-1]:
            raise InputError(f"{source}: no Python file in this folder defines a derivation")
    return found


def load_file(path: Path) -> list[Derivation]:
    """The derivations that a Python file defines; see :func:`fmproof.sources.running.run_file`.

    Raises:
        InputError: the file cannot be read, is not Python, fails while it runs, or defines no
            derivation. The message begins with the file and, where there is one, the line.
    """
    return run_apart([File(path, python_text(path))])[0]


def _named(source: str) -> str | list[File]:
    """The built-in derivation or the files that a source names."""
    if source in BUILTIN:
        return source
    if source == "-":
        return [File(Path("<stdin>"), sys.stdin.read())]
    if not source:
        raise InputError("expected a name, a file or a folder, found nothing between the quotes")
    path = Path(source)
    if path.is_dir():
        return [File(file, text, required=False) for file, text in python_texts(path)]
    if path.suffix or path.exists() or len(path.parts) > 1:
        return [File(path, python_text(path))]
    beside = path.with_suffix(".py")
    if beside.is_file() and not get_close_matches(source, BUILTIN, n=1, cutoff=0.5):
        raise InputError(f"no derivation is called {source!r}; did you mean the file {beside}?")
    _refuse_rule(source)
    return source  # which loading it refuses, with the nearest name


def _refuse_rule(source: str) -> None:
    """A rule is no derivation: say so, and where it is explained."""
    from fmproof.catalogue import catalogue

    names = {label.lower() for rule in catalogue() for label in (rule.code, rule.name)}
    if source.lower() in names:
        raise InputError(
            f"{source!r} is a rule, not a derivation; fmproof explain {source} shows it"
        )
