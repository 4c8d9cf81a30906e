"""The derivations that were checked, as a Python file in the authoring language.

Symbols are declared once, in the order in which definitions need them; then every row is a
derivation of its own. A row that is not proved stands there as a comment, to go on by hand.
"""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sympy import Basic, Rational

import fmproof
from fmproof.documents.prove import Checked
from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.nodes import Apply, Gaussian, Head, Inner, Lebesgue, Named, Var
from fmproof.lang.nodes.name import Label
from fmproof.lang.sorts import Sort
from fmproof.tactics.script import Hypothesis, Part, Step

_SORTS = {Sort.REAL: "Real", Sort.VEC: "Vec", Sort.PARAM: "Param", Sort.LATENT: "Latent"}
_WIDTH = 96


def write_script(document: str, rows: Sequence[Checked]) -> str:
    """The Python text; ``fmproof verify`` checks it again."""
    writer = _Writer()
    bodies = [writer.row(i, row) for i, row in enumerate(rows, 1)]
    if not any(row.proved for row in rows):
        bodies.append("# No row of the document is proved, so there is nothing to verify yet.")
    names = sorted(writer.used)
    imports = "from fmproof import (\n" + "".join(f"    {name},\n" for name in names) + ")\n"
    first = f"# What fmproof check made of {_plain(document)}: one derivation for each row.\n"
    return "\n".join([first, imports, *writer.declared, "", *bodies]).rstrip("\n") + "\n"


@dataclass
class _Writer:
    used: set[str] = field(default_factory=lambda: {"Derivation", "Part", "Step"})
    declared: list[str] = field(default_factory=list)
    names: dict[Any, str] = field(default_factory=dict)

    def row(self, number: int, row: Checked) -> str:
        """The assignment of one derivation, commented out where it is not proved."""
        derivation = row.derivation
        hypotheses = [self.hypothesis(h) for h in derivation.hypotheses]
        parts = [self.part(part) for part in derivation.parts]
        variables = [self.term(v) for v in derivation.variables]
        name = f"row-{row.place.replace(':', '-')}-{number}"
        text = _call(
            "Derivation",
            [
                repr(name),
                *([f"hypotheses={_list(hypotheses)}"] if hypotheses else []),
                f"parts={_list(parts)}",
                *([f"variables=[{', '.join(variables)}]"] if variables else []),
            ],
        )
        lines = [f"# {row.place}: {_plain(row.latex)}"]
        body = f"row_{number} = {text}".splitlines()
        lines += body if row.proved else ["# not proved:", *(f"# {line}" for line in body)]
        return "\n".join([*lines, ""])

    def hypothesis(self, one: Hypothesis) -> str:
        self.used.add("Hypothesis")
        return f"Hypothesis({one.name!r}, {self.term(one.prop)})"

    def part(self, part: Part) -> str:
        steps = [self.step(step) for step in part.steps]
        return _call("Part", [repr(part.title), self.term(part.start), _list(steps)])

    def step(self, step: Step) -> str:
        given = [repr(step.id), self.term(step.claim), f"by={', '.join(step.rules)!r}"]
        if step.references:
            given.append(f"using={list(step.references)!r}")
        if step.relation != "=":
            given.append(f"relation={step.relation!r}")
        return f"Step({', '.join(given)})"

    # --- terms ---

    def term(self, node: Any) -> str:
        """``node`` as an expression over the names that are declared."""
        if isinstance(node, Var | Head | Named):
            return self.name(node)
        if isinstance(node, Rational):
            if node.is_Integer:
                return str(node)
            self.used.add("Rational")
            return f"Rational({node.p}, {node.q})"
        if isinstance(node, Add):
            self.used.add("plus")
            return f"plus({', '.join(map(self.term, node.args))})"
        if isinstance(node, Mul):
            return "*".join(map(self.factor, node.args))
        if isinstance(node, Pow):
            return f"{self.factor(node.args[0])}**{self.factor(node.args[1])}"
        if isinstance(node, Apply):
            head, *arguments = node.args
            if isinstance(head, Gaussian):
                self.used.add("Normal")
                return f"Normal({', '.join(map(self.term, arguments))})"
            return f"{self.name(head)}({', '.join(map(self.term, arguments))})"
        if isinstance(node, Inner) and node.args[0] == node.args[1]:
            self.used.add("norm2")
            return f"norm2({self.term(node.args[0])})"
        if isinstance(node, Lebesgue):
            ends = (node.low, node.high) if node.bounded else ()
            self.used.add("Lebesgue")
            return f"Lebesgue({', '.join([self.term(node.var), *map(_number, ends)])})"
        if not node.args and getattr(node, "name", None) in ("d", "pi"):
            name = "dim" if node.name == "d" else "pi"
            self.used.add(name)
            return name
        kind = type(node).__name__
        self.used.add(kind)
        return f"{kind}({', '.join(map(self.term, node.args))})"

    def factor(self, node: Basic) -> str:
        shown = self.term(node)
        return f"({shown})" if shown.startswith("-") or isinstance(node, Mul) else shown

    def name(self, node: Any) -> str:
        """The Python name of a symbol, declared when it is first met."""
        known = self.names.get(node)
        if known is not None:
            return known
        line = self.declaration(node)
        label = node.args[0].name if isinstance(node, Named) else node.name
        name = self.fresh(label)
        self.names[node] = name
        self.declared.append(f"{name} = {line}")
        return name

    def declaration(self, node: Any) -> str:
        if isinstance(node, Var):
            self.used.add(_SORTS[node.sort])
            return f"{_SORTS[node.sort]}({node.name!r})"
        if isinstance(node, Named):
            self.used.add("Named")
            label = node.args[0]
            assert isinstance(label, Label)
            return f"Named({label.name!r}, {self.term(node.args[1])})"
        kind = type(node).__name__
        self.used.add(kind)
        main = [self.place(item) for item in (node.over or node.main)]
        given = [repr(node.name), *main]
        for place in ("sub", "sup", "given"):
            variables = getattr(node, place)
            if variables:
                given.append(f"{place}=[{', '.join(map(self.term, variables))}]")
        if getattr(node, "nonneg", False) and not node.over:
            given.append("nonneg=True")
        if node.definition is not None:
            given.append(f"definition={self.term(node.definition)}")
        return f"{kind}({', '.join(given)})"

    def place(self, item: Any) -> str:
        """A main parameter, with its interval where it has one."""
        if not (isinstance(item, Lebesgue) and item.bounded):
            return self.term(item.var if isinstance(item, Lebesgue) else item)
        return f"({self.term(item.var)}, {_number(item.low)}, {_number(item.high)})"

    def fresh(self, label: str) -> str:
        name = "".join(letter if letter.isalnum() else "_" for letter in label) or "symbol"
        taken = {*self.names.values(), *fmproof.__all__}
        while name in taken or keyword.iskeyword(name) or not name.isidentifier():
            name += "_"
        return name


def _number(value: Any) -> str:
    fraction = Fraction(str(value))
    return str(fraction) if fraction.denominator == 1 else f'Rational("{fraction}")'


def _call(name: str, given: Sequence[str]) -> str:
    line = f"{name}({', '.join(given)})"
    if len(line) <= _WIDTH and "\n" not in line:
        return line
    inside = ",\n".join(given)
    return f"{name}(\n{_indented(inside)},\n)"


def _list(items: Sequence[str]) -> str:
    line = f"[{', '.join(items)}]"
    if len(line) <= _WIDTH - 12 and "\n" not in line:
        return line
    return "[\n" + _indented(",\n".join(items)) + ",\n]"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _plain(text: str) -> str:
    """On one line, as a comment needs it."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
