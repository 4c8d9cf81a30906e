"""Markdown to pieces: displays, inline mathematics, words and comments with their offsets.

Markdown parsers keep the lines of blocks and lose the columns of what stands in them, and each
dialect has its own idea of ``$$``. So mathematics is found here, on the text itself: what is no
mathematics (code, comments, front matter) is blanked out first, lengths kept, then displays,
then inline formulas.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left

from fmproof.reading.document.source import Document, Piece, Source

MAX_PIECES = 20_000
"""Formulas of one text that are looked for."""

_ENVIRONMENTS = r"equation|align|gather|multline|eqnarray|alignat|flalign|displaymath|dmath"
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_FENCE = re.compile(r"^([ \t>]*(?:[-*+][ \t]+|\d+\.[ \t]+)?)(`{3,}|~{3,})([^\n`]*)$", re.MULTILINE)
_CODE = re.compile(r"(?<![\\`])(`{1,3})(?!`)([^`\n]{1,400})\1(?!`)")
_TICKED = re.compile(r"(?<![\\$`])\$`([^`\n]+)`\$(?![\d$])")
_OPTIONS = re.compile(
    r"(?:[ \t>]*:[\w-]+:[^\n]*\n)+|---[ \t]*\n.*?^---[ \t]*\n", re.DOTALL | re.MULTILINE
)
_DIRECTIVE = re.compile(r"\{([\w:.-]+)\}")
_CODES = re.compile(r"code|literal|include|eval|image|figure|mermaid|table|toc|raw|bibliography")
_DOLLARS = re.compile(r"(?<!\\)\$\$(.+?)(?<!\\)\$\$", re.DOTALL)
_SQUARE = re.compile(r"(?<![\\])\\{1,2}\[(?=\s)(.+?)\\{1,2}\](?=\s|$|[.,;])", re.DOTALL)
_SQUARE_TIGHT = re.compile(r"(?<![\\])\\\[(.+?)(?<!\\)\\\]", re.DOTALL)
_ENV = re.compile(rf"\\begin\{{({_ENVIRONMENTS})(\*?)\}}(.*?)\\end\{{\1\2\}}", re.DOTALL)
_OPEN_ENV = re.compile(rf"\\begin\{{({_ENVIRONMENTS})\*?\}}")
_INLINE = re.compile(
    r"(?<![\\$])\$(?![\s$])((?:[^$\\\n]|\\.|\n(?![ \t]*\n))+?)(?<![\\\s])\$(?![\d$])"
    r"|(?<!\\)\\{1,2}\((.+?)\\{1,2}\)",
    re.DOTALL,
)
_BEFORE = re.compile(r"[ \t>]*(?:[-*+]|\d+\.)?[ \t]*(?:<[^<>]*>)?")
_AFTER = re.compile(r"[ \t.,;]*(?:<[^<>]*>)?[ \t]*(?:\{:[^}]*\})?(?:\([\w-]+\))?")
_QUOTE = re.compile(r"(?m)^[ \t]*>[ \t]?")
_STATEMENT = re.compile(
    r"(?im)^[ \t>#*_!]*(theorem|lemma|proposition|corollary|claim|satz|定理|引理|命题|정리|보조정리"
    r"|định lý|bổ đề|mệnh đề)\b"
)
_PROOF = re.compile(r"(?im)^[ \t>#*_\d.]*(proof|beweis|证明|증명|chứng minh)")


def blank(text: str, start: int, stop: int) -> str:
    """``text`` with everything but line breaks between the offsets replaced by blanks."""
    return text[:start] + re.sub(r"[^\n]", " ", text[start:stop]) + text[stop:]


def blank_all(text: str, spans: list[tuple[int, int]]) -> str:
    """``text`` with all of the (sorted, disjoint) stretches blanked, in one pass."""
    parts: list[str] = []
    last = 0
    for start, stop in spans:
        parts += [text[last:start], re.sub(r"[^\n]", " ", text[start:stop])]
        last = stop
    return "".join([*parts, text[last:]])


def read_markdown(source: Source) -> Document:
    """The pieces of a Markdown text, in their order."""
    text = source.text
    pieces: list[Piece] = []
    problems: list[tuple[int, str]] = []
    front: list[tuple[int, str]] = []
    if (found := _FRONT.match(text)) is not None:
        front = _front_lines(found.group(1), found.start(1))
        text = blank(text, *found.span())
    text, fences = _without_fences(text)
    pieces.extend(fences)
    comments = list(_COMMENT.finditer(text))
    pieces += [Piece("comment", *found.span(1)) for found in comments]
    text = blank_all(text, [found.span() for found in comments])
    ticked = list(_TICKED.finditer(text))
    pieces += [Piece("inline", *found.span(1)) for found in ticked]
    text = blank_all(text, [found.span() for found in ticked])
    dollars = [found.start() for found in re.finditer(r"\$\$", text)]
    code = [
        found.span()
        for found in _CODE.finditer(text)
        if "$" not in found.group(2) or bisect_left(dollars, found.start()) % 2 == 0
    ]
    text = blank_all(text, code)
    spans = []
    for found in _DOLLARS.finditer(text):
        before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        stop = text.find("\n", found.end())
        after = text[found.end() : len(text) if stop < 0 else stop]
        alone = (
            len(before) < 80
            and len(after) < 200
            and _BEFORE.fullmatch(before)
            and _AFTER.fullmatch(after)
        )
        kind = "display" if alone or "\n" in found.group(1).strip() else "inline"
        pieces.append(Piece(kind, found.start(1), found.end(1), "$$"))  # type: ignore[arg-type]
        spans.append(found.span())
        if len(spans) > MAX_PIECES:
            problems.append((found.start(), f"only the first {MAX_PIECES:,} formulas are read"))
            text = text[: found.end()]
            break
    text = blank_all(text, spans)
    stray = text.find("$$")
    if stray >= 0 and len(spans) <= MAX_PIECES:
        problems.append((stray, "a display begins with $$ and is never closed"))
        text = blank(text, stray, stray + 2)
    for pattern in (_SQUARE, _SQUARE_TIGHT):
        shown = list(pattern.finditer(text))
        pieces += [Piece("display", *found.span(1), "[") for found in shown]
        text = blank_all(text, [found.span() for found in shown])
    environments = list(_ENV.finditer(text))
    pieces += [Piece("display", *found.span(3), found.group(1)) for found in environments]
    text = blank_all(text, [found.span() for found in environments])
    for found in _OPEN_ENV.finditer(text):
        problems.append((found.start(), f"{found.group(0)} is never closed"))
    for found in _INLINE.finditer(text):
        group = 1 if found.group(1) is not None else 2
        pieces.append(Piece("inline", found.start(group), found.end(group)))
    pieces.sort(key=lambda piece: piece.start)
    return Document(source, _with_prose(source.text, pieces), (), tuple(problems), tuple(front))


def body(source: Source, piece: Piece) -> str:
    """The LaTeX of a piece, as long as in the source: quotation marks and entities blanked."""
    text = source.text[piece.start : piece.stop]
    if "\n" in text:
        text = _QUOTE.sub(lambda found: " " * len(found.group(0)), text)
    if "&" in text and ";" in text:
        text = re.sub(r"&(?:lt|gt|amp);", _entity, text)
    if "\\_" in text and piece.kind == "inline":
        text = text.replace("\\_", " _")
    return text


def _entity(found: re.Match[str]) -> str:
    return html.unescape(found.group(0)).ljust(len(found.group(0)))


def _front_lines(text: str, start: int) -> list[tuple[int, str]]:
    lines: list[tuple[int, str]] = []
    at, inside = start, False
    for line in text.splitlines(keepends=True):
        if (head := re.match(r"fmproof:(.*)", line)) is not None:
            inside = True
            lines.append((at, head.group(1)))
        elif inside and re.match(r"[ \t]+\S|[ \t]*-", line):
            lines.append((at, line.strip(" \t\n-")))
        else:
            inside = False
        at += len(line)
    return [(where, line.strip().strip("\"'")) for where, line in lines if line.strip()]


def _without_fences(text: str) -> tuple[str, list[Piece]]:
    """Fenced code blanked out; what is fenced as ``math`` is a display, other directives of MyST,
    such as a note, hold Markdown."""
    found: list[Piece] = []
    spans: list[tuple[int, int]] = []
    opened: list[re.Match[str]] = []
    for fence in _FENCE.finditer(text):
        closes = not fence.group(3).strip()
        if opened and closes and fence.group(2).startswith(opened[-1].group(2)):
            begun = opened.pop()
            if _holds_markdown(begun):
                spans += [begun.span(), fence.span()]
                continue
            if _kind(begun) in ("math", "{math}"):
                found.append(Piece("display", _content(text, begun), fence.start(), "math"))
            spans.append((begun.start(), fence.end()))
        elif not opened or _holds_markdown(opened[-1]):
            opened.append(fence)
    if opened:
        inner = opened[-1]
        spans.append((inner.start(), inner.end() if _holds_markdown(inner) else len(text)))
    return blank_all(text, sorted(spans)), found


def _kind(fence: re.Match[str]) -> str:
    """The first word behind an opening fence."""
    return (fence.group(3).split() or [""])[0]


def _holds_markdown(fence: re.Match[str]) -> bool:
    """Whether a fence opens a directive with words in it."""
    name = _DIRECTIVE.match(_kind(fence))
    return name is not None and name.group(1) != "math" and not _CODES.search(name.group(1))


def _content(text: str, fence: re.Match[str]) -> int:
    """Where the formula of a fence begins, behind the options of a directive."""
    options = _OPTIONS.match(text, fence.end() + 1) if "{" in _kind(fence) else None
    return fence.end() + 1 if options is None else options.end()


def _with_prose(text: str, pieces: list[Piece]) -> tuple[Piece, ...]:
    """The pieces with the words between them, and what each stands in."""
    whole: list[Piece] = []
    last, inside = 0, ""
    for piece in pieces:
        if piece.start < last:
            continue
        if last < piece.start:
            inside = _inside(text[last : piece.start], inside)
            whole.append(Piece("prose", last, piece.start, "", inside))
        whole.append(Piece(piece.kind, piece.start, piece.stop, piece.environment, inside))
        last = piece.stop
    if last < len(text):
        whole.append(Piece("prose", last, len(text), "", inside))
    return tuple(whole)


def _inside(words: str, before: str) -> str:
    """Whether the next piece stands in a statement, a proof, or neither, by the last headline."""
    marks = [(m.end(), "theorem") for m in _STATEMENT.finditer(words)]
    marks += [(m.end(), "proof") for m in _PROOF.finditer(words)]
    marks += [(m.end(), "") for m in re.finditer(r"(?m)^#+[ \t]", words)]
    # A display behind a blank line still belongs to the sentence before it.
    marks += [(m.end(), "") for m in re.finditer(r"(?m)\n[ \t]*\n(?=[^\s>$\\])", words)]
    state = before
    for _, kind in sorted(marks):
        state = kind if kind or state == "theorem" else state
    return state
