"""Derivatives, functions and Gaussian densities: what documents write, as nodes of the language.

A derivative is taken in a variable, at a place. Where a document writes ∇ log p(X_t), the variable
is a spare letter and the place is X_t.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sympy import Expr, S

from fmproof.lang.arithmetic import coefficient, mul, plus_of, summands, times_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Abs,
    Apply,
    Div,
    Exp,
    Gaussian,
    Grad,
    Log,
    Normal,
    Partial,
    Sqrt,
    Var,
    norm,
)
from fmproof.lang.numbers import fraction, is_number
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.definitions import candidate_of
from fmproof.reading.notation.lacking import NotYet
from fmproof.reading.notation.sorts import is_identity
from fmproof.reading.notation.symbols import key_of, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator

SPARE = "◦"
"""The spelling of a variable that a document leaves out."""
_FUNCTIONS: dict[str, Any] = {"log": Log, "ln": Log, "exp": Exp, "sqrt": Sqrt}


class Beyond(Exception):
    """The language has no node for it."""


def function(elab: Elaborator, node: t.Function) -> Expr:
    """log, exp, √ of a number.

    Raises:
        Beyond: another function.
    """
    if node.name not in _FUNCTIONS or len(node.args) != 1 or node.sub is not None:
        raise Beyond
    inner = elab.term(node.args[0])
    if sort_of(inner) is not Sort.REAL:
        raise Beyond
    kind = _FUNCTIONS[node.name]
    if is_number(inner) and (
        (kind is Log and fraction(inner) <= 0) or (kind is Sqrt and fraction(inner) < 0)
    ):
        what = "a logarithm of no positive" if kind is Log else "a root of a negative"
        raise NotYet(f"{what} number", node.at, "notation")
    made: Expr = kind(inner)
    return made


def absolute(elab: Elaborator, node: t.Abs | t.Norm) -> Expr:
    """|a| of a number; ‖a‖ of a vector, which some write with single bars."""
    if not euclidean(node):
        return elab.unknown(node, Sort.REAL)
    inner = elab.term(node.body)
    made: Expr = norm(inner) if sort_of(inner) is Sort.VEC else Abs(inner)
    return made


def euclidean(node: t.Abs | t.Norm) -> bool:
    """‖a‖ or ‖a‖₂ or |a|, and no other norm."""
    return isinstance(node, t.Abs) or node.index in ("", "2")


def normal(elab: Elaborator, node: t.Normal, point: Expr | None = None) -> Apply:
    """N(x; m, v I); the point is that of ``node``, or a drawn variable.

    Raises:
        Beyond: another covariance than a multiple of I.
    """
    if len(node.args) != 2:
        raise Beyond
    mean, variance = node.args
    place = elab.term(node.point) if point is None and node.point is not None else point
    if place is None or sort_of(place) is not Sort.VEC:
        raise Beyond
    made: Apply = Normal(place, _mean(elab, mean), _variance(elab, variance))
    return made


def recentred(elab: Elaborator, term: Expr) -> Expr:
    """N(x − a; m, v) as N(x; a + m, v)."""
    if not (isinstance(term, Apply) and isinstance(term.head, Gaussian)):
        return term
    point, mean, variance = term.arguments
    if isinstance(point, Var):
        return term
    around = [elab.variables[name] for name in elab.bound if name in elab.variables]
    parts = map(coefficient, summands(point))
    found = [(v, c) for c, v in parts if isinstance(v, Var) and abs(c) == 1]
    if not found:
        return term
    # Best an x that nothing around draws or integrates over, else the outermost.
    place, sign = min(found, key=lambda one: around.index(one[0]) if one[0] in around else -1)
    other = plus_of(place, times_of(-sign, point))  # N is even: N(a − x; m) is N(x; a − m)
    made: Apply = Normal(place, plus_of(other, times_of(sign, mean)), variance)
    return made


def _mean(elab: Elaborator, node: t.Node) -> Expr:
    if isinstance(node, t.Sym) and node.name.endswith(":0"):
        return S.Zero
    return elab.term(node)


def _variance(elab: Elaborator, node: t.Node) -> Expr:
    """v of v I."""
    if is_identity(node):
        return S.One
    if isinstance(node, t.Bracketed):
        return _variance(elab, node.body)
    if isinstance(node, t.Mul) and sum(map(is_identity, node.factors)) == 1:
        rest = [f for f in node.factors if not is_identity(f)]
        if any(op in ("/", "∘") for op in node.ops):
            raise Beyond
        made = mul(*(elab.term(f) for f in rest))
    elif isinstance(node, t.Frac) and is_identity(node.top):
        made = elab.term(t.Frac(node.at, t.Num(node.at, Fraction(1)), node.bottom))
    else:
        raise Beyond
    if sort_of(made) is not Sort.REAL:
        raise Beyond
    return made


def at_a_place(elab: Elaborator, node: t.At) -> Expr:
    """f |_{x = a}.

    Raises:
        NotYet: x is no variable, or f is free of it.
    """
    if not isinstance(node.var, t.Sym):
        raise NotYet("what is put in for a formula", node.at)
    with elab.binding([spelled(node.var)]):
        var, inner = elab.variable(node.var), elab.term(node.body)
    if var not in free_vars(inner):
        raise NotYet(f"{spelled(node.var)} is not in what it is put into", node.at)
    value = elab.term(node.value)
    if sort_of(value) is not var.sort:
        raise NotYet("a value of another sort than what it is put in for", node.at)
    made: Expr = substitute(inner, {var: value})
    return made


# --- derivatives --------------------------------------------------------------------------


def derivative(elab: Elaborator, node: t.Derivative) -> Expr:
    """∇, ∂, d/dt, div, Δ.

    Raises:
        Beyond: a Jacobian, a Hessian, a derivative along a path that the language does not know.
    """
    if node.kind in ("grad", "div", "laplace"):
        return _in_space(elab, node)
    if node.kind in ("partial", "total") and isinstance(node.var, t.Sym):
        return _in_time(elab, node)
    raise Beyond


def _in_space(elab: Elaborator, node: t.Derivative) -> Expr:
    body = with_arguments(elab, node.body)
    if node.kind == "div" and node.var is None:
        body = _fields(elab, body)
    place: t.Node
    if node.var is not None:
        if not isinstance(node.var, t.Sym):
            raise Beyond
        place = node.var
    else:
        place = place_of(elab, body)
    whole = body
    if isinstance(place, t.Sym):
        place = on_its_path(elab, body, place, node.kind == "grad")
    if isinstance(place, t.Sym):
        symbol = place
    else:
        symbol = t.Sym(node.at, SPARE)
        elab.variables[SPARE] = Var(elab.names.of("y", "variable " + SPARE), Sort.VEC)
        body = with_other_place(body, place, symbol)
    at = elab.term(place)
    if sort_of(at) is not Sort.VEC:
        raise Beyond
    with elab.binding([spelled(symbol)]):
        var = elab.variable(symbol)
        inner = elab.term(body)
    if var.sort is not Sort.VEC:
        raise Beyond
    if var not in free_vars(inner):
        if node.kind == "grad" and _is_density_elsewhere(elab, node.body, symbol):
            return S.Zero
        if node.kind == "grad" and node.var is not None and _is_of_parameters(elab, node.body):
            return S.Zero
        raise Beyond
    shifted = None if symbol is place else _shifted(elab, at, inner)
    if shifted is not None:  # (∇f)(x − a) is ∇ of f(x − a)
        inner, var, at = elab.term(whole), shifted, shifted
    if node.kind == "div":
        if sort_of(inner) is not Sort.VEC:
            raise Beyond
        return _node(Div(inner, var, at))
    if sort_of(inner) is not Sort.REAL:
        raise Beyond
    if node.kind == "laplace":
        return _node(Div(Grad(inner, var), var, at))
    return _node(Grad(inner, var, at))


def on_its_path(elab: Elaborator, body: t.Node, letter: t.Sym, slope: bool = False) -> t.Sym:
    """The y_t of div_y b_t(y_t): the letter says in which argument, and that is taken at y_t; of a
    slope, ∇_y log p(y_t | y_1), the one before the bar."""
    if letter.sub or any(spelled(n) == spelled(letter) for n in t.walk(body)):
        return letter
    places = {
        spelled(arg): arg
        for arg in (_before_the_bar(elab, body) if slope else _arguments(body))
        if isinstance(arg, t.Sym) and key_of(arg) == key_of(letter) and is_vector(elab, arg)
    }
    return next(iter(places.values())) if len(places) == 1 else letter


def _before_the_bar(elab: Elaborator, body: t.Node) -> Iterator[t.Node]:
    """The x_t at which densities given something else are taken, x_1 say, and nothing else moves:
    of log p(x_1 | x_t) the letter may say either."""
    for node in t.walk(body):
        if isinstance(node, t.Call) and node.given and elab.is_density(key_of(node.head)):
            given = [n for place in node.given for n in t.walk(place) if isinstance(n, t.Sym)]
            behind = any(n.sub and not isinstance(n.sub[0], t.Num) for n in given)
            for arg in node.args:
                moves = isinstance(arg, t.Sym) and arg.sub and not isinstance(arg.sub[0], t.Num)
                if moves and not behind:
                    yield arg


def _is_density_elsewhere(elab: Elaborator, body: t.Node, point: t.Sym) -> bool:
    """Whether ∇_x is taken of log p(c) or p(c), at another letter than x: a c_x may move with x,
    and of other functions an argument may be left out, or meant by its place: ∂_z u(z_t, t)."""
    while isinstance(body, t.Bracketed) or (isinstance(body, t.Function) and len(body.args) == 1):
        body = body.body if isinstance(body, t.Bracketed) else body.args[0]
    if not (isinstance(body, t.Call) and elab.is_density(key_of(body.head))):
        return False
    places = [*body.head.sub, *body.args, *body.given, *body.after]
    letters = {n.name for place in places for n in t.walk(place) if isinstance(n, t.Sym)}
    return all(isinstance(arg, t.Sym) for arg in body.args) and point.name not in letters


def _is_of_parameters(elab: Elaborator, body: t.Node) -> bool:
    """Whether ∇_x is taken of what is a function of parameters alone, as of log Z(θ)."""
    body = t.ungrouped(body)
    while isinstance(body, t.Function) and len(body.args) == 1:
        body = t.ungrouped(body.args[0])
    if not isinstance(body, t.Call) or body.given:
        return False
    places = [*body.head.sub, *body.args, *body.after]
    return all(isinstance(p, t.Sym) and elab.is_parameter(spelled(p)) for p in places)


def _shifted(elab: Elaborator, at: Expr, inner: Expr) -> Var | None:
    """The x of a place x − a, where it is nowhere else and nothing around draws it."""
    bound = {elab.variables[name] for name in elab.bound if name in elab.variables}
    for part in summands(at):
        rest = plus_of(at, times_of(S.NegativeOne, part))
        if isinstance(part, Var) and part not in free_vars(inner) | free_vars(rest) | bound:
            return part
    return None


def _fields(elab: Elaborator, body: t.Node) -> t.Node:
    """div c is the divergence of a field c, whose point is the one of other functions."""

    def visit(node: t.Node) -> t.Node:
        if isinstance(node, t.Bracketed):
            return replace(node, body=visit(node.body))
        if isinstance(node, t.Add):
            return replace(node, parts=tuple((sign, visit(part)) for sign, part in node.parts))
        if isinstance(node, t.Mul):
            return replace(node, factors=tuple(map(visit, node.factors)))
        if isinstance(node, t.Frac):
            return replace(node, top=visit(node.top))
        if isinstance(node, t.Sym) and is_vector(elab, node) and not elab.is_place(node):
            if candidate_of(elab, node) is not None:
                return node  # b := v + ε ∇ log p is written out
            point = elab.point_letter()
            if point is None:
                raise Beyond
            elab.fields[spelled(node)] = point
            elab.note(spelled(node), "a field", f"a divergence in {spelled(point)}", node.at, True)
            return t.Call(node.at, node, (point,))
        return node

    return visit(body)


def _node(made: Any) -> Expr:
    term: Expr = made
    return term


def _in_time(elab: Elaborator, node: t.Derivative) -> Expr:
    symbol = node.var
    assert isinstance(symbol, t.Sym)
    with elab.binding([spelled(symbol)]):
        var = elab.variable(symbol)
        if var.sort is Sort.VEC and node.kind == "partial":
            return _in_space(elab, replace(node, kind="grad"))
        if var.sort is not Sort.REAL:
            raise Beyond
        whole = isinstance(node.body, t.Integral)  # which says at which point its letters are
        body = node.body if whole else with_arguments(elab, node.body)
        held: dict[Var, Expr] = {}
        if node.kind == "partial":
            body = _held(elab, body, var, held)
        inner = elab.term(body)
    if node.kind == "total" and any(moves(elab, v, symbol) for v in free_vars(inner)):
        raise Beyond
    if var not in free_vars(inner) and key_of(symbol) in elab.evidence.called:
        raise Beyond  # in c of c(s): how the body is made of it is not said
    made: Expr = Partial(inner, var)
    return substitute(made, held) if held else made


def _held(elab: Elaborator, body: t.Node, time: Var, held: dict[Var, Expr]) -> t.Node:
    """∂_t p_t(x_t) is taken at a point that is held fixed: a spare letter for each such point."""
    if isinstance(body, t.Integral | t.Expectation | t.Derivative):
        return body
    for call in [n for n in t.walk(body) if isinstance(n, t.Call)]:
        for arg in call.args:
            if not is_vector(elab, arg) or time not in free_vars(place := elab.term(arg)):
                continue
            symbol = t.Sym(arg.at, SPARE * (len(held) + 2))
            name = elab.names.of("y", "variable " + symbol.name)
            var = elab.variables.setdefault(symbol.name, Var(name, Sort.VEC))
            held[var] = place
            body = with_other_place(body, arg, symbol)
            elab.bound.append(symbol.name)
    return body


def moves(elab: Elaborator, var: Var, time: t.Sym) -> bool:
    """Whether a variable is a place along a path, z_t, which a derivative in t moves."""
    spelling = next((s for s, v in elab.variables.items() if v is var), "")
    return f"_{spelled(time)}" in spelling


def dotted(elab: Elaborator, symbol: t.Sym, args: tuple[t.Node, ...] = ()) -> Expr | None:
    """α̇_t, σ'(t), Ẋ_t as derivatives of what they are dotted from; None where that is not known."""
    if symbol.accents and symbol.accents[-1] == "dot":
        base = replace(symbol, accents=symbol.accents[:-1])
    elif symbol.primes == 1:
        base = replace(symbol, primes=0)
    else:
        return None
    if not elab.known(base):
        return None
    times = [s for s in (*symbol.sub, *args) if elab.of_times(s)]
    if not times and len(args) == 1 and not symbol.sub and key_of(base) in elab.candidates:
        times = [arg for arg in args if isinstance(arg, t.Sym)]  # g'(c) of g(c) = …
    if not times and len(args) == 1 and isinstance(args[0], t.Num):
        times = [args[0]]  # a'(0)
    if len(times) > 1:
        return None
    place: t.Node = times[0] if times else t.Sym(symbol.at, elab.time_letter())
    letter = place if isinstance(place, t.Sym) else t.Sym(symbol.at, elab.time_letter())
    if not letter.name:
        return None
    sub = tuple(letter if s is place else s for s in symbol.sub)
    inside = tuple(letter if a is place else a for a in args)
    written: t.Node = replace(base, sub=sub)
    if args:
        assert isinstance(written, t.Sym)
        written = t.Call(symbol.at, written, inside)
    at = elab.term(place)
    saved = elab.bound
    if isinstance(written, t.Sym) and elab.path(written) is not None:
        elab.bound = [name for name in saved if name != spelled(written)]  # written out
    try:
        with elab.binding([spelled(letter)]):
            var = elab.variable(letter)
            inner = elab.term(written)
    finally:
        elab.bound = saved
    if var.sort is not Sort.REAL or var not in free_vars(inner):
        return None
    if sort_of(inner) not in (Sort.REAL, Sort.VEC):
        return None
    made: Expr = Partial(inner, var, at)
    return made


def with_arguments(elab: Elaborator, node: t.Node) -> t.Node:
    """``node`` with the arguments that it leaves out: ∇ log p_t is ∇ log p_t(x)."""
    if isinstance(node, t.Sym):
        return elab.with_arguments(node)
    if isinstance(node, t.Call | t.Num):
        return node
    return t.with_children(node, lambda child: with_arguments(elab, child))


def place_of(elab: Elaborator, body: t.Node) -> t.Node:
    """What a derivative without a variable is taken in: the one argument that is a vector."""
    found: dict[str, t.Node] = {}
    for one in _arguments(body):
        if is_vector(elab, one):
            found.setdefault(spelled(one), one)
    if not found:
        for n in t.walk(body):
            if isinstance(n, t.Sym) and is_vector(elab, n):
                found.setdefault(spelled(n), n)
    if len(found) != 1:
        raise Beyond
    return next(iter(found.values()))


def _arguments(node: t.Node) -> Iterator[t.Node]:
    if isinstance(node, t.Call):
        yield from node.args
        return
    if isinstance(node, t.Integral | t.Expectation):
        bound = {spelled(o.var) for o in node.over} if isinstance(node, t.Integral) else set()
        yield from (a for a in _arguments(node.body) if spelled(a) not in bound)
        return
    for child in t.children(node):
        yield from _arguments(child)


def is_vector(elab: Elaborator, node: t.Node) -> bool:
    if isinstance(node, t.Num):
        return False
    if isinstance(node, t.Sym) and (
        elab.is_time(spelled(node)) or elab.is_parameter(spelled(node))
    ):
        return False
    return elab.evidence.sorts.kind(node) == "vec"


def with_other_place(node: t.Node, old: t.Node, new: t.Node) -> t.Node:
    """``node`` with every argument that is written like ``old`` replaced."""
    target = spelled(old)

    def instead(one: t.Node) -> t.Node | None:
        return new if type(one) is type(old) and spelled(one) == target else None

    return t.with_instead(node, instead)
