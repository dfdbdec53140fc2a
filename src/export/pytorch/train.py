

def without_decay(name):
    """Whether weight decay spares that parameter: γ, β and the like."""
    return any(part.startswith(("norm", "skip")) for part in name.split("."))


def decay_groups(network):
    """In two groups, of which weight decay spares the second."""
    both = {False: [], True: []}
    for name, parameter in network.named_parameters():
        both[without_decay(name)].append(parameter)
    return [{"params": both[False]}, {"params": both[True], "weight_decay": 0.0}]


def adapted(network, x):
    """The outputs with running statistics that each layer blends with those of x (Schneider et al. 2020)."""
    share = len(x) / (PRIOR + len(x))

    def blend(norm, inputs):
        norm.kept = norm.running_mean, norm.running_var
        norm.running_mean, norm.running_var = (a.lerp(b, share) for a, b in zip(norm.kept, moments(inputs[0])))

    def restore(norm, inputs, outputs):
        norm.running_mean, norm.running_var = norm.kept

    norms = [module for module in network.modules() if hasattr(module, "running_mean")]
    hooks = [norm.register_forward_pre_hook(blend) for norm in norms]
    hooks += [norm.register_forward_hook(restore) for norm in norms]
    outputs = network(x)
    for hook in hooks:
        hook.remove()
    return outputs


@torch.no_grad()
def validate(network, x, y):
    """Loss and accuracy at inference."""  #? !values
    """Loss at inference."""  #? values
    network.eval()
    outputs = network(x)  #? !adapt
    outputs = torch.cat([adapted(network, part) for part in x.split(ADAPT)])  #? adapt
    loss = loss_of(outputs, y).item()
    return {"val_loss": loss, "val_accuracy": (outputs.argmax(1) == y).double().mean().item()}  #? !values
    return {"val_loss": loss}  #? values


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tensors", nargs="?", type=Path, default=Path(__file__).with_suffix(".safetensors"))
    parser.add_argument("--double", action="store_true", help="compute in double precision")
    options = parser.parse_args()
    dtype = torch.float64 if options.double else torch.float32
    torch.set_default_dtype(dtype)
    torch.set_num_threads(1)
    tensors = {name: t.to(dtype) if t.is_floating_point() else t for name, t in load_file(options.tensors).items()}
    initial = {name.removeprefix("initial."): t for name, t in tensors.items() if name.startswith("initial.")}
    network = Network()
    network.load_state_dict(initial)
    optimizer = make_optimizer(network)
    for step, indices in enumerate(tensors["batches"], 1):
        STEP[0] = step  #? stepped
        if step >= FREEZE:  #? freeze
            for module in network.modules():  #? freeze
                if hasattr(module, "running_mean"):  #? freeze
                    # Not eval(), which would reach what stands inside it, too.  #? freeze noisy
                    module.training = False  #? freeze
        loss = loss_of(network(tensors["x"][indices]), tensors["y"][indices])
        print(json.dumps({"step": step, "train_loss": loss.item()}))
        if not loss.isfinite():
            return
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        for module in network.modules():  #? settles
            if hasattr(module, "settle"):  #? settles
                module.settle()  #? settles
    print(json.dumps(validate(network, tensors["validation.x"], tensors["validation.y"])))


if __name__ == "__main__":
    main()
