"""A name for a term."""

from __future__ import annotations

from typing import Any

from sympy import Atom, Expr

from fmproof.lang.fixed import at_argument, kept
from fmproof.lang.names import require_name_of_number
from fmproof.lang.node import (
    Sealed,
    Term,
    admit,
    as_term,
    declare,
    is_nonnegative,
    no_places,
    not_clear,
    nothing,
    same_kind,
    sort_of,
)


class Label(Sealed, Atom):
    """The printed name of a :class:`Named` term."""

    __slots__ = ("_name",)

    name: str = kept("_name")

    def __new__(cls, name: str) -> Label:
        label = Sealed.__new__(cls)
        object.__setattr__(label, "_name", require_name_of_number(name, "a constant"))
        return label

    def __getnewargs__(self) -> tuple[str]:
        return (self.name,)

    def _hashable_content(self) -> tuple[str]:
        return (self.name,)

    def _sympystr(self, printer: Any) -> str:
        return str(self.name)


class Named(Term):
    """A name for a term, such as C₁, that carries what it stands for.

    Looking for θ looks through the name, so nothing can hide in it. A name whose term has free
    variables prints with them: C(θ).
    """

    __slots__ = ()

    definition: Expr = at_argument(1)

    def __new__(cls, name: str | Label, definition: Any) -> Named:
        label = name if type(name) is Label else Label(name)
        return Term.__new__(cls, label, admit(as_term(definition)))

    @property
    def name(self) -> str:
        return str(self.args[0].name)


declare(
    Label,
    sort=lambda node: None,
    bound=nothing,
    places=no_places,
    obliges=nothing,
    nonnegative=not_clear,
    rebuild=lambda node: Label(node.name),
)
declare(
    Named,
    sort=lambda node: sort_of(node.definition),
    bound=nothing,
    places=no_places,
    obliges=lambda node, inside: inside(node.definition),
    nonnegative=lambda node: is_nonnegative(node.definition),
    rebuild=same_kind,
)
