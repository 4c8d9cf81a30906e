"""Users' files, run in a process of their own, which hands over what they made as data.

So no file can change the process that checks it: not the kernel, not Python, not the report. What
a file sends is read as a derivation, whatever it is, and checked as any other.
"""

from __future__ import annotations

import builtins
import json
import os
import signal
import sys
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from fmproof.errors import FmproofError, FmproofWarning, InputError

if TYPE_CHECKING:
    from fmproof.tactics.script import Derivation

_CHILD = (
    "import json, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "  # the parent ends it
    "request = json.loads(sys.stdin.buffer.read()); sys.path[:] = request['path']; "
    "from fmproof.sources.apart import answer; answer(request)"
)


class File(NamedTuple):
    """A Python file to run: what it is called, what is in it, whether it must define something."""

    path: Path
    text: str
    required: bool = True


def run_apart(files: Sequence[File]) -> list[list[Derivation]]:
    """The derivations that each file defines; see :func:`fmproof.sources.running.run_file`.

    All run in one new process, one after the other. It has this one's import path and environment,
    and prints to this one's standard error.

    Raises:
        InputError: a file cannot be used, or ends the process that it runs in.
    """
    if not files:
        return []
    with TemporaryDirectory(prefix="fmproof-") as folder:
        answers = Path(folder) / "answers.jsonl"
        status = _run(files, answers)
        lines = answers.read_bytes().splitlines() if answers.exists() else []
    found: list[list[Derivation]] = []
    for file, line in zip(files, lines, strict=False):
        found.append(_taken(file, line))
    if len(found) < len(files):
        raise InputError(
            f"{files[len(found)].path}: ends the process that it runs in, {_how(status)}; "
            "a derivation file must run to its end"
        )
    return found


def _run(files: Sequence[File], answers: Path) -> int:
    """Let another process run the files and write its answers; its exit status."""
    request = {
        "path": [entry for entry in sys.path if isinstance(entry, str)],
        "answers": str(answers),
        "files": [[str(file.path), file.text, file.required] for file in files],
    }
    optimised = ["-" + "O" * sys.flags.optimize] if sys.flags.optimize else []
    try:
        os.fstat(2)
        errors = 2
    except OSError:  # closed
        errors = DEVNULL
    child = Popen(
        [sys.executable, *optimised, "-c", _CHILD], stdin=PIPE, stdout=errors, stderr=errors
    )
    try:
        with suppress(BrokenPipeError), child.stdin as asked:  # type: ignore[union-attr]
            asked.write(json.dumps(request).encode("ascii"))
        import fmproof.sources.data  # noqa: F401 - what reads the answers, in the meantime

        return child.wait()
    finally:
        child.kill()
        child.wait()


def _how(status: int) -> str:
    if status >= 0:
        return f"with status {status}"
    with suppress(ValueError):
        return f"by {signal.Signals(-status).name}"
    return f"by signal {-status}"


def _taken(file: File, line: bytes) -> list[Derivation]:
    """What the other process says of a file; it may say anything."""
    from fmproof.sources.data import from_data

    try:
        value = json.loads(line)
        told = value["warnings"]
        for category, message, where, number in told:
            warnings.warn_explicit(str(message), _category(category), str(where), int(number))
        error = value.get("error")
        if error is None:
            return from_data(value)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        error = f"{file.path}: writes into what the process that runs it says of it"
    except InputError as wrong:
        error = f"{file.path}: {wrong}"
    raise InputError(str(error))


def _category(name: Any) -> type[Warning]:
    if name == FmproofWarning.__name__:
        return FmproofWarning
    found = getattr(builtins, str(name), UserWarning)
    return found if isinstance(found, type) and issubclass(found, Warning) else UserWarning


# --- in the other process -----------------------------------------------------------------


def answer(request: Mapping[str, Any]) -> None:
    """Run the files and write a line of JSON for each, up to the first that cannot be used."""
    with Path(request["answers"]).open("w", encoding="ascii") as answers:
        for path, text, required in request["files"]:
            line = _ran(Path(path), text, required)
            answers.write(json.dumps(line) + "\n")
            answers.flush()  # the next file may end the process
            if "error" in line:
                break
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(0)  # whatever a file left to be done at the end, and its threads, are not waited for


def _ran(path: Path, text: str, required: bool) -> dict[str, Any]:
    from fmproof.sources.data import to_data
    from fmproof.sources.running import run_file

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", FmproofWarning)
        try:
            line = to_data(run_file(path, text, required))
        except FmproofError as error:
            line = {"error": str(error)}
        except RecursionError:
            line = {"error": f"{path}: a formula in it is nested too deeply"}
        except KeyboardInterrupt:
            line = {
                "error": f"{path}: raises KeyboardInterrupt; a derivation file must run to its end"
            }
    told = [[w.category.__name__, str(w.message), w.filename, w.lineno] for w in said]
    return {**line, "warnings": told}
