

class Gain(nn.Module):
    """A learned number that starts at 0 (SkipInit, De & Smith 2020)."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return self.weight * x


def hidden(network, i, product, x):
    """Hidden layer i, of that product."""
    part = network.get_submodule
    y = part(product)(x)
    y = part(f"norm{i}")(y)  #? norm !after !bare
    if i <= DEPTH:  #? norm !after bare
        y = part(f"norm{i}")(y)  #? norm !after bare
    y = activation(y)
    y = part(f"norm{i}")(y)  #? norm after !bare
    if i <= DEPTH:  #? norm after bare
        y = part(f"norm{i}")(y)  #? norm after bare
    y = part(f"dropout{i}")(y)  #? dropout
    return x + y if i in SKIPPED else y  #? skip !skipinit
    return x + part(f"skip{i}")(y) if i in SKIPPED else y  #? skip skipinit
    return y  #? !skip
