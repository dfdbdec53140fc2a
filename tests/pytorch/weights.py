"""Writes fixtures/weights.safetensors and the folder fixtures/weights/: files of weights as PyTorch users have
them, which weights.rs loads. To make them again:

    pip install torch safetensors numpy
    python tests/pytorch/weights.py

Each file is one `state_dict()` of a small network with the lab's names; weights.safetensors holds what is in
each, in single precision, under `file.name`.
"""

import io
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

FOLDER = Path(__file__).parent / "fixtures"
torch.manual_seed(1)


def network():
    net = nn.Sequential(
        OrderedDict(
            linear1=nn.Linear(2, 8, bias=False),
            norm1=nn.BatchNorm1d(8),
            relu1=nn.ReLU(),
            linear2=nn.Linear(8, 8, bias=False),
            norm2=nn.BatchNorm1d(8),
            relu2=nn.ReLU(),
            head=nn.Linear(8, 2),
        )
    )
    for _ in range(3):
        net(torch.randn(16, 2))
    return net


class Lightning(nn.Module):
    """What keeps its network as an attribute."""

    def __init__(self, inner):
        super().__init__()
        self.model = inner


def partly():
    net = network()
    net.linear2 = torch.compile(net.linear2)
    return net


def turned(net):
    """As Keras and Flax store matrices."""
    return {name: value.T.contiguous() if value.dim() == 2 else value for name, value in net.state_dict().items()}


def counts(change):
    state = network().state_dict()
    for name in [name for name in state if name.endswith("num_batches_tracked")]:
        value = change(state.pop(name))
        if value is not None:
            state[name] = value
    return state


STATES = {
    "plain": network().state_dict(),
    "data_parallel": nn.DataParallel(network()).state_dict(),
    "compiled": torch.compile(network()).state_dict(),
    "compiled_data_parallel": torch.compile(nn.DataParallel(network())).state_dict(),
    "attribute": Lightning(torch.compile(network())).state_dict(),
    "partly_compiled": partly().state_dict(),
    "half": network().half().state_dict(),
    "bfloat16": network().bfloat16().state_dict(),
    "double": network().double().state_dict(),
    "transposed": turned(network()),
    "without_counts": counts(lambda count: None),
    "counts_in_a_list": counts(lambda count: count.reshape(1)),
    "counts_as_floats": counts(lambda count: count.float() + 2**20),
    "counts_beyond_single": counts(lambda count: count + 2**40),
}

(FOLDER / "weights").mkdir(parents=True, exist_ok=True)
wanted = {}
for file, state in STATES.items():
    save_file(state, FOLDER / "weights" / f"{file}.safetensors")
    for name, value in state.items():
        for prefix in ["module.", "_orig_mod.", "model."]:
            name = name.replace(prefix, "")
        value = value.T if file == "transposed" and value.dim() == 2 else value
        # Counts are whole numbers of up to 2⁵³.
        exact = torch.float64 if name.endswith("num_batches_tracked") else torch.float32
        wanted[f"{file}.{name}"] = value.to(exact).contiguous()
save_file(wanted, FOLDER / "weights.safetensors")

state = nn.Linear(1, 1).state_dict()
for name, legacy in [("zip.pt", False), ("legacy.pt", True)]:
    torch.save(state, FOLDER / "weights" / name, _use_new_zipfile_serialization=not legacy)
arrays = io.BytesIO()
np.savez(arrays, **{name: value.numpy() for name, value in state.items()})
(FOLDER / "weights" / "arrays.npz").write_bytes(arrays.getvalue())
