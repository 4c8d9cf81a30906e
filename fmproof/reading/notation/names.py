"""Names that the language takes, one for each symbol of a document.

The language prints a name as it stands, so it refuses those that read as a differential, an
operator, or a dependence on a variable. A document's x_t with a t around is ``xt`` here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from fmproof.errors import SortError
from fmproof.lang.names import require_name
from fmproof.reading.notation.symbols import GREEK

_LIKE_A_VARIABLE = re.compile(rf"(?:[A-Za-z]|{'|'.join(GREEK)})[a-z]?\d*")


@dataclass
class Names:
    """The names of a document: no two symbols share one."""

    given: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, key: str, kind: str, sub: str = "") -> str:
        """The name of the symbol ``key``, with the subscripts ``sub``; always the same one."""
        known = self.given.get((key, kind))
        if known is None:
            taken = set(self.given.values())
            tails = set(map(_tail, taken)) - {""}
            known = next(
                n
                for n in _candidates(key, sub, kind)
                if not {n, _tail(n)} & taken and n not in tails  # p_x beside x depends on x
            )
            self.given[key, kind] = known
        return known

    def retire(self, key: str, names: Collection[str] | None = None) -> None:
        """The heads of ``key``, or those with these names, get other names from now on; theirs stay
        taken."""
        for known in [k for k in self.given if k[0].split("@")[0] == key and k[1] == "head"]:
            if names is not None and self.given[known] not in names:
                continue
            self.given[known[0], f"head, retired {len(self.given)}"] = self.given.pop(known)


def _candidates(key: str, sub: str, kind: str) -> Iterator[str]:
    stem, tail, primes = _parts(key, sub)
    stem = "dim" if stem == "d" else stem  # d′, to which a binder would rename it, is no name
    role = "a variable" if kind.startswith("variable") else "a symbol"
    for i in range(1, 10_000):
        longer = stem + "x" * (i - 1) if i < 4 else f"{stem}{'x' * 3}{_letters(i)}"
        for name in _joined(longer, tail):
            try:
                yield require_name(name + primes, role)
            except SortError:
                continue


def _tail(name: str) -> str:
    """What stands behind the _ of a name, without primes."""
    return name.partition("_")[2].rstrip("'")


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _joined(stem: str, tail: str) -> Iterator[str]:
    if not tail:
        yield stem
    elif tail.isdigit():
        yield f"{stem}{tail}"
    else:
        if not _LIKE_A_VARIABLE.fullmatch(tail):
            yield f"{stem}_{tail}"
        yield f"{stem}{tail}"


def _parts(key: str, sub: str) -> tuple[str, str, str]:
    """The letter with its accents, the words and subscripts on it, its primes."""
    written, *labels = key.split("|")
    primes = key.count("'")
    letters = written.replace("'", "").split(" ")
    stem = re.sub(r"[^A-Za-z0-9]", "", letters[-1].split(":")[-1]) or "a"
    if letters[-1].startswith("bf:"):
        stem += "b"
    stem += "".join(letters[:-1])
    if not stem[0].isalpha():
        stem = "n" + stem
    tail = "".join(re.sub(r"[^A-Za-z0-9]", "", part) for part in (*labels, sub))
    if tail[:1].isdigit() and not tail.isdigit():  # a subscript begins with a letter
        digits = re.match(r"\d*", tail)
        assert digits is not None
        tail = tail[digits.end() :] + digits.group(0)
    return stem, tail, "'" * primes
