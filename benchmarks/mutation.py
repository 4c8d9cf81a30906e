"""Changes fmproof/kernel and fmproof/models in one place at a time and looks whether a test fails.

The changes are those of mutmut, made in every function, class and module; mutmut itself skips what
has a decorator, and so the normal forms and conditions of the kernel. A mutant runs in a process of
its own, forked from one that knows the libraries but nothing of fmproof, and meets the tests
that cover the changed lines, the quickest first, until one fails. One that no test notices within
--budget CPU seconds counts as survived, so the shares are lower bounds for the whole suite.

    pip install -e '.[dev,mutation]'
    python benchmarks/mutation.py --sample 300      # a random sample of each part
    python benchmarks/mutation.py --part models     # all mutants of fmproof/models
    python benchmarks/mutation.py --part kernel --only algebra.py

Prints a Markdown table with Wilson's 95 % intervals, then each survivor.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib.util
import json
import math
import os
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PARTS = {
    "kernel": ("fmproof/kernel/*.py",),
    "rule records": ("fmproof/catalogue/*.py", "fmproof/catalogue/cases/*.py"),
    "models": ("fmproof/models/*.py",),
}
TESTS = {
    "kernel": "kernel rules soundness/test_corpus.py derivations tactics",
    "rule records": "rules docs/test_rules_page.py",
    "models": "models report/test_notebook_display.py testing/test_reproduce.py "
    "testing/test_schedule.py",
}
NO_TESTS, NOT_PYTHON = 5, 77
FIRST = 12
PYTEST = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain")
SURVIVED, KILLED, OUT_OF_TIME, INVALID = "survived", "killed", "timeout", "invalid"


# --- the mutants ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutant:
    """One change. ``lines`` are those of the changed expression or statement."""

    path: str
    function: str
    lines: range
    before: str
    after: str
    source: Callable[[], str]

    def __str__(self) -> str:
        return f"{self.path}:{self.lines.start} {self.function}: {self.before} → {self.after}"


def mutants_of(path: Path) -> list[Mutant]:
    """Every change that mutmut's operators make in a file."""
    import libcst as cst
    from libcst.metadata import MetadataWrapper, PositionProvider
    from mutmut.mutation.mutators import mutation_operators

    wrapper = MetadataWrapper(cst.parse_module(path.read_text("utf-8")))
    places = wrapper.resolve(PositionProvider)
    module, found = wrapper.module, []

    def visit(node: cst.CSTNode, scope: str) -> None:
        if _left_alone(node):
            return
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            scope = f"{scope}.{node.name.value}".lstrip(".")
        for kind, operator in mutation_operators:
            for changed in operator(node) if isinstance(node, kind) else ():
                if _same(node, changed):
                    continue
                lines = range(places[node].start.line, places[node].end.line + 1)
                texts = (" ".join(module.code_for_node(n).split()) for n in (node, changed))
                found.append(
                    Mutant(
                        str(path.relative_to(ROOT)),
                        scope or "(module)",
                        lines,
                        *texts,
                        partial(_changed, module, node, changed),
                    )
                )
        for child in node.children:
            visit(child, scope)

    visit(module, "")
    return found


def unchanged(path: Path) -> Mutant:
    """The file as it is, which every test must let pass."""
    text = path.read_text("utf-8")
    lines = range(1, text.count("\n") + 1)
    return Mutant(str(path.relative_to(ROOT)), "", lines, "", "", lambda: text)


def _left_alone(node: Any) -> bool:
    """Type annotations, ``__all__`` and the size of a cache, and like mutmut what is inside of
    isinstance and len."""
    import libcst as cst
    import libcst.matchers as m

    return isinstance(node, cst.Annotation) or m.matches(
        node,
        m.Call(func=m.Name("isinstance") | m.Name("len") | m.Name("lru_cache"))
        | m.Assign(targets=[m.AssignTarget(m.Name("__all__"))]),
    )


def _same(node: Any, changed: Any) -> bool:
    """Whether the change makes no difference: an option of dataclass is off by None, too."""
    import libcst.matchers as m

    off, none = m.Arg(value=m.Name("False")), m.Arg(value=m.Name("None"))
    return m.matches(node, m.Call(func=m.Name("dataclass"))) and any(
        m.matches(old, off) and m.matches(new, none)
        for old, new in zip(node.args, changed.args, strict=False)
    )


def _changed(module: Any, node: Any, changed: Any) -> str:
    source: str = module.deep_replace(node, changed).code
    return source


# --- the tests that cover a line --------------------------------------------------------------


class Recorder:
    """A pytest plugin: which test runs which lines, and how many CPU seconds it takes."""

    def __init__(self) -> None:
        import coverage

        watched = [str(ROOT / "fmproof" / name) for name in ("kernel", "models")]
        self.coverage = coverage.Coverage(data_file=None, source=watched, config_file=False)
        self.seconds: dict[str, float] = {}

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        forget_cached_results()
        self.coverage.switch_context(nodeid)
        self.seconds[nodeid] = -time.process_time()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.seconds[nodeid] += time.process_time()

    def result(self) -> dict[str, Any]:
        data = self.coverage.get_data()
        lines = {
            str(Path(file).relative_to(ROOT)): data.contexts_by_lineno(file)
            for file in data.measured_files()
        }
        return {"seconds": self.seconds, "lines": lines}


def forget_cached_results() -> None:
    """What an earlier test has cached would not be run, and not be seen to be covered."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("fmproof.kernel", "fmproof.models")):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def record(target: Path, tests: list[str]) -> None:
    """Run the tests once, unchanged, and write what covers what to ``target``."""
    import pytest

    recorder = Recorder()
    recorder.coverage.start()
    status = pytest.main([*PYTEST, *tests], plugins=[recorder, Quick([])])
    recorder.coverage.stop()
    if status:
        raise SystemExit("the tests fail before anything is changed")
    target.write_text(json.dumps(recorder.result()))


class Quick:
    """A pytest plugin: only these tests, in this order; hypothesis repeats itself, shrinks not."""

    def __init__(self, order: list[str]) -> None:
        self.rank = {name: i for i, name in enumerate(order)}

    def pytest_sessionstart(self) -> None:
        from hypothesis import Phase, settings

        settings.register_profile(
            "mutation",
            settings.get_profile("ci"),
            phases=(Phase.explicit, Phase.generate),
            database=None,
        )
        settings.load_profile("mutation")

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        if self.rank:
            items[:] = sorted(
                (item for item in items if item.nodeid in self.rank),
                key=lambda item: self.rank[item.nodeid],
            )


# --- one mutant -------------------------------------------------------------------------------


def warm_up(files: list[str]) -> None:
    """Import the libraries, and fill SymPy's caches, for all the children that will be forked.

    Whatever is fmproof's own is forgotten again: each child imports it with its change in it.
    """
    import pytest

    with open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
        if pytest.main([*PYTEST, "--collect-only", "-qq", *files], plugins=[Quick([])]):
            raise SystemExit("the tests cannot be collected")
    ours = tuple(str(ROOT / name) for name in ("fmproof", "tests", "pytest_fmproof"))
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(ours):
            del sys.modules[name]
    gc.freeze()  # what the children share is not theirs to collect


class MutatedLoader(SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self.source = source

    def get_code(self, fullname: str) -> Any:
        return compile(self.source, self.path, "exec", dont_inherit=True)


class MutatedFinder:
    """Imports one module from a changed source; nothing is written to the disk."""

    def __init__(self, mutant: Mutant) -> None:
        self.path = str(ROOT / mutant.path)
        self.name = mutant.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        self.source = mutant.source()
        compile(self.source, self.path, "exec", dont_inherit=True)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(
            name, self.path, loader=MutatedLoader(name, self.path, self.source)
        )


def run_mutant(mutant: Mutant, tests: list[str], seconds: float, answer: int) -> int:
    """In a forked process: import the mutant, run the tests, write the failing one's name."""
    import pytest

    class Witness(Quick):
        def pytest_runtest_logreport(self, report: Any) -> None:
            if report.failed:
                os.write(answer, report.nodeid.encode())

    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    limit = math.ceil(10 + 5 * seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 2))
    resource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33))
    try:
        sys.meta_path.insert(0, MutatedFinder(mutant))  # type: ignore[arg-type]
    except SyntaxError:
        return NOT_PYTHON
    status = 0
    for some in (tests[:FIRST], tests[FIRST:]):  # most mutants need few tests, out of few files
        files = sorted({name.split("::")[0] for name in some})
        with contextlib.suppress(BaseException):
            status = 1
            status = int(pytest.main([*PYTEST, *files], plugins=[Witness(some)])) if some else 0
        if status:
            break
    return status


class Pool:
    """Mutants in at most ``jobs`` forked processes."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self.running: dict[int, tuple[Mutant, int]] = {}

    def run(self, work: Iterator[tuple[Mutant, list[str], float]]) -> Iterator[tuple[Any, ...]]:
        for mutant, tests, seconds in work:
            if len(self.running) >= self.jobs:
                yield self._wait()
            read, write = os.pipe()
            pid = os.fork()
            if pid == 0:
                os._exit(run_mutant(mutant, tests, seconds, write))
            os.close(write)
            self.running[pid] = mutant, read
        while self.running:
            yield self._wait()

    def _wait(self) -> tuple[Mutant, str, str]:
        pid, status = os.wait()
        mutant, read = self.running.pop(pid)
        with os.fdopen(read) as pipe:
            witness = pipe.read() or "import"
        if os.WIFSIGNALED(status):
            return mutant, OUT_OF_TIME, "time or memory"
        if os.WEXITSTATUS(status) == NO_TESTS:
            raise SystemExit("tests have been renamed since .mutation was written: remove it")
        if os.WEXITSTATUS(status) == NOT_PYTHON:
            return mutant, INVALID, ""
        if os.WEXITSTATUS(status) == 0:
            return mutant, SURVIVED, ""
        return mutant, KILLED, witness


# --- the whole --------------------------------------------------------------------------------


def choose(mutants: list[Mutant], size: int, rng: random.Random) -> list[Mutant]:
    """A random sample, of each file in proportion to its mutants and at least one.

    In random order, so that a run that is stopped has seen a bit of everything.
    """
    size = size or len(mutants)
    files: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        files.setdefault(mutant.path, []).append(mutant)
    chosen = [
        mutant
        for group in files.values()
        for mutant in rng.sample(
            group, min(len(group), math.ceil(size * len(group) / len(mutants)))
        )
    ]
    rng.shuffle(chosen)
    return chosen


def schedule(
    mutants: list[Mutant], recorded: dict[str, Any], kills: Counter[str], budget: float
) -> Iterator[tuple[Mutant, list[str], float]]:
    """Each mutant with the tests that cover it: those that are quick and often kill come first."""
    seconds = recorded["seconds"]
    for mutant in mutants:
        lines = recorded["lines"].get(mutant.path, {})
        tests = {test for line in mutant.lines for test in lines.get(str(line), ()) if test}
        order = sorted(tests or seconds, key=lambda t: (0.01 + seconds[t]) / (1 + kills[t]))
        total, chosen = 0.0, []
        for test in order:
            if not chosen or total + seconds[test] <= budget:
                chosen.append(test)
                total += seconds[test]
        yield mutant, chosen, total


def read_log(log: Path | None) -> dict[str, str]:
    """The last verdict on each mutant that a log holds."""
    if log is None or not log.exists():
        return {}
    lines = [line.split("\t") for line in log.read_text("utf-8").splitlines()]
    return {mutant: verdict for verdict, mutant, _ in lines}


def wilson(hits: int, runs: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval for a share."""
    if not runs:
        return 0.0, 1.0
    share, scale = hits / runs, 1 + z * z / runs
    centre = (share + z * z / (2 * runs)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / runs + z * z / (4 * runs * runs))
    return centre - half, centre + half


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", choices=PARTS, action="append", help="default: all three")
    parser.add_argument("--only", default="", help="only files whose path contains this")
    parser.add_argument("--sample", type=int, default=0, help="mutants of each part; 0 means all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget", type=float, default=15, help="CPU seconds of tests per mutant")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--log", type=Path, help="append verdicts to this file, and go on from it")
    parser.add_argument("--again", action="store_true", help="try again what the log says survived")
    parser.add_argument("--record", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    os.environ |= {"HYPOTHESIS_NO_PLUGINS": "1", "OPENBLAS_NUM_THREADS": "1", "CI": "1"}
    if options.record:
        target, tests = options.record
        record(Path(target), tests.split())
        return
    print("| part | mutants | tried | killed | of these by time | survived | share killed |")
    print("|---|---|---|---|---|---|---|", flush=True)
    survivors = [m for part in options.part or PARTS for m in judge(part, options)]
    print(*survivors, sep="\n")


def judge(part: str, options: argparse.Namespace) -> list[Mutant]:
    """Print the table's row for one part, and return the mutants that survived."""
    files = sorted(file for pattern in PARTS[part] for file in ROOT.glob(pattern))
    every = [m for file in files if options.only in str(file) for m in mutants_of(file)]
    chosen = choose(every, options.sample, random.Random(options.seed))
    known = read_log(options.log)
    if options.again:
        known = {mutant: verdict for mutant, verdict in known.items() if verdict != SURVIVED}
    recorded = recording(part)
    warm_up(sorted({test.split("::")[0] for test in recorded["seconds"]}))
    kills: Counter[str] = Counter()
    counts = Counter(known[str(m)] for m in chosen if str(m) in known)
    survivors = [m for m in chosen if known.get(str(m)) == SURVIVED]
    for mutant, verdict, witness in Pool(options.jobs).run(
        schedule([unchanged(files[-1])], recorded, kills, options.budget)
    ):
        if verdict != SURVIVED:
            raise SystemExit(f"{witness} fails although nothing in {mutant.path} was changed")
    for mutant, verdict, witness in Pool(options.jobs).run(
        schedule([m for m in chosen if str(m) not in known], recorded, kills, options.budget)
    ):
        counts[verdict] += 1
        kills[witness] += 1
        if verdict == SURVIVED:
            survivors.append(mutant)
        if options.log:
            with options.log.open("a") as log:
                print(verdict, mutant, witness, sep="\t", file=log)
    tried = counts.total() - counts[INVALID]
    killed = tried - counts[SURVIVED]
    low, high = wilson(killed, tried)
    share = f"{killed / max(tried, 1):.1%} ({low:.1%} to {high:.1%})"
    row = part, len(every), tried, killed, counts[OUT_OF_TIME], counts[SURVIVED], share
    print(f"| {' | '.join(map(str, row))} |", flush=True)
    return survivors


def recording(part: str) -> dict[str, Any]:
    """What covers what, from a run of the part's tests in a process of its own."""
    target = ROOT / ".mutation" / f"{part.replace(' ', '-')}.json"
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        tests = " ".join(f"tests/{name}" for name in TESTS[part].split())
        command = [sys.executable, __file__, "--record", str(target), tests]
        subprocess.run(command, check=True, stdout=sys.stderr)
    recorded: dict[str, Any] = json.loads(target.read_text())
    return recorded


if __name__ == "__main__":
    main()
