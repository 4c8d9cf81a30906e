"""The command line: arguments in, report out.

The modules here import no SymPy before a command needs it, so that ``--help``, ``--version``,
``list`` and shell completion answer at once.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
import traceback
import warnings
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn, TextIO

import click

from fmproof._version import __version__
from fmproof.cli.check import check
from fmproof.cli.conform import conform
from fmproof.cli.describe import explain, list_
from fmproof.cli.docs import docs
from fmproof.cli.evaluate import evaluate
from fmproof.cli.export import export
from fmproof.cli.floor import floor
from fmproof.cli.help import Documented
from fmproof.cli.init import init
from fmproof.cli.replay import replay
from fmproof.cli.terminal import make_printable, on_a_line
from fmproof.cli.verify import verify
from fmproof.derivations.catalogue import BUILTIN
from fmproof.errors import FmproofError, FmproofWarning, nearest

__all__ = ["command", "main", "program"]

UNUSABLE = 2
CRASHED = 3
INTERRUPTED = 130


class _Commands(Documented, click.Group):
    """A group whose message for an unknown command says what was probably meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self.commands and not name.startswith("-"):
            if name in BUILTIN or name.endswith(".py"):
                hint = f"did you mean 'fmproof verify {name}'?"
            else:
                hint = nearest(name, self.commands)
            raise click.UsageError(f"no command is called {name!r}; {hint}")
        return super().resolve_command(ctx, args)


EPILOG = """Examples:
  fmproof verify                     check every built-in derivation
  fmproof verify fm-cfm --steps      one of them, with its side conditions
  fmproof verify mine.py             your own, from a Python file
  fmproof check post.md              a document as people wrote it, row by row
  fmproof docs fm-cfm -o proof.html  as a page, a PDF, LaTeX, Markdown, a notebook
  fmproof evaluate problem.toml      both losses, their constants and the floor
  fmproof floor latents.npy          how low the training loss can go on a data set
  fmproof init mine.py               a commented file to start from
  fmproof explain linearity          what a rule says and when it may be used

Exit status of verify: 0 all is proved, 1 a step failed, 2 the input cannot be used.
"""


@click.group(cls=_Commands, epilog=EPILOG, invoke_without_command=True)
@click.version_option(__version__, message="fmproof %(version)s")
@click.help_option("-h", "--help")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Check derivations of flow matching, step by step."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


for _subcommand in (
    verify, check, docs, evaluate, floor, list_, explain, init, conform, replay, export
):  # fmt: skip
    command.add_command(_subcommand)


def program() -> NoReturn:
    """:func:`main` as a process of its own, which ends at once.

    Python frees what is left object by object, and looks through it for cycles first; after a
    check that takes about as long as importing SymPy. Whoever watches the process, such as a
    profiler, has its say as usual.
    """
    try:
        main()
    except SystemExit as end:
        plain = end.code is None or isinstance(end.code, int)  # words are Python's to print
        if plain and not _watched() and threading.active_count() == 1:
            atexit._run_exitfuncs()
            with suppress(OSError):  # else Python says what is wrong with the stream
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(end.code or 0)  # type: ignore[arg-type]
        raise


def _watched() -> bool:
    """Whether a tracer or a profiler looks on, which tells what it saw after the end."""
    monitoring = getattr(sys, "monitoring", None)  # from Python 3.12 on
    tools = monitoring and [tool for tool in range(6) if monitoring.get_tool(tool) is not None]
    return bool(sys.gettrace() or sys.getprofile() or tools)


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its status; every error of the user's is one line."""
    # SymPy's import makes many objects that live to the end; looking through them is in vain.
    gc.set_threshold(500_000, 50, 50)
    make_printable(sys.stdout, sys.stderr)
    with warnings.catch_warnings():
        warnings.simplefilter("always", FmproofWarning)
        warnings.showwarning = _show_warning
        status = _run(args)
    sys.exit(status)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """A warning as one line; where in the package it was raised helps only with the package's."""
    text = str(message)
    if not issubclass(category, FmproofWarning):
        text = f"{text} ({category.__name__} at {filename}:{lineno})"
    click.echo(f"fmproof: warning: {on_a_line(text)}", err=True)


def _run(args: Sequence[str] | None) -> int:
    try:
        status: Any = command.main(args, prog_name="fmproof", standalone_mode=False)
    except click.Abort:
        click.echo("fmproof: interrupted", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        return _complain(error.format_message())
    except FmproofError as error:
        return _complain(str(error))
    except RecursionError:
        return _complain("a term is nested too deeply to be checked; name parts of it")
    except Exception:
        traceback.print_exc()
        click.echo("fmproof: this is a defect of fmproof, please report the lines above", err=True)
        return CRASHED
    return status if isinstance(status, int) else 0


def _complain(message: str) -> int:
    click.echo(f"fmproof: {on_a_line(message)}", err=True)
    return UNUSABLE
