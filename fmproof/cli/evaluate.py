"""``fmproof evaluate``: the losses and constants of one problem."""

from __future__ import annotations

from pathlib import Path

import click

from fmproof.cli import terminal

_EPILOG = """\b
Examples:
  fmproof evaluate problem.toml
  fmproof evaluate problem.toml --method exact --method quadrature --tolerance 1e-12
  fmproof evaluate problem.toml --format json -o result.json --plot losses.svg

\b
Exit status: 0 the identities hold, 1 one does not, 2 the input cannot be used.
"""


@click.command(epilog=_EPILOG)
@click.argument("problem", type=click.Path(path_type=Path))
@click.option(
    "--method",
    "methods",
    multiple=True,
    metavar="NAME",
    help="exact, certified, quadrature or sampling; repeat for several. Default: all that apply.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=1e-9,
    show_default=True,
    help="Relative error aimed at.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of sampling.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write to a file instead of stdout."
)
@click.option(
    "--plot",
    type=click.Path(path_type=Path),
    help="Draw both losses along a line in θ (.svg, .png, .pdf).",
)
@click.help_option("-h", "--help")
@click.pass_context
def evaluate(
    ctx: click.Context,
    problem: Path,
    methods: tuple[str, ...],
    tolerance: float,
    seed: int,
    form: str,
    output: Path | None,
    plot: Path | None,
) -> None:
    """Evaluate both losses, their constants and the floor on the problem in a TOML file."""
    from fmproof.evaluation import evaluate as run
    from fmproof.files import require_writable
    from fmproof.models import load_problem
    from fmproof.report.evaluation import render_json, render_text

    for path in (output, plot):
        if path is not None:
            require_writable(path)
    loaded = load_problem(problem)
    with terminal.progress() as progress:
        found = run(loaded, methods or None, tolerance, seed, progress)
    rendered = render_json(found) if form == "json" else render_text(found)
    terminal.write(rendered, output, as_utf8=form == "json")
    if plot is not None:
        from fmproof.report.plot import plot_losses

        plot_losses(loaded, plot)
    failed = any(c is not None and not c.holds for c in (found.identity, found.gradient))
    ctx.exit(1 if failed else 0)
