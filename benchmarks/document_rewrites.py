"""False alarms: random rewrites of documents that are right must not turn a row wrong.

    python benchmarks/document_rewrites.py FILE... [--count 200] [--seed 0]

A rewrite changes how a document is written and not what it says: other spellings of norms,
products, bars, differentials and expectations, other letters, macros, other spacing. Several are
applied at a time. A row that was not wrong before and is wrong after is an alarm; a row that was
wrong before and is proved after is a false proof.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

Rewrite = Callable[[str], str]


def replaced(pattern: str, by: str) -> Rewrite:
    return lambda text: re.sub(pattern, lambda found: found.expand(by), text)


def letter(old: str, new: str) -> Rewrite:
    """Another letter for a symbol, in mathematics alone; none where the new one is in use."""
    used = re.compile(rf"(?<![A-Za-z\\]){re.escape(new)}(?![A-Za-z])")
    there = re.compile(rf"(?:(?<![A-Za-z\\])|(?<=\^T)){re.escape(old)}(?![A-Za-z])")
    differential = re.compile(rf"(?<![A-Za-z\\])d{old}(?![A-Za-z])")

    def rewrite(text: str) -> str:
        if "\\newcommand" in text:
            return text  # letters stand in macros, too
        parts = re.split(
            r"(\$\$.*?\$\$|\$[^$\n]+\$|\\\[.*?\\\]|\\begin\{(?:equation|align)\*?\}.*?\\end\{(?:equation|align)\*?\})",
            text,
            flags=re.DOTALL,
        )
        if any(used.search(part) for part in parts[1::2]):
            return text
        for i in range(1, len(parts), 2):
            parts[i] = there.sub(lambda _: new, parts[i])
            parts[i] = differential.sub(lambda _: f"d{new}", parts[i])
        return "".join(parts)

    return rewrite


_BRACKET = re.compile(r"(?<=\[ )([^\[\]&]*?)(?= *(?:\\right)?\])")


def rotated(found: re.Match[str]) -> str:
    """The summands in brackets, the first one last."""
    parts, depth, start, norm = [], 0, 0, False
    text = found.group(1)
    if re.search(r"\\[bB]ig|Vert", text):
        return text  # where such brackets and norms end is not looked for
    for i, letter in enumerate(text):
        depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(letter, 0)
        if text[i - 1 : i + 1] == "\\|":
            norm = not norm
        if letter in "+-" and depth == 0 and not norm and i:
            parts.append(text[start:i])
            start = i
    parts.append(text[start:])
    if len(parts) < 2 or not all(part.strip() for part in parts):
        return text
    first, second, *rest = (part.strip() for part in parts)
    signed = first if first[0] in "+-" else f"+ {first}"
    leading = second[1:] if second.startswith("+") else second
    return " ".join([leading, *rest, signed])


REWRITES: dict[str, Rewrite] = {
    "bars as mid": replaced(r"\\vert(?![A-Za-z])", r"\\mid "),
    "mid as bars": replaced(r"\\mid(?![A-Za-z])", "|"),
    "T as top": replaced(r"\^T(?![A-Za-z])", r"^{\\top}"),
    "top as intercal": replaced(r"\^\{?\\top\}?", r"^\\intercal "),
    "norms as Vert": replaced(r"\\\|", r"\\Vert "),
    "upright d": replaced(r"\\text\{d\}", r"\\mathrm{d}"),
    "plain d": replaced(r"\\(?:text|mathrm)\{d\}\s*([a-z])", r"d\1"),
    "thin spaces": replaced(r"(?<=[)\]}]) (?=\\)", r" \\, "),
    "big brackets": replaced(r"(\\mathbb\{E\}_\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}) ?\[", r"\1 \\big["),
    "U as round": replaced(r"\\mathcal\{U\}\[0,1\]", r"\\mathcal{U}(0,1)"),
    "U by its name": replaced(r"\\mathcal\{U\}\[0,1\]", r"\\mathrm{Unif}[0,1]"),
    "macro for E": lambda text: (
        "$$\\newcommand{\\Ex}{\\mathbb{E}}$$\n\n" + text.replace("\\mathbb{E}", "\\Ex ")
        if not text.startswith("---") and "\\documentclass" not in text
        else text
    ),
    "bold E": replaced(r"\\mathbb\{E\}", r"\\mathbf{E}"),
    "frac as dfrac": replaced(r"\\frac(?![A-Za-z])", r"\\dfrac"),
    "double integral": replaced(r"\\int \\int", r"\\int\\!\\!\\int"),
    "sums reordered": lambda text: _BRACKET.sub(rotated, text),
    "z as y": letter("z", "y"),
    "u as w": letter("u", "w"),
    "v as f": letter("v", "f"),
    "x as a": letter("x", "r"),
    "C as K": letter("C", "K"),
    "p as rho": letter("p", "\\rho "),
    "q as pi": letter("q", "\\pi "),
    "theta as phi": replaced(r"\\theta(?![A-Za-z])", r"\\phi"),
    "t as tau": letter("t", "\\tau "),
    "data as 1": replaced(r"p_\{\\text\{data\}\}", "q"),
    "norm index": replaced(r"\\\|\^2", r"\\|_2^2"),
    "spaces": replaced(r" \+ ", "+"),
    "cdot": replaced(r"\)\^T ?(?=[a-z\\])", r") \\cdot "),
    "norms as inner products": replaced(
        r"\\\|\s?(u_t\^[^|+\-]*?\(x\))\\\|\s?\^2", r"\\langle \1, \1 \\rangle"
    ),
}


def verdicts(text: str, ending: str) -> list[tuple[str, str, str]]:
    return [
        (row.relation, row.verdict, row.latex[:60])
        for row in check_text(text, "rewrite", ending).rows
    ]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(f"seed {options.seed}")
    rng = random.Random(options.seed)
    base = {path: verdicts(path.read_text(encoding="utf-8"), path.suffix) for path in options.files}
    done, alarms, proofs = 0, [], []
    changes: Counter[str] = Counter()
    while done < options.count:
        path = rng.choice(options.files)
        original = text = path.read_text(encoding="utf-8")
        names = rng.sample(sorted(REWRITES), rng.randint(1, 4))
        for name in names:
            text = REWRITES[name](text)
        if text == original:
            continue
        done += 1
        after = verdicts(text, path.suffix)
        if len(after) != len(base[path]):
            changes["rows found"] += 1
            continue
        for (relation, before, _), (_, now, latex) in zip(base[path], after, strict=True):
            if before != now:
                changes[f"{before} to {now}"] += 1
            if now in WRONG and before not in WRONG:
                alarms.append(f"{path.name} {names}: {relation} {latex} ({before} to {now})")
            if now == "proved" and before in WRONG:
                proofs.append(f"{path.name} {names}: {relation} {latex}")
    print(f"{done} rewrites of {len(options.files)} documents")
    print("verdicts that changed:", dict(changes) or "none")
    print(f"true rows called wrong: {len(alarms)}", *alarms[:30], sep="\n  ")
    print(f"wrong rows called proved: {len(proofs)}", *proofs[:30], sep="\n  ")
    return 1 if alarms or proofs else 0


if __name__ == "__main__":
    sys.exit(main())
