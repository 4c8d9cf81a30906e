"""``fmproof replay``: a certificate, checked by the kernel."""

from __future__ import annotations

from pathlib import Path

import click

from fmproof.cli.help import Documented

EPILOG = """Examples:
  fmproof verify fm-cfm --certificate fm-cfm.jsonl
  fmproof replay fm-cfm.jsonl

Exit status: 0 the kernel makes the theorem again, 2 it does not or the file cannot be used.
"""


@click.command(cls=Documented, epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.help_option("-h", "--help")
def replay(file: Path) -> None:
    """Check a certificate: every step again, by the kernel's rules alone."""
    from fmproof.certificate.certificate import read
    from fmproof.certificate.replay import replay as again
    from fmproof.errors import InputError

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {file}: {error}") from None
    certificate = read(text)
    theorem = again(certificate)
    click.echo(f"{certificate.derivation}: {len(certificate.steps)} steps replayed")
    click.echo(repr(theorem))
