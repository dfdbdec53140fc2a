"""Writes fixtures/adain.safetensors, which adain.rs compares the engine with. To make it again:

    pip install torch safetensors numpy
    python tests/pytorch/adain.py

The content's instance_norm, scaled and shifted to the style's deviation and mean; double precision. The file
is laid out as make_fixtures.py says.
"""

import json

import torch
from make_fixtures import FOLDER, generator
from safetensors.torch import save_file
from torch.nn import functional

cases, tensors = [], {}
for k, (channels, content, style, eps) in enumerate([(1, 9, 16, 1e-5), (3, 144, 64, 1e-5), (7, 25, 25, 1e-3)]):
    g = generator("adain", k)
    spread = 0.5 + torch.rand(2, channels, 1, generator=g).double()
    x = torch.randn(channels, content, generator=g).double() * spread[0] + torch.arange(channels)[:, None]
    s = torch.randn(channels, style, generator=g).double() * spread[1] - 1
    y = functional.instance_norm(x[None], eps=eps)[0] * s.std(1, correction=0, keepdim=True) + s.mean(1, keepdim=True)
    for name, values in {"content": x, "style": s, "y": y}.items():
        tensors[f"{k}.{name}"] = values.T.contiguous()
    cases.append({"channels": channels, "eps": eps})
version = torch.__version__.split("+")[0]
save_file(tensors, FOLDER / "adain.safetensors", {"fixture": json.dumps({"torch": version, "cases": cases})})
