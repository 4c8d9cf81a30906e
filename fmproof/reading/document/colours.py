"""Colours: they are no part of a formula, as long as it can be seen."""

from __future__ import annotations

from collections.abc import Sequence

from fmproof.reading.document.tokens import Token, Unreadable

_COMMANDS = ("\\color", "\\textcolor")
_SIGNS = ("+", "-", "−")


def uncoloured(tokens: Sequence[Token]) -> list[Token]:
    """``tokens`` without colours. A coloured sign is a sign: a {\\color{red} - b} is a difference.

    Raises:
        Unreadable: what is white cannot be seen.
    """
    found: list[Token] = []
    i = 0
    while i < len(tokens):
        if tokens[i].text not in _COMMANDS:
            found.append(tokens[i])
            i += 1
            continue
        at, i = tokens[i].at, i + 1
        if i < len(tokens) and tokens[i].text == "[":  # the model, as in [rgb]
            i = _behind(tokens, i, "[", "]", at)
        stop = _behind(tokens, i, "{", "}", at)
        name = "".join(token.words or token.text for token in tokens[i:stop])
        if "white" in name or not name.strip("{}").isalpha():
            raise Unreadable("a colour that may not show", at)
        i = stop
        script = found and found[-1].text in ("^", "_")
        coloured = [token.text for token in tokens[i : i + 2]]
        if coloured[:1] == ["{"] and coloured[-1] in _SIGNS and not script:
            stop = _behind(tokens, i, "{", "}", at)
            found.extend(uncoloured(tokens[i + 1 : stop - 1]))
            i = stop
    return found


def _behind(tokens: Sequence[Token], start: int, opening: str, closing: str, at: int) -> int:
    """Where what opens at ``start`` has closed."""
    depth = 0
    for i in range(start, len(tokens)):
        depth += {opening: 1, closing: -1}.get(tokens[i].text, 0)
        if depth == 0:
            return i + 1
    raise Unreadable("a colour that is not understood", at)
