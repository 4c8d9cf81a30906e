"""Checks of a library by what it offers: an adapter names its functions, the checks are generated.

The form is that of scikit-learn's ``parametrize_with_checks``: each check has a name, is a test of
its own, and may be expected to fail for a reason; one that passes nevertheless is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module, metadata
from time import perf_counter
from typing import Any

from fmproof.errors import InputError
from fmproof.testing.failure import CheckFailed

_KINDS = {
    "schedule": "assert_schedule",
    "sampler": "assert_conditional_velocity",
    "loss": "assert_losses_differ_by_constant",
    "gradient": "assert_same_gradient",
    "field": "assert_marginal_field",
    "conversion": "assert_conversion",
    "step": "assert_step",
    "solver": "assert_sampler",
    "guidance": "assert_guidance",
    "divergence": "assert_divergence",
    "jacobian": "assert_jacobian",
    "likelihood": "assert_log_likelihood",
}
"""What a library may offer, and the assertion that it is held against."""


@dataclass(frozen=True)
class Offer:
    """One thing that a library offers: the arguments of its assertion.

    Attributes:
        kind: one of ``KINDS``.
        name: what it is called in results.
        build: returns the positional arguments and the options; what it imports is imported when
            the check runs.
    """

    kind: str
    name: str
    build: Callable[[], tuple[tuple[Any, ...], dict[str, Any]]]


@dataclass
class Adapter:
    """What a library offers.

    Attributes:
        library: the distribution's name on PyPI.
        version: the one that the expected failures are about.
        expected_failures: check name -> reason.
    """

    library: str
    version: str = ""
    expected_failures: Mapping[str, str] = field(default_factory=dict)
    offers: list[Offer] = field(default_factory=list)

    def offer(self, kind: str, name: str) -> Callable[[Any], Any]:
        """Decorate a function that returns (arguments, options) of the assertion for ``kind``."""
        if kind not in _KINDS:
            raise InputError(f"kind: expected one of {', '.join(_KINDS)}, found {kind!r}")

        def add(build: Any) -> Any:
            self.offers.append(Offer(kind, name, build))
            return build

        return add

    @property
    def installed(self) -> str | None:
        """The version that is installed; None when it is not."""
        try:
            return metadata.version(self.library)
        except metadata.PackageNotFoundError:
            return None


@dataclass(frozen=True)
class Check:
    """One named check of a library; called, it raises ``CheckFailed`` when the library fails it."""

    library: str
    name: str
    kind: str
    build: Callable[[], tuple[tuple[Any, ...], dict[str, Any]]]
    expected_failure: str | None

    def __call__(self) -> None:
        arguments, options = self.build()
        assertion = getattr(import_module("fmproof.testing"), _KINDS[self.kind])
        try:
            assertion(*arguments, **options)
        except CheckFailed as failure:
            if failure.__cause__ is not None:  # the library's code raised: no finding
                raise failure.__cause__ from None
            raise

    def __repr__(self) -> str:
        return f"{self.library}-{self.name}"


def checks_of(adapter: Adapter) -> list[Check]:
    """The checks of an adapter.

    Raises:
        InputError: when a failure is expected of a check that there is not.
    """
    names = [f"{offer.kind}: {offer.name}" for offer in adapter.offers]
    for name in adapter.expected_failures:
        if name not in names:
            raise InputError(
                f"expected_failures: {adapter.library} has no check {name!r}; it has "
                + ", ".join(names)
            )
    if len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise InputError(f"offers: {adapter.library} has two checks {double!r}")
    return [
        Check(adapter.library, name, offer.kind, offer.build, adapter.expected_failures.get(name))
        for name, offer in zip(names, adapter.offers, strict=True)
    ]


def parametrize_with_checks(adapters: Iterable[Adapter]) -> Any:
    """A pytest decorator: the test gets one ``check`` at a time, and calls it.

    Libraries that are not installed are skipped; expected failures are strict.
    """
    import pytest

    cases = []
    for adapter in adapters:
        missing = adapter.installed is None
        for check in checks_of(adapter):
            marks = [pytest.mark.skipif(missing, reason=f"{adapter.library} is not installed")]
            if check.expected_failure is not None:
                reason = check.expected_failure
                marks.append(pytest.mark.xfail(reason=reason, strict=True, raises=CheckFailed))
            cases.append(pytest.param(check, marks=marks, id=repr(check)))
    return pytest.mark.parametrize("check", cases)


@dataclass(frozen=True)
class Result:
    """What came of a check.

    Attributes:
        verdict: "passed", "failed", "expected failure", "passed unexpectedly", "not installed" or
            "error".
        detail: the failure in a line.
        seconds: how long it took.
    """

    library: str
    version: str
    check: str
    verdict: str
    detail: str
    seconds: float

    @property
    def fine(self) -> bool:
        """Whether it is as expected."""
        return self.verdict in ("passed", "expected failure", "not installed")


def run(adapter: Adapter) -> Iterator[Result]:
    """Run the checks of a library, one after the other."""
    version = adapter.installed
    for check in checks_of(adapter):
        if version is None:
            yield Result(adapter.library, "", check.name, "not installed", "", 0.0)
            continue
        start, detail = perf_counter(), ""
        try:
            check()
        except CheckFailed as failure:
            verdict = "failed" if check.expected_failure is None else "expected failure"
            detail = _line(failure)
        except Exception as error:
            verdict, detail = "error", f"{type(error).__name__}: {error}"
        else:
            verdict = "passed" if check.expected_failure is None else "passed unexpectedly"
        seconds = perf_counter() - start
        yield Result(adapter.library, version, check.name, verdict, detail, seconds)


def _line(failure: CheckFailed) -> str:
    parts = [failure.title, failure.found and f"found {failure.found}", failure.hint]
    return "; ".join(str(part).split("\n")[0] for part in parts if part)


def known_adapters() -> dict[str, Adapter]:
    """The adapters of the entry points ``fmproof.conformance``, by library: each loads an
    ``Adapter``."""
    found = {}
    for point in metadata.entry_points(group="fmproof.conformance"):
        adapter = point.load()
        if isinstance(adapter, Adapter):
            found[adapter.library] = adapter
    return found


def table(results: Iterable[Result]) -> str:
    """The results as a Markdown table."""
    rows = ["| library | version | check | result | detail |", "|---|---|---|---|---|"]
    for result in results:
        detail = result.detail.replace("|", "\\|")
        rows.append(
            f"| {result.library} | {result.version} | {result.check} | {result.verdict} "
            f"| {detail} |"
        )
    return "\n".join(rows)
