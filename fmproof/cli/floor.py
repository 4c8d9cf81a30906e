"""``fmproof floor``: how low the training loss can go on a data set."""

from __future__ import annotations

import math
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from fmproof.cli import terminal
from fmproof.cli.help import Documented

_EPILOG = """Examples:
  fmproof floor latents.npy
  fmproof floor images/ --scale 0.00784 --target eps --path vp
  fmproof floor latents.npy --log train.csv --plot loss.svg
  fmproof floor latents.npy --time logit-normal:0,1 --time-limit 600 --format json
  fmproof floor latents.npy --workers 4 --tolerance 0.001 --resume latents.floor

DATA: a .npy, .npz, .csv or .parquet file, a folder of images, of a zarr array or of a
Hugging Face dataset. Ctrl-C ends the work and prints what is known.

Exit status: 0, or 1 when the log cannot be (a loss below the floor), 2 the input cannot be used.
"""


@click.command(cls=Documented, epilog=_EPILOG)
@click.argument("data", type=click.Path(path_type=Path))
@click.option(
    "--path",
    "path_",
    default="cond-ot",
    show_default=True,
    metavar="NAME",
    help="cond-ot, trig, linear-vp, vp:BETA_MIN,BETA_MAX, polynomial:N or custom:ALPHA,BETA.",
)
@click.option(
    "--time",
    "time_",
    default="uniform",
    show_default=True,
    metavar="LAW",
    help="uniform:LOW,HIGH or logit-normal:MEAN,STD; t = 0 is noise, t = 1 data.",
)
@click.option(
    "--target",
    default="velocity",
    show_default=True,
    metavar="NAME",
    help="What the model predicts: velocity, x1, eps, v or score.",
)
@click.option(
    "--weight", default="1", show_default=True, metavar="FORMULA", help="Of the loss, in t."
)
@click.option(
    "--scale",
    type=float,
    default=1.0,
    show_default=True,
    help="What training multiplies the numbers in DATA by; a shift changes nothing.",
)
@click.option("--field", metavar="NAME", help="The array or column in DATA, where it has several.")
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    help="A .npy with one label for each row: the floor of a model that is given the label.",
)
@click.option(
    "--coupling",
    type=click.Choice(["independent", "ot"]),
    default="independent",
    show_default=True,
    help="Of data and noise: ot pairs them within each batch by optimal transport.",
)
@click.option(
    "--batch-size", type=click.IntRange(2), metavar="B", help="Of training, for --coupling ot."
)
@click.option(
    "--log",
    "log_",
    type=click.Path(path_type=Path),
    help="A CSV with columns step and loss, perhaps t: how far above the floor the run is.",
)
@click.option(
    "--reduction",
    type=click.Choice(["mean", "sum", "half-mean", "half-sum"]),
    default="mean",
    show_default=True,
    help="How the logged loss reduces the squares of the coordinates.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.01,
    show_default=True,
    help="Relative error aimed at.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds after which the answer comes as it is.",
)
@click.option(
    "--resume",
    type=click.Path(path_type=Path),
    help="Keep what is known in this file, and go on from it where it exists.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 4096),
    help="Processes of this machine that share the work, by Dask.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Of your Dask cluster, as tcp://host:8786.")
@click.option("--bins", type=click.IntRange(1, 1000), default=10, show_default=True, help="Of t.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write to a file instead of stdout."
)
@click.option(
    "--plot",
    type=click.Path(path_type=Path),
    help="Draw the floor over t, and with --log the loss over steps (.svg, .png, .pdf).",
)
@click.help_option("-h", "--help")
@click.pass_context
def floor(
    ctx: click.Context,
    data: Path,
    path_: str,
    time_: str,
    target: str,
    weight: str,
    scale: float,
    field: str | None,
    labels: Path | None,
    coupling: str,
    batch_size: int | None,
    log_: Path | None,
    reduction: Any,
    tolerance: float,
    time_limit: float,
    resume: Path | None,
    workers: int | None,
    scheduler: str | None,
    bins: int,
    seed: int,
    form: str,
    output: Path | None,
    plot: Path | None,
) -> None:
    """How low the training loss can go on DATA, with an error bar."""
    from fmproof.errors import InputError
    from fmproof.files import require_writable
    from fmproof.floor import plots
    from fmproof.floor.load import load_labels, load_rows
    from fmproof.floor.log import compare
    from fmproof.floor.options import read_path, read_time
    from fmproof.floor.render import render_json, render_text
    from fmproof.floor.run import compute_floor
    from fmproof.floor.setting import Setting
    from fmproof.floor.training_log import read_log

    if not (math.isfinite(scale) and scale != 0):
        raise InputError(f"scale: expected a number other than 0, found {scale:g}")
    if output is not None:
        require_writable(output)
    if plot is not None:
        plots.require_drawable(plot)
    if (coupling == "ot") != (batch_size is not None):
        raise InputError(
            "coupling: ot goes with the --batch-size of training; give both or neither"
        )
    setting = Setting(read_path(path_), read_time(time_), target, weight, batch_size)
    log = None if log_ is None else read_log(log_)
    rows = load_rows(data, field, abs(scale))
    names = None if labels is None else load_labels(labels, rows.count)
    with terminal.progress() as progress, _ended_by_sigterm():
        found = compute_floor(
            rows,
            setting,
            names,
            seed=seed,
            bins=bins,
            tolerance=tolerance,
            time_limit=time_limit,
            progress=progress,
            workers=workers,
            scheduler=scheduler,
            resume=resume,
        )
    comparison = None if log is None else compare(found, log, reduction, rows, names)
    if plot is not None:
        plots.plot(found, plot, comparison)
    render = render_json if form == "json" else render_text
    terminal.write_output(render(found, comparison), output, as_utf8=form == "json")
    ctx.exit(1 if comparison is not None and comparison.warnings else 0)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """A job that its queue ends tells what it knows, as after Ctrl-C."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
