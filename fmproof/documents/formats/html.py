"""A report as HTML: the document, rendered, with a mark at every row that opens to what was found.

One file, MathML, no script, nothing loaded from anywhere. A mark is a ``<details>``: the keyboard
reaches and opens it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from importlib import resources
from typing import Any

from fmproof.documents.formats.text import told
from fmproof.documents.model import MEANING, WRONG, Block, CheckReport, DocumentReport, RowReport
from fmproof.reading.document.tokens import definition_spans

_MARK = {
    "proved": "✓", "refuted": "✗", "constant": "✗", "scope": "✗", "agrees": "≈", "open": "?",
    "unread": "–",
}  # fmt: skip


def render(report: CheckReport) -> str:
    """``report`` as a page of its own."""
    style = (resources.files("fmproof.documents.formats") / "page.css").read_text(encoding="utf-8")
    names = ", ".join(document.file for document in report.documents)
    body = "".join(part for document in report.documents for part in _document(document))
    return (
        "<!doctype html>\n"
        '<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f"<title>{escape(names)}: checked by fmproof</title><style>{style}</style></head>"
        f"<body><main>{body}</main>"
        f"<footer>fmproof {escape(report.version)} check</footer></body></html>\n"
    )


def _document(document: DocumentReport) -> Iterator[str]:
    yield f"<h1>{escape(document.file)}</h1>"
    counts = " ".join(
        f'<span class="count {name}">{_MARK.get(name, "·")} {count} {name}</span>'
        for name, count in document.counts.items()
    )
    yield f'<p class="summary">{counts}</p>'
    if document.wrong:
        places = ", ".join(
            f'<a href="#r{document.rows.index(row)}">line {escape(row.line)}</a>'
            for row in document.wrong
        )
        yield f'<p class="wrong">Wrong: {places}</p>'
    if document.symbols:
        lines = "".join(
            f"<tr><td>{escape(s.symbol)}</td><td>{escape(s.reading)}</td>"
            f"<td>{'guessed: ' if s.guessed else ''}{escape(s.why)}"
            f"{', line ' + escape(s.line) if s.line else ''}</td></tr>"
            for s in document.symbols
        )
        head = "<tr><th>symbol</th><th>stands for</th><th>because</th></tr>"
        yield '<details class="notation"><summary>Notation</summary><div class="wide">'
        yield f"<table>{head}{lines}</table></div></details>"
    for line, words in document.problems:
        yield f'<p class="problem">Line {escape(line)}: {escape(words)}</p>'
    yield "<article>"
    yield from _blocks(document)
    yield "</article>"


def _blocks(document: DocumentReport) -> Iterator[str]:
    paragraph: list[str] = []
    for block in document.blocks:
        if block.kind == "prose":
            pieces = re.split(r"\n[ \t]*\n", _plain(block.text))
            for i, piece in enumerate(pieces):
                if i:
                    yield from _closed(paragraph)
                paragraph.append(_words(piece))
        elif block.kind == "inline":
            paragraph.append(_inline(document, block))
        else:
            yield from _closed(paragraph)
            yield from _display(document, block)
    yield from _closed(paragraph)


def _closed(paragraph: list[str]) -> Iterator[str]:
    text = "".join(paragraph).strip()
    paragraph.clear()
    if re.search(r"\w", text):
        heading = re.match(r"(#+)\s+(.*)", text, re.DOTALL)
        yield f"<h2>{heading.group(2)}</h2>" if heading else f"<p>{text}</p>"


def _plain(text: str) -> str:
    """The words of Markdown or LaTeX, without their markup."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"(?mi)^\[toc\]\s*$", "", text)
    start = text.find("\\begin{document}")
    text = text[start + len("\\begin{document}") :] if start >= 0 else text
    for begin, end in reversed(definition_spans(text)):
        text = text[:begin] + text[end:]
    text = re.sub(r"(?m)(?<!\\)%.*$", "", text) if "\\" in text else text
    text = re.sub(
        r"\\(?:section|subsection|chapter|paragraph)\*?\{([^{}]*)\}", r"\n\n# \1\n\n", text
    )
    text = re.sub(
        r"\\(?:label|ref|eqref|cite|documentclass|usepackage|newtheorem)\*?(?:\[[^\]]*\])?\{[^{}]*\}(?:\{[^{}]*\})?",
        "",
        text,
    )
    text = re.sub(
        r"\\begin\{(\w+)\}(?:\[([^\]]*)\])?",
        lambda m: f"\n\n{m.group(2) or (m.group(1).capitalize() if m.group(1) in _NAMED else '')} ",
        text,
    )
    text = re.sub(r"\\end\{\w+\}", "\n\n", text)
    text = re.sub(r"\\(?:emph|textbf|textit|text)\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\\[A-Za-z]+\*?|\{|\}|\$\$|```\w*|\\\(|\\\)|\\\\?\[|\\\\?\]", "", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"</?\w+[^>]*>|(?m:^>[ ]?)|\*\*|\$|~", " ", text)


_NAMED = {"theorem", "lemma", "proposition", "corollary", "proof", "definition", "example"}


def _words(text: str) -> str:
    return escape(re.sub(r"[ \t]+", " ", text))


def _inline(document: DocumentReport, block: Block) -> str:
    shown = _math(block.text, False)
    marks = "".join(
        _note(document, i) for i in block.rows if document.rows[i].verdict in ("proved", *WRONG)
    )
    return f'<span class="inline">{shown}{marks}</span>'


def _display(document: DocumentReport, block: Block) -> Iterator[str]:
    if not block.rows:
        yield f'<div class="row"><div class="formula">{_math(block.text, True)}</div></div>'
    for i in block.rows:
        row = document.rows[i]
        yield (
            f'<div class="row {row.verdict}" id="r{i}">'
            f'<div class="formula" tabindex="0">{_math(row.formula, True)}</div>'
            f"{_note(document, i)}</div>"
        )


def _note(document: DocumentReport, index: int) -> str:
    row = document.rows[index]
    mark = _MARK.get(row.verdict, "·")
    said = "".join(f"<p>{escape(words)}</p>" for words in _said(row))
    label = f"line {row.line}: {row.verdict}"
    return (
        f'<details class="mark {row.verdict}"><summary aria-label="{escape(label)}">'
        f'<span class="sign">{mark}</span> <span class="word">{row.verdict}</span></summary>'
        f'<div class="note"><p>Line {escape(row.line)}: {escape(MEANING[row.verdict])}.</p>'
        f"{said}</div></details>"
    )


def _said(row: RowReport) -> Iterator[str]:
    yield from told(row)
    if row.by:
        yield "by " + ", ".join(row.by)
    if row.numeric is not None and row.numeric.counterexample:
        yield row.numeric.counterexample


def _math(latex: str, display: bool) -> str:
    try:
        return _mathml(latex, display)
    except ValueError:
        return f"<code>{escape(latex)}</code>"


@lru_cache(maxsize=20_000)
def _mathml(latex: str, display: bool) -> str:
    from math_core import LatexError

    spelled = latex.replace(":=", r"\mathrel{:=}").replace("&", " ")
    for sign in ("left", "right", "middle"):
        spelled = spelled.replace(f"\\{sign}.", "")
    spelled = re.sub(r"\\([lr])(vert|Vert)\b", r"\\\1\2 ", spelled)
    try:
        return str(_converter().convert_with_local_state(spelled, displaystyle=display))
    except LatexError as error:
        raise ValueError(latex) from error


@lru_cache(maxsize=1)
def _converter() -> Any:
    from math_core import LatexToMathML

    return LatexToMathML(fancy_error=False)
