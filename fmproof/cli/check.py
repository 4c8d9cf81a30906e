"""``fmproof check``: read documents, and say of every row whether it is true."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fmproof.cli import terminal
from fmproof.cli.help import Documented
from fmproof.errors import InputError
from fmproof.files import require_writable

if TYPE_CHECKING:
    from fmproof.documents.model import CheckReport

MACHINE_FORMATS = ("json", "sarif", "github", "junit", "html")
"""Formats for files; each is a module of fmproof.documents.formats."""

EPILOG = """Examples:
  fmproof check post.md                     a post, a chapter, a notebook
  fmproof check paper/ --quiet              every document in a folder, only what is wrong
  fmproof check post.md --details           with what was understood and what proofs need
  fmproof check post.md --format html -o post.html
  fmproof check - --as tex < chapter.tex    from standard input

Exit status: 0 nothing is wrong, 1 a row is refuted, equal only up to a constant or out of
scope, 2 a document cannot be used, or none of its formulas can be read.
"""


@click.command(cls=Documented, epilog=EPILOG)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", *MACHINE_FORMATS]),
    default="text",
    show_default=True,
    help="How to write the report.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write the report to this file."
)
@click.option(
    "--details", is_flag=True, help="Also what was understood, and what each proof needs."
)
@click.option("-q", "--quiet", is_flag=True, help="Only the rows that are wrong.")
@click.option(
    "--strict", is_flag=True, help="Guess nothing: a symbol means what the document says."
)
@click.option(
    "--hypotheses",
    type=click.Choice(["natural", "declared"]),
    default="natural",
    show_default=True,
    help="Assume second moments and the like, or nothing.",
)
@click.option("--no-numeric", is_flag=True, help="Prove only; nothing is refuted by numbers.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the random problems."
)
@click.option(
    "--patience",
    type=click.FloatRange(0, min_open=True),
    show_default="1",
    help="Look that many times as long for each proof; more than 1 on a slow machine.",
)
@click.option(
    "--as", "ending", type=click.Choice(["md", "tex", "ipynb"]), help="What standard input holds."
)
@click.option(
    "--script",
    type=click.Path(path_type=Path),
    help="Write what was checked, in the authoring language, to this Python file.",
)
@click.option(
    "--watch", is_flag=True, help="Check again whenever a file changes, until interrupted."
)
@click.option(
    "--color",
    "colour",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the text.",
)
@click.help_option("-h", "--help")
@click.pass_context
def check(
    ctx: click.Context,
    files: Sequence[str],
    format_: str,
    output: Path | None,
    details: bool,
    quiet: bool,
    strict: bool,
    hypotheses: str,
    no_numeric: bool,
    seed: int,
    patience: float | None,
    ending: str | None,
    script: Path | None,
    watch: bool,
    colour: str,
) -> None:
    """Read documents and give every displayed row a verdict.

    FILE is Markdown, LaTeX or a notebook, a folder with such files, or - for standard input.
    """
    for target in (output, script):
        if target is not None:
            require_writable(target)
    remembered: list[Any] = []  # of an earlier look, with --watch

    def run() -> int:
        options = {
            "strict": strict,
            "natural": hypotheses == "natural",
            "numeric": not no_numeric,
            "seed": seed,
            "patience": patience,
            "script": script is not None,
        }
        report = checked(files, ending, options, remembered)
        if script is not None:
            if len(report.documents) != 1:
                raise click.UsageError("--script writes the rows of one document")
            terminal.write_output(report.documents[0].script, script, as_utf8=True)
        if format_ == "text":
            from fmproof.documents.formats.text import render as render_text

            coloured = colour == "always" if output else terminal.wants_colour(colour)
            width = terminal.USUAL if output else terminal.width()
            letters = str if output else terminal.lettered
            text = render_text(
                report, width, coloured, details=details, quiet=quiet, lettered=letters
            )
            terminal.write_output(text, output, as_utf8=False)
        else:
            render: Callable[[CheckReport], str] = import_module(
                f"fmproof.documents.formats.{format_}"
            ).render
            terminal.write_output(render(report), output, as_utf8=True)
        if any(document.problems and not document.rows for document in report.documents):
            return 2  # it has formulas, and none of them can be read
        return 1 if report.wrong else 0

    if watch:
        if "-" in files:
            raise click.UsageError("--watch needs files, not standard input")
        _watch(files, run)
    ctx.exit(run())


def checked(
    files: Sequence[str],
    ending: str | None,
    options: dict[str, Any],
    remembered: list[Any],
) -> CheckReport:
    """The report on all files, in the order in which they were given.

    ``remembered`` keeps what both witnesses found, for the next time.
    """
    from fmproof._version import __version__
    from fmproof.documents.check import check_documents
    from fmproof.documents.context import Memory
    from fmproof.documents.model import CheckReport
    from fmproof.reading.document.read import decoded, notation_beside, read_file, read_text

    started = time.perf_counter()
    if not remembered:
        remembered.append(Memory())
    (memory,) = remembered
    found = []
    for path in paths(files):
        if path is None:
            text = decoded(sys.stdin.buffer.read(), "standard input")
            documents = read_text(text, "standard input", f".{ending}" if ending else "", None)
            found.append(check_documents("standard input", documents, **options))
        else:
            beside = notation_beside(path)
            found.append(
                check_documents(
                    str(path),
                    read_file(path),
                    notation=beside,
                    memory=memory,
                    **options,
                )
            )
    return CheckReport(__version__, tuple(found), time.perf_counter() - started)


def paths(files: Sequence[str]) -> Iterator[Path | None]:
    """The documents that the arguments name; None for standard input.

    Raises:
        InputError: there is none.
    """
    from fmproof.reading.document.read import ENDINGS

    for name in files:
        path = Path(name)
        if name == "-":
            yield None
        elif path.is_dir():
            inside = sorted(
                p for p in path.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file()
            )
            if not inside:
                raise InputError(
                    f"{name}: no document in this folder; expected {', '.join(ENDINGS)}"
                )
            yield from inside
        elif not path.exists() and any(mark in name for mark in "*?["):
            matches = sorted(Path().glob(name)) if not path.is_absolute() else []
            if not matches:
                raise InputError(f"{name}: no file fits this pattern")
            yield from matches
        else:
            yield path


def _watch(files: Sequence[str], run: Callable[[], int]) -> None:
    """Run whenever a file is newer than at the last run."""
    seen: dict[Path, float] = {}
    while True:
        now = {
            path: path.stat().st_mtime
            for path in paths(files)
            if path is not None and path.exists()
        }
        if now != seen:
            seen = now
            try:
                run()
            except InputError as error:
                click.echo(f"fmproof: {error}", err=True)
            click.echo("fmproof: waiting for changes; Ctrl-C ends it", err=True)
        time.sleep(0.3)
