"""Trains digits classifiers of growing depth in PyTorch and writes depth.json, which tests/experiments.rs
compares with the engine.

    pip install torch scikit-learn && python tests/pytorch/depth.py

Width 32, ReLU, SGD at 0.1 without momentum, batches of 128, 300 steps, validation accuracy with running
statistics; ten seeds. `none`, `batch`, `layer`: PyTorch's own initialization; `none, he`: He's, biases 0.
"""

import json
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch import nn

DEPTHS = [2, 5, 10, 20, 40]
SEEDS = 10
WIDTH, BATCH, RATE, STEPS, TRAIN = 32, 128, 0.1, 300, 1437

images, labels = load_digits(return_X_y=True)
IMAGES = torch.tensor(images, dtype=torch.float32) / 16
LABELS = torch.tensor(labels)
torch.set_num_threads(1)


def network(depth, norm, init):
    layers, inputs = [], 64
    for _ in range(depth):
        layers.append(nn.Linear(inputs, WIDTH, bias=norm == "none"))
        if norm == "batch":
            layers.append(nn.BatchNorm1d(WIDTH))
        if norm == "layer":
            layers.append(nn.LayerNorm(WIDTH))
        layers.append(nn.ReLU())
        inputs = WIDTH
    layers.append(nn.Linear(inputs, 10))
    if init == "he":
        for layer in layers:
            if isinstance(layer, nn.Linear):
                nn.init.kaiming_normal_(layer.weight)
                nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


def accuracy(depth, norm, init, seed):
    torch.manual_seed(seed)
    order = torch.randperm(len(LABELS))
    train, held_out = order[:TRAIN], order[TRAIN:]
    x = (IMAGES - IMAGES[train].mean()) / IMAGES[train].std(correction=0)
    net = network(depth, norm, init)
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE)
    epoch = []
    for _ in range(STEPS):
        if len(epoch) < BATCH:
            epoch = train[torch.randperm(TRAIN)].tolist()
        batch, epoch = epoch[:BATCH], epoch[BATCH:]
        loss = nn.functional.cross_entropy(net(x[batch]), LABELS[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    return (net(x[held_out]).argmax(1) == LABELS[held_out]).float().mean().item()


results = []
for norm, init in [("none", "pytorch"), ("none", "he"), ("batch", "pytorch"), ("layer", "pytorch")]:
    for depth in DEPTHS:
        accuracies = [round(accuracy(depth, norm, init, seed), 4) for seed in range(SEEDS)]
        results.append({"norm": norm, "init": init, "depth": depth, "accuracy": accuracies})
        print(results[-1], flush=True)
lines = ",\n".join("  " + json.dumps(row) for row in results)
Path(__file__).with_name("depth.json").write_text(f"[\n{lines}\n]\n")
