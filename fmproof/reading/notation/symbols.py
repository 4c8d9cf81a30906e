"""Symbols as a document spells them: keys, plain names, and the conventions of the field."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from fmproof.reading.formula import tree as t


@cache
def field_conventions() -> dict[str, dict[str, list[str]]]:
    """The conventions, from ``catalogue.toml``."""
    text = files("fmproof.reading.notation").joinpath("catalogue.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)
    return found


def conventional(group: str, key: str, field: str = "letters") -> bool:
    """Whether the catalogue lists the letter of ``key`` under a group."""
    return key.split("|")[0] in field_conventions().get(group, {}).get(field, ())


def key_of(symbol: t.Sym) -> str:
    """A symbol without its subscripts: letter, accents, words, primes."""
    parts = [*symbol.accents, symbol.name]
    whole = " ".join(parts)
    words = "".join(f"|{label}" for label in symbol.labels)
    return whole + words + "'" * symbol.primes


def head_of(node: t.Node) -> t.Sym:
    """The letter of a symbol that is applied or not."""
    head = node.head if isinstance(node, t.Call) else node
    assert isinstance(head, t.Sym)
    return head


def spelled(node: t.Node) -> str:
    """A node as one string; two nodes are spelled alike when they are written alike."""
    if isinstance(node, t.Num):
        return str(node.value)
    if isinstance(node, t.Sym):
        sub = ",".join(map(spelled, node.sub))
        sup = spelled(node.sup) if node.sup is not None else ""
        return key_of(node) + (f"_{sub}" if sub else "") + (f"^{sup}" if sup else "")
    if isinstance(node, t.Bracketed):
        return f"({spelled(node.body)})"
    if isinstance(node, t.Add):
        return "".join(("+" if sign > 0 else "-") + spelled(part) for sign, part in node.parts)
    parts = [type(node).__name__]
    for name in ("name", "kind", "what", "index"):
        value = getattr(node, name, None)
        if isinstance(value, str):
            parts.append(value)
    parts += [spelled(child) for child in t.children(node)]
    return "[" + " ".join(parts) + "]"


def readable(key: str) -> str:
    """A key for people: ``û``, ``L_CFM``, ``x̃₁``."""
    stem, *labels = key.rstrip("'").split("|")
    letters = stem.split(" ")
    name = letters[-1].split(":")[-1]
    marks = {"hat": "̂", "tilde": "̃", "bar": "̄", "dot": "̇", "ddot": "̈"}
    name = GREEK.get(name, name)
    for accent in letters[:-1]:
        name += marks.get(accent, "")
    name += "'" * key.count("'")
    return name + "".join(f"_{label}" for label in labels)


GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ϵ",
    "varepsilon": "ε",
    "eta": "η",
    "theta": "θ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "xi": "ξ",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "phi": "φ",
    "varphi": "φ",
    "psi": "ψ",
    "omega": "ω",
}
