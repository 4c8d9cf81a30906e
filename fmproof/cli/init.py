"""``fmproof init``: a commented file to start from."""

from __future__ import annotations

from pathlib import Path

import click

from fmproof.cli.help import Documented
from fmproof.errors import InputError
from fmproof.files import require_writable, write_whole

EPILOG = """Examples:
  fmproof init mine.py         a derivation
  fmproof init problem.toml    a problem for fmproof evaluate
  fmproof init test_flow.py    tests of your own flow matching code
  fmproof init paper.tex       a paper that shows a derivation

Exit status: 0 written, 2 not.
"""


def starter(file: Path) -> str:
    """The name of the starter that a file's own name asks for.

    Raises:
        InputError: it asks for none.
    """
    if file.suffix == ".py":
        return "test.py" if file.name.startswith("test_") else "derivation.py"
    if file.suffix in (".toml", ".tex"):
        return {".toml": "problem.toml", ".tex": "document.tex"}[file.suffix]
    raise InputError(
        f"the name {file} does not say what to write; .py is a derivation (test_*.py tests of your "
        "code), .toml a problem, .tex a paper"
    )


@click.command(cls=Documented, epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.help_option("-h", "--help")
def init(file: Path) -> None:
    """Write a commented file to start from; its name says what it is."""
    from importlib import resources

    name = starter(file)
    if file.exists():
        raise InputError(f"{file} is there already; name a new file")
    require_writable(file)
    text = (resources.files("fmproof.cli") / "starters" / name).read_text(encoding="utf-8")
    write_whole(file, text.replace("FILE", str(file)).encode("utf-8"))
    click.echo(f"wrote {file}; its first lines say what to do with it")
