r"""The letter of the dimension: n of ``x \in \mathbb{R}^n``."""

from __future__ import annotations

from collections.abc import Sequence

from fmproof.reading.document.tokens import Token

_REALS = {"\\mathbbR", "\\mathbfR", "\\mathrmR", "\\R", "\\RR", "\\Reals", "\\reals", "ℝ"}


def dimensions_in(tokens: Sequence[Token]) -> set[str]:
    """The letters that stand alone above an ℝ in ``tokens``."""
    texts = [token.text for token in tokens if token.text not in ("{", "}")]
    found = set()
    for i, text in enumerate(texts):
        letter = texts[i + 2 : i + 3]
        above = texts[i + 1 : i + 2] == ["^"] and bool(letter) and letter[0].isalpha()
        reals = text in _REALS or "".join(texts[max(0, i - 1) : i + 1]) in _REALS
        product = texts[i + 3 : i + 4] in (["\\times"], ["×"])
        if above and reals and not product:
            found.add(letter[0])
    return found
