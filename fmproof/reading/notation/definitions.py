"""What defines what: definitions, constants, marginals, priors, paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sympy import Expr, Pow, S

from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import factors, times_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Apply,
    Density,
    Expect,
    Head,
    IntegralOver,
    Lebesgue,
    Named,
    Ratio,
    Var,
)
from fmproof.lang.nodes.measure import parents_of
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import hidden_noise, posteriors, random_curves, randomness
from fmproof.reading.notation.lacking import (
    Circular,
    NotYet,
    Undefined,
    symbol_in,
)
from fmproof.reading.notation.symbols import conventional, key_of, readable, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


@dataclass
class Candidate:
    """A row that defines a symbol: its left side and its right side."""

    left: t.Node
    right: t.Node
    at: int
    place: str
    explicit: bool
    state: str = "waiting"  # waiting, working, used, refused
    why: str = ""
    late: bool = False  #: whether rows before it use the symbol, and "where" stands before it
    steps: Candidate | None = None  #: of a path in closed form, what x_t is by x_{t-1}


Key = tuple[str, int, bool, int, int]
"""A head: key, number of subscripts, whether a superscript, of arguments, of given ones."""


KEPT_CLOSED = "an integral in a coefficient of a density, which is any function here"
"""Why what a document says of a coefficient is not put in."""


@dataclass
class Meaning:
    """A head or name of the document: a symbol of the language, or an abbreviation."""

    head: Head | None = None
    params: tuple[Var, ...] = ()
    body: Expr | None = None  # of an abbreviation, over params
    order: tuple[int, ...] = ()


def candidate_of(elab: Elaborator, call: t.Call | t.Sym, letters: str = "") -> Candidate | None:
    head = call.head if isinstance(call, t.Call) else call
    if isinstance(call, t.Sym):
        if not elab.by_spelling:
            for options in elab.candidates.values():
                for one in options:
                    if isinstance(one.left, t.Sym):
                        elab.by_spelling.setdefault(spelled(one.left), []).append(one)
        named = elab.by_spelling.get(spelled(call), ())
        return next((c for c in named if c.state not in ("refused", "working")), None)
    key = key_of(head)
    found: list[Candidate] = [*elab.candidates.get(key, ()), *_numbered(elab, key)]
    for candidate in found:
        left = candidate.left
        if candidate.state in ("refused", "working"):
            continue
        if not isinstance(left, t.Call) or posteriors.of_another_pair(elab, call, left):
            continue
        same = (len(left.args), len(left.given), len(left.after), len(left.head.sub)) == (
            len(call.args),
            len(call.given),
            len(call.after),
            len(call.head.sub),
        ) and (left.head.sup is None) == (call.head.sup is None)
        same = same and _same_numbers(left.head, call.head)
        if same and key in elab.evidence.mixed:
            same = [spelled(g) for g in left.given] == [spelled(g) for g in call.given]
        if (
            same
            and letters
            and "".join(map(spelled, left.args)) != "".join(map(spelled, call.args))
        ):
            same = all(isinstance(a, t.Sym) for a in left.args) and any(
                isinstance(s, t.Sym) and elab.is_time(spelled(s)) for s in left.head.sub
            )
        if same:
            return candidate
    return None


def _same_numbers(one: t.Sym, other: t.Sym) -> bool:
    """m_0 is not m_1; what is defined at a number is defined there alone."""
    pairs = zip(one.sub, other.sub, strict=True) if len(one.sub) == len(other.sub) else ()
    return all(spelled(a) == spelled(b) for a, b in pairs if isinstance(a, t.Num))


def _numbered(elab: Elaborator, key: str) -> list[Candidate]:
    """The definitions of x̂_0(x), ψ_x(x) and the like: the script is a word on the letter."""
    if not elab.numbered:
        elab.numbered[""] = []
        for options in list(elab.candidates.values()):
            for one in options:
                head = one.left.head if isinstance(one.left, t.Call) else None
                marks = [s for s in head.sub if _is_mark(elab, s)] if head else []
                if head is None or not marks or not isinstance(one.left, t.Call):
                    continue
                label = "".join(letter for s in marks for letter in spelled(s) if letter.isalnum())
                rest = tuple(s for s in head.sub if s not in marks)
                named = replace(head, sub=rest, labels=(*head.labels, label))
                left = replace(one.left, head=named)
                elab.numbered.setdefault(key_of(named), []).append(replace(one, left=left))
    return elab.numbered.get(key, [])


def _is_mark(elab: Elaborator, script: t.Node) -> bool:
    """Whether a subscript is a word on a letter: a number, or a letter that is no variable."""
    if isinstance(script, t.Sym):
        return not script.sub and spelled(script) not in elab.bound and not elab.scopes(script)
    return isinstance(script, t.Num)


def at_another_time(elab: Elaborator, node: t.Sym) -> Expr | None:
    """α_{t-1}, α_s or α, where the document defines α_t: the definition at that time."""
    for candidate in elab.candidates.get(key_of(node), ()):
        left = candidate.left
        if not isinstance(left, t.Sym) or not left.sub or candidate.state in ("refused", "working"):
            continue
        if left.sup != node.sup or len(node.sub) not in (0, len(left.sub)):
            continue
        if not node.sub and key_of(node) in elab.evidence.apart:
            continue  # α and α_t are two things
        if not all(isinstance(s, t.Sym) and elab.is_time(spelled(s)) for s in left.sub):
            continue
        if any(isinstance(n, t.Sym) and key_of(n) == key_of(left) for n in t.walk(candidate.right)):
            continue  # a recursion
        times = dict(zip(map(spelled, left.sub), node.sub or left.sub, strict=True))
        state, candidate.state = candidate.state, "working"
        saved, elab.bound = elab.bound, []
        try:
            body = elab.term(at_times(candidate.right, times))
        except (NotYet, SortError, FmproofError):
            continue
        finally:
            candidate.state, elab.bound = state, saved
        if sort_of(body) is Sort.REAL:
            if not node.sub:
                short = f"short for {readable(key_of(left))} with a time"
                elab.note(spelled(node), short, "it is defined so", node.at, True)
            return body
    return None


def earlier_step(elab: Elaborator, node: t.Sym) -> tuple[Expr, str] | None:
    """x_{t-1} by the recursion of x_t, one step before, and where the document says that."""
    if len(node.sub) != 1 or not isinstance(node.sub[0], t.Add):
        return None
    for one in elab.candidates.get(key_of(node), ()):
        candidate = one.steps or one
        left = candidate.left
        if not isinstance(left, t.Sym) or len(left.sub) != 1 or candidate.state == "refused":
            continue
        (time,) = left.sub
        if not isinstance(time, t.Sym) or not elab.is_time(spelled(time)):
            continue
        try:
            body = elab.term(at_times(candidate.right, {spelled(time): node.sub[0]}))
        except (NotYet, SortError, FmproofError):
            continue
        if sort_of(body) is Sort.VEC and elab.variables.get(spelled(node)) not in free_vars(body):
            return body, candidate.place
    return None


def at_times(node: t.Node, times: dict[str, t.Node]) -> t.Node:
    """``node`` at other times: what is written at t stands at t − 1."""

    def visit(one: Any, script: bool = False) -> Any:
        if isinstance(one, tuple):
            return tuple(visit(part, script) for part in one)
        if isinstance(one, t.Sym) and spelled(one) in times:
            time = times[spelled(one)]
            return time if script or isinstance(time, t.Sym | t.Num) else t.Group(time.at, time)
        if isinstance(one, t.Node):
            changed = {f.name: visit(getattr(one, f.name), f.name == "sub") for f in fields(one)}
            made = replace(one, **changed)
            return _counted(made) if script and isinstance(made, t.Add) else made
        return one

    made: t.Node = visit(node)
    return made


def _counted(time: t.Add) -> t.Node:
    """t − 1 − 1 as t − 2."""
    parts: list[tuple[int, t.Node]] = []
    for sign, part in time.parts:
        bare = t.ungrouped(part)
        inner = bare.parts if isinstance(bare, t.Add) else ((1, bare),)
        parts += [(sign * own, one) for own, one in inner]
    numbers = sum((sign * p.value for sign, p in parts if isinstance(p, t.Num)), Fraction(0))
    others = [(sign, p) for sign, p in parts if not isinstance(p, t.Num)]
    if numbers:
        others.append((1 if numbers > 0 else -1, t.Num(time.at, abs(numbers))))
    one_letter = len(others) == 1 and others[0][0] == 1
    return others[0][1] if one_letter else t.Add(time.at, tuple(others))


def running_product(elab: Elaborator, node: t.Sym) -> Expr | None:
    """ᾱ_t = ∏_{s ≤ t} α_s as α_t ᾱ_{t-1}, in a document that has ᾱ_{t-1}, too, or one before it;
    ᾱ_2 as α_1 α_2."""
    product = _product_of(elab, node)
    if product is None:
        return None
    (time,) = node.sub
    if isinstance(time, t.Num):
        return _few_factors(elab, product, time)
    letter, steps = _counted_from(time)
    there = [
        _counted_from(one.sub[0])
        for one in elab.evidence.spellings.values()
        if key_of(one) == key_of(node) and len(one.sub) == 1
    ]
    unrolled = letter == elab.unrolled and steps == 0
    known = any(name == letter and count < steps for name, count in there)
    if not letter or not (known or unrolled):
        return None
    before = t.Add(node.at, ((1, time), (-1, t.Num(node.at, Fraction(1)))))
    factor = _factor(elab, product, time)
    if sort_of(factor) is not Sort.REAL:
        return None
    product.state = "used"
    why = "it is the product of them"
    elab.note(spelled(node), "the last factor times the product before it", why, node.at, True)
    return times_of(factor, elab.term(replace(node, sub=(_counted(before),))))


def _product_of(elab: Elaborator, node: t.Sym) -> Candidate | None:
    """The row that says that ᾱ_t is ∏_{s=1}^t α_s."""
    if len(node.sub) != 1:
        return None
    for candidate in elab.candidates.get(key_of(node), ()):
        left, right = candidate.left, candidate.right
        if not (isinstance(left, t.Sym) and isinstance(right, t.Series) and len(left.sub) == 1):
            continue
        counted = isinstance(right.low, t.Num) and isinstance(right.index, t.Sym)
        if not (right.kind == "product" and counted) or right.high is None:
            continue
        if spelled(right.high) == spelled(left.sub[0]):
            return candidate
    return None


def _factor(elab: Elaborator, product: Candidate, time: t.Node) -> Expr:
    """The factor α_s of a product at a time."""
    series = product.right
    assert isinstance(series, t.Series)
    assert isinstance(series.index, t.Sym)
    return elab.term(at_times(series.body, {spelled(series.index): time}))


_FEW = 4
"""Products of so many factors are written out."""


def _few_factors(elab: Elaborator, product: Candidate, last: t.Num) -> Expr:
    """ᾱ_2 as α_1 α_2, ᾱ_0 as 1."""
    low = product.right.low.value  # type: ignore[attr-defined]
    count = last.value - low + 1
    if count.denominator != 1 or not 0 <= count <= _FEW:
        raise NotYet("a product of so many factors", last.at)
    product.state = "used"
    places = (t.Num(last.at, low + i) for i in range(int(count)))
    return times_of(S.One, *(_factor(elab, product, place) for place in places))


def _counted_from(time: t.Node) -> tuple[str, Fraction]:
    """(t, −1) of t − 1; ("", 0) of what is not so counted."""
    if isinstance(time, t.Sym):
        return spelled(time), Fraction(0)
    parts = time.parts if isinstance(time, t.Add) else ()
    letters = [part for sign, part in parts if sign > 0 and isinstance(part, t.Sym)]
    numbers = [sign * part.value for sign, part in parts if isinstance(part, t.Num)]
    if len(letters) != 1 or len(letters) + len(numbers) != len(parts):
        return "", Fraction(0)
    return spelled(letters[0]), sum(numbers, Fraction(0))


def _as_integral(term: Expr) -> Expr:
    """E_{q(z)}[u p / p_t] as ∫ u p q / p_t dz: quotients of densities stand under integrals."""
    if not (isinstance(term, Expect) and any(_divides(f) for f in factors(term.body))):
        return term
    (*before, last) = term.measure
    if before or not isinstance(last, Apply) or not isinstance(last.head, Density):
        return term
    return IntegralOver(times_of(last, term.body), *(Lebesgue(v) for v in last.head.drawn(last)))


def _divides(factor: Expr) -> bool:
    return isinstance(factor, Ratio) or (isinstance(factor, Pow) and factor.exp == -1)


def _is_name(left: t.Node) -> bool:
    """A loss, which has no argument that is not written."""
    return isinstance(left, t.Call) and conventional("losses", left.head.name)


def definition_of(
    elab: Elaborator,
    candidate: Candidate,
    call: t.Call,
    params: tuple[Var, ...],
    args: Sequence[Sequence[Expr]],
) -> Expr | None:
    """The defining term over ``params``, or None where the row defines nothing."""
    candidate.state = "working"
    guesses = set(elab.guesses)
    saved, elab.bound = elab.bound, []
    try:
        left = candidate.left
        assert isinstance(left, t.Call)
        elab.bound = [
            spelled(a) for a in places(left)
        ]  # x_t is the argument, no path, in f(x_t) := …
        own = [elab.variable(symbol_in(a)) for a in places(left)]
        term = elab.term(candidate.right)
    except (NotYet, SortError, FmproofError) as error:
        candidate.state, candidate.why = "refused", str(error)
        elab.guesses = guesses
        return None
    finally:
        elab.bound = saved
    if _kept_closed(elab, candidate):
        candidate.state = "refused"
        candidate.why = KEPT_CLOSED
        return None
    if len(set(own)) != len(own):
        candidate.state, candidate.why = "refused", "an argument stands twice on its left"
        return None
    theta = {v for v in free_vars(term) if v.sort is Sort.PARAM}
    stray = free_vars(term) - set(own) - theta
    names = {v: spelling for spelling, v in elab.variables.items()}
    averaged = any(isinstance(n, t.Integral | t.Expectation) for n in t.walk(candidate.right))
    loose = [v for v in stray if v.sort is Sort.VEC or isinstance(candidate.right, t.Expectation)]
    if (averaged or _is_name(candidate.left)) and any(
        _bound_elsewhere(elab, v, names.get(v, v.name), candidate)
        for v in (loose if averaged and not _is_name(candidate.left) else stray)
    ):  # else what is left is an argument that is not written, and taken from around
        candidate.state = "refused"
        candidate.why = f"{', '.join(sorted(v.name for v in stray))} is free in its definition"
        return None
    candidate.state = "used"
    term = _as_integral(term)
    renaming = {a: b for a, b in zip(own, params, strict=True) if a is not b}
    return substitute(term, renaming) if renaming else term


def _kept_closed(elab: Elaborator, candidate: Candidate) -> bool:
    """Whether a definition is that of ᾱ(t) = exp(−∫₀ᵗ β), and ᾱ stands in a Gaussian density.

    A density has no integrals in its coefficients, since one that diverges is no number.
    """
    if not any(isinstance(node, t.Integral) for node in t.walk(candidate.right)):
        return False
    left = candidate.left.head if isinstance(candidate.left, t.Call) else candidate.left
    if not isinstance(left, t.Sym):
        return False
    key = key_of(left)
    normals = (
        node
        for options in elab.candidates.values()
        for one in options
        for node in t.walk(one.right)
        if isinstance(node, t.Normal)
    )
    heads = (n for node in normals for n in t.walk(node) if isinstance(n, t.Sym | t.Call))
    return any(key_of(n.head if isinstance(n, t.Call) else n) == key for n in heads)


def _bound_elsewhere(elab: Elaborator, var: Var, name: str, candidate: Candidate) -> bool:
    """Whether the document draws or integrates a variable that is free in a definition.

    A number that it draws only behind the definition is fixed there, as a noise level is. The cells
    of a notebook are texts of their own, of which the places do not compare.
    """
    seen = (elab.evidence.drawn, elab.evidence.integrated)
    bound = [found[name] for found in seen if name in found]
    later = var.sort is Sort.REAL and ":" not in candidate.place
    return bool(bound) and not (later and min(bound) > candidate.at)


def marginal(
    elab: Elaborator,
    call: t.Call,
    sub: tuple[Var, ...],
    main: tuple[Var, ...],
    given: tuple[Var, ...],
) -> Expr | None:
    """p_t(x) where the document has p_t(x|z) and a law of z, and says no more.

    Raises:
        Circular: it is being found already; with q(x_0), q(x_t | x_0) and q(x_0 | x_t) in a
            document, the density that was asked for first is mixed of no other.
    """
    if given or len(main) != 1 or elab.strict:
        return None
    mixed = f"{readable(key_of(call.head))}({main[0].name})"
    if mixed in elab.mixing:
        raise Circular(mixed, call.at)
    elab.mixing.add(mixed)
    try:
        return _of_joint(elab, call, main) or _mixture(elab, call, sub, main)
    except Circular as circle:
        if circle.what != mixed:
            raise
        return None
    finally:
        elab.mixing.discard(mixed)


def _mixture(
    elab: Elaborator, call: t.Call, sub: tuple[Var, ...], main: tuple[Var, ...]
) -> Expr | None:
    """∫ p_t(x|z) q(z) dz, of what the document has."""
    key = key_of(call.head)
    for other in elab.evidence.called.get(key, ()):
        if len(other.given) != 1 or len(other.args) != 1 or len(other.head.sub) != len(sub):
            continue
        if not isinstance(other.given[0], t.Sym) or posteriors.posterior_at_a_time(elab, other):
            continue
        if _is_slice(call.args[0]) or _is_slice(other.args[0]):
            continue  # p(x_{1:T} | x_0) is mixed to no p(x_{0:T})
        try:
            latent = elab.variable(other.given[0])
            prior = elab.prior(latent, other.given[0])
            if prior is None:
                prior = _prior_at_a_time(elab, other, latent)
            if prior is None or latent in (*sub, *main) or latent.sort is not Sort.VEC:
                continue
            conditional = elab.meaning(
                t.Call(other.at, other.head, (t.Sym(other.at, "x"),), other.given),
                (sub, (), main, (latent,)),
            )
        except Circular:
            raise
        except (NotYet, SortError):
            continue
        if conditional.head is None:
            continue
        joint = conditional.head(*sub, *main, latent) * prior
        return IntegralOver(joint, Lebesgue(latent))
    return None


def _of_joint(elab: Elaborator, call: t.Call, main: tuple[Var, ...]) -> Expr | None:
    """∫ p(x, y) dy for p(x), where the document has no density of the one given the other."""
    alike = [
        one
        for one in elab.evidence.called.get(key_of(call.head), ())
        if spelled(one.head) == spelled(call.head)
    ]
    if any(one.given for one in alike) or call.head.sub:
        return None
    here = spelled(call.args[0]).lower()
    for one in alike:
        letters = [arg for arg in one.args if isinstance(arg, t.Sym) and not _is_slice(arg)]
        names = [spelled(arg).lower() for arg in letters]
        if not 1 < len(letters) == len(one.args) or names.count(here) != 1 or one.after:
            continue
        if candidate_of(elab, one) is not None:
            continue
        try:
            variables = [elab.variable(arg) for arg in letters]
            joint = elab.term(one)
        except (NotYet, SortError):
            continue
        plain = isinstance(joint, Apply) and joint.head.definition is None
        if not plain or any(var.sort is not Sort.VEC for var in variables):
            continue
        others = [v for v, name in zip(variables, names, strict=True) if name != here]
        mine = variables[names.index(here)]
        if main[0] in others:
            continue
        return IntegralOver(substitute(joint, {mine: main[0]}), *map(Lebesgue, others))
    return None


def _is_slice(node: t.Node) -> bool:
    """x_{0:T}, which is several variables."""
    return isinstance(node, t.Sym) and len(node.sub) > 1


def _prior_at_a_time(elab: Elaborator, kernel: t.Call, latent: Var) -> Expr | None:
    """p_t(x) where p_t(y|x) is the kernel and p_t(x|y) the posterior."""
    turned = posteriors.turned(elab, kernel)
    if turned is None or not posteriors.posterior_at_a_time(elab, turned):
        return None
    if elab.prior(elab.variable(symbol_in(kernel.args[0])), symbol_in(kernel.args[0])) is not None:
        return None
    return elab.term(t.Call(kernel.at, kernel.head, (kernel.given[0],)))


def prior(elab: Elaborator, latent: Var, symbol: t.Sym) -> Apply | None:
    """A law of ``latent`` that depends on nothing."""
    for law in elab.laws.get(spelled(symbol), ()):
        alone = isinstance(law.head, Density) and law.head.drawn(law) == (latent,)
        if alone and not parents_of(law):
            return law
    name = spelled(symbol)
    for key, calls in elab.evidence.called.items():
        for call in calls if elab.is_density(key) else ():
            alone = not (call.given or call.after or call.head.sub)
            if alone and [spelled(a) for a in call.args] == [name]:
                meaning = elab.meaning(call, ((), (), (latent,), ()))
                if meaning.head is not None:
                    applied: Apply = meaning.head(latent)
                    return applied
    for one in elab.said_laws.get(name, ()):
        call = t.Call(one.at, one, (symbol,))
        if not one.sub:
            meaning = elab.meaning(call, ((), (), (latent,), ()))
            if meaning.head is not None:
                return meaning.head(latent)
    return None


def constant(elab: Elaborator, node: t.Sym, candidate: Candidate) -> Expr | None:
    """A name with a definition: a constant, or an abbreviation with variables in it."""
    name = spelled(node)
    if candidate.state == "refused":
        return None
    candidate.state = "working"
    saved, elab.bound = elab.bound, []
    try:
        body = elab.term(candidate.right)
    except RecursionError:
        candidate.state, candidate.why = "refused", "it is defined by itself"
        return None
    except Undefined:
        candidate.state = "waiting"
        raise
    except (NotYet, SortError, FmproofError) as error:
        candidate.state, candidate.why = "refused", str(error)
        return None
    finally:
        elab.bound = saved
    candidate.state = "used"
    if sort_of(body) not in (Sort.REAL, Sort.VEC):
        candidate.state = "refused"
        return None
    if free_vars(body) - {v for v in free_vars(body) if v.sort is Sort.PARAM}:
        candidate.state = "waiting"
        return body  # an abbreviation is written out
    made = Named(elab.constant_name(node), body)
    elab.constants[name] = made
    elab.note(name, "a name for a term", "its definition", candidate.at)
    return made


def define_constant(
    elab: Elaborator, name: str, node: t.Sym, body: Expr, why: str, guessed: bool = False
) -> Named:
    """A constant that a row introduces by using it."""
    made = Named(elab.constant_name(node), body)
    elab.constants[name] = made
    elab.note(name, "a constant", why, node.at, guessed)
    return made


def path(elab: Elaborator, symbol: t.Sym) -> Expr | None:
    """The value of a symbol that random ones define, x_t = (1 − t) x_0 + t x_1."""
    name = spelled(symbol)
    if name in elab.turned:
        return None  # it is drawn
    noise = hidden_noise.turned_value(elab, name)
    if noise is not None:
        return noise
    if name in elab.paths:
        return _turned(elab, elab.paths[name])
    if elab.is_parameter(name) or elab.is_time(name):
        return None
    candidate = candidate_of(elab, symbol)
    if candidate is None:
        return random_curves.curve(elab, symbol)
    if any(n is symbol for n in t.walk(candidate.right)):
        return None
    if _averages(candidate.right) or any(
        _averages(one.right)  # Ż_t = v(Z_t, t), with a v that is an average, is no path
        for n in t.walk(candidate.right)
        if isinstance(n, t.Call) and isinstance(n.head, t.Sym)
        for one in elab.candidates.get(key_of(n.head), ())
    ):
        return None
    inside = [n for n in t.walk(candidate.right) if isinstance(n, t.Sym)]
    elab.paths[name] = None  # it is not defined by itself
    random = [n for n in inside if randomness.is_random(elab, n)]
    del elab.paths[name]
    if not random:
        return None
    elab.paths[name] = None  # it is not defined by itself
    try:
        with elab.expanding():
            value = constant(elab, symbol, candidate)
    except (NotYet, SortError, FmproofError):
        value = None
    if value is not None and (isinstance(value, Named) or sort_of(value) is not Sort.VEC):
        value = None
    elab.paths[name] = value
    return value


def _averages(node: t.Node) -> bool:
    """Whether a formula averages, differentiates or integrates."""
    return any(isinstance(n, t.Expectation | t.Derivative | t.Integral) for n in t.walk(node))


def _turned(elab: Elaborator, value: Expr | None) -> Expr | None:
    """The value of another path, where noise is what is left of one that is drawn."""
    if value is None or not elab.turned:
        return value
    return substitute(value, {elab.variable(o.noise): o.value for o in elab.turned.values()})


def drawn_again(elab: Elaborator, symbol: t.Sym) -> Expr | None:
    """x_t = a x_0 + b ε where x_0 and ε are drawn, and x_t is drawn elsewhere."""
    name = spelled(symbol)
    right = elab.evidence.values.get(name)
    if right is None or not elab.expand or name in elab.paths:
        return None
    letters = [n for n in t.walk(right) if isinstance(n, t.Sym)]
    random = {spelled(n) for n in letters if spelled(n) in elab.evidence.drawn}
    if not random or name in random or not random <= set(elab.bound):
        return None
    elab.paths[name] = None  # it is not defined by itself
    try:
        value = elab.term(right)
    except (NotYet, SortError, FmproofError):
        return None
    finally:
        del elab.paths[name]
    return value if sort_of(value) is Sort.VEC else None


def places(call: t.Call) -> list[t.Node]:
    """The arguments of a left side, in the order of a head's parameters."""
    sup = [call.head.sup] if isinstance(call.head.sup, t.Sym) else []
    return [*call.head.sub, *sup, *call.args, *call.after, *call.given]
