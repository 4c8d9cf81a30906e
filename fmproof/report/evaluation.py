"""An evaluation as text or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from fmproof.evaluation import Comparison, Evaluation
    from fmproof.losses.estimate import Estimate
    from fmproof.models.problem import Problem

SCHEMA = "fmproof-evaluation/1"

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
_SHOWN_DIGITS, _WRITTEN_DIGITS = 40, 4000  # of a rational; Python does not print very long ones


def render_text(evaluation: Evaluation) -> str:
    """A table of the quantities by method, and whether the identities hold."""
    lines = [describe(evaluation.problem), ""]
    rows = _table(evaluation)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
    lines += _gradients(evaluation)
    lines += ["", *_verdicts(evaluation)]
    lines += [f"{method}: {why}" for method, why in evaluation.skipped.items()]
    return "\n".join(lines) + "\n"


def render_html(evaluation: Evaluation) -> str:
    """The same as a piece of HTML, for a notebook."""
    from markupsafe import Markup

    head, *rows = _table(evaluation)
    cell = Markup('<td style="text-align:left">{}</td>').format
    name = Markup('<th scope="{}" style="text-align:left">{}</th>').format
    lines = [Markup("<tr>") + Markup().join(name("col", text) for text in head) + Markup("</tr>")]
    for label, *cells in rows:
        body = Markup().join(map(cell, cells))
        lines.append(Markup("<tr>") + name("row", label) + body + Markup("</tr>"))
    table = Markup("<table>{}</table>").format(Markup().join(lines))
    skipped = [f"{method}: {why}" for method, why in evaluation.skipped.items()]
    words = [*_gradients(evaluation), *_verdicts(evaluation), *skipped]
    paragraphs = Markup("<br>").join(words)
    problem = describe(evaluation.problem)
    return str(Markup("<div><p>{}</p>{}<p>{}</p></div>").format(problem, table, paragraphs))


def _table(evaluation: Evaluation) -> list[list[str]]:
    """The methods, then each quantity by each of them."""
    methods = list(dict.fromkeys(m for row in evaluation.estimates.values() for m in row))
    rows = [["", *methods]]
    for name, label in _LABELS.items():
        row = evaluation.estimates.get(name, {})  # type: ignore[call-overload]
        if row and not name.endswith("_gradient"):
            rows.append([label, *(_cell(row.get(method)) for method in methods)])
    return rows


def _gradients(evaluation: Evaluation) -> list[str]:
    lines = []
    for name in ("fm_gradient", "cfm_gradient"):
        best = evaluation.best(name)
        if best is not None:
            lines.append(f"{_LABELS[name]}: {_vector(best[1])} ({best[0]})")
    return lines


def describe(problem: Problem) -> str:
    """The problem in one line."""
    data = problem.data
    kind = "point" if not np.any(data.scales) else "Gaussian component"
    plural = "" if data.components == 1 else "s"
    return (
        f"d = {problem.dim}, {data.components} {kind}{plural}, {problem.path.name} path, "
        f"{problem.time!r}, {type(problem.model).__name__}"
    )


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


def _verdicts(evaluation: Evaluation) -> list[str]:
    lines = [
        *_comparison("L_FM = L_CFM + C", evaluation.identity),
        *_comparison("∇L_FM = ∇L_CFM", evaluation.gradient),
    ]
    floor, cfm = evaluation.best("floor"), evaluation.best("cfm")
    if floor is not None and cfm is not None:
        low, here = float(floor[1].value), float(cfm[1].value)
        low_off, here_off = float(floor[1].error), float(cfm[1].error)
        if here - low > low_off + here_off:  # False also where either is not known
            lines.append(
                f"No model brings L_CFM below {low:.6g}{_off(low_off, low)}; this one is at "
                f"{here:.6g}{_off(here_off, here)}, {here - low:.6g} above."
            )
        else:
            lines.append("How far L_CFM is above the floor: inconclusive")
    if evaluation.optimum is not None:
        lines.append(f"Optimal coefficients of this model: {_vector(evaluation.optimum)}")
    return lines


def _comparison(statement: str, comparison: Comparison | None) -> list[str]:
    if comparison is None:
        return []
    if not np.isfinite(comparison.bound):
        return [f"{statement}: inconclusive"]
    word = "holds" if comparison.holds else "DOES NOT HOLD"
    sign = "≤" if comparison.holds else ">"
    return [
        f"{statement}: {word} (difference {comparison.residual:.1e} {sign} {comparison.bound:.1e})"
    ]


def render_json(evaluation: Evaluation) -> str:
    """The evaluation as JSON; numbers that are not finite become null."""
    best = {name: evaluation.best(name) for name in evaluation.estimates}
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "quantities": {
            name: {method: _estimate(estimate) for method, estimate in row.items()}
            for name, row in evaluation.estimates.items()
            if not name.endswith("_gradient")
        },
        "best": {
            name: {"method": found[0], **_estimate(found[1])}
            for name, found in best.items()
            if found is not None and not name.endswith("_gradient")
        },
        "gradient": {
            name.removesuffix("_gradient"): _plain(found[1].value)
            for name, found in best.items()
            if found is not None and name.endswith("_gradient")
        },
        "optimum": None if evaluation.optimum is None else _plain(evaluation.optimum.value),
        "identity": _comparison_json(evaluation.identity),
        "gradient_identity": _comparison_json(evaluation.gradient),
        "skipped": dict(evaluation.skipped),
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _estimate(estimate: Estimate) -> dict[str, Any]:
    found = {"value": _plain(estimate.value), "error": _plain(estimate.error)}
    if estimate.exact is not None:
        rational = estimate.rational(_WRITTEN_DIGITS)
        if rational is not None:
            found["exact"] = rational
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return [_plain(entry) for entry in value.tolist()]
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return float(value) if np.isfinite(value) else None


def _comparison_json(comparison: Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    return {
        "residual": _plain(comparison.residual),
        "bound": _plain(comparison.bound),
        "holds": comparison.holds if np.isfinite(comparison.bound) else None,
    }
