"""A user's Python file, run in this process, and the derivations that it makes.

:mod:`fmproof.sources.apart` calls this in a process of its own.
"""

from __future__ import annotations

import ast
import io
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stdout
from pathlib import Path
from traceback import walk_tb
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, NoReturn

from fmproof.errors import FmproofError, FmproofWarning, InputError

if TYPE_CHECKING:
    from fmproof.tactics.script import Derivation


def run_file(path: Path, text: str, required: bool = True) -> list[Derivation]:
    """Run a Python file and collect the derivations that it defines at its top level.

    Those are the values that the file itself assigns, and what is in its containers, in order;
    what it imports is not its own. A derivation that it makes and then loses is warned of. While
    it runs, its folder is on the import path as for a script, it has no standard input, and what
    it prints goes to standard error.

    Args:
        path: what the file is called, in messages and for itself.
        text: what is in it.
        required: whether it must define one.

    Raises:
        InputError: it is not Python, fails while it runs, or defines no derivation. The message
            begins with the file and, where there is one, the line.
    """
    tree = _parse(path, text)
    module = ModuleType(f"fmproof-file-{path.stem}")
    module.__file__ = str(path)
    # A file that silences warnings does not silence those about it.
    with _surroundings(path, module), _recorded() as made, warnings.catch_warnings():
        try:
            exec(compile(tree, str(path), "exec"), module.__dict__)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            _refuse(path, error)
        held = _held_elsewhere(module)
    found = _collect(module, tree, held)
    _warn_of_lost(path, found, made, held)
    if required and not found:
        raise InputError(
            f"{path}: defines no derivation; assign a Derivation(...) to a name at the top level "
            f"(an imported one is not the file's own)"
        )
    return found


def _parse(path: Path, source: str) -> ast.Module:
    try:
        return ast.parse(source, str(path))
    except SyntaxError as error:
        place = f"{path}:{error.lineno}:{error.offset}" if error.lineno else str(path)
        raise InputError(f"{place}: is not valid Python: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise InputError(f"{path}: is not valid Python: {error or 'nested too deeply'}") from None


# --- running --------------------------------------------------------------------------


class _NoInput(io.TextIOBase):
    """Standard input of a derivation file."""

    def _refuse(self) -> NoReturn:
        raise InputError("reads standard input; a derivation file must say all by itself")

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> str:
        self._refuse()

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        self._refuse()

    @property
    def buffer(self) -> NoReturn:
        self._refuse()


def _recorded() -> AbstractContextManager[list[Derivation]]:
    from fmproof.tactics.script import recording

    return recording()


@contextmanager
def _surroundings(path: Path, module: ModuleType) -> Iterator[None]:
    """What a script finds when Python runs it, for as long as the file runs."""
    import fmproof.tactics.check  # noqa: F401 - before a file of the user's can hide a library

    before = sys.argv, sys.path[:], sys.stdin, sys.stderr, set(sys.modules)
    here, watched = os.getcwd(), (sys.getprofile(), sys.gettrace())
    folder = path.resolve().parent
    sys.argv = [str(path)]
    sys.path.insert(0, str(folder))
    sys.stdin = _NoInput()
    sys.modules[module.__name__] = module
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        sys.argv, sys.path[:], sys.stdin, sys.stderr, known = before
        sys.setprofile(watched[0])  # else what the file left there would see the check
        sys.settrace(watched[1])
        os.chdir(here)
        _forget(folder, set(sys.modules) - known)


def _forget(folder: Path, names: Iterable[str]) -> None:
    """Unload the modules of the user's folder: another file may have others of the same name."""
    own = set()
    for name in names:
        origin = getattr(sys.modules[name], "__file__", None)
        if "." not in name and origin is not None:
            place = Path(origin)
            home = place.parent.parent if place.stem == "__init__" else place.parent
            if home.resolve() == folder:
                own.add(name)
    for name in names:
        if name.partition(".")[0] in own:
            del sys.modules[name]


def _refuse(path: Path, error: BaseException) -> NoReturn:
    """Turn what a user's file raised into one line with the place in the file."""
    place = f"{path}:{_written_at(path, error) or _line(path, error.__traceback__)}"
    message = " ".join(str(error).split())
    if isinstance(error, SystemExit):
        raise InputError(
            f"{place}: calls sys.exit({message}); a derivation file must run to its end"
        ) from None
    if isinstance(error, FmproofError):
        raise InputError(f"{place}: {message}") from None
    kind = type(error).__name__
    raise InputError(f"{place}: {kind}: {message}" if message else f"{place}: {kind}") from None


def _written_at(path: Path, error: BaseException) -> int | None:
    """The line where the author wrote what is wrong, if it is not the one that was running."""
    location = error.location if isinstance(error, FmproofError) else None
    return location.line if location is not None and location.file == str(path) else None


def _line(path: Path, traceback: TracebackType | None) -> int:
    """The line of the file that was running."""
    lines = [line for frame, line in walk_tb(traceback) if frame.f_code.co_filename == str(path)]
    return lines[-1] if lines else 1


# --- collecting -----------------------------------------------------------------------


def _held_elsewhere(module: ModuleType) -> set[int]:
    """The derivations that other modules hold by a name, by identity."""
    from fmproof.tactics.script import Derivation

    return {
        id(item)
        for other in list(sys.modules.values())
        if other is not module and isinstance(other, ModuleType)
        for item in list(vars(other).values())
        if type(item) is Derivation
    }


def _collect(module: ModuleType, tree: ast.Module, held: set[int]) -> list[Derivation]:
    from fmproof.tactics.script import Derivation

    imported = _imported_names(tree, module)
    found: list[Derivation] = []
    for name, value in module.__dict__.items():
        for item in _inside(value, DEEPEST):
            own = name not in imported or id(item) not in held
            new = type(item) is Derivation and not any(item is other for other in found)
            if own and new:
                found.append(item)  # type: ignore[arg-type]
    return found


DEEPEST = 20
"""Containers in containers that are looked into."""


def _inside(value: object, depth: int) -> Iterator[object]:
    """``value``, or what is in it if it is a container."""
    if not isinstance(value, list | tuple | dict | set | frozenset) or depth == 0:
        yield value
        return
    for item in list(value.values()) if isinstance(value, dict) else list(value):
        yield from _inside(item, depth - 1)


def _warn_of_lost(
    path: Path, found: Iterable[Derivation], made: Iterable[Derivation], held: set[int]
) -> None:
    """Name what the file made and no name holds: it is not checked."""
    kept = list(found)
    for derivation in kept:  # those that a kept one uses are checked with it
        kept.extend(used for used in derivation.uses if not any(used is k for k in kept))
    for derivation in made:
        if id(derivation) in held or any(derivation is k or derivation == k for k in kept):
            continue
        place = derivation.location
        if place is not None:
            warnings.warn(
                f"{place.file}:{place.line}: the derivation {derivation.name!r} is skipped: no "
                f"name at the top level holds it; was its name assigned again?",
                FmproofWarning,
                stacklevel=2,
            )


def _imported_names(tree: ast.Module, module: ModuleType) -> set[str]:
    """The names that the file has from elsewhere and does not assign anew.

    What a star import brings is known only by what the file does not assign itself.
    """
    imported: set[str] = set()
    assigned: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            imported.update(alias.asname or alias.name for alias in node.names)
            if any(alias.name == "*" for alias in node.names):
                imported.update(module.__dict__)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            assigned.add(node.id)
    return imported - assigned
