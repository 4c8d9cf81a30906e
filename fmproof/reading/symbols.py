"""The symbols that a formula may use, by what they look like in LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sympy import Basic

from fmproof.errors import InputError
from fmproof.lang.node import admit, is_declared
from fmproof.lang.nodes import Constant, Density, Gaussian, Head, Named, Var, dim, pi
from fmproof.lang.spelling.latex import latex, uniform_law
from fmproof.reading.items import GrammarItem, Script

_STYLE = re.compile(
    r"\\(mathrm|mathcal|mathbf|mathsf|mathit|mathfrak|mathscr|boldsymbol|bm|text|textrm|textit"
    r"|operatorname|rm|bf|it|sf)(?![a-zA-Z])"
)
_VARIANT = re.compile(r"\\var(epsilon|phi|theta|rho|sigma|pi)(?![a-zA-Z])")
_LETTERS = dict(
    alpha="α", beta="β", gamma="γ", delta="δ", epsilon="ε", zeta="ζ", eta="η", theta="θ",
    iota="ι", kappa="κ", mu="μ", nu="ν", xi="ξ", pi="π", rho="ρ", sigma="σ", tau="τ",
    phi="φ", chi="χ", psi="ψ", omega="ω", Gamma="Γ", Delta="Δ", Theta="Θ", Sigma="Σ",
    Phi="Φ", Psi="Ψ", Omega="Ω", **{"lambda": "λ"},
)  # fmt: skip
_GREEK = str.maketrans({letter: rf"\{name}" for name, letter in _LETTERS.items()})
_GREEK_NAME = re.compile(rf"\\({'|'.join(_LETTERS)})(?![a-zA-Z])")
_COMMANDS = {
    **_LETTERS, "sim": "~", "le": "≤", "ne": "≠", "infty": "∞", "Rightarrow": "⇒", "mapsto": "↦",
    "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖", "nabla": "∇", "partial": "∂",
}  # fmt: skip
_NOTHING = re.compile(r"[{}\s]|\\[,;:! ]|\\(left|right|[bB]igg?[lr]?)(?![a-zA-Z])")
_UNIFORM = re.compile(r"(U|Unif|Uniform)[\[(](-?\d+(?:/\d+)?),(-?\d+(?:/\d+)?)[\])]")


def key(written: str) -> str:
    """What is left of a name's LaTeX when fonts, braces and spaces are taken away."""
    plain = _NOTHING.sub("", _VARIANT.sub(r"\\\1", _STYLE.sub("", written))).translate(_GREEK)
    uniform = _UNIFORM.fullmatch(plain)
    return f"U[{uniform[2]},{uniform[3]}]" if uniform else plain


def without_commands(message: str) -> str:
    r"""A message about LaTeX in the words of plain text: ``t ~ p`` and not ``t \sim p``."""
    plain = re.sub(r"\\(mathbb|mathcal|mathrm|text)\{([^{}]*)\}", r"\2", message)
    return re.sub(r"\\([a-zA-Z]+)", lambda m: _COMMANDS.get(m[1], m[1]), plain)


def names_of(item: GrammarItem) -> list[str]:
    """The keys that ``item`` may be known by: with its subscript, and without."""
    stem, primes = key(item.text), "'" * item.primes
    if item.sub is None:
        return [stem + primes]
    return [f"{stem}_{key(item.sub.text)}{primes}", stem + primes]


class Symbols:
    """Variables, heads, names and constants, each under the key of its printed name.

    The dimension d and the number π are known where nothing else has their names.

    Args:
        given: variables, symbols and names, or terms and derivations that contain them.
        behind: more of them, for what ``given`` has no symbol of that look.
    """

    def __init__(self, given: Iterable[Any], behind: Iterable[Any] = ()) -> None:
        self.variables: dict[str, list[Var]] = {}
        self.heads: dict[str, list[Head]] = {}
        self.names: dict[str, list[Named]] = {}
        self.laws: dict[str, list[Density]] = {}
        self.constants: dict[str, Constant] = {}
        self._seen: set[Any] = set()
        own: dict[str, list[Var]] = {}  # what only definitions and declarations know
        for item in given:
            for node in _nodes(item):
                self._collect(node, self.variables, own)
        self.variables = own | self.variables
        if behind:
            self._add(Symbols(behind))
        self.uses_dim = "d" in self.constants  #: so a d before a letter is no differential
        taken = {*self.variables, *self.names, *self.heads}
        for constant in (dim, pi):
            if key(latex(constant)) not in taken:
                self.constants[key(latex(constant))] = constant

    def _add(self, other: Symbols) -> None:
        """What ``other`` has and this has nothing like."""
        self.variables = other.variables | self.variables
        self.names = other.names | self.names
        self.constants = other.constants | self.constants
        for name, heads in other.heads.items():
            known = self.heads.setdefault(name, [])
            shapes = {_shape(head) for head in known}
            new = [head for head in heads if _shape(head) not in shapes]
            known.extend(new)
            for law in other.laws.values():
                for head in law:
                    if head in new:
                        self.laws.setdefault(key(uniform_law(head)), []).append(head)

    def known(self) -> list[str]:
        """All keys, for a message."""
        return [*self.variables, *self.heads, *self.names]

    def words(self) -> frozenset[str]:
        """The names that plain text may use: all keys, with Greek letters as letters, too."""
        keys = {*self.known(), *self.constants}
        return frozenset(keys | {_GREEK_NAME.sub(lambda m: _LETTERS[m[1]], k) for k in keys})

    def is_top(self, script: Script) -> bool:
        r"""Whether a superscript transposes: ``\top``, or a T where no variable is called so."""
        written = key(script.text)
        return written in (r"\top", r"\intercal") or (written == "T" and "T" not in self.variables)

    def variables_called(self, name: str) -> list[Var]:
        """The variables of this key; x' is one like x where nobody declares it.

        The printer writes such a prime when a bound variable would be taken for another.
        """
        stem = name.rstrip("'")
        if name not in self.variables and stem != name and name not in self.names:
            return [Var(v.name + name[len(stem) :], v.sort) for v in self.variables.get(stem, ())]
        return self.variables.get(name, [])

    def _collect(
        self, node: Basic, variables: dict[str, list[Var]], own: dict[str, list[Var]]
    ) -> None:
        if (node, variables is own) in self._seen:
            return
        self._seen.add((node, variables is own))
        if isinstance(node, Var):
            variables.setdefault(key(latex(node)), []).append(node)
        elif isinstance(node, Named):
            self.names.setdefault(key(latex(node.args[0])), []).append(node)
        elif isinstance(node, Constant):
            self.constants[key(latex(node))] = node
        elif isinstance(node, Gaussian):
            return  # it has a spelling of its own
        elif isinstance(node, Head):
            self._collect_head(node, own)
        for arg in node.args:
            self._collect(arg, variables, own)

    def _collect_head(self, head: Head, own: dict[str, list[Var]]) -> None:
        known = self.heads.setdefault(key(latex(head)), [])
        if head in known:
            return
        known.append(head)
        if isinstance(head, Density) and head.is_uniform:
            self.laws.setdefault(key(uniform_law(head)), []).append(head)
        for param in head.params:
            self._collect(param, own, own)
        if head.definition is not None:
            self._collect(head.definition, own, own)


def _shape(head: Head) -> tuple[int, ...]:
    """How many arguments stand where: what tells symbols of one name apart."""
    return (len(head.sub), len(head.sup), len(head.main), len(head.given))


def _nodes(item: Any) -> Iterator[Basic]:
    """The terms and symbols that something given as symbols consists of."""
    if is_declared(item):
        admit(item)  # SymPy's sums and powers may be of anything
        yield item
    elif hasattr(item, "parts") and hasattr(item, "proposition"):  # a derivation
        for hypothesis in item.hypotheses:
            yield hypothesis.prop
        for part in item.parts:
            yield part.start
            for step in part.steps:
                yield step.claim
    elif hasattr(item, "symbols"):  # a setting of the field
        yield from _nodes(item.symbols)
    elif isinstance(item, Sequence) and not isinstance(item, str):
        for inner in item:
            yield from _nodes(inner)
    else:
        raise InputError(
            f"expected symbols (variables, fields, densities, functions), terms or derivations, "
            f"found {item!r}"
        )
