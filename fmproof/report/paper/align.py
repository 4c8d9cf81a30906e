r"""Rows of ``align*`` and lists of words, as a person types them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fmproof.report.breaking import formula_width, lines
from fmproof.report.tex import Tex
from fmproof.tables import FixedMapping

SIGNS: Mapping[str, str] = FixedMapping({"=": "=", "≤": r"\le", "≥": r"\ge"}.items())
_SLACK = 1.1  #: a width is estimated this well; what is wider than its room is made smaller
_MOST = 40  #: rows of one display; TeX measures all of a display at once


def rows(
    before: str, sign: str, formula: str, room: float, end: str = "", indent: str = ""
) -> list[str]:
    """``before sign formula`` as rows of an align, the formula broken to ``room`` em."""
    first, *rest = lines(formula, room - 2)
    written = [f"{before} & {indent}{sign} {fit_to(first.latex, room)}".lstrip()]
    written += [
        f"& {indent}" + r"\quad" * line.indent + f" {{}}{fit_to(line.latex, room - line.indent)}"
        for line in rest
    ]
    written[-1] += end
    return written


def plain_rows(formula: str, room: float, end: str = "") -> list[str]:
    """A formula without anything before it, as rows of an align."""
    broken = lines(formula, room)
    written = [
        "&" + r"\quad" * line.indent + f" {fit_to(line.latex, room - line.indent)}"
        for line in broken
    ]
    written[-1] += end
    return written


def fit_to(formula: str, room: float) -> str:
    """A formula that cannot be broken to ``room`` em, made smaller; any other as it is."""
    if formula_width(formula) <= _SLACK * room + 2:
        return formula
    return rf"\fmprooffit{{{room:.1f}em}}{{{formula}}}"


def align(written: Sequence[str]) -> str:
    """Rows as one display, or as several where they are very many."""
    return "\n".join(_align(written[i : i + _MOST]) for i in range(0, len(written), _MOST))


def _align(written: Sequence[str]) -> str:
    # No page begins or ends with a single row.
    last = len(written) - 2
    ends = [r" \\*" if len(written) < 5 or i in (0, last) else r" \\" for i in range(len(written))]
    ends[-1] = ""
    body = "\n  ".join(row + end for row, end in zip(written, ends, strict=True))
    return f"\\begin{{align*}}\n  {body}\n\\end{{align*}}"


def display(written: Sequence[str]) -> str:
    """Rows as a display: ``\\[ \\]`` for a single one."""
    return align(written) if len(written) > 1 else single(written[0])


def single(row: str) -> str:
    """One row as a display of its own."""
    inside = row.removeprefix("&").strip()
    return f"\\[\n  {inside}\n\\]"


def series(items: Iterable[str]) -> Tex:
    """ "a", "a and b", "a, b and c"."""
    *most, last = [*items] or [""]
    return Tex(f"{', '.join(most)} and {last}" if most else last)
