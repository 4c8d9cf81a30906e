"""Documents as people write them: no true row called wrong, no wrong row proved.

Each document of ``corpus`` stands beside a table with the verdict that is due for its rows; its
author had not seen the reader. The number of rows decided rightly may rise, and not fall.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import settings

from fmproof.documents.check import check_files
from fmproof.documents.model import WRONG, RowReport

CORPUS = Path(__file__).parent / "corpus"
QUICK = {
    "README-guided-sampler.md": 6,
    "marginal-paths-blog.md": 17,
    "divergencias-de-bregman.md": 20,
    "score-sde-tweedie.tex": 10,
    "flow-matching-ja.md": 17,
    "gauss-put.md": 17,
}
"""Documents of the everyday run, with the claims that are decided rightly."""
LONG = {
    "2026-one-step.md": 19,
    "cnf-likelihoods.ipynb": 18,
    "couplings.tex": 20,
    "equal-gradients-lecture.md": 24,
    "huigui-fulu.md": 17,
    "interpolant-section.tex": 19,
    "redresser-les-trajectoires.md": 11,
    "steering-flows.md": 18,
    "acoplamientos-cortos.md": 10,
    "gaussian-guidance-note.tex": 10,
    "regression-in-disguise.md": 13,
    "chord-notes.md": 9,
    "flot-appendice.tex": 9,
    "why-one-minus-t.md": 11,
    "answer-why-conditional-score.md": 17,
    "apendice-continuidade.tex": 9,
    "couplings-interpolants.tex": 14,
    "elbo-chapter.md": 16,
    "labels-in-flows.md": 12,
    "lecture-regression-noise.md": 23,
    "which-target.ipynb": 20,
    "course-notes-guidance.md": 15,
    "ddpm-apuntes.ipynb": 15,
    "edm-preconditioning.md": 12,
    "flussanpassung-vorlesung.tex": 18,
    "flux-rectifie.md": 15,
    "interpolants-notes.tex": 16,
    "score-matching-nonnormalized.tex": 17,
    "average-slopes.md": 12,
    "flow-likelihoods.tex": 16,
    "kuosan-ddim.md": 17,
    "loss-floor.ipynb": 13,
    "reverse-time.md": 10,
    "rumore-e-punteggio.tex": 12,
    "README-jumpflow.md": 13,
    "appendix-likelihood-edm.tex": 16,
    "bridges-chapter.tex": 9,
    "ddpm-ddim-walkthrough.ipynb": 9,
    "ruis-en-score.md": 13,
    "straight-lines-post.md": 14,
    "ddpm-from-scratch.md": 18,
    "denoising-objectives.tex": 19,
    "guidance-from-bayes.md": 15,
    "log-snr-schedules.tex": 10,
    "one-step-back.md": 8,
    "prediction-types.md": 21,
    "score-lezione.md": 12,
    "sde-appunti.md": 18,
    "tweedie-koushiki.md": 20,
    "unit-variance.ipynb": 13,
    "variational-section.tex": 18,
    "answer-guidance-scales.md": 10,
    "cours-diffusion-discrete.tex": 19,
    "exercises-fisher-langevin.tex": 15,
    "two-sdes-and-their-odes.md": 13,
    "v-yuce-zhengliu.md": 13,
    "where-do-the-c-come-from.ipynb": 12,
    "zametki-shumopodavlenie.md": 16,
    "README-pairflow.md": 3,
    "flow-matching-plain-words.md": 14,
    "guided-velocities.md": 15,
    "latent-flow-likelihood.ipynb": 11,
    "linear-interpolants.tex": 11,
    "vypryamlenie-potokov.md": 10,
    "zadania-mean-flow.tex": 11,
    "couplings-section.tex": 19,
    "floor-of-my-loss.md": 13,
    "homework-4.tex": 13,
    "lecture-cnf.md": 14,
    "velocidad-media.ipynb": 13,
    "ddpm-slowly.md": 18,
    "denoiser-appendix.tex": 17,
    "diffusion-lecture-seven.tex": 23,
    "homework-three.md": 26,
    "diffusion-variationnelle.ipynb": 19,
    "flow-matching-from-scratch.md": 14,
    "appendix-proofs.tex": 23,
    "learning-the-score.tex": 16,
    "ddpm-step-by-step.ipynb": 12,
    "reading-notes-edm.md": 13,
    "interpolants-amsart.tex": 14,
    "answer-why-same-gradient.md": 15,
    "flot-rectifie-guidage.md": 17,
    "bregman-i-pol-poteri.md": 12,
    "cuaderno-datos-finitos.ipynb": 17,
    "ddpm-keisan-memo.md": 20,
    "interpolants-cours.tex": 17,
    "same-marginals.md": 15,
    "score-losses-appendix.tex": 23,
    "two-losses-one-gradient.md": 15,
    "which-prediction.ipynb": 21,
    "where-the-ddpm-loss-comes-from.md": 17,
    "README-moons-flow.md": 11,
    "chapter-six-scores.tex": 19,
    "edm-in-my-notation.tex": 14,
    "guidance-and-measurements.ipynb": 14,
    "sde-cheatsheet.md": 15,
    "straightening-and-one-step.md": 13,
    "uebungsblatt-geschwindigkeiten.tex": 14,
    "td-interpolants.tex": 9,
    "what-cfg-samples.md": 9,
}
FLAGGED = {"refuted", "constant", "scope"}
_NO_CLAIM = {"definition", "hypothesis", "skip", "statement"}


def squeezed(text: str) -> str:
    return re.sub(r"[\s&>]|\\(?:displaystyle|notag|nonumber)", "", text)


def found_for(rows: list[RowReport], line: str, text: str) -> RowReport | None:
    """The row of the report that a line of a table is about."""
    wanted = squeezed(text)
    there = [row for row in rows if row.line == line]
    for length in (40, 14, 5):
        for row in there:
            if squeezed(row.latex)[:length] == wanted[:length]:
                rows.remove(row)
                return row
    return None


def outcome(name: str) -> tuple[int, list[str], list[str]]:
    """How many claims are decided rightly; true rows called wrong; wrong rows proved."""
    path = CORPUS / name
    rows = list(check_files([path]).documents[0].rows)
    table = path.with_suffix("").with_suffix(".expected.tsv").read_text(encoding="utf-8")
    right, alarms, proofs = 0, [], []
    for line in table.splitlines()[1:]:
        where, text, verdict, _ = line.split("\t")
        due = set(verdict.split("|"))
        row = found_for(rows, where, text)
        said = "missing" if row is None else row.verdict
        wrong = due <= FLAGGED
        if said in WRONG and not due & FLAGGED:
            alarms.append(f"{where} {text}")
        if wrong and said in ("proved", "agrees"):
            proofs.append(f"{where} {text}")
        fine = said in due or (wrong and said in FLAGGED)
        right += fine and not due <= _NO_CLAIM
    alarms += [f"{row.line} {row.latex}" for row in rows if row.verdict in WRONG]
    return right, alarms, proofs


def require(name: str, least: int) -> None:
    """No false alarm, no false proof, and no fewer rows than were decided before."""
    right, alarms, proofs = outcome(name)
    assert not alarms
    assert not proofs
    assert right >= least


@pytest.mark.parametrize("name", QUICK)
def test_verdicts_of_a_document(name: str) -> None:
    require(name, QUICK[name])


@pytest.mark.skipif(
    settings.get_current_profile_name() != "nightly", reason="the other documents run at night"
)
@pytest.mark.parametrize("name", LONG)
def test_verdicts_of_a_long_document(name: str) -> None:
    require(name, LONG[name])


def test_every_document_has_its_table_and_its_number() -> None:
    documents = {p.name for p in CORPUS.iterdir() if p.suffix in (".md", ".tex", ".ipynb")}
    assert documents == QUICK.keys() | LONG.keys()
    for name in documents:
        assert (CORPUS / name).with_suffix("").with_suffix(".expected.tsv").exists()
