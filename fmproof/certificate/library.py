"""The Coq library of the kernel's rules: compiled once, and what its lemmas assume.

``python -m fmproof.certificate.library`` compiles it and prints what each rule's lemma rests on.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from fmproof.errors import InputError
from fmproof.tables import FixedMapping

FILES = (
    "Measure",
    "Product",
    "Model",
    "Rules",
    "Calculus",
    "Spaces",
    "Steps",
    "Vectors",
    "Almost",
    "Conditional",
    "Bayes",
    "Slope",
    "Derivatives",
    "Exchange",
    "Logarithm",
    "Lebesgue",
    "Gaussian",
    "Functions",
    "Scores",
    "Normal",
)
"""In the order in which they use each other."""

_RULES = {
    "linearity": "linearity",
    "inner_with_integral": "inner_of_integral",
    "expectation_as_integral": "Int_product",
    "iterated_expectation": "Int_product",
    "sections": "Integrable_section",
    "reorder_draws": "Int_renaming",
    "marginal_draw": "marginal_draw",
    "tonelli": "marginal_integrable",
    "finite_measure": "law_cons",
    "support_of_marginal": "support_of_marginal",
    "everywhere": "everywhere_vanishing",
    "product_integrable": "cauchy_schwarz",
    "ratio_integrable": "cancelled_ratio",
    "cancel_denominator": "cancel",
    "mean_square_integrable": "jensen",
    "bilinearity": "ip_add_l",
    "congruence": "Int_almost",
    "derivative": "has_gradient_comp",
    "pull_out": "pull_out",
    "contraction": "condexp_beside",
    "contraction_of_square": "contraction",
    "combination_integrable": "Integrable_add",
    "differentiable": "has_gradient_mul",
    "fewer_variables": "joint_in_space",
    "equal_sides": "by_function",
    "positive": "positive_of",
    "nonzero": "zero_of_positive",
    "product_vanishes": "product_zero",
    "field": "ratio_div",
    "linear_combination": "combination_of",
    "dominated_integrable": "dominated_integrable",
    "exchange": "exchange_law",
    "argmin_of_shift": "argmin_shift",
    "log_derivative": "log_gradient",
    "gaussian_density": "gaussianE",
    "gaussian_mean": "gaussian_mean",
    "gaussian_variance": "gaussian_variance",
    "gaussian_moments": "gaussian_lines",
    "times_gaussian": "gaussian_bounded",
    "times_gaussian_dominated": "gaussian_dominated",
    "reparametrise": "substituted",
    "transfer": "marginal_almost",
    "support_of_draw": "ae_all",
    "bayes": "condexp_bayes",
    "take_out": "condexp_given",
    "conditional_linearity": "condexp_combination",
    "integral_of_divergence": "divergence_theorem",
}
RULES: Mapping[str, str] = FixedMapping(_RULES.items())
"""The lemma that is the heart of each rule's proof."""

ALLOWED = frozenset(
    {
        "ClassicalDedekindReals.sig_forall_dec",
        "ClassicalDedekindReals.sig_not_dec",
        "Classical_Prop.classic",
        "Epsilon.epsilon_statement",
        "FunctionalExtensionality.functional_extensionality_dep",
        "boolp.constructive_indefinite_description",
        "boolp.functional_extensionality_dep",
        "boolp.propositional_extensionality",
    }
)
"""The axioms of classical reasoning in Coq's reals and mathcomp; none of ours."""

_ASSUMED = {
    "version": "E[f|X = x], a version: Kallenberg, Foundations of Modern Probability, theorem 3.4",
    "version_measurable": "it is measurable in x and what the law depends on: theorem 3.4",
    "version_average": "E[⟨h(X), f⟩] = E[⟨h(X), E[f|X]⟩]: theorem 8.1",
    "divergence_theorem": "∫ div F = 0 for integrable F and div F: Mathlib, "
    "integral_divergence_of_hasFDerivAt_off_countable, on growing cubes",
    "normal_law": "the density of N(0, I) has mass 1: Kallenberg, chapter 14",
    "normal_square": "E‖e‖² = d for e ~ N(0, I): Kallenberg, chapter 14",
    "normal_substitution": "x = m + s e in an integral: Rudin, Real and Complex Analysis, "
    "theorem 7.26",
}
ASSUMED: Mapping[str, str] = FixedMapping(_ASSUMED.items())
"""What mathcomp-analysis lacks and the library assumes, with references."""

ASSUMING = ("Conditional", "Lebesgue", "Normal")
"""The files that assume something. Where they are imported Coq prints the assumptions of these
under their names alone, and those of any other file under longer names."""

MISSING = (
    "coqc is not installed, or lacks mathcomp-analysis; on Debian: "
    "apt-get install coq libcoq-mathcomp-analysis"
)
_SECONDS = 600.0


def sources() -> dict[str, str]:
    """The library's files by name."""
    folder = files("fmproof.certificate").joinpath("coq")
    return {name: folder.joinpath(f"{name}.v").read_text(encoding="utf-8") for name in FILES}


def compiled(texts: Mapping[str, str] | None = None, cache: Path | None = None) -> Path:
    """A folder with the compiled library, from the cache when it is there.

    Raises:
        InputError: coqc is missing, or refuses a file.
    """
    texts = sources() if texts is None else texts
    cache = _cache() if cache is None else cache
    version = coqc(["--version"], Path.cwd()).stdout
    key = hashlib.sha256(repr((version, sorted(texts.items()))).encode()).hexdigest()[:16]
    home = cache / key
    if home.is_dir():
        return home
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        made = Path(scratch) / "library"
        made.mkdir()
        for name, text in texts.items():
            (made / f"{name}.v").write_text(text, encoding="utf-8")
        for name in texts:
            done = coqc(["-Q", ".", "FMProof", f"{name}.v"], made)
            if done.returncode != 0:
                raise InputError(f"coqc refuses {name}.v: {last_words(done.stderr)}; {MISSING}")
        if not home.exists():
            shutil.move(made, home)
    return home


def assumptions(lemmas: Sequence[str], library: Path) -> dict[str, frozenset[str]]:
    """The axioms that each lemma rests on, as Coq prints them.

    Raises:
        InputError: coqc does not know one of them.
    """
    with tempfile.TemporaryDirectory() as scratch:
        asked = Path(scratch) / "Asked.v"
        lines = [f"From FMProof Require Import {' '.join(FILES)}."]
        for lemma in lemmas:
            lines.append(f'Eval compute in "{lemma}"%string.')
            lines.append(f"Print Assumptions {lemma}.")
        lines.insert(0, "Require Import String.")
        asked.write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = coqc(["-Q", str(library), "FMProof", "Asked.v"], Path(scratch))
    if done.returncode != 0:
        raise InputError(f"coqc: {last_words(done.stderr)}")
    parts = re.split(r'^ +="?.*?"(\w+)"%?\w*\n +: \w+\n', done.stdout, flags=re.MULTILINE)
    found = {name: axioms(told) for name, told in zip(parts[1::2], parts[2::2], strict=True)}
    if set(found) != set(lemmas):
        raise InputError("coqc did not answer for each lemma")
    return found


def axioms(told: str) -> frozenset[str]:
    """The axioms in what ``Print Assumptions`` tells.

    Raises:
        InputError: it tells of anything else, such as a check that was switched off.
    """
    lines = [line for line in told.splitlines() if line.strip()]
    if lines == ["Closed under the global context"]:
        return frozenset()
    if not lines or lines[0] != "Axioms:":
        raise InputError(f"coqc does not tell what a theorem assumes: {' '.join(lines)[:200]}")
    found = []
    for line in lines[1:]:
        if line[0].isspace():
            continue  # the type of the axiom before
        named = re.fullmatch(r"([A-Za-z_][\w.']*)( :.*)?", line)
        if named is None:
            raise InputError(f"a theorem rests on more than axioms: {line.strip()}")
        found.append(named[1])
    return frozenset(found)


def require_allowed(found: Mapping[str, frozenset[str]]) -> None:
    """Raise :class:`InputError` if a lemma rests on what is in neither whitelist."""
    for lemma, axioms in found.items():
        extra = sorted(axioms - ALLOWED - ASSUMED.keys())
        if extra:
            raise InputError(f"{lemma} rests on {', '.join(extra)}, which is assumed, not proved")


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "fmproof" / "coq"


def coqc(
    arguments: list[str], folder: Path, seconds: float = _SECONDS
) -> subprocess.CompletedProcess[str]:
    """Run coqc in a folder, for so many seconds at the most.

    Raises:
        InputError: there is none, or it takes too long.
    """
    try:
        return subprocess.run(
            ["coqc", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError:
        raise InputError(MISSING) from None
    except subprocess.TimeoutExpired:
        raise InputError(f"coqc {' '.join(arguments)} took more than {seconds:.0f} s") from None


def last_words(text: str) -> str:
    """The end of a message of Coq, in one line."""
    return " ".join(" ".join(text.split("Error:")[-1].split())[-300:].split())


def main() -> int:
    """Compile the library and print what each rule's lemma assumes."""
    try:
        found = assumptions(sorted(set(RULES.values())), compiled())
        require_allowed(found)
    except InputError as error:
        print(f"fmproof: {error}", file=sys.stderr)
        return 2
    for rule, lemma in RULES.items():
        ours = ", ".join(sorted(found[lemma] & ASSUMED.keys()))
        classical = len(found[lemma] & ALLOWED)
        more = f", and assumes {ours}" if ours else ""
        print(f"{rule:24} {lemma:24} {classical} axioms of classical reasoning{more}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
