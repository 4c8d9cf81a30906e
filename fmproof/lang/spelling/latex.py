r"""Terms and propositions as LaTeX for math mode (amsmath and amssymb).

The brackets have sizes of their own (``\bigl[`` and not ``\left[``), so that a long formula can
be broken between them. Only a binary + or - has a space on both sides, and only factors are
separated by a thin space: :mod:`fmproof.report.breaking` breaks lines there.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sympy import Basic, Expr, Rational

from fmproof.lang.names import split_name
from fmproof.lang.nodes import Density, Draw, Lebesgue, Ratio
from fmproof.lang.numbers import fraction
from fmproof.lang.spelling.printing import ATOM, Printer

_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "phi chi psi omega Gamma Delta Theta Sigma Phi Psi Omega".split()
)
_ESCAPES = {c: rf"\{c}" for c in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}
_SIZES = ("", "big", "Big", "bigg", "Bigg")


_OPERATORS = {
    "grad": r"\nabla",
    "partial": r"\partial",
    "div": r"\operatorname{div}",
    "argmin": r"\operatorname*{arg\,min}",
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
            stem = word(stem)
        if sub:
            sub = sub if sub.isalnum() and (len(sub) == 1 or sub.isdigit()) else word(sub)
            stem += f"_{sub}" if len(sub) == 1 else f"_{{{sub}}}"
        return stem + primes

    def number(self, value: Fraction) -> str:
        if value.denominator == 1:
            return str(value)
        return rf"\tfrac{{{value.numerator}}}{{{value.denominator}}}"

    def brackets(self, inside: str) -> str:
        return _fenced("[", inside, "]") if r"\int" in inside else _fenced("(", inside, ")")

    def power(self, base: str, exponent: str) -> str:
        raised = _superscripted(base) or base.endswith(r"\rVert")  # ‖a‖^2 is a norm squared
        return f"{self.brackets(base) if raised else base}^{{{exponent}}}"

    def norm2(self, vector: str) -> str:
        return _fenced(r"\lVert ", vector, r"\rVert") + "^2"

    def dot(self, a: str, b: str) -> str:
        return rf"{{{a}}}^{{\top}} {b}" if _superscripted(a) else rf"{a}^{{\top}} {b}"

    def times(self, factors: list[str]) -> str:
        first, *rest = factors
        if rest and first.isdigit() and not rest[0].startswith((r"\mathbb", r"\int")):
            factors = [f"{first} {rest[0]}", *rest[1:]]
        return r" \, ".join(factors)

    def ratio(self, node: Ratio) -> tuple[str, int]:
        # A fraction over a number is read as a multiple, which a ratio is not by itself.
        fraction = r"\dfrac" if isinstance(node.args[1], Rational) else r"\frac"
        return rf"{fraction}{{{self.show(node.args[0])}}}{{{self.show(node.args[1])}}}", ATOM

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

    def uniform_law(self, low: str, high: str) -> str:
        return rf"\mathcal{{U}}[{low},{high}]"

    def within(self, variable: str, low: str, high: str) -> str:
        return rf"{variable} \in [{low},{high}]"

    def drawn_from(self, variable: str, law: str) -> str:
        return rf"{variable} \sim {law}"

    def expect_over(self, measure: Sequence[Draw], body: str) -> str:
        law = r",\, ".join(self.almost_item(item) for item in measure)
        return rf"\mathbb{{E}}_{{{law}}}" + _fenced("[", body, "]", least=1)

    def integral_sign(self, item: Lebesgue) -> str:
        if not item.bounded:
            return r"\int"
        return rf"\int_{{{fraction(item.low)}}}^{{{fraction(item.high)}}}"

    def differential(self, group: Sequence[Lebesgue]) -> str:
        return rf"\,\mathrm{{d}}{self.integrated(group)}"

    def spaced(self, signs: str, body: str, differentials: str) -> str:
        tight = signs.replace(r"\int", r"\!\int").removeprefix(r"\!")
        return f"{tight} {body} {differentials}"

    def operator(self, kind: str, var: str, body: str) -> str:
        return rf"{_OPERATORS[kind]}_{{{var}}} {body}"

    def absolute(self, body: str, vector: bool) -> str:
        bar = "Vert" if vector else "vert"
        return _fenced(rf"\l{bar} ", body, rf"\r{bar}")

    def finite(self, body: str) -> str:
        return rf"{body} < \infty"

    def at_most(self, lhs: str, rhs: str) -> str:
        return rf"{lhs} \le {rhs}"

    def implies(self, premise: str, conclusion: str) -> str:
        return rf"{premise} \;\Rightarrow\; {conclusion}"

    def positive(self, body: str) -> str:
        return rf"{body} > 0"

    def nonzero(self, body: str) -> str:
        return rf"{body} \ne 0"

    def at_place(self, body: str, place: str) -> str:
        return rf"{_fenced('[', body, ']')}_{{{place}}}"

    def given(self, body: str, given: str) -> str:
        return rf"{body} \mid {given}"

    def let(self, variable: str, value: str) -> str:
        return rf"{variable} := {value}"

    def gaussian(self, x: str, mean: str, variance: str) -> str:
        scaled = "I" if variance == "1" else rf"{variance} \, I"
        inside = f"{mean}, {scaled}"
        return r"\mathcal{N}" + _fenced("(", f"{x}; {inside}" if x else inside, ")")

    def root(self, a: Expr) -> str:
        return rf"\sqrt{{{self.show(a)}}}"

    def logarithm(self, a: str) -> str:
        return rf"\log {a}"

    def exponential(self, a: str) -> str:
        return r"\exp" + _fenced("(", a, ")")

    def dominated(self, body: str, var: str, at: str, over: str) -> str:
        near = var if var == at else f"{var} = {at}"
        return rf"{body} \text{{ exists and is dominated near }} {near} \text{{, over }} {over}"

    def differentiable(self, var: str, body: str, at: str) -> str:
        place = rf" \text{{ at }} {at}" if at else ""
        return rf"{var} \mapsto {body} \text{{ is differentiable}}{place}"

    def every(self, var: str, body: str) -> str:
        return rf"{body} \quad\text{{for every }} {var}"

    def almost(self, body: str, items: list[str]) -> str:
        return rf"{body} \quad\text{{for almost every }} {', '.join(items)}"


def _superscripted(written: str) -> bool:
    """Whether another superscript would be a second one, or seem to belong to a part only."""
    if written.endswith((")", "]")):
        return False
    return "^" in written or written.endswith("'") or written.startswith((r"\frac", r"\dfrac"))


def _index(mark: str, parts: list[str]) -> str:
    return (
        f"{mark}{parts[0]}"
        if len(parts) == 1 and len(parts[0]) == 1
        else f"{mark}{{{', '.join(parts)}}}"
    )


def word(name: str) -> str:
    r"""Letters for math mode that italics would take for a product."""
    if name.isascii() and name.isalnum():
        return rf"\mathrm{{{name}}}"
    return rf"\text{{{''.join(_ESCAPES.get(c, c) for c in name)}}}"


def _fenced(left: str, inside: str, right: str, least: int = 0) -> str:
    """``inside`` between delimiters one size larger than its own, or as large as a fraction."""
    size = least
    if r"\rVert" in inside or r"\rvert" in inside:
        size = max(size, 1)
    if r"\frac" in inside or r"\dfrac" in inside or r"\int" in inside:
        size = max(size, 3)
    largest = max(i for i, name in enumerate(_SIZES) if not name or rf"\{name}l" in inside)
    size = min(max(size, largest + 1 if largest else 0), len(_SIZES) - 1)
    if not size:
        return f"{left}{inside}{right}"
    return rf"\{_SIZES[size]}l{left}{inside}\{_SIZES[size]}r{right}"


_PRINTER = LatexPrinter()


def uniform_law(density: Density) -> str:
    r"""How a uniform density prints where a variable is drawn from it: ``\mathcal{U}[0,1]``."""
    (range_,) = density.over
    return _PRINTER.uniform_law(str(fraction(range_.low)), str(fraction(range_.high)))


def draw_latex(item: Draw) -> str:
    r"""One item of a measure, e.g. ``x \sim p_t(\cdot \mid z)``."""
    return _PRINTER.almost_item(item)


def latex(node: Basic) -> str:
    r"""A term or proposition as LaTeX, e.g. ``\mathbb{E}_{x \sim p_t}\left[\ldots\right]``."""
    return _PRINTER.show(node)
