"""``fmproof verify``: check derivations and report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from fmproof.cli import terminal
from fmproof.cli.coq import options as coq_options
from fmproof.cli.coq import with_coq
from fmproof.cli.help import Documented
from fmproof.derivations.catalogue import BUILTIN
from fmproof.errors import FmproofError
from fmproof.files import require_writable
from fmproof.report.model import DerivationReport, Report
from fmproof.report.text import Detail
from fmproof.report.text import render as render_text

if TYPE_CHECKING:
    from fmproof.tactics.script import Derivation

MACHINE_FORMATS = ("json", "junit", "github", "lines", "sarif", "html")
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


EPILOG = """Examples:
  fmproof verify                              all built-in derivations
  fmproof verify fm-cfm gradient --quiet      two of them, a line each
  fmproof verify mine.py --steps              your own, with every side condition
  fmproof verify mine.py::2.4a                one step of it
  fmproof verify derivations/ --watch         a folder, again whenever a file changes
  fmproof verify --no-numeric                 the proofs alone, at once
  fmproof verify fm-cfm --coq                 and by Coq, where that is installed
  fmproof verify --format junit -o fm.xml     for a continuous integration service

Exit status: 0 all is proved, 1 a step failed, 2 the input cannot be used.
"""


@click.command(cls=Documented, epilog=EPILOG)
@click.argument(
    "sources",
    nargs=-1,
    metavar="[NAME | FILE.py | FOLDER | -][::STEP]...",
    shell_complete=complete_source,
)
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
@click.option(
    "--certificate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also write the proof as a certificate, for fmproof replay and other checkers.",
)
@coq_options
@click.option("--watch", is_flag=True, help="Check again whenever one of the files changes.")
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
    certificate: Path | None,
    coq: bool,
    coq_from: Path | None,
    watch: bool,
    no_numeric: bool,
) -> None:
    """Check derivations step by step, in the kernel and on random problems.

    NAME is a built-in derivation (see fmproof list), FILE.py a file of your own, FOLDER all files
    in it, - a file on standard input. Without any, all built-in derivations are checked. With
    ::STEP, the step of that label or the derivation of that name is reported alone.
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
    if certificate is not None:
        require_writable(certificate)
        if len(chosen) != 1:
            raise click.UsageError("--certificate is for one derivation: name it")
    if coq_from is not None and len(chosen) != 1:
        raise click.UsageError("--coq-from is for one derivation: name it")
    level = Detail.STEPS if steps else Detail.QUIET if quiet else Detail.NORMAL

    def run() -> int:
        found = found_in(chosen)
        derivations = [derivation for _, derivation in found]
        report = (
            checked(chosen, found)
            if no_numeric
            else verified(chosen, found, problems, seed, problem)
        )
        refused = None
        if coq or coq_from:
            report, refused = with_coq(report, derivations, coq_from)
        if format_ == "text":
            coloured = colour == "always" if output else terminal.wants_colour(colour)
            width = terminal.USUAL if output else terminal.width()
            letters = str if output else terminal.lettered
            text = render_text(report, level, width, coloured, letters)
            terminal.write_output(text, output, as_utf8=False)
        else:
            render: Callable[[Report], str] = import_module(f"fmproof.report.{format_}").render
            terminal.write_output(render(report), output, as_utf8=True)
        if certificate is not None and report.status != "proved":
            click.echo(f"fmproof: {certificate} is not written, for not all is proved", err=True)
        elif certificate is not None:
            from fmproof.certificate.certificate import write
            from fmproof.certificate.proved import only_certificate

            made = only_certificate(derivations, chosen[0])
            terminal.write_output(write(made), certificate, as_utf8=True)
        if refused is not None:
            raise refused
        return 0 if report.status == "proved" else 1

    ctx.exit(_watched(run, chosen) if watch else run())


def _watched(run: Callable[[], int], sources: Sequence[str]) -> int:
    """Run, and again after each change of a file, until Ctrl-C; the last status."""
    from fmproof.cli.watch import stamps, wait_for_change

    files = [Path(name) for name in (s.partition("::")[0] for s in sources) if name not in BUILTIN]
    if not files or Path("-") in files:
        raise click.UsageError("--watch waits for files to change; name a file or a folder")
    status = 0
    with suppress(KeyboardInterrupt):
        while True:
            seen = stamps(files)
            try:
                status = run()
            except FmproofError as error:  # half-written files come by while one works
                click.echo(f"fmproof: {terminal.on_a_line(str(error))}", err=True)
                status = 2
            click.echo("waiting for a change; Ctrl-C ends", err=True)
            wait_for_change(files, seen)
    return status


FoundDerivations = Sequence[tuple[str, "Derivation"]]
"""Derivations with the sources that name them."""


def found_in(sources: Sequence[str]) -> FoundDerivations:
    """What the sources name; each file is read once."""
    from fmproof.sources import find_each

    whole = _whole(sources)
    each = zip(whole, find_each(whole), strict=True)
    return [(source, derivation) for source, found in each for derivation in found]


def verified(
    sources: Sequence[str],
    found: FoundDerivations,
    problems: int | None = None,
    seed: int | None = None,
    file: Path | None = None,
) -> Report:
    """The derivations checked by both witnesses, with a progress bar on a terminal."""
    from fmproof.models import load_problem
    from fmproof.verify import verify as run

    problem = None if file is None else load_problem(file)
    with terminal.progress() as progress:
        report = run(
            [derivation for _, derivation in found],
            targets=[source for source, _ in found],
            problems=problems,
            seed=seed,
            problem=problem,
            progress=progress,
        )
    return _selected(report, [source for source, _ in found], sources)


def checked(sources: Sequence[str], found: FoundDerivations) -> Report:
    """The derivations checked by the kernel alone, with a progress bar on a terminal."""
    from fmproof.tactics.check import check

    with terminal.progress() as progress:
        report = check([derivation for _, derivation in found], progress)
    return _selected(report, [source for source, _ in found], sources)


def _whole(sources: Sequence[str]) -> list[str]:
    """The sources without what is selected in them, each once."""
    return list(dict.fromkeys(source.partition("::")[0] for source in sources))


def _selected(report: Report, origins: Sequence[str], sources: Sequence[str]) -> Report:
    """``report`` with only what ``sources`` ask for; ``origins`` say where each entry is from."""
    if not any("::" in source for source in sources):
        return report
    from fmproof.report.selection import only

    chosen: list[DerivationReport] = []
    for source in sources:
        name, selects, label = source.partition("::")
        here = tuple(
            d for d, origin in zip(report.derivations, origins, strict=True) if origin == name
        )
        part = replace(report, derivations=here)
        chosen += (only(part, label) if selects else part).derivations
    return replace(report, derivations=tuple(chosen))
