"""Waiting for files to change."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

INTERVAL = 0.3  #: seconds between two looks


def stamps(paths: Iterable[Path]) -> dict[Path, int]:
    """When each file was changed, those in folders too; what is not there counts as 0."""
    files = [f for p in paths for f in (sorted(p.rglob("*.py")) if p.is_dir() else [p])]
    return {file: file.stat().st_mtime_ns if file.exists() else 0 for file in files}


def wait_for_change(
    paths: Iterable[Path], seen: dict[Path, int], pause: Callable[[float], None] = time.sleep
) -> dict[Path, int]:
    """Return the new stamps as soon as they differ from ``seen``."""
    paths = list(paths)
    while (now := stamps(paths)) == seen:
        pause(INTERVAL)
    return now
