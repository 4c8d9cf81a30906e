"""``fmproof verify``: check derivations and report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from fmproof.cli import terminal
from fmproof.derivations.catalogue import BUILTIN
from fmproof.files import require_writable
from fmproof.report.model import Report
from fmproof.report.text import Detail
from fmproof.report.text import render as render_text

MACHINE_FORMATS = ("json", "junit", "github", "html")
"""Formats for files: always UTF-8, never coloured. Each is a module of fmproof.report."""


def complete_source(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of built-in derivations with Python files that fit; any file when no name does.

    The two are never mixed as kinds: bash forgets the names when the shell completes files.
    """
    names = [
        CompletionItem(name, help=title)
        for name, (title, _) in BUILTIN.items()
        if name.startswith(incomplete)
    ]
    if not names:
        return [CompletionItem(incomplete, type="file")]
    files = sorted(path.name for path in Path().glob("*.py") if path.name.startswith(incomplete))
    return [*names, *map(CompletionItem, files)]


EPILOG = """\b
Examples:
  fmproof verify                              all built-in derivations
  fmproof verify fm-cfm gradient --quiet      two of them, a line each
  fmproof verify mine.py --steps              your own, with every side condition
  fmproof verify --no-numeric                 the proofs alone, at once
  fmproof verify --format junit -o fm.xml     for a continuous integration service

\b
Exit status: 0 all is proved, 1 a step failed, 2 the input cannot be used.
"""


@click.command(epilog=EPILOG)
@click.argument("sources", nargs=-1, metavar="[NAME | FILE.py]...", shell_complete=complete_source)
@click.option(
    "--steps",
    is_flag=True,
    help="Also print each step's conditions, what they follow from, and the author's notes.",
)
@click.option("-q", "--quiet", is_flag=True, help="One line a derivation.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", *MACHINE_FORMATS]),
    default="text",
    show_default=True,
    help="How to write the report.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write the report to this file instead of standard output.",
)
@click.option(
    "--color",
    "colour",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the text; auto asks the terminal, NO_COLOR and FORCE_COLOR.",
)
@click.option(
    "--problems",
    type=click.IntRange(1),
    metavar="N",
    help="On how many random problems each step is evaluated.  [default: 20]",
)
@click.option("--seed", type=click.IntRange(0), help="Of the random problems.  [default: 0]")
@click.option(
    "--problem",
    type=click.Path(path_type=Path),
    metavar="FILE.toml",
    help="Evaluate on this problem instead, such as one that refuted a step.",
)
@click.option("--no-numeric", is_flag=True, help="Prove only, without evaluating anything.")
@click.help_option("-h", "--help")
@click.pass_context
def verify(
    ctx: click.Context,
    sources: Sequence[str],
    steps: bool,
    quiet: bool,
    format_: str,
    output: Path | None,
    colour: str,
    problems: int | None,
    seed: int | None,
    problem: Path | None,
    no_numeric: bool,
) -> None:
    """Check derivations step by step, in the kernel and on random problems.

    NAME is a built-in derivation (see fmproof list), FILE.py a file of your own. Without any,
    all built-in derivations are checked.
    """
    if steps and quiet:
        raise click.UsageError("--quiet prints a line a derivation, --steps all of it; choose one")
    if output is not None:
        require_writable(output)
    if no_numeric and (problems, seed, problem) != (None, None, None):
        raise click.UsageError("--no-numeric excludes --problems, --seed and --problem")
    if problem is not None and problems is not None:
        raise click.UsageError("--problem names the one problem; it excludes --problems")
    chosen = list(dict.fromkeys(sources or BUILTIN))
    if no_numeric:
        report = checked(chosen)
    else:
        report = verified(chosen, problems, seed, problem)
    if format_ == "text":
        coloured = colour == "always" if output else terminal.wants_colour(colour)
        level = Detail.STEPS if steps else Detail.QUIET if quiet else Detail.NORMAL
        width = terminal.USUAL if output else terminal.width()
        text = render_text(report, level, width, coloured)
        terminal.write(text, output, as_utf8=False)
    else:
        render: Callable[[Report], str] = import_module(f"fmproof.report.{format_}").render
        terminal.write(render(report), output, as_utf8=True)
    ctx.exit(0 if report.status == "proved" else 1)


def verified(
    sources: Sequence[str],
    problems: int | None = None,
    seed: int | None = None,
    file: Path | None = None,
) -> Report:
    """The sources checked by both witnesses, with a progress bar on a terminal."""
    from fmproof.models import load_problem
    from fmproof.sources import find
    from fmproof.verify import verify as run

    problem = None if file is None else load_problem(file)
    found = [(source, derivation) for source in sources for derivation in find(source)]
    with terminal.progress() as progress:
        return run(
            [derivation for _, derivation in found],
            targets=[source for source, _ in found],
            problems=problems,
            seed=seed,
            problem=problem,
            progress=progress,
        )


def checked(sources: Sequence[str]) -> Report:
    """The sources checked by the kernel alone, with a progress bar on a terminal."""
    from fmproof.sources import find
    from fmproof.tactics.check import check

    derivations = [derivation for source in sources for derivation in find(source)]
    with terminal.progress() as progress:
        return check(derivations, progress)
