"""Writes the files in fixtures/ that main.rs compares the engine with. To make them again:

    pip install torch safetensors numpy
    python tests/pytorch/make_fixtures.py

Every file is safetensors. Its metadata hold `fixture`: as JSON, PyTorch's version and `cases`, a
list of settings under the engine's names. The tensors of case i are named `i.…`. `x` and `y` are the samples that all cases draw their
batches from; `batches` holds one row of sample indices per step. Whatever is an input (samples,
initial parameters) is drawn in single precision, so that it is the same number in double precision.

Layers have the engine's names, so the rest of a tensor's name is its key in `state_dict()`.
"""

import itertools
import json
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

FOLDER = Path(__file__).parent / "fixtures"

SAMPLES, FEATURES, CLASSES = 48, 6, 4
NORMS = ["none", "batch", "layer", "group", "rms"]
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "gelu": nn.GELU, "silu": nn.SiLU}
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
        depth, width, groups = SIZES[(k + k // len(BATCHES)) % len(SIZES)]
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
        activation = list(ACTIVATIONS)[k % len(ACTIVATIONS)]
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
        activation = list(ACTIVATIONS)[(k + k // 5) % len(ACTIVATIONS)]
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


def main():
    torch.set_num_threads(1)
    FOLDER.mkdir(exist_ok=True)
    for make in [gradients, buffers, trajectories]:
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
