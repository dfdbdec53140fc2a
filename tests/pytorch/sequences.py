"""Writes fixtures/pixels.safetensors and fixtures/tokens.safetensors, which sequences.rs compares the
recurrent network and the transformer with. To make them again:

    pip install torch safetensors numpy
    python tests/pytorch/sequences.py

The files are laid out as make_fixtures.py says. `x` holds one sequence a row: the values of step after
step, or one token id per step. Each case trains in double precision from `i.start` on `i.batches`
with plain SGD: `i.losses`, the first step's `i.gradient` and the state `i.end`, then the logits of all
samples in evaluation, `i.eval.logits`. Attention is torch.nn.MultiheadAttention.
"""

import json
import math

import torch
from make_fixtures import FOLDER, ACTIVATIONS, generator, named
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

SAMPLES, CLASSES, LENGTH, CHANNELS, VOCABULARY = 24, 3, 5, 3, 6
BATCH, STEPS, LR = 6, 4, 0.1


class BatchNorm(nn.Module):
    """γ and β for all steps in time, statistics by step."""

    def __init__(self, channels, steps):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.empty(channels)), nn.Parameter(torch.empty(channels))
        for t in range(steps):
            self.add_module(f"step{t + 1}", nn.BatchNorm1d(channels, affine=False))

    def forward(self, x, t):
        return getattr(self, f"step{t + 1}")(x) * self.weight + self.bias


class PositionNorm(nn.Module):
    """The same for [N, T, C] at once: running statistics [T, C]."""

    def __init__(self, steps, channels):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.empty(channels)), nn.Parameter(torch.empty(channels))
        self.register_buffer("running_mean", torch.zeros(steps, channels))
        self.register_buffer("running_var", torch.ones(steps, channels))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x):
        if self.training:
            self.num_batches_tracked += 1
        running = self.running_mean.view(-1), self.running_var.view(-1)
        y = functional.batch_norm(x.flatten(1), *running, training=self.training)
        return y.view(x.shape) * self.weight + self.bias


class Across(nn.Module):
    """A norm for [N, C, T], on [N, T, C]. Its tensors' names are the norm's own."""

    def __init__(self, norm):
        super().__init__()
        self.inner = norm

    def forward(self, x):
        return self.inner(x.transpose(1, 2)).transpose(1, 2)


def make_norm(case, on_sequences):
    width = case["width"]
    match case["norm"]:
        case "none":
            return None
        case "layer":
            return nn.LayerNorm(width)
        case "rms":
            return nn.RMSNorm(width, eps=torch.finfo(torch.float32).eps)
        case "batch" if case["over_time"] == "step":
            return PositionNorm(LENGTH, width) if on_sequences else BatchNorm(width, LENGTH)
        case "batch":
            norm = nn.BatchNorm1d(width)
        case "group":
            norm = nn.GroupNorm(case["groups"], width)
        case "instance":
            norm = nn.InstanceNorm1d(width, affine=True)
    return Across(norm) if on_sequences else norm


def apply(norm, x, t=None):
    if norm is None:
        return x
    return norm(x, t) if isinstance(norm, BatchNorm) else norm(x)


class Rnn(nn.Module):
    def __init__(self, case):
        super().__init__()
        self.case, width = case, case["width"]
        self.phi = ACTIVATIONS[case["activation"]]()
        inputs = CHANNELS
        if case["tokens"]:
            self.embedding, inputs = nn.Embedding(VOCABULARY, width), width
        # Not in front of a norm's β.
        bias = case["norm"] == "none" or case["order"] == "after"
        for layer in range(1, case["depth"] + 1):
            cell = nn.Module()
            cell.input = nn.Linear(inputs, width, bias=False)
            cell.hidden = nn.Linear(width, width, bias=bias)
            self.add_module(f"rnn{layer}", cell)
            self.add_module(f"norm{layer}", make_norm(case, False))
            inputs = width
        self.head = nn.Linear(width, CLASSES)

    def forward(self, x):
        x = self.embedding(x.long()) if self.case["tokens"] else x.view(len(x), LENGTH, CHANNELS)
        depth = self.case["depth"]
        h = [x.new_zeros(len(x), self.case["width"]) for _ in range(depth)]
        for t in range(LENGTH):
            below = x[:, t]
            for i in range(depth):
                cell, norm = getattr(self, f"rnn{i + 1}"), getattr(self, f"norm{i + 1}")
                a = cell.input(below) + cell.hidden(h[i])
                first = self.case["order"] == "before"
                h[i] = self.phi(apply(norm, a, t)) if first else apply(norm, self.phi(a), t)
                below = h[i]
        return self.head(h[-1])


class Block(nn.Module):
    def __init__(self, case):
        super().__init__()
        self.pre, width = case["placement"] == "pre", case["width"]
        self.norm1, self.norm2 = make_norm(case, True), make_norm(case, True)
        self.attention = nn.MultiheadAttention(width, case["heads"], batch_first=True)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.phi = ACTIVATIONS[case["activation"]]()

    def attend(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(LENGTH, dtype=x.dtype)
        return self.attention(x, x, x, attn_mask=mask, need_weights=False)[0]

    def feed_forward(self, x):
        return self.down(self.phi(self.up(x)))

    def forward(self, x):
        for norm, inside in [(self.norm1, self.attend), (self.norm2, self.feed_forward)]:
            x = x + inside(apply(norm, x)) if self.pre else apply(norm, x + inside(x))
        return x


class Transformer(nn.Module):
    def __init__(self, case):
        super().__init__()
        self.case, width = case, case["width"]
        if case["tokens"]:
            self.embedding = nn.Embedding(VOCABULARY, width)
        else:
            self.input = nn.Linear(CHANNELS, width)
        self.positions = nn.Embedding(LENGTH, width)
        for i in range(1, case["depth"] + 1):
            self.add_module(f"block{i}", Block(case))
        self.norm_out = make_norm(case, True) if case["placement"] == "pre" else None
        self.head = nn.Linear(width, CLASSES)

    def forward(self, x):
        x = self.embedding(x.long()) if self.case["tokens"] else self.input(x.view(len(x), LENGTH, CHANNELS))
        x = x + self.positions.weight
        for i in range(1, self.case["depth"] + 1):
            x = getattr(self, f"block{i}")(x)
        return self.head(apply(self.norm_out, x)[:, -1])


def ours(tensors):
    """Without the names of wrappers."""
    return {name.replace("inner.", ""): t.detach().clone() for name, t in tensors}


def drawn_state(model, g):
    """No γ is 1, no β is 0, no running statistic is at its start; in single precision."""
    state = {}
    for name, tensor in model.state_dict().items():
        z = torch.randn(tensor.shape, generator=g, dtype=torch.float32)
        if name.endswith("num_batches_tracked"):
            state[name] = torch.tensor(3)
        elif name.endswith("running_var") or ("norm" in name and name.endswith("weight")):
            state[name] = 0.5 + torch.rand(tensor.shape, generator=g, dtype=torch.float32)
        elif tensor.dim() == 2 and "running" not in name:
            state[name] = z / math.sqrt(tensor.shape[1])
        else:
            state[name] = 0.3 * z
    return state


def cases(tokens):
    """Every normalization in both families, in each of the ways that only one of them knows. What differs
    on tokens is how they come in: few normalizations suffice."""
    known = ["none", "batch", "layer"] if tokens else ["none", "batch", "layer", "group", "rms"]
    common = {"tokens": tokens, "groups": 2, "heads": 2, "over_time": "pooled", "order": "before", "placement": "pre"}
    small = {"width": 6, "batch": BATCH}
    for norm in known:
        for order in ["before", "after"]:
            for over_time in ["pooled", "step"] if norm == "batch" else ["pooled"]:
                depth = 1 if tokens else 2
                given = {"norm": norm, "order": order, "over_time": over_time, "depth": depth}
                yield common | small | given | {"model": "rnn", "activation": "tanh"}
    for norm in known if tokens else [*known, "instance"]:
        for placement in ["pre", "post"]:
            for over_time in ["pooled", "step"] if norm == "batch" else ["pooled"]:
                # Two blocks for one of the norms: files stay small.
                depth = 2 if norm == "layer" else 1
                given = {"norm": norm, "placement": placement, "over_time": over_time, "depth": depth}
                yield common | small | given | {"model": "transformer", "activation": "gelu"}


def run(k, case, x, y, tokens):
    g = generator("sequences", tokens, k)
    model = {"rnn": Rnn, "transformer": Transformer}[case["model"]](case).to(torch.float64)
    state = drawn_state(model, g)
    model.load_state_dict({n: t.double() if t.is_floating_point() else t for n, t in state.items()})
    batches = torch.stack([torch.randperm(SAMPLES, generator=g)[:BATCH] for _ in range(STEPS)])
    step = torch.optim.SGD(model.parameters(), lr=LR)
    tensors, losses = {f"{k}.batches": batches} | named(f"{k}.start", ours(state.items())), []
    x = x.double()
    model.train()
    for i, batch in enumerate(batches):
        step.zero_grad()
        loss = functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        if i == 0:
            gradient = ours((n, p.grad) for n, p in model.named_parameters())
            tensors |= named(f"{k}.gradient", gradient)
        step.step()
        losses.append(loss.detach())
    tensors[f"{k}.losses"] = torch.stack(losses)
    tensors |= named(f"{k}.end", ours(model.state_dict().items()))
    model.eval()
    tensors[f"{k}.eval.logits"] = model(x).detach()
    return tensors


def main():
    torch.set_num_threads(1)
    # The plain code path of MultiheadAttention in evaluation too.
    torch.backends.mha.set_fastpath_enabled(False)
    for name, tokens in {"pixels": False, "tokens": True}.items():
        g = generator("sequences", name)
        y = torch.randint(CLASSES, (SAMPLES,), generator=g)
        y[:CLASSES] = torch.arange(CLASSES)
        if tokens:
            x = torch.randint(VOCABULARY, (SAMPLES, LENGTH), generator=g).float()
        else:
            x = torch.randn(SAMPLES, LENGTH * CHANNELS, generator=g)
        listed = list(cases(tokens))
        tensors = {"x": x, "y": y}
        for k, case in enumerate(listed):
            tensors |= run(k, case, x, y, tokens)
        for n in tensors:
            if n == "y" or n.endswith("batches"):
                tensors[n] = tensors[n].to(torch.uint8)
        index = json.dumps({"torch": torch.__version__.split("+")[0], "cases": listed})
        path = FOLDER / f"{name}.safetensors"
        save_file({n: t.contiguous() for n, t in tensors.items()}, path, {"fixture": index})
        print(f"{path.name}: {len(listed)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
