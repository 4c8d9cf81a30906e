"""parse_text: what is printed as text comes back, for every node and for names of every look."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from sympy import Basic, Expr, preorder_traversal

from fmproof import (
    Abs,
    Almost,
    ArgMin,
    AtMost,
    CondExpect,
    Density,
    Derivation,
    Differentiable,
    Div,
    Dominated,
    Equals,
    Exp,
    Expect,
    Field,
    ForAll,
    Grad,
    Hypothesis,
    Inner,
    Integrable,
    Integral,
    Lebesgue,
    Log,
    Named,
    Normal,
    Param,
    Partial,
    Positive,
    Ratio,
    Rational,
    Real,
    Scalar,
    SortError,
    Sqrt,
    Step,
    VanishesWith,
    Vec,
    alpha_equal,
    check,
    dim,
    latex,
    norm,
    norm2,
    parse_text,
    plus,
    text,
)
from fmproof.derivations import BUILTIN, load
from fmproof.errors import InputError
from fmproof.lang.node import declared_types
from fmproof.lang.nodes import Gaussian, Var
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.props import Prop
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.reading.items import LatexError
from fmproof.reading.statement import parse_statement
from fmproof.reading.text import parse_plain_statement
from fmproof.testing.strategies.language import VARIABLES, Terms, terms

SORTS = (Sort.REAL, Sort.VEC, Sort.GRADIENT, Sort.SET)


def names_have_one_meaning(term: Basic) -> bool:
    meaning: dict[str, Expr] = {}
    named = (node for node in preorder_traversal(term) if isinstance(node, Named))
    return all(meaning.setdefault(node.name, node) == node for node in named)


def comes_back(node: Basic) -> bool:
    shown = text(node)
    found = (parse_plain_statement if isinstance(node, Prop) else parse_text)(shown, node)
    assert alpha_equal(found, node), f"{shown} was read as {text(found)}"
    return True


# --- random terms and statements ---------------------------------------------------------


@examples(300)
@given(terms(SORTS, max_depth=4, field=True))
def test_random_terms_come_back(term: Expr) -> None:
    assert not names_have_one_meaning(term) or comes_back(term)


class Statements(Terms):
    """Random propositions of every kind."""

    def statement(self) -> Basic:
        kinds: tuple[Callable[[], Basic], ...] = (
            self.relation,
            lambda: Positive(self.real(2)),
            lambda: VanishesWith(self.real(2), self.real(2)),
            lambda: VanishesWith(1, self.real(2)),
            lambda: Integrable(self.real(2), *self.law()),
            lambda: Integrable(self.vector(2), *self.measures()),
            self.differentiable,
            self.jointly_differentiable,
            self.dominated,
            lambda: ForAll(self.statement(), self.variable(self.pick(tuple(VARIABLES)))),
            lambda: Almost(self.relation(), *self.pick((self.law, self.measures))()),
        )
        return self.pick(kinds)()

    def relation(self) -> Basic:
        kind, side = self.pick(((AtMost, self.real), (Equals, self.real), (Equals, self.vector)))
        return kind(side(2), side(2))

    def differentiable(self) -> Basic:
        sort = self.pick((Sort.REAL, Sort.VEC))
        return Differentiable(self.real(2), self.variable(sort), self.term(sort, 1))

    def jointly_differentiable(self) -> Basic:
        t, x = self.variable(Sort.REAL), self.variable(Sort.VEC)
        return Differentiable(self.vector(2), t, self.real(1), x, self.vector(1))

    def dominated(self) -> Basic:
        law = self.law()
        sort = self.pick((Sort.REAL, Sort.VEC))
        held = {v for item in law for v in (*free_vars(item), *drawn_by(item))}
        free = [v for v in VARIABLES[sort] if v not in held]
        var = self.pick(free) if free else Var("n", sort)
        return Dominated(self.real(2), var, self.term(sort, 1), *law)


def seeded_statement(seed: int) -> Basic:
    return Statements(random.Random(seed).choice, field=True).statement()


@pytest.mark.parametrize("block", range(4))
def test_random_statements_come_back(block: int) -> None:
    for seed in range(100 * block, 100 * (block + 1)):
        statement = seeded_statement(seed)
        if names_have_one_meaning(statement):
            assert comes_back(statement), seed
            found = parse_statement(latex(statement), statement)
            assert alpha_equal(found, statement), (seed, latex(statement))


def test_the_random_ones_have_every_node() -> None:
    """A node that the generators do not know would not be tried."""
    seen: set[type] = set()
    for seed in range(600):
        builder = Terms(random.Random(seed).choice, field=True)
        made = builder.term(builder.pick(SORTS), 4)
        for node in (made, seeded_statement(seed)):
            seen.update(map(type, preorder_traversal(node)))
    own = {kind for kind in declared_types() if not kind.__module__.startswith("sympy")}
    assert own - seen == set()


@pytest.mark.parametrize("name", BUILTIN)
def test_every_line_of_the_derivations_comes_back(name: str) -> None:
    derivation = load(name)
    for part in derivation.parts:
        for term in (part.start, *(step.claim for step in part.steps)):
            assert alpha_equal(parse_text(text(term), derivation), term)
    stated = [*(h.prop for h in derivation.hypotheses), derivation.proposition]
    for prop in (*stated, *(part.proposition for part in derivation.parts)):
        assert alpha_equal(parse_plain_statement(text(prop), [derivation, prop]), prop)


# --- names of every look, bars, fractions ------------------------------------------------

t, s, X, T, noise = Real("t s X T noise")
x, y, x0, x_a, data, primed, y1 = Vec("x y x0 x_a data x' y1")
theta, phi = Param("theta phi_1")
w, h, c, ab = (
    Scalar("w", t), Scalar("h", t, given=s), Scalar("kappa"), Scalar("ab", x),
)  # fmt: skip
f, f_t, L = Scalar("f", x), Scalar("f", sub=t), Scalar("L_FM", theta)
u, v, v_a = (
    Field("u_a", x, sub=t), Field("u'", x, sub=t, sup=theta), Field("u_a'", x, sub=t, sup=theta),
)  # fmt: skip
transposed = Field("u", x, sup=T)
N = Normal


@pytest.mark.parametrize(
    "term",
    [
        # names with indices of their own, long names, primes, a T that is a variable
        u(t, x0), v(t, theta, x_a), v_a(s, phi, data), transposed(T, x), ab(x) * ab(x0), y1 + x0,
        Grad(f(x0), x0), Grad(f(x_a), x_a), Grad(f(primed), primed), Div(data, data),
        Partial(noise**2, noise), Partial(Rational(1, 2), t), ArgMin(L(theta) ** 2 + 1, theta),
        f_t(t) * f(x), f_t(t) * (t + s), c() * (t + s),
        # differentials beside names, the dimension beside differentials
        Integral(f(x0), x0), Integral(f(data), data), Integral(w(X), (X, 0, 1)),
        Integral(w(noise), (noise, 0, 12)), Integral(w(T), (T, Rational(1, 2), 3)),
        Integral(dim * f(x), x), dim * (t + s), dim * t,
        # bars in bars
        Abs(Abs(t) + s), Abs(s + Abs(t)), Abs(Abs(t) * s), Abs(s * Abs(t)), Abs(t) * Abs(s),
        Abs(t) ** 2, h(Abs(t), Abs(s)), h(Abs(t) + 1, s), h(t, Abs(s)), norm(norm2(x) * y),
        norm(x) * norm(y), norm2(norm(x) * y), norm(norm(x) * y) * norm(y), norm(x) ** 3,
        Abs(norm(x) - norm(y)), CondExpect(Abs(f(x)) * Abs(f(y)), x, N(x), N(y)),
        CondExpect(f(x) * Abs(f(y)), (x, data), N(x), N(y)), Expect(Abs(f(x)), N(x)),
        # fractions, roots, logarithms, operators
        t / 2, Ratio(t, 2), Ratio(1, 2), Rational(1, 2) * t, Ratio(1, 2) ** 2, Ratio(2, t),
        Ratio(Ratio(t, s), t), Ratio(t, Ratio(s, t)), Ratio(t / 2, s), Ratio(-t, s), -Ratio(t, s),
        t * Ratio(s, t), Ratio(t * s, t), Ratio(Log(t), s), Log(Ratio(t, s)), Log(t) ** 2,
        Log(t**2), Log(Log(t)), Log(t) * Log(s), Sqrt(t) ** 2, Sqrt(t**2), Sqrt(w(t)) * t,
        Sqrt(Sqrt(t)), Sqrt(t * s), Exp(Log(t)) ** 2, Ratio(Div(x, x), t),
        Ratio(t * Div(x, x), t), Grad(Abs(t) * f(x), x), Inner(Inner(x, y) * x, y),
        Inner(x, y) * Inner(x, x0), Inner(x, y) * x, N(x, y, t / 2), N(x, x + y, t + 1),
        plus(t, s, -s), Partial(t * w(t), t, s), t * Partial(w(t), t, s),
    ],
    ids=text,
)  # fmt: skip
def test_names_bars_and_fractions(term: Expr) -> None:
    assert alpha_equal(parse_text(text(term), [term, t, s, x, y]), term)


ODD = {
    Sort.REAL: (Real("X"), Real("noise_2")), Sort.VEC: (Vec("x0"), Vec("data'"), Vec("x_a")),
    Sort.LATENT: VARIABLES[Sort.LATENT], Sort.PARAM: (Param("phi_1"), Param("W")),
}  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_random_terms_with_odd_names_come_back(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for sort, variables in ODD.items():
        monkeypatch.setitem(VARIABLES, sort, variables)
    builder = Terms(random.Random(seed).choice, field=True)
    term = builder.term(builder.pick(SORTS), 3)
    assert not names_have_one_meaning(term) or comes_back(term)


# --- what people type --------------------------------------------------------------------

p, q = Density("p", x), Density("p", x, sub=t, given=y)
rho = Density("rho", (t, 0, 1))
model = Field("u", x, sub=t, sup=theta)
SYMBOLS = [t, s, x, y, x0, theta, p, q, rho, model, L, w, f, h, c]


@pytest.mark.parametrize(
    ("source", "term"),
    [
        ("||x - y||^2", norm2(x - y)),
        ("‖ x − y ‖²", norm2(x - y)),
        ("E_{t~rho, x~p}[|f(x)| w(t)]", Expect(Abs(f(x)) * w(t), rho(t), p(x))),
        ("E_{x ~ p_t(·|y)} f(x)", Expect(f(x), q(t, x, y))),
        ("E_{x~p} ‖u_t^theta(x)‖^2", Expect(norm2(model(t, theta, x)), p(x))),
        ("∫p(x)dx", Integral(p(x), x)),
        ("∫ f(x0) dx0", Integral(f(x0), x0)),
        ("int", None),
        ("ts + st", 2 * t * s),
        ("2ts", 2 * t * s),
        ("t*s - 2 t s", -t * s),
        ("x1", None),
        ("(t + s)/2", (t + s) / 2),
        ("t s / 2", Ratio(t * s, 2)),
        ("x / 2", x / 2),
        ("h(t |s)", h(t, s)),
        ("h(t| s)", h(t, s)),
        ("x·y", Inner(x, y)),
        ("exp(-t) + log t", Exp(-t) + Log(t)),
        ("L_FM(θ) + kappa t", L(theta) + c() * t),
        ("√t²", None),
        ("div_x (t x)", Div(t * x, x)),
    ],
)
def test_what_people_type(source: str, term: Expr | None) -> None:
    if term is None:
        with pytest.raises(LatexError):
            parse_text(source, SYMBOLS)
    else:
        found = parse_text(source, SYMBOLS)
        assert alpha_equal(found, term), text(found)


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("f(x) + flow(x)", 8, "no symbol is written flow; "),
        ("E_{y}[t]", 3, "an expectation needs a law for each variable, as in t ~ p"),
        ("‖x", 3, "expected '‖' before it"),
        ("|t + s", 7, "too early; expected '|' before it"),
        ("∫ t + s dt", 1, "this integral has no differential such as dx"),
        ("∇_x t s", 1, "stands before a product"),
        ("√t²", 3, "which differ"),
        ("w(x)", 1, "the argument t of w must be a real, found the vector x"),
        ("u_t(x, y)", 1, "does not take these arguments; known: u_t^{θ}(x)"),
        ("t = s", 3, "unexpected '='"),
        ("√", 1, "expected a term after √"),
        ("t / ", 3, "expected a factor on both sides of /"),
    ],
)
def test_errors_are_in_plain_words(source: str, column: int, message: str) -> None:
    with pytest.raises(LatexError) as caught:
        parse_text(source, SYMBOLS)
    assert caught.value.column == column, str(caught.value)
    assert message in str(caught.value)
    assert "\\" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "prop"),
    [
        ("w(t) > 0 for every t", ForAll(Positive(w(t)), t)),
        ("w(t) ≠ 0 for almost every t~rho", Almost(VanishesWith(1, w(t)), rho(t))),
        ("w(t) >= 0", AtMost(0, w(t))),
        ("0 ≤ w(t) for almost every t∈[0,1]", Almost(AtMost(0, w(t)), Lebesgue(t, 0, 1))),
        ("E_{x~p}[‖x‖²] < ∞", Integrable(norm2(x), p(x))),
        ("∂_t w(t) exists and is dominated near t = s, over x~p", Dominated(w(t), t, s, p(x))),
        ("∂_t w(t) exists and is dominated near t, over x~p", Dominated(w(t), t, t, p(x))),
        ("∂_t w(t) exists and is dominated near s, over x~p", None),
        ("(t,x) ↦ f(x) is differentiable at (0, y)", Differentiable(f(x), t, 0, x, y)),
        ("(t,x) ↦ f(x) is differentiable at 0", None),
        ("(t,x) ↦ f(x) is differentiable", None),
    ],
)
def test_statements(source: str, prop: Basic | None) -> None:
    if prop is None:
        with pytest.raises((LatexError, SortError)):
            parse_plain_statement(source, SYMBOLS)
    else:
        assert alpha_equal(parse_plain_statement(source, SYMBOLS), prop)


def test_text_of_any_kind_never_crashes_the_reader() -> None:
    @examples(300)
    @given(st.text(alphabet="xtpdEfhL_^{}()[]|‖ +−·2²₀,~√∫∇∂/'θ:=", max_size=30))
    def run(source: str) -> None:
        with suppress(LatexError):
            parse_text(source, SYMBOLS)
        with suppress(LatexError):
            parse_plain_statement(source + " for every t", SYMBOLS)

    run()


def test_claims_may_be_plain_text() -> None:
    a, b = Field("a", x), Field("b", x)
    made = Derivation(
        "plain",
        symbols=[p, a, b],
        hypotheses=[
            Hypothesis("A", "E_{x~p}[‖a(x)‖²] < ∞"),
            Hypothesis("B", Integrable(norm2(b(x)), p(x))),
        ],
        start="E_{x~p}[‖a(x) + b(x)‖²] − E_{x~p}[‖a(x) − b(x)‖²]",
        steps=[Step("1", "4 E_{x~p}[a(x)·b(x)]", by=["square", "linearity"])],
    )
    assert check([made]).status == "proved"
    wrong = [Step("1", "flow(x)", by="auto")]
    with pytest.raises(InputError, match=r"plain, step 1: no symbol is written flow; .*flow\(x\)"):
        Derivation("plain", symbols=[p, a], start="E_{x~p}[‖a(x)‖²]", steps=wrong)


def test_the_gaussian_needs_no_symbol() -> None:
    assert isinstance(parse_text("N(x; 0, t²·I)", [x, t]).head, Gaussian)  # type: ignore[attr-defined]
