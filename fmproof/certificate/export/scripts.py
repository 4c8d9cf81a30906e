"""Which rule's step is proved how."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fmproof.certificate.export import (
    almost,
    calculus,
    conditional,
    differentiability,
    gaussian,
    integrability,
    integrals,
    rules,
    signs,
)
from fmproof.certificate.export.proof import At
from fmproof.certificate.export.statement.sorts import NotExported
from fmproof.lang import nodes, props


def _equal_sides(step: At) -> str:
    """A proposition along an equation, by what it is about."""
    goal, parts = step.arg(0), step.arg(1)
    if len(parts) != 1:
        raise NotExported("several equations in one proposition")
    if isinstance(goal, props.Integrable):
        return integrability.equal_integrand(step)
    if isinstance(goal, props.Differentiable):
        return differentiability.differentiable_equal(step)
    return rules.equal_sides(step)


def _reorder_draws(step: At) -> str:
    """The draws of an expectation are written in an order of their own."""
    whole = isinstance(step.arg(0), nodes.IntegralOver)
    return integrals.reordered_integral(step) if whole else rules.arithmetic(step)


SCRIPTS: Mapping[str, Callable[[At], str]] = {
    "assume": rules.assume,
    "symmetry": rules.symmetry,
    "transitivity": rules.transitivity,
    "restate": rules.same,
    "discharge": rules.discharge,
    "specialise": rules.specialise,
    "generalise": rules.generalise,
    "instantiate": rules.instantiate,
    "unfold": rules.unfold,
    "congruence": rules.congruence,
    "ring": rules.arithmetic,
    "bilinearity": rules.bilinearity,
    "cancel_denominator": rules.cancel_denominator,
    "vanishing_multiple": rules.vanishing_multiple,
    "linear_combination": rules.linear_combination,
    "linearity": integrals.linearity,
    "inner_with_integral": integrals.inner_with_integral,
    "iterated_expectation": integrals.iterated_expectation,
    "expectation_as_integral": integrals.expectation_as_integral,
    "marginal_draw": integrals.marginal_draw,
    "product_integrable": integrability.product_integrable,
    "combination_integrable": integrability.combination_integrable,
    "ratio_integrable": integrability.ratio_integrable,
    "finite_measure": integrability.finite_measure,
    "tonelli": integrability.tonelli,
    "mean_square_integrable": integrability.mean_square_integrable,
    "sections": almost.sections,
    "under_law": almost.under_law,
    "everywhere": almost.everywhere,
    "support_of_marginal": almost.support_of_marginal,
    "nonnegativity": signs.nonnegativity,
    "from_difference": signs.from_difference,
    "nonzero": signs.nonzero,
    "product_vanishes": signs.product_vanishes,
    "positive": signs.positive,
    "field": signs.field,
    "derivative": calculus.derivative,
    "differentiable": differentiability.differentiable,
    "fewer_variables": differentiability.fewer_variables,
    "exchange": calculus.exchange,
    "dominated_integrable": calculus.dominated_integrable,
    "reorder_draws": _reorder_draws,
    "pull_out": conditional.pull_out,
    "contraction": conditional.contraction,
    "contraction_of_square": conditional.contraction_of_square,
    "argmin_of_shift": calculus.argmin_of_shift,
    "equal_sides": _equal_sides,
    "gaussian_density": gaussian.gaussian_density,
    "gaussian_mean": gaussian.gaussian_mean,
    "gaussian_variance": gaussian.gaussian_variance,
    "gaussian_moments": gaussian.gaussian_moments,
    "times_gaussian": gaussian.times_gaussian,
    "times_gaussian_dominated": gaussian.times_gaussian_dominated,
    "transfer by reparametrise": gaussian.substituted,
    "transfer by marginal_draw": gaussian.marginal_almost,
    "bayes": conditional.bayes,
    "take_out": conditional.take_out,
    "conditional_linearity": conditional.conditional_linearity,
    "support_of_draw": gaussian.support_of_draw,
    "log_exp": gaussian.log_exp,
    "exp_log": gaussian.exp_log,
    "exp_of_sum": gaussian.exp_of_sum,
    "log_derivative": calculus.log_derivative,
    "integral_of_divergence": calculus.integral_of_divergence,
}
"""The kernel's rules that have a translation, by name."""


def script(rule: str) -> Callable[[At], str] | None:
    """How a step of this rule is proved; one that is arithmetic is proved as such."""
    own = SCRIPTS.get(rule)
    if own is None:
        return None
    return lambda step: rules.arithmetic(step) if rules.holds_anyway(step) else own(step)
