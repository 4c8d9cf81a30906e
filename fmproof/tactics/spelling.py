"""A hypothesis as a line of Python, for an author to paste.

A symbol is spelled as its name, which is what most files call it; an author who calls it
otherwise changes the name in the line.
"""

from __future__ import annotations

from sympy import Basic, Rational

from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.nodes import Apply, Expect, Inner, Var
from fmproof.lang.props import ForAll, Integrable


class _NoSpelling(Exception):
    """Python has no spelling for a node that one would paste."""


def hypothesis(name: str, prop: Basic) -> str | None:
    """``Hypothesis("H2", Integrable(norm2(g(x)), p(x)))``; None for what has no such spelling."""
    try:
        return f'Hypothesis("{name}", {_python(prop)})'
    except _NoSpelling:
        return None


def _python(node: Basic) -> str:
    if isinstance(node, ForAll):
        return f"ForAll({_several(*node.args)})"
    if isinstance(node, Integrable):
        return f"Integrable({_several(*node.args)})"
    if isinstance(node, Expect):
        return f"Expect({_several(node.body, *node.measure)})"
    if isinstance(node, Inner):
        left, right = node.args
        return f"norm2({_python(left)})" if left == right else f"Inner({_several(left, right)})"
    if isinstance(node, Apply):
        head, *arguments = node.args
        return f"{_name(head.name)}({_several(*arguments)})"
    if isinstance(node, Var):
        return _name(node.name)
    if isinstance(node, Add):
        return " + ".join(map(_python, node.args)).replace("+ -1*", "- ")
    if isinstance(node, Mul):
        return "*".join(f"({_python(f)})" if isinstance(f, Add) else _python(f) for f in node.args)
    if isinstance(node, Pow):
        base, exponent = node.args
        return f"({_python(base)})**{_python(exponent)}"
    if isinstance(node, Rational):
        return str(node) if node.is_Integer else f'Rational("{node}")'
    raise _NoSpelling


def _several(*nodes: Basic) -> str:
    return ", ".join(map(_python, nodes))


def _name(name: str) -> str:
    if not name.isidentifier():
        raise _NoSpelling
    return name
