"""Records of a script, which are what they were made."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import Signature, signature
from typing import Any, TypeVar, cast, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def filled_once(cls: type[T]) -> type[T]:
    """A frozen dataclass with slots that is filled once, by the call that makes it.

    No method fills one later: none by which a copy puts a state into it, and no ``__init__`` that
    could be called again, or while one is half made.
    """
    made: Any = dataclass(frozen=True, slots=True)(cls)
    fill = made.__init__

    def new(kind: Any, *args: Any, **kwargs: Any) -> Any:
        record = object.__new__(kind)
        fill(record, *args, **kwargs)
        return record

    made.__signature__ = signature(made).replace(return_annotation=Signature.empty)
    made.__new__ = new
    del made.__init__, made.__setstate__
    return cast("type[T]", made)
