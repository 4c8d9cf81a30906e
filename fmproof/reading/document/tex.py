"""LaTeX documents to pieces, with the files that they input (from their own folder alone)."""

from __future__ import annotations

import re
from pathlib import Path

from fmproof.reading.document.markdown import blank, blank_all
from fmproof.reading.document.source import MAX_SIZE, Document, DocumentError, Piece, Source

_ENVIRONMENTS = r"equation|align|gather|multline|eqnarray|alignat|flalign|displaymath|dmath|math"
_COMMENT = re.compile(r"(?<!\\)%([^\n]*)")
_VERBATIM = re.compile(
    r"\\begin\{(verbatim|lstlisting|minted|comment)\*?\}.*?\\end\{\1\*?\}", re.DOTALL
)
_BEGIN = re.compile(rf"\\begin\{{({_ENVIRONMENTS})(\*?)\}}")
_SQUARE = re.compile(r"(?<!\\)\\\[(.+?)(?<!\\)\\\]|(?<!\\)\$\$(.+?)(?<!\\)\$\$", re.DOTALL)
_INLINE = re.compile(r"(?<![\\$])\$((?:[^$\\]|\\.)+?)\$|(?<!\\)\\\((.+?)(?<!\\)\\\)", re.DOTALL)
_NEVER = re.compile(r"\\iffalse\b.*?\\fi\b", re.DOTALL)
_INPUT = re.compile(r"\\(?:input|include|subfile)\s*\{([^{}]*)\}")
_BLOCK = re.compile(r"\\(begin|end)\{(\w+)\*?\}")
_STATEMENTS = {
    "theorem",
    "lemma",
    "proposition",
    "corollary",
    "claim",
    "thm",
    "lem",
    "prop",
    "cor",
    "satz",
    "korollar",
    "fact",
}
_MAX_INPUTS = 40


def read_tex(source: Source, folder: Path | None) -> Document:
    """The pieces of a LaTeX document.

    Args:
        folder: where the files that it inputs may stand; None to read none.

    Raises:
        DocumentError: it inputs a file outside its folder.
    """
    text = source.text
    pieces: list[Piece] = []
    problems: list[tuple[int, str]] = []
    text = blank_all(text, [found.span() for found in _VERBATIM.finditer(text)])
    comments = list(_COMMENT.finditer(text))
    pieces.extend(Piece("comment", found.start(1), found.end(1)) for found in comments)
    text = _COMMENT.sub(lambda found: " " * len(found.group(0)), text)
    text = blank_all(text, [found.span() for found in _NEVER.finditer(text)])
    without_comments = text
    macros = _inputs(text, folder, problems)
    start = text.find(r"\begin{document}")
    preamble = text[:start] if start >= 0 else ""
    if start >= 0:
        text = blank(text, 0, start)
    at = 0
    while (opened := _BEGIN.search(text, at)) is not None:
        closing = f"\\end{{{opened.group(1)}{opened.group(2)}}}"
        stop = text.find(closing, opened.end())
        if stop < 0:
            problems.append((opened.start(), f"{opened.group(0)} is never closed"))
            text = blank(text, *opened.span())
            continue
        content = opened.end()
        if opened.group(1) == "alignat":
            content = text.find("}", content) + 1
        pieces.append(Piece("display", content, stop, opened.group(1)))
        at = stop + len(closing)
    text = blank_all(text, [(p.start, p.stop) for p in pieces if p.kind == "display"])
    shown = list(_SQUARE.finditer(text))
    for found in shown:
        group = 1 if found.group(1) is not None else 2
        pieces.append(Piece("display", found.start(group), found.end(group), "["))
    text = blank_all(text, [found.span() for found in shown])
    masked = re.sub(r"\\(?:re)?newcommand|\\def|\\DeclareMathOperator", "", text)
    if masked.count("\\[") > masked.count("\\]"):
        problems.append((text.rfind("\\["), r"\[ is never closed"))
    for found in _INLINE.finditer(text):
        group = 1 if found.group(1) is not None else 2
        if "\n\n" not in found.group(group):
            pieces.append(Piece("inline", found.start(group), found.end(group)))
    pieces.sort(key=lambda piece: (piece.start, piece.stop))
    whole = _with_prose(text, pieces)
    return Document(
        source, whole, (*macros, preamble), tuple(problems), (), without_comments[max(start, 0) :]
    )


def _inputs(text: str, folder: Path | None, problems: list[tuple[int, str]]) -> list[str]:
    """The text of the files that ``text`` inputs, which may define macros."""
    found: list[str] = []
    seen: set[Path] = set()
    waiting = [(text, True)]
    while waiting:
        current, outermost = waiting.pop(0)
        for call in _INPUT.finditer(current):
            at, name = (call.start() if outermost else 0), call.group(1).strip()
            if folder is None:
                problems.append((at, f"\\input{{{name}}}: not read, the text comes from no folder"))
                continue
            path = Path(name)
            target = (folder / path).resolve()
            if path.is_absolute() or not target.is_relative_to(folder.resolve()):
                raise DocumentError(
                    f"\\input{{{name}}} is refused: it is outside the document's folder; "
                    f"copy the file beside the document"
                )
            options = [target] if target.suffix else [target.with_suffix(".tex"), target]
            there = next((option for option in options if option.is_file()), None)
            if there is None:
                problems.append((at, f"\\input{{{name}}}: there is no such file"))
            elif there not in seen and len(seen) < _MAX_INPUTS:
                seen.add(there)
                if there.stat().st_size > MAX_SIZE:
                    problems.append((at, f"\\input{{{name}}}: the file is too large to be read"))
                    continue
                content = _COMMENT.sub("", there.read_text(encoding="utf-8", errors="replace"))
                found.append(content)
                waiting.append((content, False))
    return found


def _with_prose(text: str, pieces: list[Piece]) -> tuple[Piece, ...]:
    whole: list[Piece] = []
    last, stack = 0, list[str]()
    for piece in pieces:
        if piece.start < last:
            continue
        if last < piece.start:
            _follow(text[last : piece.start], stack)
            whole.append(Piece("prose", last, piece.start, "", _state(stack)))
        whole.append(Piece(piece.kind, piece.start, piece.stop, piece.environment, _state(stack)))
        last = piece.stop
    if last < len(text):
        whole.append(Piece("prose", last, len(text), "", _state(stack)))
    return tuple(whole)


def _follow(words: str, stack: list[str]) -> None:
    for found in _BLOCK.finditer(words):
        if found.group(1) == "begin":
            stack.append(found.group(2))
        elif found.group(2) in stack:
            while stack.pop() != found.group(2):
                pass


def _state(stack: list[str]) -> str:
    for name in reversed(stack):
        if name.lower() in _STATEMENTS:
            return "theorem"
        if name.lower() in ("proof", "beweis"):
            return "proof"
    return ""
