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
    from fmproof.certificate.certificate import read_certificate
    from fmproof.certificate.replay import replay as again
    from fmproof.errors import InputError
    from fmproof.lang.nodes import Named
    from fmproof.lang.scope import free_vars
    from fmproof.lang.spelling.text import text
    from fmproof.tactics.naming import check_names
    from fmproof.tactics.notation import notation_of, shown_in

    try:
        written = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{file}: no such file") from None
    except UnicodeDecodeError:
        raise InputError(f"{file} is no certificate: it is no text") from None
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}") from None
    certificate = read_certificate(written)
    theorem = again(certificate)
    shown = (*theorem.hypotheses, theorem.conclusion)
    check_names(certificate.derivation, shown)
    click.echo(f"{certificate.derivation}: {len(certificate.steps)} steps replayed")
    click.echo(repr(theorem))
    click.echo("\nSymbols")
    for symbol in notation_of(shown, {}):
        stands = symbol.definition
        click.echo(f"  {symbol.name.text}  {f':= {stands.text}' if stands else symbol.described}")
    for constant in shown_in(shown):
        if isinstance(constant, Named) and not free_vars(constant):
            click.echo(f"  {text(constant)}  := {text(constant.definition)}")
