"""What a step may name in ``by``: each method says how the kernel's rules act on a line.

A step is justified by bringing the line before and the claim to a common form with the named
methods alone. That checks a step in both directions: expanding a square and completing one
are the same rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from sympy import Add, Basic, Expr, Mul, Pow, Rational, S

from fmproof.errors import RuleError, SortError
from fmproof.kernel.algebra import bilinearity, cancel
from fmproof.kernel.calculus import derivative, divergence_theorem, exchange, minimisers_of_shift
from fmproof.kernel.conditional import bayes, conditional_linearity, take_out
from fmproof.kernel.equality import (
    congruence,
    instantiate,
    reflexivity,
    symmetry,
    transitivity,
    unfold,
)
from fmproof.kernel.functions import (
    absolute_value,
    exponential,
    logarithm,
    root_of_product,
    root_squared,
)
from fmproof.kernel.gaussian import (
    gaussian_density,
    gaussian_mean,
    gaussian_product,
    gaussian_variance,
    is_gaussian,
    reparametrise,
)
from fmproof.kernel.hypotheses import assume
from fmproof.kernel.integrals import (
    drop_draw,
    expectation_as_integral,
    fubini,
    inner_of_integral,
    iterated_expectation,
    joint_law,
    linearity,
    marginal_draw,
    reorder_draws,
    substitute_draws,
)
from fmproof.kernel.ring import field as field_rule
from fmproof.kernel.ring import ring, ring_normal
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul
from fmproof.lang.node import bound_vars, declaration, rebuilt
from fmproof.lang.nodes import (
    Abs,
    Apply,
    CondExpect,
    Density,
    Draw,
    Expect,
    Inner,
    IntegralOver,
    Named,
    Ratio,
    Sqrt,
    Var,
    Vec,
)
from fmproof.lang.nodes.measure import conditions, drawn_by, is_density
from fmproof.lang.nodes.variable import reserved_var
from fmproof.lang.scope import alpha_equal, canon, free_vars, fresh, substitute
from fmproof.lang.spelling.text import text
from fmproof.tactics.averages import average_out, mean_of, unfolded_means
from fmproof.tactics.matching import instance, match
from fmproof.tactics.pointwise import density_slope, linear_slope
from fmproof.tactics.rewriting import Conversion, attempt, sweep


@dataclass(frozen=True)
class Line:
    """What a method may look at: the line before, the claim, and the lemmas at hand.

    Attributes:
        facts: what holds almost surely, noted by the methods that use it: the step then has the
            equation as a hypothesis, and that it holds for almost every value follows from these.
    """

    before: Expr
    claim: Expr
    lemmas: tuple[Theorem, ...] = ()
    facts: list[Theorem] = field(default_factory=list)


Method = Callable[[Line], Conversion]


def _square(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        return attempt(bilinearity, term) if isinstance(term, Inner) else None

    return convert


def expanded(term: Expr) -> Theorem | None:
    """The body of a binder multiplied out, if that changes a product or leaves nothing."""
    body = term.args[0]
    product = (body.is_Mul or body.is_Pow) and any(arg.is_Add for arg in body.args)
    normal = ring_normal(body)
    bound = frozenset(bound_vars(term))
    ratio = any(
        isinstance(f, Ratio) and not bound & free_vars(f.args[1]) and f.args[0] is not S.One
        for f in factors(body)
    )
    if body is normal or not (product or ratio or normal is S.Zero):
        return None
    return congruence(term, {0: ring(body, normal)})


def _waits(term: Expr) -> bool:
    """Whether an inner product with an integral is inside, which must come first.

    Its weight belongs to its side condition, so factors must not leave before.
    """
    if isinstance(term, Inner) and any(isinstance(a, IntegralOver | Expect) for a in term.args):
        return True
    return any(_waits(arg) for arg in term.args)


def _linearity(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        if isinstance(term, IntegralOver | Expect):
            if _waits(term.body):
                return None
            multiplied = expanded(term)
            if multiplied is None:
                return attempt(linearity, term)
            separated = attempt(linearity, multiplied.rhs)
            return separated and transitivity(multiplied, separated)
        if isinstance(term, Mul | Inner):
            return attempt(inner_of_integral, term)
        return None

    return convert


def _cancel(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        return attempt(cancel, term) if isinstance(term, Mul) and term.has(Ratio) else None

    return convert


def _expectation(_: Line) -> Conversion:
    return lambda term: attempt(expectation_as_integral, term)


def _density(_: Line) -> Conversion:
    """Densities that are constants by definition, such as p(t) = 1 on [0, 1]."""

    def convert(term: Expr) -> Theorem | None:
        if (
            isinstance(term, Apply)
            and isinstance(term.head, Density)
            and isinstance(term.head.definition, Rational)
        ):
            return unfold(term)
        return None

    return convert


def _fubini(_: Line) -> Conversion:
    """Nested integrals in a fixed order, so that both sides come to the same one."""

    def convert(term: Expr) -> Theorem | None:
        if not (isinstance(term, IntegralOver) and isinstance(term.body, IntegralOver)):
            return None
        if _names(term) <= _names(term.body):
            return None
        return attempt(fubini, term)

    return convert


def _names(term: IntegralOver) -> tuple[str, ...]:
    return tuple(item.var.name for item in term.measure)


def _marginalisation(_: Line) -> Conversion:
    """Every marginal draw written out, and the draws in a fixed order."""

    def convert(term: Expr) -> Theorem | None:
        if not isinstance(term, Expect):
            return None
        for place in range(len(term.measure)):
            theorem = attempt(marginal_draw, term, place)
            if theorem is not None:
                return theorem
        return in_standard_order(term)

    return convert


def in_standard_order(term: Expect) -> Theorem | None:
    """The draws sorted by their densities as far as dependence allows; None if they are."""
    waiting = list(range(len(term.measure)))
    order: list[int] = []
    while waiting:
        pending = {v for i in waiting for v in drawn_by(term.measure[i])}
        ready = [i for i in waiting if not pending & conditions(term.measure[i])]
        first = min(_draw_key(term.measure[i]) for i in ready)
        tied = [i for i in ready if _draw_key(term.measure[i]) == first]
        best = tied[0] if len(tied) == 1 else min(tied, key=lambda i: _role(term, i))
        order.append(best)
        waiting.remove(best)
    return None if order == list(range(len(order))) else reorder_draws(term, order)


def _draw_key(item: Draw) -> tuple[bool, str, int]:
    """Times first, then by name: the same whatever the variables are called."""
    if not isinstance(item, Apply):
        return (True, "~", 0)  # deterministic draws last
    scalar = isinstance(item, Apply) and all(v.sort.value == "real" for v in drawn_by(item))
    return (not scalar, item.head.name, len(item.arguments))


def _role(term: Expect, place: int) -> str:
    """How the body uses a draw, whatever the variables are called: tells two draws of one
    density apart."""
    own = drawn_by(term.measure[place])
    others = [v for item in term.measure for v in drawn_by(item) if v not in own]
    marks = {v: reserved_var(f"@{i}", v.sort) for i, v in enumerate(own)}
    marks |= {v: reserved_var("#", v.sort) for v in others}
    return text(canon(substitute(term.body, marks)))


def _drop(_: Line) -> Conversion:
    """Draws that nothing depends on, removed."""

    def convert(term: Expr) -> Theorem | None:
        if isinstance(term, Expect):
            for place in range(len(term.measure)):
                theorem = attempt(drop_draw, term, place)
                if theorem is not None:
                    return theorem
        return None

    return convert


def _reorder(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        return in_standard_order(term) if isinstance(term, Expect) else None

    return convert


def _tower(_: Line) -> Conversion:
    """Nested expectations merged."""

    def convert(term: Expr) -> Theorem | None:
        if not (isinstance(term, Expect) and isinstance(term.body, Expect)):
            return None
        try:
            joint = Expect(term.body.body, *term.measure, *term.body.measure)
        except SortError:
            return None
        theorem = attempt(iterated_expectation, joint, len(term.measure))
        if theorem is None or not alpha_equal(theorem.rhs, term):
            return None
        return symmetry(theorem)

    return convert


def _definition(line: Line) -> Conversion:
    """Names and defined symbols that occur on one side more often than on the other."""
    before, claim = _defined(line.before), _defined(line.claim)
    changed = {key for key in before.keys() | claim.keys() if before[key] != claim[key]}

    def convert(term: Expr) -> Theorem | None:
        return unfold(term) if _symbol(term) in changed else None

    return convert


def _symbol(term: Basic) -> Basic | None:
    if isinstance(term, Named):
        return term
    if isinstance(term, Apply) and term.head.definition is not None:
        return term.head
    return None


def _defined(term: Basic) -> Counter[Basic]:
    found: Counter[Basic] = Counter()
    symbol = _symbol(term)
    if symbol is not None:
        found[symbol] += 1
    for arg in term.args:
        found.update(_defined(arg))
    return found


def _constant(line: Line) -> Conversion:
    """A term without free variables gets a name (or loses it)."""
    known = _defined(line.before)
    for symbol in _defined(line.claim):
        if isinstance(symbol, Named) and symbol not in known and free_vars(symbol):
            stray = ", ".join(sorted(text(v) for v in free_vars(symbol)))
            raise RuleError(
                f"{text(symbol)} := {text(symbol.definition)} contains {stray}, "
                f"so it is not a constant"
            )
    unfold_changed = _definition(line)

    def convert(term: Expr) -> Theorem | None:
        return unfold_changed(term) if isinstance(term, Named) else None

    return convert


def _lemma(line: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        for theorem in line.lemmas:
            found = instance(theorem, term)
            if found is not None:
                return found
        return None

    return convert


def _derivative(_: Line) -> Conversion:
    return lambda term: attempt(derivative, term)


def _linear_derivative(_: Line) -> Conversion:
    """Sums and constants out of a derivative, nothing else."""
    return linear_slope


def _log_derivative(_: Line) -> Conversion:
    """∇p as p ∇log p."""
    return density_slope


def _exchange(_: Line) -> Conversion:
    """∇, ∂ and div under the integral."""
    return lambda term: attempt(exchange, term)


def _parts(_: Line) -> Conversion:
    """The integral of a divergence is 0."""
    return lambda term: attempt(divergence_theorem, term)


def _substitution(_: Line) -> Conversion:
    """Deterministic draws x := a put in."""
    return lambda term: attempt(substitute_draws, term)


def _pull_out(_: Line) -> Conversion:
    """E[k⟨a, E[f|X]⟩] becomes E[k⟨a, f⟩]."""
    return average_out


def _almost_sure(rule: Callable[..., Theorem]) -> Method:
    """A rule that gives an equation for almost every value: it is assumed here, and noted."""

    def method(line: Line) -> Conversion:
        def convert(term: Expr) -> Theorem | None:
            mean = mean_of(term)
            if mean is None:
                return None
            for fact in rule(mean, line):
                there = {item.var: item.at for item in mean.given}
                equation = assume(substitute(fact.conclusion.body, there))
                line.facts.append(fact)
                unfolded = unfolded_means(term)
                if alpha_equal(unfolded.rhs, equation.lhs):
                    return transitivity(unfolded, equation)
            return None

        return convert

    return method


def _take_out_of(mean: CondExpect, _: Line) -> Iterator[Theorem]:
    hidden = {v for d in mean.measure for v in drawn_by(d)} - {item.var for item in mean.given}
    parts = factors(mean.body)
    moving = [i for i, f in enumerate(parts) if hidden & free_vars(f)]
    if not moving:
        yield from _given(attempt(take_out, mean, (), -1))
    elif len(moving) < len(parts):
        yield from _given(attempt(take_out, mean, moving, -1))
    if len(moving) == 1 and isinstance(parts[moving[0]], Inner):
        for side in (0, 1):
            yield from _given(attempt(take_out, mean, moving, side))


def _linearity_of(mean: CondExpect, _: Line) -> Iterator[Theorem]:
    theorem = attempt(conditional_linearity, mean)
    if theorem is not None and theorem.conclusion.body.rhs != theorem.conclusion.body.lhs:
        yield theorem


def _bayes_of(mean: CondExpect, line: Line) -> Iterator[Theorem]:
    """With the marginal density that a lemma, or a density by definition, gives."""
    *law, last = mean.measure
    wanted = Expect(last, *law) if law and is_density(last) else None
    if wanted is None:
        return
    for marginal in (*line.lemmas, *_mixtures(line)):
        for equation in (marginal, attempt(symmetry, marginal)):
            found = equation and match(equation.rhs, wanted)
            if found is not None and equation is not None:
                there = attempt(instantiate, equation, found)
                yield from _given(there and attempt(bayes, mean, there))


def _mixtures(line: Line) -> Iterator[Theorem]:
    """p(x) = E_z[k(x|z)] for the densities in the lines that are defined so."""
    seen = set()
    for head in sorted(_densities(line.before) | _densities(line.claim), key=str):
        if head in seen or head.definition is None or isinstance(head.definition, Rational):
            continue
        seen.add(head)
        term = head(*head.params)
        plain = unfold(term)
        yield plain
        law = joint_law(term, free_vars(term))
        if law is not None:
            own = [d for d in law if set(drawn_by(d)) == set(head.drawn(term))]
            rest = [d for d in law if d not in own]
            if len(own) == 1 and rest:
                try:
                    spelled = expectation_as_integral(Expect(own[0], *rest))
                except (RuleError, SortError):
                    continue
                line_of = Line(plain.rhs, spelled.rhs)
                middle = common_form(line_of, ("fubini",)).agree
                both = common_form(line_of, ("fubini",))
                if middle is not None:
                    joined = transitivity(transitivity(both.left, middle), symmetry(both.right))
                    yield transitivity(plain, transitivity(joined, symmetry(spelled)))


def _densities(term: Basic) -> set[Density]:
    own = {term.head} if isinstance(term, Apply) and isinstance(term.head, Density) else set()
    return own.union(*map(_densities, term.args))


def _given(theorem: Theorem | None) -> Iterator[Theorem]:
    if theorem is not None:
        yield theorem


def _logarithm(_: Line) -> Conversion:
    return lambda term: attempt(logarithm, term)


def _exponential(_: Line) -> Conversion:
    return lambda term: attempt(exponential, term)


def _root(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        rules = (absolute_value, root_of_product) if isinstance(term, Sqrt | Abs) else ()
        if isinstance(term, Mul | Pow):
            rules = (root_squared,)
        return next((th for rule in rules if (th := attempt(rule, term)) is not None), None)

    return convert


def _gaussian(_: Line) -> Conversion:
    """N(x; m, v) written out."""
    return lambda term: attempt(gaussian_density, term)


def _gaussian_product(_: Line) -> Conversion:
    """A product of two Gaussian densities as marginal times posterior."""

    def convert(term: Expr) -> Theorem | None:
        parts = factors(term) if isinstance(term, Mul) else ()
        places = [i for i, part in enumerate(parts) if is_gaussian(part)]
        for first, second in permutations(places, 2):
            theorem = attempt(gaussian_product, term, first, second)
            y = parts[second].args[1]
            if theorem is not None and y in free_vars(parts[first].args[2]):
                return theorem
        return None

    return convert


def _reparametrisation(_: Line) -> Conversion:
    """x~N(m, s²) as e~N(0, 1), x := m + s e."""

    def convert(term: Expr) -> Theorem | None:
        if not isinstance(term, Expect):
            return None
        for place, item in enumerate(term.measure):
            if is_gaussian(item):
                _, mean, variance = item.arguments
                scale = root_of(variance)
                if scale is None or (mean is S.Zero and scale is S.One):
                    continue
                taken = free_vars(term).union(*map(drawn_by, term.measure))
                noise = fresh(Vec("e"), taken)
                return attempt(reparametrise, term, place, scale, noise)
        return None

    return convert


def root_of(variance: Expr) -> Expr | None:
    """s where a variance is s² by its form."""
    counted = Counter(factors(variance))
    if any(count % 2 for base, count in counted.items() if base is not S.One):
        return None
    return mul(*(base for base, count in counted.items() for _ in range(count // 2)))


def _moments(_: Line) -> Conversion:
    """E[x] = m and E‖x − m‖² = v d under x~N(m, v)."""

    def convert(term: Expr) -> Theorem | None:
        if isinstance(term, Expect) and len(term.measure) == 1 and is_gaussian(term.measure[0]):
            for rule in (gaussian_mean, gaussian_variance):
                theorem = attempt(rule, term.measure[0])
                if theorem is not None and alpha_equal(theorem.lhs, term):
                    return theorem
        return None

    return convert


def _minimisers(_: Line) -> Conversion:
    return lambda term: attempt(minimisers_of_shift, term)


def _nothing(_: Line) -> Conversion:
    return lambda term: None


METHODS: dict[str, Method] = {
    "ring": _nothing,
    "square": _square,
    "cancel": _cancel,
    "linearity": _linearity,
    "expectation": _expectation,
    "density": _density,
    "fubini": _fubini,
    "marginalisation": _marginalisation,
    "drop": _drop,
    "reorder": _reorder,
    "tower": _tower,
    "substitution": _substitution,
    "pull-out": _pull_out,
    "take-out": _almost_sure(_take_out_of),
    "conditional-linearity": _almost_sure(_linearity_of),
    "bayes": _almost_sure(_bayes_of),
    "derivative": _derivative,
    "linear-derivative": _linear_derivative,
    "log-derivative": _log_derivative,
    "exchange": _exchange,
    "parts": _parts,
    "log": _logarithm,
    "exp": _exponential,
    "root": _root,
    "gaussian": _gaussian,
    "gaussian-product": _gaussian_product,
    "reparametrisation": _reparametrisation,
    "moments": _moments,
    "field": _nothing,
    "minimisers": _minimisers,
    "definition": _definition,
    "constant": _constant,
    "lemma": _lemma,
    "nonnegative": _nothing,
    "auto": _nothing,
}
"""The names that a step may give in ``by``."""


@dataclass
class Common:
    """Both lines after the methods have acted on them."""

    left: Theorem  #: line before = its common form
    right: Theorem  #: claim = its common form
    used: set[str] = field(default_factory=set)  #: the methods that acted
    fractions: bool = False  #: whether denominators may be cleared

    @property
    def agree(self) -> Theorem | None:
        """The equation of the two forms by arithmetic, if there is one."""
        left, right = self.left.rhs, self.right.rhs
        return equal_fractions(left, right) if self.fractions else attempt(ring, left, right)


def common_form(line: Line, names: Sequence[str]) -> Common:
    """Bring both lines to the form that the named methods give."""
    conversions = [(name, METHODS[name](line)) for name in names]
    used: set[str] = set()

    def convert(term: Expr) -> Theorem | None:
        for name, conversion in conversions:
            theorem = conversion(term)
            if theorem is not None:
                used.add(name)
                return theorem
        return None

    def normal(term: Expr) -> Theorem:
        theorem = sweep(term, convert)
        return reflexivity(term) if theorem is None else theorem

    return Common(normal(line.before), normal(line.claim), used, "field" in names)


def equal_fractions(left: Expr, right: Expr) -> Theorem | None:
    """The equation of two terms as fractions of polynomials, under the same binders."""
    theorem = attempt(ring, left, right) or attempt(field_rule, left, right)
    if theorem is not None:
        return theorem
    if isinstance(left, Add) and isinstance(right, Add):
        return _equal_summands(left, right)
    if type(left) is not type(right) or len(left.args) != len(right.args):
        return None
    right = _named_alike(right, left)
    places = declaration(left).places(left)
    parts = {}
    for i, (a, b) in enumerate(zip(left.args, right.args, strict=True)):
        if alpha_equal(a, b):
            continue
        part = equal_fractions(a, b) if i in places else None
        if part is None:
            return None
        parts[i] = part
    return attempt(congruence, left, parts)


def _equal_summands(left: Add, right: Add) -> Theorem | None:
    """Two sums of as many summands, each equal to one of the other."""
    if len(left.args) != len(right.args):
        return None
    waiting, parts = list(right.args), {}
    for i, a in enumerate(left.args):
        for b in waiting:
            part = equal_fractions(a, b)
            if part is not None:
                waiting.remove(b)
                parts[i] = part
                break
        else:
            return None
    return attempt(congruence, left, parts)


def _named_alike(term: Expr, other: Expr) -> Expr:
    """A binder with the bound names of another, where that captures nothing."""
    ours, theirs = bound_vars(term), bound_vars(other)
    if ours == theirs or len(ours) != len(theirs):
        return term
    renaming: dict[Var, Expr] = dict(zip(ours, theirs, strict=True))
    renamed = rebuilt(term, *(substitute(arg, renaming) for arg in term.args))
    return renamed if alpha_equal(renamed, term) else term
