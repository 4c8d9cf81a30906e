"""The symbols that a formula may use, by what they look like in LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sympy import Basic

from fmproof.errors import InputError
from fmproof.lang.nodes import Density, Head, Named, Var
from fmproof.lang.spelling.latex import latex, uniform_law

_STYLE = re.compile(
    r"\\(mathrm|mathcal|mathbf|mathsf|mathit|mathfrak|mathscr|boldsymbol|bm|text|textrm|textit"
    r"|operatorname|rm|bf|it|sf)(?![a-zA-Z])"
)
_VARIANT = re.compile(r"\\var(epsilon|phi|theta|rho|sigma|pi)(?![a-zA-Z])")
_NOTHING = re.compile(r"[{}\s]|\\[,;:! ]|\\(left|right|[bB]igg?[lr]?)(?![a-zA-Z])")
_UNIFORM = re.compile(r"(U|Unif|Uniform)[\[(](-?\d+(?:/\d+)?),(-?\d+(?:/\d+)?)[\])]")


def key(written: str) -> str:
    """What is left of a name's LaTeX when fonts, braces and spaces are taken away."""
    plain = _NOTHING.sub("", _VARIANT.sub(r"\\\1", _STYLE.sub("", written)))
    uniform = _UNIFORM.fullmatch(plain)
    return f"U[{uniform[2]},{uniform[3]}]" if uniform else plain


class Symbols:
    """Variables, heads and names, each under the key of its printed name."""

    def __init__(self, given: Iterable[Any]) -> None:
        self.variables: dict[str, list[Var]] = {}
        self.heads: dict[str, list[Head]] = {}
        self.names: dict[str, Named] = {}
        self.laws: dict[str, list[Density]] = {}
        self._seen: set[Any] = set()
        for item in given:
            for node in _nodes(item):
                self._collect(node)

    def known(self) -> list[str]:
        """All keys, for a message."""
        return [*self.variables, *self.heads, *self.names]

    def _collect(self, node: Basic) -> None:
        if node in self._seen:
            return
        self._seen.add(node)
        if isinstance(node, Var):
            self.variables.setdefault(key(latex(node)), []).append(node)
        elif isinstance(node, Named):
            self.names.setdefault(key(latex(node.args[0])), node)
        elif isinstance(node, Head):
            self.heads.setdefault(key(latex(node)), []).append(node)
            if isinstance(node, Density) and node.is_uniform:
                self.laws.setdefault(key(uniform_law(node)), []).append(node)
            for param in node.params:
                self._collect(param)
            if node.definition is not None:
                self._collect(node.definition)
        for arg in node.args:
            self._collect(arg)


def _nodes(item: Any) -> Iterator[Basic]:
    """The terms and symbols that something given as symbols consists of."""
    if isinstance(item, Basic):
        yield item
    elif hasattr(item, "parts") and hasattr(item, "hypotheses"):  # a derivation
        for hypothesis in item.hypotheses:
            yield hypothesis.prop
        for part in item.parts:
            yield part.start
            for step in part.steps:
                yield step.claim
    elif isinstance(item, Sequence) and not isinstance(item, str):
        for inner in item:
            yield from _nodes(inner)
    else:
        raise InputError(
            f"expected symbols (variables, fields, densities, functions), terms or derivations, "
            f"found {item!r}"
        )
