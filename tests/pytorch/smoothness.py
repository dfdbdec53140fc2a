"""Measures the loss along the gradient in PyTorch, for the table in docs/probes.md, and prints its rows.

    pip install torch scikit-learn && python tests/pytorch/smoothness.py

Digits; 9 hidden layers of 64, ReLU, Glorot's initialization (normal), biases 0, SGD at 0.1 without momentum,
batches of 128. Before every fifth of 200 steps, on the next batch in training mode, at eight step sizes α from half
to four learning rates, evenly apart in the logarithm, with g the gradient and g(α) the one after the step: the
largest loss less the smallest, and the largest ‖g(α) − g‖ and ‖g(α) − g‖/(α‖g‖). Medians over the 41
measurements; their mean over seeds 0 to 7, with lowest and highest.
"""

import copy
import statistics

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

DEPTH, WIDTH, BATCH, RATE, STEPS, EVERY, TRAIN, SEEDS = 9, 64, 128, 0.1, 200, 5, 1437, 8
ALPHAS = [RATE * 0.5 * 8 ** (i / 7) for i in range(8)]

images, labels = load_digits(return_X_y=True)
IMAGES = torch.tensor(images, dtype=torch.float32) / 16
LABELS = torch.tensor(labels)
torch.set_num_threads(1)


def network(norm):
    layers, inputs = [], 64
    for _ in range(DEPTH):
        layers.append(nn.Linear(inputs, WIDTH, bias=norm == "none"))
        if norm == "batch":
            layers.append(nn.BatchNorm1d(WIDTH))
        if norm == "layer":
            layers.append(nn.LayerNorm(WIDTH))
        layers.append(nn.ReLU())
        inputs = WIDTH
    layers.append(nn.Linear(inputs, 10))
    for layer in layers:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_normal_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


def slope(net, x, y):
    loss = nn.functional.cross_entropy(net(x), y)
    grads = torch.autograd.grad(loss, list(net.parameters()))
    return loss.item(), torch.cat([g.reshape(-1) for g in grads])


def along(net, x, y):
    # A copy's running statistics move, and nobody needs them.
    net = copy.deepcopy(net)
    theta = parameters_to_vector(net.parameters()).detach().clone()
    _, g = slope(net, x, y)
    losses, changes, betas = [], [], []
    for alpha in ALPHAS:
        vector_to_parameters(theta - alpha * g, net.parameters())
        loss, there = slope(net, x, y)
        losses.append(loss)
        changes.append((there - g).norm().item())
        betas.append(changes[-1] / (alpha * g.norm().item()))
    return max(losses) - min(losses), max(changes), max(betas)


def medians(norm, seed):
    torch.manual_seed(seed)
    train = torch.randperm(len(LABELS))[:TRAIN]
    x = (IMAGES - IMAGES[train].mean()) / IMAGES[train].std(correction=0)
    net = network(norm)
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE)
    epoch, found = [], []
    for step in range(STEPS + 1):
        if len(epoch) < BATCH:
            epoch = train[torch.randperm(TRAIN)].tolist()
        batch, epoch = epoch[:BATCH], epoch[BATCH:]
        if step % EVERY == 0:
            found.append(along(net, x[batch], LABELS[batch]))
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x[batch]), LABELS[batch]).backward()
        optimizer.step()
    return [statistics.median(values) for values in zip(*found)]


for norm in ["none", "batch", "layer"]:
    rows = [medians(norm, seed) for seed in range(SEEDS)]
    cells = [f"{statistics.mean(values):.3g} ({min(values):.3g}–{max(values):.3g})" for values in zip(*rows)]
    print(f"PyTorch, {norm} | " + " | ".join(cells), flush=True)
