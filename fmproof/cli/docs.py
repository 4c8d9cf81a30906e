"""``fmproof docs``: derivations as documents, printed from a check that is made on the way."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from fmproof.cli import terminal
from fmproof.cli.coq import options as coq_options
from fmproof.cli.coq import with_coq
from fmproof.cli.help import Documented
from fmproof.cli.verify import checked, complete_source, found_in, verified
from fmproof.derivations.catalogue import BUILTIN
from fmproof.errors import InputError, nearest
from fmproof.files import require_writable, write_whole
from fmproof.report.model import Report, RuleEntry
from fmproof.report.rules import entries

_STYLES = ("proof", "full", "statements")
_TARGETS = ("tex", "pdf", "html", "md", "ipynb")

EPILOG = """Examples:
  fmproof docs fm-cfm -o fm-cfm.pdf            a PDF, by the TeX that is installed
  fmproof docs fm-cfm --style full -o fm-cfm.pdf    with every condition and number
  fmproof docs --all --style statements -o theorems.pdf    a handout
  fmproof docs fm-cfm --to tex --fragment -o proof.tex     for \\input{proof}
  fmproof docs mine.py -o mine.html            one page that needs nothing else
  fmproof docs --rules -o all.md               everything, with the catalogue of rules
  fmproof docs fm-cfm --plots mine.toml -o fm-cfm.html   with plots of a problem

Exit status: 0 all is proved, 1 a step failed (the document shows it), 2 the input cannot be used.
"""


@click.command(cls=Documented, epilog=EPILOG)
@click.argument("sources", nargs=-1, metavar="[NAME | FILE.py]...", shell_complete=complete_source)
@click.option(
    "--to",
    "target",
    metavar=f"[{'|'.join(_TARGETS)}]",
    help="What to write; by default what the ending of the output's name says.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write to this file instead of standard output.",
)
@click.option(
    "--style",
    type=click.Choice(_STYLES),
    help="Of LaTeX and PDF: a proof as in a paper, the full evidence, or the statements alone.  "
    "[default: proof]",
)
@click.option("--all", "everything", is_flag=True, help="All built-in derivations.")
@click.option(
    "--columns",
    type=click.IntRange(1, 2),
    help="With --fragment: of the page that it is for.  [default: 1]",
)
@click.option("--fragment", is_flag=True, help=r"With --to tex: only the body, for \input.")
@click.option(
    "--tagged",
    is_flag=True,
    help="With --to tex or pdf: for screen readers; by lualatex.",
)
@click.option("--rules", is_flag=True, help="Append the catalogue of rules.")
@click.option("--no-numeric", is_flag=True, help="Prove only, without evaluating anything.")
@coq_options
@click.option(
    "--plots",
    "problem",
    type=click.Path(path_type=Path),
    metavar="FILE.toml",
    help="With --to html or ipynb: add plots of the problem in this file.",
)
@click.help_option("-h", "--help")
@click.pass_context
def docs(
    ctx: click.Context,
    sources: Sequence[str],
    target: str | None,
    output: Path | None,
    style: str | None,
    everything: bool,
    columns: int | None,
    fragment: bool,
    tagged: bool,
    rules: bool,
    no_numeric: bool,
    coq: bool,
    coq_from: Path | None,
    problem: Path | None,
) -> None:
    """Write derivations as a document: LaTeX, PDF, HTML, Markdown or a notebook.

    NAME is a built-in derivation (see fmproof list), FILE.py a file of your own. Without any,
    all built-in derivations are written. They are checked first, and the document says what
    the check found.
    """
    target = _target(target, output)
    if fragment and target != "tex":
        raise click.UsageError(f"--fragment is for --to tex, not for --to {target}")
    if columns is not None and not fragment:
        raise click.UsageError("--columns is for --fragment; an article has one column")
    if style is not None and target not in ("tex", "pdf"):
        raise click.UsageError(f"--style is for --to tex and --to pdf, not for --to {target}")
    if tagged and (fragment or target not in ("tex", "pdf")):
        what = "a fragment" if fragment else f"--to {target}"
        raise click.UsageError(f"--tagged is for --to tex and --to pdf, not for {what}")
    if everything and sources:
        raise click.UsageError(f"--all names every built-in derivation; leave out {sources[0]}")
    if problem is not None and target not in ("html", "ipynb"):
        raise click.UsageError(f"--plots is for --to html and --to ipynb, not for --to {target}")
    if target == "pdf" and output is None:
        raise click.UsageError("a PDF does not go to standard output; name a file with -o")
    if output is not None:
        require_writable(output)
    named = list(dict.fromkeys(sources))
    if coq_from is not None and len(named) != 1:
        raise click.UsageError("--coq-from is for one derivation: name it")
    sources = named or list(BUILTIN)
    options = [] if style is None else ["--style", style]
    options += ["--fragment"] * fragment + ([] if columns is None else ["--columns", str(columns)])
    options += ["--tagged"] * tagged + ["--rules"] * rules
    options += ["--no-numeric"] * no_numeric
    options += ["--coq"] * coq + ([] if coq_from is None else ["--coq-from", str(coq_from)])
    options += [] if problem is None else ["--plots", str(problem)]
    illustrations = {} if problem is None else _illustrations(problem, target, output)
    command = shlex.join(["fmproof", "docs", *(named or ["--all"]), "--to", target, *options])
    found = found_in(sources)
    report = checked(sources, found) if no_numeric else verified(sources, found)
    refused = None
    if coq or coq_from:
        report, refused = with_coq(report, [d for _, d in found], coq_from)
    appendix = entries() if rules else ()
    again = sources if output is None else [_seen_from(output.parent, name) for name in sources]
    form: dict[str, Any] = (
        {"style": style or "proof", "tagged": tagged} if target in ("tex", "pdf") else {}
    )
    if target == "tex":
        form |= {"fragment": fragment, "columns": columns or 1}
    written = _written(report, target, again, command, appendix, {**form, **illustrations})
    if output is None:
        terminal.write_output(written.decode(), None, as_utf8=True)
    else:
        write_whole(output, written)
    if refused is not None:
        raise refused
    if report.status != "proved":
        names = ", ".join(d.name for d in report.derivations if d.status != "proved")
        click.echo(f"fmproof: the document says that {names} is not proved", err=True)
    ctx.exit(0 if report.status == "proved" else 1)


def _target(target: str | None, output: Path | None) -> str:
    """What to write: as asked, or by the ending of the output's name."""
    if target is None:
        if output is None:
            raise click.UsageError(
                f"say what to write with --to {{{','.join(_TARGETS)}}} or with -o"
            )
        target = output.suffix.removeprefix(".").lower()
        if target not in _TARGETS:
            raise InputError(
                f"the name {output.name} does not say what to write; give it one of the endings "
                f"{', '.join('.' + t for t in _TARGETS)}, or say it with --to"
            )
    if target not in _TARGETS:
        raise InputError(f"cannot write {target!r}; {nearest(target, _TARGETS)}")
    return target


def _seen_from(folder: Path, source: str) -> str:
    """``source`` as a notebook in ``folder`` finds it."""
    return source if source in BUILTIN else os.path.relpath(source, folder)


def _written(
    report: Report,
    target: str,
    sources: Sequence[str],
    command: str,
    rules: Sequence[RuleEntry],
    form: Mapping[str, Any],
) -> bytes:
    if target == "pdf":
        from fmproof.report import pdf

        return pdf.render(report, command, rules, **form)
    if target == "tex":
        from fmproof.report import latex

        text = latex.render(report, command, rules, **form)
    elif target == "html":
        from fmproof.report import html

        text = html.render(report, command, rules, **form)
    elif target == "md":
        from fmproof.report import markdown

        text = markdown.render(report, command, rules)
    else:
        from fmproof.report import notebook

        text = notebook.render(report, sources, command, rules, **form)
    return text.encode("utf-8", "replace")


def _illustrations(file: Path, target: str, output: Path | None) -> dict[str, Any]:
    """What the renderer of ``target`` is told of the problem in ``file``."""
    from fmproof.models import load_problem
    from fmproof.report import plots
    from fmproof.report.evaluation import describe

    problem = load_problem(file)
    if target == "ipynb":  # it computes them itself
        return {"problem": _seen_from(output.parent if output else Path(), str(file))}
    return {"pictures": plots.pictures(problem), "problem": describe(problem)}
