

class InstanceNorm(Affine):
    """torch.nn.InstanceNorm1d and 2d in one."""

    def forward(self, x):
        return self.affine(functional.instance_norm(x, eps=EPS))


def normalization(channels, place):
    return InstanceNorm(channels)
