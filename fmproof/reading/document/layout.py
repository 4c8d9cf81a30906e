r"""What only lays a formula out: spaces, sizes of brackets, boxes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fmproof.reading.document.nesting import skip_group
from fmproof.reading.document.relations import RELATIONS
from fmproof.reading.document.tokens import Token

_SHOWN = {
    "\\,",
    "\\;",
    "\\:",
    "\\ ",
    "~",
    "\\>",
    "\\thinspace",
    "\\medspace",
    "\\thickspace",
    "\\enspace",
}
"""Spaces that a reader sees."""
_SPACES = {
    *_SHOWN,
    "\\!",
    "\\displaystyle",
    "\\textstyle",
    "\\limits",
    "\\nolimits",
    "\\nonumber",
    "\\notag",
    "\\qedhere",
    "\\qed",
    "\\scriptstyle",
    "\\strut",
    "\\allowbreak",
    "\\relax",
    "\\mathstrut",
    "\\centering",
    "\\small",
    "\\mathop",
    "\\noindent",
    "\\negthinspace",
    "\\hfill",
    "\\mathsurround",
    "\\mathrel",
    "\\mathbin",
    "\\mathord",
    "\\ensuremath",
    "\\quad*",
}
_SIZES = re.compile(r"\\(?:big|Big|bigg|Bigg)([lrm]?)")
_BARS = {"|", "\\vert", "\\mid", "\\lvert", "\\rvert"}


def simplified(found: Sequence[Token]) -> list[Token]:
    r"""Spaces left out, with a mark where one shows, sizes of brackets too; ``\left.`` with its
    ``\right|`` is a bar."""
    out: list[Token] = []
    stack: list[str] = []
    i = 0
    tokens = list(found)
    while i < len(tokens):
        token = tokens[i]
        text = token.text
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        if text in _SPACES:
            if text in _SHOWN and following is not None:
                tokens[i + 1] = following._replace(spaced=True)
            i += 1
            continue
        if text == "\\lefteqn" or text == "\\boxed" or text == "\\fbox" or text == "\\smash":
            stop = skip_group(tokens, i + 1)
            inside = tokens[i + 2 : stop - 1]
            whole = any(token.text in (*RELATIONS, "&", "\\\\") for token in inside)
            tokens[i:stop] = inside if whole else tokens[i + 1 : stop]
            continue
        if text in ("\\left", "\\right", "\\middle") and following is not None:
            mark = following.text
            if text == "\\left":
                stack.append(mark)
            partner = stack.pop() if text == "\\right" and stack else ""
            if mark == ".":
                i += 2
                continue
            if text == "\\middle" or (text == "\\right" and partner == "." and mark in _BARS):
                out.append(Token("\\mid", following.at, "", following.end))
            elif mark in _BARS or mark in ("\\|", "\\Vert", "‖"):
                side = "l" if text == "\\left" else "r"
                name = "vert" if mark in _BARS else "Vert"
                out.append(Token(f"\\{side}{name}", following.at, "", following.end))
            else:
                out.append(following._replace(at=token.at, glued=True))
            i += 2
            continue
        if (size := _SIZES.fullmatch(text)) is not None:
            if following is not None:
                mark, side = following.text, size.group(1)
                if side == "m" and mark in _BARS:
                    out.append(Token("\\mid", following.at, "", following.end))
                    i += 2
                    continue
                if (
                    side in ("l", "r")
                    and side
                    and (mark in _BARS or mark in ("\\|", "\\Vert", "‖"))
                ):
                    name = "vert" if mark in _BARS else "Vert"
                    out.append(Token(f"\\{side}{name}", following.at, "", following.end))
                    i += 2
                    continue
                tokens[i + 1] = following._replace(at=token.at)
            i += 1
            continue
        out.append(token)
        i += 1
    return out
