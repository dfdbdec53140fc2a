

class RMSNorm(Affine):
    """torch.nn.RMSNorm over the channels of each sample or token; over all of an image, γ per channel."""

    def __init__(self, channels):
        super().__init__(channels, shift=False)

    def forward(self, x):
        axes = [1] if TOKENS else list(range(1, x.dim()))
        return self.affine(x * (x.square().mean(axes, keepdim=True) + EPS).rsqrt())


def normalization(channels, place):
    return RMSNorm(channels)
