"""The constants that are no rational numbers: the dimension d of the vectors, and π."""

from __future__ import annotations

from typing import Any

from sympy import AtomicExpr

from fmproof.errors import SortError
from fmproof.lang.fixed import kept
from fmproof.lang.node import Term, declare, no_places, nothing
from fmproof.lang.sorts import Sort

_NAMES = ("d", "pi")


class Constant(Term, AtomicExpr):
    """A positive real: ``dim``, the dimension of the vectors, or ``pi``."""

    __slots__ = ("_name",)

    name: str = kept("_name")

    def __new__(cls, name: str) -> Constant:
        if type(name) is not str or name not in _NAMES:
            raise SortError(f"a constant is one of {', '.join(_NAMES)}, found {name!r}")
        made: Constant = Term.__new__(cls)
        object.__setattr__(made, "_name", name)
        return _made.setdefault(name, made)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (Constant, (self.name,))

    def _hashable_content(self) -> tuple[str]:
        return (self.name,)

    # There is one object for each name, so identity is equality.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


_made: dict[str, Constant] = {}

dim = Constant("d")
"""The dimension d of the vectors."""

pi = Constant("pi")
"""The number π."""

declare(
    Constant,
    sort=lambda node: Sort.REAL,
    bound=nothing,
    places=no_places,
    obliges=nothing,
    nonnegative=lambda node: True,
    rebuild=lambda node: Constant(getattr(node, "name", "")),
)
