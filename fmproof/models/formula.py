"""Formulas in t, read from text without running any of it."""

from __future__ import annotations

import ast
import warnings
from decimal import Decimal, InvalidOperation
from typing import Any

from fmproof.errors import InputError, nearest
from fmproof.models.arrays import number
from fmproof.models.paths import time_symbol

_MAX_LENGTH = 500
_MAX_EXPONENT = 100

_FUNCTIONS = {
    name: name
    for name in (
        *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
        *("exp", "log", "sqrt"),
    )
}
NOT_DIFFERENTIABLE = {
    "abs": "Abs",
    "sign": "sign",
    "floor": "floor",
    "ceil": "ceiling",
    "min": "Min",
    "max": "Max",
}
_CONSTANTS = {"pi": "pi", "e": "E", "E": "E"}
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "__add__",
    ast.Sub: "__sub__",
    ast.Mult: "__mul__",
    ast.Div: "__truediv__",
    ast.Pow: "__pow__",
}


def parse_formula(text: str, field: str) -> Any:
    """The SymPy expression in ``time_symbol()`` that ``text`` writes.

    Numbers (a decimal such as 0.3 is the rational 3/10), ``t``, ``pi``, ``e``, ``+ - * / ^ **``,
    and the usual functions.

    Raises:
        InputError: naming ``field`` and the piece of the text that is not of this form.
    """
    if len(text) > _MAX_LENGTH:
        raise InputError(f"{field}: expected at most {_MAX_LENGTH} characters, found {len(text)}")
    source = text.strip().replace("^", "**")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source, mode="eval")
        return _Reader(source, field).read(tree.body)
    except (SyntaxError, ValueError, InvalidOperation, RecursionError, MemoryError):
        raise InputError(
            f"{field}: cannot read the formula {text!r}: expected something like '1 - 2*t^2'"
        ) from None


class _Reader:
    def __init__(self, source: str, field: str) -> None:
        self.source = source
        self.field = field

    def read(self, node: ast.expr) -> Any:
        import sympy

        match node:
            case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
                exact = number(Decimal(self._text(node)), self.field)
                return sympy.Rational(*exact.as_integer_ratio())
            case ast.Name(id="t"):
                return time_symbol()
            case ast.Name(id=name) if name in _CONSTANTS:
                return getattr(sympy, _CONSTANTS[name])
            case ast.Name(id=name):
                known = ["t", *_CONSTANTS, *_FUNCTIONS]
                raise self._refusal(f"unknown name {name!r}, {nearest(name, known)}")
            case ast.UnaryOp(op=ast.USub()):
                return -self.read(node.operand)
            case ast.UnaryOp(op=ast.UAdd()):
                return self.read(node.operand)
            case ast.BinOp() if type(node.op) in _OPERATORS:
                left, right = self.read(node.left), self.read(node.right)
                if isinstance(node.op, ast.Pow) and right.is_number:
                    self._check_exponent(right)
                return getattr(left, _OPERATORS[type(node.op)])(right)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(name, arguments)
            case _:
                raise self._refusal(f"{self._text(node)!r} is not part of a formula")

    def _call(self, name: str, arguments: list[ast.expr]) -> Any:
        import sympy

        known = _FUNCTIONS | NOT_DIFFERENTIABLE
        if name not in known:
            raise self._refusal(f"unknown function {name!r}, {nearest(name, _FUNCTIONS)}")
        if len(arguments) != 1 and name not in ("min", "max"):
            raise self._refusal(f"{name} takes one argument, found {len(arguments)}")
        return getattr(sympy, known[name])(*map(self.read, arguments))

    def _check_exponent(self, exponent: Any) -> None:
        if not abs(exponent) <= _MAX_EXPONENT:
            raise self._refusal(f"the exponent {exponent} is larger than {_MAX_EXPONENT}")

    def _text(self, node: ast.expr) -> str:
        return str(ast.get_source_segment(self.source, node))

    def _refusal(self, why: str) -> InputError:
        return InputError(f"{self.field}: cannot read the formula {self.source!r}: {why}")
