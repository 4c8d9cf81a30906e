r"""Terms and propositions as LaTeX for math mode (amsmath and amssymb)."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Basic, Rational

from fmproof.lang.binders import Draw, Lebesgue
from fmproof.lang.names import split_name
from fmproof.lang.printing import ATOM, Printer
from fmproof.lang.terms import Ratio

_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "phi chi psi omega Gamma Delta Theta Sigma Phi Psi Omega".split()
)
_ESCAPES = {c: rf"\{c}" for c in "#$%&_{}"} | {
    "\\": r"\backslash ",
    "^": r"\hat{}",
    "~": r"\tilde{}",
}


class LatexPrinter(Printer):
    minus = "-"
    plus_sign = " + "
    minus_sign = " - "
    dot_place = r"\cdot"

    def name(self, name: str) -> str:
        stem, sub, primes = split_name(name)
        if stem in _GREEK:
            stem = rf"\{stem}"
        elif stem == "L" and sub:
            stem = r"\mathcal{L}"  # a loss
        elif len(stem) != 1:
            stem = rf"\mathrm{{{_escape(stem)}}}"
        if sub:
            sub = sub if len(sub) == 1 or sub.isdigit() else rf"\mathrm{{{_escape(sub)}}}"
            stem += f"_{sub}" if len(sub) == 1 else f"_{{{sub}}}"
        return stem + primes

    def number(self, value: Rational) -> str:
        return str(value) if value.is_Integer else rf"\tfrac{{{value.p}}}{{{value.q}}}"

    def brackets(self, inside: str) -> str:
        return rf"\left[{inside}\right]" if r"\int" in inside else rf"\left({inside}\right)"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def norm2(self, vector: str) -> str:
        return rf"\left\|{vector}\right\|^2"

    def dot(self, a: str, b: str) -> str:
        return rf"{a}^{{\top}} {b}" if "^" not in a else rf"{{{a}}}^{{\top}} {b}"

    def ratio(self, node: Ratio) -> tuple[str, int]:
        return rf"\frac{{{self.show(node.args[0])}}}{{{self.show(node.args[1])}}}", ATOM

    def indexed(self, name: str, sub: list[str], sup: list[str]) -> str:
        written = name
        if sub and "_" in name:
            written = f"{{{written}}}"
        if sub:
            written += _index("_", sub)
        if sup:
            written += _index("^", sup)
        return written

    def call(self, name: str, main: list[str], given: list[str]) -> str:
        if not main and not given:
            return name
        bar = r" \mid " if given else ""
        return f"{name}({', '.join(main)}{bar}{', '.join(given)})"

    def group(self, parts: list[str]) -> str:
        return f"({', '.join(parts)})"

    def law_name(self, law: tuple[str, str]) -> str:
        return law[1]

    def drawn_from(self, variable: str, law: str) -> str:
        return rf"{variable} \sim {law}"

    def expect_over(self, measure: Sequence[Draw], body: str) -> str:
        law = r",\, ".join(self.almost_item(item) for item in measure)
        return rf"\mathbb{{E}}_{{{law}}}\left[{body}\right]"

    def integral_sign(self, item: Lebesgue) -> str:
        return rf"\int_{{{item.low}}}^{{{item.high}}}" if item.bounded else r"\int"

    def differential(self, item: Lebesgue) -> str:
        return rf"\,\mathrm{{d}}{self.name(item.var.name)}"

    def spaced(self, signs: str, body: str, differentials: str) -> str:
        return f"{signs} {body} {differentials}"

    def operator(self, kind: str, var: str, body: str) -> str:
        sign = r"\nabla" if kind == "grad" else r"\operatorname{argmin}"
        return f"{sign}_{{{var}}} {body}"

    def absolute(self, body: str, vector: bool) -> str:
        bar = r"\|" if vector else "|"
        return rf"\left{bar}{body}\right{bar}"

    def finite(self, body: str) -> str:
        return rf"{body} < \infty"

    def at_most(self, lhs: str, rhs: str) -> str:
        return rf"{lhs} \le {rhs}"

    def implies(self, premise: str, conclusion: str) -> str:
        return rf"{premise} \;\Rightarrow\; {conclusion}"

    def differentiable(self, var: str, body: str) -> str:
        return rf"{var} \mapsto {body} \text{{ is differentiable}}"

    def every(self, var: str, body: str) -> str:
        return rf"{body} \text{{ for every }} {var}"

    def almost(self, body: str, items: list[str]) -> str:
        return rf"{body} \text{{ for almost every }} {', '.join(items)}"


def _index(mark: str, parts: list[str]) -> str:
    return (
        f"{mark}{parts[0]}"
        if len(parts) == 1 and len(parts[0]) == 1
        else f"{mark}{{{', '.join(parts)}}}"
    )


def _escape(name: str) -> str:
    return "".join(_ESCAPES.get(c, c) for c in name)


_PRINTER = LatexPrinter()


def latex(node: Basic) -> str:
    r"""A term or proposition as LaTeX, e.g. ``\mathbb{E}_{x \sim p_t}\left[\ldots\right]``."""
    return _PRINTER.show(node)
