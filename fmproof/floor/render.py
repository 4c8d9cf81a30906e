"""The floor, and a log beside it, as text and as JSON."""

from __future__ import annotations

import json
import math
import textwrap
from typing import Any

from fmproof.floor.log import Above, Comparison
from fmproof.floor.run import Floor

_BAR, _WIDTH = 24, 88


def render_text(floor: Floor, comparison: Comparison | None = None) -> str:
    """Some lines for people."""
    setting, dim = floor.setting, floor.dim
    law = setting.time
    lines = [
        f"{floor.name}: {floor.rows:,} rows of {dim:,} numbers, {floor.dtype}"
        + (f", times {floor.factor:g}" if floor.factor != 1 else "")
        + (f", {floor.labels} labels" if floor.labels else ""),
        f"path {setting.path.name}, t ~ {_law(law)}, target {setting.target}"
        + (f", weight {setting.weight}" if setting.weight != "1" else "")
        + (f", optimal transport in batches of {setting.batch}" if setting.batch else ""),
        "",
        f"  floor  {_pm(floor.value, floor.error)}   the sum over the coordinates",
        f"         {_pm(floor.value / dim, floor.error / dim)}   their mean, as an MSE loss prints",
        f"         {_share(floor)}",
        "",
        f"  {'t':^13}  {'floor':>12}  {'±':>9}  explained",
    ]
    top = max((b.value for b in floor.bins if math.isfinite(b.value)), default=0.0)
    for part in floor.bins:
        # A bin may lie outside of what the time law reaches in floats.
        length = round(_BAR * part.value / top) if top > 0 and math.isfinite(part.value) else 0
        lines.append(
            f"  {part.low:.3f} – {part.high:.3f}  {part.value:12.5g}  {part.error:9.2g}  "
            f"{100 * part.explained:7.2f} %  {'█' * length}".rstrip()
        )
    lines += ["", f"  {_ending(floor)}"]
    if comparison is not None:
        lines += ["", *_log_lines(comparison)]
    return "\n".join(lines) + "\n"


def _law(law: Any) -> str:
    from fmproof.models.time import UniformTime

    if isinstance(law, UniformTime):
        low, high = law.support
        return f"U[{low:g}, {high:g}]"
    return f"logit-normal({float(law.mean):g}, {float(law.std):g})"


def _pm(value: float, error: float) -> str:
    """Value and error with two digits of the error."""
    if not math.isfinite(error) or error <= 0 or value == 0:
        return f"{value:.6g} ± {error:.2g}"
    digits = max(0, 1 - math.floor(math.log10(error)))
    if digits > 12 or abs(value) >= 1e15:
        return f"{value:.6g} ± {error:.2g}"
    return f"{value:.{digits}f} ± {error:.{digits}f}"


def _share(floor: Floor) -> str:
    parts = floor.estimate
    pieces = [f"{parts.statistical:.2g} statistical", f"{parts.numerical:.2g} numerical"]
    if parts.hidden > 0.005 * parts.error:
        pieces.append(f"{parts.hidden:.2g} for rare events")
    return f"error at {100 * floor.level:g} %: " + " + ".join(pieces)


def _ending(floor: Floor) -> str:
    cost = floor.cost
    reached = floor.error <= floor.tolerance * floor.value or floor.error == 0
    after = f"{cost.samples:,} samples in {cost.seconds:.1f} s, seed {floor.seed}"
    words = {
        "tolerance": "",
        "time limit": " (time limit)",
        "interrupted": " (interrupted)",
    }[floor.stopped]
    if reached:
        return f"{after}{words}; the next digit takes about {_duration(cost.next_digit)}"
    wanted = (floor.error / (floor.tolerance * floor.value)) ** 2 if floor.value > 0 else math.inf
    if not math.isfinite(wanted):
        return f"{after}{words}; too few samples to tell how long the aim takes"
    return (
        f"{after}{words}; ± {100 * floor.tolerance:g} % takes about "
        f"{_duration(wanted * cost.seconds)}"
    )


def _duration(seconds: float) -> str:
    for size, unit in ((86400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def _log_lines(found: Comparison) -> list[str]:
    now = found.now
    lines = [f"{found.log}, loss = {found.reduction} over the coordinates"]
    if not now.below:
        lines.append(
            f"  at step {found.step:,.0f} the loss is {_pm(now.loss, now.loss_error)}, "
            f"{_pm(now.gap, now.error)} above the floor"
        )
    if found.per_bin:
        lines += ["", f"  {'t':^13}  {'loss':>10}  {'floor':>10}  {'above':>10}  {'±':>8}"]
        lines += [_bin_line(part) for part in found.per_bin]
        where = "" if now.below else _where(found)
        if where:
            lines += ["", f"  {where}"]
    for warning in found.warnings:
        lines += textwrap.wrap(
            f"warning: {warning}", _WIDTH, initial_indent="  ", subsequent_indent="    ",
            break_on_hyphens=False,
        )  # fmt: skip
    return lines


def _bin_line(part: Above) -> str:
    return (
        f"  {part.low:.3f} – {part.high:.3f}  {part.loss:10.4g}  {part.floor:10.4g}  "
        f"{part.gap:10.3g}  {part.error:8.2g}"
    )


def _where(found: Comparison) -> str:
    """Where in t the loss is above the floor, of what is more than its error."""
    parts = [(p, p.gap * p.mass) for p in found.per_bin if p.gap > p.error]
    total = sum(gap for _, gap in parts)
    if total <= 0:
        return ""
    for k in range(1, len(found.per_bin)):
        early, late = found.per_bin[k - 1].high, found.per_bin[-k].low
        if sum(g for p, g in parts if p.high <= early) >= 0.9 * total:
            return f"nine tenths of what is seen above the floor are at t < {early:g}"
        if sum(g for p, g in parts if p.low >= late) >= 0.9 * total:
            return f"nine tenths of what is seen above the floor are at t > {late:g}"
    return ""


def render_json(floor: Floor, comparison: Comparison | None = None) -> str:
    """One JSON document; what is not finite is null."""
    setting = floor.setting
    document: dict[str, Any] = {
        "schema": 1,
        "data": {
            "name": floor.name,
            "rows": floor.rows,
            "dim": floor.dim,
            "dtype": floor.dtype,
            "factor": floor.factor,
            "labels": floor.labels,
        },
        "path": repr(setting.path),
        "time": repr(setting.time),
        "target": setting.target,
        "weight": setting.weight,
        "coupling": "independent" if setting.batch is None else "ot",
        "batch_size": setting.batch,
        "floor": {
            "value": floor.value,
            "error": floor.error,
            "statistical": floor.estimate.statistical,
            "numerical": floor.estimate.numerical,
            "hidden": floor.estimate.hidden,
            "level": floor.level,
        },
        "floor_mean": {"value": floor.value / floor.dim, "error": floor.error / floor.dim},
        "per_t": [
            {
                "t": (b.low + b.high) / 2,
                "low": b.low,
                "high": b.high,
                "value": b.value,
                "error": b.error,
                "explained": b.explained,
                "probability": b.mass,
            }
            for b in floor.bins
        ],
        "data_variance": floor.total,
        "without_x": floor.trivial,
        "cost": {
            "samples": floor.cost.samples,
            "seconds": floor.cost.seconds,
            "seed": floor.seed,
            "next_digit_seconds": floor.cost.next_digit,
        },
        "stopped": floor.stopped,
    }
    if comparison is not None:
        document["log"] = {
            "name": comparison.log,
            "reduction": comparison.reduction,
            "step": comparison.step,
            "above": _above(comparison.now),
            "per_t": [_above(part) for part in comparison.per_bin],
            "few_rows": comparison.few_rows and vars(comparison.few_rows),
            "warnings": comparison.warnings,
        }
    return json.dumps(_finite(document), indent=2, ensure_ascii=False) + "\n"


def _above(part: Above) -> dict[str, Any]:
    return {
        "low": part.low,
        "high": part.high,
        "loss": part.loss,
        "loss_error": part.loss_error,
        "floor": part.floor,
        "floor_error": part.floor_error,
        "value": part.gap,
        "error": part.error,
        "below": part.below,
    }


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value
