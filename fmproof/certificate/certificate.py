"""A certificate: the steps by which a theorem was made, as lines of JSON.

The first line says what it is, then come the rows of terms and propositions, the steps, premises
first, and the theorem. docs/certificate.md describes each line; ``schema.json`` is its schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from sympy import Basic

from fmproof._version import __version__
from fmproof.errors import InputError
from fmproof.kernel.theorem import Theorem
from fmproof.lang.props import Prop
from fmproof.rows import Table, part, read_row, refuse_others

FORMAT = "fmproof-certificate"
VERSION = 2


@dataclass(frozen=True)
class RuleApplication:
    """One application of a rule.

    Attributes:
        rule: the kernel's name for it.
        arguments: in the order of its parameters: terms, propositions, numbers, tuples of these;
            a theorem among them is a :class:`From`.
        conclusion, hypotheses: the sequent that it claims.
        label: of the derivation's step that it is part of; empty where it is of none.
    """

    rule: str
    arguments: tuple[Any, ...]
    conclusion: Prop
    hypotheses: tuple[Prop, ...]
    label: str = ""

    @property
    def premises(self) -> tuple[int, ...]:
        """The steps that it uses, in order."""
        return tuple(found.step for found in _found(self.arguments, From))


@dataclass(frozen=True)
class From:
    """A theorem among the arguments of a step: the number of the step that made it."""

    step: int


@dataclass(frozen=True)
class Certificate:
    """What a derivation's theorem was made by; the last step makes it."""

    derivation: str
    steps: tuple[RuleApplication, ...]

    @property
    def theorem(self) -> RuleApplication:
        return self.steps[-1]


def _found(value: Any, kind: type) -> Iterator[Any]:
    """What is of a kind among the arguments of a rule, in order."""
    if isinstance(value, kind):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _found(item, kind)


def premises(theorem: Theorem) -> tuple[Theorem, ...]:
    """The theorems that the last rule took."""
    return tuple(_found(theorem.trace.arguments, Theorem))


def proof_steps(theorem: Theorem) -> list[Theorem]:
    """The theorems that ``theorem`` rests on and itself, each once, premises first."""
    order: list[Theorem] = []
    seen: set[int] = set()
    waiting = [(theorem, False)]
    while waiting:
        current, expanded = waiting.pop()
        if expanded:
            order.append(current)
        elif id(current) not in seen:
            seen.add(id(current))
            waiting.append((current, True))
            waiting.extend((premise, False) for premise in premises(current))
    return order


def of_theorem(theorem: Theorem, derivation: str) -> Certificate:
    """The certificate of a theorem: only what it rests on, each step once, premises first."""
    made = proof_steps(theorem)
    numbers = {id(step): number for number, step in enumerate(made)}

    def recorded(value: Any) -> Any:
        if type(value) is Theorem:
            return From(numbers[id(value)])
        return tuple(map(recorded, value)) if isinstance(value, tuple) else value

    return Certificate(
        derivation,
        tuple(
            RuleApplication(t.trace.rule, recorded(t.trace.arguments), t.conclusion, t.hypotheses)
            for t in made
        ),
    )


# --- writing ------------------------------------------------------------------------------


def write(certificate: Certificate) -> str:
    """The lines of a certificate."""
    table = Table()
    lines: list[dict[str, Any]] = []
    for number, step in enumerate(certificate.steps):
        lines.append(
            {
                "step": number,
                "rule": step.rule,
                "args": [_written(a, table) for a in step.arguments],
                "from": list(step.premises),
                "concl": table.row(step.conclusion),
                "hyps": [table.row(h) for h in step.hypotheses],
                **({"label": step.label} if step.label else {}),
            }
        )
    head = {
        "format": FORMAT,
        "version": VERSION,
        "derivation": certificate.derivation,
        "fmproof": __version__,
    }
    rows = ({"row": number, **row} for number, row in enumerate(table.rows))
    last = {"theorem": len(certificate.steps) - 1}
    return "".join(f"{json.dumps(line)}\n" for line in (head, *rows, *lines, last))


def _written(value: Any, table: Table) -> Any:
    if isinstance(value, From):
        return {"from": value.step}
    if isinstance(value, tuple):
        return [_written(item, table) for item in value]
    return {"row": table.row(value)} if isinstance(value, Basic) else value


# --- reading ------------------------------------------------------------------------------


def read_certificate(text: str) -> Certificate:
    """The certificate that these lines are.

    Raises:
        InputError: it is none, is of another version, or some line is not what it should be.
    """
    lines = list(_lines(text))
    head = lines[0] if lines else {}
    if head.get("format") != FORMAT:
        raise InputError(
            f"this is no certificate, whose first line says {FORMAT!r}; "
            "fmproof verify NAME --certificate FILE writes one"
        )
    if not _is(head.get("version"), VERSION):
        raise InputError(
            f"a certificate of version {head.get('version')!r}; this fmproof reads {VERSION}: "
            "make it again with fmproof verify --certificate"
        )
    rows: list[Basic] = []
    steps: list[RuleApplication] = []
    for number, line in enumerate(lines[1:-1], start=2):
        try:
            if _is(line.get("row"), len(rows)) and not steps and "kind" in line:
                rows.append(read_row(line, rows))
            elif _is(line.get("step"), len(steps)):
                steps.append(_step(line, rows, len(steps)))
            else:
                raise InputError("expected the next row or the next step")
        except KeyError as error:
            raise InputError(f"line {number} of the certificate has no {error}") from None
        except (TypeError, IndexError) as error:
            raise InputError(f"line {number} of the certificate: {error}") from None
        except InputError as error:
            raise InputError(f"line {number} of the certificate: {error}") from None
    if (
        not steps
        or lines[-1].keys() != {"theorem"}
        or not _is(lines[-1]["theorem"], len(steps) - 1)
    ):
        raise InputError(
            "the certificate is cut short or mended: it ends with its theorem, the last step"
        )
    refuse_others(head, _HEAD)
    name = head.get("derivation")
    if not (isinstance(name, str) and name and name.isprintable()):
        raise InputError("the first line of a certificate must name the derivation, on one line")
    return Certificate(name, tuple(steps))


def _is(value: Any, number: int) -> bool:
    """Whether a value of JSON is this number, and not 2.0 for 2 or true for 1."""
    return type(value) is int and value == number


_HEAD = ("format", "version", "derivation", "fmproof")
_STEP = ("step", "rule", "args", "from", "concl", "hyps", "label")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; one that says something twice is read otherwise by others."""
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key in found if [name for name, _ in pairs].count(key) > 1)
        raise ValueError(f"it has {twice!r} twice")
    return found


def _lines(text: str) -> Iterable[dict[str, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            value = json.loads(line, object_pairs_hook=_object)
        except ValueError as error:
            if number == 1:
                yield {}  # no certificate at all
                return
            raise InputError(f"line {number} of the certificate is not JSON: {error}") from None
        if not isinstance(value, dict):
            raise InputError(f"line {number} of the certificate is not a JSON object")
        yield value


def _step(line: dict[str, Any], rows: Sequence[Basic], number: int) -> RuleApplication:
    for key, kind in (("rule", str), ("args", list), ("from", list), ("hyps", list)):
        if type(line[key]) is not kind:
            raise InputError(f"step {number}: {key!r} is no {'text' if kind is str else 'list'}")
    refuse_others(line, _STEP)
    conclusion = part(line["concl"], rows)
    hypotheses = tuple(part(h, rows) for h in line["hyps"])
    for prop in (conclusion, *hypotheses):
        if not isinstance(prop, Prop):
            raise InputError(f"step {number} claims {prop}, which is no proposition")
    step = RuleApplication(
        line["rule"],
        tuple(_read(arg, rows, number) for arg in line["args"]),
        conclusion,
        hypotheses,
        line.get("label", ""),
    )
    if not (isinstance(step.label, str) and step.label.isprintable()):
        raise InputError(f"step {number}: its label is no text on one line")
    if [*map(repr, step.premises)] != [*map(repr, line["from"])]:
        raise InputError(f"step {number}: its premises are not those among its arguments")
    return step


def _read(value: Any, rows: Sequence[Basic], number: int) -> Any:
    if isinstance(value, list):
        return tuple(_read(item, rows, number) for item in value)
    if isinstance(value, dict):
        if value.keys() == {"row"}:
            return part(value["row"], rows)
        if value.keys() != {"from"}:
            kinds = '{"row": 0} or {"from": 0}'
            raise InputError(f"step {number} has the argument {value!r}, expected {kinds}")
        step = value["from"]
        if type(step) is not int or not 0 <= step < number:
            raise InputError(f"step {number} uses {step!r}, which is no earlier step")
        return From(step)
    if type(value) is not int:
        raise InputError(f"step {number} has the argument {value!r}, which no rule takes")
    return value


def schema() -> dict[str, Any]:
    """The JSON schema of one line."""
    text = files("fmproof.certificate").joinpath("schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
