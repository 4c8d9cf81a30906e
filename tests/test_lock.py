"""requirements/ci.txt pins everything that the project and its tools need."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = Path(__file__).parents[1] / "requirements" / "ci.txt"


def pinned() -> set[str]:
    lines = [line for line in LOCK.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    return {canonicalize_name(line.split("==")[0]) for line in lines}


def needed(name: str, extras: frozenset[str], seen: set[tuple[str, frozenset[str]]]) -> set[str]:
    """The names of all distributions that ``name`` with ``extras`` requires here."""
    if (name, extras) in seen:
        return set()
    seen.add((name, extras))
    found: set[str] = set()
    for line in requires(name) or []:
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": e}) for e in ("", *extras)):
            dependency = canonicalize_name(requirement.name)
            found.add(dependency)
            found |= needed(dependency, frozenset(requirement.extras), seen)
    return found


def test_the_lock_is_complete() -> None:
    try:
        names = needed("fmproof", frozenset({"dev"}), set())
    except PackageNotFoundError as missing:
        pytest.fail(f"{missing} is not installed; install '.[dev]'")
    assert names - {"fmproof"} <= pinned(), "make requirements/ci.txt anew, as its first line says"
