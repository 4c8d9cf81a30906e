"""Letters, alone and with arguments: what they stand for in the place where they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import Expr

from fmproof.lang.arithmetic import times_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Exp,
    Log,
    dim,
    pi,
)
from fmproof.lang.scope import substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import (
    arithmetic,
    calculus,
    definitions,
    functionals,
    linear_maps,
    other_times,
    paths,
    posteriors,
    sums,
)
from fmproof.reading.notation.definitions import label_above, places
from fmproof.reading.notation.hidden_noise import turned_value
from fmproof.reading.notation.lacking import (
    NotYet,
    Undefined,
    value_of,
)
from fmproof.reading.notation.shares import density_of_index
from fmproof.reading.notation.symbols import conventional, key_of, readable, spelled
from fmproof.reading.notation.velocities import has_dot

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


def symbol(elab: Elaborator, node: t.Sym) -> Expr:
    name = spelled(node)
    if linear_maps.is_letter(elab, node):
        raise NotYet(f"{readable(key_of(node))} as a matrix by itself", node.at)
    if sums.is_sample(elab, node):
        raise NotYet("a sum over random samples", node.at)
    noise = turned_value(elab, name)
    if noise is not None:
        return noise
    if name in elab.bound or elab.is_parameter(name):
        return elab.variable(node)
    if name in elab.points and not elab.averaging:
        return elab.variable(node)
    if name in elab.turned:
        if not {*elab.turned[name].others} & {*elab.bound}:
            return elab.variable(node)  # with what it is made of, as what is written is about it
        raise NotYet(f"{readable(key_of(node))} is not drawn here", node.at, "law")
    if name in elab.constants:
        return elab.constants[name]
    if elab.is_time(name):
        return elab.variable(node)
    if sums.carries_index(elab, node):
        coordinate = sums.coordinate(elab, node)
        if coordinate is not None:
            return coordinate
        return applied(elab, sums.member(elab, node))
    if key_of(node) in elab.on_course and node.sub and not elab.averaging:
        return applied(elab, t.Call(node.at, node, ()))
    candidate = definitions.candidate_of(elab, node)
    if candidate is None and has_dot(node) and name not in elab.evidence.drawn:
        with elab.expanding():
            slope = calculus.dotted(elab, node)
        if slope is not None:
            return slope
    if candidate is not None and not elab.writes_out(node) and elab.path(node) is not None:
        return elab.variable(node)
    curve = elab.path(node) if candidate is None else None
    if curve is not None:
        return curve if elab.expand else elab.variable(node)
    product = other_times.running_product(elab, node)
    if product is not None:
        return product
    if candidate is not None:
        term = definitions.constant(elab, node, candidate)
        if term is not None:
            return term
    if key_of(node) in elab.courses and moves(elab, node):
        return applied(elab, t.Call(node.at, node, ()))
    again = paths.drawn_again(elab, node)
    if again is not None:
        return again
    flowing = with_its_time(elab, node)
    if flowing is not None:
        return applied(elab, t.Call(node.at, flowing, ()))
    if moves(elab, node) and not any(isinstance(s, t.Num) for s in node.sub):
        return applied(elab, t.Call(node.at, node, ()))
    if name in elab.evidence.drawn or name in elab.evidence.integrated:
        return elab.variable(node)
    shifted = other_times.at_another_time(elab, node)
    if shifted is not None:
        return shifted
    power = power_of_letter(elab, node)
    if power is not None:
        return power
    if not name[-1].isdigit():
        implied = implied_call(elab, node)
        if implied is not None:
            return elab.term(implied)
    if moves(elab, node):
        return applied(elab, t.Call(node.at, node, ()))
    times = [s for s in node.sub if elab.of_times(s)]
    if node.sub and len(times) == len(node.sub):
        sort = sort_or_none(elab, node)
        weights = any(isinstance(s, t.Sym) and elab.is_parameter(spelled(s)) for s in times)
        if sort is Sort.VEC and not weights:
            return elab.variable(node)
        return applied(elab, t.Call(node.at, node, ()))
    if name in elab.evidence.counts:
        return elab.variable(node)
    constant = number_by_name(elab, node)
    if constant is not None:
        return constant
    if looks_constant(elab, node) and not _is_a_place(elab, name):
        raise Undefined(name, node)
    return elab.variable(node)


def _is_a_place(elab: Elaborator, name: str) -> bool:
    """Whether a letter is where a function is taken that the document defines, c of g(c) = …."""
    lefts = (one.left for options in elab.candidates.values() for one in options)
    return any(isinstance(n, t.Call) and name in map(spelled, n.args) for n in lefts)


def moves(elab: Elaborator, node: t.Sym) -> bool:
    """Whether z_t is a curve: the document differentiates it, and neither draws nor defines it."""
    key = key_of(node)
    if key not in elab.evidence.moving or not node.sub or key in elab.evidence.called:
        return False
    if elab.is_density(key) or key in elab.evidence.beside:
        return False
    if spelled(node) in elab.evidence.random and node.name[-1].isupper():
        return False  # a process: random at every time
    if any(isinstance(s, t.Num) for s in node.sub) and key in elab.candidates:
        return key in elab.courses  # else z_t may be made of a z_0 and a z_1
    return all(isinstance(s, t.Num) or elab.of_times(s) for s in node.sub)


def with_its_time(elab: Elaborator, node: t.Sym) -> t.Sym | None:
    """a_t for a number a that has a dot somewhere, ȧ/a, and its time nowhere."""
    key, letter = key_of(node), elab.time_letter()
    if key not in elab.evidence.flowing or node.sub or node.sup is not None or not letter:
        return None
    if key in elab.evidence.called or key in elab.candidates or key in elab.evidence.apart:
        return None
    name = spelled(node)
    if name in elab.evidence.drawn or name in elab.evidence.integrated or elab.is_time(name):
        return None
    if sort_or_none(elab, node) is not Sort.REAL:
        return None
    time = elab.evidence.spellings.get(letter) or t.Sym(node.at, letter)
    elab.note(name, f"a function of {letter}", "it has a derivative in time", node.at, True)
    return replace(node, sub=(time,))


def power_of_letter(elab: Elaborator, node: t.Sym) -> Expr | None:
    """r^t and r^d, a number to the power of a time or of the dimension: exp(t log r); e^a."""
    if node.sup is None or elab.is_parameter(spelled(node.sup)):
        return None
    base = replace(node, sup=None)
    if arithmetic.is_e(elab, base):
        inner = elab.term(node.sup)
        if sort_of(inner) is not Sort.REAL:
            raise NotYet("an exponential of a vector", node.at)
        return Exp(inner)
    scripts = [n for n in t.walk(node.sup) if isinstance(n, t.Sym)]
    spread = [s for s in scripts if s.name == "d" and number_by_name(elab, s) is dim]
    of_times = [s for s in scripts if elab.is_time(spelled(s)) or conventional("times", s.name)]
    if not (spread or of_times) or key_of(node) in elab.evidence.called:
        return None
    if not all(s in spread or elab.is_time(spelled(s)) for s in scripts):
        raise NotYet(f"the superscript of {readable(key_of(node))}", node.at, "notation")
    number = elab.term(base)
    exponent = elab.term(node.sup)
    if sort_of(number) is not Sort.REAL or sort_of(exponent) is not Sort.REAL:
        raise NotYet(f"the superscript of {readable(key_of(node))}", node.at, "notation")
    return Exp(times_of(exponent, Log(number)))


def implied_call(elab: Elaborator, node: t.Sym) -> t.Call | None:
    """p_t as p_t(x), where the document writes it so elsewhere.

    Where one point is bound around it, as in ∫ f p_t dx, that is its argument.
    """
    calls = [
        c
        for c in elab.evidence.called.get(key_of(node), ())
        if [elab.is_parameter(spelled(s)) for s in c.head.sub]  # ε_θ(x, t) says nothing of ε_t
        == [elab.is_parameter(spelled(s)) for s in node.sub]
        and (c.head.sup is None) == (node.sup is None)
        and all(isinstance(a, t.Sym) for a in places(c))
    ]
    if not calls:
        point = elab.fields.get(spelled(node))
        if point is None and node.sub and _like_a_function(elab, node):
            inside = [s for s in dict.fromkeys(elab.bound) if _is_point(elab, s)]
            here = _spelled_symbol(elab, inside[0]) if len(inside) == 1 else None
            point = here or elab.point_letter()
            if point is not None:
                why = "it stands with functions whose arguments are left out"
                elab.note(spelled(node), f"a function of {spelled(point)}", why, node.at, True)
        return None if point is None else t.Call(node.at, node, (point,))

    def order(call: t.Call) -> tuple[int, bool, bool, bool]:
        names = {spelled(a) for a in (*call.args, *call.after)}
        moves = any(map(elab.of_times, (s for a in call.args for s in getattr(a, "sub", ()))))
        return (
            len(call.given) if elab.expand else -len(call.given),  # the other way: given y
            elab.off_paths and moves,
            not names <= set(elab.bound),
            bool(names & set(elab.evidence.random)),
        )

    first = min(calls, key=order)
    args = first.args
    if elab.off_paths:
        args = tuple(_off_path(elab, a) if isinstance(a, t.Sym) else a for a in args)
    points = [s for s in dict.fromkeys(elab.bound) if _is_point(elab, s)]
    if len(points) == 1 and not first.given:
        here = t.Sym(node.at, points[0])
        args = tuple(
            _spelled_symbol(elab, points[0]) or here if _is_place(elab, a) else a for a in args
        )
    if elab.averaging and not first.given:
        args = tuple(_on_path(elab, a) for a in args)
    return t.Call(node.at, node, args, first.given, first.after)


def _on_path(elab: Elaborator, place: t.Node) -> t.Node:
    """x_t for the x of u_t(x), where an average is of u_t without its place.

    Raises:
        NotYet: the document takes functions at several paths.
    """
    if not isinstance(place, t.Sym) or elab.evidence.sorts.kind(place) != "vec":
        return place
    name = spelled(place)
    if name in elab.bound or name in elab.evidence.random or elab.path(place) is not None:
        return place
    places = {
        spelled(a): a for call in elab.evidence.calls for a in call.args if isinstance(a, t.Sym)
    }
    paths = [a for a in places.values() if elab.path(a) is not None]
    if len(paths) > 1:
        raise NotYet(f"where the function of {readable(name)} is taken", place.at, "notation")
    return paths[0] if paths else place


def _like_a_function(elab: Elaborator, node: t.Sym) -> bool:
    """Whether q_t, which is written without arguments throughout, is a function in space."""
    if spelled(node) in elab.evidence.random:
        return False
    return elab.is_density(key_of(node)) or key_of(node) in elab.evidence.beside


def _is_place(elab: Elaborator, node: t.Node) -> bool:
    """Whether an argument is a variable in space, or a path."""
    if _is_point(elab, spelled(node)):
        return True
    return isinstance(node, t.Sym) and elab.path(node) is not None


def _is_point(elab: Elaborator, name: str) -> bool:
    """Whether a spelling is a variable in space."""
    var = elab.variables.get(name)
    return var is not None and var.sort is Sort.VEC


def _spelled_symbol(elab: Elaborator, name: str) -> t.Sym | None:
    """The symbol that the document spells so."""
    return elab.evidence.spellings.get(name)


def number_by_name(elab: Elaborator, node: t.Sym) -> Expr | None:
    """d, the dimension, and π."""
    if spelled(node) != node.name or elab.corrections.get(node.name) is not None:
        return None
    found = elab.evidence.sorts.of(node)
    if found is not None and found.kind == "vec":
        return None
    if node.name == "d":
        elab.note("d", "the dimension", "by convention", node.at, True)
        return dim
    return pi if node.name == "pi" else None


def with_arguments(elab: Elaborator, node: t.Sym) -> t.Node:
    """p_t as p_t(x), where the document writes it so elsewhere."""
    name = spelled(node)
    if name in elab.bound or elab.is_parameter(name) or elab.is_time(name):
        return node
    if definitions.candidate_of(elab, node) is not None or name[-1:].isdigit():
        return node
    if name in elab.evidence.drawn or name in elab.evidence.integrated:
        return node
    return implied_call(elab, node) or node


def _off_path(elab: Elaborator, point: t.Sym) -> t.Sym:
    """x for a point x_t on a path."""
    if not any(map(elab.of_times, point.sub)) or elab.evidence.sorts.kind(point) != "vec":
        return point
    letter = replace(point, sub=())
    return elab.point_letter() or letter


def looks_constant(elab: Elaborator, node: t.Sym) -> bool:
    """C, K, C_1, const: a number that some row introduces."""
    letter = node.name.split(":")[-1]
    if letter in ("const", "constant", "Const", "konst"):
        return True
    return letter in ("C", "K", "R", "B", "A", "c", "M") and (
        spelled(node) not in elab.evidence.vectors
        and not node.accents
        and all(isinstance(s, t.Num) for s in node.sub)
        and node.sup is None
        and not _conditions(elab, node)
    )


def _conditions(elab: Elaborator, node: t.Sym) -> bool:
    """Whether the document has it behind a bar, as the label c of p(x|c)."""
    places = (place for call in elab.evidence.calls for place in call.given)
    return any(spelled(place) == spelled(node) for place in places)


def sort_or_none(elab: Elaborator, node: t.Sym) -> Sort | None:
    try:
        return elab.sort_of_variable(node)[0]
    except NotYet:
        return None


def call(elab: Elaborator, node: t.Call) -> Expr:
    head = node.head
    key = key_of(head)
    plain = len(node.args) == 1 and not node.given and not node.after
    if key in elab.evidence.shares and head.sub and function_like(elab, node):
        return applied(elab, density_of_index(node))
    loss = functionals.functional_value(elab, node)
    if loss is not None:
        return loss
    if plain and isinstance(node.args[0], t.Dot):
        raise NotYet(f"{readable(key)}(·) as a function", node.at)
    if has_dot(head) and key not in elab.candidates and not node.given and not node.after:
        with elab.expanding():
            slope = calculus.dotted(elab, head, node.args)
        if slope is not None:
            return slope
    earlier = other_times.function_of_products(elab, node)
    if earlier is not None:
        return earlier
    if plain and not function_like(elab, node):
        return arithmetic.product(
            elab, t.Mul(node.at, (head, t.Bracketed(node.at, node.args[0])), ("",))
        )
    return applied(elab, node)


def function_like(elab: Elaborator, node: t.Call) -> bool:
    """Whether ``a(b)`` applies a to b, rather than multiplying."""
    head, key = node.head, key_of(node.head)
    if key in elab.evidence.shares and head.sub:  # π_k (a + b), but w_k(x)
        alone = any(key_of(one) == key for one in elab.evidence.spellings.values())
        return not (alone and isinstance(node.args[0], t.Add))
    if key in elab.evidence.densities or elab.is_density(key):
        return True
    name, place = spelled(head), node.args[0]
    if isinstance(place, t.Sym) and elab.is_time(spelled(place)) and not elab.is_time(name):
        return True  # σ(t), also where a level σ is drawn: nobody writes that for a product
    if any(isinstance(s, t.Sym) and elab.is_parameter(spelled(s)) for s in head.sub):
        return True  # s_θ(x + σ ε), a model
    if name in elab.evidence.drawn or name in elab.evidence.integrated or elab.is_time(name):
        if isinstance(place, t.Num):
            raise NotYet(f"{readable(key)} at a number", node.at)
        return False
    if isinstance(place, t.Num):
        return True  # a(0): nobody writes that for a product
    if key in elab.candidates and any(isinstance(c.left, t.Call) for c in elab.candidates[key]):
        return True
    if conventional("losses", head.name):
        return True
    arg = node.args[0]
    if isinstance(arg, t.Add) and len(key) == 1 and key.isalpha():
        # c(∫ v dt), c(E[…]): a letter that is a function of such things is one of sums, too
        for other in elab.evidence.called.get(key, ()):
            if any(isinstance(a, t.Integral | t.Expectation) for a in other.args):
                return True
    if isinstance(arg, t.Add):
        others = [
            c
            for c in elab.evidence.called.get(key, ())
            if isinstance(c.args[0] if c.args else None, t.Sym)
        ]
        return bool(others) and not _is_factor(elab, arg, [c.args[0] for c in others])
    return True


def _is_factor(elab: Elaborator, arg: t.Node, places: Sequence[t.Node]) -> bool:
    """β (a² + b²) beside β(t): a sum of squares in which no time is, of a function of times."""
    squares = any(isinstance(n, t.Pow) for n in t.walk(arg))
    letters = [n for n in t.walk(arg) if isinstance(n, t.Sym)]
    of_times = all(map(elab.of_times, places))
    return squares and of_times and not any(elab.is_time(spelled(n)) for n in letters)


def applied(elab: Elaborator, node: t.Call) -> Expr:
    head = node.head
    params = list(head.sub)
    sub, label = [], ""
    for script in params:
        if (isinstance(script, t.Num) and not _at_a_time(elab, head)) or (
            isinstance(script, t.Sym) and not scopes(elab, script)
        ):
            label += "".join(letter for letter in spelled(script) if letter.isalnum())
        else:
            sub.append(script)
    if label:
        head = t.Sym(
            head.at,
            head.name,
            tuple(sub),
            (*head.labels, label),
            head.sup,
            head.accents,
            head.primes,
        )
        node = t.Call(node.at, head, node.args, node.given, node.after, node.square)
    sup: list[t.Node] = []
    power: t.Node | None = None
    if head.sup is not None:
        above = label_above(elab, head)
        if isinstance(head.sup, t.Sym) and not above:
            sup = [head.sup]
        elif above:
            head = replace(head, labels=(*head.labels, above), sup=None)
            node = t.Call(node.at, head, node.args, node.given, node.after, node.square)
        else:
            power = head.sup
    if power is not None:
        raise NotYet(f"the superscript of {readable(key_of(head))}", node.at)
    head = unlabelled(elab, node)
    node = t.Call(node.at, head, node.args, node.given, node.after, node.square)
    groups = [
        [elab.term(a) for a in sub],
        [elab.term(a) for a in sup],
        [elab.term(a) for a in (*node.args, *node.after)],
        [elab.term(value_of(a)) for a in node.given],
    ]
    for group in groups:
        for arg in group:
            if sort_of(arg) not in (Sort.REAL, Sort.VEC, Sort.PARAM, Sort.LATENT):
                raise NotYet("a function of a function", node.at)
    step = posteriors.step_of_chain(elab, node)
    if step is not None:
        return elab.term(step)
    posterior = posteriors.posterior_of(elab, node, groups) or posteriors.posterior_given_more(
        elab, node
    )
    if posterior is not None:
        return posterior
    meaning = elab.meaning(node, groups)
    everything = [a for group in groups for a in group]
    if meaning.head is None:
        if meaning.body is None:
            raise NotYet(f"{readable(key_of(head))} has no meaning yet", node.at, "notation")
        values = dict(zip(meaning.params, everything, strict=True))
        return calculus.recentred(elab, substitute(meaning.body, values))
    return meaning.head(*everything)


def _at_a_time(elab: Elaborator, head: t.Sym) -> bool:
    """Whether the 0 of z_0, ψ_0(x), p_0(x) is a time: of a curve, or of a flow or a density that
    nothing but a differential equation defines."""
    key = key_of(head)
    path = elab.density_of.get(key)  # which may be where a differential equation leads
    made = key in elab.made or (path is not None and key_of(path) not in elab.courses)
    evolves = key in elab.courses or (key in elab.evolving and not made)
    if evolves and len(head.sub) == 1 and key not in elab.candidates:
        return True
    return moves(elab, head) or _is_value_at_an_end(elab, head)


def _is_value_at_an_end(elab: Elaborator, head: t.Sym) -> bool:
    """Whether v_0(x) and v_1(x) are values of the mean v_t(x) = E[… | x_t = x] of a document that
    does not say of them what they are."""
    known = elab.candidates.get(key_of(head), ())
    heads = [one.left.head for one in known if isinstance(one.left, t.Call)]
    means_at = [
        one
        for one in known
        if isinstance(one.left, t.Call) and isinstance(one.right, t.Expectation) and one.right.given
    ]
    if len(heads) != 1 or len(means_at) != 1 or len(head.sub) != 1 or len(heads[0].sub) != 1:
        return False
    (at,), (time,) = head.sub, heads[0].sub
    ends = isinstance(at, t.Num) and at.value in (0, 1)
    return ends and isinstance(time, t.Sym) and elab.is_time(spelled(time))


def scopes(elab: Elaborator, script: t.Sym) -> bool:
    """Whether a letter in a subscript is a variable or a parameter."""
    name = spelled(script)
    return (
        name in elab.bound
        or elab.is_time(name)
        or elab.is_parameter(name)
        or elab.is_index(name)
        or name in elab.evidence.drawn
        or name in elab.evidence.integrated
        or conventional("scalars", script.name)
    )


_TARGETS = ("target", "tgt")
"""Words on what is learned, which are left out once it is known what is meant."""


def _comes_later(elab: Elaborator, node: t.Call, labelled: str) -> bool:
    """Whether u(x|z), beside u^target(x|z), has come up since: it is short for that, and no other
    thing."""
    if labelled.split("|")[-1] not in _TARGETS:
        return False
    shape = (len(node.args), len(node.given))
    plain = (c for c in elab.evidence.called.get(key_of(node.head), ()) if c.head.sup is None)
    first = min(c.at for c in plain if (len(c.args), len(c.given)) == shape)
    return min(c.at for c in elab.evidence.called[labelled]) < first


def unlabelled(elab: Elaborator, node: t.Call) -> t.Sym:
    """The one symbol with a word on it that is meant where the word is left out."""
    head, key = node.head, key_of(node.head)
    if head.labels or elab.is_density(key):
        return head
    shape = (
        len(node.args) + len(node.after),
        len(node.given),
        len(head.sub),
        head.sup is not None,
    )

    def shaped(name: str) -> bool:
        return any(
            (len(c.args) + len(c.after), len(c.given), len(c.head.sub), c.head.sup is not None)
            == shape
            for c in elab.evidence.called.get(name, ())
        )

    if key in elab.candidates:
        return head
    marks = ("star", "dagger")  # D and D^* are two things
    labelled = [
        k
        for k in elab.evidence.called
        if k.startswith(key + "|") and k.split("|")[-1] not in marks and shaped(k)
    ]
    if len(labelled) != 1 or head.sup is not None:
        return head
    if (key, labelled[0]) in elab.evidence.together and not _comes_later(elab, node, labelled[0]):
        return head
    labels = tuple(labelled[0].split("|")[1:])
    full = t.Sym(head.at, head.name, head.sub, labels, head.sup, head.accents, head.primes)
    elab.note(
        key,
        f"short for {readable(labelled[0])}",
        "the only symbol that it can abbreviate",
        node.at,
        True,
    )
    return full
