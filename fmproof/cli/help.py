"""What ``--help`` shows below the options, laid out for terminals of any width."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap

import click

from fmproof.report.layout import command_lines

_INDENT = "  "


class Documented(click.Command):
    """A command whose epilog is paragraphs: words, and ``Examples:`` with a command a line.

    What an example does stands after two blanks or more: beside the command where the terminal
    is wide enough for all of them, else below it. A command that is longer than a line is
    continued as a shell reads it.
    """

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the epilog."""
        for paragraph in (self.epilog or "").strip().split("\n\n"):
            head, *lines = paragraph.splitlines() or [""]
            formatter.write_paragraph()
            with formatter.indentation():
                if head != "Examples:":
                    formatter.write_text(" ".join(paragraph.split()))
                    continue
                formatter.write(f"{_INDENT}{head}\n")
                room = formatter.width - 2 * len(_INDENT)
                for line in _laid_out([line.strip() for line in lines], room):
                    formatter.write(f"{2 * _INDENT}{line}\n")


def _laid_out(examples: Sequence[str], width: int) -> Iterator[str]:
    pairs = [([*re.split(r" {2,}", example, maxsplit=1), ""])[:2] for example in examples]
    column = max((len(command) for command, meaning in pairs if meaning), default=0)
    beside = all(
        len(command) <= width and column + len(_INDENT) + len(meaning) <= width
        for command, meaning in pairs
    )
    for command, meaning in pairs:
        if beside:
            yield f"{command:<{column}}{_INDENT}{meaning}".rstrip()
            continue
        yield from command_lines(command, width)
        yield from wrap(meaning, width, initial_indent=_INDENT, subsequent_indent=_INDENT)
