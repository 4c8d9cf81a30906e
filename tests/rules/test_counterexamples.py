"""Each condition of each rule is needed: its counterexample is refused, and it is false."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from rule_numbers import Evaluator

from fmproof import check
from fmproof.catalogue import Case, Condition, RuleRecord, catalogue
from fmproof.errors import RuleError, SortError
from fmproof.kernel.equality import generalise, instantiate_head, specialise
from fmproof.kernel.hypotheses import assume
from fmproof.kernel.integrability import joint_form
from fmproof.kernel.theorem import Theorem
from fmproof.lang.node import as_term
from fmproof.lang.nodes import Apply, Density
from fmproof.lang.props import Almost, AtMost, Equals, ForAll, Integrable, Prop
from fmproof.lang.scope import canon, free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.report.model import StepReport
from fmproof.tactics.conditions import Prover
from fmproof.tactics.justify import justify
from fmproof.tactics.laws import same_integral
from fmproof.tactics.methods import Line
from fmproof.tactics.script import Derivation, Hypothesis, Step

CONDITIONS = [(rule, condition) for rule in catalogue() for condition in rule.conditions]
every_condition = pytest.mark.parametrize(
    ("rule", "condition"), CONDITIONS, ids=[c.builder for _, c in CONDITIONS]
)


def hypotheses(props: tuple[Prop, ...]) -> list[Hypothesis]:
    return [Hypothesis(f"H{i}", prop) for i, prop in enumerate(props, 1)]


def verify(rule: RuleRecord, case: Case, given: tuple[Prop, ...]) -> StepReport:
    """The claim as a step that names the rule."""
    assert isinstance(case.claim, Equals | AtMost)
    lemma = None
    if rule.name == "lemma":
        lemma = Derivation(
            "lemma",
            hypotheses=hypotheses(case.missing),
            start=case.claim.lhs,
            steps=[Step("1", case.claim.rhs, by="fubini")],
        )
    step = Step(
        "1",
        case.claim.rhs,
        by=case.by,
        using="lemma" if lemma else (),
        relation="=" if isinstance(case.claim, Equals) else "≤",
    )
    derivation = Derivation(
        "counterexample",
        hypotheses=hypotheses(given),
        start=case.claim.lhs,
        steps=[step],
        uses=[lemma] if lemma else [],
        variables=[v for v in free_vars(case.claim) if v.sort is not Sort.PARAM],
    )
    (report,) = check([derivation]).derivations[0].steps
    return report


def conclude(case: Case) -> Theorem:
    """What the named rules make of the claim: a theorem with its side conditions."""
    assert isinstance(case.claim, Equals)
    lemmas = ()
    if case.lemma is not None:
        lemmas = (justify(Line(case.lemma.lhs, case.lemma.rhs), ("fubini",), "="),)
    return justify(Line(case.claim.lhs, case.claim.rhs, lemmas), case.by, "=")


def asks(theorem: Theorem, condition: Prop) -> bool:
    """Whether a theorem assumes ``condition``, up to names and the order of the variables."""
    if isinstance(condition, Integrable):
        form = joint_form(condition)
        return any(
            isinstance(h, Integrable) and same_integral(joint_form(h), form) is not None
            for h in theorem.hypotheses
        )
    return canon(condition) in {canon(h) for h in theorem.hypotheses}


def provable(case: Case, given: tuple[Prop, ...]) -> bool:
    """Whether the claim, a side condition, follows from ``given``."""
    equations = []
    for prop in given:
        theorem = assume(prop)
        if isinstance(prop, ForAll):
            theorem = specialise(theorem, prop.var)
        if isinstance(theorem.conclusion, Equals):
            equations.append(theorem)
    named = [(h.name, h.prop) for h in hypotheses(given)]
    return Prover(named, equations).prove(case.claim) is not None


def by_the_rule(case: Case) -> set[Prop]:
    """What the kernel's rule assumes when it makes the claim of a case."""
    assert case.kernel is not None
    theorem = case.kernel()
    assert canon(theorem.conclusion) == canon(case.claim), text(theorem.conclusion)
    return set(map(canon, theorem.hypotheses))


@every_condition
def test_it_is_refused(rule: RuleRecord, condition: Condition) -> None:
    case = condition.case()
    if case.kernel and case.missing:
        assert not by_the_rule(case) <= set(map(canon, case.given))
        return
    if case.kernel:
        with pytest.raises(RuleError):
            case.kernel()
        return
    if not case.by:
        assert not provable(case, case.given)
        return
    report = verify(rule, case, case.given)
    assert report.status == "failed"
    assert report.failure is not None
    if case.missing:
        assert any(c.discharged_by is None for c in report.conditions), report.failure


SUPPLIED = [(rule, condition) for rule, condition in CONDITIONS if condition.case().missing]


@pytest.mark.parametrize(("rule", "condition"), SUPPLIED, ids=[c.builder for _, c in SUPPLIED])
def test_it_is_accepted_once_the_condition_is_given(rule: RuleRecord, condition: Condition) -> None:
    """So the condition is all that the refusal was about.

    The other conditions are decided by looking at the terms: no hypothesis can supply them.
    """
    case = condition.case()
    given = (*case.given, *case.missing)
    if case.kernel:
        assert by_the_rule(case) <= set(map(canon, given))
    elif not case.by:
        assert provable(case, given)
    else:
        report = verify(rule, case, given)
        assert report.status == "proved", report.failure


DECIDED_BY_LOOKING = {
    "equality:constant_with_parameter",
    "equality:negative_weight",
    "equality:density_not_normalised",
    "equality:density_on_another_range",
    "equality:captured_variable",
    "integrals:factor_with_bound_variable",
    "integrals:density_not_constant",
    "integrals:law_not_the_marginal",
    "integrals:draw_still_used",
    "integrals:mass_of_a_part",
    "integrals:dependent_draws_swapped",
    "others:other_summand_negative",
    "others:sign_not_clear",
    "calculus:changes_sign_at_zero",
    "calculus:factor_depends_on_parameter",
    "calculus:law_depends_on_variable",
    "calculus:probe_in_the_field",
    "calculus:shift_depends_on_parameter",
    "calculus:variance_integrated_to_zero",
    "calculus:weight_is_negative",
    "calculus:weight_of_gaussian_moves",
    "conditional:about_more_than_the_law",
    "conditional:divided_by_another_density",
    "conditional:factor_not_a_function_of_the_given",
    "conditional:means_agree_laws_do_not",
    "conditional:taken_out_though_hidden",
    "conditional:weight_not_a_function_of_the_given",
    "gaussian:direction_is_drawn",
    "gaussian:not_a_polynomial",
    "gaussian:scale_is_the_variance",
    "gaussian:variance_falls_to_zero",
    "conditions:another_law",
    "conditions:weight_not_the_marginal",
    "conditions:weight_changes_sign",
    "conditions:factor_not_constant",
    "conditions:another_denominator",
    "conditions:infinite_measure",
    "conditions:section_at_one_point",
    "conditions:unrelated_density",
    "conditions:off_the_support",
}


def test_every_other_condition_can_be_given() -> None:
    supplied = {condition.builder for _, condition in SUPPLIED}
    assert supplied == {condition.builder for _, condition in CONDITIONS} - DECIDED_BY_LOOKING


FOLLOWS = {
    ("equality:equation_at_one_parameter", "g(θ) = 0 ⇒ f(θ) = 0"),
    ("equality:true_at_one_parameter", "E_{x~p}[‖v^θ(x)‖²] < ∞"),
    ("integrals:summand_not_integrable", "E_{t~U[0,1]}[|f(t) + g(t)|] < ∞"),
    ("calculus:summand_not_differentiable", "θ ↦ f(θ) + g(θ) is differentiable at θ"),
    ("calculus:derivative_not_integrable", "∫₀¹ |f(0,t)| dt < ∞"),
    ("conditions:inner_integral_too_large", "∫₀¹ |f(s,t)| dt < ∞ for almost every s∈[0,1]"),
    ("conditions:equal_at_one_parameter", "f(θ) = g(θ)"),
}
"""Given although it follows from what is missing: the refusal means the more for it."""


def test_everything_else_that_is_given_is_needed() -> None:
    found = set()
    for rule, condition in SUPPLIED:
        case = condition.case()
        if case.kernel:
            assumed = by_the_rule(case)
            unused = (prop for prop in case.given if canon(prop) not in assumed)
            found |= {(condition.builder, text(prop)) for prop in unused}
            continue
        for prop in case.given:
            given = (*(other for other in case.given if other != prop), *case.missing)
            if case.by:
                accepted = verify(rule, case, given).status == "proved"
            else:
                accepted = provable(case, given)
            if accepted:
                found.add((condition.builder, text(prop)))
    assert found == FOLLOWS


NAMED = [
    (rule, condition)
    for rule, condition in SUPPLIED
    if condition.case().by or condition.case().kernel
]


@pytest.mark.parametrize(("rule", "condition"), NAMED, ids=[c.builder for _, c in NAMED])
def test_the_rule_itself_asks_for_it(rule: RuleRecord, condition: Condition) -> None:
    """Not only the checker, which also wants every claim to be a finite number."""
    case = condition.case()
    theorem = case.kernel() if case.kernel else conclude(case)
    assert all(asks(theorem, prop) for prop in case.missing)


def test_generalising_asks_for_every_value() -> None:
    (condition,) = next(r for r in catalogue() if r.name == "for every").conditions
    case = condition.case()
    assert isinstance(case.claim, ForAll)
    theorem = generalise(assume(case.claim.body), case.claim.var)
    assert all(asks(theorem, prop) for prop in case.missing)


@every_condition
def test_its_interpretation_is_one(rule: RuleRecord, condition: Condition) -> None:
    """What is given holds, what is missing does not, and densities integrate to one."""
    case = condition.case()
    numbers = Evaluator(case)
    for prop in case.given:
        assert numbers.holds(prop), text(prop)
    if case.missing:
        assert not all(numbers.holds(prop) for prop in case.missing)
    for head in case.meaning:
        if isinstance(head, Density):
            given = {v: 0.3 for v in head.params if v not in head.main}
            assert numbers.mass(Apply(head, *head.params), given) == pytest.approx(1, abs=1e-3)


@every_condition
def test_it_is_false(rule: RuleRecord, condition: Condition) -> None:
    case = condition.case()
    numbers = Evaluator(case)
    if not case.sides:
        assert not numbers.holds(case.claim)
        return
    claim = case.claim
    assert isinstance(claim, Equals | AtMost)
    sides = (
        float(numbers.value(claim.lhs, case.at)),
        float(numbers.value(claim.rhs, case.right_at or case.at)),
    )
    for found, stated in zip(sides, case.sides, strict=True):
        if stated == "diverges":
            assert math.isnan(found)
        else:
            assert found == pytest.approx(eval(stated, vars(math).copy()), abs=1e-3)
    lhs, rhs = sides
    assert not (lhs <= rhs + 0.01 if isinstance(claim, AtMost) else abs(lhs - rhs) < 0.01)


HOLLOW = {
    "calculus:divergence_not_integrable",
    "calculus:kink_of_positive",
    "calculus:probe_of_a_kink",
}
"""True by the convention that what does not exist is 0, and hollow: so the condition is asked."""


WITHOUT_VALUE = [
    (rule, condition)
    for rule, condition in CONDITIONS
    if isinstance(condition.case().claim, Almost) or "diverges" in condition.case().sides
]


@pytest.mark.parametrize(
    ("rule", "condition"), WITHOUT_VALUE, ids=[c.builder for _, c in WITHOUT_VALUE]
)
def test_it_is_false_by_the_conventions_too(rule: RuleRecord, condition: Condition) -> None:
    """What has no value is 0 in the language, so the claim must be false with 0 as well."""
    case = condition.case()
    numbers = Evaluator(case, nothing=0.0)
    if isinstance(case.claim, Almost):
        assert not numbers.holds(case.claim)
        return
    assert isinstance(case.claim, Equals)
    lhs, rhs = (float(numbers.value(side, case.at)) for side in case.claim.args)
    assert (abs(lhs - rhs) < 0.01) == (condition.builder in HOLLOW)


@every_condition
def test_its_text_says_what_the_sides_are(rule: RuleRecord, condition: Condition) -> None:
    spoken = {"-": "−", " / ": "/", "sqrt(2 * pi)": "√(2π)", "2 * pi": "2π", "pi": "π"}
    words = condition.counterexample.replace("neither", "diverges").replace("1/e)", "exp(−1))")
    for side in condition.case().sides:
        for written, said in spoken.items():
            side = side.replace(written, said)
        assert re.search(rf"(?<![\w/.^−]){re.escape(side)}(?![\w/^])", words), side


INSTANCES = [c for rule, c in CONDITIONS if rule.name == "instance"]


@pytest.mark.parametrize("condition", INSTANCES, ids=[c.builder for c in INSTANCES])
def test_the_kernel_refuses_the_instance(condition: Condition) -> None:
    case = condition.case()
    assert case.lemma is not None
    ((head, body),) = case.replace.items()
    with pytest.raises((RuleError, SortError)):
        instantiate_head(assume(case.lemma), head, head.params, as_term(body))


class TestTheEvaluator:
    """Controls: it finds equal what is equal, and convergent what converges."""

    def holds(self, builder: str, **meaning: str) -> bool:
        """The claim of a counterexample under a meaning in which its condition holds."""
        (condition,) = [c for _, c in CONDITIONS if c.builder == builder]
        case = condition.case()
        named = {head: meaning.get(head.name, value) for head, value in case.meaning.items()}
        numbers = Evaluator(replace(case, meaning=named))
        assert all(numbers.holds(prop) for prop in case.missing)
        if case.sides:
            assert isinstance(case.claim, Equals)
            lhs, rhs = (numbers.value(side, case.at) for side in case.claim.args)
            return bool(abs(lhs - rhs) < 1e-4)
        return numbers.holds(case.claim)

    @pytest.mark.parametrize(
        ("builder", "meaning"),
        [
            ("integrals:summand_not_integrable", {"f": "1 / sqrt(t)", "g": "cos(t)"}),
            ("integrals:component_not_integrable", {"a": "(t, exp(t))"}),
            ("integrals:expectation_not_integrable", {"f": "s * t**2"}),
            ("integrals:iterated_not_integrable", {"f": "1 / sqrt(s + t)"}),
            ("integrals:order_of_integration", {"f": "exp(s * t)"}),
            ("others:denominator_vanishes", {"p": "exp(-abs(x)) / 2", "g": "exp(-x**2)"}),
            ("calculus:summand_not_differentiable", {"f": "theta**2", "g": "cos(theta)"}),
            ("conditions:second_square", {"b": "t"}),
            ("conditions:values_not_square_integrable", {"u": "abs(x)**-0.25"}),
            ("conditions:inner_integral_too_large", {"f": "1 / sqrt(s * t)"}),
            ("conditions:no_section_integrable", {"f": "1 / sqrt(s * t)"}),
            ("conditions:second_moment_infinite", {"a": "log(t)"}),
            ("conditions:equal_to_something_rough", {"f": "theta", "g": "theta"}),
        ],
    )
    def test_true_claims_are_true(self, builder: str, meaning: dict[str, str]) -> None:
        assert self.holds(builder, **meaning)
