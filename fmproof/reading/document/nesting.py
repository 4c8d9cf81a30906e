"""How deep a token stands: braces, brackets that have a partner, environments."""

from __future__ import annotations

from collections.abc import Sequence

from fmproof.reading.document.tokens import MAX_DEPTH, Token, Unreadable

TRANSPARENT = {
    "equation",
    "align",
    "gather",
    "multline",
    "eqnarray",
    "alignat",
    "flalign",
    "displaymath",
    "dmath",
    "aligned",
    "split",
    "gathered",
    "alignedat",
    "subequations",
    "multlined",
    "math",
}
"""Environments that are only laid out, and no part of a formula."""
OPENING, CLOSING = (
    {"(", "[", "\\{", "\\lbrace", "\\langle"},
    {")", "]", "\\}", "\\rbrace", "\\rangle"},
)


def depths_of(tokens: Sequence[Token]) -> list[int]:
    """How deep each token stands in braces and in brackets that have a partner."""
    depths = [0] * len(tokens)
    partner: dict[int, int] = {}
    stack: list[int] = []
    for i, token in enumerate(tokens):
        text = token.text
        if text == "{" or text in OPENING:
            stack.append(i)
            if len(stack) > MAX_DEPTH:
                raise Unreadable(f"braces are nested more than {MAX_DEPTH} deep", token.at)
        elif text == "}":
            while stack and tokens[stack[-1]].text != "{":
                stack.pop()
            if not stack:
                raise Unreadable("a brace is closed that was never opened", token.at)
            partner[stack.pop()] = i
        elif text in CLOSING and stack and tokens[stack[-1]].text != "{":
            partner[stack.pop()] = i
    for j in stack:
        if tokens[j].text == "{":
            raise Unreadable("a brace is never closed", tokens[j].at)
    level, opaque = 0, 0
    closing = set(partner.values())
    for i, token in enumerate(tokens):
        if i in closing:
            level -= 1
        if token.text == "\\end" and opaque and _name(tokens, i) not in TRANSPARENT:
            opaque -= 1
        depths[i] = level + opaque
        if token.text == "\\begin" and _name(tokens, i) not in TRANSPARENT:
            opaque += 1
        if i in partner:
            depths[i] = level + opaque
            level += 1
    return depths


def _name(tokens: Sequence[Token], i: int) -> str:
    stop = skip_group(tokens, i + 1)
    return "".join(t.text for t in tokens[i + 2 : stop - 1]).rstrip("*")


def skip_group(tokens: Sequence[Token], i: int) -> int:
    """The index behind the argument that begins at ``i``."""
    if i >= len(tokens) or tokens[i].text != "{":
        return min(i + 1, len(tokens))
    depth = 0
    for j in range(i, len(tokens)):
        depth += {"{": 1, "}": -1}.get(tokens[j].text, 0)
        if depth == 0:
            return j + 1
    return len(tokens)
