"""The pytest plugin of fmproof: options, fixtures, and derivation files as tests.

It stands beside the package so that pytest starts without importing fmproof; what needs fmproof
imports it when a test asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest

if TYPE_CHECKING:
    import numpy as np

    from fmproof.models import Problem
    from fmproof.report.model import DerivationReport, StepReport
    from fmproof.tactics.script import Derivation

_SEED = "FMPROOF_SEED"
_PATTERNS = ["derivation_*.py", "*_derivation.py", "derivations/*.py"]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("fmproof")
    group.addoption(
        "--fmproof-problems",
        type=int,
        default=10,
        metavar="N",
        help="how many random problems a test with the fixture fmproof_problem runs on",
    )
    group.addoption(
        "--fmproof-seed",
        type=int,
        default=None,
        metavar="SEED",
        help="seed of the random problems and of fmproof's assertions (default 0)",
    )
    parser.addini(
        "fmproof_derivations",
        "files whose derivations are collected, as patterns; test files never are",
        type="args",
        default=_PATTERNS,
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    for option, low in (("problems", 1), ("seed", 0)):
        value = config.getoption(f"fmproof_{option}")
        if value is not None and value < low:
            raise pytest.UsageError(
                f"--fmproof-{option}: expected an integer from {low} on, found {value}"
            )
    seed = config.getoption("fmproof_seed")
    if seed is not None:  # fmproof.testing reads it where a call names no seed
        before = os.environ.get(_SEED)
        os.environ[_SEED] = str(seed)
        config.add_cleanup(lambda: _restore(before))


def _restore(before: str | None) -> None:
    if before is None:
        os.environ.pop(_SEED, None)
    else:
        os.environ[_SEED] = before


# --- fixtures -----------------------------------------------------------------------------


@pytest.fixture
def fmproof_seed() -> int:
    """The seed of ``--fmproof-seed``, by default 0."""
    return int(os.environ.get(_SEED, "0"))


@pytest.fixture
def fmproof_rng(fmproof_seed: int, request: pytest.FixtureRequest) -> np.random.Generator:
    """A NumPy generator of the test's own, determined by the seed and the test's name."""
    import numpy as np

    return np.random.default_rng([fmproof_seed, crc32(request.node.nodeid.encode())])


@pytest.fixture
def fmproof_problem(request: pytest.FixtureRequest, fmproof_seed: int) -> Problem:
    """A random ``fmproof.models.Problem``; the test runs on ``--fmproof-problems`` of them."""
    from fmproof.testing.random_problems import random_problems

    count = request.config.getoption("fmproof_problems")
    problem: Problem = random_problems(count, fmproof_seed)[request.param]
    request.node.add_report_section("setup", "fmproof problem", repr(problem))
    return problem


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "fmproof_problem" in metafunc.fixturenames:
        count = metafunc.config.getoption("fmproof_problems")
        ids = [f"problem{i}" for i in range(count)]
        metafunc.parametrize("fmproof_problem", range(count), ids=ids, indirect=True)


# --- derivation files ---------------------------------------------------------------------


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> DerivationFile | None:
    if file_path.suffix != ".py" or file_path.name in ("__init__.py", "conftest.py"):
        return None
    config = parent.config
    if _matches(file_path, config.getini("python_files")):
        return None
    named = parent.session.isinitpath(file_path)
    if not (named or _matches(file_path, config.getini("fmproof_derivations"))):
        return None
    # Looking at the text is what keeps files that are no derivations from being run.
    try:
        mentioned = b"Derivation" in (text := file_path.read_bytes()) and b"fmproof" in text
    except OSError:
        return None
    if not mentioned:
        return None
    return DerivationFile.from_parent(parent, path=file_path)


def _matches(path: Path, patterns: list[str]) -> bool:
    """A pattern without a slash is one of the name, with a slash one of the end of the path."""
    return any(
        fnmatch(path.as_posix(), f"*/{pattern}") if "/" in pattern else fnmatch(path.name, pattern)
        for pattern in patterns
    )


class DerivationFile(pytest.File):
    """A file that defines derivations at its top level."""

    def collect(self) -> Iterator[DerivationNode]:
        from fmproof.errors import InputError
        from fmproof.sources import load_file

        try:
            derivations = load_file(self.path)
        except InputError as error:
            raise self.CollectError(str(error)) from None
        for derivation in derivations:
            yield DerivationNode.from_parent(self, name=derivation.name, derivation=derivation)


class DerivationNode(pytest.Collector):
    """One derivation; checked once, when the first of its steps is run."""

    def __init__(self, *, derivation: Derivation, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.derivation = derivation

    @cached_property
    def report(self) -> DerivationReport:
        from fmproof.tactics.check import check

        return check([self.derivation]).derivations[0]

    def collect(self) -> Iterator[pytest.Item]:
        for part in self.derivation.parts:
            for step in part.steps:
                yield StepItem.from_parent(self, name=step.id)
        yield ConclusionItem.from_parent(self, name="conclusion")


class NotProved(Exception):
    """A step or a conclusion that the checker did not accept; its text is the explanation."""


class DerivationItem(pytest.Item):
    """A test whose failure is told in words, without a traceback."""

    parent: DerivationNode

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, NotProved):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.parent.name}: {self.name}"


class StepItem(DerivationItem):
    """One step of a derivation."""

    def runtest(self) -> None:
        step = next(s for s in self.parent.report.steps if s.id == self.name)
        if step.status != "proved":
            raise NotProved(_explain(step))


class ConclusionItem(DerivationItem):
    """The steps together prove what the derivation states, from the declared hypotheses."""

    def runtest(self) -> None:
        report = self.parent.report
        if report.status == "proved":
            return
        failed = [step.id for step in report.steps if step.status != "proved"]
        raise NotProved(
            f"not proved: {report.statement.text}\n  "
            + (report.message or f"because of step {', '.join(failed)}")
        )


def _explain(step: StepReport) -> str:
    failure = step.failure
    lines = [f"step {step.id} ({step.rule}) is not proved: {step.relation} {step.claim.text}"]
    if failure is not None:
        shown = {
            "why": failure.summary,
            "the rule gives": failure.expected and failure.expected.text,
            "the step claims": failure.found and failure.found.text,
            "difference": failure.difference and failure.difference.text,
            "where": failure.where,
            "hint": failure.hint,
        }
        lines += [f"  {name}: {value}" for name, value in shown.items() if value]
    return "\n".join(lines)
