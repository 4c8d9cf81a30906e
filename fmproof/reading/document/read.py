"""A file to documents: by its ending Markdown, LaTeX or a notebook; a notebook is one a cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fmproof.reading.document.accents import with_letters
from fmproof.reading.document.markdown import read_markdown
from fmproof.reading.document.source import MAX_SIZE, Document, DocumentError, Source
from fmproof.reading.document.tex import read_tex

ENDINGS = (".md", ".markdown", ".tex", ".ipynb")
"""What a folder is searched for."""


def read_file(path: Path, name: str | None = None) -> list[Document]:
    """The documents of a file: one, or one for each Markdown cell of a notebook.

    Raises:
        DocumentError: it cannot be opened or is no text; one line that says why.
    """
    shown = str(path) if name is None else name
    try:
        if path.is_dir():
            raise DocumentError(f"{shown}: a folder, expected a document")
        size = path.stat().st_size
        if size > MAX_SIZE:
            raise DocumentError(f"{shown}: {size:,} bytes, at most {MAX_SIZE:,} are read")
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{shown}: {error.strerror or error}") from None
    return read_text(decoded(data, shown), shown, path.suffix.lower(), path.parent)


def notation_beside(path: Path) -> list[tuple[str, str]]:
    """The lines of ``NAME.fmproof`` beside a document, as (place, words); "#" begins a remark.

    Raises:
        DocumentError: it cannot be opened or is no text.
    """
    beside = path.with_suffix(".fmproof")
    if not beside.is_file():
        return []
    try:
        text = decoded(beside.read_bytes(), str(beside))
    except OSError as error:
        raise DocumentError(f"{beside}: {error.strerror or error}") from None
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    return [(f"{beside}:{n}", words) for n, words in enumerate(lines, 1) if words]


def decoded(data: bytes, shown: str) -> str:
    """The text of a file in UTF-8.

    Raises:
        DocumentError: it is binary, or in another encoding.
    """
    if b"\0" in data[:4096]:
        hint = (
            "; it looks like UTF-16, save it as UTF-8"
            if data[:2] in (b"\xff\xfe", b"\xfe\xff")
            else ""
        )
        raise DocumentError(f"{shown}: expected text, found binary data{hint}")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DocumentError(
            f"{shown}:{line}: not UTF-8 (byte 0x{data[error.start]:02x}); save it as UTF-8"
        ) from None


def read_text(
    text: str, shown: str, ending: str = "", folder: Path | None = None
) -> list[Document]:
    """The documents in ``text``; without an ending, LaTeX is told by its commands."""
    if ending == ".ipynb":
        return _notebook(text, shown)
    looks_like_tex = ending == "" and (r"\begin{document}" in text or r"\section" in text)
    if ending == ".tex" or looks_like_tex:
        try:
            words, saved = with_letters(text)
            return [read_tex(Source(shown, words, saved=saved), folder)]
        except DocumentError as error:
            raise DocumentError(f"{shown}: {error}") from None
    return [read_markdown(Source(shown, text))]


def _notebook(text: str, shown: str) -> list[Document]:
    try:
        notebook: Any = json.loads(text)
    except ValueError as error:
        raise DocumentError(f"{shown}: not a notebook: {error}") from None
    except RecursionError:
        raise DocumentError(f"{shown}: not a notebook: it is nested too deeply") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise DocumentError(f"{shown}: not a notebook of version 4: it has no list of cells")
    documents: list[Document] = []
    for index, cell in enumerate(cells):
        if not isinstance(cell, dict) or cell.get("cell_type") != "markdown":
            continue
        content = cell.get("source", "")
        if isinstance(content, list):
            content = "".join(part for part in content if isinstance(part, str))
        if isinstance(content, str):
            documents.append(read_markdown(Source(shown, content, f"c{index}:")))
    return documents
