"""What each node declares is what stands in the samples, and nothing of it can be left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from node_samples import SAMPLES, Sample
from sympy.core.numbers import NegativeOne

from fmproof import alpha_equal, parse_latex, parse_text
from fmproof.kernel.obligations import obligations
from fmproof.lang import node
from fmproof.lang.node import (
    Declaration,
    bound_vars,
    declaration,
    declared_types,
    is_nonnegative,
    no_places,
    not_clear,
    nothing,
)
from fmproof.lang.props import Prop
from fmproof.lang.spelling.latex import latex
from fmproof.lang.spelling.text import text
from fmproof.meaning.evaluator import MAGNITUDES, VALUES
from fmproof.reading.statement import parse_statement
from fmproof.reading.text import parse_plain_statement

every_type = pytest.mark.parametrize("kind", declared_types(), ids=lambda k: k.__name__)
NEUTRAL = {"bound": nothing, "places": no_places, "obliges": nothing, "nonnegative": not_clear}


def facts(sample: Sample) -> Sample:
    """What the declarations say of a node now."""
    shown = sample.node
    sort = declaration(shown).sort(shown)
    return Sample(
        shown,
        sort,
        " ".join(v.name for v in bound_vars(shown)),
        {place: lift.name for place, lift in declaration(shown).places(shown).items()},
        tuple(map(text, obligations(shown))) if sort is not None else (),
        is_nonnegative(shown),
    )


@every_type
def test_a_type_declares_what_its_samples_say(kind: type) -> None:
    assert kind in SAMPLES, f"add samples of {kind.__name__} to tests/lang/node_samples.py"
    for sample in SAMPLES[kind]:
        assert type(sample.node) is kind
        assert facts(sample) == sample


@every_type
def test_a_type_has_its_spellings(kind: type) -> None:
    for sample in SAMPLES[kind]:
        assert text(sample.node)
        assert latex(sample.node)


@every_type
def test_what_is_printed_reads_back(kind: type) -> None:
    for made, sort, *_ in SAMPLES[kind]:
        if isinstance(made, Prop):
            back = parse_plain_statement(text(made), made), parse_statement(latex(made), made)
        elif sort is not None:
            back = parse_text(text(made), made), parse_latex(latex(made), made)
        else:
            continue  # a symbol, or a part of what binds: read within what it stands in
        assert all(alpha_equal(found, made) for found in back), back


@every_type
def test_a_term_has_a_value_and_a_magnitude(kind: type) -> None:
    if declaration(SAMPLES[kind][0].node).sort(SAMPLES[kind][0].node) is not None:
        assert kind in VALUES, f"say in meaning/evaluator.py what the value of {kind.__name__} is"
        assert kind in MAGNITUDES, f"say in meaning/evaluator.py what bounds {kind.__name__}"


def neutralised() -> Iterator[tuple[type, str]]:
    for kind in (k for k in declared_types() if k in SAMPLES):
        for name, neutral in NEUTRAL.items():
            if kind is NegativeOne and name == "nonnegative":
                continue  # −1 is not ≥ 0 whoever says it
            if getattr(declaration(SAMPLES[kind][0].node), name) is not neutral:
                yield kind, name


@pytest.mark.parametrize(
    ("kind", "name"), list(neutralised()), ids=lambda v: getattr(v, "__name__", v)
)
def test_a_declaration_that_is_removed_is_missed(
    kind: type, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The samples see it when a scope, a place, an obligation or a sign is gone."""
    poorer = replace(node._DECLARED[id(kind)][1], **{name: NEUTRAL[name]})
    monkeypatch.setitem(node._DECLARED, id(kind), (kind, poorer))
    node._forget()
    try:
        assert any(_said(sample) != sample for sample in SAMPLES[kind])
    finally:
        node._forget()


def _said(sample: Sample) -> Any:
    try:
        return facts(sample)
    except Exception as error:  # a node that no longer binds cannot even be shown
        return error


@pytest.mark.parametrize("missing", [f.name for f in fields(Declaration)])
def test_a_declaration_has_no_defaults(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "_closed", [])
    declared: dict[str, Any] = {f.name: None for f in fields(Declaration) if f.name != missing}
    with pytest.raises(TypeError, match=missing):
        node.declare(type("Mine", (), {}), **declared)


def test_the_language_is_closed() -> None:
    with pytest.raises(TypeError, match="closed"):
        node.declare(type("Mine", (), {}))


def test_what_is_not_declared_is_no_term() -> None:
    from sympy import Symbol

    from fmproof import SortError, free_vars

    for ask in (declaration, bound_vars, is_nonnegative, free_vars, text, latex, obligations):
        with pytest.raises(SortError):
            ask(Symbol("t"))


@every_type
def test_what_has_arguments_is_made_of_them_alone(kind: type) -> None:
    """So that a node is known by its type and its arguments, as the memory of ``node`` takes it."""
    ours = [base for base in kind.__mro__ if base.__module__.startswith("fmproof.")]
    for sample in SAMPLES[kind]:
        if sample.node.args:
            slots = [name for base in ours for name in vars(base).get("__slots__", ())]
            assert not slots
            assert not getattr(sample.node, "__dict__", {})
