"""Analytic models: Gaussian mixtures, probability paths, time laws, velocity models, problems."""

from fmproof.models.custom import CustomPath
from fmproof.models.given_paths import FunctionPath, ReversedPath, TablePath
from fmproof.models.mixture import GaussianMixture
from fmproof.models.paths import (
    CondOTPath,
    LinearVPPath,
    Path,
    PolynomialPath,
    TrigPath,
    VPPath,
)
from fmproof.models.problem import Problem
from fmproof.models.problem_file import load_problem, problem_from_toml, problem_to_toml
from fmproof.models.time import LogitNormalTime, TimeLaw, UniformTime
from fmproof.models.time_laws import BetaTime, DiscreteTime, FixedTime, QuantileTime
from fmproof.models.velocity import (
    CallableVelocity,
    LinearVelocity,
    PolynomialVelocity,
    Velocity,
    VelocityTerm,
)

__all__ = [
    "BetaTime",
    "CallableVelocity",
    "CondOTPath",
    "CustomPath",
    "DiscreteTime",
    "FixedTime",
    "FunctionPath",
    "GaussianMixture",
    "LinearVPPath",
    "LinearVelocity",
    "LogitNormalTime",
    "Path",
    "PolynomialPath",
    "PolynomialVelocity",
    "Problem",
    "QuantileTime",
    "ReversedPath",
    "TablePath",
    "TimeLaw",
    "TrigPath",
    "UniformTime",
    "VPPath",
    "Velocity",
    "VelocityTerm",
    "load_problem",
    "problem_from_toml",
    "problem_to_toml",
]
