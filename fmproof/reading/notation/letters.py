"""One letter for two things: x_θ(x_t, t) beside the points x_0 and x_t, a width s beside a score
s_w(x), a sharpened p_w(x|y) beside p_t(x|y). Each gets a name of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import conventional, key_of, spelled

AS_MODEL = "model"
AS_NUMBER = "number"
AS_CURVE = "curve"


def models_beside_points(trees: Sequence[t.Node]) -> dict[str, tuple[t.Node, ...]]:
    """The models whose letter, without parameters below it, is a point: by their spelling, with the
    arguments that they have throughout; none where these differ."""
    calls: dict[str, set[str]] = {}
    args: dict[str, tuple[t.Node, ...]] = {}
    heads: set[int] = set()
    points: dict[str, set[str]] = {}
    functions: set[str] = set()
    for tree in trees:
        for node in t.walk(tree):
            if isinstance(node, t.Call):
                heads.add(id(node.head))
                functions.add(spelled(node.head))
                if _is_model(node.head) and not (node.given or node.after):
                    name = spelled(node.head)
                    calls.setdefault(name, set()).add(",".join(map(spelled, node.args)))
                    args.setdefault(name, node.args)
            elif isinstance(node, t.Sym) and node.sub and id(node) not in heads:
                points.setdefault(key_of(node), set()).add(spelled(node))
    return {
        name: args[name] if len(seen) == 1 and _plain(args[name]) else ()
        for name, seen in calls.items()
        if points.get(name.partition("_")[0], set()) - functions - {*calls}
        and not _of_functions(name)
    }


def numbers_beside_functions(trees: Sequence[t.Node]) -> set[str]:
    """The letters that are numbers by a power, s², and with something below them functions of
    points: s_w(x)."""
    called: dict[str, list[t.Call]] = {}
    powers: set[str] = set()
    for tree in trees:
        for node in t.walk(tree):
            if isinstance(node, t.Call):
                called.setdefault(key_of(node.head), []).append(node)
            elif isinstance(node, t.Pow) and _is_a_number(node):
                powers.add(spelled(node.base))
    return {
        name
        for name in powers & set(called)
        if all(call.head.sub and not _of_times(call) for call in called[name])
    }


def curves_beside_levels(trees: Sequence[t.Node]) -> set[str]:
    """The letters that are drawn, E_σ, and functions of a time elsewhere, σ(t)."""
    drawn: set[str] = set()
    called: dict[str, list[t.Call]] = {}
    for node in (node for tree in trees for node in t.walk(tree)):
        if isinstance(node, t.Draw):
            drawn |= {one.name for one in node.drawn if isinstance(one, t.Sym) and _bare(one)}
        elif isinstance(node, t.Call) and _is_plain_curve(node.head):
            called.setdefault(node.head.name, []).append(node)
    return {name for name in drawn & set(called) if all(map(_of_times, called[name]))}


def as_curve(call: t.Call, names: set[str]) -> t.Call:
    """σ(t), and σ̇(t), by a name of its own."""
    if call.head.name not in names or not _is_plain_curve(call.head) or call.given or call.after:
        return call
    return replace(call, head=replace(call.head, labels=(AS_CURVE,)))


def _is_plain_curve(head: t.Sym) -> bool:
    return not (head.sub or head.sup or head.labels)


def densities_at_times(trees: Sequence[t.Node]) -> set[str]:
    """The letters of densities p_t(x), with a time below them."""
    calls = (node for tree in trees for node in t.walk(tree) if isinstance(node, t.Call))
    return {
        key_of(call.head)
        for call in calls
        if conventional("densities", key_of(call.head)) and any(map(_is_time, call.head.sub))
    }


def without_weight(head: t.Sym) -> t.Sym:
    """p_w(x|y), beside p_t(x|y), by a name of its own: w is no time."""
    if len(head.sub) != 1 or head.labels:
        return head
    (weight,) = head.sub
    if not (isinstance(weight, t.Sym) and _bare(weight) and weight.name in _WEIGHTS):
        return head
    return replace(head, sub=(), labels=(weight.name,))


_WEIGHTS = ("w", "omega", "gamma", "lambda", "eta", "zeta")
"""Letters of what sharpens a density."""


def _is_time(node: t.Node) -> bool:
    return isinstance(node, t.Sym) and _bare(node) and conventional("times", node.name)


def _is_a_number(power: t.Pow) -> bool:
    """Whether a power is that of a bare letter with a number above it."""
    return isinstance(power.base, t.Sym) and isinstance(power.exponent, t.Num) and _bare(power.base)


def _bare(symbol: t.Sym) -> bool:
    return not (symbol.sub or symbol.sup or symbol.labels or symbol.accents or symbol.primes)


def _of_times(call: t.Call) -> bool:
    return all(isinstance(a, t.Sym) and conventional("times", a.name) for a in call.args)


def _plain(args: Sequence[t.Node]) -> bool:
    """Whether arguments are letters, so that a definition can be written with them."""
    return all(isinstance(arg, t.Sym) for arg in args)


def _parameters(symbol: t.Sym) -> Iterator[t.Sym]:
    for script in (*symbol.sub, symbol.sup):
        if isinstance(script, t.Sym) and conventional("parameters", script.name, "always"):
            yield script


def _is_model(symbol: t.Sym) -> bool:
    return any(_parameters(symbol))


def _of_functions(name: str) -> bool:
    """Whether a letter is that of densities or losses: p_θ(x) beside p_0."""
    letter = name.partition("_")[0]
    return conventional("densities", letter) or conventional("losses", letter)
