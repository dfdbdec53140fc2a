

def main():
    torch.set_num_threads(1)
    # The file beside this script, unless another is named.
    file = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_suffix(".safetensors")
    tensors = load_file(file)
    state = {name.removeprefix("initial."): t for name, t in tensors.items() if name.startswith("initial.")}
    network = Network()
    network.load_state_dict(state)
    network.train()
    decayed = [p for name, p in network.named_parameters() if DECAY_NORM or not is_norm(name)]
    spared = [p for name, p in network.named_parameters() if not (DECAY_NORM or not is_norm(name))]
    groups = [{"params": decayed, "weight_decay": WEIGHT_DECAY}, {"params": spared, "weight_decay": 0.0}]
    optimizer = make_optimizer([group for group in groups if group["params"]])
    for step, indices in enumerate(tensors["batches"], 1):
        STEP[0] = step
        if FREEZE and step >= FREEZE:
            for module in network.modules():
                if hasattr(module, "running_mean"):
                    module.eval()
        x, y = tensors["x"][indices], tensors["y"][indices]
        loss = loss_of(network(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        for module in network.modules():
            if hasattr(module, "settle"):
                module.settle()
        print(json.dumps({"step": step, "train_loss": loss.item()}))


def is_norm(name):
    return any(part.startswith("norm") or part.startswith("skip") for part in name.split("."))


if __name__ == "__main__":
    main()
