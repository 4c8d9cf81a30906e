"""``fmproof conform``: the conformance checks of a library that brings an adapter."""

from __future__ import annotations

import sys

import click

from fmproof.errors import InputError


@click.command(short_help="Hold a library against the theory.")
@click.argument("libraries", nargs=-1)
@click.option("--markdown", is_flag=True, help="Print the results as a table.")
def conform(libraries: tuple[str, ...], markdown: bool) -> None:
    """Run the conformance checks of LIBRARIES, by default of all that bring an adapter.

    A library brings one by an entry point of the group fmproof.conformance that loads an
    fmproof.testing.conformance.Adapter.

    \b
    Examples:
      fmproof conform
      fmproof conform mylibrary --markdown > conformance.md

    Exit status: 0 all is as expected, 1 something is not, 2 there is no such adapter.
    """
    from fmproof.errors import nearest
    from fmproof.testing.conformance import known_adapters, run, table

    adapters = known_adapters()
    for name in libraries:
        if name not in adapters:
            raise InputError(
                f"no adapter for {name!r} is installed; {nearest(name, adapters)} (a library "
                "brings one by an entry point of the group fmproof.conformance)"
            )
    results = []
    for name in libraries or sorted(adapters):
        for result in run(adapters[name]):
            results.append(result)
            if not markdown:
                click.echo(f"{result.library} {result.version}  {result.check}: {result.verdict}")
                if result.detail:
                    click.echo(f"    {result.detail}")
    if markdown:
        click.echo(table(results))
    elif not results:
        click.echo("no library that is installed brings an adapter")
    sys.exit(0 if all(result.fine for result in results) else 1)
