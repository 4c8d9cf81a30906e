"""Terms and propositions as rows: what is written is read again."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from sympy import Basic

from fmproof import Expect, Real, Scalar, Vec
from fmproof.certificate.certificate import schema
from fmproof.errors import InputError
from fmproof.lang.node import admit, declared_types
from fmproof.lang.nodes import Law, Let, Normal
from fmproof.lang.nodes.name import Label
from fmproof.lang.props import Almost, Differentiable, Dominated, Equals, Positive
from fmproof.lang.scope import alpha_equal
from fmproof.lang.sorts import Sort
from fmproof.rows import Table, read_row
from fmproof.testing.strategies.language import seeded

t, s = Real("t s")
x, y, z = Vec("x y z")
g = Scalar("g", x, sub=t)
PROPOSITIONS = [
    Positive(g(t, x)),
    Differentiable(g(t, x), t, s, x, y),
    Dominated(g(t, y), t, t, Normal(y, x)),
    Almost(Equals(y, z), Law("Q", z)(z), Let(y, z)),
]


def again(node: Any) -> Basic:
    table, admitted = Table(), admit(node)
    number = table.row(admitted)
    rows: list[Basic] = []
    for row in json.loads(json.dumps(table.rows)):
        rows.append(read_row(row, rows))
    return rows[number]


def test_random_terms_of_the_field_come_back() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    kinds: set[str] = set()
    for seed in range(80):
        term = admit(seeded(seed, field=True).term((Sort.REAL, Sort.VEC)[seed % 2], 3))
        assert alpha_equal(again(term), term)
        table = Table()
        table.row(term)
        for number, row in enumerate(table.rows):
            validator.validate({"row": number, **row})
            kinds.add(row["kind"])
    assert {"CondExpect", "Given", "Let", "Law", "Gaussian", "Partial", "Div", "Constant"} <= kinds


@pytest.mark.parametrize("prop", PROPOSITIONS, ids=lambda prop: type(prop).__name__)
def test_propositions_come_back(prop: Any) -> None:
    assert alpha_equal(again(prop), admit(prop))


def test_every_type_of_node_has_a_kind_in_the_schema() -> None:
    shapes = [line["properties"]["kind"] for line in schema()["oneOf"] if "row" in line["required"]]
    listed = [kind for shape in shapes for kind in shape["enum"]]
    kinds = set(listed)
    assert len(kinds) == len(listed)
    numbers = {"Rational", "Integer", "Half", "One", "Zero", "NegativeOne"}
    named = {kind.__name__ for kind in declared_types()} - numbers - {Label.__name__}
    assert named <= kinds


def test_what_is_no_constant_is_refused() -> None:
    with pytest.raises(InputError, match="a constant is one of d, pi"):
        read_row({"kind": "Constant", "name": "e"}, [])
    assert again(Expect(g(t, x), Normal(x))) == admit(Expect(g(t, x), Normal(x)))
