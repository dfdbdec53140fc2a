"""Writes the files in fixtures/ that main.rs compares the engine with. To make them again:

    pip install torch safetensors numpy
    python tests/pytorch/make_fixtures.py

or some of them, by name: gradients, buffers, trajectories, layers.

Every file is safetensors. Its metadata hold `fixture`: as JSON, PyTorch's version and `cases`, a
list of settings under the engine's names. The tensors of case i are named `i.…`. `x` and `y` are the samples that all cases draw their
batches from; `batches` holds one row of sample indices per step. Whatever is an input (samples,
initial parameters) is drawn in single precision, so that it is the same number in double precision.

Layers have the engine's names, so the rest of a tensor's name is its key in `state_dict()`.
"""

import itertools
import json
import sys
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

FOLDER = Path(__file__).parent / "fixtures"

SAMPLES, FEATURES, CLASSES = 48, 6, 4
NORMS = ["none", "batch", "layer", "group", "rms"]
ACTIVATIONS = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "identity": nn.Identity,
}
NONLINEAR = [name for name in ACTIVATIONS if name != "identity"]
BATCHES = [2, 3, 7, 16]
# Depth, width, groups: widths on and off the multiples of 4 and 16 that kernels like.
SIZES = [(2, 12, 2), (3, 10, 2), (1, 21, 3), (2, 7, 1)]
# Groups of two and three channels, by width: too ill-conditioned for a whole training in f32.
NARROW = {12: 6, 10: 5, 21: 7, 7: 1}
STEPS = 50


def generator(*key):
    """Random numbers of that name alone, so that one case never shifts another's."""
    seed = 17
    for byte in "/".join(map(str, key)).encode():
        seed = (seed * 31 + byte) % 2**31
    return torch.Generator().manual_seed(seed)


def samples():
    """A pool that a small net can learn: labels from a random net of the same kind."""
    g = generator("samples")
    x = torch.randn(SAMPLES, FEATURES, generator=g)
    teacher = torch.tanh(1.5 * x @ torch.randn(FEATURES, 8, generator=g)) @ torch.randn(8, CLASSES, generator=g)
    return x, teacher.argmax(dim=1)


X, Y = samples()


def norm(case, dtype):
    width, eps = case["width"], case["eps"]
    given = {} if eps is None else {"eps": eps}
    match case["norm"]:
        case "batch":
            return nn.BatchNorm1d(width, momentum=case["stat_momentum"], **given)
        case "layer":
            return nn.LayerNorm(width, **given)
        case "group":
            return nn.GroupNorm(case["groups"], width, **given)
        case "rms":
            # PyTorch's default is the machine epsilon of the type at hand, the engine's always that of f32.
            if dtype == torch.float64 and eps is None:
                given = {"eps": torch.finfo(torch.float32).eps}
            return nn.RMSNorm(width, **given)


def network(case, dtype):
    layers, inputs = OrderedDict(), FEATURES
    for i in range(1, case["depth"] + 1):
        layers[f"linear{i}"] = nn.Linear(inputs, case["width"], bias=case["norm"] == "none")
        if case["norm"] != "none":
            layers[f"norm{i}"] = norm(case, dtype)
        layers[f"{case['activation']}{i}"] = ACTIVATIONS[case["activation"]]()
        inputs = case["width"]
    layers["head"] = nn.Linear(inputs, CLASSES)
    return nn.Sequential(layers).to(dtype)


def optimizer(case, model):
    common = {"lr": case["lr"], "weight_decay": case["weight_decay"]}
    match case["optimizer"]:
        case "sgd":
            return torch.optim.SGD(model.parameters(), **common)
        case "momentum":
            return torch.optim.SGD(model.parameters(), momentum=case["momentum"], **common)
        case "adam":
            return torch.optim.Adam(model.parameters(), **common)
        case "adamw":
            return torch.optim.AdamW(model.parameters(), **common)


def settings(**given):
    defaults = {"groups": 1, "eps": None, "stat_momentum": 0.1, "optimizer": "sgd", "lr": 0.05, "momentum": 0.9}
    return {**defaults, "weight_decay": 0.0, **given}


def drawn_state(model, g):
    """PyTorch's own initial weights leave γ at 1 and β at 0, where many a mistake would not show."""
    state = OrderedDict()
    for name, tensor in model.state_dict().items():
        z = torch.randn(tensor.shape, generator=g)
        if name.endswith("num_batches_tracked"):
            state[name] = torch.tensor(3)
        elif name.endswith("running_var") or (name.startswith("norm") and name.endswith("weight")):
            state[name] = 0.5 + torch.rand(tensor.shape, generator=g)
        elif tensor.dim() == 2:
            state[name] = z / tensor.shape[1] ** 0.5
        else:
            state[name] = 0.3 * z
    return state


def default_state(model, g):
    """PyTorch's defaults, from a generator of our own."""
    state = OrderedDict((name, tensor.clone()) for name, tensor in model.state_dict().items())
    for name, tensor in state.items():
        if name.startswith("linear") or name.startswith("head"):
            limit = (1.0 / (FEATURES if name.startswith("linear1.") else model.head.in_features)) ** 0.5
            state[name] = limit * (2 * torch.rand(tensor.shape, generator=g) - 1)
    return state


def draw_batches(case, steps, g):
    return torch.stack([torch.randperm(SAMPLES, generator=g)[: case["batch"]] for _ in range(steps)])


def train(model, case, batches):
    """The loss of each step's batch, before the update."""
    steps, losses = optimizer(case, model), []
    x, y = X.to(model.head.weight.dtype), Y
    model.train()
    for batch in batches:
        steps.zero_grad()
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        steps.step()
        losses.append(loss.detach())
    return torch.stack(losses)


def named(prefix, tensors):
    return {f"{prefix}.{name}": tensor.detach().clone() for name, tensor in tensors.items()}


def start(model, state, dtype):
    model.load_state_dict({name: t.to(dtype) if t.is_floating_point() else t for name, t in state.items()})
    return model


def score(model, batch):
    """Logits, loss and all gradients on one batch, in the model's present mode."""
    model.zero_grad()
    logits = model(X.to(model.head.weight.dtype)[batch])
    loss = nn.functional.cross_entropy(logits, Y[batch])
    loss.backward()
    gradient = {name: p.grad for name, p in model.named_parameters()}
    return {"logits": logits.detach(), "loss": loss.detach().reshape(1), **named("gradient", gradient)}


def gradients():
    """Forward and backward in double precision: every normalization × activation × batch size."""
    cases, tensors = [], {}
    for k, (name, activation, batch) in enumerate(itertools.product(NORMS, ACTIVATIONS, BATCHES)):
        # 4 batch sizes and 4 sizes: the offset by activation pairs each with each.
        # Of linear layers, one: BatchNorm takes away whatever the β of another in front of it has added.
        depth, width, groups = SIZES[2 if activation == "identity" else (k + k // len(BATCHES)) % len(SIZES)]
        case = settings(norm=name, activation=activation, depth=depth, width=width, groups=groups, batch=batch)
        case["eps"] = 1e-3 if k % 7 == 3 else None
        if k % 2 == 1:
            case["groups"] = NARROW[width]
        g = generator("gradients", k)
        model = network(case, torch.float64)
        state = drawn_state(model, g)
        batches = draw_batches(case, 1, g)
        start(model, state, torch.float64).train()
        tensors |= named(f"{k}.start", state) | named(str(k), score(model, batches[0]))
        tensors[f"{k}.batches"] = batches
        cases.append(case)
    return cases, tensors


def buffers():
    """Running statistics after some steps, and what evaluation makes of them, in double precision."""
    cases, tensors = [], {}
    for k, (batch, momentum) in enumerate(itertools.product(BATCHES, [0.1, None, 0.75])):
        depth, width, _ = SIZES[k % len(SIZES)]
        activation = NONLINEAR[k % len(NONLINEAR)]
        case = settings(norm="batch", activation=activation, depth=depth, width=width, batch=batch)
        case["stat_momentum"] = momentum
        g = generator("buffers", k)
        model = network(case, torch.float64)
        # From PyTorch's own start, and from the middle of some training.
        state = default_state(model, g) if k % 2 == 0 else drawn_state(model, g)
        batches = draw_batches(case, 6, g)
        train(start(model, state, torch.float64), case, batches)
        tensors |= named(f"{k}.start", state) | named(f"{k}.end", model.state_dict())
        model.eval()
        tensors |= named(f"{k}.eval", score(model, torch.arange(SAMPLES)))
        tensors[f"{k}.batches"] = batches
        cases.append(case)
    return cases, tensors


# Mild enough for rounding errors not to grow, yet the loss falls.
RATES = {"sgd": 0.1, "momentum": 0.02, "adam": 0.01, "adamw": 0.01}
DECAYS = {"sgd": 0.01, "momentum": 0.005, "adam": 0.02, "adamw": 0.5}


def trajectories():
    """Whole trainings in both precisions: every normalization × optimizer, without and with decay."""
    cases, tensors = [], {}
    grid = [
        {"norm": n, "optimizer": o, "weight_decay": DECAYS[o] * decay, "lr": RATES[o]}
        for n, o, decay in itertools.product(NORMS, RATES, [0, 1])
    ]
    special = [
        {"norm": "batch", "eps": 1e-2, "stat_momentum": None},
        {"norm": "layer", "eps": 1e-1},
        {"norm": "group", "eps": 1e-3},
        {"norm": "rms", "eps": 1e-2},
    ]
    for k, given in enumerate(grid + [{"optimizer": "sgd", "lr": RATES["sgd"], **s} for s in special]):
        depth, width, groups = SIZES[(k + k // 8) % len(SIZES)]
        activation = NONLINEAR[(k + k // 5) % len(NONLINEAR)]
        case = settings(depth=depth, width=width, groups=groups, activation=activation, batch=[8, 13, 24][k % 3], **given)
        if activation == "sigmoid":
            # Its slope is at most 1/4, so that little is learned in 50 steps of a deep stack.
            case["depth"] = min(case["depth"], 2)
            case["lr"] *= 2 if case["optimizer"].startswith("adam") else 8
        if case["norm"] == "none":
            # PyTorch's initial weights shrink the signal from layer to layer.
            case["depth"], case["lr"] = min(case["depth"], 2), case["lr"] * 3
        g = generator("trajectories", k)
        state = default_state(network(case, torch.float32), g)
        batches = draw_batches(case, STEPS, g)
        tensors |= named(f"{k}.start", state)
        tensors[f"{k}.batches"] = batches
        losses = {}
        for name, dtype in {"f32": torch.float32, "f64": torch.float64}.items():
            model = start(network(case, dtype), state, dtype)
            losses[name] = train(model, case, batches)
            tensors[f"{k}.{name}.losses"] = losses[name]
            tensors |= named(f"{k}.{name}.end", model.state_dict())
        first, last = losses["f64"][:10].mean(), losses["f64"][-10:].mean()
        assert last < 0.85 * first, f"case {k}, {case}: the loss went from {first:.3f} to {last:.3f}"
        drift = (losses["f32"] / losses["f64"] - 1).abs().max()
        assert drift < 1e-5, f"case {k}, {case}: rounding errors grew to {drift:.0e}"
        cases.append(case)
    return cases, tensors


class Rows(nn.Module):
    """A layer of PyTorch's that wants channels second, on [batch, positions, channels]."""

    def __init__(self, layer):
        super().__init__()
        self.norm = layer

    def forward(self, x):
        return self.norm(x.transpose(1, 2)).transpose(1, 2)


class Plain(nn.Module):
    """What PyTorch has no layer for, in plain tensor code on [batch, positions, channels]."""

    def __init__(self, case):
        super().__init__()
        channels, self.case, self.norm = case["channels"], case, nn.Module()
        if case["affine"] and case["norm"] != "noise":
            self.norm.weight = nn.Parameter(torch.ones(channels))
            self.norm.bias = nn.Parameter(torch.zeros(channels))
        if case["norm"] == "dyt":
            self.norm.alpha = nn.Parameter(torch.full((1,), 0.5))
        elif case["norm"] != "noise":
            self.norm.register_buffer("running_mean", torch.zeros(channels))
            self.norm.register_buffer("running_var", torch.ones(channels))
            self.norm.register_buffer("num_batches_tracked", torch.tensor(0))

    def follow(self, mean, variance):
        norm, rho = self.norm, self.case["stat_momentum"]
        norm.num_batches_tracked += 1
        norm.running_mean.lerp_(mean.detach(), rho)
        norm.running_var.lerp_(variance.detach(), rho)

    def affine(self, hat):
        return hat * self.norm.weight + self.norm.bias if hasattr(self.norm, "weight") else hat

    def forward(self, x):
        return getattr(self, self.case["norm"])(x)

    def lp(self, x):
        eps, mean = 1e-5, x.mean((0, 1))
        distance = (x - mean).abs()
        scale = distance.mean((0, 1)) if self.case["power"] == "1" else distance.amax((0, 1))
        if self.training:
            self.follow(mean, scale**2)
        else:
            mean, scale = self.norm.running_mean, self.norm.running_var.sqrt()
        return self.affine((x - mean) / (scale**2 + eps).sqrt())

    def renorm(self, x):
        """Ioffe 2017, Algorithm 1; the running variance is BatchNorm's, see renorm.rs."""
        eps, case, norm = 1e-5, self.case, self.norm
        sigma_run = (norm.running_var + eps).sqrt()
        if not self.training:
            return self.affine((x - norm.running_mean) / sigma_run)
        mean, sigma = x.mean((0, 1)), (x.var((0, 1), correction=0) + eps).sqrt()
        share = min(max(case["step"] - case["warmup"], 0) / case["warmup"], 1.0)
        r_max, d_max = 1 + (case["r_max"] - 1) * share, case["d_max"] * share
        r = (sigma / sigma_run).detach().clamp(1 / r_max, r_max)
        d = ((mean - norm.running_mean) / sigma_run).detach().clamp(-d_max, d_max)
        self.follow(mean, x.var((0, 1)))
        return self.affine((x - mean) / sigma * r + d)

    def noisy(self, x):
        mean, variance = x.mean((0, 1)), x.var((0, 1), correction=0)
        if self.training:
            self.follow(mean, x.var((0, 1)))
        else:
            mean, variance = self.norm.running_mean, self.norm.running_var
        return self.noise(self.affine((x - mean) / (variance + 1e-5).sqrt()))

    def noise(self, x):
        if not self.training:
            return x
        channels, a = x.shape[2], self.case["noise"]
        uniform = counter(self.case["seed"], self.case["step"], self.case["place"])
        i = np.arange(x.numel(), dtype=np.uint64).reshape(x.shape)
        c, at = i % channels, 2 * channels + 4 * i
        mu = a * (uniform(2 * c) - 0.5)
        sigma = 1 + 0.25 * a * uniform(2 * c + 1)
        m = mu + 0.2 * a * (uniform(at + 2) - 0.5)
        normal = np.sqrt(-2 * np.log(1 - uniform(at))) * np.cos(2 * np.pi * uniform(at + 1))
        return torch.from_numpy(sigma + 0.1 * a * normal) * x + torch.from_numpy(m)

    def dyt(self, x):
        return self.affine(torch.tanh(self.norm.alpha * x))


def counter(seed, step, place):
    """The engine's numbers by position (src/rng.rs): uniform in [0, 1) at an array of positions."""

    def mix(z):
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))

    key, step, place = (np.array([v], dtype=np.uint64) for v in (seed, step, place))
    key = mix(mix(mix(key) ^ step) ^ place)
    gamma = np.uint64(0x9E3779B97F4A7C15)
    return lambda i: (mix(key + gamma * (i.astype(np.uint64) + np.uint64(1))) >> np.uint64(11)) / 2.0**53


def layer(case):
    channels, affine = case["channels"], case["affine"]
    match case["norm"]:
        case "lp" if case["power"] == "2":
            return Rows(nn.BatchNorm1d(channels, affine=affine))
        case "batch":
            return Rows(nn.BatchNorm1d(channels, affine=affine))
        case "group":
            return Rows(nn.GroupNorm(case["groups"], channels, affine=affine))
        case "instance":
            return Rows(nn.InstanceNorm1d(channels, affine=affine))
        case "layer" | "rms":
            eps = {"eps": torch.finfo(torch.float32).eps} if case["norm"] == "rms" else {}
            module = nn.Module()
            module.norm = {"layer": nn.LayerNorm, "rms": nn.RMSNorm}[case["norm"]](
                channels, elementwise_affine=affine, **eps
            )
            module.forward = lambda x: module.norm(x)
            return module
    return Plain(case)


def layers():
    """Normalizations by themselves, in training and in evaluation, with and without γ and β."""
    kinds = [{"norm": n} for n in ["batch", "group", "instance", "layer", "rms", "noisy", "noise", "dyt"]]
    kinds += [{"norm": "lp", "power": p} for p in ["1", "2", "max"]]
    kinds += [{"norm": "renorm", "step": step} for step in [10, 14, 99]]
    sizes = [(1, 7, 5, 1), (3, 6, 4, 2)]
    defaults = {"power": "2", "noise": 1.5, "r_max": 1.5, "d_max": 0.6, "warmup": 10, "step": 3, "seed": 11, "place": 4}
    cases, tensors = [], {}
    grid = itertools.product(kinds, sizes, [True, False], [True, False])
    for kind, (positions, channels, batch, groups), affine, training in grid:
        if kind["norm"] == "instance" and positions == 1:
            continue
        case = {**defaults, "stat_momentum": 0.1, "affine": affine, "training": training, **kind}
        case |= {"positions": positions, "channels": channels, "batch": batch, "groups": groups}
        k = len(cases)
        g = generator("layers", k)
        model = layer(case).double()
        state = drawn_state(model, g)
        start(model, state, torch.float64).train(training)
        tensors |= named(f"{k}.start", state)
        # Means and spreads that differ from channel to channel.
        x = torch.randn(channels, generator=g) + (0.5 + torch.rand(channels, generator=g)) * torch.randn(
            batch, positions, channels, generator=g
        )
        x = x.double().requires_grad_()
        dy = torch.randn(x.shape, generator=g).double()
        y = model(x)
        y.backward(dy)
        tensors |= {f"{k}.x": x.detach(), f"{k}.dy": dy, f"{k}.y": y.detach().clone(), f"{k}.dx": x.grad}
        tensors |= named(f"{k}.gradient", {name: p.grad for name, p in model.named_parameters()})
        tensors |= named(f"{k}.end", dict(model.named_buffers()))
        cases.append(case)
    return cases, tensors


def main():
    torch.set_num_threads(1)
    FOLDER.mkdir(exist_ok=True)
    for make in [gradients, buffers, trajectories, layers]:
        if sys.argv[1:] and make.__name__ not in sys.argv[1:]:
            continue
        cases, tensors = make()
        tensors |= {"x": X, "y": Y}
        for name in tensors:
            if name == "y" or name.endswith("batches"):
                tensors[name] = tensors[name].to(torch.uint8)
        version = torch.__version__.split("+")[0]
        path = FOLDER / f"{make.__name__}.safetensors"
        tensors = {name: t.contiguous() for name, t in tensors.items()}
        # One entry: safetensors writes several in random order.
        save_file(tensors, path, {"fixture": json.dumps({"torch": version, "cases": cases})})
        print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
