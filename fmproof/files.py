"""Writing a file whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from fmproof.errors import InputError


def require_writable(path: Path) -> None:
    """Find out before the work begins whether ``path`` can be written.

    Raises:
        InputError: it is a directory, its folder is missing, or the permission is.
    """
    folder = path.absolute().parent
    if path.is_dir():
        raise InputError(f"cannot write {path}: it is a directory; give the name of a file")
    if not folder.is_dir():
        missing = "it is not a directory" if folder.exists() else "there is no such directory"
        raise InputError(f"cannot write {path}: {folder}: {missing}")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise InputError(f"cannot write {path}: permission denied")


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` to a new file beside ``path`` and give it that name at the end.

    A reader sees the old file or the new one, never a part. A device or a pipe is written to
    directly.

    Raises:
        InputError: the file cannot be written; nothing is left behind.
    """
    require_writable(path)
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        target = Path(os.path.realpath(path))
        beside = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with beside.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            if target.exists():
                beside.chmod(target.stat().st_mode)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from None
