"""The witness: every step of every built-in derivation agrees, and wrong ones are refuted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sympy import Expr, S

from fmproof import (
    Abs,
    ArgMin,
    AtMost,
    Density,
    Derivation,
    Equals,
    Expect,
    Field,
    Grad,
    Hypothesis,
    Inner,
    InputError,
    Integrable,
    Integral,
    Latent,
    Lebesgue,
    Log,
    Part,
    Positive,
    Ratio,
    Rational,
    Real,
    Scalar,
    Step,
    Vec,
    check,
    norm2,
    uniform,
)
from fmproof.derivations import BUILTIN, bregman, load
from fmproof.derivations.bregman import L_Y
from fmproof.derivations.fm_cfm import (
    C_1,
    L_FM,
    C,
    cross_joint,
    fm_cfm,
    joint,
    marginal,
    model_term,
    u,
    u_z,
    unit,
    v,
)
from fmproof.derivations.general import matching
from fmproof.derivations.symbols import p_cond, p_data, p_marg, t, theta, time, u_marg, x, z
from fmproof.meaning.hypotheses import bowls
from fmproof.meaning.witness import Witness, check_steps
from fmproof.models import CondOTPath, LinearVPPath, TimeLaw, problem_from_toml
from fmproof.models.random_problems import random_problem
from fmproof.report.model import Numeric

y = Vec("y")
s = Real("s")
p = Density("p", x)
q = Density("q", z)
a, b = Field("a", x), Field("b", x)


def chain(start: Expr, *claims: Expr, relation: str = "=", **more: object) -> Derivation:
    """A derivation of one part whose steps are numbered from 1."""
    steps = [
        Step(str(i), claim, by="ring" if relation == "=" else "nonnegative", relation=relation)
        for i, claim in enumerate(claims, 1)
    ]
    return Derivation("test", start=start, steps=steps, **more)


def verdicts(derivation: Derivation, **options: object) -> list[str]:
    return [numeric.status for numeric in check_steps(derivation, **options).values()]


def with_claim(derivation: Derivation, label: str, claim: Expr) -> Derivation:
    """The derivation with one claim replaced."""

    def changed(steps: Sequence[Step]) -> list[Step]:
        return [replace(step, claim=claim) if step.id == label else step for step in steps]

    parts = [replace(part, statement=None, steps=changed(part.steps)) for part in derivation.parts]
    return replace(derivation, parts=parts)


RARELY_SATISFIED = {"ddpm": 5, "continuity": 10}  # schedules that fall, squares that add up to one

# --- true steps -------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUILTIN)
@pytest.mark.parametrize("seed", [0, 1])
def test_built_in_derivations_agree(name: str, seed: int) -> None:
    derivation = load(name)
    found = check_steps(derivation, seed=seed)
    assert list(found) == [step.id for part in derivation.parts for step in part.steps]
    for label, numeric in found.items():
        assert numeric.status == "agrees", label
        assert numeric.problems >= RARELY_SATISFIED.get(name, 17)
        assert numeric.worst is not None
        assert numeric.worst <= 1
        assert numeric.counterexample is None


@pytest.mark.parametrize("given", [(z,), (Latent("c"),), (Latent("c"), z), Vec("a b c")])
def test_any_conditioning_variables(given: tuple) -> None:
    assert set(verdicts(matching("any", "", *given), problems=8)) == {"agrees"}


def test_inequalities() -> None:
    mean = Expect(a(x), p(x))
    jensen = chain(norm2(mean), Expect(norm2(a(x)), p(x)), relation="≤")
    assert verdicts(jensen) == ["agrees"]
    downwards = chain(Expect(norm2(a(x)), p(x)), norm2(mean), relation="≥")
    assert verdicts(downwards) == ["agrees"]
    backwards = chain(norm2(mean), Expect(norm2(a(x)), p(x)), relation="≥")
    assert verdicts(backwards) == ["refuted"]


def test_variables_that_stand_for_fixed_values() -> None:
    true = chain(norm2(x - y), norm2(x) - 2 * Inner(x, y) + norm2(y), variables=[x, y])
    assert verdicts(true) == ["agrees"]
    false = chain(norm2(x - y), norm2(x) + norm2(y), variables=[x, y])
    (numeric,) = check_steps(false).values()
    assert numeric.status == "refuted"
    assert "# x = [" in numeric.counterexample


def test_densities_of_reals_and_latent_points_and_pairs() -> None:
    c, e = Latent("c e")
    n, r = Density("n", c), Density("r", (s, -1, 2), given=c)
    k, pair = Density("k", e, given=[c, s]), Density("j", x, s, given=c)
    f = Scalar("f", x, s, c)
    tower = chain(
        Expect(f(x, s, c), n(c), pair(x, s, c)), Expect(Expect(f(x, s, c), pair(x, s, c)), n(c))
    )
    assert verdicts(tower, problems=6) == ["agrees"]
    drop = chain(Expect(s, n(c), r(s, c), k(e, c, s)), Expect(s, n(c), r(s, c)))
    assert verdicts(drop, problems=6) == ["agrees"]
    wrong = chain(Expect(s, n(c), r(s, c)), Expect(s**2, n(c), r(s, c)))
    assert verdicts(wrong, problems=6) == ["refuted"]


def test_a_law_of_latent_points_moves_with_the_vector_that_it_is_given() -> None:
    """Else ∇ log p(c|x) is 0 in every world, and whatever a row says of it agrees."""
    c = Latent("c")
    label = Density("p", c, given=x)
    score = Grad(Log(label(c, x)), x)
    said = Hypothesis("positive", Positive(label(c, x)))
    false = chain(norm2(score), S.Zero, variables=[x, c], hypotheses=[said])
    assert verdicts(false, problems=6) == ["refuted"]
    prior = Density("q", x)
    mass = chain(Expect(Expect(norm2(x), label(c, x)), prior(x)), Expect(norm2(x), prior(x)))
    assert verdicts(mass, problems=6) == ["agrees"]


# --- false steps ------------------------------------------------------------------------

MUTATIONS = {
    "factor": ("1.2", Expect(norm2(v) - Inner(v, u) + norm2(u), *marginal)),
    "sign": ("1.2", Expect(norm2(v) + 2 * Inner(v, u) + norm2(u), *marginal)),
    "minus": ("2.2", -Integral(p_marg(t, x) * Inner(v, u), x, unit)),
    "lost p_t(x)": ("2.3", Integral(Inner(v, u_marg.unfold((t, x))), x, unit)),
    "wrong denominator": (
        "2.4a",
        Integral(
            p_marg(t, x) * Inner(v, u_z) * Ratio(p_cond(t, x, z) * p_data(z), p_data(z)), z, x, unit
        ),
    ),
    "lost p_data": ("2.4b", Integral(Inner(v, u_z) * p_cond(t, x, z), z, x, unit)),
    "marginal for conditional": ("2.5b", Expect(Inner(u, u_z), *joint)),
    "lost factor": ("3.1", model_term - cross_joint + C_1),
    "lost C_2": ("3.6", Expect(norm2(v - u_z), *joint) + C_1),
    "sign of C": ("3.7", Expect(norm2(v - u_z), *joint) - C),
    "independent draws": ("3.2a", Expect(norm2(v), time(t), p_data(x)) - 2 * cross_joint + C_1),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_mutated_claim_is_refuted(mutation: str) -> None:
    label, claim = MUTATIONS[mutation]
    found = check_steps(with_claim(fm_cfm, label, claim))
    wrong = [id for id, numeric in found.items() if numeric.status == "refuted"]
    ids = [step.id for part in fm_cfm.parts for step in part.steps]
    follower = ids[ids.index(label) + 1 :][:1]
    assert label in wrong
    assert set(wrong) <= {label, *follower}
    numeric = found[label]
    assert numeric.problems == 1
    assert numeric.worst is not None
    assert numeric.worst > 4
    assert numeric.reproduce is not None
    assert numeric.reproduce.startswith("fmproof verify fm-cfm --problem")


@pytest.mark.parametrize(
    "claim",
    [
        ArgMin(L_Y(theta) + bregman.expect(norm2(bregman.model)), theta),  # another regulariser
        ArgMin(L_Y(theta) - bregman.expect(Inner(bregman.slope, bregman.target)), theta),
        ArgMin(bregman.expect(bregman.D(bregman.target, -bregman.model)), theta),
    ],
)
def test_minimisers_of_another_loss_are_refuted(claim: Expr) -> None:
    """The loss is no quadratic, so they are looked for where it is."""
    wrong = with_claim(bregman.bregman, "M.2", claim)
    numeric = check_steps(wrong)["M.2"]
    assert numeric.status == "refuted"
    assert "φ(a) = " in numeric.counterexample


def test_agreement_on_quadratic_functions_says_so() -> None:
    """A quadratic's divergence is symmetric; others are not, so this claim is false."""
    other = ArgMin(bregman.expect(bregman.D(bregman.model, bregman.target)), theta)
    numeric = check_steps(with_claim(bregman.bregman, "M.2", other))["M.2"]
    assert (numeric.status, numeric.message) == (
        "agrees",
        "in which functions of one vector are quadratic",
    )
    assert check([with_claim(bregman.bregman, "M.2", other)]).status == "failed"


def test_a_function_that_is_integrated_over_the_space_is_no_quadratic() -> None:
    f, g = Scalar("f", x), Scalar("g", x)
    under_a_law = Integrable(f(x), p(x))
    over_space = Integrable(g(x), Lebesgue(x))
    assert bowls([f, g], [under_a_law, over_space]) == {f}
    assert bowls([f, g], [AtMost(0, f(x))]) == {g}


def test_the_counterexample_is_small_and_reruns() -> None:
    broken = with_claim(fm_cfm, *MUTATIONS["factor"])
    numeric = check_steps(broken)["1.2"]
    text = numeric.counterexample
    assert text is not None
    assert text.startswith("# step 1.2: the line before is ")
    problem = problem_from_toml(text)
    assert problem.dim == 1
    assert problem.data.components == 1
    assert problem.path == CondOTPath()
    assert len(problem.model.coefficients) == 1  # type: ignore[attr-defined]
    again = check_steps(broken, problem=problem)
    assert again["1.2"].status == "refuted"
    assert check_steps(fm_cfm, problem=problem)["1.2"].status == "agrees"


def test_where_integrals_diverge_on_problems_a_decaying_world_decides() -> None:
    numeric = check_steps(with_claim(fm_cfm, *MUTATIONS["lost p_t(x)"]))["2.3"]
    assert numeric.status == "refuted"
    assert "# p_data(z) = " in numeric.counterexample
    assert numeric.reproduce == "fmproof verify fm-cfm --problems 20 --seed 0"


def test_two_dimensions_see_what_one_cannot() -> None:
    """On the line ⟨a, b⟩² = ‖a‖² ‖b‖²."""
    false = chain(Expect(Inner(a(x), b(x)) ** 2, p(x)), Expect(norm2(a(x)) * norm2(b(x)), p(x)))
    assert verdicts(false, problems=19) == ["agrees"]
    (numeric,) = check_steps(false).values()
    assert numeric.status == "refuted"
    assert "# dimension 2" in numeric.counterexample


def test_the_wrong_step_is_found_by_structure_not_by_name() -> None:
    """Symbols with other names, more of them than a problem has parts."""
    c = Vec("c")
    noise, data = Density("noise", y), Density("data", c)
    path = Density("r", x, sub=s, given=c)
    field, other = Field("w", x, sub=s, given=c), Field("o", x, sub=s, given=c)
    law = (noise(y), data(c), path(s, x, c))
    gap = field(s, x, c) - other(s, x, c)
    start = Expect(norm2(gap + y), *law)
    claim = (
        Expect(norm2(gap), data(c), path(s, x, c))
        + 2 * Inner(Expect(y, noise(y)), Expect(gap, *law))
        + Expect(norm2(y), noise(y))
    )
    assert verdicts(chain(start, claim, variables=[s]), problems=6) == ["agrees"]
    false = chain(start, claim + Expect(norm2(y), noise(y)), variables=[s])
    (numeric,) = check_steps(false, problems=6).values()
    assert numeric.status == "refuted"
    problem_from_toml(numeric.counterexample)  # what is not a problem is in comments
    assert numeric.counterexample.count("\n# ") == 3  # s, a density and a field


# --- what cannot be decided -------------------------------------------------------------


def test_integrals_that_never_converge_are_inconclusive() -> None:
    numeric = check_steps(chain(Integral(norm2(x), x), Integral(2 * norm2(x), x)))["1"]
    assert (numeric.status, numeric.problems, numeric.worst) == ("inconclusive", 0, None)
    assert numeric.message == "an integral does not seem to converge"


def test_a_sum_whose_parts_diverge_is_not_decided_by_what_cancels_on_a_grid() -> None:
    """1 = E[1/t] + E[1 - 1/t]: both sides are 1 on every grid, and E[1/t] is infinite."""
    u = uniform(s)
    inverse = Expect(Ratio(1, s), u(s))
    whole = chain(Expect(Rational(1), u(s)), inverse + Expect(1 - Ratio(1, s), u(s)))
    assert verdicts(whole) == ["inconclusive"]
    converges = Expect(s, u(s))
    true = chain(Expect(Rational(1), u(s)), converges + Expect(1 - s, u(s)))
    assert verdicts(true) == ["agrees"]


def test_hypotheses_that_are_equations_restrict_the_problems() -> None:
    start, claim = Expect(a(x), p(x)), Expect(b(x), p(x))
    equal = Hypothesis("H", Equals(start, claim))
    numeric = check_steps(chain(start, claim, hypotheses=[equal]))["1"]
    assert numeric.status == "inconclusive"
    assert numeric.message == "no random problem satisfies H: E_{x~p}[a(x)] = E_{x~p}[b(x)]"
    half = Hypothesis("H", AtMost(Expect(norm2(a(x)), p(x)), Expect(norm2(b(x)), p(x))))
    false = chain(
        Expect(norm2(b(x)), p(x)), Expect(norm2(a(x)), p(x)), hypotheses=[half], relation="≥"
    )
    numeric = check_steps(false)["1"]
    assert numeric.status == "agrees"
    assert 0 < numeric.problems < 20
    harmless = Hypothesis("H", Integrable(norm2(a(x)), p(x)))
    assert verdicts(chain(start, claim, hypotheses=[harmless])) == ["refuted"]


# --- options ----------------------------------------------------------------------------


def test_the_seed_decides_everything() -> None:
    broken = with_claim(fm_cfm, *MUTATIONS["factor"])
    first, again, other = (check_steps(broken, seed=seed) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_the_number_of_problems() -> None:
    for count in (1, 7):
        found = check_steps(load("gradient"), problems=count)
        assert {numeric.problems for numeric in found.values()} == {count}
    with pytest.raises(InputError, match="problems: expected at least 1, found 0"):
        check_steps(fm_cfm, problems=0)
    with pytest.raises(InputError, match="seed: expected a number that is not negative"):
        check_steps(fm_cfm, seed=-1)


def test_a_problem_of_ones_own() -> None:
    problem = random_problem(1, np.random.default_rng(5))
    found = check_steps(fm_cfm, problem=problem)
    assert {(n.status, n.problems) for n in found.values()} == {("agrees", 1)}
    late = replace(problem, path=LinearVPPath(), time=TimeLaw.uniform(0, 0.5))
    with pytest.raises(InputError, match="time: the term draws t from the uniform law"):
        check_steps(fm_cfm, problem=late)


def test_derivations_share_one_witness() -> None:
    witness = Witness(problems=4)
    counted = []
    for name in ("fm-cfm", "gradient"):
        found = witness.check(load(name), progress=lambda: counted.append(1))
        assert all(isinstance(n, Numeric) and n.status == "agrees" for n in found.values())
    assert len(counted) == 23


def test_a_part_that_starts_from_a_false_line_is_judged_on_its_own() -> None:
    parts = [
        Part("first", L_FM(theta), [Step("1", 2 * L_FM(theta), by="ring")]),
        Part("second", L_FM(theta), [Step("2", L_FM(theta), by="ring")]),
    ]
    assert verdicts(Derivation("two", parts=parts), problems=4) == ["refuted", "agrees"]


s, r = Real("s r")


@pytest.mark.parametrize(
    ("low", "high", "relation"),
    [(s, Abs(s), "="), (0, s**3, "≤"), (s, 2, "≤"), (Abs(s * r), s * r, "=")],
    ids=str,
)
def test_a_real_has_either_sign_and_may_be_large(low: Any, high: Any, relation: str) -> None:
    claim = Derivation(
        "signs", start=low, variables=[r, s], steps=[Step("1", high, by="auto", relation=relation)]
    )
    assert check_steps(claim)["1"].status == "refuted"


def test_a_real_that_a_symbol_takes_is_a_time() -> None:
    f = Scalar("f", s)
    times = Derivation(
        "times", start=f(s) * Abs(s), variables=[s], steps=[Step("1", f(s) * s, by="auto")]
    )
    assert check_steps(times)["1"].status == "agrees"
