"""Objects that are what they were made, for good.

A slot has a setter of its own, ``Class.slot.__set__``, which asks no ``__setattr__``. So what is
kept is in private slots, and is read by properties that have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from inspect import Signature, signature
from operator import attrgetter
from typing import Any, TypeVar, cast, dataclass_transform

T = TypeVar("T")


def kept(slot: str) -> Any:
    """What is in a private slot, to be read."""
    return property(attrgetter(slot))


def at_argument(place: int | slice) -> Any:
    """The argument of a node in one place, or those in several, to be read."""
    return property(lambda node: node._args[place])


@dataclass_transform(frozen_default=True)
def fixed(cls: type[T]) -> type[T]:
    """A frozen dataclass that is filled once, by the call that makes it: nothing of it, no
    ``__init__`` and no state of a copy, can fill one again, or one that is half made.
    """
    plain: Any = dataclass(frozen=True)(cls)
    names = tuple(plain.__dataclass_fields__)
    slots, parameters = tuple(f"_{name}" for name in names), signature(plain)

    def new(kind: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs or len(args) != len(names):
            given = parameters.bind(*args, **kwargs)
            given.apply_defaults()
            args = tuple(given.arguments.values())
        record = object.__new__(kind)
        for put, value in zip(setters, args, strict=True):
            put(record, value)
        return record

    body = {name: kept(slot) for name, slot in zip(names, slots, strict=True)}
    left_out = {*names, "__init__", "__dict__", "__weakref__"}
    body |= {name: value for name, value in vars(plain).items() if name not in left_out}
    made: Any = type(cls.__name__, cls.__bases__, {**body, "__slots__": slots, "__new__": new})
    setters = [getattr(made, slot).__set__ for slot in slots]
    made.__signature__ = parameters.replace(return_annotation=Signature.empty)
    return cast("type[T]", made)
