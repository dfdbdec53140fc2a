"""Trains deep linear networks in PyTorch and writes linear.json, which tests/experiments.rs compares with
the engine.

    pip install torch && python tests/pytorch/linear.py

25 linear layers of 10 units and a last one, no nonlinearity; 1000 samples of ten Gaussian numbers, targets
a fixed linear map of them (rows of length √10); squared error summed over the ten targets and averaged over
the samples; full batches, SGD at 1e-4 without momentum. `pytorch`: PyTorch's own initialization, with which
the signal shrinks by √3 in each layer without normalization; `glorot`: Glorot's (normal), biases 0. With
BatchNorm behind each of the 25, they have no bias. Losses in training mode after 0, 100, … 600 steps, of ten
seeds.
"""

import json
from pathlib import Path

import torch
from torch import nn

DEPTH, WIDTH, SAMPLES, RATE, STEPS, EVERY, SEEDS = 25, 10, 1000, 1e-4, 600, 100, 10

torch.set_num_threads(1)


def network(norm, init):
    layers = []
    for _ in range(DEPTH):
        layers.append(nn.Linear(WIDTH, WIDTH, bias=norm == "none"))
        if norm == "batch":
            layers.append(nn.BatchNorm1d(WIDTH))
    layers.append(nn.Linear(WIDTH, WIDTH))
    for layer in layers:
        if init == "glorot" and isinstance(layer, nn.Linear):
            nn.init.xavier_normal_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


def losses(norm, init, seed):
    torch.manual_seed(seed)
    x = torch.randn(SAMPLES, WIDTH)
    rows = torch.randn(WIDTH, WIDTH)
    targets = x @ (rows * WIDTH**0.5 / rows.norm(dim=1, keepdim=True)).T
    net = network(norm, init)
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE)
    found = []
    for step in range(STEPS + 1):
        loss = (net(x) - targets).square().sum(1).mean()
        if step % EVERY == 0:
            found.append(round(loss.item(), 3))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return found


results = []
for init in ["pytorch", "glorot"]:
    for norm in ["none", "batch"]:
        rows = [losses(norm, init, seed) for seed in range(SEEDS)]
        results.append({"norm": norm, "init": init, "losses": rows})
        print(norm, init, sorted(row[-1] for row in rows), flush=True)
lines = ",\n".join("  " + json.dumps(row) for row in results)
Path(__file__).with_name("linear.json").write_text(f"[\n{lines}\n]\n")
