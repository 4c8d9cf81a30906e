"""``fmproof evaluate``: the losses and constants of one problem."""

from __future__ import annotations

from pathlib import Path

import click

from fmproof.cli import terminal
from fmproof.cli.help import Documented
from fmproof.errors import InputError

_EPILOG = """Examples:
  fmproof evaluate problem.toml
  fmproof evaluate problem.toml --method exact --method quadrature --tolerance 1e-12
  fmproof evaluate problem.toml --quantity floor
  fmproof evaluate problem.toml --format json -o result.json --plot losses.svg
  fmproof evaluate problem.toml --plot-kind fields --plot fields.png

Exit status: 0 the identities hold, 1 one does not, or two methods contradict each other, 2 the
input cannot be used, 3 the numbers do not decide it.
"""


WIDE = 200  #: columns; a table of every method needs some 120


def _require_problem(problem: Path) -> None:
    """Point from a derivation to what is evaluated."""
    from fmproof.derivations.catalogue import BUILTIN

    if (str(problem) in BUILTIN and not problem.exists()) or problem.suffix == ".py":
        raise InputError(
            f"{problem} is a derivation; evaluate takes a problem in a TOML file, and fmproof init "
            f"problem.toml writes one; fmproof verify {problem} checks the derivation"
        )


@click.command(cls=Documented, epilog=_EPILOG)
@click.argument("problem", type=click.Path(path_type=Path))
@click.option(
    "--method",
    "methods",
    multiple=True,
    metavar="NAME",
    help="exact, certified, quadrature or sampling; repeat for several. Default: all that apply.",
)
@click.option(
    "--quantity",
    "quantities",
    multiple=True,
    metavar="NAME",
    help="fm, cfm, C1, C2, C, floor, fm_gradient or cfm_gradient; repeat for several.  "
    "[default: all]",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=1e-9,
    show_default=True,
    help="Relative error aimed at.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of sampling.")
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Of all methods together; each ends with what it knows.  [default: 8]",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write to a file instead of stdout."
)
@click.option(
    "--plot",
    type=click.Path(path_type=Path),
    help="Draw a picture (.svg, .png, .pdf); of what, says --plot-kind.",
)
@click.option(
    "--plot-kind",
    "kind",
    metavar="NAME",
    help="losses (both, along a line in θ), gradients (one against the other), variance (over "
    "time) or fields (with trajectories, for d ≤ 2).  [default: losses]",
)
@click.help_option("-h", "--help")
@click.pass_context
def evaluate(
    ctx: click.Context,
    problem: Path,
    methods: tuple[str, ...],
    quantities: tuple[str, ...],
    tolerance: float,
    seed: int,
    time_limit: float | None,
    form: str,
    output: Path | None,
    plot: Path | None,
    kind: str | None,
) -> None:
    """Evaluate both losses, their constants and the floor on the problem in a TOML file."""
    from fmproof.evaluation import TIME_LIMIT
    from fmproof.evaluation import evaluate as run
    from fmproof.files import require_writable
    from fmproof.models import load_problem
    from fmproof.report import plots
    from fmproof.report.evaluation import render_json, render_text

    if output is not None:
        require_writable(output)
    if plot is not None:
        plots.require_plottable(plot, kind or "losses")
    elif kind is not None:
        raise click.UsageError("--plot-kind says what --plot draws; name a file with --plot")
    _require_problem(problem)
    loaded = load_problem(problem)
    with terminal.progress() as progress:
        limit = TIME_LIMIT if time_limit is None else time_limit
        found = run(loaded, methods or None, tolerance, seed, progress, limit, quantities or None)
    if plot is not None:  # first, so that nothing is written when it cannot be drawn
        plots.plot(loaded, plot, kind or "losses")
    width = terminal.USUAL if output else terminal.width(WIDE)
    rendered = (
        render_json(found)
        if form == "json"
        else render_text(found, width, str if output else terminal.lettered)
    )
    terminal.write_output(rendered, output, as_utf8=form == "json")
    ctx.exit({"fails": 1, "inconclusive": 3}.get(found.verdict or "", 0))
