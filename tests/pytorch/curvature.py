"""Writes fixtures/curvature.safetensors, which curvature.rs compares Hessian products with. To make it again:

    cargo build
    pip install torch safetensors numpy
    python tests/pytorch/curvature.py target/debug/normlab

Every family of networks with every normalization that can stand in it, with ReLU, and every nonlinearity with
a few. The networks are those of `normlab export-pytorch`, with the weights that `normlab run` ends with after
STEPS steps, in double precision. The loss is of the first SAMPLES training samples; its Hessian is multiplied,
by differentiating twice, with v, which is sin(1.7·i + k), i = 1, 2, …, in the k-th tensor in the order of
their names, k = 0, 1, ….

A case is its `settings`; its tensors: the products `batch` (statistics of these samples; not where training
does more than standardize with them) and `running` (running statistics), as families.py's digest: a row of
four numbers for each tensor.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from families import COMMON, FAMILIES, digest, exported, names, settings
from make_fixtures import FOLDER
from safetensors.torch import load_file, save_file
from torch.nn.attention import SDPBackend, sdpa_kernel

STEPS, SAMPLES = 20, 16
# In training they cut the batch, correct towards running statistics, or add noise.
NOT_ONLY_STANDARDIZING = {"ghost", "renorm", "noisy", "noise"}
SPECIAL = [
    "model=mlp norm=lp power=max",
    "model=mlp norm=layer loss=mse",
    "model=mlp norm=batch skip=plain",
    "model=mlp norm=batch skip=skipinit",
    "model=cnn norm=batch padding=reflect",
    "model=rnn norm=batch over_time=step",
    "model=transformer norm=layer placement=post",
]


def cases(normlab):
    common = settings(COMMON) | {"lr": "0.02"}
    for family in names(normlab, "model"):
        for norm in names(normlab, "norm"):
            yield common | settings(FAMILIES[family]) | {"model": family, "norm": norm, "activation": "relu"}
    for activation in names(normlab, "activation"):
        for family, norm in [("mlp", "batch"), ("mlp", "rms"), ("cnn", "group"), ("transformer", "batch")]:
            if activation != "relu":
                yield common | settings(FAMILIES[family]) | {"model": family, "norm": norm, "activation": activation}
    for text in SPECIAL:
        family = settings(text)["model"]
        yield common | settings(FAMILIES[family]) | {"activation": "relu"} | settings(text)


def trained(normlab, case, folder):
    """The state after STEPS steps."""
    path = Path(folder) / "end.safetensors"
    given = [argument for key, value in case.items() for argument in ("--set", f"{key}={value}")]
    call = [normlab, "run", "--quiet", "--steps", str(STEPS), "--save", path, *given]
    subprocess.run(call, check=True, capture_output=True)
    return load_file(path)


def product(run, network, x, y):
    parameters = dict(sorted(network.named_parameters()))
    # The one backend that can be differentiated twice.
    with sdpa_kernel(SDPBackend.MATH):
        loss = run.loss_of(network(x), y)
    gradient = torch.autograd.grad(loss, list(parameters.values()), create_graph=True)
    along = 0.0
    for k, g in enumerate(gradient):
        i = torch.arange(1, g.numel() + 1, dtype=torch.float64)
        along = along + (g.flatten() * torch.sin(1.7 * i + k)).sum()
    second = torch.autograd.grad(along, list(parameters.values()), allow_unused=True)
    zeros = [torch.zeros_like(p) if h is None else h for p, h in zip(parameters.values(), second)]
    return digest(dict(zip(parameters, zeros)))


def main():
    torch.set_num_threads(1)
    torch.backends.mha.set_fastpath_enabled(False)
    normlab = sys.argv[1]
    done, tensors = [], {}
    for case in cases(normlab):
        with tempfile.TemporaryDirectory() as folder:
            export = exported(normlab, case, folder)
            if export is None:
                continue
            run, given = export
            state = trained(normlab, case, folder)
        x, y = given["x"][:SAMPLES].double(), given["y"][:SAMPLES]
        for name, training in [("batch", True), ("running", False)]:
            if training and case["norm"] in NOT_ONLY_STANDARDIZING:
                continue
            network = run.Network()
            network.load_state_dict(state)
            network.double().train(training)
            tensors[f"{len(done)}.{name}"] = product(run, network, x, y).contiguous()
        done.append({"settings": " ".join(f"{k}={v}" for k, v in case.items())})
    path = FOLDER / "curvature.safetensors"
    version = torch.__version__.split("+")[0]
    save_file(tensors, path, {"fixture": json.dumps({"torch": version, "cases": done})})
    print(f"{path.name}: {len(done)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
