"""``fmproof export``: a proof for another checker, as files."""

from __future__ import annotations

from pathlib import Path

import click

from fmproof.cli.help import Documented
from fmproof.cli.verify import complete_source

EPILOG = """Examples:
  fmproof export fm-cfm --to coq -o fm-cfm-in-coq
  make -C fm-cfm-in-coq                                  have Coq check it, without fmproof
  fmproof verify fm-cfm --coq-from fm-cfm-in-coq         the same, against fmproof's own statement

Exit status: 0 the files are written, 2 the derivation is not proved or something of it has no
translation.
"""


@click.command(cls=Documented, epilog=EPILOG)
@click.argument("source", metavar="NAME | FILE.py", shell_complete=complete_source)
@click.option(
    "--to", "target", type=click.Choice(["coq"]), required=True, help="For which checker."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="The folder to write, which is made if need be.",
)
@click.help_option("-h", "--help")
def export(source: str, target: str, output: Path) -> None:
    """Write a proof as files that another checker reads, with all that it needs.

    NAME is a built-in derivation (see fmproof list), FILE.py a file of your own with one. For Coq
    these are the theorem (Goal.v), its proof (Proof.v), the library of the rules and a Makefile.
    """
    from fmproof.certificate.export.folder import write_folder
    from fmproof.certificate.proved import certificate_of

    certificate = certificate_of(source)
    write_folder(certificate, output)
    click.echo(
        f"{certificate.derivation}: {len(certificate.steps)} steps for Coq in {output}; read "
        f"{output / 'Goal.v'}, then run make -C {output}"
    )
