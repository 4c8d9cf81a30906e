"""What a setting or a lemma is given: laws and terms, refused by name."""

from __future__ import annotations

from typing import Any

from fmproof.errors import SortError
from fmproof.lang.node import admit, as_term, is_declared, require_sort, shown
from fmproof.lang.nodes.measure import require_measure
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.foreign import foreign


def require_fields(
    setting: Any, laws: str = "", draws: str = "", reals: str = "", vectors: str = ""
) -> None:
    """Raise :class:`SortError` unless the fields of a setting are what these lists call them."""
    owner = type(setting).__name__
    for name in laws.split():
        require_law(getattr(setting, name), f"{name} of {owner}")
    for name in draws.split():
        require_law([getattr(setting, name)], f"{name} of {owner}")
    for names, sort in ((reals, Sort.REAL), (vectors, Sort.VEC)):
        for name in names.split():
            require_term(getattr(setting, name), sort, f"{name} of {owner}")


def require_law(law: Any, role: str) -> None:
    """Raise :class:`SortError` unless ``law`` is a list of draws that follow each other."""
    if not isinstance(law, list | tuple):
        found = shown(law) if is_declared(law) else foreign(law)
        raise SortError(f"{role} must be a list of draws, such as [p(x)], found {found}")
    try:
        require_measure([admit(item) for item in law], role)
    except SortError as error:
        raise SortError(f"{role}: {error}") from None


def require_term(term: Any, sort: Sort, role: str) -> None:
    """Raise :class:`SortError` unless ``term`` has ``sort``."""
    try:
        require_sort(as_term(term), sort, role)
    except SortError as error:
        raise SortError(str(error) if str(error).startswith(role) else f"{role}: {error}") from None
