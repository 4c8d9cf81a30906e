r"""Terms from LaTeX: the other half of :func:`fmproof.latex`.

LaTeX alone does not say what is a vector, a density or a model, so the symbols are given with
it. The grammar (``latex.lark``) finds numbers, names, scripts and brackets; here a flat row of
them is read as a product, and the declared symbols decide what takes arguments.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr

from fmproof.reading.items import LatexError
from fmproof.reading.reader import Reader
from fmproof.reading.symbols import Symbols

__all__ = ["LatexError", "parse_latex"]


def parse_latex(source: str, symbols: Any) -> Expr:
    r"""The term that ``source`` writes.

    ``parse_latex(latex(term), term)`` is ``term`` up to the names of bound variables. Common
    spellings are understood: ``\|a\|^2``, ``\lVert a\rVert_2^2`` and ``\norm{a}^2``,
    ``a^\top b`` and ``\langle a, b\rangle``, ``\mid`` and ``|``, ``\frac12``, a law below the E,
    any size of brackets, any spacing.

    Args:
        source: one formula for math mode, without dollar signs.
        symbols: what its letters stand for: variables, fields, densities, functions and names,
            or terms and derivations that contain them; one or a list.

    Raises:
        LatexError: with the line and column of the piece that cannot be read.
    """
    reader = Reader(source, symbols if isinstance(symbols, Symbols) else Symbols([symbols]))
    return reader.sum(reader.read())
