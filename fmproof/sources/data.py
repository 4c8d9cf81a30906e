"""Derivations as JSON: what one process writes and another reads, without pickles.

Reading makes everything anew by the constructors of scripts and terms, which check it. So what is
read is a derivation, whoever wrote it; whether it is proved, the reader finds out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sympy import Basic

from fmproof.errors import FmproofError, InputError
from fmproof.report.model import Location
from fmproof.rows import Table, part, read_row_as_written
from fmproof.tactics.script import Derivation, Hypothesis, Instance, Part, Step, set_location


def to_data(found: Sequence[Derivation]) -> dict[str, Any]:
    """``found``, with what they use, as an object of JSON: ``rows`` of terms, ``derivations``
    that refer to them by number, those that are used first, and the numbers that are ``found``."""
    writer = _Writer()
    numbers = [writer.derivation(derivation) for derivation in found]
    return {"rows": writer.table.rows, "derivations": writer.derivations, "found": numbers}


def from_data(value: Mapping[str, Any]) -> list[Derivation]:
    """The derivations that :func:`to_data` wrote.

    Raises:
        InputError: that is no such object, or what it says is no derivation.
    """
    try:
        reader = _Reader()
        for row in value["rows"]:
            reader.rows.append(read_row_as_written(row, reader.rows))
        for derivation in value["derivations"]:
            reader.derivations.append(reader.derivation(derivation))
        return [part(number, reader.derivations) for number in value["found"]]
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        raise InputError(f"this is no derivation: {error}") from None
    except FmproofError as error:
        raise InputError(str(error)) from None


class _Writer:
    def __init__(self) -> None:
        self.table = Table()
        self.derivations: list[dict[str, Any]] = []
        self._numbers: dict[int, tuple[Derivation, int]] = {}  # by identity; kept, so it stays

    def derivation(self, derivation: Derivation) -> int:
        known = self._numbers.get(id(derivation))
        if known is None:
            self.derivations.append(self._derivation(derivation))
            known = self._numbers[id(derivation)] = (derivation, len(self.derivations) - 1)
        return known[1]

    def _derivation(self, derivation: Derivation) -> dict[str, Any]:
        row = self.table.row
        return {
            "uses": [self.derivation(used) for used in derivation.uses],
            "name": derivation.name,
            "title": derivation.title,
            "source": derivation.source,
            "variables": [row(var) for var in derivation.variables],
            "says": self._prose(derivation.says),
            "meanings": [[row(head), words] for head, words in derivation.meanings.items()],
            "hypotheses": [[h.name, row(_term(h.prop)), h.meaning] for h in derivation.hypotheses],
            "parts": [self._part(part) for part in derivation.parts],
            "statement": self._perhaps(derivation.statement),
            "location": _place(derivation),
        }

    def _part(self, part: Part) -> dict[str, Any]:
        return {
            "title": part.title,
            "name": part.name,
            "start": self.table.row(_term(part.start)),
            "statement": self._perhaps(part.statement),
            "says": self._prose(part.says),
            "result": part.result,
            "almost": [self.table.row(draw) for draw in part.almost],
            "steps": [self._step(step) for step in part.steps],
        }

    def _step(self, step: Step) -> dict[str, Any]:
        return {
            "id": step.id,
            "claim": self.table.row(_term(step.claim)),
            "by": list(step.by),
            "using": [self._reference(reference) for reference in step.references],
            "relation": step.relation,
            "note": self._prose(step.note),
            "location": _place(step),
        }

    def _reference(self, reference: str | Instance) -> Any:
        if isinstance(reference, str):
            return reference
        row = self.table.row
        return {
            "of": reference.of,
            "replace": [[row(head), row(term)] for head, term in reference.replace.items()],
            "at": [[row(var), row(term)] for var, term in reference.at.items()],
        }

    def _prose(self, words: Iterable[str | Basic]) -> list[Any]:
        return [word if isinstance(word, str) else {"row": self.table.row(word)} for word in words]

    def _perhaps(self, prop: Any) -> int | None:
        return None if prop is None else self.table.row(prop)


def _term(item: Any) -> Basic:
    """What was text is a term once a derivation is made."""
    return cast("Basic", item)


def _place(made: Step | Derivation) -> list[Any]:
    location = cast("Location", made.location)  # set by making it
    return [location.file, location.line]


class _Reader:
    def __init__(self) -> None:
        self.rows: list[Basic] = []
        self.derivations: list[Derivation] = []

    def derivation(self, value: Mapping[str, Any]) -> Derivation:
        row = self._row
        made = Derivation(
            value["name"],
            value["title"],
            [Hypothesis(name, row(prop), meaning) for name, prop, meaning in value["hypotheses"]],
            [self._part(part) for part in value["parts"]],
            source=value["source"],
            uses=[part(number, self.derivations) for number in value["uses"]],
            variables=[row(var) for var in value["variables"]],
            statement=self._perhaps(value["statement"]),
            says=self._prose(value["says"]),
            meanings={row(head): words for head, words in value["meanings"]},
        )
        set_location(made, *value["location"])
        return made

    def _part(self, value: Mapping[str, Any]) -> Part:
        return Part(
            value["title"],
            self._row(value["start"]),
            [self._step(step) for step in value["steps"]],
            self._perhaps(value["statement"]),
            value["name"],
            self._prose(value["says"]),
            value["result"],
            [self._row(draw) for draw in value["almost"]],
        )

    def _step(self, value: Mapping[str, Any]) -> Step:
        made = Step(
            value["id"],
            self._row(value["claim"]),
            value["by"],
            [self._reference(reference) for reference in value["using"]],
            value["relation"],
            self._prose(value["note"]),
        )
        set_location(made, *value["location"])
        return made

    def _reference(self, value: Any) -> str | Instance:
        if isinstance(value, str):
            return value
        row = self._row
        return Instance(
            value["of"],
            {row(head): row(term) for head, term in value["replace"]},
            {row(var): row(term) for var, term in value["at"]},
        )

    def _prose(self, words: Iterable[Any]) -> list[str | Basic]:
        return [word if isinstance(word, str) else self._row(word["row"]) for word in words]

    def _perhaps(self, number: Any) -> Any:
        return None if number is None else self._row(number)

    def _row(self, number: Any) -> Any:
        return part(number, self.rows)
