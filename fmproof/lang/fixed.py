"""Records that are what they were made, for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def fixed(cls: type[T]) -> type[T]:
    """A frozen dataclass with slots, without the method by which a copy puts a state into one."""
    made = dataclass(frozen=True, slots=True)(cls)
    del made.__setstate__  # type: ignore[attr-defined]
    return made
