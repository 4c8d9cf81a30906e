"""Rules of calculus, signs and fractions: what each proves, and its falsehoods, in Coq."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from examples import times

from fmproof import (
    ArgMin,
    Density,
    Differentiable,
    Div,
    Dominated,
    Equals,
    Exp,
    Field,
    Grad,
    Inner,
    Integrable,
    Law,
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
    pi,
)
from fmproof.certificate.certificate import Certificate, of_theorem
from fmproof.certificate.export.check import check, write
from fmproof.certificate.export.files import goal, proof
from fmproof.certificate.export.statement import NotExported
from fmproof.certificate.library import MISSING, compiled, coqc, last_words
from fmproof.certificate.proved import certificate_of
from fmproof.errors import InputError
from fmproof.kernel import calculus, conditional, integrability, order, ring
from fmproof.kernel.equality import congruence, reflexivity

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

SMALL: Mapping[str, Callable[[], Theorem]] = {
    "minimisers of a shift": lambda: calculus.minimisers_of_shift(
        ArgMin(L(theta) + M(t), theta)
    ),
    "a dominated integrand": lambda: calculus.dominated_integrable(
        Dominated(k(x, z), x, y, q(z))
    ),
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
    "the divergence of a multiple": lambda: calculus.derivative(Div(2 * F(x) + y, x)),
    "the divergence of a product": lambda: calculus.derivative(Div(f(x) * F(x), x)),
    "the divergence of x": lambda: calculus.derivative(Div(x, x, y)),
    "fewer variables": lambda: calculus.fewer_variables(
        Differentiable(P(t, x), t, s, x, y), t
    ),
    "one number": lambda: calculus.fewer_variables(Differentiable(P(t, x), t, s, x, y), x),
    "a differentiable vector": lambda: calculus.differentiable(
        Differentiable(f(x) * F(x) + x, x)
    ),
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
    "no factor is zero": lambda: order.product_vanishes(
        VanishesWith(1, a(t) ** 2 * b(t) * Exp(t))
    ),
    "no quotient is zero": lambda: order.product_vanishes(
        VanishesWith(1, Ratio(a(t), b(t)))
    ),
    "fractions": lambda: ring.field(
        Ratio(a(t), b(t)) + Ratio(1, a(t) * b(t)), Ratio(a(t) ** 2 + 1, a(t) * b(t))
    ),
    "fractions of vectors": lambda: ring.field(
        Ratio(1, Ratio(a(t), b(t))) * x, Ratio(b(t), a(t)) * x
    ),
    "a sum of integrable vectors": lambda: integrability.sum_of_integrable(
        Integrable(z + F(z), q(z))
    ),
}


def module(name: str, text: str) -> str:
    """A file as a module of a larger one, for which mathcomp is loaded once."""
    return f'Module {name}.\nSet Warnings "-all".\n{text}\nEnd {name}.\n'


def together(certificates: Mapping[str, Certificate]) -> str:
    """The proofs of several theorems in one file, each checked against its statement."""
    parts = []
    for i, certificate in enumerate(certificates.values()):
        parts.append(module(f"Proof{i}", proof(certificate)))
        parts.append(module(f"Goal{i}", goal(certificate)))
        parts.append(f"Definition accepted_{i} : Goal{i}.theorem := Proof{i}.proved.\n")
        parts.append(f"Print Assumptions accepted_{i}.\n")
    return "".join(parts)


@needs_coq
def test_what_each_rule_proves_is_accepted(tmp_path: Path) -> None:
    certificates = {name: of_theorem(make(), name) for name, make in SMALL.items()}
    (tmp_path / "All.v").write_text(together(certificates), "utf-8")
    done = coqc(["-Q", str(compiled()), "FMProof", "All.v"], tmp_path)
    assert done.returncode == 0, last_words(done.stderr)
    assert done.stdout.count("Axioms:") + done.stdout.count("Closed under") == len(SMALL)
    for axiom in ("version", "condexp", "proved"):
        assert axiom not in done.stdout
