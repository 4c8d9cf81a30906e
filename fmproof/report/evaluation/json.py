"""An evaluation as JSON; ``docs/evaluate.md`` describes the form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from fmproof.losses.estimate import Estimate
    from fmproof.losses.findings import Findings, SideComparison

_SCHEMA = "fmproof-evaluation/1"
_WRITTEN_DIGITS = 4000  #: of a rational; Python does not print very long ones


def render_json(findings: Findings) -> str:
    """The evaluation as JSON; numbers that are not finite become null."""
    best = {name: findings.best(name) for name in findings.estimates}
    data: dict[str, Any] = {
        "schema": _SCHEMA,
        "quantities": {
            name: {method: _estimate(estimate) for method, estimate in row.items()}
            for name, row in findings.estimates.items()
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
        "gradients": {
            name.removesuffix("_gradient"): {m: _estimate(estimate) for m, estimate in row.items()}
            for name, row in findings.estimates.items()
            if name.endswith("_gradient")
        },
        "costs": _costs(findings),
        "tolerance": findings.tolerance,
        "optimum": None if findings.optimum is None else _plain(findings.optimum.value),
        "contradictions": [
            {
                "quantity": found.quantity,
                "methods": [found.first, found.second],
                "difference": _plain(found.difference),
                "bound": _plain(found.bound),
            }
            for found in findings.contradictions
        ],
        "verdict": findings.verdict,
        "identity": _comparison_json(findings.identity),
        "gradient_identity": _comparison_json(findings.gradient),
        "skipped": dict(findings.skipped),
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


def _comparison_json(comparison: SideComparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    return {
        "residual": _plain(comparison.residual),
        "bound": _plain(comparison.bound),
        "verdict": comparison.verdict,
        "holds": {"holds": True, "fails": False}.get(comparison.verdict),
    }


def _costs(findings: Findings) -> dict[str, dict[str, Any]]:
    """What each method took: seconds, and its samples and seed, evaluations and times."""
    found: dict[str, dict[str, Any]] = {}
    for row in findings.estimates.values():
        for method, estimate in row.items():
            cost = dict(estimate.cost)
            if method in found and method == "exact":  # each of its quantities has its own
                cost["seconds"] = cost.get("seconds", 0.0) + found[method].get("seconds", 0.0)
            found[method] = cost
    return found
