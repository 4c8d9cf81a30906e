"""diffusers: schedulers' noise, targets and steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from conformance.common import MIX, NORMAL
from fmproof.models import CondOTPath, DiscreteTime, TablePath
from fmproof.testing import takes_tensors
from fmproof.testing.conformance import Adapter

ADAPTER = Adapter(
    "diffusers",
    "0.42.1",
    expected_failures={
        "solver: FlowMatchEulerDiscreteScheduler, stochastic": "each step forgets x_t but for "
        "E[x1|x_t] and draws all its noise anew; with many steps the variance shrinks",
        "step: PNDMScheduler, v_prediction, order 2": "outputs of v are combined across steps "
        "before they are converted to the noise",
        "step: PNDMScheduler, v_prediction, order 4": "the same",
    },
)


def ddpm(**options: Any) -> Any:
    from diffusers import DDPMScheduler

    return DDPMScheduler(num_train_timesteps=100, clip_sample=False, **options)


def table(scheduler: Any) -> TablePath:
    return TablePath(scheduler.alphas_cumprod.double().numpy())


def offer_training(kind: str, beta_schedule: str) -> None:
    @ADAPTER.offer("sampler", f"DDPMScheduler.add_noise, {beta_schedule}, {kind}")
    def sampler() -> Any:
        scheduler = ddpm(beta_schedule=beta_schedule)

        @takes_tensors
        def sample(x0: Any, x1: Any, t: Any) -> Any:
            x = scheduler.add_noise(x1, x0, t)
            u = scheduler.get_velocity(x1, x0, t) if kind == "v" else x0
            return {"x_t": x, "u_t": u, "t": t}

        return (sample, table(scheduler), MIX), {"target": kind}


for _schedule in ("linear", "scaled_linear", "squaredcos_cap_v2", "sigmoid"):
    for _kind in ("eps", "v"):
        offer_training(_kind, _schedule)


def offer_ddim(prediction: str, predict: str, eta: float) -> None:
    @ADAPTER.offer("step", f"DDIMScheduler, {prediction}, eta = {eta:g}")
    def step() -> Any:
        from diffusers import DDIMScheduler

        scheduler = DDIMScheduler(
            num_train_timesteps=100,
            prediction_type=prediction,
            clip_sample=False,
            set_alpha_to_one=False,
        )
        scheduler.set_timesteps(50)

        @takes_tensors
        def step(output: Any, x: Any, t: int, s: int, generator: Any) -> Any:
            return scheduler.step(output, t, x, eta=eta, generator=generator).prev_sample

        pairs = [(90, 88), (50, 48), (10, 8)]
        options = {"predict": predict, "eta": eta, "pairs": pairs}
        return (step, table(scheduler), MIX), options


for _prediction, _predict in (("epsilon", "eps"), ("sample", "x1"), ("v_prediction", "v")):
    for _eta in (0.0, 1.0):
        offer_ddim(_prediction, _predict, _eta)


def offer_ddpm_step(prediction: str, predict: str) -> None:
    @ADAPTER.offer("step", f"DDPMScheduler, {prediction}, fixed_small")
    def step() -> Any:
        scheduler = ddpm(prediction_type=prediction)
        scheduler.set_timesteps(100)

        @takes_tensors
        def step(output: Any, x: Any, t: int, s: int, generator: Any) -> Any:
            return scheduler.step(output, t, x, generator=generator).prev_sample

        options = {"predict": predict, "eta": 1.0, "pairs": [(90, 89), (50, 49), (10, 9)]}
        return (step, table(scheduler), MIX), options


for _prediction, _predict in (("epsilon", "eps"), ("sample", "x1"), ("v_prediction", "v")):
    offer_ddpm_step(_prediction, _predict)


def offer_pndm(prediction: str, predict: str, order: int) -> None:
    @ADAPTER.offer("step", f"PNDMScheduler, {prediction}, order {order}")
    def step() -> Any:
        from diffusers import PNDMScheduler

        scheduler = PNDMScheduler(
            num_train_timesteps=100, skip_prk_steps=True, prediction_type=prediction
        )
        scheduler.set_timesteps(50)

        @takes_tensors
        def step(output: Any, x: Any, t: int, s: int, previous: Any) -> Any:
            scheduler.ets, scheduler.counter = list(reversed(previous)), len(previous) + 1
            return scheduler.step_plms(output, t, x).prev_sample

        trails = [tuple(range(t + 2 * order - 2, t - 3, -2)) for t in (80, 50, 10)]
        options = {"kind": "plms", "order": order, "predict": predict, "pairs": trails}
        return (step, table(scheduler), MIX), options


for _order in (2, 4):
    offer_pndm("epsilon", "eps", _order)
    offer_pndm("v_prediction", "v", _order)


def offer_dpm(prediction: str, predict: str) -> None:
    @ADAPTER.offer("step", f"DPMSolverMultistepScheduler, {prediction}")
    def step() -> Any:
        from diffusers import DPMSolverMultistepScheduler

        scheduler = DPMSolverMultistepScheduler(
            num_train_timesteps=100, prediction_type=prediction, solver_order=2
        )
        scheduler.set_timesteps(50)

        @takes_tensors
        def step(output: Any, x: Any, t: int, s: int, previous: Any, points: Any) -> Any:
            at = int((scheduler.timesteps == t).nonzero()[0])
            outputs = []
            for index, out, sample in ((at - 1, previous[0], points[0]), (at, output, x)):
                scheduler._step_index = index
                outputs.append(scheduler.convert_model_output(out, sample=sample))
            return scheduler.multistep_dpm_solver_second_order_update(outputs, sample=x)

        rows = [int(t) for t in scheduler.timesteps]
        trails = [tuple(rows[i - 1 : i + 2]) for i in (5, 25, 45)]
        options = {"kind": "dpm++2m", "predict": predict, "pairs": trails}
        return (step, table(scheduler), MIX), options


for _prediction, _predict in (("epsilon", "eps"), ("sample", "x1"), ("v_prediction", "v")):
    offer_dpm(_prediction, _predict)


def flow(stochastic: bool) -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler

    scheduler = FlowMatchEulerDiscreteScheduler(stochastic_sampling=stochastic)
    scheduler.set_timesteps(10)
    return scheduler


def flow_step() -> Any:
    import torch

    scheduler = flow(False)

    @takes_tensors
    def step(output: Any, x: Any, t: float, s: float) -> Any:
        index = int((scheduler.sigmas - t).abs().argmin())
        scheduler._step_index = index
        time = torch.tensor(float(scheduler.timesteps[index]))
        return scheduler.step(output, time, x).prev_sample

    pairs = [(float(scheduler.sigmas[i]), float(scheduler.sigmas[i + 1])) for i in (2, 5, 7)]
    return step, pairs


@ADAPTER.offer("step", "FlowMatchEulerDiscreteScheduler")
def euler() -> Any:
    step, pairs = flow_step()
    options = {"kind": "euler", "direction": "data-to-noise", "pairs": pairs}
    return (step, CondOTPath(), MIX), options


def offer_flow_sampler(stochastic: bool) -> None:
    @ADAPTER.offer("solver", f"FlowMatchEulerDiscreteScheduler{', stochastic' * stochastic}")
    def solver() -> Any:
        @takes_tensors
        def sample(model: Any, x: Any) -> Any:
            scheduler = flow(stochastic)
            scheduler.set_timesteps(200)
            for t in scheduler.timesteps:
                output = model(x, (t / 1000).clamp(max=1.0))
                x = scheduler.step(output, t, x).prev_sample
            return x

        return (sample, CondOTPath(), NORMAL), {"direction": "data-to-noise"}


offer_flow_sampler(False)
offer_flow_sampler(True)


@ADAPTER.offer("sampler", "FlowMatchEulerDiscreteScheduler.scale_noise")
def scale_noise() -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler

    scheduler = FlowMatchEulerDiscreteScheduler()
    sigmas = scheduler.sigmas[:1000].double().numpy()

    @takes_tensors
    def sample(x0: Any, x1: Any, t: Any) -> Any:
        x = scheduler.scale_noise(x0, (t * 1000).float(), x1)
        return {"x_t": x, "u_t": x1 - x0, "t": t}

    options = {"direction": "data-to-noise", "time": DiscreteTime(np.sort(sigmas))}
    return (sample, CondOTPath(), MIX), options
