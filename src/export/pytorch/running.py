

class Running(Affine):
    """What normalizations that torch.nn lacks share with its BatchNorm: running statistics."""

    def __init__(self, channels):
        super().__init__(channels)
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    @torch.no_grad()
    def follow(self, mean, variance):
        self.num_batches_tracked += 1
        rho = STAT_MOMENTUM if STAT_MOMENTUM is not None else 1 / float(self.num_batches_tracked)
        self.running_mean.lerp_(mean, rho)
        self.running_var.lerp_(variance, rho)
