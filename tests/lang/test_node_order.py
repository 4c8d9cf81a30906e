"""Parts of sums and products stand in SymPy's order, by which they have always been printed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from node_samples import SAMPLES
from sympy import Basic

from fmproof.lang.arithmetic import _compare


def parts(node: Basic) -> Iterator[Basic]:
    yield node
    for arg in node.args:
        yield from parts(arg)


def test_it_is_sympys_order() -> None:
    nodes = [part for kind in SAMPLES for sample in SAMPLES[kind] for part in parts(sample.node)]
    assert len(nodes) > 100
    assert {_compare(a, b) for a, b in product(nodes, nodes)} == {-1, 0, 1}
    assert all(_compare(a, b) == a.compare(b) for a, b in product(nodes, nodes))
