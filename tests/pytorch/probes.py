"""Writes fixtures/probes.safetensors, fixtures/probes_images.safetensors and
fixtures/probes_sequences.safetensors, which probes.rs compares the probes with. To make them again:

    pip install torch safetensors numpy
    python tests/pytorch/probes.py

or some of them, by name. The format is that of make_fixtures.py; all is in double precision. Fully connected
networks, in the second file convolutional ones, in the third recurrent ones and transformers; each case starts
in a state in the middle of some training, and `other` is a second one. By automatic differentiation, on one
batch in training mode:

- `along.…`: loss, ‖∇L(θ − αg) − g‖ and cosine at each of POINTS step sizes α;
- `next.…`: parameters after the optimizer's first step; `shift.…` and `drift.…` with them, by layer;
- `units.…`: dead and saturated shares, effective rank and gradient norm, by nonlinearity (in a recurrent
  network, by step in time too);
- `gradient`; of the whole Hessian: its `product` with sin(1.7·i), its `trace`, its `eigenvalues`, smallest
  first, and the `gradient_share` of the three largest ones' directions;
- `gradient_slice.losses`: along the negative gradient, at COORDINATES learning rates;
- `line.batch`, `line.running`: losses from the one state to the other at COORDINATES, running statistics
  interpolated; `line.precise` with those of all samples in batches of the case's size, computed anew at each;
- `plane.…`: losses on the plane of the first two principal components of `path`, by numpy's singular values.
"""

import copy
import json
import sys

import cnn
import make_fixtures as mlp
import numpy as np
import sequences
import torch
from make_fixtures import FOLDER, drawn_state, generator, named, optimizer, settings, start
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.utils import parameters_to_vector, vector_to_parameters

POINTS, COORDINATES, CORNERS = 5, [-0.5, 0.0, 0.25, 1.0, 1.5], [(0.0, 0.0), (0.5, -0.25), (-1.0, 1.0)]
STATIONS = 6
STEEPEST = {"relu": 1.0, "tanh": 1.0, "sigmoid": 0.25, "gelu": 1.1289041, "silu": 1.0998393}


class Probed:
    """A model on one batch, as a function of its flat parameters."""

    def __init__(self, model, x, y):
        self.model, self.x, self.y = model.train(), x, y
        self.theta = parameters_to_vector(model.parameters()).detach().clone()

    def loss(self, theta):
        # Running statistics must not move: a copy sees the batch.
        model = copy.deepcopy(self.model)
        vector_to_parameters(theta, model.parameters())
        return functional.cross_entropy(model(self.x), self.y), model

    def gradient(self, theta):
        loss, model = self.loss(theta)
        grads = torch.autograd.grad(loss, list(model.parameters()))
        return loss.detach(), torch.cat([g.reshape(-1) for g in grads])

    def hessian(self):
        loss, model = self.loss(self.theta)
        params = list(model.parameters())
        flat = torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, params, create_graph=True)])
        rows = [torch.autograd.grad(g, params, retain_graph=True) for g in flat]
        return torch.stack([torch.cat([g.reshape(-1) for g in row]) for row in rows])

    def recorded(self, theta):
        """Inputs and outputs of every layer in the order of the calls, and the gradients of the outputs."""
        model = copy.deepcopy(self.model)
        vector_to_parameters(theta, model.parameters())
        calls = []

        def see(layer, inputs, y):
            y = y[0] if isinstance(layer, nn.MultiheadAttention) else y
            y.retain_grad()
            calls.append((layer, inputs[0], y))

        layers = [m for m in model.modules() if isinstance(m, nn.MultiheadAttention) or not list(m.children())]
        hooks = [layer.register_forward_hook(see) for layer in layers]
        functional.cross_entropy(model(self.x), self.y).backward()
        for hook in hooks:
            hook.remove()
        return calls


def cosine(a, b):
    return (a @ b / (a.norm() * b.norm())).reshape(1)


def along(probed, lr):
    _, g = probed.gradient(probed.theta)
    alphas = lr * np.geomspace(0.5, 4, POINTS)
    there = [probed.gradient(probed.theta - alpha * g) for alpha in alphas]
    return {
        "losses": torch.stack([loss for loss, _ in there]),
        "moved": torch.stack([(h - g).norm() for _, h in there]),
        "cosines": torch.cat([cosine(h, g) for _, h in there]),
        "size": g.norm().reshape(1),
    }


def weights(model):
    """Where each weight of two or more dimensions begins and ends in the flat vector; no product reads
    positions, they are added."""
    at = 0
    for name, p in model.named_parameters():
        if p.dim() > 1 and not name.startswith("positions"):
            yield at, at + p.numel()
        at += p.numel()


def shift(probed, then):
    _, g = probed.gradient(probed.theta)
    distances, cosines = [], []
    for begin, end in weights(probed.model):
        _, h = probed.gradient(torch.cat([then[:begin], probed.theta[begin:]]))
        distances.append((h[begin:end] - g[begin:end]).norm())
        cosines.append(cosine(h[begin:end], g[begin:end]))
    return {"distance": torch.stack(distances), "cosine": torch.cat(cosines)}


def by_channel(values):
    """[rows, channels] of [N, C], [N, C, H, W] or [N, T, C]."""
    values = values.movedim(1, -1) if values.dim() == 4 else values
    return values.reshape(-1, values.shape[-1]).detach()


def mixed(attention, x):
    """What the last product inside attention reads: all of it with the identity in that product's place."""
    core = copy.deepcopy(attention)
    with torch.no_grad():
        core.out_proj.weight.copy_(torch.eye(x.shape[-1]))
        core.out_proj.bias.zero_()
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=x.dtype)
        return core(x, x, x, attn_mask=mask, need_weights=False)[0]


def weighted_inputs(probed, theta):
    """Of every product but those that read the data. Nor does a recurrent network's product with the 0 from
    which it starts count: that is a bias."""
    inputs = []
    for layer, h, _ in probed.recorded(theta):
        if isinstance(layer, (nn.Linear, nn.Conv2d)) and h.requires_grad:
            inputs.append(h)
        if isinstance(layer, nn.MultiheadAttention):
            inputs += [h, mixed(layer, h)]
    return [by_channel(h) for h in inputs]


def drift(probed, then):
    means, variances = [], []
    for a, b in zip(weighted_inputs(probed, probed.theta), weighted_inputs(probed, then)):
        before, after = a.var(0, correction=0), b.var(0, correction=0)
        means.append(((b.mean(0) - a.mean(0)).square().sum() / before.sum()).sqrt())
        variances.append((after - before).abs().sum() / before.sum())
    return {"mean": torch.stack(means), "variance": torch.stack(variances)}


def units(probed, activation):
    rows = {"dead": [], "saturated": [], "rank": [], "gradient": []}
    for layer, h, y in probed.recorded(probed.theta):
        if not isinstance(layer, mlp.ACTIVATIONS[activation]):
            continue
        inside = h.detach().requires_grad_()
        slopes = by_channel(torch.autograd.grad(layer(inside).sum(), inside)[0])
        rows["dead"].append((slopes == 0).all(0).double().mean())
        rows["saturated"].append((slopes.abs() < 0.05 * STEEPEST[activation]).double().mean())
        squares = torch.linalg.svdvals(by_channel(y)).square()
        rows["rank"].append(squares.sum() ** 2 / squares.square().sum())
        rows["gradient"].append(y.grad.norm())
    return {name: torch.stack(values) for name, values in rows.items()}


def state_loss(model, x, y, training):
    model = copy.deepcopy(model).train(training)
    return functional.cross_entropy(model(x), y).detach()


def precise(model, x, size):
    model = copy.deepcopy(model).train()
    for layer in model.modules():
        if hasattr(layer, "running_mean"):
            layer.reset_running_stats()
            layer.momentum = None
    with torch.no_grad():
        for part in x.split(size):
            if len(part) == size:
                model(part)
    return model


def line(model, other, x, y, everything, size):
    losses = {"batch": [], "running": [], "precise": []}
    for t in COORDINATES:
        there = copy.deepcopy(model)
        with torch.no_grad():
            for a, b in zip(there.parameters(), other.parameters()):
                a.add_(t * (b - a))
            for a, b in zip(there.buffers(), other.buffers()):
                if a.is_floating_point():
                    a.add_(min(max(t, 0.0), 1.0) * (b - a))
        losses["batch"].append(state_loss(there, x, y, True))
        losses["running"].append(state_loss(there, x, y, False))
        losses["precise"].append(state_loss(precise(there, everything, size), x, y, False))
    return {name: torch.stack(values) for name, values in losses.items()}


def plane(probed, g):
    """A path that ends in θ, its components and some losses on their plane."""
    steps = 0.3 * torch.randn(STATIONS - 1, len(probed.theta), generator=g).double()
    path = torch.cat([probed.theta + steps.flip(0).cumsum(0).flip(0), probed.theta[None]])
    _, singular, axes = np.linalg.svd((path - path.mean(0)).numpy(), full_matrices=False)
    coordinates = (path - probed.theta).numpy() @ axes[:2].T
    signs = np.where(coordinates[0] < 0, -1.0, 1.0)
    u, v = torch.from_numpy(axes[:2] * signs[:, None])
    return {
        "path": path,
        "coordinates": torch.from_numpy(coordinates * signs),
        "explained": torch.from_numpy(singular[:2] ** 2 / (singular**2).sum()),
        "losses": torch.stack([probed.loss(probed.theta + a * u + b * v)[0].detach() for a, b in CORNERS]),
    }


def case_tensors(k, case, network, x, y, g, draw=drawn_state):
    state, second = draw(network(), g), draw(network(), g)
    model, other = start(network(), state, torch.float64), start(network(), second, torch.float64)
    batch = torch.randperm(len(x), generator=g)[: case["batch"]]
    probed = Probed(model, x[batch], y[batch])
    loss, gradient = probed.gradient(probed.theta)

    stepped = copy.deepcopy(model)
    functional.cross_entropy(stepped(probed.x), probed.y).backward()
    optimizer(case, stepped).step()
    then = parameters_to_vector(stepped.parameters()).detach()

    sliced = torch.stack([probed.loss(probed.theta - t * case["lr"] * gradient)[0].detach() for t in COORDINATES])
    groups = {
        "along": along(probed, case["lr"]),
        "next": dict(stepped.named_parameters()),
        "shift": shift(probed, then),
        "drift": drift(probed, then),
        "units": units(probed, case["activation"]),
        "line": line(model, other, probed.x, probed.y, x, case["batch"]),
        "plane": plane(probed, g),
        "gradient_slice": {"losses": sliced},
    }
    tensors = named(f"{k}.start", state) | named(f"{k}.other", second)
    for prefix, values in groups.items():
        tensors |= named(f"{k}.{prefix}", values)
    hessian = probed.hessian()
    values, vectors = torch.linalg.eigh((hessian + hessian.T) / 2)
    leading = (vectors.flip(1)[:, :3].T @ gradient).square().cumsum(0) / gradient.square().sum()
    plain = {"batches": batch[None], "loss": loss.reshape(1), "gradient": gradient}
    direction = torch.sin(1.7 * torch.arange(len(gradient), dtype=torch.float64))
    plain |= {"product": hessian @ direction, "trace": hessian.trace().reshape(1)}
    plain |= {"eigenvalues": values, "gradient_share": leading}
    return tensors | {f"{k}.{name}": tensor.detach() for name, tensor in plain.items()}


def fully_connected():
    grid = [
        {"norm": "none", "activation": "tanh", "optimizer": "sgd", "lr": 0.3},
        {"norm": "batch", "activation": "tanh", "optimizer": "momentum", "lr": 0.1},
        {"norm": "layer", "activation": "gelu", "optimizer": "adam", "lr": 0.02},
        {"norm": "group", "activation": "sigmoid", "optimizer": "sgd", "lr": 0.5, "groups": 2},
        {"norm": "rms", "activation": "silu", "optimizer": "adamw", "lr": 0.02, "weight_decay": 0.1},
        {"norm": "batch", "activation": "relu", "optimizer": "sgd", "lr": 0.2},
    ]
    cases, tensors = [], {}
    for k, given in enumerate(grid):
        case = settings(**{"depth": 2, "width": 6, "batch": 16, **given})
        g = generator("probes", k)
        tensors |= case_tensors(k, case, lambda: mlp.network(case, torch.float64), mlp.X.double(), mlp.Y, g)
        cases.append(case)
    return cases, tensors | {"x": mlp.X, "y": mlp.Y}


def images():
    side, classes = 6, cnn.CLASSES
    g = generator("probes", "images")
    x, y = torch.randn(24, side * side, generator=g), torch.arange(24) % classes
    cases, tensors = [], {}
    for k, norm in enumerate(["batch", "group"]):
        case = settings(norm=norm, activation="tanh", depth=2, width=2, head=5)
        case |= {"side": side, "padding": "zero", "shrink": "pool", "order": "before", "batch": 8, "lr": 0.2}
        pixels = x.double().reshape(-1, 1, side, side)
        g = generator("probes", "images", k)
        tensors |= case_tensors(k, case, lambda: cnn.network(case).double(), pixels, y, g)
        cases.append(case)
    return cases, tensors | {"x": x, "y": y}


def in_order(model):
    """With the parameters in the engine's order: a block's second norm stands behind its attention."""
    for block in model.children():
        if isinstance(block, sequences.Block):
            for name in ["norm2", "up", "down"]:
                block.add_module(name, block._modules.pop(name))
    return model


def steps_in_time():
    given = {"heads": 2, "over_time": "pooled", "order": "before", "placement": "pre", "tokens": False}
    grid = [
        {"model": "rnn", "depth": 2, "norm": "batch", "width": 5, "activation": "tanh", "lr": 0.1},
        {"model": "rnn", "depth": 2, "norm": "layer", "width": 4, "activation": "silu", "lr": 0.3},
        {"model": "transformer", "depth": 1, "norm": "layer", "width": 4, "activation": "gelu", "lr": 0.2},
    ]
    samples = 24
    g = generator("probes", "sequences")
    x = torch.randn(samples, sequences.LENGTH * sequences.CHANNELS, generator=g)
    y = torch.arange(samples) % sequences.CLASSES
    cases, tensors = [], {}
    for k, kind in enumerate(grid):
        case = settings(**given, **kind, batch=8)
        family = {"rnn": sequences.Rnn, "transformer": sequences.Transformer}[case["model"]]
        g = generator("probes", "sequences", k)
        # The one backend that can be differentiated twice.
        with sdpa_kernel(SDPBackend.MATH):
            network = lambda: in_order(family(case)).double()
            tensors |= case_tensors(k, case, network, x.double(), y, g, sequences.drawn_state)
        cases.append(case)
    return cases, tensors | {"x": x, "y": y}


def main():
    torch.set_num_threads(1)
    # The plain code path of MultiheadAttention in evaluation too.
    torch.backends.mha.set_fastpath_enabled(False)
    made = {"probes": fully_connected, "probes_images": images, "probes_sequences": steps_in_time}
    for name in sys.argv[1:] or made:
        cases, tensors = made[name]()
        metadata = {"fixture": json.dumps({"torch": torch.__version__, "cases": cases})}
        tensors = {key: tensor.contiguous() for key, tensor in tensors.items()}
        save_file(tensors, FOLDER / f"{name}.safetensors", metadata)


if __name__ == "__main__":
    main()
