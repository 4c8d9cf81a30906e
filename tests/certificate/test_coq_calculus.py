"""Rules of calculus, signs and fractions: what each proves, and its falsehoods, in Coq."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from examples import times
from sympy import S

from fmproof import (
    ArgMin,
    CondExpect,
    Density,
    Differentiable,
    Div,
    Dominated,
    Exp,
    Expect,
    Field,
    Grad,
    Inner,
    Integrable,
    Integral,
    Log,
    Normal,
    Param,
    Partial,
    Positive,
    Ratio,
    Real,
    Scalar,
    Sqrt,
    Theorem,
    VanishesWith,
    Vec,
    dim,
    norm2,
    pi,
    uniform,
)
from fmproof.certificate.certificate import Certificate, of_theorem
from fmproof.certificate.export.check import check_with_coq
from fmproof.certificate.export.files import proof
from fmproof.certificate.export.statement.goal import goal
from fmproof.certificate.export.statement.sorts import NotExported
from fmproof.certificate.library import (
    ALLOWED,
    ASSUMED,
    ASSUMING,
    MISSING,
    axioms,
    compiled,
    coqc,
    last_words,
)
from fmproof.certificate.proved import certificate_of
from fmproof.derived import (
    derivatives_inside,
    dominations,
    functions_of_products,
    gaussians,
    ratios,
)
from fmproof.derived.restatements import reflexivity
from fmproof.errors import InputError
from fmproof.kernel import (
    algebra,
    almost,
    calculus,
    conditional,
    gaussian,
    integrals,
    order,
    ring,
)
from fmproof.kernel.equality import congruence, transitivity

ANALYSIS = "/usr/lib/ocaml/coq/user-contrib/mathcomp/analysis"
needs_coq = pytest.mark.skipif(
    shutil.which("coqc") is None or not Path(ANALYSIS).is_dir(), reason=MISSING
)
x, y, z, m = Vec("x y z m")
s, t = Real("s t")
theta = Param("theta")
f, g = Scalar("f", x), Scalar("g", x)
a, b = Scalar("a", t), Scalar("b", t)
F, X, Y = Field("F", x), Field("X", t), Field("Y", t)
P = Scalar("P", x, sub=t)
q, k = Density("q", z), Scalar("k", x, z)
L, M = Scalar("L", theta), Scalar("M", sub=t)
p2 = Density("p", x, y)
normal = Normal(x, m, t)
under = Expect(f(x), normal)
mixed = Density("M", x, sub=t, definition=Expect(Normal(x, z, t), q(z)))(t, x)

SMALL: Mapping[str, Callable[[], Theorem]] = {
    "minimisers of a shift": lambda: derivatives_inside.minimisers_of_shift(
        ArgMin(L(theta) + M(t), theta)
    ),
    "a dominated integrand": lambda: calculus.dominated_integrable(Dominated(k(x, z), x, y, q(z))),
    "the gradient of a product": lambda: calculus.derivative(Grad(f(x) * g(x), x)),
    "the gradient of a square": lambda: calculus.derivative(Grad(f(x) ** 2, x, y)),
    "the gradient of a quotient": lambda: calculus.derivative(Grad(Ratio(f(x), g(x)), x)),
    "the gradient of a logarithm": lambda: calculus.derivative(Grad(Log(f(x)), x)),
    "the gradient of a root": lambda: calculus.derivative(Grad(Sqrt(f(x)), x)),
    "the gradient of exp": lambda: calculus.derivative(Grad(Exp(f(x)), x)),
    "the gradient of lines": lambda: calculus.derivative(Grad(Inner(2 * x + y, x - z), x)),
    "the gradient of a Gaussian": lambda: calculus.derivative(Grad(Normal(x, m, t), x)),
    "the derivative of a product": lambda: calculus.derivative(Partial(a(t) * b(t), t)),
    "the derivative of a quotient": lambda: calculus.derivative(Partial(Ratio(a(t), b(t)), t)),
    "the derivative of a logarithm": lambda: calculus.derivative(Partial(Log(a(t)), t)),
    "the derivative of a root": lambda: calculus.derivative(Partial(Sqrt(a(t)), t)),
    "the derivative of exp": lambda: calculus.derivative(Partial(Exp(a(t)), t, s)),
    "the derivative of a multiple": lambda: calculus.derivative(Partial(3 * a(t) + 1, t)),
    "of a multiple of a vector": lambda: calculus.derivative(Partial(a(t) * x + y, t)),
    "of an inner product": lambda: calculus.derivative(Partial(Inner(X(t), Y(t)), t)),
    "of a Gaussian": lambda: calculus.derivative(Partial(Normal(x, X(t), a(t)), t)),
    "the chain rule": lambda: calculus.derivative(Partial(P(t, X(t)), t)),
    "the chain rule along a line": lambda: calculus.derivative(Partial(P(t, x + t * y), t)),
    "the divergence of a multiple": lambda: calculus.derivative(Div(2 * F(x) + y, x)),
    "the divergence of a product": lambda: calculus.derivative(Div(f(x) * F(x), x)),
    "the divergence of x": lambda: calculus.derivative(Div(x, x, y)),
    "fewer variables": lambda: calculus.fewer_variables(Differentiable(P(t, x), t, s, x, y), t),
    "one number": lambda: calculus.fewer_variables(Differentiable(P(t, x), t, s, x, y), x),
    "a differentiable vector": lambda: calculus.differentiable(Differentiable(f(x) * F(x) + x, x)),
    "a vector with a velocity": lambda: calculus.differentiable(
        Differentiable(a(t) * X(t) + Y(t), t)
    ),
    "derivatives of equals": lambda: congruence(
        Partial(a(t) + a(t), t, s), {0: ring.ring(a(t) + a(t), 2 * a(t))}
    ),
    "a positive product": lambda: order.positive(Positive(2 * pi * a(t) ** 3), 0),
    "a positive quotient": lambda: order.positive(Positive(Ratio(a(t), b(t))), 0),
    "a positive root": lambda: order.positive(Positive(Sqrt(a(t))), 0),
    "a positive sum": lambda: order.positive(Positive(1 + a(t) ** 2), 0),
    "a positive square": lambda: order.positive(Positive(a(t) ** 2), 0),
    "not zero": lambda: order.nonzero(VanishesWith(b(t), a(t))),
    "no factor is zero": lambda: order.product_vanishes(VanishesWith(1, a(t) ** 2 * b(t) * Exp(t))),
    "no quotient is zero": lambda: order.product_vanishes(VanishesWith(1, Ratio(a(t), b(t)))),
    "fractions": lambda: ring.field(
        Ratio(a(t), b(t)) + Ratio(1, a(t) * b(t)), Ratio(a(t) ** 2 + 1, a(t) * b(t))
    ),
    "fractions of vectors": lambda: ring.field(
        Ratio(1, Ratio(a(t), b(t))) * x, Ratio(b(t), a(t)) * x
    ),
    "the derivative of an expectation": lambda: calculus.exchange(
        Partial(Expect(Scalar("h", z, sub=t)(t, z), q(z)), t)
    ),
    "the divergence of an expectation": lambda: calculus.exchange(
        Div(Expect(Field("H", x, z)(x, z), q(z)), x)
    ),
    "a gradient by that of the logarithm": lambda: calculus.log_derivative(Grad(q(z), z)),
    "the logarithm of a product": lambda: functions_of_products.logarithm(
        Log(2 * a(t) * b(t) ** 2)
    ),
    "the logarithm of exp": lambda: functions_of_products.logarithm(Log(Exp(a(t)))),
    "a Gaussian density": lambda: gaussian.gaussian_density(normal),
    "the mean of a Gaussian": lambda: gaussian.gaussian_mean(normal),
    "the variance of a Gaussian": lambda: gaussian.gaussian_variance(normal),
    "a moment of a Gaussian": lambda: gaussian.gaussian_moments(
        Integrable(a(t) * Inner(2 * x + y, x - z), normal)
    ),
    "a vector under a Gaussian": lambda: gaussian.gaussian_moments(Integrable(x - z, normal)),
    "beside a Gaussian density": lambda: gaussians.gaussian_bounded(
        Integrable(Normal(x, z, t), q(z))
    ),
    "a Gaussian's domination": lambda: gaussians.gaussian_dominated(
        Dominated(Normal(x, a(t) * z, t), x, y, q(z))
    ),
    "where a density is not 0": lambda: almost.support_of_draw(S.One, normal),
    "a mean of what is positive": lambda: order.positive(Positive(under), 0),
    "what is given": lambda: conditional.take_out(x, S.One, (x,), (q(z), Normal(x, z, t))),
    "a conditional expectation of a sum": lambda: conditional.conditional_linearity(
        CondExpect(a(t) * x - 2 * z, x, q(z), Normal(x, z, t))
    ),
    "the mean of 1": lambda: integrals.linearity(Expect(S.One, q(z))),
    "a constant under a uniform law": lambda: integrals.linearity(
        Expect(3 + 2 * a(t), uniform(t, 1, 3)(t))
    ),
    "what is never negative": lambda: order.nonnegativity(2 * a(t) ** 2 + norm2(X(t) - x)),
    "a difference that is never negative": lambda: order.from_difference(
        order.nonnegativity((a(t) - b(t)) ** 2), 2 * a(t) * b(t), a(t) ** 2 + b(t) ** 2
    ),
    "at most what is equal": lambda: transitivity(
        order.nonnegativity(norm2(x + y)), algebra.bilinearity(norm2(x + y))
    ),
    "a multiple of what vanishes": lambda: ratios.multiple_vanishes(VanishesWith(a(t), b(t)), 0),
    "a sum of integrable vectors": lambda: dominations.sum_of_integrable(
        Integrable(z + F(z), q(z))
    ),
}

SOME = (
    "a constant under a uniform law",
    "at most what is equal",
    "a difference that is never negative",
    "a multiple of what vanishes",
    "minimisers of a shift",
    "a dominated integrand",
    "fractions of vectors",
    "the chain rule",
    "the divergence of an expectation",
    "the variance of a Gaussian",
    "a conditional expectation of a sum",
    "the mean of 1",
)


def module(name: str, text: str) -> str:
    """A file as a module of a larger one, for which mathcomp is loaded once."""
    return f'Module {name}.\nSet Warnings "-all".\n{text}\nEnd {name}.\n'


def together(certificates: Mapping[str, Certificate]) -> str:
    """The proofs of several theorems in one file, each checked against its statement."""
    parts, names = [], []
    for i, certificate in enumerate(certificates.values()):
        parts.append(module(f"Proof{i}", proof(certificate)))
        parts.append(module(f"Goal{i}", goal(certificate)))
        names.append(f"accepted_{i}")
        parts.append(f"Definition {names[-1]} : Goal{i}.theorem := Proof{i}.proved.\n")
    parts.append(f"From FMProof Require Import {' '.join(ASSUMING)}.\n")
    return "".join([*parts, f"Definition all := ({', '.join(names)}).\nPrint Assumptions all.\n"])


@needs_coq
def test_what_each_rule_proves_is_accepted(tmp_path: Path) -> None:
    """A few here, all in the nightly profile."""
    chosen = SMALL if times(1) > 1 else {name: SMALL[name] for name in SOME}
    certificates = {name: of_theorem(make(), name) for name, make in chosen.items()}
    (tmp_path / "All.v").write_text(together(certificates), "utf-8")
    done = coqc(["-Q", str(compiled()), "FMProof", "All.v"], tmp_path)
    assert done.returncode == 0, last_words(done.stderr)
    assert axioms(done.stdout) <= ALLOWED | set(ASSUMED)


def test_what_each_rule_proves_is_written() -> None:
    """Each has a script of its own, and its statement says the rule's theorem."""
    used = set()
    for name, make in SMALL.items():
        certificate = of_theorem(make(), name)
        used.add(certificate.theorem.rule)
        assert proof(certificate).count("Theorem proved :") == 1, name
    assert used >= {
        "derivative",
        "differentiable",
        "dominated_integrable",
        "exchange",
        "fewer_variables",
        "field",
        "gaussian_moments",
        "argmin_of_shift",
        "nonzero",
        "positive",
        "product_vanishes",
        "combination_integrable",
    }


# --- what has no translation --------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: calculus.derivative(Partial(k(X(t), Y(t)), t)), "only in one variable"),
        (lambda: calculus.derivative(Grad(f(2 * x), x)), "by its parts"),
        (lambda: order.positive(Positive(dim), 0), "may be 0"),
        (lambda: reflexivity(Integral(a(t), t)), "an integral over t"),
        (lambda: integrals.linearity(Expect(S.One, mixed)), "follows from its definition"),
        (
            lambda: order.positive(Positive(Expect(f(x), q(z), p2(x, y))), 0),
            "several variables at once",
        ),
    ],
)
def test_what_has_no_translation_is_said(make: Callable[[], Theorem], told: str) -> None:
    with pytest.raises(NotExported, match=told):
        proof(of_theorem(make(), "small"))


# --- falsehoods ---------------------------------------------------------------------------

FALSE: Mapping[str, tuple[str, str]] = {
    "bregman": ("((L_Y theta) + C)", "((L_Y theta) + (2 * C))"),
    "guidance": ("(vscal (1 + ((-1) * w)) (u_t t x))", "(vscal (1 + w) (u_t t x))"),
    "log-density": (
        "(ln (p_t t' (X_t t')))) t) = ((-1) * (@divergence d",
        "(ln (p_t t' (X_t t')))) t) = (1 * (@divergence d",
    ),
    "affine-path": (
        "((sigma_t t') ^ 2))) t) = ((-1) * (@divergence d",
        "((sigma_t t') ^ 2))) t) = (1 * (@divergence d",
    ),
    "continuity": (
        "(p_t t' x)) t) = ((-1) * (@divergence d",
        "(p_t t' x)) t) = (1 * (@divergence d",
    ),
    "implicit-score-matching": ("((2 * (@divergence d", "((3 * (@divergence d"),
    "ddpm": ("((L_t t theta) = ((C_t t) +", "((L_t t theta) = ((2 * (C_t t)) +"),
    "tweedie": ("(vscal ((sigma_t t) ^ 2) (@grad d", "(vscal (sigma_t t) (@grad d"),
    "denoising-score-matching": (
        "= ((Expect (Rn d l) (fun (x : vec d) => (p_t t x))",
        "= (2 * (Expect (Rn d l) (fun (x : vec d) => (p_t t x))",
    ),
}
"""A wrong conclusion of each theorem, for the right one."""


@needs_coq
@pytest.mark.parametrize("name", sorted(FALSE) if times(1) > 1 else ["log-density"])
def test_a_false_conclusion_is_refused_at_a_lemma(name: str) -> None:
    """One here, all in the nightly profile."""
    certificate, (right, wrong) = certificate_of(name), FALSE[name]
    text = proof(certificate)
    assert right in text[text.index("Theorem proved") :]
    with pytest.raises(InputError, match=r"Coq refuses (s\d+|proved) of Proof\.v"):
        check_with_coq(certificate, text.replace(right, wrong), compiled())


@pytest.mark.parametrize("name", sorted(FALSE) if times(1) > 1 else ["log-density"])
def test_a_lost_condition_is_told(name: str) -> None:
    """Without one of its hypotheses a theorem has no proof; all theorems in the nightly profile."""
    original = certificate_of(name)
    for place in range(len(original.theorem.hypotheses)):
        kept = list(original.theorem.hypotheses)
        del kept[place]
        last = replace(original.theorem, hypotheses=tuple(kept))
        with pytest.raises(NotExported, match="is not among what is known"):
            proof(Certificate(name, (*original.steps[:-1], last)))
