"""The sentences and cells that every form of an evaluation shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from fmproof.losses.estimate import Estimate
    from fmproof.losses.findings import Contradiction, Findings, SideComparison
    from fmproof.losses.quantities import Quantity
    from fmproof.models.problem import Problem
    from fmproof.models.time import TimeLaw

_LABELS = {
    "fm": "L_FM",
    "cfm": "L_CFM",
    "C1": "C₁",
    "C2": "C₂",
    "C": "C = C₁ + C₂",
    "floor": "floor −C",
    "fm_gradient": "∇L_FM",
    "cfm_gradient": "∇L_CFM",
}
_SHOWN_GRADIENT = 8
_SHOWN_DIGITS = 40  # of a rational


def contradictions(findings: Findings) -> list[str]:
    """The pairs of methods that cannot both be right, a sentence each."""
    return [_contradiction(found, findings) for found in findings.contradictions]


def _contradiction(found: Contradiction, findings: Findings) -> str:
    pair = found.first, found.second
    doubtful = [method for method in pair if method in findings.refuted]
    if len(doubtful) == 1:
        settled = f"{doubtful[0]} is wrong here and is not used"
    else:
        settled = "neither is used"
    return (
        f"CONTRADICTION: {_LABELS[found.quantity]} by {found.first} and by {found.second} differ "
        f"by {found.difference:.1e}, more than their errors explain ({found.bound:.1e}); {settled}"
    )


def cells_by_method(findings: Findings) -> list[list[str]]:
    """The methods, then each quantity by each of them."""
    methods = list(dict.fromkeys(m for row in findings.estimates.values() for m in row))
    rows = [["", *methods]]
    for name, label in _LABELS.items():
        row = findings.estimates.get(name, {})  # type: ignore[call-overload]
        if row and not name.endswith("_gradient"):
            rows.append([label, *(_cell(row.get(method)) for method in methods)])
    return rows


def gradient_lines(findings: Findings) -> list[tuple[str, str]]:
    """The gradients with their names."""
    found = ((name, findings.best(name)) for name in ("fm_gradient", "cfm_gradient"))
    return [(_LABELS[name], f"{_vector(b[1])} ({b[0]})") for name, b in found if b is not None]


def describe(problem: Problem) -> str:
    """The problem in one line."""
    data = problem.data
    kind = "point" if not np.any(data.scales) else "Gaussian component"
    plural = "" if data.components == 1 else "s"
    model = type(problem.model).__name__.removesuffix("Velocity").lower()
    return (
        f"d = {problem.dim}, {data.components} {kind}{plural}, {problem.path.name} path, "
        f"{_time(problem.time)}, {model} model"
    )


def _time(law: TimeLaw) -> str:
    from fmproof.models.time import UniformTime

    if isinstance(law, UniformTime):
        return f"time uniform on [{float(law.low):g}, {float(law.high):g}]"
    return f"time by {law!r}"


def _cell(estimate: Estimate | None) -> str:
    if estimate is None:
        return "-"
    if estimate.exact is not None:
        rational, value = estimate.rational(_SHOWN_DIGITS), f"{float(estimate.value):.15g}"
        return f"{value}, a rational" if rational is None else f"{rational} = {value}"
    return number(float(estimate.value), float(estimate.error))


def number(value: float, error: float) -> str:
    """``value ± error`` with as many digits as the error leaves."""
    if not np.isfinite(value) or not np.isfinite(error):
        return "inconclusive"
    if error == 0:
        return f"{value:.15g}"
    digits = int(np.clip(1 - np.floor(np.log10(error)), 0, 17))
    shown = f"{value:.{digits}f}" if abs(value) < 1e9 else f"{value:.15g}"
    return f"{shown} ± {error:.1e}"


def _vector(estimate: Estimate) -> str:
    values = np.ravel(estimate.value)
    shown = ", ".join(f"{v:.6g}" for v in values[:_SHOWN_GRADIENT])
    more = f", … ({len(values)} entries)" if len(values) > _SHOWN_GRADIENT else ""
    error = float(np.max(estimate.error))
    if not np.isfinite(error) or not np.all(np.isfinite(values)):
        return "inconclusive"
    return f"({shown}{more}){_off(error, float(np.max(np.abs(values))))}"


def _off(error: float, size: float) -> str:
    """The error, if it reaches the six digits that are shown."""
    return f" ± {error:.1e}" if error > 1e-6 * abs(size) else ""


def answers(findings: Findings) -> list[str]:
    """How low the loss can go, where this model is, and where the best of its kind is."""
    lines = []
    floor, cfm = findings.best("floor"), findings.best("cfm")
    if floor is not None and cfm is not None:
        low, here = float(floor[1].value), float(cfm[1].value)
        low_off, here_off = float(floor[1].error), float(cfm[1].error)
        if here - low > low_off + here_off:  # False also where either is not known
            lines.append(
                f"No model can bring L_CFM below {low:.6g}{_off(low_off, low)}. This one is at "
                f"{here:.6g}{_off(here_off, here)}, {here - low:.6g} above."
            )
        else:
            lines.append("How far L_CFM is above the floor: inconclusive")
    elif floor is not None and np.isfinite(floor[1].error):
        low, low_off = float(floor[1].value), float(floor[1].error)
        lines.append(f"No model can bring L_CFM below {low:.6g}{_off(low_off, low)}.")
    if findings.optimum is not None:
        lines.append(f"The best coefficients of this model are {_vector(findings.optimum)}.")
    return lines


def verdicts(findings: Findings) -> list[str]:
    """Whether the identities hold."""
    return [
        *_comparison("L_FM = L_CFM + C", findings.identity),
        *_comparison("∇L_FM = ∇L_CFM", findings.gradient),
    ]


def remarks(findings: Findings) -> list[str]:
    """What missed the tolerance, and why methods do not appear or ended early."""
    names = [name for name in findings.estimates if _misses(findings, name)]
    missed = [_LABELS[name].split(" = ")[0] for name in names]
    lines = []
    if missed:
        lines.append(
            f"The tolerance {findings.tolerance:g} was not reached for {', '.join(missed)}; the "
            "errors are those shown."
        )
    return lines + [f"{method}: {why}" for method, why in findings.skipped.items()]


def _misses(findings: Findings, quantity: Quantity) -> bool:
    """Whether no method that may be relied on reached the tolerance."""
    best = findings.best(quantity)
    if best is None:
        return False
    # Relative to what was added up, where that is known: a value near 0 has no relative error.
    size = max(float(np.max(np.abs(best[1].value))), best[1].scale)
    return not float(np.max(best[1].error)) <= findings.tolerance * size


def _comparison(statement: str, comparison: SideComparison | None) -> list[str]:
    if comparison is None:
        return []
    difference, bound = f"difference {comparison.residual:.1e}", f"{comparison.bound:.1e}"
    if comparison.verdict == "holds":
        return [f"{statement}: holds ({difference} ≤ {bound})"]
    if comparison.verdict == "fails":
        return [f"{statement}: DOES NOT HOLD ({difference} > {comparison.alarm:.1e})"]
    if not np.isfinite(comparison.bound):
        return [f"{statement}: inconclusive"]
    if comparison.residual > comparison.bound:
        return [f"{statement}: inconclusive ({difference} is hardly more than {bound})"]
    return [f"{statement}: inconclusive ({difference}, known to {bound}, too little for the sides)"]
