"""Where derivations of the field start: a path between two draws, or data with noise on them.

A setting is a path or a noise level; what one always builds from it (laws, fields, losses,
hypotheses, the parts of the proof) is made here once, for the built-in derivations and for yours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Expr

from fmproof.derivations.given import require_fields
from fmproof.derivations.pythagoras import cross_terms, minimiser, pythagoras
from fmproof.derivations.symbols import (
    I,
    alpha,
    d_model,
    data,
    e_model,
    p_cond,
    p_data,
    p_marg,
    q,
    rho,
    s_model,
    sigma,
    t,
    theta,
    time,
    u_cond,
    u_marg,
    u_model,
    v_model,
    x,
    x0,
    x1,
    z,
)
from fmproof.errors import InputError, SortError
from fmproof.lang.nodes import (
    CondExpect,
    Density,
    Div,
    Draw,
    Expect,
    Field,
    Grad,
    Let,
    Log,
    Named,
    Normal,
    Partial,
    Ratio,
    Scalar,
    norm2,
)
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.props import Almost, Differentiable, ForAll, Integrable, Positive
from fmproof.lang.spelling.foreign import checked_record
from fmproof.lang.spelling.text import text
from fmproof.tactics.script import Derivation, Hypothesis, Instance, Part

_COUPLING = (q(x0, x1),)
_TIME = rho(t)
_DATA = data(z)
_SCALE, _NOISE = alpha(t), sigma(t)
_UNIFORM = time(t)
_FLOW, _VELOCITY, _SCORE = u_model(t, theta, x), v_model(t, theta, x), s_model(t, theta, x)


def _require_time(law: Draw) -> None:
    if drawn_by(law) != (t,):
        raise SortError(f"the law of the time must draw t, found {text(law)}")


@checked_record
@dataclass(frozen=True)
class FlowMatching:
    """p_t(x) and u_t(x), made of p_t(x|z) and u_t(x|z), with a density p_data of z.

    Attributes:
        time: the law of the time; by default uniform on [0, 1].
        model: what learns u_t(x); by default u_t^θ(x).
    """

    time: Draw = _UNIFORM
    model: Expr = _FLOW

    def __post_init__(self) -> None:
        require_fields(self, draws="time", vectors="model")
        _require_time(self.time)

    @property
    def u(self) -> Expr:
        """u_t(x), the marginal field."""
        return u_marg(t, x)

    @property
    def target(self) -> Expr:
        """u_t(x|z), the conditional field."""
        return u_cond(t, x, z)

    @property
    def marginal(self) -> tuple[Draw, ...]:
        """The time, and x from the marginal path."""
        return (self.time, p_marg(t, x))

    @property
    def joint(self) -> tuple[Draw, ...]:
        """The time, the data, and x from the path of the data."""
        return (self.time, p_data(z), p_cond(t, x, z))

    @cached_property
    def L_FM(self) -> Scalar:
        """L_FM(θ) = E‖model − u_t(x)‖²."""
        return Scalar("L_FM", theta, definition=Expect(norm2(self.model - self.u), *self.marginal))

    @cached_property
    def L_CFM(self) -> Scalar:
        """L_CFM(θ) = E‖model − u_t(x|z)‖²."""
        loss = Expect(norm2(self.model - self.target), *self.joint)
        return Scalar("L_CFM", theta, definition=loss)

    @cached_property
    def constants(self) -> tuple[Named, Named, Named]:
        """C₁ = E‖u_t(x)‖², C₂ = −E‖u_t(x|z)‖², and C = C₁ + C₂."""
        first = Named("C_1", Expect(norm2(self.u), *self.marginal))
        second = Named("C_2", Expect(-norm2(self.target), *self.joint))
        return first, second, Named("C", first + second)

    @cached_property
    def hypotheses(self) -> list[Hypothesis]:
        """The model and the conditional field are square integrable."""
        return [
            Hypothesis(
                "H1",
                ForAll(Integrable(norm2(self.model), *self.marginal), theta),
                "the model is square integrable along the probability path",
            ),
            Hypothesis(
                "H2",
                Integrable(norm2(self.target), *self.joint),
                "the conditional vector field is square integrable",
            ),
        ]

    @property
    def uses(self) -> list[Derivation]:
        """The theorem L_FM = L_CFM + C, for ``uses=`` and ``using="fm-cfm"``."""
        return _built_in("fm-cfm")

    @property
    def symbols(self) -> tuple[Any, ...]:
        """What LaTeX claims about it may mention."""
        losses = (self.L_FM(theta), self.L_CFM(theta), *self.constants)
        return (*self.joint, *self.marginal, self.model, self.u, self.target, *losses)


@checked_record
@dataclass(frozen=True)
class Path:
    """x_t = ``point``: rectified flow and stochastic interpolants.

    ``Path(alpha(t) * x1 + sigma(t) * x0)`` is a path between coupled ends, with a model that
    learns its velocity.

    Attributes:
        point: a vector in the time and in what is drawn.
        velocity: its derivative ∂_t; give it to have it written out, such as x1 − x0.
        draws: the law of the ends; by default q(x0, x1), any coupling.
        time: the law of the time; by default rho(t), any on [0, 1].
        model: what learns the velocity; by default v_t^θ(x).
    """

    point: Expr
    velocity: Expr = None  # from the point
    draws: Sequence[Draw] = _COUPLING
    time: Draw = _TIME
    model: Expr = _VELOCITY

    def __post_init__(self) -> None:
        require_fields(self, laws="draws", draws="time", vectors="point model")
        _require_time(self.time)
        if self.velocity is None:
            object.__setattr__(self, "velocity", Partial(self.point, t))
        require_fields(self, vectors="velocity")

    @cached_property
    def law(self) -> tuple[Draw, ...]:
        """The time, the ends, and the point that they make."""
        return (self.time, *self.draws, Let(x, self.point))

    @cached_property
    def u(self) -> Field:
        """u_t(x): the mean velocity of the paths through x."""
        mean = CondExpect(self.velocity, x, *self.draws, Let(x, self.point))
        return Field("u", x, sub=t, definition=mean)

    @cached_property
    def L(self) -> Scalar:
        """L(θ), which stands for ``loss``."""
        return Scalar("L", theta, definition=self.loss)

    @property
    def loss(self) -> Expr:
        """E‖model − velocity‖²."""
        return Expect(norm2(self.model - self.velocity), *self.law)

    @property
    def split(self) -> Expr:
        """E‖model − u‖² + E‖u − velocity‖²: what the loss is equal to."""
        mean = self.u(t, x)
        learned, floor = norm2(self.model - mean), norm2(mean - self.velocity)
        return Expect(learned, *self.law) + Expect(floor, *self.law)

    @cached_property
    def hypotheses(self) -> list[Hypothesis]:
        """Both square integrable, and a velocity at almost every time."""
        return [
            Hypothesis(
                "H1",
                ForAll(Integrable(norm2(self.model), *self.law), theta),
                "the model is square integrable along the path",
            ),
            Hypothesis(
                "H2",
                Integrable(norm2(self.velocity), *self.law),
                "the velocity of the path is square integrable",
            ),
            Hypothesis(
                "H3",
                Almost(Differentiable(self.point, t), self.time, *self.draws),
                "the path has a velocity at almost every time",
            ),
        ]

    @property
    def parts(self) -> list[Part]:
        """The proof that E‖model − velocity‖² splits, and that u attains the floor."""
        given = (self.law, self.model, self.velocity, self.u(t, x))
        return [*cross_terms(*given), pythagoras(*given), minimiser(*given)]

    @property
    def theorem(self) -> Instance:
        """The built-in theorem for this path: ``Step(…, by="lemma", using=path.theorem)``.

        Raises:
            InputError: its laws or its model are others than the theorem's; use ``parts``.
        """
        usual = Path(self.point)
        if (self.law, self.model, self.velocity) != (usual.law, usual.model, usual.velocity):
            raise InputError(
                "the theorem interpolant is about rho(t), q(x0, x1), v_t^θ(x) and the velocity "
                "∂_t of the point; for others prove it by parts=path.parts"
            )
        return Instance("interpolant", replace={I: self.point})

    @property
    def uses(self) -> list[Derivation]:
        """The derivation of ``theorem``, for ``uses=``."""
        return _built_in("interpolant")

    @property
    def symbols(self) -> tuple[Any, ...]:
        """What LaTeX claims about it may mention."""
        return (*self.law, self.model, self.velocity, self.u(t, x), self.L(theta), x, t)


@checked_record
@dataclass(frozen=True)
class Noising:
    """x = ``scale`` z + ``noise`` ε, with a Gaussian ε: diffusion models and Gaussian paths.

    Attributes:
        scale, noise: numbers in the time; by default alpha(t) and sigma(t).
        data: the law of z; by default q(z), any.
        model: what learns the score; by default s_t^θ(x).
    """

    scale: Expr = _SCALE
    noise: Expr = _NOISE
    data: Draw = _DATA
    model: Expr = _SCORE

    def __post_init__(self) -> None:
        require_fields(self, draws="data", reals="scale noise", vectors="model")

    @cached_property
    def kernel(self) -> Any:
        """p_t(x|z) = N(x; scale z, noise² I)."""
        return Normal(x, self.scale * z, self.noise**2)

    @cached_property
    def law(self) -> tuple[Draw, ...]:
        """The data, and the noisy data given them."""
        return (self.data, self.kernel)

    @cached_property
    def p(self) -> Density:
        """p_t(x): the density of the noisy data."""
        return Density("p", x, sub=t, definition=Expect(self.kernel, self.data))

    @property
    def score(self) -> Expr:
        """∇ log p_t(x)."""
        return Grad(Log(self.p(t, x)), x)

    @property
    def target(self) -> Expr:
        """∇ log p_t(x|z): what denoising score matching regresses on."""
        return Grad(Log(self.kernel), x)

    @property
    def epsilon(self) -> Expr:
        """ε = (x − scale z)/noise."""
        return Ratio(1, self.noise) * (x - self.scale * z)

    @cached_property
    def mean_score(self) -> Field:
        """m_t(x) = E[∇ log p_t(x|z) | x], which is the score almost surely."""
        return Field("m", x, sub=t, definition=CondExpect(self.target, x, *self.law))

    @cached_property
    def denoiser(self) -> Field:
        """D_t(x) = E[z | x]."""
        return Field("D", x, sub=t, definition=CondExpect(z, x, *self.law))

    @cached_property
    def mean_noise(self) -> Field:
        """ε_t(x) = E[ε | x]."""
        return Field("epsilon", x, sub=t, definition=CondExpect(self.epsilon, x, *self.law))

    @cached_property
    def velocity(self) -> Field:
        """u_t(x|z), which moves scale z + noise ε along with t."""
        along = Partial(self.scale, t) * z
        across = Ratio(Partial(self.noise, t), self.noise) * (x - self.scale * z)
        return Field("u", x, sub=t, given=z, definition=along + across)

    @property
    def dsm(self) -> Expr:
        """E‖model − ∇ log p_t(x|z)‖²: denoising score matching."""
        return Expect(norm2(self.model - self.target), *self.law)

    @property
    def esm(self) -> Expr:
        """E‖model − ∇ log p_t(x)‖²: explicit score matching."""
        return Expect(norm2(self.model - self.score), self.p(t, x))

    @property
    def ism(self) -> Expr:
        """E[‖model‖² + 2 div model]: implicit score matching."""
        return Expect(norm2(self.model) + 2 * Div(self.model, x), self.p(t, x))

    @property
    def noise_loss(self) -> Expr:
        """E‖ε_t^θ(x) − ε‖²: predicting the noise."""
        return Expect(norm2(e_model(t, theta, x) - self.epsilon), *self.law)

    @property
    def data_loss(self) -> Expr:
        """E‖D_t^θ(x) − z‖²: predicting the data."""
        return Expect(norm2(d_model(t, theta, x) - z), *self.law)

    @property
    def split(self) -> Expr:
        """What ``dsm`` is equal to: ``esm``, and a term that is free of the model."""
        return self.esm + Expect(norm2(self.score - self.target), *self.law)

    @cached_property
    def hypotheses(self) -> list[Hypothesis]:
        """There is noise, and the model is square integrable."""
        return [
            Hypothesis("H1", Positive(self.noise), "there is noise"),
            Hypothesis(
                "H2",
                ForAll(Integrable(norm2(self.model), self.p(t, x)), theta),
                "the model is square integrable under the noisy data",
            ),
        ]

    @property
    def theorem(self) -> Instance:
        """Denoising score matching with this scale and noise, for ``using=``.

        Raises:
            InputError: its data or its model are others than the theorem's.
        """
        if (self.data, self.model) != (_DATA, _SCORE):
            raise InputError(
                "the theorem denoising-score-matching is about data q(z) and a model s_t^θ(x); "
                "put others in by Instance(…, replace=…)"
            )
        usual = ((alpha, self.scale), (sigma, self.noise))
        changed = {head: value for head, value in usual if value != head(t)}
        return Instance("denoising-score-matching", replace=changed)

    @property
    def uses(self) -> list[Derivation]:
        """The derivation of ``theorem``, for ``uses=``."""
        return _built_in("denoising-score-matching")

    @property
    def symbols(self) -> tuple[Any, ...]:
        """What LaTeX claims about it may mention."""
        fields = (self.mean_score, self.denoiser, self.mean_noise)
        models = (self.model, e_model(t, theta, x), d_model(t, theta, x))
        return (*self.law, *models, *(f(t, x) for f in (self.p, *fields)), self.velocity, x, t)


def _built_in(name: str) -> list[Derivation]:
    from fmproof.derivations.catalogue import load

    return [load(name)]
