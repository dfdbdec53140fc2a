

def per_channel(values, x):
    """Lines values per channel up with x: (samples, channels) or (samples, channels, …)."""
    return values.reshape([1, -1] + [1] * (x.dim() - 2))


class Affine(nn.Module):
    """γ and β per channel, for normalizations that torch.nn lacks."""

    def __init__(self, channels, shift=True):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels)) if AFFINE else None
        self.bias = nn.Parameter(torch.zeros(channels)) if AFFINE and shift else None

    def affine(self, x):
        if self.weight is not None:
            x = x * per_channel(self.weight, x)
        if self.bias is not None:
            x = x + per_channel(self.bias, x)
        return x
