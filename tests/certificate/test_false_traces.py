"""Certificates of false theorems, as a kernel with a hole would have written them.

Each is a step that an earlier kernel once made, or one of its kind (docs/holes.md): a factor lost
or counted twice, a condition dropped, a bound variable outside its integral. Some have no proof
that could be written, and the exporter says so. Of the others Coq refuses a lemma.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from examples import times

from fmproof.certificate.certificate import Certificate, read_certificate
from fmproof.certificate.export.check import check_with_coq
from fmproof.certificate.export.files import proof
from fmproof.certificate.export.statement.goal import goal
from fmproof.certificate.export.statement.sorts import NotExported
from fmproof.certificate.library import MISSING, compiled
from fmproof.certificate.replay import replay
from fmproof.errors import InputError

ANALYSIS = "/usr/lib/ocaml/coq/user-contrib/mathcomp/analysis"
needs_coq = pytest.mark.skipif(
    shutil.which("coqc") is None or not Path(ANALYSIS).is_dir(), reason=MISSING
)
TRACES = sorted((Path(__file__).parent / "false_traces").glob("*.jsonl"))
WRITTEN = (
    "a_product_is_a_sum",
    "bound_variable_comes_out",
    "cancelled_twice",
    "sum_over_itself",
)
"""Those that have a text for Coq."""


def trace(name: str) -> Certificate:
    file = Path(__file__).parent / "false_traces" / f"{name}.jsonl"
    return read_certificate(file.read_text("utf-8"))


@pytest.mark.parametrize("file", TRACES, ids=[file.stem for file in TRACES])
def test_a_false_trace_is_stated_and_not_proved(file: Path) -> None:
    """The kernel of today refuses it, too."""
    certificate = trace(file.stem)
    assert "Definition theorem : Prop" in goal(certificate)
    with pytest.raises(InputError):
        replay(certificate)
    if file.stem in WRITTEN:
        assert "Theorem proved" in proof(certificate)
    else:
        with pytest.raises(NotExported, match="step 0"):
            proof(certificate)


@needs_coq
@pytest.mark.parametrize("name", WRITTEN if times(1) > 1 else WRITTEN[-1:])
def test_coq_refuses_it(name: str) -> None:
    """One here, all in the nightly profile."""
    with pytest.raises(InputError, match=r"Coq refuses (fact_\d+|s0) of Proof\.v"):
        check_with_coq(trace(name), proof(trace(name)), compiled())
