"""Which uses of a symbol are uses of the one that a row defines."""

from __future__ import annotations

from collections.abc import Collection

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import conventional, key_of, spelled


def shape_of(node: t.Node, mixed: Collection[str] = ()) -> str:
    """One string for the uses of a symbol that one row defines.

    Args:
        mixed: keys of symbols that are told apart by the letter behind the bar.
    """
    if isinstance(node, t.Call):
        places = (len(node.args), len(node.given), len(node.after), len(node.head.sub))
        density = conventional("densities", key_of(node.head))  # p(x) and p(y) are two
        at_times = any(not _is_of_a_model(script) for script in node.head.sub)
        letters = ",".join(map(spelled, node.args)) if density and not at_times else ""
        above = "" if node.head.sup is None else "^" + spelled(node.head.sup)
        numbers = ",".join(spelled(s) for s in node.head.sub if isinstance(s, t.Num))
        if key_of(node.head) in mixed:
            letters += "|" + ",".join(map(spelled, node.given))
        return f"{key_of(node.head)}{above}{places}{letters}{numbers}"
    return spelled(node)


def _is_of_a_model(script: t.Node) -> bool:
    """θ of p_θ(x), which is another density than p_θ(z)."""
    return isinstance(script, t.Sym) and conventional("parameters", script.name, "always")


def mentions(right: t.Node, left: t.Node, mixed: Collection[str] = ()) -> bool:
    """Whether the symbol of the left side is on the right: k(x) = k(y) defines no k.

    Densities of different letters are different ones: p(x) = ∫ p(x|z) p(z) dz.
    """
    shape = shape_of(left, mixed)
    inner = [node for node in t.walk(right) if isinstance(node, t.Call | t.Sym)]
    if any(shape_of(node, mixed) == shape for node in inner):
        return True
    if isinstance(left, t.Call) and key_of(left.head) in mixed:
        return False
    if isinstance(left, t.Call) and isinstance(right, t.Call):
        return key_of(left.head) == key_of(right.head)
    return isinstance(left, t.Call) and any(
        isinstance(node, t.Call)
        and key_of(node.head) == key_of(left.head)
        and (len(node.args), len(node.given)) == (len(left.args), len(left.given))
        and not (left.head.sub and not node.head.sub and _is_of_a_number(left.head))
        and not (
            conventional("densities", key_of(left.head))
            and all(isinstance(arg, t.Sym) for arg in node.args)
        )
        for node in inner
    )


def _is_of_a_number(head: t.Sym) -> bool:
    """Whether f_λ is another function than f, for each number λ, which is no time."""
    (script, *more) = head.sub
    if more or not isinstance(script, t.Sym):
        return False
    return conventional("scalars", script.name) and not conventional("times", script.name)
