"""Products with an ellipsis, α_1 α_2 ⋯ α_t, as the Π that they stand for."""

from __future__ import annotations

from dataclasses import replace

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import spelled


def without_ellipsis(node: t.Mul) -> t.Series | None:
    """Π_{s=1}^t α_s for α_1 ⋯ α_t; None where the factors do not run like that."""
    letters = [f for f in node.factors if isinstance(f, t.Sym) and len(f.sub) == 1]
    dots = [i for i, f in enumerate(node.factors) if isinstance(f, t.Dots)]
    if any(node.ops) or len(letters) != len(node.factors) - 1 or len(letters) < 2:
        return None
    if dots != [len(node.factors) - 2]:
        return None
    *numbered, last = letters
    numbers = [one.sub[0] for one in numbered]
    first, end = numbers[0], last.sub[0]
    alike = all(spelled(replace(one, sub=())) == spelled(replace(last, sub=())) for one in numbered)
    runs = all(isinstance(n, t.Num) and n.value == i for i, n in enumerate(numbers, 1))
    if not (alike and runs and isinstance(end, t.Sym)):
        return None
    index = t.Sym(node.at, "s" if end.name != "s" else "r")
    return t.Series(node.at, "product", index, first, end, replace(last, sub=(index,)))
