"""Writes fixtures/families.safetensors, which families.rs compares the engine with. To make it again:

    cargo build
    pip install torch safetensors numpy
    python tests/pytorch/families.py target/debug/normlab

Every family of networks with every normalization that can stand in it, trained with SGD with momentum and
with AdamW. The networks are those of `normlab export-pytorch`, trained here in double precision from the
exported weights (drawn in single precision) on the exported batches, of each of which the first samples
are taken, so that batch sizes differ; after every tenth step the first samples of the training set are
evaluated and training goes on.

The file is laid out as make_fixtures.py says. A case is its `settings` and the `sizes` that its batches go
through; its tensors: `logits` of the first batch, `losses` of all steps, `evaluations`, and a row of four
numbers for each tensor in the order of their names: of the first step's `gradient`, and of the parameters
and buffers at the `end`. They are the tensor's norm and its products with sin(i), sin(2i) and sin(3i),
i = 1, 2, …: no entry can be wrong, or in another's place, without moving them.

AdamW divides by the root of the gradient's mean square: where a gradient is zero in mathematics, and rounding
noise in practice, it takes steps of full size in the noise's direction. So no case trains such a parameter:

- A bias in front of a normalization that subtracts it: the lab has none there, unless γ and β are off.
- Any bias in the sum that a transformer's blocks add up, if what reads it subtracts the mean over positions
  or samples, and the bias of attention's keys with any normalization at all (softmax subtracts it): no
  biases with AdamW, nor with statistics by channel.
- A weight of an input that is the same in all samples, as some pixels of the digits are, in front of such
  a normalization: points, tokens and, under shared kernels, images instead.
"""

import json
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import torch
from make_fixtures import FOLDER
from safetensors.torch import load_file, save_file

STEPS, EVERY, EVALUATED = 30, 10, 16

# Smooth, and steps so small that rounding errors do not grow: a recurrent network's the smallest.
COMMON = "activation=tanh depth=2 width=8 groups=2 ghost=6 heads=2 length=4 head=8 warmup=8 batch=12 subset=72"
FAMILIES = {
    "mlp": "model=mlp data=spirals",
    "cnn": "model=cnn data=digits width=4",
    "rnn": "model=rnn data=recall lr=0.005",
    "transformer": "model=transformer data=recall",
}
OPTIMIZERS = {
    "momentum": "optimizer=momentum lr=0.02 weight_decay=0.02",
    "adamw": "optimizer=adamw lr=0.005 weight_decay=0.1 decay_norm=off",
}
# What subtracts from each channel a mean over samples or positions.
BY_CHANNEL = {"batch", "sync", "ghost", "renorm", "lp", "noisy", "instance"}
# What the grid leaves at its default, one setting each; with both optimizers unless it says which.
SPECIAL = [
    "model=rnn norm=batch over_time=step",
    "model=mlp norm=batch order=after",
    "model=mlp norm=layer affine=off",
    "model=mlp norm=batch affine=off bias=off",
    "model=mlp norm=layer skip=plain",
    "model=mlp norm=batch skip=skipinit",
    "model=cnn norm=batch skip=plain shrink=keep",
    "model=mlp norm=layer dropout=0.25",
    "model=rnn norm=layer dropout=0.25",
    "model=transformer norm=rms dropout=0.25",
    "model=mlp norm=batch freeze=16",
    "model=cnn norm=renorm freeze=16",
    "model=mlp norm=batch stat_momentum=cumulative",
    "model=mlp norm=batch devices=2",
    "model=mlp norm=sync devices=2",
    "model=mlp norm=lp power=2",
    "model=mlp norm=lp power=max",
    "model=cnn norm=batch padding=reflect",
    "model=cnn norm=layer padding=valid shrink=stride",
    "model=transformer norm=layer placement=post",
    "model=rnn norm=batch length=5 shortest=3",
    "model=rnn norm=batch length=5 shortest=3 over_time=step",
    "model=rnn norm=layer length=5 shortest=1",
    "model=transformer norm=batch length=5 shortest=1",
    "model=transformer norm=batch length=5 shortest=1 masked=off",
    "model=transformer norm=sync length=5 shortest=1",
    "model=transformer norm=renorm length=5 shortest=1",
    "model=transformer norm=lp length=5 shortest=1",
    "model=transformer norm=noisy length=5 shortest=1",
    "model=transformer norm=layer length=5 shortest=1",
    "model=transformer norm=group length=5 shortest=1",
    "model=transformer norm=instance length=6 shortest=4",
    "model=mlp norm=batch loss=mse",
    "model=cnn norm=layer loss=mse",
    "model=mlp norm=batch loss=mse data=linear activation=identity depth=1",
    "model=mlp norm=rms loss=mse data=linear skip=plain",
    "model=rnn norm=layer data=shapes",
    "model=transformer norm=layer data=shapes optimizer=momentum",
]


def settings(text):
    return dict(setting.split("=") for setting in text.split())


def names(normlab, field):
    """The choices of a field."""
    table = subprocess.run([normlab, "fields"], check=True, capture_output=True, text=True).stdout
    line = next(line for line in table.splitlines() if line.startswith(f"| `{field}` |"))
    return line.split("|")[3].strip().split(", ")


def cases(normlab):
    for family in names(normlab, "model"):
        for norm in names(normlab, "norm"):
            yield from of(f"model={family} norm={norm}")
    for text in SPECIAL:
        yield from of(text)


def of(text):
    """These settings with each optimizer."""
    given = settings(text)
    for name, rule in OPTIMIZERS.items():
        if given.get("optimizer", name) != name:
            continue
        case = settings(COMMON) | settings(rule) | settings(FAMILIES[given["model"]])
        if given["model"] == "transformer" and (name == "adamw" or given["norm"] in BY_CHANNEL):
            case["bias"] = "off"
        yield case | given


def exported(normlab, case, folder):
    """The exported script as a module, and its tensors; nothing if the lab refuses the combination."""
    path = Path(folder) / "run.py"
    given = [argument for key, value in case.items() for argument in ("--set", f"{key}={value}")]
    call = [normlab, "export-pytorch", "--steps", str(STEPS), "--out", path, *given]
    called = subprocess.run(call, capture_output=True, text=True)
    if called.returncode != 0:
        print(f"refused: {case['model']} {case['norm']}: {called.stderr.strip().splitlines()[0]}")
        return None
    # A namespace of its own, and a name that is not `__main__`: the script does not start.
    module = SimpleNamespace(**runpy.run_path(path, run_name="run"))
    return module, load_file(path.with_suffix(".safetensors"))


def sizes(case):
    """Unequal, and in equal parts where the batch is cut into two. Not smaller: BatchNorm makes ±1 of two values
    whatever they are, and with three rounding errors still grow, in PyTorch's single precision too."""
    return [12, 10, 12, 8] if case["norm"] == "ghost" or "devices" in case else [12, 7, 12, 5]


def digest(tensors):
    """The norm of each tensor and its products with three fixed directions, in the order of their names."""
    rows = []
    for name in sorted(tensors):
        values = tensors[name].detach().double().flatten()
        i = torch.arange(1, len(values) + 1, dtype=torch.float64)
        rows.append([values.norm().item()] + [(values * torch.sin(k * i)).sum().item() for k in (1, 2, 3)])
    return torch.tensor(rows, dtype=torch.float64)


def trained(run, tensors, sizes, dtype):
    network = run.Network()
    network.load_state_dict({n.removeprefix("initial."): t for n, t in tensors.items() if n.startswith("initial.")})
    network.to(dtype)
    x, y = tensors["x"].to(dtype), tensors["y"]
    optimizer = run.make_optimizer(network)
    losses, evaluations, result = [], [], {}
    for step, batch in enumerate(tensors["batches"], 1):
        if hasattr(run, "STEP"):
            run.STEP[0] = step
        network.train()
        for module in network.modules():
            if hasattr(run, "FREEZE") and step >= run.FREEZE and hasattr(module, "running_mean"):
                # Not eval(), which would reach the noise inside it, too.
                module.training = False
        batch = batch[: sizes[(step - 1) % len(sizes)]]
        logits = network(x[batch])
        loss = run.loss_of(logits, y[batch])
        optimizer.zero_grad()
        loss.backward()
        if step == 1:
            gradient = {name: p.grad for name, p in network.named_parameters()}
            result = {"logits": logits.detach(), "gradient": digest(gradient)}
        optimizer.step()
        for module in network.modules():
            if hasattr(module, "settle"):
                module.settle()
        losses.append(loss.detach())
        if step % EVERY == 0:
            network.eval()
            with torch.no_grad():
                evaluations.append(run.loss_of(network(x[:EVALUATED]), y[:EVALUATED]))
    return result | {
        "losses": torch.stack(losses),
        "evaluations": torch.stack(evaluations),
        "end": digest(network.state_dict()),
    }


def main():
    torch.set_num_threads(1)
    done, tensors = [], {}
    for case in cases(sys.argv[1]):
        with tempfile.TemporaryDirectory() as folder:
            export = exported(sys.argv[1], case, folder)
        if export is None:
            continue
        result = trained(*export, sizes(case), torch.float64)
        single = trained(*export, sizes(case), torch.float32)
        drift = (single["losses"] / result["losses"] - 1).abs().max()
        assert drift < 1e-5, f"{case}: rounding errors grew to {drift:.0e}"
        moved = (result["losses"][::4] - result["losses"][0]).abs().max()
        assert moved > 0.01, f"{case}: nothing happens"
        tensors |= {f"{len(done)}.{name}": t.contiguous() for name, t in result.items()}
        done.append({"settings": " ".join(f"{k}={v}" for k, v in case.items()), "sizes": sizes(case)})
    path = FOLDER / "families.safetensors"
    version = torch.__version__.split("+")[0]
    save_file(tensors, path, {"fixture": json.dumps({"torch": version, "cases": done})})
    print(f"{path.name}: {len(done)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
