"""The small-batch experiment of docs/experiments.md in PyTorch: BatchNorm at two samples a batch.

    pip install torch scikit-learn && python tests/pytorch/small_batches.py

Digits; convolutions 1 → 8 → 16 of 3 × 3, each halved by pooling, a fully connected layer of 32, all with
BatchNorm; 6 epochs, SGD at 0.1·batch/32; prints the error on the validation set of seeds 1 to 6, for
average and for maximum pooling.
"""

import torch
from sklearn.datasets import load_digits
from torch import nn

TRAIN, EPOCHS, BATCH = 1437, 6, 2

torch.set_num_threads(1)


def network(pool):
    return nn.Sequential(
        *[nn.Conv2d(1, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(), pool(2)],
        *[nn.Conv2d(8, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), pool(2)],
        *[nn.Flatten(), nn.Linear(64, 32, bias=False), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 10)],
    )


def error(pool, seed):
    draws = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    pixels, labels = load_digits(return_X_y=True)
    pixels = pixels / 16
    order = torch.randperm(len(pixels), generator=draws)
    x = torch.tensor((pixels - pixels.mean()) / pixels.std(), dtype=torch.float32).view(-1, 1, 8, 8)[order]
    y = torch.tensor(labels)[order]
    net = network(pool)
    sgd = torch.optim.SGD(net.parameters(), lr=0.1 * BATCH / 32)
    for _ in range(EPOCHS):
        shuffled = torch.randperm(TRAIN, generator=draws)
        for first in range(0, TRAIN - BATCH + 1, BATCH):
            batch = shuffled[first : first + BATCH]
            sgd.zero_grad()
            nn.functional.cross_entropy(net(x[batch]), y[batch]).backward()
            sgd.step()
    net.eval()
    with torch.no_grad():
        right = net(x[TRAIN:]).argmax(1) == y[TRAIN:]
    return 1 - right.double().mean().item()


for name, pool in [("average", nn.AvgPool2d), ("maximum", nn.MaxPool2d)]:
    print(name, *[f"{error(pool, seed):.3f}" for seed in range(1, 7)])
