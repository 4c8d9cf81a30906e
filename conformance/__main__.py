"""Run the checks of the adapters here and write the table of results.

python -m conformance                      # all libraries that are installed
python -m conformance torchcfm -o page.md  # one; what the page says of others stays
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path
from time import perf_counter

from conformance.adapters import load
from fmproof.testing.conformance import Result, run, table

PAGE = """# Conformance

What the checks of `fmproof.testing` say of libraries of the field. Written by

```sh
pip install -r requirements/conformance.txt && pip install --no-deps k-diffusion==0.1.1.post1
python -m conformance -o docs/conformance.md
```

{table}
"""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("libraries", nargs="*", help="by default all")
    parser.add_argument("-o", "--output", type=Path)
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
        for result in run(adapters[name]):
            results.append(result)
            line = f"{result.library} {result.version}  {result.check}: {result.verdict}"
            print(f"{line}  [{result.seconds:.1f} s]", flush=True)
            if result.detail:
                print(f"    {result.detail}", flush=True)
    print(f"{len(results)} checks in {perf_counter() - start:.0f} s")
    if options.output:
        run_anew = {result.library for result in results}
        rows = [*_kept(options.output, run_anew), *table(results).split("\n")[2:]]
        head = table([]).split("\n")
        page = PAGE.format(table="\n".join([*head, *sorted(rows, key=_library)]))
        options.output.write_text(page, encoding="utf-8")
    return 0 if all(result.fine for result in results) else 1


def _library(row: str) -> str:
    return row.split("|")[1].strip()


def _kept(page: Path, but: set[str]) -> list[str]:
    """The rows of a page about libraries that are not run anew."""
    if not page.exists():
        return []
    rows = [r for r in page.read_text(encoding="utf-8").splitlines() if r.startswith("| ")]
    return [row for row in rows[1:] if _library(row) not in but]


if __name__ == "__main__":
    sys.exit(main())
