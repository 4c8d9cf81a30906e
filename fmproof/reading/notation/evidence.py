"""What a document shows about its symbols: who is drawn, integrated, differentiated in, applied.

One walk over all rows. Roles go by evidence, not by letter; a letter's convention counts where the
document shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.linear_maps import letters_of_matrices
from fmproof.reading.notation.shares import shares, summed_values
from fmproof.reading.notation.sorts import Sorts
from fmproof.reading.notation.sums import ranges
from fmproof.reading.notation.symbols import conventional, key_of, spelled
from fmproof.reading.notation.words import Said


@dataclass
class NotationEntry:
    """One line of the notation table.

    Attributes:
        symbol: as people write it.
        reading: what it stands for.
        why: the evidence, in words.
        place: where that stands; "" for a convention.
        guessed: whether the document does not say so.
    """

    symbol: str
    reading: str
    why: str
    place: str = ""
    guessed: bool = False


@dataclass
class Evidence:
    """The facts of a document, by the spelling of symbols."""

    parameters: dict[str, tuple[str, int]] = field(default_factory=dict)
    times: dict[str, tuple[str, int]] = field(default_factory=dict)
    densities: dict[str, tuple[str, int]] = field(default_factory=dict)
    drawn: dict[str, int] = field(default_factory=dict)
    integrated: dict[str, int] = field(default_factory=dict)
    called: dict[str, list[t.Call]] = field(default_factory=dict)
    vectors: dict[str, int] = field(default_factory=dict)
    scripts: dict[str, int] = field(default_factory=dict)
    symbols: set[str] = field(default_factory=set)
    random_symbols: dict[str, t.Sym] = field(default_factory=dict)
    spellings: dict[str, t.Sym] = field(default_factory=dict)
    averaged: list[frozenset[str]] = field(default_factory=list)  #: what stands in one average
    apart: set[str] = field(default_factory=set)  #: keys of α and α_t that stand in one formula
    together: set[tuple[str, str]] = field(default_factory=set)  #: u and u|CFM in one formula
    beside: set[str] = field(default_factory=set)  #: keys that are added to functions, u_t − w_t
    values: dict[str, t.Node] = field(default_factory=dict)  #: of drawn symbols, x_t = a x_0 + b ε
    indices: dict[str, t.Sym | None] = field(default_factory=dict)  #: of sums, and their last
    shares: dict[str, str] = field(default_factory=dict)  #: weights π_k with Σ_k π_k = 1: of k
    counted: set[str] = field(default_factory=set)  #: ranges that sums run through as values
    moving: set[str] = field(default_factory=set)  #: keys of symbols differentiated in a subscript
    carried: set[str] = field(default_factory=set)  #: keys of p of ∂_t p(x, t): of x at each time
    mixed: set[str] = field(default_factory=set)  #: p(x|c) = ∫ p(x|z) …: told apart by c and z
    conditioned: set[str] = field(default_factory=set)  #: what averages are conditioned on
    flowing: set[str] = field(default_factory=set)  #: keys of letters with a dot: a in ȧ/a
    places: set[str] = field(default_factory=set)  #: where densities are taken
    matrices: set[str] = field(default_factory=set)  #: keys of letters that stand as matrices
    jacobians: set[str] = field(default_factory=set)  #: keys of names for ∂_θ u_θ(x)
    laws_of_times: set[str] = field(default_factory=set)  #: keys of what times are drawn from
    uniform: set[str] = field(default_factory=set)  #: letters that rows draw from U[a, b]
    sampled: set[str] = field(
        default_factory=set
    )  #: keys of densities that one letter is drawn from
    weights: set[str] = field(default_factory=set)  #: q of Z(θ) = ∫ q(x; θ) dx, which is no density
    sorts: Sorts = field(default_factory=lambda: Sorts(lambda _: False))

    @classmethod
    def of(
        cls,
        nodes: Iterable[t.Node],
        equated: Iterable[tuple[t.Node, t.Node]] = (),
        said: Iterable[Said] = (),
        densities: Iterable[t.Sym] = (),
    ) -> Evidence:
        """What ``nodes`` show, the sides that rows equate, and what words say of symbols, of some
        that they are the density of something."""
        found = cls()
        for symbol in densities:
            found.densities.setdefault(key_of(symbol), ("words beside it", symbol.at))
        roots = list(nodes)
        for root in roots:
            written: dict[str, set[bool]] = {}
            for node in t.walk(root):
                found._look(node)
                if isinstance(node, t.Sym):
                    written.setdefault(key_of(node), set()).add(bool(node.sub))
            calls = {key_of(node.head) for node in t.walk(root) if isinstance(node, t.Call)}
            labelled = [key for key in calls if "|" in key]
            found.together |= {(k.split("|")[0], k) for k in labelled if k.split("|")[0] in calls}
            found.apart |= {key for key, both in written.items() if len(both) == 2}
        for root in roots:
            for node in t.walk(root):
                found.matrices |= {key_of(letter) for letter in letters_of_matrices(node)}
        for name in found.matrices - set(found.drawn):
            found.random_symbols.pop(name, None)  # a capital letter, and fixed
        pairs = list(equated)
        found.weights = set(found._without_mass_one(pairs))
        found._laws_alone()
        found._beside_functions(roots)
        found._params(roots)
        found._under_integrals(roots)
        found._below_slopes(roots)
        found._uniform_times()
        found.indices = ranges(roots)
        words = list(said)
        found._hear(words)
        found.sorts = Sorts(found.is_density, frozenset(found.times), frozenset(found.parameters))
        for one in words:
            found.sorts.hear(one.symbol, one.role)
        for left, right in pairs:
            drawn = isinstance(left, t.Sym) and spelled(left) in {*found.drawn, *found.places}
            if isinstance(left, t.Sym) and drawn and _plain(right):
                found.values.setdefault(spelled(left), right)
        found.sorts.infer(roots, pairs)
        found.jacobians = {
            key_of(left.head if isinstance(left, t.Call) else left)
            for left, right in pairs
            if isinstance(left, t.Sym | t.Call) and found.is_jacobian(right)
        }
        found.shares = shares(pairs, found.indices, found.is_density)
        found.densities.update(dict.fromkeys(found.shares, ("its sum is 1", -1)))
        values = summed_values(roots, found.indices, found.is_density)
        found.counted = {*values, *found.shares.values()}
        found.mixed = {key for left, right in pairs for key in _mixed_in(left, right)}
        return found

    @property
    def calls(self) -> Iterator[t.Call]:
        """All that the document applies to something."""
        return (call for found in self.called.values() for call in found)

    @property
    def counts(self) -> set[str]:
        """The letters that say how many summands there are: K of Σ_{i=1}^K."""
        ends = {spelled(end) for end in self.indices.values() if end is not None}
        return ends - set(self.times) - set(self.drawn) - set(self.integrated)

    def is_jacobian(self, node: t.Node) -> bool:
        """Whether a formula is ∂_θ u_θ(x), or ∇_θ u_θ(x), of a field u, or its transposed."""
        while isinstance(node, t.Bracketed | t.Transposed):
            node = node.body
        if not isinstance(node, t.Derivative) or node.kind not in ("grad", "partial"):
            return False
        by_parameters = isinstance(node.var, t.Sym) and spelled(node.var) in self.parameters
        return by_parameters and self.sorts.kind(t.ungrouped(node.body)) == "vec"

    def _beside_functions(self, roots: list[t.Node]) -> None:
        """w_t in u_t − w_t, where u_t takes arguments elsewhere."""
        for root in roots:
            for node in t.walk(root):
                parts = [p for _, p in node.parts] if isinstance(node, t.Add) else []
                bare = [p for p in parts if isinstance(p, t.Sym) and p.sub]
                called = [p for p in bare if key_of(p) in self.called]
                for part in bare if called else ():
                    same = list(map(spelled, part.sub)) == list(map(spelled, called[0].sub))
                    if key_of(part) not in self.called and same:
                        self.beside.add(key_of(part))

    def _without_mass_one(self, equated: Iterable[tuple[t.Node, t.Node]]) -> Iterator[str]:
        """The q of Z(θ) = ∫ q(x; θ) dx: where its integral has a name, it need not be 1."""
        for left, right in equated:
            body = right.body if isinstance(right, t.Integral) else None
            if not isinstance(body, t.Call) or body.given or not isinstance(left, t.Sym | t.Call):
                continue
            points = [spelled(a) for a in (left.args if isinstance(left, t.Call) else ())]
            over = {spelled(one.var) for one in right.over} if isinstance(right, t.Integral) else ()
            alone = over == {spelled(a) for a in body.args}
            same = all(
                (len(call.args), call.given) == (len(body.args), ())
                for call in self.called.get(key_of(body.head), ())
            )
            parameters = all(conventional("parameters", p, "always") for p in points)
            if alone and same and parameters:
                yield key_of(body.head)

    def _laws_alone(self) -> None:
        """E_ν and E_{p_x} name a law by its letter: it is not drawn, but something else from it."""
        for name, at in list(self.drawn.items()):
            law = conventional("densities", name) or name.split(" ")[-1] in self.densities
            symbol = self.spellings.get(name)
            key = name if symbol is None else key_of(symbol)
            law = law or (key != name and conventional("densities", key, "always"))
            if law and name not in self.vectors and key not in self.vectors:
                del self.drawn[name]
                self.random_symbols.pop(name, None)
                self.densities.setdefault(key, ("named below an E", at))

    def _hear(self, said: Iterable[Said]) -> None:
        """Words count where formulas show nothing else."""
        for one in said:
            name, key = spelled(one.symbol), key_of(one.symbol)
            seen = name in self.drawn or name in self.integrated or key in self.vectors
            coefficient = conventional("scalars", key) and not conventional(
                "parameters", one.symbol.name, "with_evidence"
            )
            if (
                one.role == "parameter"
                and not seen
                and key not in self.called
                and not any(spelled(s) in self.indices for s in one.symbol.sub)  # weights π_k
                and not coefficient  # "the parameters α_t" are a schedule
                and not any(self._may_be_time(s) for s in one.symbol.sub)
            ):
                self.parameters.setdefault(name, ("words beside it", one.at))
            elif one.role == "random" and not self._is_fixed(one.symbol):
                self.random_symbols.setdefault(name, one.symbol)
            elif one.role == "time" and not seen and conventional("times", one.symbol.name):
                self.times.setdefault(name, ("words beside it", one.at))
            elif (
                one.role == "density"
                and key not in self.vectors
                and (conventional("densities", key))
            ):
                self.densities.setdefault(key, ("words beside it", one.at))

    def applies(self, symbol: t.Sym) -> bool:
        """Whether the document applies a letter to something; ε beside a model ε_θ(x) is another
        thing."""
        return any(
            spelled(call.head) == spelled(symbol)
            or not any(spelled(script) in self.parameters for script in call.head.sub)
            for call in self.called.get(key_of(symbol), ())
        )

    def _is_fixed(self, symbol: t.Sym) -> bool:
        """Whether a symbol is a function, a parameter or a time, which nothing draws."""
        name = spelled(symbol)
        fixed = self.applies(symbol) or name in self.parameters or name in self.times
        return fixed or conventional("times", symbol.name)

    def _carry(self, body: t.Node, time: t.Node | None) -> None:
        """p of ∂_t p(x, t)."""
        if not isinstance(body, t.Call) or time is None:
            return
        if spelled(time) in map(spelled, body.args):
            self.carried.add(key_of(body.head))

    def _may_be_time(self, script: t.Node) -> bool:
        return isinstance(script, t.Sym) and (
            spelled(script) in self.times or conventional("times", script.name)
        )

    def is_density(self, key: str) -> bool:
        """Whether the values of a symbol are those of a density."""
        if key in self.weights:
            return False
        if key in self.densities:
            return True
        return conventional("densities", key, "always") and key not in self.vectors

    def _look(self, node: t.Node) -> None:
        if isinstance(node, t.Expectation):
            self.averaged.append(frozenset(map(spelled, _averaged_in(node))))
            for draw in node.draws:
                self._draw(draw)
                for one in draw.drawn:
                    self._random(one)
            for given in node.given:
                symbol = given.left if isinstance(given, t.Observation) else given
                self._random(symbol)
                self.conditioned.add(spelled(symbol))
            letters = {spelled(one): one for one in letters_in(node.body)}
            if not node.draws and not node.given and len(letters) == 1:
                self._random(*letters.values())  # E[ξ ξᵀ], of a ξ of any letter
            if not node.draws or node.given:
                fixed = {spelled(g.right) for g in node.given if isinstance(g, t.Observation)}
                fixed |= _values_beside_capitals(node)
                for letter in letters_in(node.body):
                    if (node.given or _capital(letter)) and spelled(letter) not in fixed:
                        self._random(letter)
        elif isinstance(node, t.Integral):
            for over in node.over:
                self.integrated.setdefault(spelled(over.var), over.at)
                if isinstance(over.low, t.Num):
                    self.times.setdefault(spelled(over.var), ("integrated from a number", over.at))
        elif isinstance(node, t.Sym):
            self.symbols.add(key_of(node))
            self.spellings.setdefault(spelled(node), node)
            dotted = node.accents[-1:] == ("dot",) or node.primes == 1
            if node.accents[-1:] == ("dot",) and not node.sub:
                self.flowing.add(key_of(replace(node, accents=node.accents[:-1])))
            if dotted and len(node.sub) == 1 and isinstance(node.sub[0], t.Sym):
                accents = node.accents[:-1] if node.accents[-1:] == ("dot",) else node.accents
                self.moving.add(key_of(replace(node, accents=accents, primes=0)))
            for script in node.sub:
                for inner in t.walk(script):
                    if isinstance(inner, t.Sym):
                        self.scripts.setdefault(spelled(inner), inner.at)
        elif isinstance(node, t.Call):
            self.symbols.add(key_of(node.head))
            self.called.setdefault(key_of(node.head), []).append(node)
            place = node.args[0] if len(node.args) == 1 else None
            dotted = node.head.accents[-1:] == ("dot",)
            if dotted and isinstance(place, t.Sym) and conventional("times", spelled(place)):
                self.times.setdefault(spelled(place), ("a dot over a function of it", node.at))
            number = conventional("scalars", key_of(node.head))
            if number and isinstance(place, t.Sym) and _is_time_by_itself(place):
                self.times.setdefault(
                    spelled(place), ("a coefficient is a function of it", node.at)
                )
        elif isinstance(node, t.Derivative):
            time = isinstance(node.var, t.Sym) and conventional("times", spelled(node.var))
            if time and node.kind in ("total", "partial") and isinstance(node.var, t.Sym):
                self.times.setdefault(spelled(node.var), ("differentiated in", node.at))
            if time and node.kind == "partial":
                self._carry(node.body, node.var)
            if node.kind == "total" and isinstance(node.body, t.Sym):
                var = node.var
                if var is not None and [spelled(s) for s in node.body.sub] == [spelled(var)]:
                    self.moving.add(key_of(node.body))
        elif isinstance(node, t.Norm):
            self._vector(node.body)
        elif isinstance(node, t.Pair):
            self._vector(node.left)
            self._vector(node.right)
        elif isinstance(node, t.Transposed):
            self._vector(node.body)
        elif isinstance(node, t.Mul):
            for i, op in enumerate(node.ops):
                if op == "·":
                    self._vector(node.factors[i])
                    self._vector(node.factors[i + 1])

    @property
    def random(self) -> dict[str, t.Sym]:
        """The symbols that stand for random variables, by spelling."""
        return self.random_symbols

    def _random(self, node: t.Node) -> None:
        if isinstance(node, t.Call):
            for arg in node.args:
                self._random(arg)
        elif isinstance(node, t.Sym):
            self.random_symbols.setdefault(spelled(node), node)

    def _draw(self, draw: t.Draw) -> None:
        if draw.law is None:
            for one in draw.drawn:
                if isinstance(one, t.Call):
                    if len(one.args) == 1:
                        self.sampled.add(key_of(one.head))
                    self.densities.setdefault(key_of(one.head), ("drawn from", one.at))
                    for arg in one.args:
                        self._is_drawn(arg, one.at)
                elif isinstance(one, t.Sym):
                    self._is_drawn(one, one.at)
            return
        head = draw.law.head if isinstance(draw.law, t.Call) else draw.law
        for one in draw.drawn:
            self._is_drawn(one, draw.at)
        if isinstance(head, t.Sym):
            if conventional("uniform", head.name, "names"):
                for one in draw.drawn:
                    self.times.setdefault(spelled(one), ("drawn uniformly", draw.at))
                    self.uniform.add(spelled(one))
            elif head.name != "cal:N":
                if any(conventional("times", spelled(one)) for one in draw.drawn):
                    self.laws_of_times.add(key_of(head))
                if len(draw.drawn) == 1:
                    self.sampled.add(key_of(head))
                self.densities.setdefault(key_of(head), ("drawn from", draw.at))

    def _is_drawn(self, node: t.Node, at: int) -> None:
        name = spelled(node)
        self.drawn[name] = min(at, self.drawn.get(name, at))

    def _vector(self, node: t.Node) -> None:
        """Letters that are a vector because of where ``node`` stands."""
        if isinstance(node, t.Sym):
            self.vectors.setdefault(spelled(node), node.at)
            self.vectors.setdefault(key_of(node), node.at)
        elif isinstance(node, t.Call):
            if not any(isinstance(a, t.Add) for a in node.args):  # c (a + b) may be a product
                self.vectors.setdefault(key_of(node.head), node.at)
        elif isinstance(node, t.Add):
            for _, part in node.parts:
                self._vector(part)
        elif isinstance(node, t.Bracketed | t.Transposed):
            self._vector(node.body)

    def _params(self, roots: list[t.Node]) -> None:
        self.places = {spelled(place) for root in roots for place in _places_of_laws(root)}
        for root in roots:
            for node in t.walk(root):
                var: t.Node | None = None
                why = ""
                if isinstance(node, t.Derivative) and node.kind == "grad":
                    var, why = node.var, "a gradient is taken in it"
                elif isinstance(node, t.Extremum):
                    var, why = node.var, "it is minimised over"
                elif isinstance(node, t.Call) and conventional("losses", node.head.name):
                    for arg in (*node.args, *node.after):
                        if isinstance(arg, t.Sym) and key_of(arg) not in self.called:
                            self._param(arg, "a loss is a function of it")
                elif isinstance(node, t.Call):
                    for arg in node.after:
                        if isinstance(arg, t.Sym) and conventional(
                            "parameters", arg.name, "always"
                        ):
                            self._param(arg, "a model carries it")
                elif isinstance(node, t.Sym):
                    for script in (*node.sub, *((node.sup,) if node.sup is not None else ())):
                        if isinstance(script, t.Sym) and conventional(
                            "parameters", script.name, "always"
                        ):
                            self._param(script, "a model carries it")
                if isinstance(var, t.Sym):
                    self._param(var, why)

    def _param(self, symbol: t.Sym, why: str) -> None:
        name = spelled(symbol)
        if name in self.drawn or name in self.integrated:
            return
        always = conventional("parameters", symbol.name, "always")
        by_use = conventional("parameters", symbol.name, "with_evidence")
        if always or (by_use and name not in self.places):
            self.parameters.setdefault(name, (why, symbol.at))

    def _under_integrals(self, roots: list[t.Node]) -> None:
        """Letters of densities that multiply under an integral over their own argument."""
        for root in roots:
            for node in t.walk(root):
                if not isinstance(node, t.Integral):
                    continue
                over = {spelled(one.var) for one in node.over}
                for inner in t.walk(node.body):
                    if isinstance(inner, t.Call) and (
                        conventional("densities", key_of(inner.head))
                        and over.intersection(map(spelled, (*inner.args, *inner.given)))
                    ):
                        self.densities.setdefault(
                            key_of(inner.head), ("integrated against", inner.at)
                        )

    def _below_slopes(self, roots: list[t.Node]) -> None:
        """Letters of densities whose logarithm has a slope in a point: ∇ log ρ(x)."""
        slopes = [n for root in roots for n in t.walk(root) if isinstance(n, t.Derivative)]
        for body in (slope.body for slope in slopes if slope.kind == "grad"):
            log = body if isinstance(body, t.Function) and body.name == "log" else None
            inside = log.args[0] if log is not None and len(log.args) == 1 else None
            if isinstance(inside, t.Call) and conventional("densities", key_of(inside.head)):
                self.densities.setdefault(key_of(inside.head), ("it has a score", inside.at))

    def _uniform_times(self) -> None:
        """Letters of times, which are drawn, integrated over or written as a subscript."""
        for name, at in (*self.drawn.items(), *self.integrated.items()):
            if conventional("times", name, "by_itself"):
                self.times.setdefault(name, ("by convention", at))
        for name, at in self.scripts.items():
            if conventional("times", name, "by_itself") and name not in self.drawn:
                self.times.setdefault(name, ("by convention", at))
        known = {
            key_of(one)
            for one in self.spellings.values()
            if any(
                isinstance(script, t.Sym) and spelled(script) in self.times for script in one.sub
            )
        }
        for one in list(self.spellings.values()):  # a_s beside a_t
            script = one.sub[0] if len(one.sub) == 1 else None
            if (
                isinstance(script, t.Sym)
                and key_of(one) in known
                and script.name == spelled(script)
            ):
                free = spelled(script) not in self.drawn or spelled(script) in self.times
                if conventional("times", script.name) and free:
                    self.times.setdefault(
                        spelled(script), ("a subscript like another time", one.at)
                    )


def _is_time_by_itself(symbol: t.Sym) -> bool:
    return conventional("times", spelled(symbol), "by_itself")


def _places_of_laws(root: t.Node) -> Iterator[t.Node]:
    """x and z of N(x; m, V) and of p(x | z)."""
    for node in t.walk(root):
        if isinstance(node, t.Normal) and node.point is not None:
            yield node.point
        elif isinstance(node, t.Call) and conventional("densities", key_of(node.head)):
            yield from (*node.args, *node.given)


def _mixed_in(left: t.Node, right: t.Node) -> Iterator[str]:
    """The key of p(x|c) on the left of an average with p(x|z) in it."""
    if not (isinstance(left, t.Call) and len(left.given) == 1):
        return
    here = (key_of(left.head), len(left.head.sub), len(left.args))
    for node in t.walk(right):
        if isinstance(node, t.Integral):
            for inner in t.walk(node.body):
                if not (isinstance(inner, t.Call) and len(inner.given) == 1):
                    continue
                there = (key_of(inner.head), len(inner.head.sub), len(inner.args))
                own, other = left.given[0], inner.given[0]
                letters = isinstance(own, t.Sym) and isinstance(other, t.Sym)
                if here == there and letters and spelled(own) != spelled(other):
                    yield here[0]


def letters_in(node: t.Node) -> Iterator[t.Sym]:
    """The letters in ``node`` that are neither applied to something nor scripts of others."""
    if isinstance(node, t.Sym):
        yield node
    elif isinstance(node, t.Call):
        for arg in (*node.args, *node.given, *node.after):
            yield from letters_in(arg)
    elif isinstance(node, t.Derivative):
        yield from letters_in(node.body)
    else:
        for child in t.children(node):
            yield from letters_in(child)


def _plain(node: t.Node) -> bool:
    """Whether a side is made of letters by arithmetic alone."""
    kinds = (t.Sym, t.Num, t.Add, t.Mul, t.Bracketed, t.Frac, t.Pow, t.Function, t.Call)
    return isinstance(node, t.Add) and all(isinstance(n, kinds) for n in t.walk(node))


def _averaged_in(node: t.Expectation) -> Iterator[t.Sym]:
    """The letters in an average that may be drawn: the x of E[… | X = x] is a value of X there."""
    values = {spelled(g.right) for g in node.given if isinstance(g, t.Observation)}
    for one in t.walk(node):
        if isinstance(one, t.Sym) and spelled(one) not in values:
            yield one


def _values_beside_capitals(node: t.Expectation) -> set[str]:
    """z of E[D(Y, z) | X]: where what is random has capital letters, a small one is a value."""
    given = [g.left if isinstance(g, t.Observation) else g for g in node.given]
    letters = [*letters_in(node.body)]
    capitals = all(isinstance(g, t.Sym) and _capital(g) for g in given)
    if not given or not capitals or not any(map(_capital, letters)):
        return set()
    small = [one for one in letters if len(one.name) == 1 and one.name.islower() and not one.sub]
    return {spelled(one) for one in small if not one.accents}


def _capital(symbol: t.Sym) -> bool:
    """Whether a letter is one of those that random variables are written with."""
    letter = symbol.name.split(":")[-1]
    font = symbol.name.partition(":")[0] if ":" in symbol.name else ""
    plain = len(letter) == 1 and letter.isupper() and font in ("", "bf")
    return plain and not symbol.labels and not conventional("matrices", symbol.name)
