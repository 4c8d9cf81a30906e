r"""How many characters a theorem takes, compared with those of its LaTeX.

    python benchmarks/authoring.py

The LaTeX of a theorem is its definitions, hypotheses and statement, as they print; that of a proof
has every line beside. Spaces, and commands for the size of brackets and for spacing, do not count
on either side. The scripts are whole files, with their imports and without their docstring.
"""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

from fmproof import latex
from fmproof.derivations import load
from fmproof.sources import load_file
from fmproof.tactics.notation import notation
from fmproof.tactics.script import Derivation

HERE = Path(__file__).parent
NAMES = {"fm-cfm": "fm_cfm", "interpolant": "interpolant"}
_IDLE = re.compile(r"\\(?:[bB]igg?[lr]|left|right)(?![a-zA-Z])|\\[,;:! ]|\\q?quad|\s")


def characters(text: str) -> int:
    """Those that count."""
    return len(_IDLE.sub("", text))


def of_theorem(derivation: Derivation) -> int:
    """Definitions, hypotheses and statement in LaTeX."""
    defined = [s for s in notation(derivation) if s.definition is not None]
    rows = [f"{s.name.latex} = {s.definition.latex}" for s in defined if s.definition]
    rows += [latex(h.prop) for h in derivation.hypotheses]
    return sum(map(characters, [*rows, latex(derivation.proposition)]))


def of_lines(derivation: Derivation) -> int:
    """The lines of the proof in LaTeX."""
    lines = [t for p in derivation.parts for t in (p.start, *(s.claim for s in p.steps))]
    return sum(characters(latex(line)) for line in lines)


def of_script(path: Path) -> int:
    """A file without its docstring."""
    source = path.read_text(encoding="utf-8")
    first = ast.parse(source).body[0]
    return characters("\n".join(source.splitlines()[first.end_lineno :]))


def main() -> None:
    """Print the table."""
    print(f"{'':14}{'LaTeX':>8}{'short':>8}{'ratio':>7}   {'LaTeX':>8}{'built in':>9}{'ratio':>7}")
    print(f"{'':14}{'of the theorem':>16}{'':7}   {'with proof':>10}")
    for name, module in NAMES.items():
        (short,) = load_file(HERE / "short" / f"{module}.py")
        theorem, script = of_theorem(short), of_script(HERE / "short" / f"{module}.py")
        known = load(name)
        whole = of_theorem(known) + of_lines(known)
        file = import_module(f"fmproof.derivations.{module}").__file__
        written = of_script(Path(str(file)))
        print(
            f"{name:14}{theorem:8}{script:8}{script / theorem:7.2f}   "
            f"{whole:8}{written:9}{written / whole:7.2f}"
        )


if __name__ == "__main__":
    main()
