"""Values outside their errors, methods over their time, verdicts that another method contradicts.

Problems are drawn with what numbers like to overlook: bumps, ripples and steep steps in the
schedule, rare components far away, far means, singular covariances, 2 to 1,000 points, dimensions
1 to 64. The truth is independent of the package's methods where it can be: for d = 1 a plain grid,
Gauss-Legendre in time on panels cut at the known features and the trapezoid rule in each
component's own standardised coordinate; in any dimension L_CFM and C2 by the exact method.

    python benchmarks/honesty.py --problems 300 --seed 1 --time-limit 8
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter, process_time

import numpy as np

from fmproof import evaluation
from fmproof.errors import InputError
from fmproof.evaluation import SCALAR_QUANTITIES, evaluate
from fmproof.losses import budget, sampling
from fmproof.models import (
    CondOTPath,
    CustomPath,
    GaussianMixture,
    LinearVelocity,
    LogitNormalTime,
    PolynomialPath,
    Problem,
    TrigPath,
    UniformTime,
    VPPath,
)

_GAUSS = np.polynomial.legendre.leggauss(20)


@dataclass(frozen=True)
class Case:
    """A problem, the times between which its schedule is smooth, and what it was drawn as."""

    problem: Problem
    cuts: tuple[float, ...]
    label: str


def draw(rng: np.random.Generator) -> Case:
    """A random case."""
    dim = int(rng.choice([1, 1, 1, 1, 2, 3, 8, 64]))
    kind = str(rng.choice(["plain", "outlier", "far", "points", "singular"]))
    data = _data(rng, dim, kind)
    path, cuts, name = _path(rng)
    law = UniformTime()
    if name == "vp":
        law = UniformTime(0, 0.999)
    elif rng.random() < 0.25:
        law = LogitNormalTime(round(rng.normal(), 2), round(rng.uniform(0.5, 1.5), 2))
    model = LinearVelocity(np.round(rng.normal(size=(dim, dim)) * 0.3, 3), np.zeros(dim))
    label = f"{kind}, K = {data.components}, d = {dim}, {name}, {type(law).__name__}"
    return Case(Problem(data, path, model, law), cuts, label)


def _data(rng: np.random.Generator, dim: int, kind: str) -> GaussianMixture:
    if kind == "points":
        count = int(rng.choice([2, 3, 10, 100, 1000]))
        return GaussianMixture.points(rng.normal(size=(count, dim)))
    count = int(rng.integers(2, 6))
    weights = rng.dirichlet(np.ones(count))
    means = rng.normal(size=(count, dim)) * 2
    scales = rng.uniform(0.2, 1.0, size=count)
    if kind == "outlier":
        weights[-1] = 10.0 ** rng.uniform(-9, -2)
        weights /= weights.sum()
        means[-1] = 10.0 ** rng.uniform(0.5, 3) / np.sqrt(dim)
    if kind == "far":
        means *= 10.0 ** rng.uniform(1, 5)
    covariances = scales[:, None, None] ** 2 * np.eye(dim)
    if kind == "singular":
        covariances[0] = 0
        if dim > 1:
            direction = rng.normal(size=dim)
            covariances[0] = np.outer(direction, direction)
    return GaussianMixture(weights / weights.sum(), means, covariances)


def _path(rng: np.random.Generator):
    """A path, its features' times, and its name."""
    name = str(rng.choice(["cond-ot", "trig", "polynomial", "vp", "bump", "ripple", "step"]))
    if name == "cond-ot":
        return CondOTPath(), (), name
    if name == "trig":
        return TrigPath(), (), name
    if name == "polynomial":
        return PolynomialPath(str(rng.choice(["3/4", "3/2", "3"]))), (), name
    if name == "vp":
        return VPPath(), (), name
    if name == "bump":
        place, width = round(rng.uniform(0.1, 0.9), 3), 10.0 ** rng.uniform(-4, -1.5)
        height = width * rng.uniform(1, 10)
        bump = f"{height:.6g}*exp(-((t-{place})/{width:.6g})^2)"
        cuts = tuple(place + width * k for k in range(-8, 9))
        return CustomPath(f"t+{bump}", f"1-t+{bump}"), cuts, f"bump of width {width:.1e}"
    if name == "ripple":
        count = int(rng.integers(5, 120))
        ripple = f"0.3*sin({2 * count}*pi*t)/({2 * count}*pi)"
        cuts = tuple(np.arange(1, 2 * count) / (2 * count))
        return CustomPath(f"t+{ripple}", f"1-t-{ripple}"), cuts, f"{count} ripples"
    rate, place = round(10.0 ** rng.uniform(1, 2.3), 1), round(rng.uniform(0.3, 0.7), 2)
    step = f"1/(1+exp(-{rate}*(t-{place})))"
    low, high = f"1/(1+exp({rate * place}))", f"1/(1+exp(-{rate * (1 - place)}))"
    cuts = tuple(place + k / rate for k in range(-40, 41, 4))
    alpha = f"({step}-{low})/({high}-{low})"
    return CustomPath(alpha, f"({high}-{step})/({high}-{low})"), cuts, f"step of rate {rate}"


def reference(case: Case) -> dict[str, float] | None:
    """L_FM, C1 and the floor for d = 1 with its two grids' difference; None where it is no help."""
    problem = case.problem
    data = problem.data
    if problem.dim > 1 or data.components > 10:
        return None
    fine, coarse = _grid(case, 501, 2), _grid(case, 351, 1)
    found = {}
    for name, value in fine.items():
        if abs(value - coarse[name]) > 1e-7 * max(abs(value), 1e-12):
            return None  # the grid has not settled
        found[name] = value
    return found


def _grid(case: Case, points: int, split: int) -> dict[str, float]:
    problem = case.problem
    data, law = problem.data, problem.time
    logit = isinstance(law, LogitNormalTime)

    def place(t: float) -> float:
        return (np.log(t / (1 - t)) - float(law.mean)) / float(law.std)

    near = [1e-12, 1e-10, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.05, 0.1]
    cuts = {*near, *(1 - s for s in near), 0.2, 0.35, 0.5, 0.65, 0.8, *case.cuts}
    low, high = (1e-13, 1 - 1e-13) if logit else law.support
    edges = sorted({low, high, *(c for c in cuts if low < c < high)})
    if logit:
        edges = sorted({-9.0, 9.0, *np.linspace(-9, 9, 19),
                        *(y for y in map(place, edges) if -9 < y < 9)})  # fmt: skip
    xi = np.linspace(-9.5, 9.5, points)
    normal = np.exp(-0.5 * xi**2)
    normal /= normal.sum()
    w, mu, sigma = data.weights, data.means[:, 0], data.scales[:, 0]
    present = w > 0
    w, mu, sigma = w[present], mu[present], sigma[present]
    totals = dict.fromkeys(("fm", "C1", "floor"), 0.0)
    slope = float(problem.model.A.floats[0, 0, 0])
    for a, b in pairwise(edges):
        inner = np.linspace(a, b, split + 1)
        for start, stop in pairwise(inner):
            y = start + (stop - start) * (_GAUSS[0] + 1) / 2
            masses = (stop - start) / 2 * _GAUSS[1]
            if logit:
                t = 1 / (1 + np.exp(-(float(law.mean) + float(law.std) * y)))
                masses = masses * np.exp(-0.5 * y**2) / np.sqrt(2 * np.pi)
            else:
                t, masses = y, masses / (law.support[1] - law.support[0])
            t = np.minimum(t, 1 - 1e-13)
            al, be, da, db = (
                f(t) for f in (problem.path.alpha, problem.path.beta, problem.path.dalpha,
                               problem.path.dbeta)
            )  # fmt: skip
            for alpha, beta, dalpha, dbeta, mass in zip(al, be, da, db, masses, strict=True):
                s = np.hypot(alpha * sigma, beta)
                x = alpha * mu[:, None] + s[:, None] * xi  # component, point
                white = (x[None] - alpha * mu[:, None, None]) / s[:, None, None]
                log = np.log(w / s)[:, None, None] - 0.5 * white**2
                r = np.exp(log - log.max(axis=0))
                r /= r.sum(axis=0)
                gain = (dalpha * alpha * sigma**2 + dbeta * beta) / s
                u_k = dalpha * mu[:, None, None] + gain[:, None, None] * white
                u = (r * u_k).sum(axis=0)
                within = ((dalpha * beta - dbeta * alpha) * sigma / s) ** 2
                spread = (r * (within[:, None, None] + (u_k - u) ** 2)).sum(axis=0)
                mean = w[:, None] * normal
                totals["fm"] += mass * float((mean * (slope * x - u) ** 2).sum())
                totals["C1"] += mass * float((mean * u**2).sum())
                totals["floor"] += mass * float((mean * spread).sum())
    return totals


def main() -> None:
    """Run the cases and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--problems", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--time-limit", type=float, default=8.0)
    parser.add_argument(
        "--cpu",
        action="store_true",
        help="Limits in processor time, for a machine with other work.",
    )
    options = parser.parse_args()
    if options.cpu:
        for module in (budget, sampling, evaluation):
            module.perf_counter = process_time  # type: ignore[attr-defined]
    warnings.simplefilter("ignore")
    values: dict[str, int] = {}
    wrong: dict[str, int] = {}
    late = contradicted = bad_verdicts = undecided = done = 0
    for index in range(options.first, options.first + options.problems):
        case = draw(np.random.default_rng([options.seed, index]))
        start, cpu = perf_counter(), process_time()
        try:
            found = evaluate(case.problem, None, 1e-6, seed=index, time_limit=options.time_limit)
        except InputError as error:
            print(f"{index}: {case.label}: {error}")
            continue
        took, cpu = perf_counter() - start, process_time() - cpu
        done += 1
        truth = reference(case) or {}
        for name in ("cfm", "C2"):
            exact = found.estimates.get(name, {}).get("exact")
            if exact is not None:
                truth[name] = float(exact.value)
        if "C1" in truth and "C2" in truth:
            truth["C"] = truth["C1"] + truth["C2"]
        for name in SCALAR_QUANTITIES:
            if name not in truth:
                continue
            for method, estimate in found.estimates.get(name, {}).items():
                value, error = float(estimate.value), float(estimate.error)
                if method == "exact" or not np.isfinite(error):
                    continue
                values[method] = values.get(method, 0) + 1
                off = abs(value - truth[name])
                slack = 1e-7 * abs(truth[name]) if name in ("fm", "C1", "floor", "C") else 0.0
                if off > error + slack + 4e-16 * abs(value):
                    wrong[method] = wrong.get(method, 0) + 1
                    print(f"{index}: {case.label}: {method} {name} = {value!r} ± {error:.2e}, "
                          f"true {truth[name]!r}, off by {off / error:.2f} errors")  # fmt: skip
        if min(took, cpu) > 1.25 * options.time_limit + 1:
            late += 1
            print(f"{index}: {case.label}: {took:.1f} s ({cpu:.1f} s of CPU)")
        if found.contradictions:
            contradicted += 1
            print(f"{index}: {case.label}: {found.contradictions}")
        if found.identity is not None and found.identity.verdict == "fails":
            bad_verdicts += 1
            print(f"{index}: {case.label}: L_FM = L_CFM + C is said to fail: {found.identity}")
        undecided += found.verdict == "inconclusive"
        if done % 10 == 0 or index == options.first + options.problems - 1:
            print(json.dumps({
                "problems": done, "values": values, "outside their error": wrong,
                "over their time": late, "contradictions": contradicted,
                "identity said to fail": bad_verdicts, "undecided": undecided,
            }))  # fmt: skip
        sys.stdout.flush()


if __name__ == "__main__":
    main()
