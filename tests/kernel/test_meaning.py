"""Every kernel rule against two meanings of the language that know nothing of the rules.

A theorem must hold in a model wherever its hypotheses do. Finite models see algebra, scope and
division by zero; geometric models see divergent integrals.
"""

from __future__ import annotations

import os
import random
from fractions import Fraction

import condition_instances
import field_instances
import field_terms
import finite
import geometric
import pytest
import rule_instances

from fmproof import Density, Expect, Inner, IntegralOver, Lebesgue, Ratio, Scalar, SortError
from fmproof.kernel import equality, functions, integrals
from fmproof.kernel import ring as rings
from fmproof.kernel.theorem import Theorem
from fmproof.lang.props import Almost, Equals, Prop, VanishesWith
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.testing.strategies.language import (
    DENSITIES,
    SCALARS,
    Terms,
    a,
    g,
    p,
    q,
    s,
    seeded,
    t,
    x,
    y,
    z,
)

SEED = os.environ.get("FMPROOF_TEST_SEED", "0")
FINITE = [finite.Model(i) for i in range(3)]
GEOMETRIC = [geometric.Model(i, mixed=i % 2 == 0) for i in range(4)]
ELSEWHERE = {Sort.REAL: (Fraction(7, 3),), Sort.VEC: ((Fraction(5), Fraction(1, 3)),)}


def refuted(theorem: Theorem, rng: random.Random, tries: int = 2) -> tuple[bool, bool]:
    """(whether a finite model refutes the theorem, whether its hypotheses held in one)."""
    return refuted_prop(theorem.conclusion, theorem.hypotheses, rng, tries)


def refuted_prop(
    conclusion: Prop, hypotheses: tuple[Prop, ...], rng: random.Random, tries: int
) -> tuple[bool, bool]:
    free = free_vars(conclusion).union(*(free_vars(h) for h in hypotheses))
    tested = False
    for _ in range(tries):
        model = rng.choice(FINITE)
        env = {
            var: rng.choice((*model.values(var), *ELSEWHERE.get(var.sort, ())))
            for var in sorted(free, key=lambda v: v.name)
        }
        try:
            if all(model.holds(h, env) for h in hypotheses):
                false = not model.holds(conclusion, env)
                tested = True
                if false:
                    return True, True
        except finite.Undecided:
            continue
    return False, tested


def drawn_terms(seed: str, number: int, field: bool) -> Terms:
    """Random terms; of the field, which cost more, always or every fourth time."""
    return field_terms.seeded(seed) if field or number % 4 == 0 else seeded(seed)


def reproduce(test: str, seed: str) -> str:
    return f"reproduce: FMPROOF_TEST_SEED={SEED} pytest {__file__} -k {test!r}  # {seed}"


BUILDERS = {**rule_instances.BUILDERS, **field_instances.BUILDERS}


@pytest.mark.parametrize("rule", BUILDERS)
def test_rule_holds_in_finite_models(rule: str) -> None:
    tested = 0
    for i in range(2_000):  # instances are drawn until enough of them could be tested
        if i >= 45 and tested >= 8:
            break
        seed = f"{SEED}/{rule}/{i}"
        try:
            theorem = BUILDERS[rule](drawn_terms(seed, i, rule in field_instances.BUILDERS))
        except SortError:  # the random choice is no term
            continue
        if theorem is not None:
            false, alive = refuted(theorem, random.Random(seed))
            assert not false, f"{theorem!r}\n{reproduce(rule, seed)}"
            tested += alive
    assert tested >= 8, f"only {tested} instances of {rule} were tested"


@pytest.mark.parametrize("rule", condition_instances.BUILDERS)
def test_rule_holds_in_geometric_models(rule: str) -> None:
    true = diverging = 0
    for i in range(3_000):
        if i >= 100 and true >= 8 and (diverging or rule != "linearity"):
            break
        seed = f"{SEED}/{rule}/{i}"
        terms = condition_instances.plain(random.Random(seed).choice)
        try:
            theorem = condition_instances.BUILDERS[rule](terms)
        except geometric.Undecided:
            continue
        for model in GEOMETRIC if theorem is not None else ():
            try:
                assumed = all(model.holds(h) for h in theorem.hypotheses)
                concluded = model.holds(theorem.conclusion)
            except geometric.Undecided:
                continue
            assert concluded or not assumed, (
                f"{theorem!r} in model {model.seed}\n{reproduce(rule, seed)}"
            )
            true += assumed
            diverging += not assumed and not concluded
    assert true >= 8, f"only {true} instances of {rule} were tested"
    if rule == "linearity":
        assert diverging, "no instance shows that its condition is needed"


# --- many rules in a row ----------------------------------------------------------------------

STEPS = (
    *rule_instances.UNARY[1:],
    lambda term: integrals.iterated_expectation(term, 1),
    lambda term: integrals.marginal_draw(term, 0),
    lambda term: integrals.marginal_draw(term, 1),
    lambda term: integrals.drop_draw(term, 0),
    lambda term: integrals.drop_draw(term, 1),
    lambda term: integrals.reorder_draws(term, (1, 0)),
    integrals.substitute_draws,
    functions.absolute_value,
    lambda term: rings.ring(term, rings.ring_normal(term)),
)


def test_chains_of_rules_hold_in_finite_models() -> None:
    lengths = 0
    for i in range(120):
        seed = f"{SEED}/chain/{i}"
        theorem, steps = chain(drawn_terms(seed, i, False), random.Random(seed))
        false, _ = refuted(theorem, random.Random(seed))
        assert not false, f"{theorem!r}\n{reproduce('chains', seed)}"
        lengths += steps
    assert lengths >= 400, f"the chains had {lengths} steps in all"


def chain(b: Terms, rng: random.Random) -> tuple[Theorem, int]:
    """A theorem made by rewriting anywhere, instantiating, and putting into contexts."""
    theorem = None
    while theorem is None:
        theorem = rule_instances.equation(b)
    done = 0
    for _ in range(8):
        if size(theorem.conclusion) > 200:
            break
        longer = rng.choice(MOVES)(b, theorem, rng)
        if longer is not None:
            theorem, done = longer, done + 1
    return theorem, done


def rewritten(b: Terms, theorem: Theorem, rng: random.Random) -> Theorem | None:
    places = [(path, rule) for path in positions(theorem.rhs) for rule in STEPS]
    for path, rule in rng.sample(places, min(len(places), 40)):
        step = rule_instances.attempt(at, theorem.rhs, path, rule)
        if step is not None and step.lhs != step.rhs:
            return equality.transitivity(theorem, step)
    return None


def wrapped(b: Terms, theorem: Theorem, rng: random.Random) -> Theorem | None:
    return rule_instances.in_context(b, theorem)


def turned(b: Terms, theorem: Theorem, rng: random.Random) -> Theorem:
    return equality.symmetry(theorem)


def instantiated(b: Terms, theorem: Theorem, rng: random.Random) -> Theorem | None:
    free = sorted(free_vars(theorem.conclusion), key=lambda v: v.name)
    if not free:
        return None
    var = rng.choice(free)
    return rule_instances.attempt(equality.instantiate, theorem, {var: b.term(var.sort, 1)})


def replaced(b: Terms, theorem: Theorem, rng: random.Random) -> Theorem | None:
    head = rng.choice([h for h in (*SCALARS, *DENSITIES, a) if h.definition is None])
    body = rule_instances.replacement(b, head)
    if body is None:
        return None
    return rule_instances.attempt(equality.instantiate_head, theorem, head, head.params, body)


MOVES = (rewritten, rewritten, rewritten, wrapped, turned, instantiated, replaced)


def positions(term, path=()):  # type: ignore[no-untyped-def]
    """The paths to all places that congruence can rewrite."""
    from fmproof.tactics.rewriting import rewritable

    yield path
    for place in rewritable(term):
        yield from positions(term.args[place], (*path, place))


def at(term, path, rule):  # type: ignore[no-untyped-def]
    """The rule's theorem at a place, carried to the root."""
    if not path:
        return rule(term)
    inside = at(term.args[path[0]], path[1:], rule)
    return equality.congruence(term, {path[0]: inside})


def size(node) -> int:  # type: ignore[no-untyped-def]
    return 1 + sum(size(arg) for arg in node.args)


# --- the models can tell ----------------------------------------------------------------------

f = Scalar("f", t, s)
in_t, in_s = Lebesgue(t, 0, 1), Lebesgue(s, 0, 1)
FALSE = {
    "a sign": (Equals(Inner(x, y - z), Inner(x, y) + Inner(x, z)), ()),
    "a capture": (
        Equals(IntegralOver(f(t, s), in_t), IntegralOver(f(t, t), in_t)),
        (),
    ),
    "0/0 cancelled": (Equals(q(x) * Ratio(g(t, x), q(x)), g(t, x)), ()),
    "a draw that is used": (Equals(Expect(g(t, x), q(z), p(t, x, z)), Expect(g(t, x), q(x))), ()),
    "a condition for one value only": (
        Equals(
            IntegralOver(q(x) * Ratio(g(t, x), q(x)), Lebesgue(x)),
            IntegralOver(g(t, x), Lebesgue(x)),
        ),
        (VanishesWith(g(t, x), q(x)),),
    ),
    "a mean for a value": (Almost(Equals(Expect(x, q(x)), x), q(x)), ()),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_finite_model_refutes(name: str) -> None:
    conclusion, hypotheses = FALSE[name]
    false, tested = refuted_prop(conclusion, hypotheses, random.Random(0), 60)
    assert tested
    assert false


# ∫(q(x) − r(x)) dx = 0 for every z, yet |q(x) − r(x)| is not integrable over x and z together.
r = Density("r", x)
unbalanced = q(x) - r(x) + q(x) * q(z)
under_law = Ratio(q(x) - r(x), q(x) * q(z)) + 1
WITHOUT_CONDITION = {
    "an iterated integral": integrals.iterated_expectation(
        IntegralOver(unbalanced, Lebesgue(z), Lebesgue(x)), 1
    ),
    "expectation_as_integral": integrals.expectation_as_integral(Expect(under_law, q(z), q(x))),
    "iterated_expectation": integrals.iterated_expectation(Expect(under_law, q(z), q(x)), 1),
}


@pytest.mark.parametrize("rule", WITHOUT_CONDITION)
def test_an_equation_is_false_where_its_condition_fails(rule: str) -> None:
    theorem, model = WITHOUT_CONDITION[rule], GEOMETRIC[0]
    (condition,) = theorem.hypotheses
    assert not model.holds(condition)
    assert not model.holds(theorem.conclusion)


def test_the_main_theorem_holds_in_a_finite_model() -> None:
    from fmproof.derivations.fm_cfm import L_CFM, L_FM, C
    from fmproof.derivations.symbols import theta

    model = finite.Model("main")
    for point in finite.PARAMETERS:
        left = model.value(L_FM(theta), {theta: point})
        assert left == model.value(L_CFM(theta) + C, {theta: point})
        assert left != model.value(L_CFM(theta), {theta: point}), text(L_CFM(theta))
