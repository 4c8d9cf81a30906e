"""Terms and propositions as one line of Unicode text."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sympy import Basic, Expr

from fmproof.lang.names import split_name
from fmproof.lang.nodes import Draw, Lebesgue, Ratio
from fmproof.lang.numbers import fraction
from fmproof.lang.spelling.printing import ATOM, PRODUCT, Printer, acts

_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_GREEK = dict(
    alpha="α", beta="β", gamma="γ", delta="δ", epsilon="ε", zeta="ζ", eta="η", theta="θ",
    iota="ι", kappa="κ", mu="μ", nu="ν", xi="ξ", pi="π", rho="ρ", sigma="σ", tau="τ",
    phi="φ", chi="χ", psi="ψ", omega="ω", Gamma="Γ", Delta="Δ", Theta="Θ", Sigma="Σ",
    Phi="Φ", Psi="Ψ", Omega="Ω", **{"lambda": "λ"},
)  # fmt: skip


_OPERATORS = {"grad": "∇", "partial": "∂", "div": "div", "argmin": "argmin"}


class TextPrinter(Printer):
    minus = "−"
    plus_sign = " + "
    minus_sign = " − "
    dot_place = "·"

    def name(self, name: str) -> str:
        stem, sub, primes = split_name(name)
        stem = _GREEK.get(stem, stem)
        if sub.isdigit():
            return stem + sub.translate(_SUBSCRIPT) + primes
        return stem + (f"_{sub}" if sub else "") + primes

    def number(self, value: Fraction) -> str:
        return str(value)

    def brackets(self, inside: str) -> str:
        return f"[{inside}]" if "∫" in inside else f"({inside})"

    def power(self, base: str, exponent: str) -> str:
        raised = "^" in base or base[-1:] in _RAISED + "‖" or base[:1] == "√"
        return (self.brackets(base) if raised else base) + exponent.translate(_SUPERSCRIPT)

    def norm2(self, vector: str) -> str:
        return f"‖{vector}‖²"

    def dot(self, a: str, b: str) -> str:
        return f"{a}·{b}"

    def times(self, factors: list[str]) -> str:
        return " ".join(factors)

    def ratio(self, node: Ratio) -> tuple[str, int]:
        above, below = node.args
        a, b = self.show(above, ATOM if acts(above) else PRODUCT), self.show(below, ATOM)
        return f"({a} / {b})", ATOM

    def indexed(self, name: str, sub: list[str], sup: list[str]) -> str:
        written = name
        if sub:
            written += "_" + (
                sub[0] if len(sub) == 1 and len(sub[0]) == 1 else f"{{{','.join(sub)}}}"
            )
        if sup:
            written += "^" + (
                sup[0] if len(sup) == 1 and len(sup[0]) == 1 else f"{{{','.join(sup)}}}"
            )
        return written

    def call(self, name: str, main: list[str], given: list[str]) -> str:
        if not main and not given:
            return name
        if not given:
            return f"{name}({','.join(main)})"
        before = [*main[:-1], *map(_apart, main[-1:])]
        return f"{name}({','.join(before)}|{','.join([_apart(given[0]), *given[1:]])})"

    def group(self, parts: list[str]) -> str:
        return f"({','.join(parts)})"

    def uniform_law(self, low: str, high: str) -> str:
        return f"U[{low},{high}]"

    def within(self, variable: str, low: str, high: str) -> str:
        return f"{variable}∈[{low},{high}]"

    def drawn_from(self, variable: str, law: str) -> str:
        return f"{variable}~{law}"

    def expect_over(self, measure: Sequence[Draw], body: str) -> str:
        return f"E_{{{', '.join(self.almost_item(item) for item in measure)}}}[{body}]"

    def integral_sign(self, item: Lebesgue) -> str:
        if not item.bounded:
            return "∫"
        low, high = str(fraction(item.low)), str(fraction(item.high))
        if low.isdigit() and high.isdigit():
            return "∫" + low.translate(_SUBSCRIPT) + high.translate(_SUPERSCRIPT)
        return f"∫_{{{low}}}^{{{high}}}"

    def differential(self, group: Sequence[Lebesgue]) -> str:
        return "d" + self.integrated(group)

    def spaced(self, signs: str, body: str, differentials: str) -> str:
        return f"{signs} {body} {differentials}"

    def operator(self, kind: str, var: str, body: str) -> str:
        return f"{_OPERATORS[kind]}_{var} {body}"

    def absolute(self, body: str, vector: bool) -> str:
        return f"‖{body}‖" if vector else f"|{_apart(body)}|"

    def finite(self, body: str) -> str:
        return f"{body} < ∞"

    def at_most(self, lhs: str, rhs: str) -> str:
        return f"{lhs} ≤ {rhs}"

    def implies(self, premise: str, conclusion: str) -> str:
        return f"{premise} ⇒ {conclusion}"

    def positive(self, body: str) -> str:
        return f"{body} > 0"

    def nonzero(self, body: str) -> str:
        return f"{body} ≠ 0"

    def at_place(self, body: str, place: str) -> str:
        return f"[{body}]_{{{place}}}"

    def given(self, body: str, given: str) -> str:
        return f"{body} | {given}"

    def let(self, variable: str, value: str) -> str:
        return f"{variable}:={value}"

    def gaussian(self, x: str, mean: str, variance: str) -> str:
        return f"N({x}; {mean}, {variance}·I)" if x else f"N({mean}, {variance}·I)"

    def root(self, a: Expr) -> str:
        return f"√{self.held(a)}"

    def logarithm(self, a: str) -> str:
        return f"log {a}"

    def exponential(self, a: str) -> str:
        return f"exp({a})"

    def dominated(self, body: str, var: str, at: str, over: str) -> str:
        near = var if var == at else f"{var} = {at}"
        return f"{body} exists and is dominated near {near}, over {over}"

    def differentiable(self, var: str, body: str, at: str) -> str:
        return f"{var} ↦ {body} is differentiable" + (f" at {at}" if at else "")

    def every(self, var: str, body: str) -> str:
        return f"{body} for every {var}"

    def almost(self, body: str, items: list[str]) -> str:
        return f"{body} for almost every {', '.join(items)}"


def _apart(inside: str) -> str:
    """``inside`` for a place beside a bar: its own bars must not seem to be that one."""
    return f"({inside})" if "|" in (inside[:1], inside[-1:]) else inside


_PRINTER = TextPrinter()


def draw_text(item: Draw) -> str:
    """One item of a measure, e.g. ``x~p_t(·|z)`` or ``t∈[0,1]``."""
    return _PRINTER.almost_item(item)


def text(node: Basic) -> str:
    """A term or proposition as Unicode text, e.g. ``E_{t~U[0,1], x~p_t}[‖u_t^θ(x)‖²]``."""
    return _PRINTER.show(node)
