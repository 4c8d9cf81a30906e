"""Displays, inline formulas and rows stand where the author wrote them."""

from __future__ import annotations

import pytest

from fmproof.reading.document.markdown import body
from fmproof.reading.document.read import read_text
from fmproof.reading.document.rows import rows_of
from fmproof.reading.document.source import DocumentError
from fmproof.reading.document.tokens import Macros, Unreadable, macros_expanded, tokens


def found(text: str, ending: str) -> list[tuple[str, str, str]]:
    """(place, relation, right side as written) of every displayed row."""
    rows = []
    for document in read_text(text, "x", ending):
        macros = Macros()
        for part in (*document.macros, document.source.text):
            macros.learn(part)
        for piece in document.pieces:
            if piece.kind != "display":
                continue
            latex = body(document.source, piece)
            for row in rows_of(macros_expanded(tokens(latex, piece.start), macros)):
                stop = max((t.end for t in row.right), default=row.at)
                start = row.right[0].at if row.right else row.at
                place = document.source.place(row.at)
                rows.append((place, row.relation, document.source.text[start:stop]))
    return rows


@pytest.mark.parametrize(
    "text",
    [
        "a\n\n$$\nx = y\n$$\n",
        "a\n\n\\[\nx = y\n\\]\n",
        "a\n\n\\\\[\nx = y\n\\\\]\n",
        "a\n\n```math\nx = y\n```\n",
        "a\n\n> $$\n> x = y\n> $$\n",
        "a\n\n\\begin{align}\nx &= y\n\\end{align}\n",
        "- a\n\n   $$\n   x = y .\n   $$\n",
        "<details>\n\n$$\nx = y\n$$\n</details>\n",
    ],
)
def test_every_kind_of_display_is_found_in_its_line(text: str) -> None:
    assert found(text, ".md") == [("4", "=", "y")]


def test_what_is_no_mathematics_is_left_alone() -> None:
    text = (
        "---\na: $$x = 1$$\n---\n\n`$x = 2$`\n\n```\n$$\nx = 3\n$$\n```\n\n<!-- $$\nx = 4\n$$ -->\n"
    )
    assert found(text, ".md") == []


def test_a_cell_of_a_notebook_counts_its_own_lines() -> None:
    cell = '{"cell_type": "markdown", "source": ["a\\n", "$$\\n", "x = y\\n", "$$"]}'
    text = f'{{"cells": [{{"cell_type": "code", "source": "$$"}}, {cell}]}}'
    assert found(text, ".ipynb") == [("c1:3", "=", "y")]


def test_a_macro_stands_where_it_is_used() -> None:
    text = (
        "\\newcommand{\\f}[2][z]{g(#1 \\mid #2)}\n\\def\\h#1{h_{#1}}\n"
        "\\begin{document}\n\\[ a = \\f{x} + \\h2 \\]\n\\end{document}"
    )
    assert found(text, ".tex") == [("4", "=", r"\f{x} + \h2")]


def test_macros_of_an_input_count_and_those_outside_are_refused(tmp_path) -> None:
    (tmp_path / "macros.tex").write_text("\\newcommand{\\E}{\\mathbb{E}}")
    (document,) = read_text("\\input{macros}\\[ x = \\E \\]", "x", ".tex", tmp_path)
    assert any("mathbb" in text for text in document.macros)
    for name in ("/etc/passwd", "../secret"):
        with pytest.raises(DocumentError, match="refused"):
            read_text(f"\\input{{{name}}}", "x", ".tex", tmp_path)


@pytest.mark.parametrize(
    ("latex", "rows"),
    [
        (r"a = b = c", [("=", "b"), ("=", "c")]),
        (r"a &= b \\ &= c", [("=", "b"), ("=", "c")]),
        (r"a &= b \\ &\quad + c", [("=", "b+c")]),
        (r"a = b , \qquad c := d", [("=", "b"), (":=", "d")]),
        (r"a = b, \quad t \in [0,1)", [("=", "b")]),
        (r"a \overset{(a)}{=} b \quad \text{(Fubini)}", [("=", "b")]),
        (r"a &= b && \text{by (1)} \\ &\le c", [("=", "b"), ("≤", "c")]),
        (r"\lefteqn{a} \\ & = & b", [("=", "b")]),
        (r"a = \begin{cases} b = 1 \\ c \end{cases}", None),
        (r"a = f( b \\ + c )", [("=", "f(b+c)")]),
        (r"a = b \implies c = d", [("=", "b"), ("=", "d")]),
        (r"\boxed{a = b}", [("=", "b")]),
        (r"a = \left. b \right|_{x = 1}", [("=", r"b\mid_{x=1}")]),
    ],
)
def test_rows_of_a_display(latex: str, rows: list[tuple[str, str]] | None) -> None:
    got = [
        ("" + r.relation, "".join(t.text for t in r.right if t.text != "\\\\"))
        for r in rows_of(tokens(latex))
    ]
    if rows is None:
        assert len(got) == 1
    else:
        assert got == rows


@pytest.mark.parametrize(
    "text",
    [r"\def\a{\a\a} \[ \a = 1 \]", r"\def\a{x\b}\def\b{\a} \[ \a = 1 \]"],
)
def test_a_macro_that_never_ends_is_an_error(text: str) -> None:
    macros = Macros()
    macros.learn(text)
    with pytest.raises(Unreadable, match=r"never ends|more than"):
        macros_expanded(tokens(r"\a = 1"), macros)


def test_braces_nested_without_end_are_an_error() -> None:
    with pytest.raises(Unreadable, match="nested"):
        rows_of(tokens("{" * 10_000 + "x" + "}" * 10_000 + " = 1"))


@pytest.mark.parametrize("latex", [r"\frac{1}{2 = x", "x } = 1"])
def test_braces_that_do_not_fit_are_an_error(latex: str) -> None:
    with pytest.raises(Unreadable, match="brace"):
        rows_of(tokens(latex))


MYST = """\
```{math}
:label: eq:one
:nowrap:
a = b
```

````{note}
Inside a note

$$
c = d
$$

```python
e = "$$ f = g $$"
```
````

```{code-cell} ipython3
h = "$$ i = j $$"
```
"""


def test_directives_of_myst_hold_formulas_behind_their_options() -> None:
    assert found(MYST, ".md") == [("4", "=", "b"), ("11", "=", "d")]


def inline(text: str) -> list[str]:
    (document,) = read_text(text, "x", ".md")
    pieces = [piece for piece in document.pieces if piece.kind == "inline"]
    return [body(document.source, piece) for piece in pieces]


def test_formulas_between_dollars_and_ticks() -> None:
    assert inline("The label $`y`$, and $z$.\n") == ["y", "z"]
    assert inline("Write `$` and `$` around it, or `$x$`.\n") == []


PREAMBLE = r"""
\DeclarePairedDelimiter{\norm}{\lVert}{\rVert}
\DeclarePairedDelimiterX{\ip}[2]{\langle}{\rangle}{#1,\,#2}
\DeclarePairedDelimiterXPP{\mean}[1]{\mathbb{E}}{[}{]}{}{#1}
\NewDocumentCommand{\half}{m}{\tfrac{#1}{2}}
\NewDocumentCommand{\on}{O{x} m}{#2(#1)}
"""
CALLS = {
    r"\norm{a}": r"\left\lVert a \right\rVert",
    r"\norm*{a}": r"\left\lVert a \right\rVert",
    r"\norm[\big]{a}": r"\left\lVert a \right\rVert",
    r"\ip{a}{b}": r"\left\langle a , \, b \right\rangle",
    r"\mean{a}": r"\mathbb { E } \left[ a \right]",
    r"\half{a}": r"\tfrac { a } { 2 }",
    r"\on{f}": "f ( x )",
    r"\on[y]{f}": "f ( y )",
}


@pytest.mark.parametrize("call", CALLS)
def test_delimiters_of_mathtools_and_commands_with_a_signature(call: str) -> None:
    macros = Macros()
    macros.learn(PREAMBLE, before_the_text=True)
    spread = "".join(token.text for token in macros_expanded(tokens(call), macros))
    assert spread == CALLS[call].replace(" ", "")
