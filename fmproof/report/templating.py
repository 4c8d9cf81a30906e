"""The one template environment: what a format escapes, and what it may print as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fmproof.report.inline import with_formulas
from fmproof.report.model import Formula, Prose


def environment(
    written: type[str],
    escape: Callable[[str], str],
    formula: Callable[[Formula], str],
    filters: dict[str, Callable[..., Any]],
    **options: Any,
) -> Any:
    """A Jinja environment over the templates of this package.

    Args:
        written: the strings that are in the format already; all others are escaped.
        escape: any text as text of the format.
        formula: a formula within words.
        filters: the format's own filters; ``said`` (words with formulas) and ``listed`` (several
            of those) come with the environment.
        options: Jinja's own.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    def said(prose: Prose | str) -> str:
        pieces = with_formulas(prose)
        return written("".join(escape(p) if isinstance(p, str) else formula(p) for p in pieces))

    def listed(several: Iterable[Prose]) -> str:
        return written(", ".join(map(said, several)))

    made = Environment(
        loader=PackageLoader("fmproof.report"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=lambda value: value if isinstance(value, written) else escape(str(value)),
        **options,
    )
    made.filters.update(said=said, listed=listed, **filters)
    return made
