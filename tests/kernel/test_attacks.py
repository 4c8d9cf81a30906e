"""Attempts to make the kernel prove something false. Each of them has to be refused.

The first six once succeeded.
"""

from __future__ import annotations

import copy
import pickle
from types import MappingProxyType
from typing import Any

import pytest
from sympy import Add, AtomicExpr, Basic, Expr, S, Symbol

from fmproof import (
    Almost,
    CondExpect,
    Density,
    Differentiable,
    Div,
    Dominated,
    Equals,
    Exp,
    Expect,
    Field,
    FmproofError,
    Grad,
    Integrable,
    Integral,
    IntegralOver,
    Latent,
    Law,
    Lebesgue,
    Let,
    Log,
    Named,
    Param,
    Partial,
    Positive,
    Ratio,
    Real,
    Scalar,
    SortError,
    Theorem,
    VanishesWith,
    Vec,
    norm2,
)
from fmproof.derived import restatements
from fmproof.errors import RuleError
from fmproof.kernel import almost, conditional, equality, integrability, integrals, order, ring
from fmproof.kernel import hypotheses as sequents
from fmproof.lang.nodes import Apply, Constant, Gaussian, Var
from fmproof.lang.nodes.conditional import Given
from fmproof.lang.nodes.name import Label
from fmproof.lang.props import Prop
from fmproof.lang.scope import alpha_equal, canon, substitute
from fmproof.lang.sorts import Sort

s, t = Real("s t")
x, y, z = Vec("x y z")
theta = Param("theta")
f = Scalar("f", t, s)
g = Scalar("g", x)
p = Density("p", x)
q = Density("q", x, given=z)
law, latent = Law("P", x), Latent("e")
h = Scalar("h", x, y)


def total_mass(density: Expr, draw: Expr) -> Theorem:
    """⊢ ∫ p(x) dx = 1, from what it means to be a density."""
    mean = integrals.drop_draw(Expect(S.One, draw), 0)
    written = integrals.expectation_as_integral(Expect(S.One, draw))
    (condition,) = written.hypotheses
    written = sequents.discharge(written, integrability.finite_measure(condition))
    return equality.transitivity(equality.symmetry(written), mean)


# --- once successful ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "definition",
    [
        IntegralOver(1, Lebesgue(s, 0, 5)),  # 5
        IntegralOver(1, Lebesgue(x)),  # divergent, so 0
        IntegralOver(IntegralOver(1, Lebesgue(s, 0, 5)), Lebesgue(x)),
    ],
)
def test_an_integral_of_a_constant_is_no_density(definition: Expr) -> None:
    with pytest.raises(SortError, match="not visibly a probability density"):
        Density("p", (t, 0, 1), definition=definition)


def test_zero_is_not_as_large_as_one() -> None:
    for places, refusal in (((), "reorder"), ((0,), "different integrals")):
        with pytest.raises(RuleError, match=refusal):
            integrability.tonelli(Integrable(1, Lebesgue(x)), Integrable(0, Lebesgue(x)), places)


def test_a_density_does_not_become_one_of_another_variable() -> None:
    theorem = total_mass(p(x), p(x))
    with pytest.raises(RuleError, match=r"found q\(x\|x\)"):
        equality.instantiate_head(theorem, p, (x,), q(x, x))


def test_a_replacement_names_each_parameter_once() -> None:
    conditional = Density("c", x, given=z)
    theorem = total_mass(conditional(x, z), conditional(x, z))
    with pytest.raises(SortError, match="same parameter twice"):
        equality.instantiate_head(theorem, conditional, (x, x), p(x))


def test_a_reserved_name_is_not_captured() -> None:
    reserved = canon(IntegralOver(f(t, t), Lebesgue(t))).measure[0].var
    nested = IntegralOver(IntegralOver(f(s, reserved), Lebesgue(s)), Lebesgue(reserved))
    captured = IntegralOver(IntegralOver(f(s, s), Lebesgue(s)), Lebesgue(reserved))
    with pytest.raises(SortError, match="reserved name"):
        restatements.restate(restatements.reflexivity(nested), Equals(nested, captured))


def test_the_support_of_a_marginal_is_that_at_a_fixed_time() -> None:
    joint = Density("p", x, sub=t, given=z)(t, x, z) * Density("q", z)(z)
    marginal = Density("m", x, sub=t, definition=Integral(joint, z))
    assert almost.support_of_marginal(marginal(t, x))
    with pytest.raises(RuleError, match="not given any"):
        almost.support_of_marginal(marginal(g(x), x))


# --- densities that are none ----------------------------------------------------------------

prior = Density("prior", z)


@pytest.mark.parametrize(
    "definition",
    [
        Integral(q(x, z), z),  # z is not drawn
        Integral(q(x, z) * prior(z) * prior(z), z),
        Integral(2 * q(x, z) * prior(z), z),
        Integral(q(x, z) * prior(z) + q(x, z) * prior(z), z),
        Integral(q(x, z) * prior(x), z),  # neither draws z
        Integral(q(x, z) * q(z, x), z),  # a circle
        Integral(prior(z) * prior(y), y, z),  # x is not drawn
        q(x, x),
        p(x) * prior(x),
        Ratio(p(x), p(x)),
        Integral(q(x, z) * prior(z), z, (s, 0, 2)),
        S.One,
        g(x),
    ],
)
def test_not_a_density(definition: Expr) -> None:
    with pytest.raises(SortError):
        Density("m", x, definition=definition)


@pytest.mark.parametrize("value", [2, -1, 0])
def test_a_constant_density_has_mass_one(value: int) -> None:
    with pytest.raises(SortError, match="does not integrate to one"):
        Density("p", (t, 0, 1), definition=value)


def test_ranges_of_densities_must_agree() -> None:
    wide = Density("wide", (t, 0, 2))
    with pytest.raises(SortError):
        Density("m", (t, 0, 1), definition=wide(t))
    rho = Density("rho", (t, 0, 1))
    theorem = integrals.drop_draw(Expect(S.One, rho(t)), 0)
    with pytest.raises(RuleError, match="over the same ranges"):
        equality.instantiate_head(theorem, rho, (t,), wide(t))
    with pytest.raises(RuleError, match="not the integral of a constant"):
        integrability.finite_measure(Integrable(rho(t), Lebesgue(t)))
    with pytest.raises(RuleError, match="not the integral of a constant"):
        integrability.finite_measure(Integrable(q(x, x), Lebesgue(x)))


@pytest.mark.parametrize("body", [g(x), 2 * p(x), p(x) ** 2, p(x) * g(x), S.One])
def test_a_density_becomes_a_density_only(body: Expr) -> None:
    with pytest.raises((RuleError, SortError)):
        equality.instantiate_head(total_mass(p(x), p(x)), p, (x,), body)


def test_what_has_a_definition_is_not_replaced() -> None:
    unit = Density("p", (t, 0, 1), definition=1)
    with pytest.raises(RuleError, match="has a definition"):
        equality.instantiate_head(equality.unfold(unit(t)), unit, (t,), Density("r", (t, 0, 1))(t))


def test_a_weight_stays_nonnegative() -> None:
    weight = Scalar("w", t, nonneg=True)
    theorem = order.nonnegativity(weight(t))
    with pytest.raises(RuleError, match="not clear"):
        equality.instantiate_head(theorem, weight, (t,), -weight(t))
    with pytest.raises(RuleError, match="not clear"):
        equality.instantiate_head(theorem, weight, (t,), t)


def test_a_replacement_cannot_capture() -> None:
    theorem = restatements.reflexivity(Integral(f(t, s), (t, 0, 1)))
    with pytest.raises(SortError, match="mentions"):
        equality.instantiate_head(theorem, f, (t, s), t + s + Real("r"))
    r = Real("r")
    inner = equality.instantiate_head(theorem, f, (s, t), Integral(f(s, t), (s, 0, 1)) * t)
    assert alpha_equal(inner.lhs, Integral(s * Integral(f(r, s), (r, 0, 1)), (t, 0, 1)))


# --- laws -----------------------------------------------------------------------------------


def test_draws_keep_their_order() -> None:
    law = Expect(g(x), prior(z), q(x, z))
    with pytest.raises(SortError, match="put the draw of z first"):
        integrals.reorder_draws(law, (1, 0))
    with pytest.raises(SortError, match="put the draw of z first"):
        Expect(g(x), q(x, z), prior(z))
    with pytest.raises(RuleError, match="each once"):
        integrals.reorder_draws(law, (0, 0))


def test_null_sets_under_another_law() -> None:
    everywhere = almost.everywhere(restatements.reflexivity(g(x)), [Lebesgue(x)])
    with pytest.raises(RuleError, match="a statement about the variables of the law"):
        almost.under_law(everywhere, [prior(z)])
    wide = almost.everywhere(restatements.reflexivity(f(t, t)), [Lebesgue(t, 0, 1)])
    with pytest.raises(RuleError, match="a statement about the variables of the law"):
        almost.under_law(wide, [Density("r", (t, 0, 2))(t)])
    drawn = almost.everywhere(restatements.reflexivity(g(x)), [prior(x)])
    with pytest.raises(RuleError, match="a statement about the variables of the law"):
        almost.under_law(drawn, [p(x)])


def test_a_condition_under_a_binder_must_hold_for_almost_every_value() -> None:
    from fmproof.derived.ratios import cancel

    inside = cancel(g(x) * Ratio(p(x), g(x)))
    (condition,) = inside.hypotheses
    outside = equality.congruence(IntegralOver(inside.lhs, Lebesgue(x)), {0: inside})
    assert outside.hypotheses == (Almost(condition, Lebesgue(x)),)
    still = sequents.discharge(outside, sequents.assume(condition))
    assert still.hypotheses == outside.hypotheses


def test_names_are_looked_through() -> None:
    from fmproof import ArgMin, Grad
    from fmproof.derived.derivatives_inside import minimisers_of_shift
    from fmproof.kernel.calculus import derivative

    loss = Scalar("L", theta)
    hidden = Named("C", loss(theta) ** 2)
    with pytest.raises(RuleError, match="no summand"):
        minimisers_of_shift(ArgMin(loss(theta) + hidden, theta))
    split = derivative(Grad(loss(theta) + hidden, theta))
    assert split.rhs == Grad(loss(theta), theta) + Grad(hidden, theta)


# --- forged theorems and forged terms ------------------------------------------------------------

GENUINE = restatements.reflexivity(g(x))


def test_a_theorem_is_not_made_by_hand() -> None:
    with pytest.raises(
        TypeError, match=r"^a Theorem is made by the rules of fmproof.kernel, never directly$"
    ):
        Theorem(Equals(0, 1))
    with pytest.raises(
        TypeError, match=r"^a Theorem is made by the rules of fmproof.kernel, never directly$"
    ):
        Theorem()
    with pytest.raises(TypeError, match=r"^Theorem cannot be subclassed$"):
        type("Mine", (Theorem,), {})


@pytest.mark.parametrize("name", ["_conclusion", "_hypotheses", "conclusion", "anything"])
def test_a_theorem_is_not_changed(name: str) -> None:
    with pytest.raises(AttributeError, match=r"^a Theorem cannot be changed$"):
        setattr(GENUINE, name, Equals(0, 1))
    with pytest.raises(AttributeError, match=r"^a Theorem cannot be changed$"):
        delattr(GENUINE, name)
    with pytest.raises((AttributeError, TypeError)):
        GENUINE.__class__ = object  # type: ignore[assignment]


def test_the_hypotheses_of_a_theorem_cannot_be_emptied() -> None:
    theorem = sequents.assume(VanishesWith(g(x), g(x)))
    with pytest.raises((AttributeError, TypeError)):
        theorem._hypotheses.clear()
    assert theorem.hypotheses


def test_a_theorem_is_not_stored() -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(
            TypeError, match=r"^a Theorem cannot be stored: check .* again instead$"
        ):
            pickle.dumps(GENUINE, protocol)
    assert copy.copy(GENUINE) is GENUINE
    assert copy.deepcopy([GENUINE])[0] is GENUINE


class LooksLikeATheorem:
    conclusion = Equals(0, 1)
    lhs, rhs, hypotheses = S.Zero, S.One, ()
    _hypotheses = MappingProxyType({})  # type: ignore[var-annotated]
    __class__ = Theorem  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("rule", "use"),
    [
        ("symmetry", equality.symmetry),
        ("transitivity", lambda th: equality.transitivity(th, GENUINE)),
        ("transitivity", lambda th: equality.transitivity(GENUINE, th)),
        ("congruence", lambda th: equality.congruence(Add(S.Zero, g(x)), {0: th})),
        ("generalise", lambda th: equality.generalise(th, x)),
        ("instantiate", lambda th: equality.instantiate(th, {})),
        ("specialise", lambda th: equality.specialise(th, x)),
        ("instantiate_head", lambda th: equality.instantiate_head(th, g, (x,), S.One)),
        ("everywhere", lambda th: almost.everywhere(th, [Lebesgue(x)])),
        ("under_law", lambda th: almost.under_law(th, [p(x)])),
        ("from_difference", lambda th: order.from_difference(th, S.Zero, S.One)),
        ("discharge", lambda th: sequents.discharge(th, GENUINE)),
        ("discharge", lambda th: sequents.discharge(GENUINE, th)),
        ("equal_sides", lambda th: equality.equal_sides(Positive(g(x)), {0: th})),
        ("transfer", lambda th: conditional.transfer(Integrable(g(x), p(x)), th, g)),
        ("bayes", lambda th: conditional.bayes(CondExpect(g(x), x, p(x)), th)),
        (
            "equal_sides",
            lambda th: equality.equal_sides(Integrable(0, Lebesgue(x)), {0: th}),
        ),
    ],
)
def test_a_look_alike_is_not_used(rule: str, use: Any) -> None:
    with pytest.raises(RuleError) as error:
        use(LooksLikeATheorem())
    argument = str(error.value).split()[1]
    assert str(error.value) == f"{rule}: {argument} must be a Theorem, found a LooksLikeATheorem"


@pytest.mark.parametrize(
    "base",
    [
        Var,
        Apply,
        Expect,
        Ratio,
        Named,
        Lebesgue,
        Label,
        Field,
        Equals,
        Let,
        Given,
        CondExpect,
        Grad,
        Exp,
        Constant,
        Law,
        Gaussian,
        Positive,
        Differentiable,
        Dominated,
    ],
)
def test_nodes_are_not_subclassed(base: type) -> None:
    with pytest.raises(TypeError, match="cannot be subclassed"):
        type("Agreeable", (base,), {"__eq__": lambda self, other: True})


def forged(kind: type, *args: Any) -> Any:
    """A node whose constructor was not asked."""
    made = Basic.__new__(kind, *args)
    Basic._args.__set__(made, args)
    return made


FORGED = {
    "given a term": lambda: Basic.__new__(CondExpect, g(x), forged(Given, g(x), y), p(x)),
    "given what is not drawn": lambda: forged(CondExpect, g(x), forged(Given, y, y), p(x)),
    "given another sort": lambda: forged(CondExpect, g(x), forged(Given, x, t), p(x)),
    "given twice": lambda: forged(CondExpect, g(x), Given(x, y), Given(x, z), p(x)),
    "given nothing": lambda: forged(CondExpect, g(x), p(x)),
    "given after the law": lambda: forged(CondExpect, g(x), p(x), Given(x, y)),
    "conditional under Lebesgue measure": lambda: forged(
        CondExpect, g(x), Given(x, y), Lebesgue(x)
    ),
    "conditional expectation of a proposition": lambda: forged(
        CondExpect, Equals(g(x), 0), Given(x, y), p(x)
    ),
    "a draw of itself": lambda: forged(Expect, g(x), forged(Let, x, x)),
    "a draw of what comes later": lambda: forged(Expect, g(x), forged(Let, x, z), p(z)),
    "a draw of another sort": lambda: forged(Expect, g(x), forged(Let, x, t)),
    "a draw of a parameter": lambda: forged(Expect, g(x), forged(Let, theta, theta)),
    "a draw of a term": lambda: forged(Expect, g(x), forged(Let, g(x), g(x))),
    "an integral over a draw": lambda: forged(IntegralOver, g(x), Let(x, y)),
    "a law as a term": lambda: law(x) + 1,
    "a law in an integral": lambda: forged(IntegralOver, g(x), law(x)),
    "a gradient in a real": lambda: forged(Grad, f(t, s), t, t),
    "a gradient of a vector": lambda: forged(Grad, x, x, x),
    "a gradient in a term": lambda: forged(Grad, g(x), g(x), g(x)),
    "a gradient at another sort": lambda: forged(Grad, g(x), x, t),
    "∂ in a vector": lambda: forged(Partial, g(x), x, x),
    "a divergence of a real": lambda: forged(Div, g(x), x, x),
    "differentiable in a latent": lambda: forged(Differentiable, g(x), latent, latent),
    "differentiable at another sort": lambda: forged(Differentiable, g(x), x, t),
    "differentiable twice in one": lambda: forged(Differentiable, g(x), x, y, x, z),
    "differentiable in nothing": lambda: forged(Differentiable, g(x)),
    "dominated in what is integrated": lambda: forged(Dominated, g(x), x, y, p(x)),
    "dominated under a law of the variable": lambda: forged(Dominated, g(x), z, y, q(x, z)),
    "positive vector": lambda: forged(Positive, x),
    "exp of a vector": lambda: forged(Exp, x),
    "log of two": lambda: forged(Log, g(x), g(x)),
    "a constant without a name": lambda: AtomicExpr.__new__(Constant),
    "a second Gaussian": lambda: Gaussian("M", x, given=(y, t)),
    "a Gaussian with a definition": lambda: Gaussian("N", x, given=(y, t), definition=p(x)),
    "a law with a definition": lambda: Law("P", x, definition=p(x)),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_node_does_not_pass_the_gate(name: str) -> None:
    """The gate rebuilds what it is given, so what a constructor refuses is refused there."""
    with pytest.raises((SortError, RuleError)):
        through_the_gate(FORGED[name])


def through_the_gate(make: Any) -> Theorem:
    node = make()
    if isinstance(node, Prop):
        return sequents.assume(node)
    return restatements.reflexivity(node)


def test_a_forged_place_is_no_capture() -> None:
    """At a place that names the bound variable, the gate renames that, and not the place."""
    made = forged(Grad, h(x, y), x, x)
    assert alpha_equal(restatements.reflexivity(made).lhs, Grad(h(x, y), x))
    assert restatements.reflexivity(forged(Grad, g(x), x)).lhs == Grad(g(x), x)
    given = forged(CondExpect, h(x, y), Given(x, x), p(x))
    assert alpha_equal(restatements.reflexivity(given).lhs, CondExpect(h(x, y), x, p(x)))
    there = substitute(restatements.reflexivity(given).lhs, {x: z})
    assert alpha_equal(there, CondExpect(h(x, y), (x, z), p(x)))


class AgreeableText(str):
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("u")


@pytest.mark.parametrize(
    "make",
    [
        lambda name: Var(name, Sort.VEC),
        lambda name: Field(name, x),
        lambda name: Density(name, x),
        lambda name: Named(name, g(x)),
    ],
)
def test_names_are_plain_text(make: Any) -> None:
    for name in (AgreeableText("u"), "", None, 3):
        with pytest.raises(SortError, match=r"must be text|not a name"):
            make(name)


class AgreeableHead:
    params = ()
    definition = S.One

    def check_arguments(self, arguments: object) -> None:
        pass

    def unfold(self, arguments: object) -> Expr:
        return Symbol("anything")


class AgreeableSum(Add):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = Add.__hash__


def test_only_the_languages_own_nodes_are_terms() -> None:
    with pytest.raises(SortError, match="expected a field, density or function"):
        Apply(AgreeableHead())  # type: ignore[arg-type]
    for stranger in (AgreeableSum(g(x), S.One), Symbol("t"), S.Infinity, S.NaN, S.Half + 0.5):
        with pytest.raises(SortError, match="not a term"):
            restatements.reflexivity(stranger)
    with pytest.raises(SortError):
        Almost(Basic(), Lebesgue(x))  # type: ignore[arg-type]


def test_nodes_do_not_change() -> None:
    label = Label("C")
    for node, attribute in ((x, "name"), (g, "definition"), (p, "over"), (label, "name")):
        with pytest.raises(AttributeError, match="immutable"):
            setattr(node, attribute, "other")


def test_every_refusal_is_for_the_reader() -> None:
    assert issubclass(RuleError, FmproofError)
    assert issubclass(SortError, FmproofError)


# --- rules that other rules follow from -----------------------------------------------------


def test_what_an_average_hides_is_not_captured() -> None:
    """Jensen's inequality over x, where the mass is an integral over z: z is drawn beside x, or
    the law of x depends on a z outside."""
    hidden = Density("h", x, given=z)
    mass = sequents.assume(Equals(g(x), Integral(p(z), z)))
    mean = restatements.reflexivity(Integral(z * Ratio(p(z), g(x)), z))
    with pytest.raises(SortError, match="draws z twice"):
        integrability.mean_square_integrable(S.One, z, mean, mass, [Lebesgue(x), Lebesgue(z)])
    with pytest.raises(SortError, match="put the draw of z first"):
        integrability.mean_square_integrable(S.One, z, mean, mass, [hidden(x, z)])
    with pytest.raises(RuleError, match=r"what .* integrates over"):
        integrability.mean_square_integrable(norm2(z), z, mean, mass, [Lebesgue(x)])


def test_a_function_with_a_hidden_use_says_nothing_of_laws() -> None:
    """h in the value of a draw, in a definition and in a name: the law moves with h."""
    function = Scalar("h", x)
    defined = Scalar("f", x, definition=function(x) + 1)
    mean = Named("C", Expect(function(x), p(x)))
    for value in (function(x) * x, defined(x) * x, mean * x):
        law = restatements.reflexivity(Expect(function(y), p(x), Let(y, value)))
        with pytest.raises(RuleError, match="restricts h"):
            conditional.transfer(Integrable(g(y), p(x), Let(y, value)), law, function)


def test_fractions_over_zero_need_what_is_false() -> None:
    """0 as a denominator, seen or not: the condition stays, and is false."""
    zero = g(x) - g(x)
    with pytest.raises(RuleError, match="not equal as fractions"):
        ring.field(Ratio(g(x), zero), S.One)
    theorem = ring.field(Ratio(1, zero), Ratio(2, zero))
    assert VanishesWith(S.One, zero) in theorem.hypotheses
    theorem = ring.field(Ratio(g(x) ** 2, g(x)), g(x))
    assert VanishesWith(S.One, g(x)) in theorem.hypotheses


def test_a_law_has_no_null_sets_of_another() -> None:
    """From a law to Lebesgue measure, to fewer variables, to another range, to a point mass."""
    known = sequents.assume(Almost(Equals(g(x), 0), p(x), q(z, x)))
    for measure in (
        [Lebesgue(x), q(z, x)],
        [p(x)],
        [p(x), Lebesgue(z)],
        [Lebesgue(x), Lebesgue(z)],
        [law(x), q(z, x)],
    ):
        with pytest.raises(RuleError, match="about the variables of the law"):
            almost.under_law(known, measure)
    free = sequents.assume(Almost(Equals(g(x), 0), Lebesgue(x)))
    for measure in ([law(x)], [p(x), Lebesgue(z)]):
        with pytest.raises(RuleError, match="about the variables of the law"):
            almost.under_law(free, measure)
    with pytest.raises(SortError, match="substitute it first"):
        almost.under_law(free, [Let(x, y)])
