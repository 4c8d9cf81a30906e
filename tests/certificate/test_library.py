"""The Coq library: it compiles, and its lemmas rest on no axiom of ours but those it names."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from examples import times

from fmproof.certificate.library import (
    ALLOWED,
    ASSUMED,
    ASSUMING,
    MISSING,
    RULES,
    assumptions,
    compiled,
    require_allowed,
    sources,
)
from fmproof.errors import InputError
from fmproof.kernel.rule import rules

ANALYSIS = "/usr/lib/ocaml/coq/user-contrib/mathcomp/analysis"
needs_coq = pytest.mark.skipif(
    shutil.which("coqc") is None or not Path(ANALYSIS).is_dir(), reason=MISSING
)


SOME = ["everywhere_vanishing", "jensen", "exchange_law", "pull_out", "substituted"]
VERSION = {"version", "version_average", "version_measurable"}
ASSUME = {
    "pull_out",
    "contraction",
    "condexp_bayes",
    "condexp_given",
    "condexp_combination",
    "divergence_theorem",
    "gaussian_mean",
    "gaussian_variance",
    "gaussian_lines",
    "substituted",
}


def test_the_lemmas_are_of_rules_of_the_kernel() -> None:
    assert set(RULES) <= set(rules())


def test_nothing_else_is_assumed_in_the_text() -> None:
    """What three files name, with references beside it."""
    words = ("Axiom", "Admitted", "admit", "Parameter", "Conjecture")
    texts = sources()
    named = [
        name
        for file in ASSUMING
        for name in re.findall(r"^Axiom (\w+) ", texts[file], re.MULTILINE)
    ]
    assert named == list(ASSUMED)
    for file in ASSUMING:
        assert re.search("Kallenberg|Rudin", texts[file]), file
        texts[file] = texts[file].replace("Axiom ", "")
    for name, text in texts.items():
        assert not [word for word in words if word in text.split()], name


@needs_coq
def test_the_lemmas_rest_on_classical_reasoning_alone() -> None:
    """Some that rest on most others; all of them in the nightly profile."""
    library = compiled()
    assert compiled() == library
    lemmas = sorted(set(RULES.values())) if times(1) > 1 else SOME
    found = assumptions(lemmas, library)
    require_allowed(found)
    for lemma, axioms in found.items():
        assert axioms
        assert (axioms <= ALLOWED) == (lemma not in ASSUME)
    assert found["pull_out"] - ALLOWED == VERSION
    assert found["substituted"] - ALLOWED == {"normal_substitution"}


@needs_coq
@pytest.mark.parametrize(
    ("text", "lemma", "axiom"),
    [
        ("Axiom gift : False.\nLemma all_ : 1 = 2. Proof. destruct gift. Qed.", "all_", "gift"),
        ("Lemma hope : 1 = 2.\nProof. Admitted.", "hope", "hope"),
    ],
)
def test_what_is_not_proved_shows(tmp_path: Path, text: str, lemma: str, axiom: str) -> None:
    done = compiled({name: text if name == "Steps" else "" for name in sources()}, tmp_path)
    found = assumptions([lemma], done)
    with pytest.raises(InputError, match=axiom):
        require_allowed(found)


@needs_coq
def test_a_wrong_proof_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"refuses Measure\.v"):
        compiled({"Measure": "Lemma no : 1 = 2. Proof. reflexivity. Qed."}, tmp_path)


def test_without_coq_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="apt-get install coq"):
        compiled(cache=tmp_path)
