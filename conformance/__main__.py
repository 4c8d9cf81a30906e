"""Run the checks of the adapters here and write the table of results.

python -m conformance                      # all libraries that are installed
python -m conformance torchcfm -o page.md  # one; what the page says of others stays
python -m conformance diffusers --check step
"""

from __future__ import annotations

import argparse
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from conformance.adapters import load
from fmproof.testing.conformance import Adapter, Result, run, table

PAGE = """# Conformance

What the checks of `fmproof.testing` say of libraries of the field. Written by

```sh
pip install -r requirements/conformance.txt
pip install --no-deps k-diffusion==0.1.1.post1 dctorch==0.1.2
python -m conformance -o docs/conformance.md
```

An expected failure is a finding: `conformance/findings/` has a script for each that shows it
without fmproof.

{table}
"""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("libraries", nargs="*", help="by default all")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--check", default="", help="checks whose names contain this")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    adapters = load()
    unknown = set(options.libraries) - set(adapters)
    if unknown:
        parser.error(
            f"no adapter for {', '.join(sorted(unknown))}; there are {', '.join(adapters)}"
        )
    results: list[Result] = []
    start = perf_counter()
    for name in options.libraries or adapters:
        for result in run(_chosen(adapters[name], options.check)):
            results.append(result)
            line = f"{result.library} {result.version}  {result.check}: {result.verdict}"
            print(f"{line}  [{result.seconds:.1f} s]", flush=True)
            if result.detail:
                print(f"    {result.detail}", flush=True)
    print(f"{len(results)} checks in {perf_counter() - start:.0f} s")
    if options.output:
        run_anew = {(result.library, result.check) for result in results}
        rows = [*_kept(options.output, run_anew), *table(results).split("\n")[2:]]
        head = table([]).split("\n")
        page = PAGE.format(table="\n".join([*head, *sorted(rows, key=_cells)]))
        options.output.write_text(page, encoding="utf-8")
    return 0 if all(result.fine for result in results) else 1


def _chosen(adapter: Adapter, word: str) -> Adapter:
    """With the checks alone whose names contain a word."""
    offers = [offer for offer in adapter.offers if word in f"{offer.kind}: {offer.name}"]
    names = {f"{offer.kind}: {offer.name}" for offer in offers}
    expected = {name: why for name, why in adapter.expected_failures.items() if name in names}
    return replace(adapter, offers=offers, expected_failures=expected)


def _cells(row: str) -> tuple[str, str]:
    """Library and check."""
    cells = row.split("|")
    return cells[1].strip(), cells[3].strip()


def _kept(page: Path, but: set[tuple[str, str]]) -> list[str]:
    """The rows of a page about checks that are not run anew."""
    if not page.exists():
        return []
    rows = [r for r in page.read_text(encoding="utf-8").splitlines() if r.startswith("| ")]
    return [row for row in rows[1:] if _cells(row) not in but]


if __name__ == "__main__":
    sys.exit(main())
