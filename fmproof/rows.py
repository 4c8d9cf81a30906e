"""Terms and propositions as rows of a table, each distinct one once.

A row is a JSON object: ``kind`` names the node, ``args`` the rows of its parts. Rows refer to
earlier rows only, so a table is read in one pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sympy import Basic, Expr, Rational

from fmproof.errors import FmproofError, InputError, nearest
from fmproof.lang import nodes, props
from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.node import admit
from fmproof.lang.nodes.heads import Head, gaussian
from fmproof.lang.nodes.name import Label
from fmproof.lang.nodes.variable import Var
from fmproof.lang.numbers import BITS, number
from fmproof.lang.sorts import Sort

_FRACTION = re.compile(r"-?[0-9]+(/[1-9][0-9]*)?")
GROUPS = ("sub", "sup", "main", "given")

_BINDERS = {
    kind.__name__: kind
    for kind in (
        nodes.Inner, nodes.Ratio, nodes.IntegralOver, nodes.Expect, nodes.CondExpect, nodes.Given,
        nodes.Grad, nodes.Partial, nodes.Div, nodes.ArgMin, nodes.Exp, nodes.Log, nodes.Sqrt,
        nodes.Abs, nodes.Lebesgue, nodes.Let, *props.PROPOSITIONS,
    )
}  # fmt: skip
_ARITHMETIC = {"Add": Add, "Mul": Mul, "Pow": Pow}
_HEADS = {kind.__name__: kind for kind in (nodes.Field, nodes.Scalar, nodes.Density, nodes.Law)}


class Table:
    """Rows under construction: :meth:`row` gives the number of a node's row, adding it if new."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self._numbers: dict[str, int] = {}
        self._seen: dict[int, tuple[Basic, int]] = {}

    def row(self, node: Basic) -> int:
        seen = self._seen.get(id(node))
        if seen is None:
            seen = self._seen[id(node)] = (node, self._new(node))
        return seen[1]

    def _new(self, node: Basic) -> int:
        if isinstance(node, Var):
            return self._add({"kind": "Var", "name": node.name, "sort": node.sort.name})
        if isinstance(node, Rational):
            return self._add({"kind": "Number", "value": str(node)})
        if isinstance(node, nodes.Gaussian):
            return self._add({"kind": "Gaussian"})
        if isinstance(node, nodes.Constant):
            return self._add({"kind": "Constant", "name": node.name})
        if isinstance(node, Head):
            return self._head(node)
        if isinstance(node, nodes.Named):
            return self._add(
                {"kind": "Named", "name": node.name, "args": [self.row(node.definition)]}
            )
        return self._add(
            {"kind": type(node).__name__, "args": [self.row(arg) for arg in node.args]}
        )

    def _head(self, head: Head) -> int:
        row: dict[str, Any] = {"kind": type(head).__name__, "name": head.name}
        for group in GROUPS:
            row[group] = [self.row(var) for var in getattr(head, group)]
        if isinstance(head, nodes.Law):
            row["main"] = [self.row(item) for item in head.over]
        if head.definition is not None:
            row["definition"] = self.row(head.definition)
        if isinstance(head, nodes.Scalar) and head.nonneg:
            row["nonneg"] = True
        return self._add(row)

    def _add(self, row: dict[str, Any]) -> int:
        key = repr(sorted(row.items()))
        if key not in self._numbers:
            self._numbers[key] = len(self.rows)
            self.rows.append(row)
        return self._numbers[key]


_KEYS: dict[str, tuple[str, ...]] = {
    "Var": ("name", "sort"),
    "Number": ("value",),
    "Gaussian": (),
    "Constant": ("name",),
    "Named": ("name", "args"),
    **dict.fromkeys(_HEADS, ("name", *GROUPS, "definition")),
    "Scalar": ("name", *GROUPS, "definition", "nonneg"),
    **dict.fromkeys(("Apply", *_ARITHMETIC, *_BINDERS), ("args",)),
}
"""What a row of each kind has beside its number and kind."""


def read_row(row: Mapping[str, Any], earlier: Sequence[Basic]) -> Basic:
    """The node of one row, given those of the rows before it, admitted.

    Raises:
        InputError: it is no row, or what it says is no term.
    """
    return _read(row, earlier, admit)


def read_row_as_written(row: Mapping[str, Any], earlier: Sequence[Basic]) -> Basic:
    """The same, with its sums and products in the order of the row; it is still to be admitted.

    Raises:
        InputError: it is no row, or what it says is no term.
    """
    return _read(row, earlier, lambda node: node)


def _read(row: Mapping[str, Any], earlier: Sequence[Basic], taken: Callable[[Any], Basic]) -> Basic:
    try:
        return taken(_node(row, earlier))
    except (KeyError, TypeError, IndexError, ValueError, FmproofError) as error:
        lacks = f"it has no {error}" if isinstance(error, KeyError) else error
        raise InputError(f"row {len(earlier)} is no term: {lacks}") from None


def refuse_others(line: Mapping[str, Any], keys: Sequence[str]) -> None:
    """Raise :class:`InputError` if a line has something else beside these."""
    for key in line:
        if key not in keys:
            raise InputError(f"it has {key!r}; {nearest(key, keys)}")


def _node(row: Mapping[str, Any], earlier: Sequence[Basic]) -> Any:
    kind = row["kind"]
    if kind not in _KEYS:
        raise ValueError(f"{kind!r} is no kind of term; {nearest(str(kind), _KEYS)}")
    refuse_others(row, ("row", "kind", *_KEYS[kind]))
    if kind == "Var":
        return Var(row["name"], _sort(row["sort"]))
    if kind == "Number":
        return number(_fraction(row["value"]))
    if kind == "Gaussian":
        return gaussian
    if kind == "Constant":
        return nodes.Constant(row["name"])
    if kind in _HEADS:
        return _head_of(row, earlier)
    args = [part(number, earlier) for number in row["args"]]
    if kind == "Named":
        return nodes.Named(Label(row["name"]), *args)
    if kind == "Apply":
        return args[0](*args[1:])
    if kind in _ARITHMETIC:
        if not all(isinstance(arg, Expr) for arg in args):
            raise TypeError(f"{kind} of what is no term")
        return _ARITHMETIC[kind](*args, evaluate=False)
    return _BINDERS[kind](*args)


def _sort(name: Any) -> Sort:
    if name not in Sort.__members__:
        raise ValueError(f"{name!r} is no sort; {nearest(str(name), Sort.__members__)}")
    return Sort[name]


def _fraction(value: Any) -> Fraction:
    """A number as it is written; SymPy would evaluate what is no text."""
    if not (isinstance(value, str) and len(value) <= BITS and _FRACTION.fullmatch(value)):
        raise ValueError("expected a number such as 2 or -1/3")
    return Fraction(value)


def _head_of(row: Mapping[str, Any], earlier: Sequence[Basic]) -> Any:
    groups: dict[str, tuple[Any, ...]] = {
        group: tuple(part(number, earlier) for number in row[group]) for group in GROUPS
    }
    main = groups.pop("main")
    if issubclass(_HEADS[row["kind"]], nodes.Law):
        if not all(type(item) is nodes.Lebesgue for item in main):
            raise TypeError("a law of what is no variable with a range")
        main = tuple(item.declared for item in main)
    more: dict[str, Any] = {"nonneg": True} if "nonneg" in row else {}
    if row.get("nonneg", True) is not True:
        raise ValueError("'nonneg' is true where it is")
    if "definition" in row:
        more["definition"] = part(row["definition"], earlier)
    return _HEADS[row["kind"]](row["name"], *main, **groups, **more)


def part(number: Any, earlier: Sequence[Any]) -> Any:
    """Row ``number``, which must be an earlier one."""
    if type(number) is not int or not 0 <= number < len(earlier):
        raise IndexError(f"{number!r} is no earlier row")
    return earlier[number]
