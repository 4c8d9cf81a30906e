"""``min_θ F(θ) ≥ c`` says F(θ) ≥ c of every θ, and so it is read."""

from __future__ import annotations

from fmproof.reading.formula import tree as t

_FROM_BELOW = {"min", "inf"}
_FROM_ABOVE = {"max", "sup"}


def without_extremum(
    left: t.Node | None, relation: str, right: t.Node | None
) -> tuple[t.Node | None, t.Node | None]:
    """The sides of a row where a bound of a minimum or maximum is one of every value."""
    if relation == "≥":
        return _inside(left, _FROM_BELOW), _inside(right, _FROM_ABOVE)
    if relation == "≤":
        return _inside(left, _FROM_ABOVE), _inside(right, _FROM_BELOW)
    return left, right


def _inside(side: t.Node | None, kinds: set[str]) -> t.Node | None:
    if isinstance(side, t.Extremum) and side.kind in kinds and isinstance(side.var, t.Sym):
        return side.body
    return side
