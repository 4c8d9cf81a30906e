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
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from fmproof.errors import FmproofError, FmproofWarning, InputError

if TYPE_CHECKING:
    from fmproof.tactics.script import Derivation

_CHILD = (
    "import json, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "  # the parent ends it
    "request = json.loads(sys.stdin.buffer.read()); sys.path[:] = request['path']; "
    "from fmproof.sources.apart import answer; answer(request)"
)


_UNUSABLE = 2


class File(NamedTuple):
    """A Python file to run: what it is called, what is in it, whether it must define something."""

    path: Path
    text: str
    required: bool = True


def run_apart(files: Sequence[File]) -> list[list[Derivation]]:
    """The derivations that each file defines; see :func:`fmproof.sources.running.run_file`.

    Each runs in a process of its own, with this one's environment and import path, and prints to
    this one's standard error. Where processes fork, one that has fmproof loaded forks them all.

    Raises:
        InputError: a file cannot be used, or ends the process that it runs in.
    """
    found: list[list[Derivation]] = []
    together = files if hasattr(os, "fork") else files[:1]
    with TemporaryDirectory(prefix="fmproof-") as folder:
        while together:
            status = _run(together, Path(folder))
            for number, file in enumerate(together):
                answer = Path(folder) / f"{number}.json"
                text = answer.read_bytes() if answer.is_file() else b""
                if not text:
                    raise InputError(
                        f"{file.path}: ends the process that it runs in, {_how(status)}; "
                        "a derivation file must run to its end"
                    )
                found.append(_taken(file, text))
                answer.unlink()
            together = files[len(found) :][:1]
    return found


def _run(files: Sequence[File], answers: Path) -> int:
    """Let another process run the files, up to the first that cannot be used, and write an answer
    for each; how the last one ended."""
    home = str(Path(__file__).parents[2])  # where python -m fmproof found it
    request = {
        "path": [*(entry for entry in sys.path if isinstance(entry, str)), home],
        "answers": str(answers),
        "files": [[str(file.path), file.text, file.required] for file in files],
    }
    optimised = ["-" + "O" * sys.flags.optimize] if sys.flags.optimize else []
    try:
        os.fstat(2)
        errors = 2
    except OSError:  # closed
        errors = DEVNULL
    command = [sys.executable, *optimised, "-c", _CHILD]
    # A session of its own, so that all that it starts can be ended with it.
    child = Popen(command, stdin=PIPE, stdout=errors, stderr=errors, start_new_session=True)
    try:
        with suppress(BrokenPipeError), child.stdin as asked:  # type: ignore[union-attr]
            asked.write(json.dumps(request).encode("ascii"))
        import fmproof.sources.data  # noqa: F401 - what reads the answers, in the meantime

        return child.wait()
    finally:
        with suppress(ProcessLookupError, AttributeError):  # all have ended; not on Windows
            os.killpg(child.pid, signal.SIGKILL)
        child.kill()
        child.wait()


def _how(status: int) -> str:
    if status >= 0:
        return f"with status {status}"
    with suppress(ValueError):
        return f"by {signal.Signals(-status).name}"
    return f"by signal {-status}"


def _taken(file: File, answer: bytes) -> list[Derivation]:
    """What the other process says of a file; it may say anything."""
    from fmproof.sources.data import from_data

    try:
        value = json.loads(answer)
        for category, message, where, number in value["warnings"]:
            place = number if type(number) is int and 0 <= number < 10**9 else 0
            warnings.warn_explicit(str(message), _category(category), str(where), place)
        error = value.get("error")
        found = [] if error is not None else from_data(value)
        if error is None and (found or not file.required):
            return found
        error = error or f"{file.path}: defines no derivation"
    except RecursionError:
        error = f"{file.path}: a formula in it is nested too deeply"
    except (ValueError, TypeError, KeyError, AttributeError):
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


def answer(request: Mapping[str, Any]) -> NoReturn:
    """Run the files and write an answer for each, up to the first that cannot be used."""
    import fmproof.sources.data
    import fmproof.sources.running  # noqa: F401 - before the first fork

    status = 0
    for number, (path, text, required) in enumerate(request["files"]):
        answers = Path(request["answers"]) / f"{number}.json"
        child = os.fork() if hasattr(os, "fork") else 0
        if child == 0:
            _answer(answers, Path(path), text, required)
        status = os.waitpid(child, 0)[1]
        if status != 0:
            break
    _end(status)


def _answer(answers: Path, path: Path, text: str, required: bool) -> NoReturn:
    """Run one file and write what it made."""
    line = _ran(path, text, required)
    answers.write_text(json.dumps(line), encoding="ascii")
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    # Whatever a file left to be done at the end, and its threads, are not waited for.
    os._exit(_UNUSABLE if "error" in line else 0)


def _end(status: int) -> NoReturn:
    """End as the last file's process did."""
    if os.WIFSIGNALED(status):
        with suppress(OSError):  # of those that nobody can catch
            signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))


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
