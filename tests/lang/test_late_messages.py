"""Messages that are spelled when they are read: whole, for any term, and the same in a copy."""

from __future__ import annotations

import ast
import copy
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import fmproof
from fmproof import Exp, Real, Scalar
from fmproof.derived.derivatives_inside import fundamental_theorem
from fmproof.errors import RuleError, SortError

t = Real("t")


def made_late() -> Iterator[tuple[str, str, int]]:
    """Where the trusted base gives an error terms beside its message: place, message, how many."""
    package = Path(fmproof.__file__).parent
    for path in sorted([*package.glob("kernel/*.py"), *package.glob("lang/**/*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="RuleError" | "SortError"), args=[ast.Constant(text), _, *more]
                ):
                    yield f"{path.name}:{node.lineno}", str(text), 1 + len(more)
                case ast.Call(func=ast.Name(id="RuleError" | "SortError"), args=[_, _, *more]):
                    raise AssertionError(f"{path.name}:{node.lineno}: the message is no constant")


def test_each_message_has_as_many_places_as_terms() -> None:
    found = list(made_late())
    assert len(found) > 40
    for place, message, terms in found:
        assert message.count("%s") == message.count("%") == terms, place


def test_a_copy_says_the_same() -> None:
    with pytest.raises(RuleError) as caught:
        fundamental_theorem(t)
    error = caught.value
    error.location = "here"
    said = "fundamental theorem: expected ∫ₐᵇ ∂F dt, found t"
    for same in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert (type(same), str(same), same.location) == (RuleError, said, "here")


@pytest.mark.parametrize("error", [RuleError("50%s"), RuleError("%s left", "50%s"), SortError()])
def test_a_percent_sign_is_one(error: RuleError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) == str(copy.copy(again))
    assert str(RuleError("%s left", "50%s")) == "50%s left"


def test_a_text_of_another_kind_is_not_asked() -> None:
    class Text(str):
        def __str__(self) -> str:
            raise ValueError("asked")

    assert str(RuleError("expected %s", Text("x"))) == "expected a Text"


def test_a_term_that_is_too_deep_where_the_message_is_read() -> None:
    deep = Scalar("deep")()
    for _ in range(100):
        deep = Exp(deep)
    error = RuleError("found %s", deep)

    def read(calls: int) -> str:
        return str(error) if calls == 0 else read(calls - 1)

    frame, used = sys._getframe(), 0
    while frame := frame.f_back:  # type: ignore[assignment]
        used += 1
    assert read(sys.getrecursionlimit() - used - 60) == "found what cannot be shown"
    assert str(error).startswith("found exp(exp(")
