"""Writes fixtures/cnn.safetensors, which cnn.rs compares the convolutional networks with. To make it again:

    pip install torch safetensors numpy
    python tests/pytorch/cnn.py

The format is that of make_fixtures.py. In double precision: one training pass with all gradients, the
buffers behind it, and for BatchNorm an evaluation with them; every normalization × padding × shrink.
"""

import itertools
import json
from collections import OrderedDict

import torch
from make_fixtures import ACTIVATIONS, FOLDER, drawn_state, generator, named
from safetensors.torch import save_file
from torch import nn

SAMPLES, SIDE, CLASSES = 12, 8, 3
NORMS = ["none", "batch", "layer", "group", "instance", "rms"]


class ImageRMSNorm(nn.RMSNorm):
    """Over all channels and pixels of an image; γ per channel."""

    def forward(self, x):
        return nn.functional.rms_norm(x, x.shape[1:], eps=self.eps) * self.weight[:, None, None]


def norm(case, channels, image):
    # The engine's ε of RMSNorm is single precision's, whatever the precision.
    rms = {"eps": torch.finfo(torch.float32).eps}
    match case["norm"]:
        case "batch":
            return nn.BatchNorm2d(channels) if image else nn.BatchNorm1d(channels)
        case "layer":
            # Over all of an image, with γ and β per channel (Wu & He 2018).
            return nn.GroupNorm(1, channels) if image else nn.LayerNorm(channels)
        case "group":
            return nn.GroupNorm(case["groups"], channels)
        case "instance":
            return nn.InstanceNorm2d(channels, affine=True) if image else None
        case "rms":
            return ImageRMSNorm(channels, **rms) if image else nn.RMSNorm(channels, **rms)


def conv(case, inputs, outputs, stride, bias):
    padding = {"zero": {"padding": 1}, "reflect": {"padding": 1, "padding_mode": "reflect"}, "valid": {}}
    return nn.Conv2d(inputs, outputs, 3, stride=stride, bias=bias, **padding[case["padding"]])


def network(case):
    layers, inputs, outputs = OrderedDict(), 1, case["width"]
    x = torch.zeros(1, 1, case["side"], case["side"])
    activation = ACTIVATIONS[case["activation"]]

    def add(name, layer):
        nonlocal x
        layers[name], x = layer, layer.eval()(x)

    def hidden(i, image):
        parts = [(f"norm{i}", norm(case, x.shape[1], image)), (f"{case['activation']}{i}", activation())]
        for name, layer in parts if case["order"] == "before" else reversed(parts):
            if layer is not None:
                add(name, layer)

    with torch.no_grad():
        for i in range(1, case["depth"] + 1):
            bias = case["norm"] == "none" or case["order"] == "after"
            layer = conv(case, inputs, outputs, 1, bias)
            halved = case["shrink"] == "pool" and layer(x).shape[-1] // 2 >= 2
            if case["shrink"] == "stride" and (half := conv(case, inputs, outputs, 2, bias))(x).shape[-1] >= 2:
                layer, halved = half, True
            add(f"conv{i}", layer)
            hidden(i, image=True)
            if halved and case["shrink"] == "pool":
                add(f"pool{i}", nn.AvgPool2d(2))
            inputs, outputs = outputs, outputs * 2 if halved else outputs
        add("flatten", nn.Flatten())
        if case["head"] > 0:
            bias = case["norm"] in ["none", "instance"] or case["order"] == "after"
            add("linear1", nn.Linear(x.shape[1], case["head"], bias=bias))
            hidden(case["depth"] + 1, image=False)
        add("head", nn.Linear(x.shape[1], CLASSES))
    return nn.Sequential(layers).double()


def score(model, x, y):
    model.zero_grad()
    logits = model(x)
    loss = nn.functional.cross_entropy(logits, y)
    loss.backward()
    gradient = {name: p.grad for name, p in model.named_parameters()}
    return {"logits": logits.detach(), "loss": loss.detach().reshape(1), **named("gradient", gradient)}


def main():
    torch.set_num_threads(1)
    g = generator("cnn", "samples")
    x, y = torch.randn(SAMPLES, SIDE * SIDE, generator=g), torch.arange(SAMPLES) % CLASSES
    cases, tensors = [], {"x": x, "y": y}
    grid = itertools.product(NORMS, ["zero", "reflect", "valid"], ["pool", "stride", "keep"])
    for k, (name, padding, shrink) in enumerate(grid):
        case = {"norm": name, "padding": padding, "shrink": shrink, "depth": 1 + (k // 2) % 2}
        # Without padding, fewer pixels would not feed two convolutions.
        case["side"] = SIDE if padding == "valid" else 6 - k % 2
        case |= {"width": [4, 6][k % 2], "groups": 2, "head": [0, 4, 6][(k + k // 3) % 3], "batch": 5}
        case |= {"activation": list(ACTIVATIONS)[k % 5], "order": ["before", "after"][k % 4 == 3]}
        if name == "instance" and padding == "valid":
            # A second convolution would leave a single pixel.
            case["depth"] = 1
        g = generator("cnn", k)
        model = network(case)
        state = drawn_state(model, g)
        model.load_state_dict({n: t.double() if t.is_floating_point() else t for n, t in state.items()})
        batch = torch.randperm(SAMPLES, generator=g)[: case["batch"]]
        images = x.double()[batch][:, : case["side"] ** 2].reshape(-1, 1, case["side"], case["side"])
        tensors |= named(f"{k}.start", state)
        tensors |= named(f"{k}.train", score(model.train(), images, y[batch]))
        if name == "batch":
            tensors |= named(f"{k}.end", model.state_dict())
            tensors |= named(f"{k}.eval", score(model.eval(), images, y[batch]))
        tensors[f"{k}.batches"] = batch.reshape(1, -1)
        cases.append(case)
    index = json.dumps({"torch": torch.__version__.split("+")[0], "cases": cases})
    whole = {n: t.to(torch.uint8) if n.endswith("batches") or n == "y" else t.contiguous() for n, t in tensors.items()}
    save_file(whole, FOLDER / "cnn.safetensors", metadata={"fixture": index})
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
