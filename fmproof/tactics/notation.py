"""The symbols that a derivation uses, for the list of notation in its report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from sympy import Basic, Rational

from fmproof.lang.nodes import (
    Constant,
    Density,
    Draw,
    Field,
    Gaussian,
    Head,
    Law,
    Named,
    Var,
    pi,
)
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.latex import draw_latex, latex
from fmproof.lang.spelling.printing import pieces
from fmproof.lang.spelling.text import draw_text, text
from fmproof.report.model import Formula, Prose, Symbol
from fmproof.tactics.script import Derivation, Instance

ABBREVIATION = "abbreviation"
PI_IN_WORDS = "the number 3.14159…"
Shown = Var | Head | Named | Constant  #: what is shown by a name
_VARIABLES = {
    Sort.REAL: "real numbers",
    Sort.VEC: "vectors, of any dimension d",
    Sort.PARAM: "parameters of the model",
    Sort.LATENT: "points of any measurable space with a σ-finite reference measure",
}


def formula(node: Basic) -> Formula:
    """A term or proposition, for a report."""
    return Formula(partial(text, node), partial(latex, node))


def almost_every(measure: Sequence[Draw]) -> Formula | None:
    """The draws for almost every value of which something holds, e.g. ``z~q, x~p(·|z)``."""
    if not measure:
        return None
    return Formula(", ".join(map(draw_text, measure)), ", ".join(map(draw_latex, measure)))


def worded(items: Iterable[str | Basic]) -> Prose:
    """Words and terms, the terms printed."""
    return tuple(item if isinstance(item, str) else formula(item) for item in items)


def free(statement: Basic) -> tuple[Formula, ...]:
    """The parameters that a statement leaves free, which it therefore holds for every value of."""
    parameters = {v for v in free_vars(statement) if v.sort is Sort.PARAM}
    return tuple(formula(v) for v in sorted(parameters, key=lambda v: v.name))


def notation(derivation: Derivation) -> tuple[Symbol, ...]:
    """Its variables by sort, then its symbols, each after those that its definition uses."""
    return notation_of(_nodes(derivation), derivation.meanings)


def notation_of(nodes: Iterable[Basic], meanings: Mapping[Head, str]) -> tuple[Symbol, ...]:
    """The same of any terms and propositions."""
    found = shown_in(nodes)
    variables = [item for item in found if isinstance(item, Var)]
    heads = [item for item in found if isinstance(item, Head)]
    names = [item for item in found if isinstance(item, Named) and free_vars(item)]
    return (
        *_variables(variables),
        *(Symbol(formula(pi), PI_IN_WORDS) for item in found if item is pi),
        *(_symbol(head, meanings.get(head, "")) for head in heads),
        *(Symbol(formula(n), ABBREVIATION, formula(n.definition)) for n in names),
    )


def symbols_in(derivation: Derivation) -> tuple[Shown, ...]:
    """Everything that is shown by a name, each after what its definition uses."""
    return shown_in(_nodes(derivation))


def shown_in(nodes: Iterable[Basic]) -> tuple[Shown, ...]:
    """The same of any terms and propositions."""
    found: dict[Shown, None] = {}
    seen: dict[int, Basic] = {}
    for node in nodes:
        _collect(node, found, seen)
    return tuple(found)


def reference(used: str | Instance) -> Prose:
    """What a step uses, in words: "Part 1", or "fm-cfm with u_t^θ(x) := u_t(x)"."""
    if isinstance(used, str):
        return (used,)
    replaced = [
        *(_assigned(head(*head.params), body) for head, body in used.replace.items()),
        *(_assigned(var, value) for var, value in used.at.items()),
    ]
    words: list[str | Formula] = [used.of]
    for item in replaced:
        words += [" with " if len(words) == 1 else ", ", item]
    return tuple(words)


def _assigned(name: Basic, value: Basic) -> Formula:
    return Formula(f"{text(name)} := {text(value)}", f"{latex(name)} := {latex(value)}")


def _nodes(derivation: Derivation) -> Iterable[Basic]:
    for part in derivation.parts:
        yield part.start
        for step in part.steps:
            yield step.claim
    for hypothesis in derivation.hypotheses:
        yield hypothesis.prop
    yield from (part.proposition for part in derivation.parts)
    yield derivation.proposition


def _collect(node: Basic, found: dict[Shown, None], seen: dict[int, Basic]) -> None:
    """The variables, the symbols and the names, definitions looked into.

    A variable that a derivative binds and that is printed as the place is not shown. Lines share
    most of their parts: what was ``seen``, by its identity, is not looked into again.
    """
    if id(node) in seen or node in found:
        return
    seen[id(node)] = node
    if isinstance(node, Head) and node.definition is not None:
        for param in node.params:
            found.setdefault(param)
        _collect(node.definition, found, seen)
    if isinstance(node, Var | Head | Constant):
        found[node] = None
    for arg in pieces(node):
        _collect(arg, found, seen)
    if isinstance(node, Named):
        found[node] = None


def _variables(variables: Iterable[Var]) -> Iterable[Symbol]:
    for sort, meaning in _VARIABLES.items():
        named = sorted({v for v in variables if v.sort is sort}, key=lambda v: v.name)
        if named:
            name = Formula(", ".join(map(text, named)), ", ".join(map(latex, named)))
            yield Symbol(name, meaning)


def _symbol(head: Head, words: str) -> Symbol:
    uniform = isinstance(head, Density) and head.is_uniform  # its meaning says all
    definition = None if head.definition is None or uniform else formula(head.definition)
    return Symbol(formula(head(*head.params)), _meaning(head), definition, words)


def _meaning(head: Head) -> str:
    if isinstance(head, Gaussian):
        return "the Gaussian density with mean m and variance v in each coordinate"
    if isinstance(head, Law):
        drawn = ", ".join(
            text(item.var) + (f" on [{item.low}, {item.high}]" if item.bounded else "")
            for item in head.over
        )
        if not isinstance(head, Density):
            return f"law of {drawn}"
        if isinstance(head.definition, Rational):
            return f"uniform density in {drawn} (the constant {text(head.definition)})"
        return f"probability density in {drawn}"
    if isinstance(head, Field):
        return "vector field" if any(v.sort is Sort.VEC for v in head.params) else "vector"
    if not head.params:
        return "nonnegative number" if head.nonneg else "real number"
    return "nonnegative function" if head.nonneg else "real function"
