"""The built-in derivations by name, without importing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fmproof.builtin import BUILTIN, builtin
from fmproof.errors import InputError, nearest

if TYPE_CHECKING:
    from fmproof.tactics.script import Derivation

__all__ = ["BUILTIN", "load"]


def load(name: str) -> Derivation:
    """The built-in derivation called ``name``.

    Raises:
        InputError: there is none; the message names the nearest.
    """
    if type(name) is not str:
        from fmproof.lang.spelling.foreign import foreign

        raise InputError(f"expected the name of a derivation, found {foreign(name)}")
    if name not in BUILTIN:
        raise InputError(f"no derivation is called {name!r}; {nearest(name, BUILTIN)}")
    found: Derivation = builtin(name)
    return found
