"""What gradients, draws without densities and conditional expectations are in Coq."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

import pytest
from examples import times

from fmproof import Density, Expect, Field, Latent, Law, Let, Real, Vec
from fmproof.certificate.certificate import Certificate
from fmproof.certificate.export.check import check_with_coq
from fmproof.certificate.export.files import proof
from fmproof.certificate.export.statement.draws import CHANCE, opened
from fmproof.certificate.export.statement.goal import goal
from fmproof.certificate.export.statement.sorts import NotExported
from fmproof.certificate.export.statement.symbols import CoqSymbols
from fmproof.certificate.export.statement.terms import CoqPrinter
from fmproof.certificate.library import MISSING, compiled
from fmproof.certificate.proved import certificate_of
from fmproof.lang.nodes import norm2

ANALYSIS = "/usr/lib/ocaml/coq/user-contrib/mathcomp/analysis"
needs_coq = pytest.mark.skipif(
    shutil.which("coqc") is None or not Path(ANALYSIS).is_dir(), reason=MISSING
)
CONDITIONAL = {"conditional-expectation", "total-variance", "weighted", "interpolant", "bregman"}
CALCULUS = {"guidance", "log-density", "affine-path", "continuity"}
GAUSSIAN = {"normal_law", "normal_square", "normal_substitution"}
VERSION = {"version", "version_average", "version_measurable"}
ASSUMING = {
    "implicit-score-matching": {"divergence_theorem"},
    "ddpm": GAUSSIAN,
    "tweedie": GAUSSIAN | VERSION,
    "denoising-score-matching": GAUSSIAN | VERSION,
}
CONSTANT = {"gradient", "gradient-under-expectation", "constant", "general", "uniform"}
NIGHTLY = {*CONDITIONAL, *CALCULUS, *CONSTANT, *ASSUMING}
x, y, z = Vec("x y z")
t = Real("t")


@cache
def certificate(name: str) -> Certificate:
    return certificate_of(name)


@needs_coq
@pytest.mark.parametrize("name", sorted(NIGHTLY if times(1) > 1 else {"conditional-expectation"}))
def test_coq_accepts(name: str) -> None:
    """One here, all in the nightly profile; each assumes what it needs and no more."""
    found = check_with_coq(certificate(name), proof(certificate(name)), compiled())
    assert found.axioms
    if name in ASSUMING:
        assert found.assumed == ASSUMING[name]
    elif name in CONDITIONAL:
        assert {"version", "version_average"} <= found.assumed <= VERSION
    else:
        assert not found.assumed


@pytest.mark.parametrize(
    "name", ["gradient-under-expectation", "interpolant", "total-variance", "continuity", "tweedie"]
)
def test_proofs_are_written_in_full(name: str) -> None:
    text = proof(certificate(name))
    assert len(re.findall(r"^Lemma s\d+", text, re.MULTILINE)) >= len(certificate(name).steps) - 20
    assert not re.search(r"\b(Axiom|Admitted|admit|Parameter|Conjecture|Abort)\b", text)
    asked = "Require Import Conditional" in text
    assert asked == (name in CONDITIONAL or "version" in ASSUMING.get(name, ()))
    assert ("Require Import Slope" in text) == (name != "total-variance")


# --- statements ---------------------------------------------------------------------------


def test_gradients_are_of_vectors_of_parameters() -> None:
    text = goal(certificate("gradient"))
    assert "Definition Theta : Type := vec k." in text
    assert "(@grad k (fun theta' : Theta => (L_FM theta')) theta)" in text
    assert "(k : nat)" in text
    assert "Theta : Type)" in goal(certificate("fm-cfm"))  # of any type where none is taken


def test_domination_is_a_hypothesis_with_its_law() -> None:
    text = goal(certificate("gradient-under-expectation"))
    assert text.count("(@Dominated k (segment 0 1 ⊗ Rn d l") == 2
    assert "VExpect" in text


def test_what_a_draw_stands_for() -> None:
    """A variable of a law is a function of a point of Omega; x := a is a; densities stay."""
    q, p = Law("q", x, y, sub=t), Density("p", z)
    items = opened((p(z), q(t, x, y), Let(Vec("w"), x + z)))
    assert [item.var.name for item in items] == ["z", "o_xy"]
    assert items.densities == [p(z), CHANCE(items[1].var)]
    names = [(var.name, getattr(value, "head", None)) for var, value in items.values]
    assert [(n, h.name if h else None) for n, h in names] == [
        ("x", "q_1"),
        ("y", "q_2"),
        ("w", None),
    ]
    data = opened((Law("p_data", x)(x),))  # a name has one subscript
    assert [value.head.name for _, value in data.values] == ["p_data1"]
    term = Expect(norm2(Vec("w")), p(z), q(t, x, y), Let(Vec("w"), x + z))
    text = CoqPrinter(CoqSymbols((term,))).term(term, {t: "t"})
    assert "(fun (z : vec d) (o_xy : Omega) => (ip (vadd (q_1 t o_xy) z)" in text
    assert "((p z) * (chance o_xy))" in text


def test_symbols_that_would_be_one_in_coq_are_refused() -> None:
    """Two laws of one name have a variable in common; a chance of one's own; a point's name."""
    f = Field("f", x)
    one, two = Law("q", x), Law("q", x, y)
    both = Expect(norm2(f(x)), one(x)) + Expect(norm2(f(x)), two(x, y))
    with pytest.raises(NotExported, match="would both be called q_1"):
        CoqSymbols((both,))
    o = Latent("o")
    with pytest.raises(NotExported, match="chance"):
        CoqSymbols((Expect(norm2(f(x)), one(x)), Density("chance", o)(o)))
    point = Latent("o_x")
    with pytest.raises(NotExported, match="rename it"):
        CoqSymbols((Field("g", point)(point),))


def test_a_conditional_expectation_is_of_its_law() -> None:
    text = goal(certificate("weighted"))
    told = "(fun (o_xy : Omega) => (chance o_xy)) (fun (o_xy : Omega) => (q_1 t o_xy))"
    assert f"(condexp d d (Omega) {told} (fun (o_xy : Omega) => (q_2 t o_xy)) x)" in text


def test_derivatives_of_symbols_are_measurable_by_assumption() -> None:
    text = goal(certificate("interpolant"))
    assert (
        "(fun (t : R) (x0 : vec d) (x1 : vec d) => (slope d (fun t' : R => (I_t t' x0 x1)) t))"
        in text
    )
    text = goal(certificate("bregman"))
    assert "(VMeas (Rn d l) (fun (a : vec d) => (@grad d (fun a' : vec d => (phi a')) a)))" in text
    assert "VMeas (line) (fun (t : R) => (slope" not in goal(certificate("log-density"))
    # where nothing is integrated no derivative need be measurable


def test_a_gaussian_is_the_function_of_the_library() -> None:
    text = goal(certificate("affine-path"))
    assert "(gaussian x (vscal (alpha_t t') z) ((sigma_t t') ^ 2))" in text
    assert "Require Import Gaussian" in text
    assert not re.search(r"Variable gaussian|gaussian_measurable|gaussian_density", text)


def test_the_measure_is_lebesgues_where_that_is_needed() -> None:
    """Where a Gaussian is drawn, or a divergence is integrated over its place; nowhere else."""
    told = "(lebesgue d l)"
    for name in ("ddpm", "tweedie", "denoising-score-matching", "implicit-score-matching"):
        assert told in goal(certificate(name)), name
    for name in ("continuity", "affine-path", "interpolant", "fm-cfm"):
        assert told not in goal(certificate(name)), name


def test_integrated_derivatives_are_measurable_by_assumption() -> None:
    """Of what is no symbol alone; the score of a Gaussian density is known to be."""
    text = goal(certificate("continuity"))
    flux = "(fun x' : vec d => (vscal (p_t_given_z t x' z) (u_t_given_z t x' z)))"
    assert f"(fun (t : R) (z : vec d) (place : vec d) => (@divergence d {flux} place))" in text
    assert "(derivative (fun t' : R => (p_t_given_z t' x z)) place)" in text
    text = goal(certificate("denoising-score-matching"))
    assert "(@grad d (fun x' : vec d => (ln (p_t t x'))) place)" in text
    assert text.count(" place)") == 1


def test_domination_is_of_numbers_and_vectors() -> None:
    text = goal(certificate("continuity"))
    law = "(Omega) (fun (o_z : Omega) => (chance o_z))"
    assert f"(DominatedInNumber {law} (fun s : R => (fun (o_z : Omega)" in text
    assert f"(@VDominated d {law} (fun y : vec d => (fun (o_z : Omega)" in text


def test_joint_differentiability_is_of_a_number_and_a_vector() -> None:
    text = goal(certificate("log-density"))
    told = "(@JointlyDifferentiable d (fun (s : R) (x : vec d) => (p_t s x)) t (X_t t))"
    assert told in text
