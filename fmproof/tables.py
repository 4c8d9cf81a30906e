"""Tables that stay what they were made, though programs of others run beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FixedMapping(Mapping[K, V]):
    """Some keys with their values. No dictionary is in it that an operator could hand out, as
    ``proxy | other`` and ``proxy == other`` hand that of a ``MappingProxyType`` to ``other``."""

    __slots__ = ("_pairs",)
    _pairs: tuple[tuple[K, V], ...]

    def __new__(cls, pairs: Iterable[tuple[K, V]]) -> FixedMapping[K, V]:
        table = object.__new__(cls)
        object.__setattr__(table, "_pairs", tuple((key, value) for key, value in pairs))
        return table

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a table cannot be changed, found {name} =")

    def __getitem__(self, key: object) -> V:
        for known, value in self._pairs:
            if known is key or known == key:
                return value
        raise KeyError(key)

    def __iter__(self) -> Iterator[K]:
        return iter(tuple(key for key, _ in self._pairs))

    def __len__(self) -> int:
        return len(self._pairs)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (FixedMapping, (self._pairs,))

    def __repr__(self) -> str:
        return repr(dict(self._pairs))
